"""Findings before and after, as Markdown."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tools.ecosystem.programs import Outcome

_MOST_SHOWN = 200
Key = tuple[str, str, str, str]
"""Rule, level, `file:line` and name of the resource."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """A program under both versions."""

    name: str
    before: Outcome
    after: Outcome


def markdown(programs: list[Compared], before: str, after: str) -> Iterator[str]:
    """The lines of the report.

    Args:
        programs: All programs.
        before: What the first version is called.
        after: What the second is called.
    """
    judged = [each for each in programs if each.before.trouble is each.after.trouble is None]
    yield f"# {len(judged)} programs, {before} and {after}"
    yield ""
    yield from _rules(judged, before, after)
    yield from _changed(judged)
    yield from _troubled(programs, before, after)


def _rules(programs: list[Compared], before: str, after: str) -> Iterator[str]:
    counts = [
        Counter((each["rule"], each["level"]) for each in findings)
        for findings in (
            [finding for program in programs for finding in program.before.findings],
            [finding for program in programs for finding in program.after.findings],
        )
    ]
    rules = sorted({rule for count in counts for rule, _ in count})
    yield f"| rule | mandatory, {before} | {after} | advisory, {before} | {after} |"
    yield "|---|---:|---:|---:|---:|"
    for rule in rules:
        numbers = [count[rule, level] for level in ("mandatory", "advisory") for count in counts]
        yield f"| {rule} | {' | '.join(map(str, numbers))} |"
    totals = [
        sum(number for (_, of), number in count.items() if of == level)
        for level in ("mandatory", "advisory")
        for count in counts
    ]
    yield f"| **all** | {' | '.join(f'**{total}**' for total in totals)} |"


def _changed(programs: list[Compared]) -> Iterator[str]:
    lines = [
        f"- {word} `{program.name}`: {level} {rule} at {place}, {name}"
        for program in programs
        for word, found in _differences(program)
        for rule, level, place, name in found
    ]
    yield ""
    yield f"## {len(lines)} findings that differ"
    yield ""
    yield from lines[:_MOST_SHOWN]
    if len(lines) > _MOST_SHOWN:
        yield f"- and {len(lines) - _MOST_SHOWN} more"


def _differences(program: Compared) -> Iterator[tuple[str, list[Key]]]:
    before, after = (Counter(map(_key, each.findings)) for each in (program.before, program.after))
    yield "gone", sorted((before - after).elements())
    yield "new", sorted((after - before).elements())


def _key(finding: Mapping[str, Any]) -> Key:
    place = f"{finding['file']}:{finding['line']}" if finding["file"] else "the stack"
    return finding["rule"], finding["level"], place, finding["urn"].rpartition("::")[2]


def _troubled(programs: list[Compared], before: str, after: str) -> Iterator[str]:
    found = [
        f"- `{program.name}`, {side}: {outcome.trouble}"
        for program in programs
        for side, outcome in ((before, program.before), (after, program.after))
        if outcome.trouble
    ]
    if found:
        yield ""
        yield f"## {len(found)} without a verdict"
        yield ""
        yield from found
