"""Findings by file, beside the lines of the program that they stand at."""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from pulumi_preflight.findings import (
    About,
    Finding,
    Known,
    Level,
    NotEvaluated,
    Waived,
    excuse_of,
    knowledge_of,
)
from pulumi_preflight.printing import shortened
from pulumi_preflight.reports.entries import (
    NEW,
    entries_of,
    fingerprint_of,
    said_of,
    standing_in,
    subject_of,
)
from pulumi_preflight.reports.html.markup import Markup, element, joined, line, prose, with_rest
from pulumi_preflight.reports.html.source import Excerpt, Sources
from pulumi_preflight.reports.html.stack import Stack, linked
from pulumi_preflight.verdict import OWN_PACK, counted

KINDS: Mapping[str, str] = {
    "mandatory": "Mandatory",
    "advisory": "Advisory",
    "not-evaluated": "Not evaluated",
    "waived": "Waived",
    "known": "Known",
}
"""What a report tells of a rule, by the name that styles and filters know, the worst first."""
_ORDER = list(KINDS)
_SEVERITIES = ("critical", "high", "medium", "low", "")
_LONGEST = 4_000
_REST = "; --format json has them"
_NAMES_SHOWN = 12
_TEXTS_SHOWN = 4
_WHOLE_STACK = ""


def _excuse_of(finding: Finding) -> str:
    match finding:
        case Waived():
            return excuse_of(finding)
        case Known():
            return f"as {knowledge_of(finding)}"
        case _:
            return ""


def kind_of(finding: Finding) -> str:
    """Its kind, a key of `KINDS`."""
    match finding:
        case Waived():
            return "waived"
        case Known():
            return "known"
        case NotEvaluated():
            return "not-evaluated"
        case _:
            return "mandatory" if finding.level is Level.MANDATORY else "advisory"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rule:
    """What has one card at a line.

    Attributes:
        kind: A key of `KINDS`.
        name: The rule's name.
        pack: The pack that holds it.
        severity: Its severity, empty where the pack does not say.
        url: A page about it, empty for none.
    """

    kind: str
    name: str
    pack: str
    severity: str
    url: str

    @property
    def order(self) -> tuple[int, int]:
        """The worst kind first, then the worst severity."""
        return _ORDER.index(self.kind), _SEVERITIES.index(self.severity)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Said:
    """What a rule may say of several resources.

    Attributes:
        text: What is wrong and what is wanted.
        fix: What to do, empty where the rule does not say.
        excuse: Why it is accepted, empty where it is not.
    """

    text: str
    fix: str
    excuse: str


def by_file(stack: Stack) -> Markup:
    """A section for each file, those with the worst findings first."""
    verdict = stack.verdict
    sources = Sources(verdict.folder, verdict.redact)
    about = {(each.ran.pack, each.ran.rule): each.ran.about for each in verdict.rules}
    files: dict[str, list[Finding]] = {}
    for finding in entries_of(verdict):
        files.setdefault(finding.file or _WHOLE_STACK, []).append(finding)

    def order(file: str) -> tuple[int, str]:
        return (min(_ORDER.index(kind_of(each)) for each in files[file]), file)

    cards = _Cards(stack=stack, about=about, standing=standing_in(verdict))
    return joined(_file(file, files[file], sources, cards) for file in sorted(files, key=order))


def _file(file: str, findings: Sequence[Finding], sources: Sources, cards: "_Cards") -> Markup:
    stack = cards.stack
    lines = {each.line for each in findings if each.line}
    excerpts = sources.excerpts(file, lines) if file else ()
    shown = {number for excerpt in excerpts for number in excerpt.marked}
    rest = [each for each in findings if each.line not in shown]
    whole = (
        "Without a place in the program"
        if any(map(subject_of, findings))
        else "The stack as a whole"
    )
    return element(
        "section",
        element(
            "h3",
            element("code", line(stack.place(file))) if file else whole,
            f", {line(stack.title)}" if stack.folder else None,
            " ",
            element("span", counted(len(findings), "finding"), class_="count"),
        ),
        _hunk(None, cards.of(file, rest)) if rest else None,
        [
            _hunk(
                excerpt, cards.of(file, [each for each in findings if each.line in excerpt.marked])
            )
            for excerpt in excerpts
        ],
        class_="file",
    )


