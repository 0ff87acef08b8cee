"""A pack boots beside the program, and both need the messages of the SDK, not the SDK itself."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.preflight.builders import write_pack
from tests.preflight.running import WriteProject

# Notes who imports the first module that each side needs, and takes long enough for the other side.
SLOW_IMPORTS = """
import sys, time
from importlib.machinery import PathFinder, SourceFileLoader


class Slow(SourceFileLoader):
    def exec_module(self, module):
        self.note()
        time.sleep(1)
        self.note()
        super().exec_module(module)

    def note(self):
        with open({notes!r}, "a") as notes:
            notes.write(self.name + "\\n")


class Finder:
    def find_spec(self, name, path, target=None):
        if name in ("pulumi_preflight.packs.pack", "pulumi_preflight.model"):
            spec = PathFinder.find_spec(name, path)
            spec.loader = Slow(name, spec.loader.path)
            return spec


if "preflight" in sys.orig_argv[1]:
    sys.meta_path.insert(0, Finder())
"""

SILENT_PACK = """
from pulumi_policy import PolicyPack, ResourceValidationPolicy

PolicyPack("silent", [ResourceValidationPolicy("silence", "Silent.", lambda args, report: None)])
"""


def test_a_pack_and_the_program_never_import_the_sdk_at_the_same_time(
    write_project: WriteProject, tmp_path: Path
) -> None:
    project = write_project("")
    notes = tmp_path / "notes"
    slow = tmp_path / "slow"
    slow.mkdir()
    (slow / "sitecustomize.py").write_text(SLOW_IMPORTS.format(notes=str(notes)))
    pack = write_pack(tmp_path / "pack", SILENT_PACK)
    preflight = Path(sys.executable).with_name("preflight")
    ended = subprocess.run(
        [preflight, project, "--stack", "dev", "--policy-pack", pack],
        env=os.environ | {"PYTHONPATH": str(slow)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    first, second, third, fourth = notes.read_text().split()
    assert (first, third) == (second, fourth)


def test_messages_come_without_the_sdk_until_something_of_it_is_used() -> None:
    lines = """
import sys
from pulumi_preflight.startup import defer_sdk

defer_sdk()
from pulumi.runtime.proto import analyzer_pb2
print("pulumi.output" in sys.modules)
import pulumi
print(pulumi.Output.__name__, pulumi.runtime.Mocks.__name__, "pulumi.output" in sys.modules)
from pulumi.runtime.proto.analyzer_pb2 import AnalyzeRequest
print(AnalyzeRequest is analyzer_pb2.AnalyzeRequest)
"""
    ended = subprocess.run(
        [sys.executable, "-c", lines], capture_output=True, text=True, check=False
    )
    assert ended.stderr == ""
    assert ended.stdout.splitlines() == ["False", "Output Mocks True", "True"]


def test_a_run_over_sockets_alone_loads_nothing_of_grpc(
    write_project: WriteProject, tmp_path: Path
) -> None:
    project = write_project("import pulumi\npulumi.ComponentResource('a:b:C', 'one')\n")
    pack = write_pack(
        tmp_path / "pack",
        "from aws_policy_pack.analyzer import serve\nserve('ours', [])\n",
    )
    lines = """
import sys
from pulumi_preflight.cli import main

status = main(sys.argv[1:])
print(status, [name for name in sys.modules if name.startswith("grpc.")], file=sys.stderr)
"""
    command = [sys.executable, "-c", lines, str(project), "--stack", "dev"]
    command += ["--policy-pack", str(pack)]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ended.stderr == "0 []\n", ended.stdout


def test_threads_that_use_grpc_for_the_first_time_all_meet_the_whole_of_it() -> None:
    lines = """
import threading
from pulumi_preflight.startup import defer_sdk

defer_sdk()
import grpc
start, met = threading.Barrier(8), []

def use():
    start.wait()
    met.append(grpc.insecure_channel)

threads = [threading.Thread(target=use) for _ in range(8)]
for each in threads:
    each.start()
for each in threads:
    each.join()
print(len(met))
"""
    ended = subprocess.run(
        [sys.executable, "-c", lines], capture_output=True, text=True, check=False
    )
    assert (ended.stdout, ended.stderr) == ("8\n", "")


def test_an_sdk_that_is_in_use_already_stays() -> None:
    lines = """
import pulumi
from pulumi_preflight.startup import defer_sdk

used = pulumi
defer_sdk()
import pulumi
print(pulumi is used)
"""
    ended = subprocess.run(
        [sys.executable, "-c", lines], capture_output=True, text=True, check=False
    )
    assert (ended.stdout, ended.stderr) == ("True\n", "")


@pytest.mark.parametrize("module", ["pulumi.runtime.rpc", "pulumi.output", "pulumi.automation"])
def test_a_module_of_the_sdk_may_be_the_first_that_is_used(module: str) -> None:
    lines = f"""
import sys
from pulumi_preflight.startup import defer_sdk

defer_sdk()
import {module} as first
import pulumi
print(first is sys.modules["{module}"], first.__spec__.origin == first.__file__)
print(pulumi.Output.__name__)
"""
    ended = subprocess.run(
        [sys.executable, "-c", lines], capture_output=True, text=True, check=False
    )
    assert (ended.stdout, ended.stderr) == ("True True\nOutput\n", "")
