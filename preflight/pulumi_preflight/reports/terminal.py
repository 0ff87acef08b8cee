"""The verdict for people: what they must act on stands last, just above the verdict line."""

import json
import os
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from functools import cache
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, Protocol, TextIO, TypeVar

from rich.console import Console, ConsoleDimensions
from rich.text import Text

from pulumi_preflight.acceptance import BaselineEntry, BaselineUse
from pulumi_preflight.findings import (
    Absent,
    Change,
    Finding,
    Fix,
    Known,
    Level,
    NotEvaluated,
    PolicyException,
    Waived,
    excuse_of,
)
from pulumi_preflight.model import Note
from pulumi_preflight.printing import escaped, escaped_line, shortened
from pulumi_preflight.reports.entries import said_of, subject_of
from pulumi_preflight.resource import Resource
from pulumi_preflight.stack_context import name_of, shown_name
from pulumi_preflight.verdict import OWN_PACK, Verdict, counted, verdict_line
from pulumi_preflight.verdicts import StackResult, Verdicts
from pulumi_preflight.wire import PropertyValue

# Needed beside an earlier verdict, or a base, alone.
if TYPE_CHECKING:
    from pulumi_preflight.bases.changes import Changes
    from pulumi_preflight.reports.news import News

NO_MODULE = "(no module)"
_PROVIDER = "pulumi:providers:"
_TYPES_SHOWN = 5


def by_module(
    resources: Sequence[Resource],
) -> Mapping[str, list[Resource]]:
    """Groups resources by the outermost component above them, in order of registration."""
    by_urn = {resource.urn: resource for resource in resources}
    modules: defaultdict[str, list[Resource]] = defaultdict(list)
    for resource in resources:
        outermost = resource
        while outermost.parent in by_urn:
            outermost = by_urn[outermost.parent]
        modules[NO_MODULE if outermost.custom else outermost.name].append(resource)
    return modules


def kinds(resources: Sequence[Resource]) -> str:
    """How many resources of each type, the most frequent types by name.

    Components are among them only where nothing else is, such as one that a plugin builds.
    """
    members = [resource for resource in resources if resource.custom] or resources
    counts = Counter(_kind(resource.type) for resource in members)
    ordered = sorted(counts.items(), key=lambda kind: (-kind[1], kind[0]))
    listed = ", ".join(f"{kind} {count}" for kind, count in ordered[:_TYPES_SHOWN])
    rest = sum(count for _, count in ordered[_TYPES_SHOWN:])
    return f"{listed} and {rest} of other types" if rest else listed


def _kind(type_token: str) -> str:
    last = type_token.rsplit(":", maxsplit=1)[-1]
    return f"{last} provider" if type_token.startswith(_PROVIDER) else last


_NAMES_SHOWN = 3
# Those around one path.
_QUOTES = 2
# rich falls back to 80 columns where there is no terminal; logs have room for more.
_WIDTH_WITHOUT_TERMINAL = 100
_NARROWEST = 20
_APPLIED = "Changed by the packs, in this run only"
_PROPOSED = "Fixes: what rules would change at the level `remediate`"
_Key = TypeVar("_Key")
_Item = TypeVar("_Item")
_Value = TypeVar(
    "_Value", Resource, Finding, Known, Waived, NotEvaluated, PolicyException, Note, BaselineEntry
)
# The fields that may have several lines.
_PROSE = ("problem", "wanted", "fix", "reason", "text")
_LONGEST = 4_000
_LEVEL_STYLES = {Level.MANDATORY: "bold red", Level.ADVISORY: "yellow"}


class Addition(Protocol):
    """Text for the report, in lines of at most `width` columns, with ANSI colours or without."""

    def __call__(self, *, width: int, colour: bool) -> str:
        """Gives the text."""


class Section(Protocol):
    """Text for the report, made from the stack export that preflight writes."""

    def __call__(self, export: Mapping[str, object], *, width: int, colour: bool) -> str:
        """Gives the text, empty for none; see `Addition`."""


