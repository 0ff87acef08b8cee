"""The verdict as one page for a browser: a file that needs nothing else, and asks for nothing.

`page.html` is the frame; the style sheet and the scripts beside it are put into it whole. Their
digests stand in the page's policy, so that a browser runs nothing else, whatever a text holds.
"""

import base64
import hashlib
from collections.abc import Iterable, Sequence
from importlib import resources
from string import Template
from typing import TextIO

from pulumi_preflight.findings import Fix, Ran
from pulumi_preflight.model import Note, SourcePosition
from pulumi_preflight.reports.entries import entries_of
from pulumi_preflight.reports.html.cost import cost_section
from pulumi_preflight.reports.html.findings import (
    KINDS,
    by_file,
    kind_of,
    outward,
    rule_anchor,
)
from pulumi_preflight.reports.html.markup import Markup, data, element, joined, line, prose
from pulumi_preflight.reports.html.stack import Stack
from pulumi_preflight.reports.html.stack import kind_of as kind_of_type
from pulumi_preflight.reports.terminal import lines_of
from pulumi_preflight.verdict import Result, RuleResult, Verdict, counted, verdict_line

_STYLE = "style.css"
_SCRIPTS = ("layout.js", "graph.js", "picture.js", "findings.js", "main.js")
_RESULTS = {
    Result.FOUND: "found",
    Result.NOT_EVALUATED: "not evaluated",
    Result.WAIVED: "waived",
    Result.PASSED: "passed",
    Result.IDLE: "nothing to judge",
    Result.DISABLED: "disabled",
}
_DIFFERENCES = {"red": "del", "green": "ins"}


