"""An editor for each test, at a server of its own."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio
from pytest_lsp import ClientServerConfig

from tests.preflight.builders import PROGRAM, write_pack, write_project
from tests.preflight.language_server.editing import PACK, PREFLIGHT, Editor, make_client


@pytest_asyncio.fixture
async def editor(tmp_path: Path) -> AsyncIterator[Editor]:
    """An editor in a folder with the project `shop` and the pack `pack`."""
    write_project(tmp_path / "shop", f"{PROGRAM}Queue('jobs', tags={{}})\n")
    write_pack(tmp_path / "pack", PACK)
    config = ClientServerConfig(server_command=[PREFLIGHT, "lsp"], client_factory=make_client)
    client = await config.start()
    editor = Editor(client, tmp_path)  # type: ignore[arg-type]
    yield editor
    if editor.is_begun:
        await editor.client.shutdown_session()
    await editor.client.stop()  # type: ignore[no-untyped-call]
