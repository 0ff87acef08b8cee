"""What is known of a project after a run: its verdict, or why there is none, and where all is."""

import os
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pulumi_preflight.errors import PreflightError, ProgramError
from pulumi_preflight.findings import Finding, Fix, Level, NotEvaluated
from pulumi_preflight.language_server.texts import lines_of
from pulumi_preflight.model import SourcePosition
from pulumi_preflight.project import PROJECT_FILES
from pulumi_preflight.resource import Resource
from pulumi_preflight.verdict import Verdict
from pulumi_preflight.waivers.files import read_source
from pulumi_preflight.waivers.search import is_own
from pulumi_preflight.waivers.source import UnreadableError


@dataclass(frozen=True, slots=True)
class Spot:
    """A line of a file.

    Attributes:
        file: The file, absolute.
        line: The line, from 1.
    """

    file: Path
    line: int


@dataclass(slots=True)
class Judged:
    """One run of a project.

    Attributes:
        folder: The project's folder, absolute.
        outcome: The verdict, or why there is none; the text holds no secrets.
    """

    folder: Path
    outcome: Verdict | PreflightError
    _texts: dict[Path, Sequence[str]] = field(default_factory=dict)
    _spans: dict[Path, dict[int, range]] = field(default_factory=dict)

    @property
    def verdict(self) -> Verdict | None:
        """The verdict, `None` where there is none."""
        return self.outcome if isinstance(self.outcome, Verdict) else None

    @property
    def project_file(self) -> Path:
        """The project file, where what has no place of its own is shown."""
        named = (self.folder / name for name in PROJECT_FILES)
        return next((each for each in named if each.is_file()), self.folder / PROJECT_FILES[0])

    def findings(self) -> Iterator[Finding]:
        """What is to be shown: findings, then what could not be evaluated."""
        if self.verdict is not None:
            yield from self.verdict.findings
            yield from self.verdict.not_evaluated

    def spot_of(self, position: SourcePosition | None) -> Spot:
        """Where a position is; the project file's first line where it is outside of the project."""
        if position is not None and not _is_outside(position.file):
            return Spot(self.folder / position.file, position.line)
        return Spot(self.project_file, 1)

    def spot(self, finding: Finding) -> Spot:
        """Where a finding is shown."""
        return self.spot_of(finding.places[0] if finding.places else None)

    def related(self, finding: Finding) -> Iterator[tuple[Spot, str]]:
        """The other places of a finding, each once, with the name of the resource there."""
        verdict = self.verdict
        if verdict is None:
            return
        resources = {each.urn: each for each in verdict.resources}
        named = {
            resource.position: resource.name
            for urn in finding.related
            if (resource := resources.get(urn)) is not None and resource.position is not None
        }
        for position in dict.fromkeys((*finding.places[1:], *named)):
            if not _is_outside(position.file) and position not in finding.places[:1]:
                yield self.spot_of(position), named.get(position, "")

    def read(self) -> None:
        """Reads the files that are spoken of, as they are at the end of the run."""
        spots = {self.project_file}
        if isinstance(self.outcome, Verdict):
            spots |= {self.spot_of(each.position).file for each in self.outcome.resources}
            spots |= {self.spot(each).file for each in self.findings()}
        else:
            spots.add(self.place_of_failure().file)
        for file in sorted(spots):
            try:
                text = file.read_bytes().decode("utf-8-sig")
            except (OSError, UnicodeDecodeError):
                # What cannot be read is shown all the same, and offers no edits.
                continue
            self._texts[file] = lines_of(text)

    def place_of_failure(self) -> Spot:
        """Where the reason why there is no verdict stands."""
        place = self.outcome.place if isinstance(self.outcome, ProgramError) else None
        return self.spot_of(SourcePosition(file=place[0], line=place[1]) if place else None)

    def lines(self, file: Path) -> Sequence[str] | None:
        """The lines of a file as it was judged, `None` where it was not read."""
        return self._texts.get(file)

    def resources_at(self, file: Path, line: int) -> list[Resource]:
        """The resources that a line of a file creates: those of the smallest statement around."""
        spans = {created: span for created, span in self._spans_of(file).items() if line in span}
        if not spans:
            return []
        smallest = min(len(span) for span in spans.values())
        lines = {created for created, span in spans.items() if len(span) == smallest}
        return [each for created in sorted(lines) for each in self._created(file)[created]]

    def _created(self, file: Path) -> Mapping[int, list[Resource]]:
        created: defaultdict[int, list[Resource]] = defaultdict(list)
        for resource in self.verdict.resources if self.verdict else ():
            if resource.position is not None and resource.is_own:
                spot = self.spot_of(resource.position)
                if spot.file == file and not _is_outside(resource.position.file):
                    created[spot.line].append(resource)
        return created

    def _spans_of(self, file: Path) -> Mapping[int, range]:
        """By line on which something is created, the lines of its statement."""
        if file not in self._spans:
            created = self._created(file)
            self._spans[file] = {line: range(line, line + 1) for line in created}
            lines = self._texts.get(file)
            if lines is not None and is_own(file.name):
                try:
                    source = read_source(file.name, "\n".join(lines).encode())
                except UnreadableError:
                    return self._spans[file]
                for line in created:
                    first, last = source.statement(line)
                    self._spans[file][line] = range(first, last + 1)
        return self._spans[file]

    def fixes_of(self, resource: Resource) -> list[Fix]:
        """What rules change, or would change, in a resource."""
        fixes = self.verdict.fixes if self.verdict else ()
        return [each for each in fixes if each.urn == resource.urn]


def _is_outside(file: str) -> bool:
    return os.path.isabs(file) or file.split("/", 1)[0] == os.pardir  # noqa: PTH117 - a text


def is_error(finding: Finding) -> bool:
    """Whether a finding is one that a rule's mandatory level makes."""
    return finding.level is Level.MANDATORY and not isinstance(finding, NotEvaluated)
