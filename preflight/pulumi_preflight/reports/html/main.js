// Joins the parts of the page.

const stack = new Stack(JSON.parse(document.getElementById("data").textContent));
const findings = new Findings(update);
const canvas = document.getElementById("picture");
const picture = canvas && new Picture(canvas, stack, (number) => findings.of(number));

/** Shows what is asked for in all places. */
function update(shown, { rule, file, words }, isFiltered) {
    const marks = new Map();
    const rules = new Map();
    for (const card of shown) {
        const ofKind = marks.get(card.kind) || new Map();
        marks.set(card.kind, ofKind);
        for (const number of card.resources) {
            ofKind.set(number, (ofKind.get(number) || 0) + 1);
            rules.set(number, `${rules.get(number) || ""} ${card.rule}`);
        }
    }
    const isAsked = rule || file || words.length;
    const isMatch = (number) => {
        const resource = stack.resources[number];
        const { name, type, kind } = resource;
        const text = `${name} ${type} ${kind} ${resource.file} ${rules.get(number) || ""}`.toLowerCase();
        return (
            (rules.has(number) || !(rule || (file && resource.file !== file))) &&
            words.every((word) => text.includes(word))
        );
    };
    const matches = isAsked ? new Set(stack.root.members.filter(isMatch)) : null;
    if (picture) {
        picture.update(marks, matches);
    }
    const count = shown.reduce((sum, card) => sum + card.count, 0);
    const told = [`${count.toLocaleString("en")} of ${counted(findings.total, "finding")}`];
    if (matches) {
        told.push(`${matches.size.toLocaleString("en")} of ${counted(stack.root.members.length, "resource")}`);
    }
    document.getElementById("status").textContent = isFiltered ? `${told.join(", ")} shown` : "";
}

document.addEventListener("keydown", (event) => {
    const isWriting = event.target.closest("input, select, textarea");
    if (event.key === "/" && !isWriting && !event.ctrlKey && !event.metaKey && !event.altKey) {
        event.preventDefault();
        findings.search.focus();
        findings.search.select();
    } else if (event.key === "Escape") {
        findings.showAll();
    } else if (event.key === "ArrowDown" && event.target === findings.search && findings.shown().length) {
        event.preventDefault();
        findings.go(findings.shown()[0]);
    }
});

document.addEventListener("click", (event) => {
    const link = event.target.closest('a[href^="#"]');
    const target = link && document.getElementById(link.hash.slice(1));
    const resource = link && /^#r-(\d+)$/.exec(link.hash);
    if (resource && picture) {
        event.preventDefault();
        picture.reveal(Number(resource[1]));
    } else if (target) {
        const around = target.closest("details");
        if (around) {
            around.open = true;
        }
    }
});

document.getElementById("tools").hidden = false;
document.getElementById("keys").hidden = false;
findings.filter();
performance.mark("ready");
document.documentElement.dataset.ready = "";
