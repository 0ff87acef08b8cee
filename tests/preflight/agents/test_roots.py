"""Nothing is run, and nothing is read, outside of the folders that a server was started with."""

import json
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from pulumi_preflight.agents.command import given_roots
from pulumi_preflight.errors import PreflightError
from pulumi_preflight.roots import Roots
from tests.preflight.agents.calling import Agent
from tests.preflight.builders import GOOD, PACKS, write_pack, write_project

RAN = "open({!r}, 'a').close()\n"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A root, beside which is what nobody may run: it would leave the file `ran`."""
    marked = RAN.format(str(tmp_path / "ran"))
    write_project(tmp_path / "root" / "shop", GOOD)
    write_project(tmp_path / "outside" / "shop", marked + GOOD)
    write_pack(tmp_path / "outside" / "pack", marked)
    write_pack(tmp_path / "root" / "pack", (PACKS / "demo" / "__main__.py").read_text())
    (tmp_path / "outside" / "config.json").write_text("{}")
    (tmp_path / "outside" / "baseline.yaml").write_text("{}")
    return tmp_path / "root"


def linked_project(root: Path) -> None:
    (root / "link").symlink_to(root.parent / "outside" / "shop")


def linked_folder_above(root: Path) -> None:
    (root / "up").symlink_to(root.parent / "outside")


def linked_program(root: Path) -> None:
    (root / "shop" / "Pulumi.yaml").write_text("name: shop\nruntime: python\nmain: code\n")
    (root / "shop" / "code").symlink_to(root.parent / "outside" / "shop")


def linked_project_file(root: Path) -> None:
    (root / "shop" / "Pulumi.yaml").unlink()
    (root / "shop" / "Pulumi.yaml").symlink_to(root.parent / "outside" / "shop" / "Pulumi.yaml")


def main_outside(root: Path) -> None:
    content = {"name": "shop", "runtime": "python", "main": "../../outside/shop"}
    (root / "shop" / "Pulumi.yaml").write_text(json.dumps(content))


def binary_outside(root: Path) -> None:
    binary = root.parent / "outside" / "binary"
    binary.write_text(f"#!/bin/sh\n: > {root.parent / 'ran'}\n")
    binary.chmod(0o755)
    runtime = {"name": "go", "options": {"binary": "../../outside/binary"}}
    (root / "shop" / "Pulumi.yaml").write_text(json.dumps({"name": "shop", "runtime": runtime}))


def named_pack_outside(root: Path) -> None:
    (root / "shop" / "preflight.yaml").write_text("packs: [../../outside/pack]\n")


def linked_pack(root: Path) -> None:
    (root / "linked-pack").symlink_to(root.parent / "outside" / "pack")


def nothing(_root: Path) -> None:
    """Changes nothing."""


@pytest.mark.parametrize(
    ("arrange", "asked", "outside"),
    [
        pytest.param(nothing, {"project": "../outside/shop"}, "shop", id="project-by-dots"),
        pytest.param(nothing, {"project": "{outside}/shop"}, "shop", id="project-by-full-path"),
        pytest.param(nothing, {"project": "shop/../../outside/shop"}, "shop", id="dots-within"),
        pytest.param(linked_project, {"project": "link"}, "shop", id="project-by-a-link"),
        pytest.param(linked_folder_above, {"project": "up/shop"}, "shop", id="link-above"),
        pytest.param(linked_program, {}, "shop", id="program-by-a-link"),
        pytest.param(linked_project_file, {}, "shop/Pulumi.yaml", id="project-file-by-a-link"),
        pytest.param(main_outside, {}, "shop", id="main"),
        pytest.param(binary_outside, {}, "binary", id="compiled-program"),
        pytest.param(named_pack_outside, {}, "pack", id="pack-of-preflight.yaml"),
        pytest.param(nothing, {"packs": [{"path": "../outside/pack"}]}, "pack", id="pack"),
        pytest.param(linked_pack, {"packs": [{"path": "linked-pack"}]}, "pack", id="linked-pack"),
        pytest.param(
            nothing,
            {"packs": [{"path": "pack", "config": "../outside/config.json"}]},
            "config.json",
            id="config-of-a-pack",
        ),
        pytest.param(
            nothing, {"baseline": "../outside/baseline.yaml"}, "baseline.yaml", id="baseline"
        ),
    ],
)
def test_what_is_outside_of_the_roots_is_refused_and_does_not_run(
    root: Path, arrange: Callable[[Path], None], asked: Mapping[str, Any], outside: str
) -> None:
    arrange(root)
    text = json.dumps({"project": "shop", "stack": "dev", **asked})
    arguments = json.loads(text.replace("{outside}", str(root.parent / "outside")))
    told = Agent(root).refused("verdict", **arguments)
    first, hint = told.splitlines()
    place = root.parent / "outside" / outside
    assert first.endswith(f" is {place}, outside of the roots of this server: {root}")
    assert hint == "hint: a server that is started with one more --root may use it"
    assert not (root.parent / "ran").exists()


@pytest.mark.parametrize(
    ("arrange", "asked"),
    [
        pytest.param(nothing, {"packs": [{"path": "../outside/pack"}]}, id="named"),
        pytest.param(named_pack_outside, {"project": "shop", "stack": "dev"}, id="of-the-project"),
        pytest.param(nothing, {"project": "../outside/shop"}, id="project"),
    ],
)
def test_no_rule_of_a_pack_outside_is_explained(
    root: Path, arrange: Callable[[Path], None], asked: Mapping[str, Any]
) -> None:
    arrange(root)
    told = Agent(root).refused("explain_rule", rule="queue-is-fifo", **asked)
    assert "outside of the roots" in told
    assert not (root.parent / "ran").exists()


def test_no_findings_are_told_of_a_file_outside(root: Path) -> None:
    (root / "shop" / "secrets.py").symlink_to(root.parent / "outside" / "shop" / "__main__.py")
    for file in ("secrets.py", "../../outside/shop/__main__.py"):
        told = Agent(root).refused("findings_at", project="shop", stack="dev", file=file)
        assert told.startswith(
            f"the file {file} is {root.parent}/outside/shop/__main__.py, outside"
        )


def test_a_folder_beside_a_root_whose_name_begins_alike_is_outside(root: Path) -> None:
    write_project(root.parent / "root-2" / "shop", GOOD)
    assert "outside of the roots" in Agent(root).refused("verdict", project="../root-2/shop")


def test_a_root_may_be_a_link(root: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(root)
    answer = Agent(tmp_path / "link").call("verdict", project="shop", stack="dev", packs=[])
    assert answer["project"] == "shop"


def test_a_root_may_be_the_project_itself(root: Path) -> None:
    assert Agent(root / "shop").call("verdict", stack="dev", packs=[])["project"] == "shop"


def test_with_several_roots_the_first_that_has_a_path_counts(root: Path) -> None:
    both = Roots([root / "pack", root])
    assert both.find("shop", "the project") == root / "shop"
    assert both.find("nowhere", "the project") == root / "pack" / "nowhere"


def test_an_interpreter_may_be_outside(root: Path, tmp_path: Path) -> None:
    link = tmp_path / "outside" / "venv"
    link.mkdir()
    (link / "bin").symlink_to(Path(os.environ.get("VIRTUAL_ENV", _environment())) / "bin")
    (link / "pyvenv.cfg").write_text((_environment() / "pyvenv.cfg").read_text())
    (link / "lib").symlink_to(_environment() / "lib")
    runtime = {"name": "python", "options": {"virtualenv": "../../outside/venv"}}
    (root / "shop" / "Pulumi.yaml").write_text(json.dumps({"name": "shop", "runtime": runtime}))
    assert Agent(root).call("verdict", project="shop", stack="dev", packs=[])["project"] == "shop"


def _environment() -> Path:
    import sys  # noqa: PLC0415 - of this one

    return Path(sys.prefix)


@pytest.mark.parametrize("name", ["gone", "shop/__main__.py"], ids=["not-there", "a-file"])
def test_a_root_that_is_not_a_folder_is_refused(root: Path, name: str) -> None:
    with pytest.raises(PreflightError, match=f"--root {root / name} is not a folder"):
        given_roots([root, root / name])


def test_a_path_with_a_null_character_is_refused(root: Path) -> None:
    told = Agent(root).refused("verdict", project="shop\0")
    assert told == "the project 'shop\\x00' holds a null character, as no path does"
