"""What an editor may do about findings: waive one, apply a fix, open a rule's page."""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from lsprotocol import types

from pulumi_preflight.acceptance import REPLACES_STATEFUL
from pulumi_preflight.findings import Finding, Fix, NotEvaluated
from pulumi_preflight.language_server.diagnostics import Client
from pulumi_preflight.language_server.edits.literals import literal_at, wanted_of
from pulumi_preflight.language_server.edits.waiver import snippet_of, waiver_at
from pulumi_preflight.language_server.judged import Judged
from pulumi_preflight.language_server.texts import Edit
from pulumi_preflight.printing import escaped_line
from pulumi_preflight.reports.entries import page_of
from pulumi_preflight.resource import Resource
from pulumi_preflight.verdict import OWN_PACK
from pulumi_preflight.waivers.directive import Directive

OPEN_PAGE = "preflight.openRulePage"
_DAYS = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """What actions are asked for.

    Attributes:
        file: The file.
        uri: Its URI, as the editor writes it.
        version: The version of its text, `None` where the editor tells none.
        first: The first line, from 1, as the editor counts now.
        last: The last line.
        diagnostics: The diagnostics there that the editor knows.
    """

    file: Path
    uri: str
    version: int | None
    first: int
    last: int
    diagnostics: Sequence[types.Diagnostic]


@dataclass(frozen=True, slots=True, kw_only=True)
class Actions:
    """The actions of one run.

    Attributes:
        judged: The run.
        client: The editor.
        owner: Gives who answers for a waiver.
        today: The day from which a waiver counts.
        takes_snippets: Whether the editor takes edits with a place for the cursor.
    """

    judged: Judged
    client: Client
    owner: Callable[[], str]
    today: dt.date
    takes_snippets: bool

    def at(self, place: Place) -> list[types.CodeAction]:
        """What may be done at a place."""
        moved = self.client.moved(self.judged, place.file)
        if moved is None:
            return []
        lines = {moved.line_judged(line) for line in range(place.first, place.last + 1)}
        here = [
            each
            for each in self.judged.findings()
            if (spot := self.judged.spot(each)).file == place.file and spot.line in lines
        ]
        resources = {
            each.urn: each
            for line in lines
            if line is not None
            for each in self.judged.resources_at(place.file, line)
        }
        found = [
            *self._fixes(place, resources.values(), here),
            *self._waivers(place, here),
            *_pages(place, here),
        ]
        return list({action.title: action for action in reversed(found)}.values())[::-1]

    def _line_now(self, place: Place, line: int) -> int | None:
        moved = self.client.moved(self.judged, place.file)
        return moved.line_now(line) if moved else None

    def _waivers(self, place: Place, here: Sequence[Finding]) -> Iterator[types.CodeAction]:
        for finding in here:
            spot = self.judged.spot(finding)
            lines = self.client.lines_now(self.judged, place.file)
            line = self._line_now(place, spot.line)
            may_be_waived = (
                finding.places
                and not isinstance(finding, NotEvaluated)
                and (finding.pack != OWN_PACK or finding.rule == REPLACES_STATEFUL)
            )
            if not may_be_waived or lines is None or line is None:
                continue
            inside = place.file.relative_to(self.judged.folder)
            until = (self.today + dt.timedelta(days=_DAYS)).isoformat()
            waiver = Directive(target=finding.rule, until=until, owner=self.owner())
            edit = waiver_at(inside, lines, line, waiver)
            if edit is not None:
                yield self._action(place, edit, finding, may_have_cursor=True)

    def _fixes(
        self, place: Place, resources: Iterable[Resource], here: Sequence[Finding]
    ) -> Iterator[types.CodeAction]:
        for resource in resources:
            for fix in self.judged.fixes_of(resource):
                edit = self._literal(place, resource, fix)
                if edit is not None:
                    of = (each for each in here if (each.rule, each.urn) == (fix.rule, fix.urn))
                    yield self._action(place, edit, next(of, None), rule=fix.rule)

    def _literal(self, place: Place, resource: Resource, fix: Fix) -> Edit | None:
        verdict, position = self.judged.verdict, resource.position
        if verdict is None or position is None:
            return None
        line = self._line_now(place, self.judged.spot_of(position).line)
        lines = self.client.lines_now(self.judged, place.file)
        at = self.judged.resources_at(place.file, self.judged.spot_of(position).line)
        # A loop makes several resources of one text.
        if line is None or lines is None or len(at) != 1:
            return None
        wanted = wanted_of(
            fix,
            type_=resource.type,
            name=resource.name,
            line=line,
            shown=verdict.deployment.inventions.shown,
        )
        return literal_at(place.file, lines, wanted) if wanted else None

    def _action(
        self,
        place: Place,
        edit: Edit,
        finding: Finding | None,
        *,
        rule: str = "",
        may_have_cursor: bool = False,
    ) -> types.CodeAction:
        title = escaped_line(f"{edit.title} ({rule})" if rule else edit.title)
        return types.CodeAction(
            title=title,
            kind=types.CodeActionKind.QuickFix,
            diagnostics=_of(finding, place) if finding else None,
            edit=self._workspace_edit(place, edit, has_cursor=may_have_cursor),
        )

    def _workspace_edit(self, place: Place, edit: Edit, *, has_cursor: bool) -> types.WorkspaceEdit:
        lines = self.client.lines_now(self.judged, place.file) or ()
        start, end = lines[edit.line][: edit.start], lines[edit.end_line][: edit.end]
        units = self.client.units
        range_ = types.Range(
            start=types.Position(line=edit.line, character=units(start)),
            end=types.Position(line=edit.end_line, character=units(end)),
        )
        if has_cursor and self.takes_snippets:
            snippet = types.StringValue(value=snippet_of(edit.text))
            change = types.TextDocumentEdit(
                text_document=types.OptionalVersionedTextDocumentIdentifier(
                    uri=place.uri, version=place.version
                ),
                edits=[types.SnippetTextEdit(range=range_, snippet=snippet)],
            )
            return types.WorkspaceEdit(document_changes=[change])
        return types.WorkspaceEdit(
            changes={place.uri: [types.TextEdit(range=range_, new_text=edit.text)]}
        )


def _of(finding: Finding, place: Place) -> list[types.Diagnostic] | None:
    """The editor's diagnostics of a finding."""
    return [each for each in place.diagnostics if each.code == finding.rule] or None


def _pages(place: Place, here: Sequence[Finding]) -> Iterator[types.CodeAction]:
    for finding in here:
        if page := page_of(finding.url):
            title = escaped_line(f"Open the page of {finding.rule}")
            yield types.CodeAction(
                title=title,
                kind=types.CodeActionKind.QuickFix,
                diagnostics=_of(finding, place),
                command=types.Command(title=title, command=OPEN_PAGE, arguments=[page]),
            )
