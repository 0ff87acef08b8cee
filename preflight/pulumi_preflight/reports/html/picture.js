// Draws the stack: boxes to open, and lines from what refers to what it refers to.

const SVG = "http://www.w3.org/2000/svg";
/** By the width of the page; a line of text of a box is never cut by more than half. */
const SIZES = [
    { from: 560, box: { width: 190, height: 56 }, gap: 18, slot: 16, rise: 44 },
    { from: 0, box: { width: 148, height: 56 }, gap: 10, slot: 12, rise: 36 },
];
const PRINTED_WIDTH = 680;
const FOUND_SHOWN = 20;
const LONG_NAME = 14;
const END_OF_NAME = 8;
const ARROWS = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] };
const KINDS = {
    mandatory: "mandatory",
    advisory: "advisory",
    "not-evaluated": "not evaluated",
    waived: "waived",
    known: "known",
};

/** Makes an element. */
function make(name, attributes = {}, ...children) {
    const element = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) {
        if (key.startsWith("on")) {
            element.addEventListener(key.slice(2), value);
        } else if (value !== undefined && value !== false) {
            element.setAttribute(key, value === true ? "" : value);
        }
    }
    element.append(...children.filter((child) => child !== undefined));
    return element;
}

function drawn(name, attributes) {
    const element = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) {
        element.setAttribute(key, value);
    }
    return element;
}

function counted(number, noun) {
    return `${number.toLocaleString("en")} ${noun}${number === 1 ? "" : "s"}`;
}

/** The picture of the stack. */
class Picture {
    /** Takes the element to draw in, the stack, and what tells the cards of a resource. */
    constructor(element, stack, cardsOf) {
        Object.assign(this, { stack, cardsOf, open: stack.root, chosen: undefined });
        this.marks = new Map();
        this.matches = null;
        this.path = make("ol");
        this.about = make("p", { class: "about" });
        this.found = make("div", { class: "found", hidden: true });
        this.lines = drawn("svg", { class: "lines", "aria-hidden": "true" });
        this.list = make("ul", { class: "boxes", "aria-label": "Boxes of the picture" });
        this.stage = make("div", { class: "stage" });
        this.stage.append(this.lines, this.list);
        this.details = make("aside", { class: "details", "aria-label": "About the picture" });
        element.append(
            make("nav", { "aria-label": "Where in the stack" }, this.path),
            this.about,
            this.found,
            make("div", { class: "canvas" }, this.stage, this.details),
        );
        element.addEventListener("keydown", (event) => this.key(event));
        this.list.addEventListener("pointerover", (event) => this.point(event.target));
        this.list.addEventListener("pointerleave", () => this.light(undefined));
        this.list.addEventListener("focusin", (event) => this.point(event.target));
        this.list.addEventListener("focusout", () => this.light(undefined));
        this.details.append(...legend());
        this.width = 0;
        this.isPrinted = false;
        new ResizeObserver(() => this.fit()).observe(this.stage);
        window.addEventListener("beforeprint", () => this.print(true));
        window.addEventListener("afterprint", () => this.print(false));
        this.fit();
    }

    print(isPrinted) {
        this.isPrinted = isPrinted;
        this.fit();
    }

    /** Takes the width that there is; a page that is printed has its own. */
    fit() {
        this.resize(this.isPrinted ? PRINTED_WIDTH : this.stage.clientWidth);
    }

    resize(width) {
        if (width && width !== this.width) {
            this.width = width;
            this.draw();
        }
    }

    /** Shows other findings, and which resources match; `null` where all do. */
    update(marks, matches) {
        Object.assign(this, { marks, matches });
        this.buttons.forEach((button, place) => this.dress(button, this.view.boxes[place]));
        this.showFound();
    }

    /** Shows what is in a box; the box that was open before has the focus where it is shown. */
    show(box, { focus = true } = {}) {
        const before = this.open;
        this.open = box;
        this.choose(undefined);
        this.draw();
        const shown = this.view.boxes.findIndex((each) => before.path.includes(each));
        const place = shown < 0 ? this.first : shown;
        if (focus && this.buttons.length) {
            this.rove(place);
            this.buttons[place].focus();
        }
    }

    /** Shows a resource where it is, and what there is to say of it. */
    reveal(number) {
        const box = this.stack.boxes[number];
        if (box.opens) {
            this.show(box);
            return;
        }
        this.show(box.parent, { focus: false });
        this.choose(box);
        this.rove(this.view.boxes.indexOf(box));
        this.stage.closest("section").scrollIntoView({ block: "start" });
        this.details.querySelector("h3").focus({ preventScroll: true });
    }