def write(
    verdict: Verdict,
    stream: TextIO,
    *,
    folder: str = "",
    show_fixes: bool = False,
    addition: Addition | None = None,
) -> None:
    """Writes the verdict, in colour on a terminal unless NO_COLOR is set.

    Args:
        verdict: The verdict.
        stream: Where to.
        folder: The project's folder as the reader would type it; put in front of file names.
        show_fixes: Whether to show what fixes change, property by property.
        addition: What to add above the verdict line.
    """
    report = _Report(
        _console(stream),
        _printable(verdict),
        folder,
        show_fixes=show_fixes,
        changes=verdict.changes,
    )
    report.write(addition)


def write_several(
    verdicts: Verdicts,
    stream: TextIO,
    *,
    show_fixes: bool = False,
    addition_of: Callable[[Verdict], Addition | None] = lambda _: None,
) -> None:
    """Writes the verdicts one below the other, then one line on each; see `write`.

    Args:
        verdicts: The verdicts.
        stream: Where to.
        show_fixes: Whether to show what fixes change, property by property.
        addition_of: Gives what to add above the verdict line of each report.
    """
    console = _console(stream)
    for result in verdicts.results:
        where = escaped_line(result.folder)
        console.print(Text(f"== {where}", style="bold"), soft_wrap=True)
        console.print()
        if result.verdict:
            verdict = _printable(result.verdict)
            report = _Report(
                console,
                verdict,
                result.folder,
                show_fixes=show_fixes,
                changes=result.verdict.changes,
            )
            report.write(addition_of(result.verdict))
        else:
            _failure(result, console)
        console.print()
    _summary(verdicts, console)


_NO_VERDICT = "NO VERDICT"


def write_news(
    verdict: Verdict, stream: TextIO, *, heading: str, news: "News", folder: str = ""
) -> None:
    """Writes what differs from the verdict before, and the verdict line.

    Args:
        verdict: The verdict.
        stream: Where to.
        heading: What made it differ.
        news: What differs.
        folder: See `write`.
    """
    console = _console(stream)
    console.print()
    console.print(
        Text.assemble((escaped_line(heading), "bold"), f"  ({verdict.seconds:.1f} s)"),
        soft_wrap=True,
    )
    for word, findings in (("New", news.new), ("Changed", news.changed)):
        told = replace(verdict, findings=findings, known=(), waived=(), not_evaluated=())
        report = _Report(console, _printable(told), folder, show_fixes=False, changes=None)
        report.write_findings(f"{word}, ")
    for word, findings in (("Fixed", news.fixed), ("Waived or known", news.excused)):
        if findings:
            console.print()
            title = f"{word}: {counted(len(findings), 'finding')}"
            console.print(Text(title, style="bold green" if word == "Fixed" else "bold"))
            for finding in findings:
                name = subject_of(finding)
                about = f"{finding.id}: {name}" if name else finding.id
                console.print(Text(f"  {escaped_line(about)}"), soft_wrap=True)
    if news.costs:
        console.print()
        for line in news.costs:
            console.print(Text(escaped(line)), soft_wrap=True)
    console.print()
    if not (news.new or news.changed or news.fixed or news.excused or news.costs):
        console.print("Nothing new")
    console.print(Text(verdict_line(verdict), style=_style(passed=verdict.passed)))


def write_failure(stream: TextIO, *, heading: str, error: str, hint: str | None) -> None:
    """Writes why there is no verdict any more.

    Args:
        stream: Where to.
        heading: What made it so.
        error: Why.
        hint: What may help, `None` where the error says it all.
    """
    console = _console(stream)
    console.print()
    console.print(Text(escaped_line(heading), style="bold"), soft_wrap=True)
    _why(error, hint, console)


def _failure(result: StackResult, console: Console) -> None:
    """Writes why there is no verdict, as the command alone would on stderr."""
    if result.project and result.stack:
        console.print(Text(result.project, style="bold"), Text(f"stack {result.stack}"))
        console.print()
    _why(result.error or "", result.hint, console)


