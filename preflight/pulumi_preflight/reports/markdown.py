"""The verdict as a comment on a pull request, in the Markdown of GitHub and GitLab.

The first line is a comment that nobody sees, by which a program finds the comment again.
"""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal
from html import escape
from typing import Final, TextIO
from urllib.parse import quote

from pulumi_preflight.bases.changes import Changes
from pulumi_preflight.bases.telling import losing, summary
from pulumi_preflight.costs import Cost, CostLine, billed_by_use
from pulumi_preflight.findings import Finding, Known, Level, Waived, excuse_of, knowledge_of
from pulumi_preflight.printing import escaped_line, shortened
from pulumi_preflight.reports.entries import page_of, said_of, subject_of, told_of_failure
from pulumi_preflight.reports.markdown_changes import (
    entries_of,
    fixed_in,
    head_of,
    head_of_several,
    table_of,
    title_of,
)
from pulumi_preflight.reports.markdown_text import cell, code, prose
from pulumi_preflight.reports.places import Places
from pulumi_preflight.reports.recap import recap
from pulumi_preflight.stack_context import shown_name
from pulumi_preflight.verdict import Verdict, counted, verdict_line
from pulumi_preflight.verdicts import LeftOut, StackResult, Verdicts

LONGEST: Final = 65_000
"""Characters of a comment. GitHub takes 65,536; who posts it may add lines of their own."""
LONGEST_TEXT: Final = 1_000
"""Characters of a text that are shown."""
MOST_NAMED: Final = 10
"""Resources that are named of those of which one thing is said."""
MOST_LINES: Final = 10
"""Lines of the cost that are shown."""


def write(verdict: Verdict, stream: TextIO) -> None:
    """Writes the verdict, the findings and the cost; what blocks nothing is folded."""
    head = (
        f"{marker(verdict)}\n"
        f"### preflight: {code(verdict.project)} stack {code(verdict.stack)}\n\n"
        f"**{verdict_line(verdict)}**\n"
    )
    changes = verdict.changes
    if changes is not None:
        head += head_of(changes)
    _write(head, _sections(verdict, changes), stream)


def write_several(verdicts: Verdicts, stream: TextIO) -> None:
    """Writes a line on each stack, then what is said of each, what blocks first."""
    head = (
        f"{MARKER_OF_SEVERAL}\n"
        f"### preflight: {counted(len(verdicts.results), 'stack')}\n\n"
        f"**{_of_all(verdicts)}**\n"
    )
    named = [(_named(result), verdict.changes) for result, verdict in verdicts if verdict.changes]
    head += head_of_several(named, verdicts.gone)
    stacks = _Section(
        title="Stacks",
        items=[
            *((_stack(result), 1) for result in verdicts.results),
            *((_left_out(each), 1) for each in verdicts.left_out),
            *(
                (f"- Gone: {prose(shortened(each.told, LONGEST_TEXT))}\n", 1)
                for each in verdicts.gone
            ),
        ],
        shown=True,
    )
    sections = [
        _of(result, section)
        for result, verdict in verdicts
        for section in _sections(verdict, verdict.changes)
    ]
    sections.sort(key=lambda section: not section.shown)
    _write(head, [stacks, *sections], stream)


def _of_all(verdicts: Verdicts) -> str:
    missing, failed = len(verdicts.without_verdict), len(verdicts.failed)
    passed = len(verdicts.results) - missing - failed
    if missing:
        return f"NO VERDICT: {passed} passed, {failed} failed, {missing} without a verdict"
    return f"{'FAIL' if failed else 'PASS'}: {passed} passed, {failed} failed"


def _stack(result: StackResult) -> str:
    stack = f" stack {code(result.stack)}" if result.stack else ""
    told = verdict_line(result.verdict) if result.verdict else ""
    changes = result.verdict.changes if result.verdict else None
    mark = "**" if changes and losing(changes) else ""
    changed = f"; {mark}{recap(changes)}{mark}" if changes else ""
    why = "" if result.verdict else prose(shortened(told_of_failure(result), LONGEST_TEXT))
    return f"- Folder {code(result.folder)}{stack}: {told}{changed}{why}\n"


def _left_out(project: LeftOut) -> str:
    return f"- Folder {code(project.folder)}: not judged, {prose(project.reason)}\n"