    draw() {
        this.size = SIZES.find((size) => this.width >= size.from);
        this.view = this.stack.view(this.open);
        const { boxes, edges, own } = this.view;
        const placed = layout(boxes.length, edges, { width: this.width, ...this.size });
        this.places = placed.boxes;
        this.list.replaceChildren();
        this.buttons = boxes.map((box, place) => this.button(box, place >= own, placed.boxes[place]));
        // A reader meets them row by row.
        const order = this.places.map((_, place) => place);
        order.sort((one, other) => {
            const [first, second] = [this.places[one], this.places[other]];
            return first.y - second.y || first.x - second.x;
        });
        this.first = order[0];
        this.list.append(...order.map((place) => make("li", {}, this.buttons[place])));
        this.stage.style.height = `${placed.height}px`;
        this.rove(this.first);
        this.drawLines(placed);
        this.showPath();
        this.showFound();
        if (this.chosen) {
            this.choose(this.chosen);
        }
    }

    button(box, isOutside, { x, y }) {
        const button = make("button", { type: "button", tabindex: -1 });
        button.classList.add("box");
        button.classList.toggle("outside", isOutside);
        button.classList.toggle("opens", box.opens);
        Object.assign(button.style, {
            transform: `translate(${Math.round(x)}px, ${Math.round(y)}px)`,
            width: `${this.size.box.width}px`,
            height: `${this.size.box.height}px`,
        });
        button.addEventListener("click", () => this.enter(box));
        this.dress(button, box);
        return button;
    }

    enter(box) {
        if (box.opens) {
            this.show(box);
        } else if (box.parent && box.parent !== this.open) {
            this.reveal(box.resource);
        } else {
            this.choose(box);
            this.details.querySelector("h3").focus();
        }
    }

    /** What a box says: its name, what it is, what was found in it. */
    dress(button, box) {
        const members = membersOf(box);
        const size = counted(members.length, "resource");
        const kind = box.others ? `${box.kind}, ${size}` : box.opens ? size : box.kind;
        const counts = box.others ? new Map() : this.countsOf(members);
        const matching = this.matches && members.filter((each) => this.matches.has(each)).length;
        button.classList.toggle("dim", matching === 0);
        button.classList.toggle("match", Boolean(matching));
        button.dataset.worst = Object.keys(KINDS).find((each) => counts.get(each)) || "none";
        button.title = `${box.label}\n${box.kind}`;
        button.replaceChildren(
            make("span", { class: "label" }, ...ends(box.label)),
            " ",
            make("span", { class: "what" }, matching && box.opens ? `${matching} of ${size}` : kind),
            make(
                "span",
                { class: "marks" },
                ...[...counts].flatMap(([each, count]) => [" ", mark(each, count)]),
            ),
        );
    }

    /** How many findings of each kind there are in some resources, the worst kind first. */
    countsOf(members) {
        const counts = new Map();
        for (const kind of Object.keys(KINDS)) {
            const marks = this.marks.get(kind);
            const count = marks ? members.reduce((sum, each) => sum + (marks.get(each) || 0), 0) : 0;
            if (count) {
                counts.set(kind, count);
            }
        }
        return counts;
    }

    drawLines(placed) {
        const { width, height } = this.size.box;
        this.lines.replaceChildren(arrowhead("arrow"), arrowhead("arrow-lit"));
        this.lines.setAttribute("width", this.width);
        this.lines.setAttribute("height", placed.height);
        this.lines.style.height = `${placed.height}px`;
        const starts = ports(placed.lines, "from", (line) => line.points[1].x, width);
        this.edges = placed.lines.map((line, index) => {
            const points = line.points.map((point) => ({ ...point }));
            points[0].x += starts[index];
            const path = drawn("path", { d: curve(points, height), class: "line" });
            this.lines.append(path);
            return { ...line, path };
        });
    }

    point(target) {
        const button = target.closest("button");
        this.light(button ? this.buttons.indexOf(button) : undefined);
    }