def _hunk(excerpt: Excerpt | None, cards: Markup) -> Markup:
    return element(
        "div",
        _code(excerpt) if excerpt else None,
        element("div", cards, class_="cards"),
        class_="hunk" if excerpt else "hunk bare",
    )


def _code(excerpt: Excerpt) -> Markup:
    numbered = enumerate(excerpt.lines, start=excerpt.first)
    return element(
        "ol",
        (
            element("li", element("mark", text) if number in excerpt.marked else text)
            for number, text in numbered
        ),
        class_="code",
        start=excerpt.first,
        tabindex=0,
        aria_label=f"Lines {excerpt.first} to {excerpt.first + len(excerpt.lines) - 1}",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Cards:
    """Writes what is found at a line.

    Attributes:
        stack: The stack.
        about: What packs say of their rules, by pack and rule.
        standing: See `standing_in`.
    """

    stack: Stack
    about: Mapping[tuple[str, str], About]
    standing: Callable[[Finding], str]

    def of(self, file: str, findings: Iterable[Finding]) -> Markup:
        """A card for each rule, however many resources it speaks of, the worst first."""
        together: dict[_Rule, list[Finding]] = {}
        for finding in findings:
            together.setdefault(_rule(finding), []).append(finding)
        ordered = sorted(together.items(), key=lambda each: each[0].order)
        return joined(self._card(file, rule, group) for rule, group in ordered)

    def _card(self, file: str, rule: _Rule, findings: Sequence[Finding]) -> Markup:
        there = [self.stack.numbers.get(each.urn) for each in findings]
        about = self.about.get((rule.pack, rule.name), About())
        more = _separated(self._more(rule, findings))
        return element(
            "article",
            element(
                "h4",
                element("span", KINDS[rule.kind], class_="kind"),
                " ",
                element("span", line(rule.name), class_="rule"),
                " ",
                rule.severity and element("span", rule.severity, class_="severity"),
                " ",
                element("span", "new", class_="new")
                if any(self.standing(each) == NEW for each in findings)
                else None,
                " ",
                element(
                    "span", _separated(_ways(findings, rule, about, self.stack)), class_="ways"
                ),
            ),
            self._said(findings),
            element("p", more, class_="more") if more else None,
            class_=f"finding {rule.kind}",
            id=f"f-{rule.kind}-{self._address(findings[0])}",
            tabindex=-1,
            data_kind=rule.kind,
            data_rule=line(rule.name),
            data_file=line(self.stack.place(file)) if file else "",
            data_count=len(findings),
            data_resources=" ".join(str(each) for each in there if each is not None),
        )

    def _address(self, finding: Finding) -> str:
        return _digest(self.stack.folder, self.stack.verdict.stack, fingerprint_of(finding))

    def _said(self, findings: Sequence[Finding]) -> Markup:
        """What is said, each thing once, with the resources that it is said of."""
        together: dict[_Said, list[Finding]] = {}
        for finding in findings:
            together.setdefault(_said(finding), []).append(finding)
        fixes = {said.fix for said in together}
        common = fixes.pop() if len(fixes) == 1 else ""
        is_placed = len({each.line for each in findings}) > 1
        if len(together) == 1:
            [(said, group)] = together.items()
            resources = self._resources(group, is_placed=is_placed)
            return joined((resources, _texts(said), _fix(common)))
        items = [
            element(
                "li",
                self._resources(group, is_placed=is_placed),
                _texts(said),
                None if common else _fix(said.fix),
            )
            for said, group in together.items()
        ]
        return joined((_folded(items, _TEXTS_SHOWN, "each"), _fix(common)))

    def _resources(self, findings: Sequence[Finding], *, is_placed: bool) -> Markup | None:
        """The names of the resources, each leading to the resource, with lines on request."""
        names = dict.fromkeys((each.urn, each.line) for each in findings if subject_of(each))
        chips = [
            element(
                "li", self._link(urn), element("small", f" line {number}") if is_placed else None
            )
            for urn, number in names
        ]
        return _folded(chips, _NAMES_SHOWN, "names") if chips else None

    def _link(self, urn: str) -> Markup:
        link = linked(urn, self.stack)
        return link if urn in self.stack.numbers else element("span", link)

    def _more(self, rule: _Rule, findings: Sequence[Finding]) -> Iterator[Markup]:
        others = list(dict.fromkeys(urn for each in findings for urn in each.related))
        if others:
            listed = _separated([self._link(urn) for urn in others[:_NAMES_SHOWN]], ", ")
            rest = len(others) - _NAMES_SHOWN
            yield element("span", "with ", listed, f" and {rest} more" if rest > 0 else None)
        places = dict.fromkeys(place for each in findings for place in each.places[1:])
        if places:
            told = [f"{line(self.stack.place(each.file))}:{each.line}" for each in places]
            yield element("span", "see ", ", ".join(told[:_NAMES_SHOWN]))
        if rule.pack == OWN_PACK:
            yield element("span", "found by preflight itself")
        if origin := findings[0].origin:
            yield element("span", f"hangs on what is made up: {line(str(origin))}")


def _ways(findings: Sequence[Finding], rule: _Rule, about: About, stack: Stack) -> Iterator[Markup]:
    """Where findings stand, and what there is to read about their rule."""
    lines = {each.line for each in findings if each.line}
    if lines:
        yield element("span", f"line {min(lines)}" if len(lines) == 1 else f"{len(lines)} lines")
    if about.description:
        yield element("a", "rule", href=f"#{rule_anchor(stack, rule.pack, rule.name)}")
    if link := outward(rule.url or about.url, "docs"):
        yield link


def rule_anchor(stack: Stack, pack: str, rule: str) -> str:
    """The id of a rule on the page."""
    return f"rule-{_digest(stack.folder, stack.verdict.stack, pack, rule)}"


def outward(url: str, text: str) -> Markup | None:
    """A link to another page, `None` where a url is not one of the web."""
    if not url.lower().startswith(("https://", "http://")):
        return None
    return element("a", text, href=line(url), rel="noopener noreferrer")


def _rule(finding: Finding) -> _Rule:
    return _Rule(
        kind=kind_of(finding),
        name=finding.rule,
        pack=finding.pack,
        severity=finding.severity or "",
        url=finding.url or "",
    )


def _said(finding: Finding) -> _Said:
    text = said_of(finding)
    if isinstance(finding, NotEvaluated):
        text = text.replace(f": {subject_of(finding)}: ", ": ")
    return _Said(
        text=text,
        fix=finding.fix or "",
        excuse=_excuse_of(finding),
    )


def _texts(said: _Said) -> Markup:
    return joined(
        (
            element("p", prose(_short(said.text)), class_="said"),
            said.excuse and element("p", "Accepted ", prose(_short(said.excuse)), class_="excuse"),
        )
    )


def _fix(text: str) -> Markup | None:
    return (
        element("p", element("b", "Fix:"), " ", prose(_short(text)), class_="fix") if text else None
    )


def _folded(items: Sequence[Markup], most: int, name: str) -> Markup:
    """A list whose rest is folded where it is long."""
    return with_rest(items, most, lambda some, _: element("ul", some, class_=name))


def _digest(*parts: str) -> str:
    text = "\0".join(parts).encode(errors="surrogatepass")
    return hashlib.sha256(text).hexdigest()[:12]


def _short(text: str) -> str:
    return shortened(text, _LONGEST, _REST)


def _separated(parts: Iterable[Markup], between: str = " · ") -> Markup:
    listed = list(parts)
    return joined(
        (part, between if number + 1 < len(listed) else None) for number, part in enumerate(listed)
    )
