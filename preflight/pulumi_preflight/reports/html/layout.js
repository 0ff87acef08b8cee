// Places boxes in rows, so that lines go from a box down to what it refers to.
//
// A row takes a given number of boxes, so the picture is as wide as the page and no wider. A line
// that passes rows has a slot of its own in each of them.

/** Sweeps through the rows that look for fewer crossings; more change next to nothing. */
const SWEEPS = 12;
const ROUNDS = 8;
const NARROWEST_SLOT = 4;

/**
 * Places boxes.
 *
 * `edges` are pairs of numbers below `count`. Gives the `boxes`, each with the `x` and `y` of its
 * corner, the `lines`, each with `from`, `to` and the `points` it passes, and the `height`. Lines
 * that others imply are left out: where A refers to B and C, and B to C, that from A to C.
 */
function layout(count, edges, { width, box, gap, slot, rise }) {
    const most = Math.max(1, Math.floor((width + gap) / (box.width + gap)));
    const { forward, backward } = acyclic(count, distinct(edges));
    const drawn = withoutImplied(count, forward);
    let slots;
    let lone;
    for (let perRow = most; perRow > 0; perRow--) {
        const found = inRows(count, forward, perRow);
        lone = found.lone;
        slots = withSlots(found.rows, drawn, { box: box.width + gap, slot });
        // Lines that pass take room as well; where it is scarce, they are nearer to each other.
        if (slots.rows.every((row) => fitted(row, width + gap))) {
            break;
        }
    }
    order(slots);
    spread(slots, width + gap);
    const height = box.height + rise;
    const boxes = new Array(count);
    slots.rows.forEach((row, number) => {
        for (const item of row) {
            item.y = number * height;
            if (item.box !== undefined) {
                boxes[item.box] = { x: item.x, y: item.y };
            }
        }
    });
    const top = slots.rows.length * height;
    const used = Math.min(lone.length, most);
    const margin = (width - used * box.width - (used - 1) * gap) / 2;
    lone.forEach((number, place) => {
        boxes[number] = {
            x: margin + (place % most) * (box.width + gap),
            y: top + Math.floor(place / most) * (box.height + gap),
        };
    });
    const end = lone.length
        ? top + Math.ceil(lone.length / most) * (box.height + gap) - gap
        : Math.max(0, top - rise);
    const center = (item) => item.x + (item.box === undefined ? item.width : box.width) / 2;
    const lines = slots.chains.map((chain) => ({
        from: chain[0].box,
        to: chain[chain.length - 1].box,
        points: chain.map((item) => ({ x: center(item), y: item.y })),
    }));
    for (const [from, to] of backward) {
        lines.push({ from, to, points: [from, to].map((each) => middle(boxes[each], box)) });
    }
    return { boxes, lines, height: end };
}

/** Narrows the slots of a row until it fits; whether they are still wide enough. */
function fitted(row, width) {
    const passing = row.filter((item) => item.box === undefined);
    const over = widthOf(row) - width;
    if (over > 0 && passing.length) {
        const each = Math.max(0, passing[0].width - over / passing.length);
        passing.forEach((item) => (item.width = each));
        return each >= NARROWEST_SLOT;
    }
    return true;
}

function widthOf(row) {
    return row.reduce((sum, item) => sum + item.width, 0);
}

function middle(place, box) {
    return { x: place.x + box.width / 2, y: place.y };
}

function distinct(edges) {
    const seen = new Map();
    for (const [from, to] of edges) {
        if (from !== to) {
            seen.set(`${from} ${to}`, [from, to]);
        }
    }
    return [...seen.values()];
}

/** Tells the edges that close a circle from the others. */
function acyclic(count, edges) {
    const targets = targetsOf(count, edges);
    const state = new Array(count).fill(0);
    const backward = [];
    const forward = [];
    for (let start = 0; start < count; start++) {
        const path = state[start] ? [] : [{ node: start, next: 0 }];
        state[start] = state[start] || 1;
        while (path.length) {
            const top = path[path.length - 1];
            const target = targets[top.node][top.next++];
            if (target === undefined) {
                state[top.node] = 2;
                path.pop();
            } else if (state[target] === 1) {
                backward.push([top.node, target]);
            } else {
                forward.push([top.node, target]);
                if (!state[target]) {
                    state[target] = 1;
                    path.push({ node: target, next: 0 });
                }
            }
        }
    }
    return { forward, backward };
}

function targetsOf(count, edges) {
    const targets = Array.from({ length: count }, () => []);
    for (const [from, to] of edges) {
        targets[from].push(to);
    }
    return targets;
}

/** The edges between whose ends there is no longer way. */
function withoutImplied(count, edges) {
    const targets = targetsOf(count, edges);
    const below = new Array(count);
    const reach = (node) => {
        if (!below[node]) {
            below[node] = new Set();
            for (const target of targets[node]) {
                below[node].add(target);
                reach(target).forEach((each) => below[node].add(each));
            }
        }
        return below[node];
    };
    return edges.filter(
        ([from, to]) => !targets[from].some((other) => other !== to && reach(other).has(to)),
    );
}