    /** Lights the lines of a box, those too that others imply, and what they lead to. */
    light(place) {
        const lit = place ?? (this.chosen ? this.view.boxes.indexOf(this.chosen) : -1);
        this.lines.querySelectorAll(".implied").forEach((path) => path.remove());
        const near = new Set([lit]);
        const known = new Set();
        for (const { from, to, path } of this.edges) {
            const isLit = from === lit || to === lit;
            path.classList.toggle("lit", isLit);
            if (isLit) {
                known.add(`${from} ${to}`);
                this.lines.append(path);
            }
        }
        for (const [from, to] of this.view.edges) {
            if (from === to || (from !== lit && to !== lit)) {
                continue;
            }
            near.add(from).add(to);
            if (!known.has(`${from} ${to}`)) {
                known.add(`${from} ${to}`);
                const points = [from, to].map((each) => middle(this.places[each], this.size.box));
                const path = drawn("path", { d: curve(points, this.size.box.height) });
                path.classList.add("line", "lit", "implied");
                this.lines.append(path);
            }
        }
        this.stage.classList.toggle("lighted", lit >= 0 && near.size > 1);
        this.buttons.forEach((button, each) => button.classList.toggle("near", near.has(each)));
    }

    showPath() {
        const path = this.open.path;
        this.path.replaceChildren(
            ...path.map((box, place) =>
                make(
                    "li",
                    {},
                    place === path.length - 1
                        ? make("span", { "aria-current": "location" }, box.label)
                        : make("button", { type: "button", onclick: () => this.show(box) }, box.label),
                ),
            ),
        );
        const resource = this.stack.resources[this.open.resource];
        const place = resource && resource.file ? `made at ${resource.file}:${resource.line}` : "";
        const kind = resource ? resource.kind : "";
        this.about.textContent = [kind, counted(this.open.members.length, "resource"), place]
            .filter(Boolean)
            .join(", ");
    }

    /** The resources that match, as ways to them. */
    showFound() {
        this.found.hidden = !this.matches;
        if (!this.matches) {
            return;
        }
        const all = [...this.matches];
        const rest = all.length - FOUND_SHOWN;
        const wayTo = (number) =>
            make("li", {}, this.way(number), " ", make("small", {}, this.stack.resources[number].kind));
        this.found.replaceChildren(
            make("p", {}, `${counted(all.length, "resource")} like this${all.length ? ":" : "."}`),
            make("ul", { class: "names" }, ...all.slice(0, FOUND_SHOWN).map(wayTo)),
            ...(rest > 0 ? [make("p", {}, `and ${rest.toLocaleString("en")} more`)] : []),
        );
    }

    way(number) {
        const onclick = () => this.reveal(number);
        return make("button", { type: "button", onclick }, this.stack.resources[number].name);
    }

    /** Says what there is to say of a box that does not open; `undefined` closes that. */
    choose(box) {
        this.chosen = box;
        this.details.classList.toggle("of-one", Boolean(box));
        this.buttons.forEach((button, place) => {
            button.classList.toggle("chosen", Boolean(box) && this.view.boxes[place] === box);
        });
        if (!box) {
            this.details.replaceChildren(...legend());
        } else {
            this.details.replaceChildren(
                make("h3", { tabindex: -1 }, box.label),
                make("button", { type: "button", class: "close", onclick: () => this.leave() }, "Close"),
                ...(box.others ? this.aboutOthers(box) : this.aboutResource(box.resource)),
            );
        }
        this.light(undefined);
    }

    aboutOthers(box) {
        const onclick = (other) => () => (other.opens ? this.show(other) : this.reveal(other.resource));
        const ways = box.others.map((other) =>
            make("li", {}, make("button", { type: "button", onclick: onclick(other) }, other.label)),
        );
        return [make("p", {}, box.kind), make("ul", { class: "names" }, ...ways)];
    }

    aboutResource(number) {
        const resource = this.stack.resources[number];
        const place = resource.file && `${resource.file}:${resource.line}`;
        return [
            make("p", {}, make("code", {}, resource.type)),
            place ? make("p", {}, "Made at ", make("code", {}, place)) : undefined,
            ...this.listed("Findings", this.cardsOf(number)),
            ...this.listed("Refers to", this.ways(resource.refers)),
            ...this.listed("Referred to by", this.ways(resource.referred)),
        ].filter(Boolean);
    }

    ways(references) {
        return references.map(([number, properties]) =>
            make("span", {}, this.way(number), properties ? ` ${properties}` : ""),
        );
    }

    listed(title, items) {
        if (!items.length) {
            return [];
        }
        return [make("h4", {}, title), make("ul", {}, ...items.map((item) => make("li", {}, item)))];
    }

    /** Goes back: from what is chosen to its box, from a view to the one around it. */
    leave() {
        if (this.chosen) {
            const place = this.view.boxes.indexOf(this.chosen);
            this.choose(undefined);
            if (place >= 0) {
                this.rove(place);
                this.buttons[place].focus();
            }
            return true;
        }
        if (this.open.parent) {
            this.show(this.open.parent);
            return true;
        }
        return false;
    }

