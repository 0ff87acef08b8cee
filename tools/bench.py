"""`nox -s bench`: what preflight and the pack cost, as ratios measured in one run.

Ratios hold on any machine; seconds do not. Each is the median over rounds in which the two sides
take turns.
"""

import argparse
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import grpc
from google.protobuf import empty_pb2, json_format
from google.protobuf.struct_pb2 import Struct
from pulumi.runtime.proto.analyzer_pb2 import AnalyzeRequest, AnalyzeStackRequest
from pulumi.runtime.proto.analyzer_pb2_grpc import AnalyzerStub

from aws_policy_pack.resource import IDENTITIES
from ops.engine import find
from ops.paths import PACK, ROOT, STACK
from ops.project import project
from ops.rehearse import rehearsed
from pulumi_loopback.errors import exit_with
from pulumi_loopback.project import LOCAL
from pulumi_loopback.target import target
from pulumi_preflight.monitor import stack_request
from pulumi_preflight.program import run_program
from pulumi_preflight.project import Project, load_project
from tools import bench_node
from tools.measured import bare_monitor, paired, ratios_of, row

# Run by the program's interpreter, as the SDK's own language host does.
PROGRAM = """
import asyncio, runpy, sys
import pulumi, pulumi.runtime
address, project, stack, program = sys.argv[1:]
sys.path.insert(0, program.rpartition("/")[0])
pulumi.runtime.set_all_config(pulumi.runtime.get_config_env(), [])
pulumi.runtime.configure(pulumi.runtime.Settings(
    monitor=address, engine=address, project=project, stack=stack, parallel=16, dry_run=True,
    organization="organization",
))
run = pulumi.runtime.run_in_stack(lambda: runpy.run_path(program, run_name="__main__"))
asyncio.new_event_loop().run_until_complete(run)
"""


def run_bare(
    address: str, program: Path, *, project: str, stack: str, config: Mapping[str, str]
) -> None:
    """Runs a program against the monitor.

    Raises:
        subprocess.CalledProcessError: The program failed.
    """
    environment = dict(os.environ, PULUMI_CONFIG=json.dumps(dict(config)))
    command = [sys.executable, "-u", "-c", PROGRAM, address, project, stack, str(program)]
    subprocess.run(command, cwd=program.parent, env=environment, check=True, capture_output=True)


EMPTY_RULE = """
from pulumi_policy import {kind}ValidationPolicy, EnforcementLevel, PolicyPack
PolicyPack("empty", policies=[{kind}ValidationPolicy(
    name="nothing", description="Nothing", validate=lambda args, report: None)])
"""
ONE_STACK_RULE = """
from aws_policy_pack.analyzer import serve
from aws_policy_pack.registry import select
serve("one", select(ids=["names-unique-logical"]))
"""
PROJECT_FILE = "runtime: python\n"
PREFLIGHT = (sys.executable, "-m", "ops.preview", "--offline", "--stack")
UNLIMITED = [("grpc.max_send_message_length", -1), ("grpc.max_receive_message_length", -1)]


def main(arguments: Sequence[str]) -> int:
    """Prints each ratio beside its goal."""
    parser = argparse.ArgumentParser(prog="nox -s bench --", description=__doc__)
    parser.add_argument("--rounds", type=int, default=7, help="rounds a ratio (default: 7)")
    rounds = parser.parse_args(arguments).rounds
    project = load_project(STACK, stack=LOCAL, config_overrides={})
    requests, whole = _requests(project)
    sys.stdout.write(f"reference stack: {len(requests)} resources; {rounds} rounds\n")
    row("preflight / bare program", _preflight(project, rounds), 1.5)
    row("preflight beside a saved run / preflight", _beside(project, rounds), 1.1)
    row("preflight beside a commit / preflight", _beside_commit(project, rounds), 2.1)
    _enginerow(rounds)
    with tempfile.TemporaryDirectory() as folder:
        empty = _pack(Path(folder) / "empty", EMPTY_RULE.format(kind="Resource"))
        empty_stack = _pack(Path(folder) / "stack", EMPTY_RULE.format(kind="Stack"))
        one = _pack(Path(folder) / "one", ONE_STACK_RULE)
        row("boot / empty pack's boot", _boot(empty, rounds), 2.0)
        with _served(PACK) as own, _served(empty) as stock, _served(empty_stack) as stock_stack:
            row(
                "all rules / one empty rule, a resource",
                paired(lambda: _analyze(own, requests), lambda: _analyze(stock, requests), rounds),
                1.3,
            )
            row(
                "all stack rules / one empty stock rule",
                paired(
                    lambda: own.AnalyzeStack(whole), lambda: stock_stack.AnalyzeStack(whole), rounds
                ),
                None,
            )
            with _served(one) as single:
                row(
                    "all stack rules / one of ours",
                    paired(
                        lambda: own.AnalyzeStack(whole), lambda: single.AnalyzeStack(whole), rounds
                    ),
                    3.0,
                )
            thousand, ten_thousand = _copies(whole, 1_000), _copies(whole, 10_000)
            ratio = paired(
                lambda: own.AnalyzeStack(ten_thousand),
                lambda: own.AnalyzeStack(thousand),
                min(rounds, 3),
            )
            row("a resource of 10,000 / of 1,000", ratio / 10, 1.2)
    bench_node.main(rounds)
    return 0