/** Rows in which each box is above all that it refers to, and the boxes without a line. */
function inRows(count, edges, perRow) {
    const targets = targetsOf(count, edges);
    const sources = targetsOf(
        count,
        edges.map(([from, to]) => [to, from]),
    );
    const depth = new Array(count);
    const depthOf = (node) => {
        depth[node] ??= Math.max(0, ...targets[node].map((each) => depthOf(each) + 1));
        return depth[node];
    };
    const all = Array.from({ length: count }, (_, node) => node);
    const lone = all.filter((node) => !targets[node].length && !sources[node].length);
    const waiting = new Set(all.filter((node) => targets[node].length || sources[node].length));
    const above = sources.map((each) => each.length);
    const rows = [];
    while (waiting.size) {
        // The box with the longest way below it goes first; a row never holds two ends of a line.
        const row = [...waiting]
            .filter((node) => above[node] === 0)
            .sort((one, other) => depthOf(other) - depthOf(one) || one - other)
            .slice(0, perRow);
        rows.push(row);
        for (const node of row) {
            waiting.delete(node);
            targets[node].forEach((target) => above[target]--);
        }
    }
    return { rows, lone };
}

/**
 * Rows with slots for the lines that pass, and the chain of each line.
 *
 * Lines to one box share their slots, so that they join as early as they can.
 */
function withSlots(rows, edges, widths) {
    const items = [];
    const levels = rows.map((row, level) =>
        row.map((box) => (items[box] = item(widths.box, level, box))),
    );
    const shared = new Map();
    const chains = edges.map(([from, to]) => {
        const chain = [items[from]];
        for (let level = items[from].level + 1; level < items[to].level; level++) {
            const key = `${to} ${level}`;
            if (!shared.has(key)) {
                shared.set(key, item(widths.slot, level));
                levels[level].push(shared.get(key));
            }
            chain.push(shared.get(key));
        }
        chain.push(items[to]);
        for (let place = 1; place < chain.length; place++) {
            if (!chain[place - 1].down.includes(chain[place])) {
                chain[place - 1].down.push(chain[place]);
                chain[place].up.push(chain[place - 1]);
            }
        }
        return chain;
    });
    return { rows: levels, chains };
}

function item(width, level, box) {
    return { box, width, level, up: [], down: [] };
}

/** Puts each row into the order that crosses the fewest lines of those tried. */
function order(slots) {
    number(slots.rows);
    let best = { crossings: crossings(slots.rows), rows: slots.rows.map((row) => [...row]) };
    for (let sweep = 0; sweep < SWEEPS && best.crossings; sweep++) {
        const down = sweep % 2 === 0;
        for (const row of down ? slots.rows.slice(1) : slots.rows.slice(0, -1).reverse()) {
            for (const item of row) {
                const others = down ? item.up : item.down;
                item.wish = others.length
                    ? others.reduce((sum, each) => sum + each.place, 0) / others.length
                    : item.place;
            }
            row.sort((one, other) => one.wish - other.wish || one.place - other.place);
            row.forEach((item, place) => (item.place = place / Math.max(1, row.length - 1)));
        }
        const found = crossings(slots.rows);
        if (found < best.crossings) {
            best = { crossings: found, rows: slots.rows.map((row) => [...row]) };
        }
    }
    slots.rows = best.rows;
    number(slots.rows);
}

function number(rows) {
    for (const row of rows) {
        row.forEach((item, place) => (item.place = place / Math.max(1, row.length - 1)));
    }
}

function crossings(rows) {
    let found = 0;
    for (const row of rows) {
        const ends = row.flatMap((item, place) => item.down.map((below) => [place, below.place]));
        ends.forEach(([from, to], index) => {
            for (let other = index + 1; other < ends.length; other++) {
                found += (from - ends[other][0]) * (to - ends[other][1]) < 0 ? 1 : 0;
            }
        });
    }
    return found;
}

/** Gives each item of a row its x: near to what it is joined to, in order, without an overlap. */
function spread(slots, width) {
    for (const row of slots.rows) {
        let x = (width - widthOf(row)) / 2;
        for (const item of row) {
            item.x = x;
            x += item.width;
        }
    }
    for (let round = 0; round < ROUNDS; round++) {
        const down = round % 2 === 0;
        const isLast = round >= ROUNDS - 2;
        for (const row of down ? slots.rows : [...slots.rows].reverse()) {
            const wishes = row.map((item) => {
                const side = down ? item.up : item.down;
                const others = isLast ? [...item.up, ...item.down] : side;
                if (!others.length) {
                    return item.x;
                }
                const centers = others.map((each) => each.x + each.width / 2);
                const mean = centers.reduce((sum, each) => sum + each, 0) / centers.length;
                return mean - item.width / 2;
            });
            place(row, wishes, width);
        }
    }
}

/** The x nearest to the wishes, by least squares, that keeps the order. */
function place(row, wishes, width) {
    let before = 0;
    const offsets = row.map((item) => {
        const offset = before;
        before += item.width;
        return offset;
    });
    const room = Math.max(0, width - before);
    // Items that would overlap are moved as one block, to the mean of their wishes.
    const blocks = [];
    row.forEach((_, index) => {
        blocks.push({ sum: wishes[index] - offsets[index], size: 1 });
        for (let last = blocks.length - 1; last > 0; last = blocks.length - 1) {
            const [one, other] = [blocks[last - 1], blocks[last]];
            if (one.sum / one.size <= other.sum / other.size) {
                break;
            }
            blocks.splice(last - 1, 2, { sum: one.sum + other.sum, size: one.size + other.size });
        }
    });
    let index = 0;
    for (const block of blocks) {
        const x = Math.min(room, Math.max(0, block.sum / block.size));
        for (let left = block.size; left > 0; left--, index++) {
            row[index].x = x + offsets[index];
        }
    }
}
