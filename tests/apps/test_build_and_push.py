"""scripts/build-and-push.sh with a Docker and an AWS CLI that only note what they are told."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from ops.paths import ROOT

SCRIPT = ROOT / "scripts" / "build-and-push.sh"
REGISTRY = "123456789012.dkr.ecr.eu-west-1.amazonaws.com"


@dataclass(frozen=True)
class Tools:
    """A folder of programs that stand before the real ones on PATH, and what they were told."""

    folder: Path

    def add(self, name: str, then: str = "") -> None:
        """A program that writes its arguments down."""
        program = self.folder / name
        program.write_text(f'#!/bin/bash\necho "{name} $*" >> "{self.folder}/told"\n{then}\n')
        program.chmod(0o755)

    def told(self) -> list[str]:
        """All commands in order."""
        return (self.folder / "told").read_text().splitlines()


@pytest.fixture
def tools(tmp_path: Path) -> Tools:
    """Docker, the AWS CLI, and a stack that is deployed without the demo."""
    tools = Tools(tmp_path)
    tools.add("docker", 'test "$1" != login || cat > /dev/null')
    tools.add("aws", "echo password")
    urls = {name: f"{REGISTRY}/dagster-taskiq-{name}-dev" for name in ("dagster", "auto-scaler")}
    # The script reads outputs with `-m`, and its own JSON with `-c`.
    tools.add(
        "uv",
        f"if [[ $* == *ops.lifecycle* ]]; then echo '{json.dumps(urls)}'; exit; fi\n"
        f'exec "{sys.executable}" "${{@:5}}"',
    )
    return tools


def run(tools: Tools, *arguments: str) -> subprocess.CompletedProcess[str]:
    """The script with these tools."""
    return subprocess.run(
        [SCRIPT, *arguments],
        env={"PATH": f"{tools.folder}:{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        check=False,
    )


def version_of(folder: str) -> str:
    """The tag that stands for what is checked out."""
    git = ["git", "-C", str(ROOT)]
    revision = subprocess.check_output([*git, "rev-parse", "--short=12", "HEAD"], text=True).strip()
    changes = subprocess.check_output([*git, "status", "--porcelain", "--", folder])
    return f"{revision}-dirty" if changes else revision


@pytest.mark.parametrize("script", [SCRIPT, ROOT / ".ci" / "run"], ids=lambda script: script.name)
def test_shellcheck_has_nothing_against_a_script(script: Path) -> None:
    shellcheck = Path(sys.executable).parent / "shellcheck"

    found = subprocess.run([shellcheck, script], capture_output=True, text=True, check=False)

    assert found.stdout == ""
    assert found.returncode == 0


def test_it_builds_logs_in_once_and_pushes(tools: Tools) -> None:
    done = run(tools, "--stack", "dev", "--tag", "0.1.0", "dagster", "auto-scaler")

    assert done.stderr == ""
    assert done.returncode == 0
    expected = ["docker info"]
    for image, folder in (("dagster", "apps/dagster_app"), ("auto-scaler", "apps/auto_scaler")):
        names = [
            f"{REGISTRY}/dagster-taskiq-{image}-dev:{tag}" for tag in (version_of(folder), "0.1.0")
        ]
        tags = " ".join(f"--tag={name}" for name in names)
        expected.append(f"docker build --platform linux/amd64 {tags} {folder}")
        if image == "dagster":
            expected.append("aws ecr get-login-password --region eu-west-1")
            expected.append(f"docker login --username AWS --password-stdin {REGISTRY}")
        expected += [f"docker push {name}" for name in names]
    told = [line for line in tools.told() if not line.startswith("uv")]
    # The two ends of the pipe start in any order.
    assert sorted(told) == sorted(expected)
    assert told[-1] == expected[-1]


def test_a_dry_run_prints_the_plan_and_runs_nothing(tools: Tools) -> None:
    done = run(tools, "--dry-run", "--stack", "dev", "auto-scaler")

    name = f"{REGISTRY}/dagster-taskiq-auto-scaler-dev:{version_of('apps/auto_scaler')}"
    build, log_in, push = done.stdout.splitlines()
    assert build == f"docker build --platform linux/amd64 --tag={name} apps/auto_scaler"
    assert log_in == (
        "aws ecr get-login-password --region eu-west-1"
        f" | docker login --username AWS --password-stdin {REGISTRY}"
    )
    assert push == f"docker push {name}"
    assert all(line.startswith("uv") for line in tools.told())


def test_without_a_push_no_stack_is_asked(tools: Tools) -> None:
    assert run(tools, "--no-push").returncode == 0

    assert [line.split()[-1] for line in tools.told()] == [
        "info",
        "apps/dagster_app",
        "apps/auto_scaler",
        "apps/taskiq_demo",
    ]


def test_without_an_engine_of_docker_there_is_one_error(tools: Tools) -> None:
    tools.add("docker", "exit 1")

    done = run(tools)

    assert done.returncode == 2
    assert done.stderr == "error: Docker's engine does not answer; start it, or see 'docker info'\n"


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        pytest.param(
            ["worker"],
            "there is no image 'worker'; wanted dagster, auto-scaler or taskiq-demo",
            id="unknown-image",
        ),
        pytest.param(["--stack"], "--stack needs a value", id="no-stack"),
        pytest.param(
            ["taskiq-demo"],
            "stack local has no repository for taskiq-demo; is it enabled in its settings?",
            id="demo-is-off",
        ),
    ],
)
def test_what_cannot_be_done_is_one_error_with_exit_code_2(
    tools: Tools, arguments: list[str], told: str
) -> None:
    done = run(tools, *arguments)

    assert done.returncode == 2
    assert done.stderr == f"error: {told}\n"