def _why(error: str, hint: str | None, console: Console) -> None:
    # What is copied out of an error is not wrapped.
    console.print(Text(f"error: {escaped(error)}"), soft_wrap=True)
    if hint:
        console.print(Text(f"hint: {escaped(hint)}"), soft_wrap=True)
    console.print()
    console.print(Text(_NO_VERDICT, style="bold red"))


def _summary(verdicts: Verdicts, console: Console) -> None:
    results = verdicts.results
    projects = counted(len({result.folder for result in results}), "project")
    stacks = counted(len(results), "stack")
    console.print(Text(f"{projects}, {stacks}", style="bold"), Text(f"in {verdicts.seconds:.1f} s"))
    named = [(escaped_line(each.folder), each.stack or "-") for each in results]
    folders, stack_names = (max(map(len, names), default=0) for names in _columns(named))
    for result, (folder, stack) in zip(results, named, strict=True):
        line = verdict_line(result.verdict) if result.verdict else _NO_VERDICT
        passed = result.verdict is not None and result.verdict.passed
        changes = result.verdict.changes if result.verdict else None
        console.print(
            Text(f"  {folder:<{folders}}  {stack:<{stack_names}}  "),
            Text(line, style="green" if passed else "red"),
            _recap(changes) if changes else "",
            sep="",
            soft_wrap=True,
        )
    for reason, left_out in _grouped((each.reason, each.folder) for each in verdicts.left_out):
        told = f"  left out, {reason}: {', '.join(map(escaped_line, left_out))}"
        console.print(Text(told), soft_wrap=True)
    for gone in verdicts.gone:
        style = "bold red" if gone.holding_data else ""
        console.print(Text(f"  gone: {escaped_line(gone.told)}", style=style), soft_wrap=True)
    console.print()
    passed = not (verdicts.without_verdict or verdicts.failed)
    console.print(Text(line_on_all(verdicts), style=_style(passed=passed)), soft_wrap=True)


def _recap(changes: "Changes") -> Text:
    # Only a run with a base needs them.
    from pulumi_preflight.bases.telling import losing  # noqa: PLC0415
    from pulumi_preflight.reports.recap import recap  # noqa: PLC0415

    return Text(f"; {recap(changes)}", style="bold red" if losing(changes) else "")


def _columns(named: Sequence[tuple[str, str]]) -> tuple[list[str], list[str]]:
    return [folder for folder, _ in named], [stack for _, stack in named]


def line_on_all(verdicts: Verdicts) -> str:
    """The worst of the verdicts, and how many stacks there are of each kind."""
    missing, failed = len(verdicts.without_verdict), len(verdicts.failed)
    counts = f"{len(verdicts.results) - missing - failed} passed, {failed} failed"
    if missing:
        return f"{_NO_VERDICT}: {counts}, {missing} without a verdict"
    return f"{'FAIL' if failed else 'PASS'}: {counts}"


def _style(*, passed: bool) -> str:
    return "bold green" if passed else "bold red"


def _console(stream: TextIO) -> Console:
    console = _Console(file=stream, highlight=False, emoji=False, markup=False)
    if not stream.isatty() and "COLUMNS" not in os.environ:
        console.size = ConsoleDimensions(_WIDTH_WITHOUT_TERMINAL, console.height)
    return console


def _printable(verdict: Verdict) -> Verdict:
    """The verdict without characters that could steer a terminal."""
    names = _names_of_lines(verdict)
    return replace(
        verdict,
        resources=tuple(_printable_fields(each, names) for each in verdict.resources),
        findings=tuple(_printable_fields(each, names) for each in verdict.findings),
        known=tuple(_printable_fields(each, names) for each in verdict.known),
        baseline=verdict.baseline and _printable_baseline(verdict.baseline, names),
        waived=tuple(_printable_waived(each, names) for each in verdict.waived),
        not_evaluated=tuple(_printable_fields(each, names) for each in verdict.not_evaluated),
        notes=tuple(_printable_fields(each, names) for each in verdict.notes),
    )


