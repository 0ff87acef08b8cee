// Shows the findings that are asked for, and leads through them.

/** The cards of the page, and what of them is shown. */
class Findings {
    /** Takes what is to be done when other cards are shown. */
    constructor(changed) {
        this.changed = changed;
        this.cards = [...document.querySelectorAll("article.finding")].map((element) => ({
            element,
            kind: element.dataset.kind,
            rule: element.dataset.rule,
            file: element.dataset.file,
            count: Number(element.dataset.count),
            resources: element.dataset.resources.split(" ").filter(Boolean).map(Number),
            text: `${element.textContent} ${element.dataset.file}`.toLowerCase(),
            shown: true,
        }));
        this.total = this.cards.reduce((sum, card) => sum + card.count, 0);
        this.search = document.getElementById("search");
        this.toggles = [...document.querySelectorAll(".toggle")];
        this.choices = ["rule", "file"].map((name) => document.getElementById(`by-${name}`));
        this.clear = document.getElementById("clear");
        this.search.addEventListener("input", () => this.filter());
        for (const choice of this.choices.filter(Boolean)) {
            choice.addEventListener("change", () => this.filter());
        }
        for (const toggle of this.toggles) {
            toggle.addEventListener("click", () => {
                toggle.setAttribute("aria-pressed", String(!isOn(toggle)));
                this.filter();
            });
        }
        this.clear.addEventListener("click", () => this.showAll());
        document.getElementById("findings").addEventListener("keydown", (event) => this.key(event));
        this.rove(0);
    }

    /** What is asked for. */
    asked() {
        const [rule, file] = this.choices.map((choice) => (choice ? choice.value : ""));
        const words = this.search.value.toLowerCase().split(/\s+/).filter(Boolean);
        const kinds = new Set(this.toggles.filter(isOn).map((toggle) => toggle.dataset.kind));
        return { rule, file, words, kinds };
    }

    filter() {
        const { rule, file, words, kinds } = this.asked();
        for (const card of this.cards) {
            card.shown =
                kinds.has(card.kind) &&
                (!rule || card.rule === rule) &&
                (!file || card.file === file) &&
                words.every((word) => card.text.includes(word));
            card.element.hidden = !card.shown;
        }
        for (const group of document.querySelectorAll("#findings .hunk, #findings .file")) {
            group.hidden = !group.querySelector("article.finding:not([hidden])");
        }
        const none = document.getElementById("none-left");
        if (none) {
            none.hidden = this.cards.some((card) => card.shown);
        }
        const isFiltered = rule || file || words.length || !this.toggles.every(isOn);
        this.clear.hidden = !isFiltered;
        this.rove(0);
        this.changed(this.shown(), { rule, file, words }, isFiltered);
    }

    /** The cards that are shown. */
    shown() {
        return this.cards.filter((card) => card.shown);
    }

    showAll() {
        const had = document.activeElement === this.clear;
        this.search.value = "";
        for (const choice of this.choices.filter(Boolean)) {
            choice.value = "";
        }
        for (const toggle of this.toggles) {
            toggle.setAttribute("aria-pressed", "true");
        }
        this.filter();
        if (had) {
            this.search.focus();
        }
    }

    /** Ways to the cards of a resource that are shown. */
    of(number) {
        return this.shown()
            .filter((card) => card.resources.includes(number))
            .map((card) => {
                const way = make("a", { href: `#${card.element.id}` }, card.rule);
                way.addEventListener("click", (event) => {
                    event.preventDefault();
                    this.go(card);
                });
                return make("span", { class: card.kind }, make("span", { class: "kind" }, KINDS[card.kind]), " ", way);
            });
    }

    /** Gives a card the focus. */
    go(card) {
        this.rove(this.shown().indexOf(card));
        card.element.focus({ preventScroll: true });
        card.element.scrollIntoView({ block: "center" });
    }

    rove(place) {
        const shown = this.shown();
        shown.forEach((card, each) => (card.element.tabIndex = each === place ? 0 : -1));
    }

    key(event) {
        const from = this.shown().findIndex((card) => card.element === event.target);
        const steps = { ArrowDown: 1, j: 1, ArrowUp: -1, k: -1 };
        if (from < 0 || event.ctrlKey || event.metaKey || event.altKey) {
            return;
        }
        const shown = this.shown();
        let to = from + (steps[event.key] || 0);
        if (event.key === "Home") {
            to = 0;
        } else if (event.key === "End") {
            to = shown.length - 1;
        } else if (!(event.key in steps)) {
            return;
        }
        event.preventDefault();
        if (shown[to]) {
            this.go(shown[to]);
        }
    }
}

function isOn(toggle) {
    return toggle.getAttribute("aria-pressed") === "true";
}
