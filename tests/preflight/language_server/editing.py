"""An editor at a real server: pytest-lsp's client, with what it was told."""

import asyncio
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Union

import cattrs
from lsprotocol import types
from pygls.protocol import default_converter
from pytest_lsp import LanguageClient, client_capabilities
from pytest_lsp.client import DEFAULT_CLIENT_FEATURES, register_lsp_features

from tests.waiting import LONG

PREFLIGHT = str(Path(sys.executable).with_name("preflight"))
PACK = """
import json

from pulumi_policy import (
    EnforcementLevel,
    PolicyPack,
    ResourceValidationPolicy,
    StackValidationPolicy,
)

QUEUE = "aws:sqs/queue:Queue"
PAGE = "https://example.com/fifo"


def is_fifo(args, report):
    if args.resource_type == QUEUE and not args.props.get("fifoQueue"):
        report("it keeps no order", None)


async def make_fifo(args):
    return {**args.props, "fifoQueue": True} if args.resource_type == QUEUE else {}


def is_tagged(args, report):
    if args.resource_type == QUEUE and "tags" not in args.props:
        report("no tags", None)


def are_alike(args, report):
    queues = [each for each in args.resources if each.resource_type == QUEUE]
    if len(queues) > 1 and len({bool(each.props.get("fifoQueue")) for each in queues}) > 1:
        found = {
            "message": "x",
            "problem": "it is of another kind than the last one",
            "wanted": "one kind",
            "urn": queues[0].urn,
            "related": [queues[-1].urn],
        }
        report("x", queues[0].urn)
        args.not_applicable(json.dumps({"policyFindings": 1, "findings": [found]}))


PolicyPack(
    "orders",
    [
        ResourceValidationPolicy(
            "queue-is-fifo",
            "Queues keep their order.",
            is_fifo,
            EnforcementLevel.MANDATORY,
            url=PAGE,
            remediate=make_fifo,
        ),
        ResourceValidationPolicy("queue-is-tagged", "Queues carry tags.", is_tagged),
        StackValidationPolicy("queues-are-alike", "Queues are alike.", are_alike),
    ],
)
"""


def _converter() -> cattrs.Converter:
    """The library's, which takes each action with a command for a command alone."""
    converter: cattrs.Converter = default_converter()  # type: ignore[no-untyped-call]

    def read(given: dict[str, object], _type: object) -> types.Command | types.CodeAction:
        if isinstance(given.get("command"), str):
            return converter.structure(given, types.Command)
        return converter.structure(given, types.CodeAction)

    converter.register_structure_hook(types.Command | types.CodeAction, read)
    converter.register_structure_hook(Union[types.Command, types.CodeAction], read)  # noqa: UP007 - as the library writes it
    return converter


class Client(LanguageClient):
    """A client that keeps the order in which things were published."""

    def __init__(self) -> None:
        super().__init__(converter_factory=_converter)
        self.published: list[types.PublishDiagnosticsParams] = []


def make_client() -> Client:
    client = Client()

    def publish(params: types.PublishDiagnosticsParams) -> None:
        client.published.append(params)
        client.diagnostics[params.uri] = params.diagnostics

    features = {**DEFAULT_CLIENT_FEATURES, types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS: publish}
    register_lsp_features(client, features)
    return client


async def until(condition: Callable[[], object], what: str = "what must happen") -> None:
    """Waits for something that must happen."""
    async with asyncio.timeout(LONG):
        while not condition():  # noqa: ASYNC110 - what is waited for is of another process
            await asyncio.sleep(0.02)
    assert condition(), what


