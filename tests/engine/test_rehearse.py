"""`nox -s rehearse`: the reference stack's life on the real engine, under the pack."""

import hashlib
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from ops.paths import ROOT, STACK

ROW = re.compile(r"^(preview|up|up again|refresh|destroy) +\d+\.\d +(.+)$", re.MULTILINE)


def rehearse(*arguments: str | Path, path: str | None = None) -> subprocess.CompletedProcess[str]:
    """Runs the session's command, with nothing in the environment that opens a cloud or a state."""
    variables = {name: os.environ[name] for name in ("HOME", "PATH") if name in os.environ}
    if path is not None:
        variables["PATH"] = path
    return subprocess.run(
        [sys.executable, "-m", "ops.rehearse", *arguments],
        cwd=ROOT,
        env=variables,
        capture_output=True,
        text=True,
        check=False,
    )


def fingerprints(folder: Path) -> dict[str, str]:
    return {
        file.name: hashlib.sha256(file.read_bytes()).hexdigest()
        for file in folder.glob("Pulumi*.yaml")
    }


@pytest.mark.parametrize(
    "stack",
    [
        pytest.param("local", marks=pytest.mark.nightly),
        "dev",
        pytest.param("prod", marks=pytest.mark.nightly),
    ],
)
def test_the_stack_is_made_kept_and_taken_down(stack: str) -> None:
    before = fingerprints(STACK)
    ran = rehearse("--stack", stack)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    rows = {name: [int(count) for count in rest.split()] for name, rest in ROW.findall(ran.stdout)}
    created, updated, replaced, deleted, same, mandatory, _, unknown = rows["up"]
    assert created > 100
    assert (updated, replaced, deleted, same, mandatory, unknown) == (0, 0, 0, 0, 0, 0)
    assert rows["up again"][:5] == [0, 0, 0, 0, created]
    assert rows["refresh"][:5] == [0, 0, 0, 0, created]
    assert rows["destroy"][:5] == [0, 0, 0, created, 0]
    assert "PASS: all as it must be, and nothing left over" in ran.stdout
    assert fingerprints(STACK) == before


def project(folder: Path, program: str) -> Path:
    """A project with one stack `dev`, judged by the pack that its queues are named after."""
    made = folder / "shop"
    made.mkdir()
    runtime = f"{{name: python, options: {{virtualenv: {sys.prefix}}}}}"
    (made / "Pulumi.yaml").write_text(f"name: shop\nruntime: {runtime}\n", encoding="utf-8")
    settings = (
        "encryptionsalt: v1:not:ours\nconfig:\n"
        "  aws:region: us-east-1\n  shop:key:\n    secure: v1:not:ours\n"
    )
    (made / "Pulumi.dev.yaml").write_text(settings, encoding="utf-8")
    (made / "__main__.py").write_text(program, encoding="utf-8")
    return made


def test_secrets_of_another_s_key_are_no_obstacle(tmp_path: Path) -> None:
    program = "import pulumi\nassert pulumi.Config().require('key') == 'secret'\n"
    ran = rehearse("--stack", "dev", "--project", project(tmp_path, program))
    assert ran.returncode == 0, ran.stdout + ran.stderr


def test_a_mandatory_finding_ends_the_rehearsal_with_what_was_found(tmp_path: Path) -> None:
    program = (
        "import pulumi_aws as aws\n"
        "aws.sqs.Queue('orders', fifo_queue=True, fifo_throughput_limit='perMessageGroupId')\n"
    )
    ran = rehearse("--stack", "dev", "--project", project(tmp_path, program))
    assert ran.returncode == 1
    assert "sqs-fifo-throughput-scope: " in ran.stdout
    assert "FAIL: preview; nothing is left of the rehearsal" in ran.stdout


def test_a_program_that_is_never_done_is_noticed(tmp_path: Path) -> None:
    program = (
        "import time, pulumi_aws as aws\n"
        "tags = {'Project': 'shop', 'Environment': 'dev', 'ManagedBy': str(time.time_ns())}\n"
        "key = 'arn:aws:kms:us-east-1:123456789012:key/0b2c7a3e-6f57-4a51-9f0e-2f1d3b4c5d6e'\n"
        "aws.cloudwatch.LogGroup('now', retention_in_days=7, kms_key_id=key, tags=tags)\n"
    )
    ran = rehearse("--stack", "dev", "--project", project(tmp_path, program))
    assert ran.returncode == 1
    assert "there was something to do: 1 update; wanted nothing" in ran.stdout
    assert "FAIL: up again" in ran.stdout


def test_an_unknown_stack_lists_those_that_there_are() -> None:
    ran = rehearse("--stack", "stage")
    assert ran.returncode == 2
    assert ran.stdout == ""
    assert ran.stderr == (
        f"error: dagster-taskiq has no stack 'stage': {STACK / 'Pulumi.stage.yaml'} is missing\n"
        "hint: there are: dev, local, prod\n"
    )


def test_without_an_engine_it_says_how_to_get_one(tmp_path: Path) -> None:
    bare = tmp_path / "ops"
    shutil.copytree(ROOT / "ops", bare, ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "engine").mkdir()
    shutil.copy(ROOT / "engine" / "go.mod", tmp_path / "engine")
    ran = subprocess.run(
        [sys.executable, "-m", "ops.rehearse", "--project", STACK],
        cwd=tmp_path,
        env={"PATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 2, ran.stderr
    assert ran.stderr == ("error: there is no Pulumi engine here\nhint: `nox -s engine` gets one\n")
