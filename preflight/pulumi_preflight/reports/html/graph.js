// The stack as boxes within boxes: modules first, then what is in them.
//
// A view shows the boxes of one of them. Where these are too many to read, boxes of one type are
// put into one, and those of one type, where they are too many, in parts.

const MOST_BOXES = 36;
const FEWEST_ALIKE = 3;
/** More boxes outside of a view on one side are one box. */
const MOST_OUTSIDE = 5;

/** A box: a resource, a component, or several of one type. */
class Box {
    /** Takes the resource's number, `undefined` where it stands for no single one. */
    constructor(label, kind, resource) {
        Object.assign(this, { label, kind, resource, parent: null, boxes: [], members: [] });
    }

    /** Whether there is something in it. */
    get opens() {
        return this.boxes.length > 0;
    }

    /** The boxes around it, the outermost first, and itself. */
    get path() {
        return this.parent ? [...this.parent.path, this] : [this];
    }
}

/** The stack that the page tells of. */
class Stack {
    /** Takes what the page holds of it. */
    constructor({ name, types, files, resources }) {
        this.resources = resources.map(([name_, type, parent, custom, file, line, refers]) => ({
            name: name_,
            type: types[type],
            kind: kindOf(types[type]),
            parent,
            custom: custom === 1,
            file: file < 0 ? "" : files[file],
            line,
            refers,
            referred: [],
        }));
        this.resources.forEach((resource, number) => {
            for (const [target, properties] of resource.refers) {
                this.resources[target].referred.push([number, properties]);
            }
        });
        this.boxes = new Array(this.resources.length);
        this.root = new Box(name, "stack");
        this.fill();
    }

    /** Makes the boxes. Only a component holds others; other children stand beside their parent. */
    fill() {
        const inside = new Map([[-1, []]]);
        this.resources.forEach((resource, number) => {
            let holder = resource.parent;
            while (holder >= 0 && this.resources[holder].custom) {
                holder = this.resources[holder].parent;
            }
            inside.set(holder, [...(inside.get(holder) || []), number]);
        });
        const within = (box, holder) => {
            const made = (inside.get(holder) || []).map((number) => {
                const resource = this.resources[number];
                const each = new Box(resource.name, resource.kind, number);
                this.boxes[number] = each;
                if (!resource.custom) {
                    within(each, number);
                }
                return each;
            });
            put(box, gathered(made));
        };
        within(this.root, -1);
        const count = (box) => {
            const resource = this.resources[box.resource];
            // The box that holds one of several stacks is not a resource.
            box.members = resource && resource.type !== "stack" ? [box.resource] : [];
            for (const each of box.boxes) {
                box.members.push(...count(each));
            }
            return box.members;
        };
        count(this.root);
    }

    /**
     * What a view shows: the boxes in `box`, then those outside of it that they refer to or that
     * refer to them, and the edges between all these as pairs of places in the list.
     */
    view(box) {
        const boxes = [...box.boxes];
        const places = new Map(boxes.map((each, place) => [each, place]));
        const edges = [];
        const placeOf = (number) => {
            const path = this.boxes[number].path;
            const depth = path.indexOf(box);
            const shown = depth >= 0 ? path[depth + 1] : outside(path, box);
            if (shown === undefined) {
                return undefined;
            }
            if (!places.has(shown)) {
                places.set(shown, boxes.length);
                boxes.push(shown);
            }
            return places.get(shown);
        };
        for (const number of box.members) {
            for (const [target] of this.resources[number].refers) {
                edges.push([placeOf(number), placeOf(target)]);
            }
            for (const [source] of this.resources[number].referred) {
                edges.push([placeOf(source), placeOf(number)]);
            }
        }
        const known = edges.filter(([from, to]) => from !== undefined && to !== undefined);
        return { own: box.boxes.length, ...together(boxes, box.boxes.length, known) };
    }
}

/** The box that stands for a resource outside of a view: the outermost that does not hold both. */
function outside(path, box) {
    const around = new Set(box.path);
    return path.find((each) => !around.has(each));
}

/** Puts many boxes outside of a view into one for each side: what refers to it, what it refers to. */
function together(boxes, own, edges) {
    const sources = new Set();
    const targets = new Set();
    for (const [from, to] of edges) {
        if (from >= own) {
            sources.add(from);
        }
        if (to >= own) {
            targets.add(to);
        }
    }
    const shown = boxes.slice(0, own);
    const places = new Map(shown.map((_, place) => [place, place]));
    const sides = [
        [[...sources].filter((place) => !targets.has(place)), "refer to these"],
        [[...targets].filter((place) => !sources.has(place)), "are referred to"],
        [[...targets].filter((place) => sources.has(place)), "refer both ways"],
    ];
    for (const [side, what] of sides) {
        if (side.length > MOST_OUTSIDE) {
            const one = new Box(`${side.length} others`, what);
            one.others = side.map((place) => boxes[place]);
            side.forEach((place) => places.set(place, shown.length));
            shown.push(one);
        } else {
            for (const place of side) {
                places.set(place, shown.length);
                shown.push(boxes[place]);
            }
        }
    }
    return { boxes: shown, edges: edges.map(([from, to]) => [places.get(from), places.get(to)]) };
}

function put(box, boxes) {
    box.boxes = boxes;
    for (const each of boxes) {
        each.parent = box;
    }
}

/** Boxes that can be read at once. */
function gathered(boxes) {
    if (boxes.length <= MOST_BOXES) {
        return boxes;
    }
    const byKind = new Map();
    for (const box of boxes) {
        byKind.set(box.kind, [...(byKind.get(box.kind) || []), box]);
    }
    if (byKind.size === 1) {
        return inParts(boxes);
    }
    return [...byKind].flatMap(([kind, alike]) => {
        if (alike.length < FEWEST_ALIKE) {
            return alike;
        }
        const together = new Box(kind, `${alike.length} of one type`);
        put(together, inParts(alike));
        return [together];
    });
}

/** Boxes of one type: all, or as many parts as can be read at once. */
function inParts(boxes) {
    if (boxes.length <= MOST_BOXES) {
        return boxes;
    }
    const size = Math.max(MOST_BOXES, Math.ceil(boxes.length / MOST_BOXES));
    const parts = [];
    for (let start = 0; start < boxes.length; start += size) {
        const members = boxes.slice(start, start + size);
        const part = new Box(`${members[0].label} to ${members[members.length - 1].label}`, `${members.length} boxes`);
        put(part, inParts(members));
        parts.push(part);
    }
    return parts;
}

/** A type for a reader: `sqs Queue`. */
function kindOf(type) {
    const [, rest] = /^[^:]*:(.*)$/.exec(type) || [null, type];
    const name = rest.slice(rest.lastIndexOf(":") + 1);
    const module = rest.includes(":") ? rest.slice(0, rest.lastIndexOf(":")).split("/")[0] : "";
    if (module === "providers") {
        return `${name} provider`;
    }
    return module ? `${module} ${name}` : name;
}