def _requests(project: Project) -> tuple[list[AnalyzeRequest], AnalyzeStackRequest]:
    """What the engine would send to a pack for the reference stack."""
    requests: list[AnalyzeRequest] = []

    def remember(request: AnalyzeRequest, _taint: object) -> Struct:
        requests.append(request)
        return request.properties

    deployment = run_program(project, check=remember)
    return requests, stack_request(deployment)


def _copies(whole: AnalyzeStackRequest, count: int) -> AnalyzeStackRequest:
    """The stack over and over, up to a number of resources, each copy under its own identities."""
    text = json_format.MessageToJson(whole)
    identities = {resource.urn for resource in whole.resources}
    for resource in whole.resources:
        identities.update(
            resource.properties.fields[key].string_value
            for key in IDENTITIES
            if key in resource.properties.fields
        )
    longest_first = sorted(filter(None, identities), key=len, reverse=True)
    whole_texts = re.compile(rf'(?<=")(?:{"|".join(map(re.escape, longest_first))})(?=\\?")')
    copies = AnalyzeStackRequest()
    for number in range(-(-count // len(whole.resources))):
        renamed = partial(_renamed, number)
        copy = json_format.Parse(whole_texts.sub(renamed, text), AnalyzeStackRequest())
        copies.resources.extend(copy.resources)
    del copies.resources[count:]
    return copies


def _renamed(number: int, identity: re.Match[str]) -> str:
    """An identity with a number at its end, or before the ending that SQS demands."""
    name, fifo, _ = identity[0].partition(".fifo")
    return f"{name}-{number}{fifo}"


def _preflight(project: Project, rounds: int) -> float:
    config = {key: value.text for key, value in project.config.items()}
    command = [*PREFLIGHT, project.stack]
    with bare_monitor() as address:
        return paired(
            lambda: subprocess.run(command, cwd=ROOT, capture_output=True, check=False),
            lambda: run_bare(
                address,
                project.root / "__main__.py",
                project=project.name,
                stack=project.stack,
                config=config,
            ),
            rounds,
        )


def _beside(project: Project, rounds: int) -> float:
    """A run that is compared with what an earlier one has saved, beside a run alone."""
    command = [*PREFLIGHT, project.stack]
    with tempfile.TemporaryDirectory() as folder:
        saved = Path(folder, "main.json")
        subprocess.run(
            [*command, "--format", f"base={saved}"], cwd=ROOT, capture_output=True, check=True
        )
        return paired(
            lambda: _checked([*command, "--base-verdict", saved], ROOT, None),
            lambda: _checked(command, ROOT, None),
            rounds,
        )


def _beside_commit(project: Project, rounds: int) -> float:
    """A run that is compared with that of the last commit, beside a run alone."""
    command = [*PREFLIGHT, project.stack]
    return paired(
        lambda: _checked([*command, "--base", "HEAD"], ROOT, None),
        lambda: _checked(command, ROOT, None),
        rounds,
    )


def _enginerow(rounds: int) -> None:
    """Preflight beside the engine's preview: the same stack, under the same pack."""
    if find() is None:
        sys.stdout.write("preflight / the engine's preview: left out, `nox -s engine` gets one\n")
        return
    local = project(STACK, LOCAL)
    with tempfile.TemporaryDirectory() as folder:
        store = Path(folder, "resources.json")
        with (
            rehearsed(target(local), Path(folder), store) as (stack, settings),
            local.gate.for_the_engine() as packs,
        ):
            command = stack.command("preview", "--config-file", settings, *packs)
            ratios = ratios_of(
                lambda: _checked([*PREFLIGHT, LOCAL], ROOT, None),
                lambda: _checked(command, stack.folder, stack.variables),
                min(rounds, 3),
            )
    row("preflight / the engine's preview", statistics.median(ratios), None)
    sys.stdout.write(f"  (from {min(ratios):.2f} to {max(ratios):.2f}, {len(ratios)} rounds)\n")


def _checked(
    command: Sequence[str | Path], folder: Path, variables: Mapping[str, str] | None
) -> None:
    """Runs a command that must end well: what stops early would look fast."""
    subprocess.run(command, cwd=folder, env=variables, capture_output=True, check=True)


def _boot(empty: Path, rounds: int) -> float:
    def boot(folder: Path) -> None:
        with _served(folder) as pack:
            pack.GetAnalyzerInfo(empty_pb2.Empty())

    return paired(lambda: boot(PACK), lambda: boot(empty), rounds)


def _analyze(pack: AnalyzerStub, requests: Sequence[AnalyzeRequest]) -> None:
    for request in requests:
        pack.Analyze(request)


def _pack(folder: Path, program: str) -> Path:
    folder.mkdir()
    (folder / "__main__.py").write_text(program, encoding="utf-8")
    (folder / "PulumiPolicy.yaml").write_text(PROJECT_FILE, encoding="utf-8")
    return folder


@contextmanager
def _served(folder: Path) -> Iterator[AnalyzerStub]:
    """Boots a pack as the engine does and connects to it."""
    command = [sys.executable, "-u", "-m", "pulumi.policy", "127.0.0.1:1", str(folder)]
    with subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, text=True) as process:
        try:
            port = int(process.stdout.readline()) if process.stdout else 0
            with grpc.insecure_channel(f"127.0.0.1:{port}", options=UNLIMITED) as channel:
                yield AnalyzerStub(channel)
        finally:
            process.kill()


if __name__ == "__main__":
    exit_with(lambda: main(sys.argv[1:]))