def _names_of_lines(verdict: Verdict) -> Mapping[str, str]:
    """Names with line breaks or tabs to what is printed of them, the longest first."""
    urns = {resource.urn for resource in verdict.resources}
    for findings in (verdict.findings, verdict.known, verdict.waived, verdict.not_evaluated):
        urns |= {finding.urn for finding in findings}
    names = {name_of(urn) for urn in urns if "\n" in urn or "\t" in urn}
    return {name: escaped_line(name) for name in sorted(names, key=len, reverse=True)}


def _without_lines(text: str, names: Mapping[str, str]) -> str:
    """A text whose lines are its own: none comes from a name that it repeats."""
    for name, printed in names.items():
        text = text.replace(name, printed)
    return text


@cache
def _names_of_fields(kind: Any) -> tuple[str, ...]:  # noqa: ANN401 - a class, which mypy does not hash
    return tuple(each.name for each in fields(kind))


def _printable_fields(item: _Value, names: Mapping[str, str]) -> _Value:
    kind: Any = type(item)
    texts: dict[str, Any] = {
        name: (escaped if name in _PROSE else escaped_line)(
            shortened(_without_lines(text, names), _LONGEST, "; --format json has them")
        )
        for name in _names_of_fields(kind)
        if isinstance(text := getattr(item, name), str)
        and not isinstance(text, Level)
        and not (text.isprintable() and text.isascii() and len(text) <= _LONGEST)
    }
    return replace(item, **texts) if texts else item


def _printable_waived(waived: Waived, names: Mapping[str, str]) -> Waived:
    exceptions = tuple(_printable_fields(each, names) for each in waived.exceptions)
    return replace(_printable_fields(waived, names), exceptions=exceptions)


def _printable_baseline(use: BaselineUse, names: Mapping[str, str]) -> BaselineUse:
    return replace(
        use,
        file=escaped_line(use.file),
        gone=tuple(_printable_fields(each, names) for each in use.gone),
        over=tuple(_printable_fields(each, names) for each in use.over),
        unjudged=tuple(_printable_fields(each, names) for each in use.unjudged),
    )


class _Console(Console):
    """A console whose caller says what happens when the reader has gone; rich would exit."""

    def on_broken_pipe(self) -> None:
        raise  # noqa: PLE0704 - rich calls this while it handles the error


