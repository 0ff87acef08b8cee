"""The Language Server Protocol, by pygls: hears of files, publishes, and answers the editor."""

import asyncio
import logging
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from threading import Semaphore
from typing import Any

from lsprotocol import types
from pygls.lsp.server import LanguageServer

from pulumi_preflight import __version__, clock
from pulumi_preflight.acceptance import Acceptance
from pulumi_preflight.api import OnError, Wanted, hidden, judged
from pulumi_preflight.errors import PreflightError, ProgramError
from pulumi_preflight.git import user_of
from pulumi_preflight.language_server.actions import OPEN_PAGE, Actions, Place
from pulumi_preflight.language_server.diagnostics import SOURCE, Client, diagnostics_of
from pulumi_preflight.language_server.hovers import hover_of
from pulumi_preflight.language_server.judged import Judged
from pulumi_preflight.language_server.judging import Judging
from pulumi_preflight.language_server.settings import (
    Settings,
    SettingsError,
    changed_settings,
    read_settings,
)
from pulumi_preflight.language_server.trust import Trust, path_of
from pulumi_preflight.opened import Files
from pulumi_preflight.packs import PackChoice
from pulumi_preflight.printing import escaped
from pulumi_preflight.progress import Progress
from pulumi_preflight.project import Project
from pulumi_preflight.recursive import cores
from pulumi_preflight.reports.entries import page_of
from pulumi_preflight.stdio import UnderWay
from pulumi_preflight.verdict import Verdict, verdict_line
from pulumi_preflight.waivers.search import is_own

_DEBUG = "PULUMI_PREFLIGHT_DEBUG"
_OTHER_KINDS = (".json", ".toml")
_SECONDS_A_REPORT = 0.5


class _Pygls(LanguageServer):
    """Tells errors in one line: those of the library would show where it is installed."""

    def report_server_error(self, error: Exception, source: type[Exception]) -> None:  # noqa: ARG002 - the library's
        """Shows an error that has no request to answer."""
        message = f"preflight cannot read a message of the editor: {type(error).__name__}"
        self.window_show_message(
            types.ShowMessageParams(type=types.MessageType.Error, message=message)
        )


class _Known:
    """A project that was asked for.

    Attributes:
        judging: Its runs.
        used: The real paths of the files and packs that its last run used, also outside of it.
        progress: What its run is doing.
        token: Stands for that with the editor, `None` where the editor is not told.
        is_told: Whether the editor has been told that it began.
    """

    def __init__(self, judging: Judging) -> None:
        self.judging = judging
        self.used: tuple[str, ...] = ()
        self.progress = Progress()
        self.token: str | None = None
        self.is_told = False