    key(event) {
        if (event.key === "Escape" && this.leave()) {
            event.preventDefault();
            event.stopPropagation();
        }
        const from = this.buttons.indexOf(event.target);
        if (from < 0 || !(event.key in ARROWS) || event.ctrlKey || event.metaKey || event.altKey) {
            return;
        }
        event.preventDefault();
        const to = this.nearest(from, ARROWS[event.key]);
        if (to !== undefined) {
            this.rove(to);
            this.buttons[to].focus();
        }
    }

    /** The next box in a direction: of those beyond, the nearest, sideways counting double. */
    nearest(from, [right, down]) {
        const start = this.places[from];
        let best;
        this.places.forEach((place, index) => {
            const [x, y] = [place.x - start.x, place.y - start.y];
            const along = x * right + y * down;
            const aside = Math.abs(x * down) + Math.abs(y * right);
            const distance = along + 2 * aside;
            if (along > 0 && (right === 0 || y === 0) && (!best || distance < best.distance)) {
                best = { index, distance };
            }
        });
        return best && best.index;
    }

    rove(place) {
        this.buttons.forEach((button, each) => (button.tabIndex = each === place ? 0 : -1));
    }
}

function mark(kind, count) {
    const name = make("span", { class: "unseen" }, ` ${KINDS[kind]}`);
    return make("span", { class: `mark ${kind}`, title: KINDS[kind] }, `${count}`, name);
}

/** How to read the picture. */
function legend() {
    const texts = [
        "A line leads from what refers down to what it refers to. Point at a box to see all of its lines; those that others imply are dashed.",
        "A box with a shadow opens. A dashed box is outside of what is shown.",
    ];
    const marks = Object.entries(KINDS).map(([kind, name]) =>
        make("li", {}, make("span", { class: `mark ${kind}` }, "1"), ` finding, ${name}`),
    );
    return [
        make("h3", { tabindex: -1 }, "How to read this"),
        ...texts.map((text) => make("p", {}, text)),
        make("ul", {}, ...marks),
    ];
}

/** A name whose end stays where it is cut: names of one box often begin alike. */
function ends(name) {
    const end = name.length > LONG_NAME ? name.slice(-END_OF_NAME) : "";
    const begin = make("span", { class: "begin" }, name.slice(0, name.length - end.length));
    return end ? [begin, make("span", {}, end)] : [begin];
}

/** The resources that a box stands for. */
function membersOf(box) {
    return box.others ? box.others.flatMap((other) => other.members) : box.members;
}

/** How far from the middle of its box each line begins or ends, so that they do not cross there. */
function ports(lines, end, toward, width) {
    const offsets = new Array(lines.length).fill(0);
    const byBox = new Map();
    lines.forEach((line, index) => byBox.set(line[end], [...(byBox.get(line[end]) || []), index]));
    for (const indexes of byBox.values()) {
        indexes.sort((one, other) => toward(lines[one]) - toward(lines[other]) || one - other);
        const step = Math.min(14, (width * 0.7) / indexes.length);
        indexes.forEach((index, place) => {
            offsets[index] = (place - (indexes.length - 1) / 2) * step;
        });
    }
    return offsets;
}

/** A line from the lower edge of a box through slots to the upper edge of another. */
function curve(points, height) {
    const [first, ...rest] = points;
    const last = rest[rest.length - 1];
    if (last.y <= first.y) {
        // A line back up leaves and enters at the side.
        const side = Math.max(first.x, last.x) + 130;
        return `M${first.x},${first.y + height} C${side},${first.y + height + 40} ${side},${last.y - 40} ${last.x},${last.y}`;
    }
    let path = `M${first.x},${first.y + height}`;
    let [x, y] = [first.x, first.y + height];
    for (const point of rest) {
        const bend = (y + point.y) / 2;
        path += ` C${x},${bend} ${point.x},${bend} ${point.x},${point.y}`;
        [x, y] = [point.x, point.y];
        if (point !== last) {
            y += height;
            path += ` V${y}`;
        }
    }
    return path;
}

function arrowhead(id) {
    const marker = drawn("marker", {
        id,
        viewBox: "0 0 8 8",
        refX: 7,
        refY: 4,
        markerWidth: 7,
        markerHeight: 7,
        orient: "auto",
    });
    marker.append(drawn("path", { d: "M0,0 L8,4 L0,8 Z" }));
    return marker;
}
