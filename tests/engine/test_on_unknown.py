"""What becomes of a mandatory rule in the engine's preview of a new stack, by `onUnknown`."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from ops.paths import PACK
from pulumi_loopback.engine import Engine
from pulumi_preflight.provider import rehearsal_provider
from tests.engine.own_home import STREAMED, own_variables

RULE = "sqs-redrive-policy-shape"
PROJECT = """\
name: shop
runtime:
  name: python
  options:
    toolchain: pip
    virtualenv: venv
"""
PROGRAM = """\
import pulumi
import pulumi_aws as aws

dead = aws.sqs.Queue("dead")
policy = pulumi.Output.json_dumps({"deadLetterTargetArn": dead.arn, "maxReceiveCount": 5})
aws.sqs.Queue("jobs", redrive_policy=policy)
"""
UNKNOWN = "`redrivePolicy` is not known yet"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A program whose redrive policy the engine knows only after the first queue is there."""
    (tmp_path / "Pulumi.yaml").write_text(PROJECT)
    (tmp_path / "__main__.py").write_text(PROGRAM)
    (tmp_path / "venv").symlink_to(sys.prefix)
    (tmp_path / "backend").mkdir()
    return tmp_path


def preview(engine: Engine, project: Path, mode: str) -> tuple[int, list[tuple[str, str]]]:
    """Gives the preview's exit code, and level and message of each policy event."""
    profile = project / "profile.json"
    settings = {"enforcementLevel": "mandatory", "onUnknown": mode}
    profile.write_text(json.dumps({"all": "disabled", RULE: settings}))
    with rehearsal_provider(project / "store") as port:
        debugged = {"PULUMI_DEBUG_PROVIDERS": f"aws:{port}"}
        variables = own_variables(engine, project) | STREAMED | debugged

        def run(*arguments: str) -> subprocess.CompletedProcess[str]:
            return subprocess.run(
                [engine.pulumi, *arguments, "--stack", "dev", "--non-interactive"],
                cwd=project,
                env=variables,
                capture_output=True,
                text=True,
                check=False,
            )

        run("stack", "init").check_returncode()
        packs = ("--policy-pack", str(PACK), "--policy-pack-config", str(profile))
        ended = run("preview", "--json", *packs)
    assert ended.stdout, ended.stderr
    events = [json.loads(line) for line in ended.stdout.splitlines()]
    found = [event["policyEvent"] for event in events if "policyEvent" in event]
    return ended.returncode, [(each["enforcementLevel"], each["message"]) for each in found]


def test_report_says_so_and_lets_the_preview_pass(engine: Engine, project: Path) -> None:
    status, [(level, message)] = preview(engine, project, "report")
    assert (status, level) == (0, "advisory")
    assert f"not evaluated: jobs: {UNKNOWN}" in message


def test_fail_stops_the_preview(engine: Engine, project: Path) -> None:
    status, [(level, message)] = preview(engine, project, "fail")
    assert (status != 0, level) == (True, "mandatory")
    assert f"jobs: {UNKNOWN}; wanted a value that can be judged" in message


def test_ignore_says_nothing_and_lets_the_preview_pass(engine: Engine, project: Path) -> None:
    assert preview(engine, project, "ignore") == (0, [])