class _Report:
    """One report being written."""

    def __init__(
        self,
        console: Console,
        verdict: Verdict,
        folder: str,
        *,
        show_fixes: bool,
        changes: "Changes | None",
    ) -> None:
        self._console = console
        self._is_plain = console.color_system is None
        self._changes = changes
        self._verdict = verdict
        self._folder = folder
        self._show_fixes = show_fixes
        packs = {finding.pack for finding in verdict.findings} - {OWN_PACK}
        self._several_packs = len(packs) > 1

    def write(self, addition: Addition | None) -> None:
        verdict = self._verdict
        shown = [resource for resource in verdict.resources if resource.is_own]
        self._console.print(
            Text(verdict.project, style="bold"),
            Text(
                f"stack {verdict.stack}: {counted(len(shown), 'resource')}, {verdict.seconds:.1f} s"
            ),
        )
        self._resources(shown)
        self._notes(verdict.notes)
        if not self._show_fixes:
            self._remediated()
        self._changed()
        self._known(verdict.known)
        if verdict.baseline:
            self._baseline(verdict.baseline)
        self._waived(verdict.waived)
        self._not_evaluated(verdict.not_evaluated)
        self.write_findings()
        if self._show_fixes:
            self._fixes()
        self._console.print()
        if addition:
            colour = self._console.is_terminal and not self._console.no_color
            if text := addition(width=self._console.width, colour=colour):
                self._console.print(Text.from_ansi(text), soft_wrap=True)
        self._console.print(Text(verdict_line(verdict), style=_style(passed=verdict.passed)))

    def _heading(self, text: str, style: str = "bold") -> None:
        self._console.print()
        self._console.print(Text(text, style=style))

    def _resources(self, resources: Sequence[Resource]) -> None:
        if not resources:
            return
        self._heading("Resources")
        modules = by_module(resources)
        names = max(map(len, modules))
        counts = len(str(max(map(len, modules.values()))))
        for module, members in modules.items():
            label = "" if list(modules) == [NO_MODULE] else f"{module:<{names}}  "
            row = f"{label}{len(members):>{counts}}  "
            self._indented(2, Text(kinds(members)), first=row)
        made = [resource.made_up for resource in self._verdict.resources if resource.made_up]
        if made:
            count = sum(map(len, made))
            verb = "is" if count == 1 else "are"
            self._entry(
                Text(
                    f"{counted(count, 'value')} of {counted(len(made), 'resource')} "
                    f"{verb} made up or left empty; --format json names them"
                )
            )

    def _notes(self, notes: Sequence[Note]) -> None:
        if not notes:
            return
        self._heading("Notes")
        for text, positions in _grouped((note.text, note.position) for note in notes):
            places = [self._place(place.file, place.line) for place in positions if place]
            self._entry(Text(f"{text} ({_named(places)})" if places else text))

    def _changed(self) -> None:
        if self._changes is None:
            return
        # Only a run with a base needs them.
        from pulumi_preflight.bases.telling import summary  # noqa: PLC0415
        from pulumi_preflight.reports.terminal_changes import lines_of  # noqa: PLC0415

        base = escaped_line(self._changes.base)
        self._console.print()
        told = Text(f"Beside {base}: {summary(self._changes)}", style="bold")
        self._indented(0, told, hanging=2)
        for margin, line in lines_of(self._changes):
            self._indented(margin, line, hanging=2)

    def _remediated(self) -> None:
        applied = [fix for fix in self._verdict.fixes if fix.applied]
        if not applied:
            return
        self._heading(_APPLIED)
        for rule, names in _grouped((fix.rule, name_of(fix.urn)) for fix in applied):
            self._entry(Text(f"{rule}: {_named(names)}"))
        for warning, names in _grouped(
            (exposed_by(fix), name_of(fix.urn)) for fix in applied if fix.exposed
        ):
            self._entry(Text(f"{warning}: {_named(names)}", style=EXPOSED_STYLE))

    def _fixes(self) -> None:
        fixes = self._verdict.fixes
        if not fixes:
            self._heading("Fixes: no rule would change anything")
        for applied, heading in ((True, _APPLIED), (False, _PROPOSED)):
            shown = [fix for fix in fixes if fix.applied is applied]
            if shown:
                self._heading(heading)
                for line in lines_of(shown, self._where):
                    # A diff is copied, so nothing in it is wrapped.
                    self._console.print(Text("  ") + line if line else line, soft_wrap=True)

    def _known(self, known: Sequence[Known]) -> None:
        if not known:
            return
        self._heading(f"Known from the baseline: {counted(len(known), 'finding')}")
        alike = _grouped(
            ((each.rule, each.expires, each.reason), name_of(each.urn)) for each in known
        )
        for (rule, expires, reason), names in alike:
            until = f", until {expires}" if expires else ""
            why = f": {reason}" if reason else ""
            self._entry(Text(f"{rule}: {_named(names)}{until}{why}"))

    def _baseline(self, use: BaselineUse) -> None:
        way_on = "taken out" if use.pruned else "to be taken out by --prune-baseline"
        told = (
            (use.gone, f"no longer found, {way_on}"),
            (use.over, "past the last day, counted again"),
            (use.unjudged, "not judged in this run, kept"),
        )
        if any(entries for entries, _ in told):
            self._heading(f"Baseline {use.file}")
        for entries, what in told:
            if entries:
                listed = _named([_entry_named(entry) for entry in entries])
                self._entry(Text(f"{len(entries)} {what}: {listed}"))

    def _waived(self, waived: Sequence[Waived]) -> None:
        if not waived:
            return
        self._heading(f"Waived: {len(waived)}")
        alike = _grouped(
            ((each.rule, excuse_of(each), each.in_code), name_of(each.urn)) for each in waived
        )
        for (rule, excuse, place), names in alike:
            where = f", in code at {self._place(place.file, place.line)}" if place else ""
            self._entry(Text(f"{rule}: {_named(names)}, {excuse}{where}"))

    def _not_evaluated(self, entries: Sequence[NotEvaluated]) -> None:
        if not entries:
            return
        self._heading(f"Not evaluated: {len(entries)}")
        gathered = _grouped(
            ((_without_name(entry), entry.rule), subject_of(entry)) for entry in entries
        )
        alike = _grouped(
            ((message, tuple(dict.fromkeys(names))), rule) for (message, rule), names in gathered
        )
        for (message, resources), rules in alike:
            who = rules[0]
            if len(rules) > 1:
                who = f"{len(rules)} rules could not be evaluated ({_named(rules)})"
            self._entry(Text(f"{who}: {_said_of_all(message, resources)}"))

    def write_findings(self, before: str = "") -> None:
        """Writes the findings; `before` stands before the headings."""
        self._findings(Level.ADVISORY, before)
        self._findings(Level.MANDATORY, before)

    def _findings(self, level: Level, before: str) -> None:
        findings = self._verdict.of_level(level)
        if not findings:
            return
        title = f"{before}{level.value}".capitalize()
        self._heading(f"{title}: {counted(len(findings), 'finding')}", _LEVEL_STYLES[level])
        alike = _grouped((_said(finding), finding) for finding in findings)
        for number, (said, group) in enumerate(alike):
            if number:
                self._line(Text())
            self._said_of(said, group)

    def _said_of(self, said: "_Said", findings: Sequence[Finding]) -> None:
        """One rule saying one thing: of each resource where it is, the rest once."""
        told = [said.pack] if self._several_packs or said.pack == OWN_PACK else []
        told += [said.severity] if said.severity else []
        header = Text("  ").append(said.rule, style=_LEVEL_STYLES[findings[0].level])
        self._line(header.append(f" ({', '.join(told)})" if told else ""))
        for place, names in _grouped((self._where(found), subject_of(found)) for found in findings):
            listed = ", ".join(dict.fromkeys(filter(None, names)))
            if place and listed:
                self._indented(4, Text(listed), first=f"{place}  ")
            elif place or listed:
                self._indented(4, Text(place or listed))
        self._indented(4, Text(said.message))
        if said.fix:
            self._indented(4, Text.assemble(("Fix: ", "bold"), said.fix))
        if said.url:
            # A broken url cannot be clicked, so it may be longer than the line.
            self._line(Text(f"    {said.url}", style="dim"))

    def _where(self, found: Finding | Fix) -> str:
        return self._place(found.file, found.line) if found.file else ""

    def _entry(self, text: Text) -> None:
        """One of a list: what is wrapped hangs under it."""
        self._indented(2, text, hanging=2)

    def _indented(self, columns: int, text: Text, *, first: str = "", hanging: int = 0) -> None:
        """Prints a wrapped text right of `columns`.

        Args:
            columns: The margin.
            text: The text.
            first: What stands in front of the first line; the others are as far to the right.
            hanging: How much further to the right the lines after the first are.
        """
        margin = " " * columns
        width = max(self._console.width - columns - len(first) - hanging, _NARROWEST)
        for number, line in enumerate(self._wrapped(text, width) or [Text()]):
            line.rstrip()
            before = first if number == 0 else " " * (len(first) + hanging)
            self._line(Text(margin + before) + line)

    def _wrapped(self, text: Text, width: int) -> Sequence[Text]:
        plain = text.plain
        if self._is_plain and len(plain) <= width and plain.isascii() and plain.isprintable():
            return [text]
        return list(text.wrap(self._console, width))

    def _line(self, text: Text) -> None:
        """Prints a text that is not wrapped."""
        if self._is_plain:
            # As rich would, which takes most of the time of a long report for it.
            self._console.file.write(f"{text.plain}\n")
        else:
            self._console.print(text, soft_wrap=True)

    def _place(self, file: str, line: int | None) -> str:
        path = escaped_line(str(PurePath(self._folder) / file))
        return f"{path}:{line}" if line else path


