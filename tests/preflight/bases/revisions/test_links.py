"""An environment at another place."""

import os
import subprocess
import venv
from pathlib import Path

import pytest

from pulumi_preflight.bases.revisions.links import Move, link_modules, link_virtualenv
from tests.preflight.work_trees import write


@pytest.fixture
def move(tmp_path: Path) -> Move:
    """Of a work tree with a library into another one that has it, too."""
    top = Path(os.path.realpath(tmp_path))
    for tree in ("here", "there"):
        write(top / tree, {"lib/ours.py": f"place = {tree!r}\n"})
    return Move(top / "here", top / "there")


@pytest.fixture
def environment(move: Move) -> Path:
    made = move.source / ".venv"
    venv.create(made, symlinks=True, with_pip=False)
    return made


def packages(environment: Path) -> Path:
    (found,) = environment.glob("lib/python*/site-packages")
    return found


def said(environment: Path, code: str) -> str:
    """What a program prints in an environment."""
    return subprocess.run(
        [environment / "bin" / "python", "-c", code], check=True, capture_output=True, text=True
    ).stdout.strip()


@pytest.mark.parametrize(
    "files",
    [
        pytest.param({"ours.pth": "{lib}\n"}, id="path-file"),
        pytest.param(
            {
                "ours.pth": "import _ours_editable; _ours_editable.install()\n",
                "_ours_editable.py": "import sys\nMAPPING = {{'ours': '{lib}'}}\n"
                "def install():\n    sys.path.extend(MAPPING.values())\n",
            },
            id="finder",
        ),
    ],
)
def test_what_is_installed_from_the_work_tree_is_that_of_the_other(
    move: Move, environment: Path, files: dict[str, str]
) -> None:
    lib = move.source / "lib"
    write(packages(environment), {name: text.format(lib=lib) for name, text in files.items()})
    made = move.target / ".venv"
    link_virtualenv(environment, made, move)
    assert said(environment, "import ours; print(ours.place)") == "here"
    assert said(made, "import ours; print(ours.place)") == "there"


def test_a_path_that_only_the_one_work_tree_has_stays(move: Move, environment: Path) -> None:
    write(move.source, {"generated/made.py": "place = 'here'\n"})
    write(packages(environment), {"made.pth": f"{move.source / 'generated'}\n"})
    made = move.target / ".venv"
    link_virtualenv(environment, made, move)
    assert said(made, "import made; print(made.place)") == "here"


def test_installed_packages_stay_where_they_are(move: Move, environment: Path) -> None:
    write(packages(environment), {"theirs/__init__.py": "", "one.py": ""})
    made = move.target / ".venv"
    link_virtualenv(environment, made, move)
    assert said(made, "import sys; print(sys.prefix)") == str(made)
    told = said(made, "import os, one, theirs; print(os.path.realpath(theirs.__path__[0]))")
    assert told == str(packages(environment) / "theirs")


def test_members_of_a_node_workspace_are_those_of_the_other_work_tree(move: Move) -> None:
    for tree in (move.source, move.target):
        write(tree, {"libs/ours/package.json": "{}", "libs/own/package.json": "{}"})
    modules = move.source / "node_modules"
    write(modules, {"theirs/package.json": "{}", "@they/one/package.json": "{}"})
    write(move.source, {"libs/ours/node_modules/deep/package.json": "{}"})
    (modules / "ours").symlink_to("../libs/ours")
    (modules / "@they" / "own").symlink_to("../../libs/own")
    made = move.target / "node_modules"
    link_modules(modules, made, move)
    assert (made / "ours").resolve() == move.target / "libs" / "ours"
    assert (made / "@they" / "own").resolve() == move.target / "libs" / "own"
    assert (made / "theirs").resolve() == modules / "theirs"
    assert (made / "@they" / "one").resolve() == modules / "@they" / "one"
    deep = move.source / "libs" / "ours" / "node_modules" / "deep"
    assert (move.target / "libs" / "ours" / "node_modules" / "deep").resolve() == deep