def _of(result: StackResult, section: "_Section") -> "_Section":
    """A section of one stack among those of others: its title says which."""
    named = escape(escaped_line(_named(result)))
    return replace(section, title=f"<code>{named}</code> {section.title}")


def _named(result: StackResult) -> str:
    return f"{result.folder} {result.verdict.stack if result.verdict else ''}"


def marker(verdict: Verdict) -> str:
    """The line by which the comment on this stack of this project is found."""
    names = f"{quote(verdict.project, safe='')}/{quote(verdict.stack, safe='')}"
    # No comment of HTML may hold two hyphens.
    return f"<!-- pulumi-preflight {names.replace('--', '-%2D')} -->"


MARKER_OF_SEVERAL: Final = "<!-- pulumi-preflight -->"


def _write(head: str, sections: Iterable["_Section"], stream: TextIO) -> None:
    filled = [each for each in sections if each.items]
    stream.write(head + "".join(_fitted(filled, LONGEST - size_of(head))))


def size_of(text: str) -> int:
    """How many characters a site may count, at most: those of UTF-16."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


@dataclass(frozen=True, slots=True, kw_only=True)
class _Section:
    """A part of the comment that can be folded.

    Attributes:
        title: What is seen of it while it is folded, in HTML.
        items: Its entries, of whole lines, each with the number of things that it tells.
        shown: Whether it starts unfolded.
    """

    title: str
    items: Sequence[tuple[str, int]]
    shown: bool = False

    def written(self, kept: Sequence[str]) -> str:
        """The section with its first entries, and how much more there is."""
        left_out = sum(number for _, number in self.items[len(kept) :])
        rest = f"- {left_out} more left out: the comment is full\n"
        state = " open" if self.shown else ""
        return (
            f"\n<details{state}><summary><b>{self.title}</b></summary>\n\n"
            f"{''.join(kept)}{rest if left_out else ''}\n</details>\n"
        )


def _fitted(sections: Sequence[_Section], room: int) -> Iterator[str]:
    """The sections as far as there is room; each counts what it leaves out."""
    room -= sum(size_of(each.written(())) for each in sections)
    for section in sections:
        kept: list[str] = []
        for item, _ in section.items:
            room -= size_of(item)
            if room < 0:
                room += size_of(item)
                break
            kept.append(item)
        yield section.written(kept)


def _sections(verdict: Verdict, changes: Changes | None) -> Iterator[_Section]:
    places = Places(verdict)
    if changes is not None:
        yield _Section(title=f"Changes: {summary(changes)}", items=entries_of(changes), shown=True)
    new = {id(each) for each in (changes.new if changes else ())}
    for level in (Level.MANDATORY, Level.ADVISORY):
        findings = verdict.of_level(level)
        is_new = f", {sum(id(each) in new for each in findings)} new" if changes else ""
        yield _Section(
            title=f"{level.value.capitalize()}: {counted(len(findings), 'finding')}{is_new}",
            items=_bullets(
                sorted(findings, key=lambda each: id(each) not in new),
                places,
                lambda each: "New with this change" if id(each) in new else "",
            ),
            shown=level is Level.MANDATORY,
        )
    if changes is not None:
        yield _Section(title=f"Fixed: {len(changes.fixed)}", items=fixed_in(changes))
    change = changes.cost if changes else None
    if change is not None:
        yield _Section(title=title_of(change), items=table_of(change))
    if cost := verdict.cost:
        yield _cost_section(cost)
    unseen, waived = verdict.not_evaluated, verdict.waived
    yield _Section(title=f"Not evaluated: {len(unseen)}", items=_bullets(unseen, places))
    yield _Section(title=f"Waived: {len(waived)}", items=_bullets(waived, places, _excused))
    known = verdict.known
    yield _Section(
        title=f"Known from the baseline: {len(known)}", items=_bullets(known, places, _excused)
    )
    yield _Section(
        title=f"Notes: {len(verdict.notes)}",
        items=[
            (f"- Note: {prose(shortened(each.text, LONGEST_TEXT))}\n", 1) for each in verdict.notes
        ],
    )


def _excused(finding: Finding) -> str:
    if isinstance(finding, Known):
        return f"K{knowledge_of(finding)[1:]}"
    return f"Waived {excuse_of(finding)}" if isinstance(finding, Waived) else ""


def _bullets(
    findings: Iterable[Finding],
    places: Places,
    more: Callable[[Finding], str] = lambda _: "",
) -> list[tuple[str, int]]:
    """One entry for each thing that a rule says, with all resources of which it says that."""
    alike: defaultdict[Hashable, list[Finding]] = defaultdict(list)
    for finding in findings:
        said = (finding.rule, finding.severity, said_of(finding), finding.fix, finding.url)
        alike[*said, more(finding)].append(finding)
    return [(_bullet(group, places, more(group[0])), len(group)) for group in alike.values()]


def _bullet(findings: Sequence[Finding], places: Places, more: str) -> str:
    first = findings[0]
    rule, page = code(first.rule), page_of(first.url)
    name = f"[{rule}](<{page.replace('&', '&amp;')}>)" if page and rule else rule
    severity = f" ({first.severity})" if first.severity else ""
    named = [_where(each, places) for each in findings]
    rest = f" and {len(named) - MOST_NAMED} more" if len(named) > MOST_NAMED else ""
    texts = (said_of(first), f"Fix: {first.fix}" if first.fix else "", more)
    lines = (
        f"**{name}**{severity}: {', '.join(named[:MOST_NAMED])}{rest}",
        *(prose(shortened(text, LONGEST_TEXT)) for text in texts),
    )
    return f"- {'<br>'.join(filter(None, lines))}\n"


def _where(finding: Finding, places: Places) -> str:
    place = places.of(finding)
    where = code(f"{place.file}:{place.line}")
    name = code(shortened(subject_of(finding), LONGEST_TEXT))
    return f"{name} at {where}" if name else where


def _cost_section(cost: Cost) -> _Section:
    totals = "; ".join(
        f"{money(amount.base)} {currency}, at worst {money(amount.worst)} {currency}"
        for currency, amount in cost.totals.items()
    )
    return _Section(
        title=f"Cost a month: {totals or 'nothing is priced'}",
        items=[
            *_table(cost.lines),
            *((f"- Basis: {prose(shortened(text, LONGEST_TEXT))}\n", 1) for text in cost.basis),
            *_by_use(cost),
            *_unpriced(cost),
        ],
    )


def _table(lines: Iterable[CostLine]) -> Iterator[tuple[str, int]]:
    dearest = sorted(lines, key=lambda line: (-line.worst, line.urn, line.item))
    counted_lines = [line for line in dearest if line.worst]
    if not counted_lines:
        return
    rows = "".join(
        f"| {cell(_name(line.urn))} | {cell(line.item)} | {money(line.base)} {line.currency} "
        f"| {money(line.worst)} {line.currency} |\n"
        for line in counted_lines[:MOST_LINES]
    )
    more = len(counted_lines) - MOST_LINES
    rest = f"{counted(more, 'more line')}\n\n" if more > 0 else ""
    head = "| resource | item | as declared | at worst |\n|---|---|--:|--:|\n"
    yield f"{head}{rows}\n{rest}", len(counted_lines)


def _by_use(cost: Cost) -> Iterator[tuple[str, int]]:
    if number := billed_by_use(cost.lines):
        yield f"- Billed by use, which is not counted: {counted(number, 'resource')}\n", 1


def _unpriced(cost: Cost) -> Iterator[tuple[str, int]]:
    if cost.unpriced:
        number = len({each.urn for each in cost.unpriced})
        yield f"- Not priced, so the totals are too low: {counted(number, 'resource')}\n", 0
    for each in cost.unpriced:
        reason = prose(shortened(each.reason, LONGEST_TEXT))
        yield f"  - {code(_name(each.urn))} {reason}\n", 1


def _name(urn: str) -> str:
    return shortened(shown_name(urn), LONGEST_TEXT)


_CENT: Final = Decimal("0.01")


def money(amount: Decimal) -> str:
    """An amount as it is shown; what is above 0 is never shown as 0."""
    if 0 < amount < _CENT / 2:
        return "less than 0.01"
    return f"{amount.quantize(_CENT, rounding=ROUND_HALF_UP):,}"