class Editor:
    """What a user does in an editor."""

    def __init__(self, client: Client, folder: Path) -> None:
        self.client = client
        self.folder = folder
        self.is_begun = False
        self._versions: dict[Path, int] = {}

    async def begin(
        self,
        *,
        like: str = "visual-studio-code",
        folders: Sequence[Path] | None = None,
        change: Callable[[types.ClientCapabilities], object] | None = None,
        **settings: object,
    ) -> types.InitializeResult:
        """Opens the folder, or others; trusted unless the settings say otherwise."""
        capabilities = client_capabilities(like)
        if change is not None:
            change(capabilities)
        opened = [self.folder] if folders is None else folders
        self.is_begun = True
        return await self.client.initialize_session(
            types.InitializeParams(
                capabilities=capabilities,
                workspace_folders=[
                    types.WorkspaceFolder(uri=each.as_uri(), name=each.name) for each in opened
                ],
                initialization_options={"trusted": True, "stack": "dev", **settings},
            )
        )

    def path(self, name: str) -> Path:
        return self.folder / name

    def uri(self, name: str) -> str:
        return self.path(name).as_uri()

    def open(self, name: str) -> None:
        path = self.path(name)
        self._versions[path] = 1
        self.client.text_document_did_open(
            types.DidOpenTextDocumentParams(
                types.TextDocumentItem(
                    uri=path.as_uri(), language_id="x", version=1, text=path.read_text()
                )
            )
        )

    def edit(self, name: str, text: str) -> None:
        """Changes the text without a save."""
        path = self.path(name)
        self._versions[path] = self._versions.get(path, 1) + 1
        self.client.text_document_did_change(
            types.DidChangeTextDocumentParams(
                types.VersionedTextDocumentIdentifier(self._versions[path], path.as_uri()),
                [types.TextDocumentContentChangeWholeDocument(text)],
            )
        )

    def save(self, name: str, text: str) -> None:
        if self.path(name) in self._versions:
            self.edit(name, text)
        self.path(name).write_text(text)
        identifier = types.TextDocumentIdentifier(self.uri(name))
        self.client.text_document_did_save(types.DidSaveTextDocumentParams(identifier))

    async def judged(self, act: Callable[[], object], name: str) -> list[types.Diagnostic]:
        """Does something, and gives what is published of a file then."""
        count = len(self._published(name))
        act()
        await until(lambda: len(self._published(name)) > count, f"{name} is judged")
        return list(self._published(name)[-1].diagnostics)

    def _published(self, name: str) -> list[types.PublishDiagnosticsParams]:
        return [each for each in self.client.published if each.uri == self.uri(name)]

    def shown(self, name: str) -> list[types.Diagnostic]:
        """What is shown at a file now."""
        return list(self.client.diagnostics.get(self.uri(name), ()))

    async def hover(self, name: str, line: int) -> str:
        """What is shown over a line, from 1; empty where that is nothing."""
        identifier = types.TextDocumentIdentifier(self.uri(name))
        position = types.Position(line=line - 1, character=0)
        hover = await self.client.text_document_hover_async(types.HoverParams(identifier, position))
        return hover.contents.value if hover else ""  # type: ignore[union-attr]

    async def actions(self, name: str, line: int) -> dict[str, types.CodeAction]:
        """The actions at a line, from 1, by title."""
        at = types.Position(line=line - 1, character=0)
        here = [each for each in self.shown(name) if each.range.start.line == line - 1]
        found = await self.client.text_document_code_action_async(
            types.CodeActionParams(
                text_document=types.TextDocumentIdentifier(self.uri(name)),
                range=types.Range(start=at, end=at),
                context=types.CodeActionContext(diagnostics=here),
            )
        )
        return {each.title: each for each in found or () if isinstance(each, types.CodeAction)}

    def after(self, name: str, action: types.CodeAction, text: str) -> str:
        """A text as it is after an action."""
        assert action.edit
        assert action.edit.changes
        [edit] = action.edit.changes[self.uri(name)]
        lines = text.split("\n")
        start, end = edit.range.start, edit.range.end
        head = "\n".join([*lines[: start.line], lines[start.line][: start.character]])
        tail = "\n".join([lines[end.line][end.character :], *lines[end.line + 1 :]])
        return f"{head}{edit.new_text}{tail}"

    @property
    def process(self) -> int:
        """The id of the server's process."""
        server = self.client._server  # noqa: SLF001 - the library tells it nowhere else
        assert server
        return server.pid

    @property
    def messages(self) -> list[str]:
        return [each.message for each in self.client.messages]


def told(found: Sequence[types.Diagnostic]) -> list[tuple[object, int]]:
    """Code and line, from 1, of diagnostics."""
    return [(each.code, each.range.start.line + 1) for each in found]
