"""Programs in Go: what needs no compiler in each run, what does in the night."""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from pulumi_preflight import ProgramError, ProjectError, Verdict, run
from pulumi_preflight.resource import Unknown

PROGRAM = Path(__file__).parents[1] / "programs_go"
QUEUE = "aws:sqs/queue:Queue"


def project(folder: Path, options: dict[str, Any] | None = None, main: str = "") -> Path:
    runtime = {"name": "go", "options": options or {}}
    content = {"name": "shop", "runtime": runtime, **({"main": main} if main else {})}
    (folder / "Pulumi.yaml").write_text(json.dumps(content))
    return folder


def judged(folder: Path, name: str = "orders") -> Verdict:
    return run(folder, stack="dev", config={"aws:region": "eu-west-1", "shop:name": name})


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The program, compiled."""
    binary = tmp_path_factory.mktemp("go") / "shop"
    go = shutil.which("go")
    assert go is not None, "these tests need Go"
    subprocess.run([go, "build", "-o", binary, "."], cwd=PROGRAM, check=True)
    return binary


@pytest.mark.nightly
def test_a_program_is_built_and_judged_at_its_lines(tmp_path: Path) -> None:
    shutil.copytree(PROGRAM, tmp_path / "infra")
    verdict = judged(project(tmp_path, main="infra"))
    resource = verdict.resource(QUEUE, "orders")
    assert resource.inputs == {"fifoQueue": True}
    assert resource.position is not None
    assert (resource.position.file, resource.position.line) == ("infra/main.go", 31)


@pytest.mark.nightly
def test_a_compiled_program_is_run_as_it_is(tmp_path: Path, built: Path) -> None:
    verdict = judged(project(tmp_path, {"binary": str(built)}))
    assert verdict.resource(QUEUE, "orders").name == "orders"


@pytest.mark.nightly
def test_callbacks_on_what_only_a_deployment_tells_do_not_run(tmp_path: Path, built: Path) -> None:
    verdict = judged(project(tmp_path, {"binary": str(built)}))
    assert verdict.printed == ""
    assert verdict.outputs == {"arn": Unknown.UNKNOWN}
    assert any("callbacks of go from acting" in note.text for note in verdict.notes)


@pytest.mark.nightly
def test_a_name_that_the_provider_makes_is_known(tmp_path: Path, built: Path) -> None:
    verdict = judged(project(tmp_path, {"binary": str(built)}))
    name = verdict.resource(QUEUE, "orders").outputs["name"]
    assert re.fullmatch(r"orders-[0-9a-f]{7}\.fifo", str(name))


@pytest.mark.nightly
def test_they_run_where_the_user_says_so(tmp_path: Path, built: Path) -> None:
    (tmp_path / "preflight.yaml").write_text("fill: true")
    verdict = judged(project(tmp_path, {"binary": str(built)}))
    assert verdict.printed == "ran\n"


@pytest.mark.nightly
def test_an_error_of_the_program_is_its_text(tmp_path: Path, built: Path) -> None:
    with pytest.raises(ProgramError, match="there is no queue"):
        judged(project(tmp_path, {"binary": str(built)}), "none")


@pytest.mark.nightly
def test_a_program_that_cannot_be_built_shows_the_compilers_lines(tmp_path: Path) -> None:
    (tmp_path / "go.mod").write_text("module shop\n\ngo 1.24\n")
    (tmp_path / "main.go").write_text("package main\n\nfunc main() { nobody() }\n")
    with pytest.raises(ProgramError, match=r"(?s)^the program cannot be built:\n.*main\.go:3:15"):
        judged(project(tmp_path))


def test_a_compiled_program_that_is_not_there_is_one_error(tmp_path: Path) -> None:
    with pytest.raises(ProjectError, match=r"binary is 'bin/shop'; wanted a program, and "):
        judged(project(tmp_path, {"binary": "bin/shop"}))


def test_an_option_of_another_kind_is_one_error(tmp_path: Path) -> None:
    with pytest.raises(ProjectError, match=r"runtime\.options\.binary is 3; wanted a text"):
        judged(project(tmp_path, {"binary": 3}))


def test_a_main_that_is_not_there_is_one_error(tmp_path: Path) -> None:
    with pytest.raises(ProjectError, match=r"main is 'infra'; wanted a folder that exists"):
        judged(project(tmp_path, main="infra"))


def test_a_machine_without_go_is_one_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", os.fspath(tmp_path))
    with pytest.raises(ProjectError, match="there is no `go` on PATH to build it") as raised:
        judged(project(tmp_path))
    assert raised.value.hint is not None
    assert "binary under runtime.options" in raised.value.hint