class Server:
    """A session of one editor.

    Attributes:
        exit_code: The code that the process is to end with.
    """

    def __init__(self, under_way: UnderWay, on_error: OnError) -> None:
        """Takes what bounds it.

        Args:
            under_way: Takes the processes of all runs.
            on_error: See `OnError`.
        """
        self.exit_code = 0
        self._under_way = under_way
        self._on_error = on_error
        # Editors count lines by other marks than the library does, so they send whole texts.
        self._pygls = _Pygls(
            "preflight", __version__, text_document_sync_kind=types.TextDocumentSyncKind.Full
        )
        self._settings: Settings | None = None
        self._fault: PreflightError | None = None
        self._folders: dict[str, Path] = {}
        self._trust = Trust([], trusted=False)
        self._known: dict[Path, _Known] = {}
        self._open: dict[Path, str] = {}
        self._published: dict[Path, dict[Path, list[types.Diagnostic]]] = {}
        self._told: set[str] = set()
        self._tokens = 0
        self._at_a_time = Semaphore(cores())
        self._is_shut = False
        self._register()

    def speak(self) -> None:
        """Speaks the protocol over stdin and stdout, until the editor ends it or stdin ends."""
        if not os.environ.get(_DEBUG):
            # What goes wrong is told to the editor; the library's traces are for its developers.
            logging.getLogger().addHandler(logging.NullHandler())
        self._pygls.start_io()

    def _register(self) -> None:
        handlers: dict[str, Callable[[Any], object]] = {
            types.INITIALIZE: self._initialize,
            types.INITIALIZED: self._initialized,
            types.SHUTDOWN: self._shut_down,
            types.EXIT: self._exit,
            types.TEXT_DOCUMENT_DID_OPEN: self._opened,
            types.TEXT_DOCUMENT_DID_SAVE: self._saved,
            types.TEXT_DOCUMENT_DID_CLOSE: self._closed,
            types.TEXT_DOCUMENT_HOVER: self._hover,
            types.WORKSPACE_DID_CHANGE_CONFIGURATION: self._configured,
            types.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS: self._folders_changed,
        }
        for method, handler in handlers.items():
            self._pygls.feature(method)(self._caught(handler))
        kinds = [types.CodeActionKind.QuickFix]
        options = types.CodeActionOptions(code_action_kinds=kinds)
        self._pygls.feature(types.TEXT_DOCUMENT_CODE_ACTION, options)(self._caught(self._actions))
        self._pygls.command(OPEN_PAGE)(self._caught(self._open_page))

    def _caught(self, handler: Callable[[Any], object]) -> Callable[[Any], object]:
        """A handler that shows what goes wrong; the library would send a trace of it."""

        def handle(given: Any = None) -> object:  # noqa: ANN401 - of the protocol
            try:
                return handler(given)
            except PreflightError as error:
                self._show_error(error)
            except Exception as error:  # noqa: BLE001 - shown to the user
                message, hint = self._on_error(error)
                self._show_error(PreflightError(message, hint=hint))
            return None

        return handle

    # The session.

    def _initialize(self, params: types.InitializeParams) -> None:
        named = [each.uri for each in params.workspace_folders or ()]
        if params.workspace_folders is None and params.root_uri:
            named = [params.root_uri]
        self._folders = {uri: path for uri in named if (path := path_of(uri)) is not None}
        try:
            self._settings = read_settings(params.initialization_options)
        except SettingsError as error:
            # Before the editor has its answer, it may not take messages.
            self._fault = error
        self._trust_folders()

    def _trust_folders(self) -> None:
        trusted = self._settings.trusted if self._settings else False
        self._trust = Trust(self._folders.values(), trusted=trusted)

    def _initialized(self, _params: object) -> None:
        if self._fault is not None:
            self._show_error(self._fault)

    def _configured(self, params: types.DidChangeConfigurationParams) -> None:
        before = self._settings or Settings(trusted=False)
        settings = changed_settings(params.settings, before)
        if settings is not None and self._fault is None and settings != before:
            self._settings = settings
            for known in self._known.values():
                known.judging.ask(saved=True)

    def _folders_changed(self, params: types.DidChangeWorkspaceFoldersParams) -> None:
        for each in params.event.removed:
            self._folders.pop(each.uri, None)
        for each in params.event.added:
            if (path := path_of(each.uri)) is not None:
                self._folders[each.uri] = path
        self._trust_folders()
        for folder in [each for each in self._known if self._trust.refusal(each)]:
            self._known.pop(folder).judging.stop()
            self._publish(folder, {})

    def _shut_down(self, _params: object) -> None:
        self._is_shut = True
        for known in self._known.values():
            known.judging.stop()
        self._under_way.kill()

    def _exit(self, _params: object) -> None:
        self.exit_code = 0 if self._is_shut else 1
        self._under_way.kill()

    # Files.

    def _opened(self, params: types.DidOpenTextDocumentParams) -> None:
        path = path_of(params.text_document.uri)
        if path is not None:
            self._open[path] = params.text_document.uri
            self._ask(path, saved=False)

    def _saved(self, params: types.DidSaveTextDocumentParams) -> None:
        if (path := path_of(params.text_document.uri)) is not None:
            self._ask(path, saved=True)

    def _closed(self, params: types.DidCloseTextDocumentParams) -> None:
        if (path := path_of(params.text_document.uri)) is not None:
            self._open.pop(path, None)

    def _ask(self, path: Path, *, saved: bool) -> None:
        """Judges the projects that a file concerns."""
        if self._settings is None or self._is_shut:
            return
        concerned = set(self._users_of(path)) if saved else set()
        if is_own(path.name) or path.suffix in _OTHER_KINDS:
            own = self._trust.project_of(path)
            if own is not None and (refusal := self._trust.refusal(own)):
                self._warn_once(refusal)
            elif own is not None:
                concerned.add(own)
        for folder in sorted(concerned):
            if folder not in self._known:
                self._known[folder] = _Known(self._judging(folder))
            self._known[folder].judging.ask(saved=saved)

    def _users_of(self, path: Path) -> Iterator[Path]:
        """The projects whose last run used a file, be it inside of them or not."""
        real = os.path.realpath(path)
        for folder, known in self._known.items():
            if any(real == each or real.startswith(f"{each}/") for each in known.used):
                yield folder

    def _judging(self, folder: Path) -> Judging:
        return Judging(
            partial(self._judge, folder),
            begins=partial(self._begins, folder),
            ends=partial(self._ends, folder),
            under_way=self._under_way,
            at_a_time=self._at_a_time,
        )

    def _judge(self, folder: Path) -> Judged:
        """Judges a project, in a thread of its own."""
        known, settings = self._known[folder], self._settings or Settings(trusted=False)
        known.progress = Progress()
        used: list[str] = []
        outcome: Verdict | PreflightError
        try:
            with hidden(self._on_error) as secrets:
                wanted = self._wanted(folder, settings, used)
                outcome = judged(folder, wanted, secrets, known.progress)
                with suppress(PreflightError):
                    # A hover says why there is none; here it is only made ahead of that.
                    _ = outcome.cost
        except PreflightError as error:
            outcome = error
        files = _files_of(outcome)
        known.used = (*used, *map(os.path.realpath, files.read if files is not None else ()))
        run = Judged(folder, outcome)
        run.read()
        return run

    def _wanted(self, folder: Path, settings: Settings, used: list[str]) -> Wanted:
        """What is asked of a run; notes the packs that it uses."""
        trust = self._trust

        def admit(project: Project, choices: Sequence[PackChoice]) -> None:
            trust.admit(project, choices)
            paths = [path for each in choices for path in (each.directory, each.config) if path]
            used.extend(map(os.path.realpath, paths))

        packs = settings.policy_pack
        baseline = settings.baseline
        return Wanted(
            stack=settings.stack,
            packs=None
            if packs is None
            else tuple(
                PackChoice(
                    directory=trust.find(each.path, "the policy pack", folder),
                    config=None
                    if each.config is None
                    else trust.find(each.config, "the config of the policy pack", folder),
                    named_by="`policyPack`",
                )
                for each in packs
            ),
            config=settings.config,
            show_fixes=True,
            acceptance=Acceptance(
                baseline=None if baseline is None else trust.find(baseline, "the baseline", folder)
            ),
            timeout_seconds=settings.timeout,
            admit=admit,
            tells_files=True,
        )

    # What the editor is told.

    def _begins(self, folder: Path) -> None:
        window = self._pygls.client_capabilities.window
        if window is None or not window.work_done_progress:
            return
        self._tokens += 1
        known = self._known[folder]
        known.token, known.is_told = f"{SOURCE}-{self._tokens}", False
        self._pygls.work_done_progress.create(
            known.token, partial(self._tell_begin, folder, known.token)
        )

    def _tell_begin(self, folder: Path, token: str, *_answer: object) -> None:
        known = self._known.get(folder)
        if known is None or known.token != token:
            # It has come to its end before the editor answered.
            self._pygls.work_done_progress.tokens.pop(token, None)
            return
        known.is_told = True
        self._pygls.work_done_progress.begin(
            token, types.WorkDoneProgressBegin(title=SOURCE, message=str(known.progress))
        )
        self._report_later(folder, token)

    def _report_later(self, folder: Path, token: str) -> None:
        report = partial(self._report, folder, token)
        asyncio.get_running_loop().call_later(_SECONDS_A_REPORT, report)

    def _report(self, folder: Path, token: str) -> None:
        known = self._known.get(folder)
        if known is not None and known.token == token:
            message = escaped(str(known.progress))
            self._pygls.work_done_progress.report(
                token, types.WorkDoneProgressReport(message=message)
            )
            self._report_later(folder, token)

    def _ends(self, folder: Path) -> None:
        known = self._known.get(folder)
        if known is None or known.judging.judged is None:
            return
        run = known.judging.judged
        self._publish(folder, diagnostics_of(run, self._client()))
        token, known.token = known.token, None
        if token is not None and known.is_told:
            line = verdict_line(run.outcome) if isinstance(run.outcome, Verdict) else "no verdict"
            progress = self._pygls.work_done_progress
            progress.end(token, types.WorkDoneProgressEnd(message=line))
            progress.tokens.pop(token, None)

    def _publish(self, folder: Path, found: Mapping[Path, list[types.Diagnostic]]) -> None:
        """Publishes the diagnostics of a project, and takes away those that it had before."""
        before = [file for file, by in self._published.items() if folder in by]
        # An editor hears of each open file that it was judged, also where nothing is found there.
        seen = [file for file in self._open if self._trust.project_of(file) == folder]
        for file in sorted({*before, *found, *seen}):
            by = self._published.setdefault(file, {})
            by.pop(folder, None)
            if file in found:
                by[folder] = found[file]
            uri = self._open.get(file) or file.as_uri()
            listed = [each for project in sorted(by) for each in by[project]]
            self._pygls.text_document_publish_diagnostics(
                types.PublishDiagnosticsParams(uri=uri, diagnostics=listed)
            )
            if not by:
                del self._published[file]

    def _show_error(self, error: PreflightError) -> None:
        hint = f" ({error.hint})" if error.hint else ""
        self._show(types.MessageType.Error, f"{error}{hint}")

    def _warn_once(self, text: str) -> None:
        if text not in self._told:
            self._told.add(text)
            self._show(types.MessageType.Warning, text)

    def _show(self, kind: types.MessageType, text: str) -> None:
        self._pygls.window_show_message(types.ShowMessageParams(type=kind, message=escaped(text)))

    def _client(self) -> Client:
        documents = self._pygls.client_capabilities.text_document
        publishes = documents.publish_diagnostics if documents else None
        return Client(
            units=self._pygls.workspace.position_codec.client_num_units,
            text_of=self._text_of,
            shows_pages=bool(publishes and publishes.code_description_support),
            shows_related=bool(publishes and publishes.related_information),
        )

    def _text_of(self, file: Path) -> str | None:
        uri = self._open.get(file)
        return None if uri is None else self._pygls.workspace.get_text_document(uri).source

    # What the editor asks.

    def _hover(self, params: types.HoverParams) -> types.Hover | None:
        path, client = path_of(params.text_document.uri), self._client()
        for run in self._runs_of(path):
            moved = client.moved(run, path) if path else None
            line = moved.line_judged(params.position.line + 1) if moved else None
            if path is None or line is None or run.verdict is None:
                continue
            if resources := run.resources_at(path, line):
                documents = self._pygls.client_capabilities.text_document
                hovers = documents.hover if documents else None
                takes = (hovers and hovers.content_format) or ()
                is_markdown = types.MarkupKind.Markdown in takes
                text = hover_of(resources, run.verdict, markdown=is_markdown)
                kind = types.MarkupKind.Markdown if is_markdown else types.MarkupKind.PlainText
                return types.Hover(contents=types.MarkupContent(kind=kind, value=text))
        return None

    def _runs_of(self, path: Path | None) -> Iterator[Judged]:
        """The last runs of the projects around a file, the innermost first."""
        for folder in path.parents if path else ():
            known = self._known.get(folder)
            if known is not None and known.judging.judged is not None:
                yield known.judging.judged

    def _actions(self, params: types.CodeActionParams) -> list[types.CodeAction]:
        uri = params.text_document.uri
        path = path_of(uri)
        only = params.context.only
        if path is None or (only and types.CodeActionKind.QuickFix not in only):
            return []
        place = Place(
            file=path,
            uri=uri,
            version=self._pygls.workspace.get_text_document(uri).version,
            first=params.range.start.line + 1,
            last=params.range.end.line + 1,
            diagnostics=params.context.diagnostics,
        )
        found: list[types.CodeAction] = []
        for run in self._runs_of(path):
            actions = Actions(
                judged=run,
                client=self._client(),
                owner=partial(user_of, run.folder),
                today=clock.current_day(),
                takes_snippets=self._takes_snippets(),
            )
            found += actions.at(place)
        return found

    def _takes_snippets(self) -> bool:
        workspace = self._pygls.client_capabilities.workspace
        edits = workspace.workspace_edit if workspace else None
        return bool(edits and edits.document_changes and edits.snippet_edit_support)

    def _open_page(self, url: object) -> None:
        page = page_of(url if isinstance(url, str) else None)
        if page is None:
            raise PreflightError(f"{url!r} is not the page of a rule")
        window = self._pygls.client_capabilities.window
        if window and window.show_document and window.show_document.support:
            self._pygls.window_show_document(types.ShowDocumentParams(uri=page, external=True))
        else:
            self._show(types.MessageType.Info, page)


def _files_of(outcome: Verdict | PreflightError) -> Files | None:
    """The files that a program opened."""
    if isinstance(outcome, Verdict):
        return outcome.deployment.files
    return outcome.files if isinstance(outcome, ProgramError) else None