def write(verdict: Verdict, stream: TextIO) -> None:
    """Writes the page; two runs give the same bytes."""
    stack = Stack(verdict=verdict)
    style, script = _file(_STYLE), _script()
    title = f"{'PASS' if verdict.passed else 'FAIL'}: {verdict.project}, stack {verdict.stack}"
    policy = (
        f"default-src 'none'; script-src {_digest(script)}; style-src {_digest(style)}; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )
    stream.write(
        Template(_file("page.html")).substitute(
            policy=policy,
            title=joined(line(title)),
            style=style,
            header=_header(verdict, stack),
            sections=joined(_sections(verdict, stack)),
            tools=_tools(verdict),
            data=data(stack.data()),
            script=script,
        )
    )


def _file(name: str) -> str:
    return resources.files(__name__).joinpath(name).read_text(encoding="utf-8")


def _script() -> str:
    """All scripts as one, whose names nothing else on the page sees."""
    return "\n".join(('"use strict";', "{", *map(_file, _SCRIPTS), "}"))


def _digest(text: str) -> str:
    digest = hashlib.sha256(text.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"


def _header(verdict: Verdict, stack: Stack) -> Markup:
    word, counts = verdict_line(verdict).split(": ", 1)
    return joined(
        (
            element(
                "h1", line(verdict.project), " ", element("small", f"stack {line(verdict.stack)}")
            ),
            element(
                "p",
                element("strong", word, class_="verdict " + ("pass" if verdict.passed else "fail")),
                f" {counts}; {len(stack.resources):,} resources",
                class_="summary",
            ),
        )
    )


def _tools(verdict: Verdict) -> Markup:
    """The filters; the scripts make them work."""
    findings = entries_of(verdict)
    counts = {kind: sum(kind_of(each) == kind for each in findings) for kind in KINDS}
    rules = sorted({line(each.rule) for each in findings})
    files = sorted({line(each.file) for each in findings if each.file})
    return joined(
        (
            element(
                "div",
                (
                    element(
                        "button",
                        f"{KINDS[kind]} ",
                        element("span", count, class_="count"),
                        type="button",
                        class_=f"toggle {kind}",
                        data_kind=kind,
                        aria_pressed="true",
                    )
                    for kind, count in counts.items()
                    if count
                ),
                class_="toggles",
                role="group",
                aria_label="Kinds of findings",
            ),
            _choice("rule", "All rules", rules),
            _choice("file", "All files", files),
        )
    )


def _choice(name: str, everything: str, values: Sequence[str]) -> Markup | None:
    if len(values) < 2:  # noqa: PLR2004 - one is no choice
        return None
    return element(
        "select",
        element("option", everything, value=""),
        (element("option", value, value=value) for value in values),
        id=f"by-{name}",
        aria_label=f"Findings of one {name}",
    )


def _sections(verdict: Verdict, stack: Stack) -> Iterable[Markup]:
    yield _section("findings", "Findings", _findings(verdict, stack))
    if verdict.cost is not None:
        yield _section("cost", "Cost", cost_section(verdict.cost, stack))
    yield _section("stack", "Stack", _stack(stack))
    if verdict.fixes:
        yield _section("fixes", "Fixes", _fixes(verdict.fixes))
    if verdict.rules:
        yield _section("rules", "Rules", _rules(verdict.rules))
    if verdict.notes:
        yield _section("notes", "Notes", _notes(verdict.notes))


def _section(name: str, title: str, *content: Markup | None) -> Markup:
    heading = element("h2", title, id=f"{name}-title", tabindex=-1)
    return element("section", heading, content, id=name, aria_labelledby=f"{name}-title")


def _findings(verdict: Verdict, stack: Stack) -> Markup:
    if not entries_of(verdict):
        judged = sum(each.result is Result.PASSED for each in verdict.rules)
        told = f"{counted(judged, 'rule')} passed." if judged else "No rule judged the stack."
        return element("p", f"Nothing was found. {told}", class_="empty")
    return joined(
        (
            element("div", by_file(verdict, stack), id="files"),
            element("p", "No finding is like this.", id="none-left", class_="empty", hidden=True),
        )
    )


def _stack(stack: Stack) -> Markup:
    if not stack.resources:
        return element("p", "The program makes no resources.", class_="empty")
    return joined(
        (
            element("div", id="picture"),
            element(
                "details",
                element("summary", f"All {len(stack.resources):,} resources as a list"),
                [_module(name, numbers, stack) for name, numbers in stack.modules.items()],
                id="list",
            ),
        )
    )


def _module(name: str, numbers: Sequence[int], stack: Stack) -> Markup:
    return element(
        "table",
        element("caption", line(name)),
        element(
            "thead",
            element(
                "tr", (element("th", title, scope="col") for title in ("Name", "Type", "Place"))
            ),
        ),
        element("tbody", (_resource(number, stack) for number in numbers)),
        class_="resources",
    )


def _resource(number: int, stack: Stack) -> Markup:
    resource = stack.resources[number]
    place = resource.position
    return element(
        "tr",
        element("th", line(resource.name), scope="row"),
        element("td", kind_of_type(resource.type)),
        element("td", _place(place) if place else None),
        id=f"r-{number}",
    )


def _place(place: SourcePosition) -> str:
    return f"{line(place.file)}:{place.line}"


def _fixes(fixes: Sequence[Fix]) -> Markup:
    titles = {
        True: "Changed by the packs, in this run only",
        False: "What rules would change at the level remediate",
    }
    return joined(
        (element("h3", title), _differences([fix for fix in fixes if fix.applied is applied]))
        for applied, title in titles.items()
        if any(fix.applied is applied for fix in fixes)
    )


def _differences(fixes: Sequence[Fix]) -> Markup:
    def place(fix: Fix) -> str:
        return f"{fix.file}:{fix.line}" if fix.file else ""

    return element(
        "pre",
        (
            (element(_DIFFERENCES.get(str(text.style), "span"), text.plain), "\n")
            for text in lines_of(fixes, place)
        ),
        class_="differences",
        tabindex=0,
        aria_label="Differences",
    )


def _rules(rules: Sequence[RuleResult]) -> Markup:
    order = list(_RESULTS)
    counts = [(result, sum(each.result is result for each in rules)) for result in order]
    told = ", ".join(f"{count} {_RESULTS[result]}" for result, count in counts if count)
    return element(
        "details",
        element("summary", f"{counted(len(rules), 'rule')}: {told}"),
        element(
            "table",
            element(
                "thead",
                element(
                    "tr",
                    (element("th", title, scope="col") for title in ("Rule", "Result", "About")),
                ),
            ),
            element(
                "tbody",
                (_rule(each) for each in sorted(rules, key=lambda each: order.index(each.result))),
            ),
            class_="rules",
        ),
    )


def _rule(result: RuleResult) -> Markup:
    ran = result.ran
    told = " ".join(filter(None, (ran.level, ran.about.severity)))
    return element(
        "tr",
        element("th", line(ran.rule), " ", element("small", told), scope="row"),
        element("td", _RESULTS[result.result], class_=f"result {result.result}"),
        element("td", _about(ran)),
        id=rule_anchor(ran.pack, ran.rule),
    )


def _about(ran: Ran) -> Markup:
    about = ran.about
    return joined(
        (
            prose(about.description),
            ran.idle and (" ", element("small", prose(ran.idle))),
            " ",
            outward(about.url, "documentation"),
        )
    )


def _notes(notes: Sequence[Note]) -> Markup:
    return element(
        "ul",
        (
            element(
                "li", prose(note.text), f" ({_place(note.position)})" if note.position else None
            )
            for note in notes
        ),
    )