@dataclass(frozen=True, slots=True, kw_only=True)
class _Said:
    """What findings of several resources may have in common."""

    rule: str
    pack: str
    severity: str | None
    message: str
    fix: str | None
    url: str | None


def _said(finding: Finding) -> _Said:
    return _Said(
        rule=finding.rule,
        pack=finding.pack,
        severity=finding.severity,
        message=said_of(finding),
        fix=finding.fix,
        url=finding.url,
    )


def _entry_named(entry: BaselineEntry) -> str:
    about = shown_name(entry.urn)
    return f"{entry.id} of {about}{f' ({entry.expires})' if entry.expires else ''}"


def _without_name(entry: NotEvaluated) -> str:
    """What is said of every resource of which the same cannot be evaluated.

    The rule's level is left out: what could not be evaluated stops nobody.
    """
    name = name_of(entry.urn)
    return entry.message.removeprefix(f"{name}: ").replace(f": {name}: ", ": ")


def _said_of_all(message: str, resources: Sequence[str]) -> str:
    """What cannot be evaluated of some resources, as one sentence where the path is all of it."""
    if not any(resources):
        return message
    path = message.removesuffix(" is not known yet")
    if path != message and path.count("`") == _QUOTES:
        return f"{path} of {_named(resources)} is not known yet"
    return f"{message}: {_named(resources)}"


