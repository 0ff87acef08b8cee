"""Runtimes that packages add."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from ops.paths import ROOT
from pulumi_preflight import ProgramError, ProjectError, Unknown, Verdict, run
from pulumi_preflight.runtimes import GROUP, runtimes

# A language in which each line is the name of a queue, and a runner that knows no SDK of a
# provider.
FINDING = """\
import sys
from pathlib import Path
from pulumi_preflight.runtimes import Launch

def find(source, variables):
    return Launch(
        command=(sys.executable, str(Path(__file__).with_name("runner.py"))),
        program=source.file.parent / (source.main or "program.txt"),
        working_directory=source.file.parent,
        variables={"GREETING": source.options.get("greeting"), "HOME": None},
        bounds_callbacks=source.options.get("bounds", True),
    )
"""
RUNNER = """\
import json, os, socket, sys, threading
import grpc
from pulumi.runtime.proto.resource_pb2 import RegisterResourceRequest
from pulumi.runtime.proto.resource_pb2_grpc import ResourceMonitorStub

lines = socket.socket(fileno=int(sys.argv[1])).makefile("rw")

def send(message):
    lines.write(json.dumps(message) + "\\n")
    lines.flush()

def answer():
    for _ in lines:
        send({"answer": {"failed": "no SDK"}})

settings = json.loads(lines.readline())
threading.Thread(target=answer, daemon=True).start()
print(os.environ.get("GREETING"), "HOME" in os.environ, flush=True)
with grpc.insecure_channel(settings["sdk"]["monitor"]) as channel:
    monitor = ResourceMonitorStub(channel)
    for number, name in enumerate(open(settings["program"]).read().split(), 1):
        if name == "stop":
            frame = {"file": settings["program"], "line": number, "function": "", "text": name}
            send({"ended": "exit", "code": "3", "frames": [frame], "functions": []})
            os._exit(3)
        monitor.RegisterResource(
            RegisterResourceRequest(type="aws:sqs/queue:Queue", name=name, custom=True)
        )
send({"ended": "well"})
os._exit(0)
"""
PROJECT = "name: shop\nruntime: {{name: text, options: {{greeting: hello{0}}}}}\n"


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A package that adds the runtime `text`; gives its folder."""
    folder = tmp_path / "package"
    info = folder / "text_runtime-1.0.dist-info"
    info.mkdir(parents=True)
    (folder / "text_runtime.py").write_text(FINDING)
    (folder / "runner.py").write_text(RUNNER)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: text-runtime\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(f"[{GROUP}]\ntext = text_runtime:find\n")
    monkeypatch.syspath_prepend(folder)
    yield folder
    sys.modules.pop("text_runtime", None)


def judged(folder: Path, program: str, options: str = "") -> Verdict:
    folder.mkdir(exist_ok=True)
    (folder / "Pulumi.yaml").write_text(PROJECT.format(options))
    (folder / "program.txt").write_text(program)
    return run(folder, stack="dev", config={"aws:region": "eu-west-1"})


@pytest.mark.usefixtures("package")
def test_a_package_adds_a_runtime(tmp_path: Path) -> None:
    verdict = judged(tmp_path / "shop", "orders\nmails\n")
    assert {queue.name for queue in verdict.of_type("aws:sqs/queue:Queue")} == {"orders", "mails"}


@pytest.mark.usefixtures("package")
def test_outputs_are_filled_in_without_an_sdk_of_the_language(tmp_path: Path) -> None:
    verdict = judged(tmp_path / "shop", "orders\n")
    arn = verdict.resource("aws:sqs/queue:Queue", "orders").outputs["arn"]
    assert str(arn).startswith("arn:aws:sqs:eu-west-1:")


@pytest.mark.usefixtures("package")
def test_outputs_stay_unknown_where_nothing_bounds_callbacks(tmp_path: Path) -> None:
    verdict = judged(tmp_path / "shop", "orders\n", ", bounds: false")
    assert verdict.resource("aws:sqs/queue:Queue", "orders").outputs["arn"] is Unknown.UNKNOWN
    assert any("callbacks of text from acting" in note.text for note in verdict.notes)


@pytest.mark.usefixtures("package")
def test_the_user_may_fill_them_in_all_the_same(tmp_path: Path) -> None:
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop" / "preflight.yaml").write_text("fill: true\n")
    verdict = judged(tmp_path / "shop", "orders\n", ", bounds: false")
    arn = verdict.resource("aws:sqs/queue:Queue", "orders").outputs["arn"]
    assert str(arn).startswith("arn:aws:sqs:eu-west-1:")


@pytest.mark.usefixtures("package")
def test_the_process_has_the_variables_of_its_runtime(tmp_path: Path) -> None:
    assert judged(tmp_path / "shop", "").printed == "hello False\n"


@pytest.mark.usefixtures("package")
def test_an_end_that_the_process_tells_of_has_its_place(tmp_path: Path) -> None:
    with pytest.raises(ProgramError, match=r"(?s)exited with 3.*program\.txt:2: stop"):
        judged(tmp_path / "shop", "orders\nstop\n")


def test_a_runtime_that_nobody_adds_is_one_error(tmp_path: Path) -> None:
    with pytest.raises(
        ProjectError,
        match=r"Pulumi\.yaml: runtime is 'text'; .* there is no pulumi-language-text on PATH",
    ):
        judged(tmp_path / "shop", "")


def test_another_language_runs_by_pulumis_own_host(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    host = tmp_path / "bin" / "pulumi-language-snake"
    host.parent.mkdir()
    host.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{ROOT}/engine" 1.0.0 "$@"\n')
    host.chmod(0o755)
    monkeypatch.setenv("PATH", f"{host.parent}{os.pathsep}{os.environ['PATH']}")
    (tmp_path / "Pulumi.yaml").write_text(
        f"name: shop\nruntime: {{name: snake, options: {{virtualenv: {sys.prefix}}}}}\n"
    )
    (tmp_path / "__main__.py").write_text(
        "import pulumi\n"
        "pulumi.CustomResource('aws:sqs/queue:Queue', 'orders', {'name': 'orders'})\n"
    )
    verdict = run(tmp_path, stack="dev", config={"aws:region": "eu-west-1"})
    assert verdict.resource("aws:sqs/queue:Queue", "orders").inputs == {"name": "orders"}
    assert any("callbacks of snake from acting" in note.text for note in verdict.notes)


def test_what_a_host_refuses_is_one_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    host = tmp_path / "bin" / "pulumi-language-snake"
    host.parent.mkdir()
    host.write_text("#!/bin/sh\necho no port\n")
    host.chmod(0o755)
    monkeypatch.setenv("PATH", f"{host.parent}{os.pathsep}{os.environ['PATH']}")
    (tmp_path / "Pulumi.yaml").write_text("name: shop\nruntime: snake\n")
    with pytest.raises(ProgramError, match="the language host said 'no port'; wanted its port"):
        run(tmp_path, stack="dev")


def test_a_runtime_that_cannot_be_loaded_is_one_error(package: Path, tmp_path: Path) -> None:
    (package / "text_runtime.py").write_text("")
    with pytest.raises(
        ProjectError, match="the runtime 'text' of text-runtime cannot be loaded: AttributeError"
    ):
        judged(tmp_path / "shop", "")


@pytest.mark.usefixtures("package")
def test_the_runtimes_are_those_of_preflight_and_of_packages() -> None:
    assert runtimes() == ("python", "nodejs", "yaml", "go", "text")
