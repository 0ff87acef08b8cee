"""What a run found, as diagnostics: by file, with place, severity, rule and page."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from lsprotocol import types

from pulumi_preflight.errors import PreflightError
from pulumi_preflight.findings import Finding, NotEvaluated
from pulumi_preflight.language_server.judged import Judged, Spot, is_error
from pulumi_preflight.language_server.texts import Moved, lines_of
from pulumi_preflight.printing import escaped, shortened
from pulumi_preflight.reports.entries import page_of, told

SOURCE = "preflight"
NO_VERDICT = "no-verdict"
_LONGEST = 5_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """What an editor can do, and its own text of files.

    Attributes:
        units: How many units of the editor a text has.
        text_of: The text of a file that is open, `None` of others.
        shows_pages: Whether it shows the page of a diagnostic's code.
        shows_related: Whether it shows related places.
    """

    units: Callable[[str], int]
    text_of: Callable[[Path], str | None]
    shows_pages: bool
    shows_related: bool

    def lines_now(self, judged: Judged, file: Path) -> Sequence[str] | None:
        """The lines of a file as the editor has it, or else as it was judged."""
        text = self.text_of(file)
        return judged.lines(file) if text is None else lines_of(text)

    def moved(self, judged: Judged, file: Path) -> Moved | None:
        """Where the judged lines of a file are now, `None` where it was not read."""
        before, now = judged.lines(file), self.lines_now(judged, file)
        return None if before is None or now is None else Moved(before, now)

    def range_of(self, judged: Judged, spot: Spot) -> types.Range:
        """The text of a judged line, where it is now."""
        moved = self.moved(judged, spot.file)
        if moved is None:
            start = types.Position(line=spot.line - 1, character=0)
            return types.Range(start=start, end=start)
        line = moved.line_now(spot.line) or min(spot.line, len(moved.now))
        text = moved.now[line - 1]
        begin = len(text) - len(text.lstrip())
        return types.Range(
            start=types.Position(line=line - 1, character=self.units(text[:begin])),
            end=types.Position(line=line - 1, character=self.units(text.rstrip())),
        )


def diagnostics_of(judged: Judged, client: Client) -> Mapping[Path, list[types.Diagnostic]]:
    """All diagnostics of a run, by file, in the order of the verdict."""
    found: defaultdict[Path, list[types.Diagnostic]] = defaultdict(list)
    if isinstance(judged.outcome, PreflightError):
        spot = judged.place_of_failure()
        found[spot.file].append(_of_failure(judged, judged.outcome, spot, client))
    for finding in judged.findings():
        found[judged.spot(finding).file].append(_of_finding(judged, finding, client))
    return found


def _of_failure(
    judged: Judged, error: PreflightError, spot: Spot, client: Client
) -> types.Diagnostic:
    hint = f"\nHint: {error.hint}" if error.hint else ""
    return types.Diagnostic(
        range=client.range_of(judged, spot),
        severity=types.DiagnosticSeverity.Error,
        code=NO_VERDICT,
        source=SOURCE,
        message=escaped(shortened(f"No verdict: {error}{hint}", _LONGEST)),
    )


def _of_finding(judged: Judged, finding: Finding, client: Client) -> types.Diagnostic:
    page = page_of(finding.url)
    related = list(judged.related(finding))
    return types.Diagnostic(
        range=client.range_of(judged, judged.spot(finding)),
        severity=_severity(finding),
        code=escaped(finding.rule),
        code_description=types.CodeDescription(href=page) if page and client.shows_pages else None,
        source=SOURCE,
        message="\n".join(_message(judged, finding, client, page, related)),
        related_information=[
            types.DiagnosticRelatedInformation(
                location=types.Location(
                    uri=spot.file.as_uri(), range=client.range_of(judged, spot)
                ),
                message=escaped(name) or "here, too",
            )
            for spot, name in related
        ]
        if related and client.shows_related
        else None,
    )


def _severity(finding: Finding) -> types.DiagnosticSeverity:
    if isinstance(finding, NotEvaluated):
        return types.DiagnosticSeverity.Information
    if is_error(finding):
        return types.DiagnosticSeverity.Error
    return types.DiagnosticSeverity.Warning


def _message(
    judged: Judged,
    finding: Finding,
    client: Client,
    page: str | None,
    related: Sequence[tuple[Spot, str]],
) -> Iterator[str]:
    """What is said of a finding, with what the editor shows nowhere else."""
    begin = "Not evaluated: " if isinstance(finding, NotEvaluated) else ""
    yield escaped(shortened(f"{begin}{told(finding)}", _LONGEST))
    if not client.shows_related:
        for spot, name in related:
            place = f"{spot.file.relative_to(judged.folder)}:{spot.line}"
            yield escaped(f"See {place}{f'  {name}' if name else ''}")
    if page and not client.shows_pages:
        yield page
