"""The verdict as one page for a browser: a file that needs nothing else, and asks for nothing.

`page.html` is the frame; the style sheet and the scripts beside it are put into it whole. Their
digests stand in the page's policy, so that a browser runs nothing else, whatever a text holds.
"""

import base64
import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from importlib import resources
from string import Template
from typing import TextIO

from pulumi_preflight.bases.telling import losing
from pulumi_preflight.findings import Fix, Ran
from pulumi_preflight.model import Note, SourcePosition
from pulumi_preflight.printing import shortened
from pulumi_preflight.reports.entries import entries_of
from pulumi_preflight.reports.html.changes import changes_section
from pulumi_preflight.reports.html.cost import cost_section
from pulumi_preflight.reports.html.findings import (
    KINDS,
    by_file,
    kind_of,
    outward,
    rule_anchor,
)
from pulumi_preflight.reports.html.markup import Markup, data, element, joined, line, prose
from pulumi_preflight.reports.html.stack import Stack, picture_of, together
from pulumi_preflight.reports.html.stack import kind_of as kind_of_type
from pulumi_preflight.reports.recap import recap
from pulumi_preflight.reports.terminal import lines_of
from pulumi_preflight.verdict import Result, RuleResult, Verdict, counted, verdict_line
from pulumi_preflight.verdicts import StackResult, Verdicts

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
_LONGEST = 10_000
_DIFFERENCES = {"red": "del", "green": "ins"}


def write(verdict: Verdict, stream: TextIO) -> None:
    """Writes the page; two runs give the same bytes."""
    stack = Stack(verdict=verdict)
    title = f"{_word(verdict)}: {verdict.project}, stack {verdict.stack}"
    _write([stack], stream, title=title, name=verdict.project, header=_header(stack))


def write_several(verdicts: Verdicts, stream: TextIO) -> None:
    """Writes one page of several verdicts, whose stacks are boxes of one picture."""
    stacks = together((result.folder, verdict) for result, verdict in verdicts)
    name = counted(len(verdicts.results), "stack")
    passed = not verdicts.failed and not verdicts.without_verdict
    title = f"{'PASS' if passed else 'FAIL'}: {name}"
    header = _header_of_several(verdicts, name)
    _write(stacks, stream, title=title, name=name, header=header)


