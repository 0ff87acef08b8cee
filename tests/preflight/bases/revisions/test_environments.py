"""The environments of a revision, made by the real package managers without any network."""

import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from shutil import which

import pytest

from pulumi_preflight.bases.revisions.environments import Environments
from pulumi_preflight.bases.revisions.links import Move
from pulumi_preflight.errors import BaseError
from tests.preflight.work_trees import write


@pytest.fixture
def move(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Move:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.delenv("UV_PROJECT_ENVIRONMENT", raising=False)
    top = Path(os.path.realpath(tmp_path))
    for tree in ("here", "there"):
        (top / tree / "infra").mkdir(parents=True)
    return Move(top / "here", top / "there")


def wheel(folder: Path, version: str) -> str:
    """A package of one module, which knows its version; gives the file's name."""
    name = f"theirs-{version}-py3-none-any.whl"
    about = f"theirs-{version}.dist-info"
    with zipfile.ZipFile(folder / name, "w") as archive:
        archive.writestr("theirs.py", f"version = {version!r}\n")
        archive.writestr(
            f"{about}/METADATA", f"Metadata-Version: 2.1\nName: theirs\nVersion: {version}\n"
        )
        archive.writestr(
            f"{about}/WHEEL",
            "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        )
        archive.writestr(f"{about}/RECORD", "")
    return name


def version_in(environment: Path) -> str:
    return subprocess.run(
        [environment / "bin" / "python", "-c", "import theirs; print(theirs.version)"],
        check=True,
        capture_output=True,
        text=True,
    ).stdout.strip()


def with_requirements(folder: Path, version: str) -> None:
    write(folder, {"requirements.txt": f"./{wheel(folder, version)}\n"})


def with_uv(folder: Path, version: str) -> None:
    name = wheel(folder, version)
    project = (
        '[project]\nname = "shop"\nversion = "1"\nrequires-python = ">=3.11"\n'
        'dependencies = ["theirs"]\n'
        f'[tool.uv.sources]\ntheirs = {{ path = "{name}" }}\n'
    )
    write(folder, {"pyproject.toml": project})
    command = ["uv", "lock", "--offline", "--quiet", "--python", sys.executable]
    subprocess.run(command, cwd=folder, check=True)


@pytest.mark.parametrize(
    ("locked", "place"),
    [
        pytest.param(with_requirements, "venv", id="pip"),
        pytest.param(with_uv, ".venv", id="uv"),
    ],
)
def test_another_lock_gets_an_environment_of_its_own(
    move: Move, locked: Callable[[Path, str], None], place: str
) -> None:
    locked(move.source / "infra", "2.0")
    locked(move.target / "infra", "1.0")
    environments = Environments(move)
    environments.settle(move.source / "infra")
    made = move.target / "infra" / place
    assert version_in(made) == "1.0"
    assert environments.variables(move.target.parent)["VIRTUAL_ENV"] == str(made)


def test_the_environment_of_a_lock_is_made_once(move: Move, tmp_path: Path) -> None:
    with_requirements(move.source / "infra", "2.0")
    with_requirements(move.target / "infra", "1.0")
    Environments(move).settle(move.source / "infra")
    later = Move(move.source, Path(os.path.realpath(tmp_path)) / "later")
    (later.target / "infra").mkdir(parents=True)
    with_requirements(later.target / "infra", "1.0")
    (later.target / "infra" / "theirs-1.0-py3-none-any.whl").unlink()
    Environments(later).settle(later.source / "infra")
    assert version_in(later.target / "infra" / "venv") == "1.0"


def test_an_environment_that_cannot_be_made_is_told_in_one_line(move: Move) -> None:
    with_requirements(move.source / "infra", "2.0")
    write(move.target, {"infra/requirements.txt": "./missing-1.0-py3-none-any.whl\n"})
    with pytest.raises(BaseError, match=r"^its environment cannot be made: .*missing-1.0") as told:
        Environments(move).settle(move.source / "infra")
    assert "\n" not in str(told.value)


@pytest.mark.skipif(which("npm") is None and "CI" not in os.environ, reason="npm is not on PATH")
def test_another_lock_of_npm_gets_modules_of_its_own(move: Move) -> None:
    for top, version in ((move.source, "2.0.0"), (move.target, "1.0.0")):
        write(
            top,
            {
                "package.json": json.dumps({"name": "shop", "workspaces": ["libs/*"]}),
                "libs/ours/package.json": json.dumps({"name": "ours", "version": version}),
                "libs/ours/index.js": f"module.exports = '{version}'\n",
            },
        )
        command = ["npm", "install", "--package-lock-only", "--offline", "--no-audit"]
        subprocess.run(command, cwd=top, check=True, capture_output=True)
    write(move.source, {"node_modules/of-today/package.json": "{}"})
    Environments(move).settle(move.source)
    made = move.target / "node_modules"
    assert (made / "ours").resolve() == move.target / "libs" / "ours"
    assert not (made / "of-today").exists()


def test_without_any_lock_the_environment_is_todays(move: Move) -> None:
    write(move.source, {"infra/node_modules/theirs/package.json": "{}"})
    Environments(move).settle(move.source / "infra")
    assert (move.target / "infra" / "node_modules" / "theirs" / "package.json").is_file()


def test_what_lies_outside_of_the_repository_needs_nothing(move: Move, tmp_path: Path) -> None:
    write(tmp_path, {"pack/.venv/pyvenv.cfg": ""})
    Environments(move).settle(tmp_path / "pack")
    assert sorted(each.name for each in move.target.iterdir()) == ["infra"]