def _grouped(pairs: Iterable[tuple[_Key, _Item]]) -> Iterable[tuple[_Key, list[_Item]]]:
    groups: defaultdict[_Key, list[_Item]] = defaultdict(list)
    for key, item in pairs:
        groups[key].append(item)
    return groups.items()


def _named(names: Sequence[str]) -> str:
    """Names in a row; of many, the first few and how many more there are."""
    distinct = list(dict.fromkeys(names))
    shown = ", ".join(distinct[:_NAMES_SHOWN])
    rest = len(distinct) - _NAMES_SHOWN
    return f"{shown} and {rest} more" if rest > 0 else shown


EXPOSED_STYLE = "bold red"


def lines_of(fixes: Sequence[Fix], place: Callable[[Fix], str]) -> list[Text]:
    """The lines of a diff; resources in which the same changes are shown together.

    Args:
        fixes: What to show, in order.
        place: Gives the place of a resource, empty where it is not known.
    """
    together: defaultdict[str, list[Fix]] = defaultdict(list)
    for fix in fixes:
        together[fix.urn].append(fix)
    alike: defaultdict[str, list[Sequence[Fix]]] = defaultdict(list)
    for of_one in together.values():
        alike["\n".join(line.plain for line in _hunks(of_one))].append(of_one)
    lines: list[Text] = []
    for number, group in enumerate(alike.values()):
        lines += [Text()] if number else []
        lines += _heads([of_one[0] for of_one in group], place)
        lines += _hunks(group[0])
    return lines


def _heads(fixes: Iterable[Fix], place: Callable[[Fix], str]) -> list[Text]:
    named: defaultdict[str, list[str]] = defaultdict(list)
    for fix in fixes:
        named[place(fix)].append(name_of(fix.urn))
    return [
        Text(escaped_line("  ".join(filter(None, (where, ", ".join(names))))), style="bold")
        for where, names in named.items()
    ]


def _hunks(fixes: Iterable[Fix]) -> list[Text]:
    lines = []
    for fix in fixes:
        lines.append(Text(f"@@ {fix.rule}", style="cyan"))
        if fix.exposed:
            lines.append(Text(exposed_by(fix), style=EXPOSED_STYLE))
        for change in fix.changes:
            lines += _sides(change)
    for line in lines:
        line.plain = escaped_line(line.plain)
    return lines


def exposed_by(fix: Fix) -> str:
    """Warns of a fix that loses the mark of a secret."""
    return f"WARNING: THIS FIX LOSES THE MARK OF A SECRET: {', '.join(fix.exposed)}"


def _sides(change: Change) -> Iterable[Text]:
    if not isinstance(change.before, Absent):
        yield Text(f"- {change.path}: {_written(change.before)}", style="red")
    if not isinstance(change.after, Absent):
        yield Text(f"+ {change.path}: {_written(change.after)}", style="green")


def _written(value: PropertyValue) -> str:
    return json.dumps(value, ensure_ascii=False)