def _write(
    stacks: Sequence[Stack], stream: TextIO, *, title: str, name: str, header: Markup
) -> None:
    style, script = _file(_STYLE), _script()
    policy = (
        f"default-src 'none'; script-src {_digest(script)}; style-src {_digest(style)}; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )
    stream.write(
        Template(_file("page.html")).substitute(
            policy=policy,
            title=joined(line(title)),
            style=style,
            header=header,
            sections=joined(_sections(stacks)),
            tools=_tools(stacks),
            data=data(picture_of(stacks, name)),
            script=script,
        )
    )


def _word(verdict: Verdict) -> str:
    return "PASS" if verdict.passed else "FAIL"


def _file(name: str) -> str:
    return resources.files(__name__).joinpath(name).read_text(encoding="utf-8")


def _script() -> str:
    """All scripts as one, whose names nothing else on the page sees."""
    return "\n".join(('"use strict";', "{", *map(_file, _SCRIPTS), "}"))


def _digest(text: str) -> str:
    digest = hashlib.sha256(text.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"


def _header(stack: Stack) -> Markup:
    verdict = stack.verdict
    resources_ = f"; {len(stack.resources):,} resources"
    return joined(
        (
            element(
                "h1", line(verdict.project), " ", element("small", f"stack {line(verdict.stack)}")
            ),
            element("p", _summary(verdict), resources_, class_="summary"),
        )
    )


def _summary(verdict: Verdict) -> Markup:
    counts = verdict_line(verdict).split(": ", 1)[1]
    word = _word(verdict)
    return joined((element("strong", word, class_=f"verdict {word.lower()}"), f" {counts}"))


def _header_of_several(verdicts: Verdicts, name: str) -> Markup:
    """What became of each stack, and why some have no verdict or were not judged."""
    return joined(
        (
            element("h1", name),
            element(
                "ul",
                (
                    element(
                        "li",
                        element("code", line(result.folder)),
                        f" ({line(result.stack)}) " if result.stack else " ",
                        _summary(result.verdict) if result.verdict else _failure(result),
                        _recap(result.verdict),
                    )
                    for result in verdicts.results
                ),
                (
                    element(
                        "li",
                        element("code", line(each.folder)),
                        f" was not judged: {line(each.reason)}",
                    )
                    for each in verdicts.left_out
                ),
                (
                    element(
                        "li", element("span", line(each.told), class_=_class(each.holding_data))
                    )
                    for each in verdicts.gone
                ),
                class_="summary stacks",
            ),
        )
    )


def _recap(verdict: Verdict | None) -> Markup | None:
    """What changes in a stack beside its base, behind what became of it."""
    changes = verdict.changes if verdict else None
    if changes is None:
        return None
    return joined(("; ", element("span", recap(changes), class_=_class(len(losing(changes))))))


def _class(losing_data: int) -> str | None:
    return "loses" if losing_data else None


def _failure(result: StackResult) -> Markup:
    return joined(
        (
            element("strong", "NO VERDICT", class_="verdict fail"),
            " ",
            prose(shortened(result.error or "", _LONGEST)),
            result.hint and f" ({line(result.hint)})",
        )
    )


def _tools(stacks: Sequence[Stack]) -> Markup:
    """The filters; the scripts make them work."""
    findings = [(stack, each) for stack in stacks for each in entries_of(stack.verdict)]
    counts = {kind: sum(kind_of(each) == kind for _, each in findings) for kind in KINDS}
    rules = sorted({line(each.rule) for _, each in findings})
    files = sorted({line(stack.place(each.file)) for stack, each in findings if each.file})
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
    if len(values) < 2:  # noqa: PLR2004 - one is not a choice
        return None
    return element(
        "select",
        element("option", everything, value=""),
        (element("option", value, value=value) for value in values),
        id=f"by-{name}",
        aria_label=f"Findings of one {name}",
    )


def _sections(stacks: Sequence[Stack]) -> Iterable[Markup]:
    yield from _of_each("changes", "Changes", stacks, _changes)
    yield _section("findings", "Findings", _findings(stacks))
    yield from _of_each("cost", "Cost", stacks, _cost)
    yield _section("stack", "Stack", _stack(stacks))
    yield from _of_each("fixes", "Fixes", stacks, _fixes)
    yield from _of_each("rules", "Rules", stacks, _rules)
    yield from _of_each("notes", "Notes", stacks, lambda stack: _notes(stack.verdict.notes))


def _of_each(
    name: str, title: str, stacks: Sequence[Stack], write_one: Callable[[Stack], Markup | None]
) -> Iterator[Markup]:
    """A section of what is told of each stack; nothing where nothing is told of any."""
    told = [(stack, content) for stack in stacks if (content := write_one(stack))]
    if told:
        yield _section(
            name,
            title,
            *(
                joined((element("h3", line(stack.title)) if stack.folder else None, content))
                for stack, content in told
            ),
        )


def _changes(stack: Stack) -> Markup | None:
    changes = stack.verdict.changes
    return changes_section(changes, stack) if changes else None


def _cost(stack: Stack) -> Markup | None:
    cost = stack.verdict.cost
    return cost_section(cost, stack) if cost else None


def _section(name: str, title: str, *content: Markup | None) -> Markup:
    heading = element("h2", title, id=f"{name}-title", tabindex=-1)
    return element("section", heading, content, id=name, aria_labelledby=f"{name}-title")


def _findings(stacks: Sequence[Stack]) -> Markup:
    if not any(entries_of(stack.verdict) for stack in stacks):
        passed = [
            each for stack in stacks for each in stack.verdict.rules if each.result is Result.PASSED
        ]
        told = f"{counted(len(passed), 'rule')} passed." if passed else "No rule judged the stack."
        return element("p", f"Nothing was found. {told}", class_="empty")
    return joined(
        (
            element("div", map(by_file, stacks), id="files"),
            element("p", "No finding is like this.", id="none-left", class_="empty", hidden=True),
        )
    )


def _stack(stacks: Sequence[Stack]) -> Markup:
    count = sum(len(stack.resources) for stack in stacks)
    if not count:
        return element("p", "The program makes no resources.", class_="empty")
    return joined(
        (
            element("div", id="picture"),
            element(
                "details",
                element("summary", f"All {count:,} resources as a list"),
                [
                    _module(f"{stack.title}, {name}" if stack.folder else name, numbers, stack)
                    for stack in stacks
                    for name, numbers in stack.modules.items()
                ],
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
    resource = stack.of(number)
    place = resource.position
    return element(
        "tr",
        element("th", line(resource.name), scope="row"),
        element("td", kind_of_type(resource.type)),
        element("td", f"{line(stack.place(place.file))}:{place.line}" if place else None),
        id=f"r-{number}",
    )


def _place(place: SourcePosition) -> str:
    return f"{line(place.file)}:{place.line}"


def _fixes(stack: Stack) -> Markup | None:
    fixes = stack.verdict.fixes
    heading = "h4" if stack.folder else "h3"
    if not fixes:
        return None
    titles = {
        True: "Changed by the packs, in this run only",
        False: "What rules would change at the level remediate",
    }
    return joined(
        (element(heading, title), _differences([fix for fix in fixes if fix.applied is applied]))
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


def _rules(stack: Stack) -> Markup | None:
    rules = stack.verdict.rules
    if not rules:
        return None
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
                (
                    _rule(each, stack)
                    for each in sorted(rules, key=lambda each: order.index(each.result))
                ),
            ),
            class_="rules",
        ),
    )


def _rule(result: RuleResult, stack: Stack) -> Markup:
    ran = result.ran
    told = " ".join(filter(None, (ran.level, ran.about.severity)))
    return element(
        "tr",
        element("th", line(ran.rule), " ", element("small", told), scope="row"),
        element("td", _RESULTS[result.result], class_=f"result {result.result}"),
        element("td", _about(ran)),
        id=rule_anchor(stack, ran.pack, ran.rule),
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


def _notes(notes: Sequence[Note]) -> Markup | None:
    if not notes:
        return None
    return element(
        "ul",
        (
            element(
                "li", prose(note.text), f" ({_place(note.position)})" if note.position else None
            )
            for note in notes
        ),
    )
