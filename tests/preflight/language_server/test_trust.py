"""Nothing runs that the editor has not declared trusted."""

from collections.abc import Callable
from pathlib import Path

import pytest

from pulumi_preflight.language_server.trust import HOW_TO_TRUST
from tests.preflight.builders import PACKS, write_pack, write_project
from tests.preflight.language_server.editing import Editor, told, until
from tests.processes import started_with

MAIN = "shop/__main__.py"
RAN = "open({!r}, 'a').close()\n"
pytestmark = pytest.mark.asyncio


def has_run(folder: Path) -> bool:
    return (folder / "ran").exists()


@pytest.fixture
def marked(editor: Editor, tmp_path: Path) -> None:
    """Program and pack leave the file `ran` when they run."""
    mark = tmp_path / "ran"
    for name in (MAIN, "pack/__main__.py"):
        file = editor.path(name)
        file.write_text(RAN.format(str(mark)) + file.read_text())


@pytest.mark.usefixtures("marked")
@pytest.mark.parametrize(
    "trusted",
    [
        pytest.param(lambda _folder: False, id="not-trusted"),
        pytest.param(lambda _folder: [], id="no-folder"),
        pytest.param(lambda folder: [str(folder / "pack")], id="another-folder"),
    ],
)
async def test_in_a_workspace_that_is_not_trusted_one_message_says_how_and_nothing_runs(
    editor: Editor, tmp_path: Path, trusted: Callable[[Path], object]
) -> None:
    await editor.begin(policyPack="pack", trusted=trusted(tmp_path))
    editor.open(MAIN)
    editor.save(MAIN, editor.path(MAIN).read_text())
    await until(lambda: editor.messages, "the message")
    assert await editor.hover(MAIN, 1) == ""
    assert editor.messages == [HOW_TO_TRUST]
    assert editor.client.published == []
    assert not has_run(tmp_path)
    assert started_with(tmp_path) == []


async def test_a_folder_that_is_listed_is_trusted(editor: Editor, tmp_path: Path) -> None:
    await editor.begin(policyPack="pack", trusted=[str(tmp_path / "shop"), str(tmp_path / "pack")])
    assert len(await editor.judged(lambda: editor.open(MAIN), MAIN)) == 1


@pytest.mark.usefixtures("marked")
@pytest.mark.parametrize("trusted", [True, ["/"]], ids=["all", "listed"])
async def test_a_project_outside_of_the_workspace_never_runs(
    editor: Editor, tmp_path: Path, trusted: object
) -> None:
    (tmp_path / "other").mkdir()
    await editor.begin(folders=[tmp_path / "other"], policyPack="pack", trusted=trusted)
    editor.open(MAIN)
    await until(lambda: editor.messages, "the message")
    assert editor.messages[0].startswith("preflight runs nothing outside of the folders of the")
    assert not has_run(tmp_path)


async def test_a_link_out_of_the_workspace_is_outside(editor: Editor, tmp_path: Path) -> None:
    inside = tmp_path / "inside"
    inside.mkdir()
    (inside / "link").symlink_to(tmp_path / "shop")
    await editor.begin(folders=[inside], policyPack="pack")
    editor.open("inside/link/__main__.py")
    await until(lambda: editor.messages, "the message")
    assert editor.client.published == []


async def test_a_pack_outside_of_the_workspace_is_refused(editor: Editor, tmp_path: Path) -> None:
    mark = tmp_path / "ran"
    write_pack(tmp_path / "out" / "pack", RAN.format(str(mark)))
    preflight = "packs: [{path: ../out/pack}]\n"
    editor.path("shop/preflight.yaml").write_text(preflight)
    await editor.begin(folders=[tmp_path / "shop"])
    found = await editor.judged(lambda: editor.open(MAIN), "shop/Pulumi.yaml")
    assert told(found) == [("no-verdict", 1)]
    assert "outside of the trusted folders of the workspace" in found[0].message
    assert not has_run(tmp_path)


async def test_a_folder_that_leaves_the_workspace_is_cleared(
    editor: Editor, tmp_path: Path
) -> None:
    from lsprotocol import types  # noqa: PLC0415 - for this one

    write_project(tmp_path / "next", "")
    write_pack(tmp_path / "next" / "pack", (PACKS / "demo" / "__main__.py").read_text())
    await editor.begin(folders=[tmp_path])
    editor.path("shop/preflight.yaml").write_text("packs: [{path: ../pack}]\n")
    assert len(await editor.judged(lambda: editor.open(MAIN), MAIN)) == 1
    folder = types.WorkspaceFolder(uri=tmp_path.as_uri(), name="all")
    event = types.WorkspaceFoldersChangeEvent(added=[], removed=[folder])
    params = types.DidChangeWorkspaceFoldersParams(event)
    left = await editor.judged(
        lambda: editor.client.workspace_did_change_workspace_folders(params), MAIN
    )
    assert left == []
