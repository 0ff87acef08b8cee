"""docs/editor.md, and the settings under editors/."""

import json
import os
import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest

from ops.paths import ROOT
from pulumi_preflight.language_server.settings import Settings, read_settings
from tools.editor_screens import PAGE, captured, shown, without_days

EDITORS = ROOT / "editors"


def needed(program: str) -> None:
    """Leaves a test out where a program is missing, and fails it in CI."""
    if shutil.which(program) is None:
        message = f"{program} is not on PATH, and an editor's settings are tried with it"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)


def settings() -> list[str]:
    return [field.alias or name for name, field in Settings.model_fields.items()]


def test_the_page_names_every_setting() -> None:
    rows = re.findall(r"^\| `(\w+)` \|", PAGE.read_text("utf-8"), re.MULTILINE)
    assert rows == settings()


def test_the_lines_of_helix_are_settings_that_are_taken() -> None:
    lines = tomllib.loads((EDITORS / "helix" / "languages.toml").read_text("utf-8"))
    server = lines["language-server"]["preflight"]
    assert [server["command"], *server["args"]] == ["preflight", "lsp"]
    assert read_settings(server["config"]).trusted == ("~/work/infra",)
    assert all("preflight" in each["language-servers"] for each in lines["language"])


def test_the_extension_of_vs_code_sets_what_is_taken_and_leaves_trust_to_the_editor() -> None:
    package = json.loads((EDITORS / "vscode" / "package.json").read_text("utf-8"))
    properties = package["contributes"]["configuration"]["properties"]
    names = {name.removeprefix("preflight.") for name in properties}
    assert names == {*settings(), "command"} - {"trusted"}
    # A workspace could name another program.
    assert properties["preflight.command"]["scope"] == "machine"
    code = (EDITORS / "vscode" / "extension.js").read_text("utf-8")
    assert "trusted: vscode.workspace.isTrusted" in code


def test_the_extension_of_vs_code_is_a_program_that_node_reads() -> None:
    needed("node")
    command = ["node", "--check", str(EDITORS / "vscode" / "extension.js")]
    subprocess.run(command, check=True)


def test_the_client_of_the_extension_is_pinned() -> None:
    folder: Path = EDITORS / "vscode"
    package = json.loads((folder / "package.json").read_text("utf-8"))
    lock = json.loads((folder / "package-lock.json").read_text("utf-8"))
    name, version = next(iter(package["dependencies"].items()))
    assert lock["packages"][f"node_modules/{name}"]["version"] == version
    assert all("integrity" in each for path, each in lock["packages"].items() if path)


@pytest.mark.nightly
def test_the_screens_of_the_page_are_what_neovim_shows() -> None:
    needed("nvim")
    needed("tmux")
    screens = without_days(captured())
    page = without_days(shown(PAGE.read_text("utf-8")))
    assert page == {name: screens[name] for name in page}
