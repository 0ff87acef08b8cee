"""A pack that is an executable is started and asked by preflight as by the engine."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from pulumi_loopback.engine import Engine
from tests import executable_pack
from tests.engine.own_home import STREAMED, own_variables

PROJECT = """\
name: shop
main: program
runtime:
  name: python
  options:
    toolchain: pip
    virtualenv: venv
"""
PROGRAM = """\
import pulumi

pulumi.ComponentResource("shop:index:Thing", "thing")
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "shop"
    (folder / "program").mkdir(parents=True)
    (folder / "Pulumi.yaml").write_text(PROJECT)
    (folder / "program" / "__main__.py").write_text(PROGRAM)
    (folder / "venv").symlink_to(sys.prefix)
    (folder / "backend").mkdir()
    return folder


def run(project: Path, engine: Engine, *command: str | Path) -> list[Any]:
    variables = own_variables(engine, project) | STREAMED
    ended = subprocess.run(
        command, cwd=project, env=variables, capture_output=True, text=True, check=False
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    if command[0] == engine.pulumi:
        return [json.loads(line) for line in ended.stdout.splitlines() if line.startswith("{")]
    return [json.loads(ended.stdout)]


def test_both_tell_it_the_same_in_the_same_order(
    project: Path, tmp_path: Path, engine: Engine
) -> None:
    pack = executable_pack.write(tmp_path / "packs" / "bare")
    run(project, engine, engine.pulumi, "stack", "init", "--stack", "dev", "--non-interactive")
    preview = ("preview", "--json", "--stack", "dev", "--non-interactive", "--policy-pack", pack)
    lines = run(project, engine, engine.pulumi, *preview)
    events = [each["policyEvent"] for each in lines if "policyEvent" in each]
    expected = sorted((each["resourceUrn"], each["message"].strip()) for each in events)
    preflight = Path(sys.executable).with_name("preflight")
    judge = (".", "--stack", "dev", "--format", "json", "--policy-pack", pack)
    [verdict] = run(project, engine, preflight, *judge)
    told = sorted((each["urn"], each["message"]) for each in verdict["findings"])
    assert [urn for urn, _ in told] == [urn for urn, _ in expected]
    for (_, own), (_, engines) in zip(told, expected, strict=True):
        if own.startswith("{"):
            assert json.loads(own) == json.loads(engines)
        else:
            assert own == engines
    assert len(told) == 2
