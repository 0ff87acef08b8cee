"""scripts/build-and-push.sh with a Docker and an AWS CLI that only note what they are told."""

import json
import os
import shutil
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


def run(
    tools: Tools, *arguments: str, path: str | None = None, script: Path = SCRIPT
) -> subprocess.CompletedProcess[str]:
    """The script with these tools."""
    return subprocess.run(
        [script, *arguments],
        env={"PATH": path or f"{tools.folder}:{os.environ['PATH']}"},
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
        if image == "dagster":
            expected.append("aws ecr get-login-password --region eu-west-1")
            expected.append(f"docker login --username AWS --password-stdin {REGISTRY}")
        expected.append(f"docker build --platform linux/amd64 {tags} {folder}")
        expected += [f"docker push {name}" for name in names]
    assert [line for line in tools.told() if not line.startswith("uv")] == expected


def test_a_dry_run_prints_the_plan_and_runs_nothing(tools: Tools) -> None:
    done = run(tools, "--dry-run", "--stack", "dev", "auto-scaler")

    name = f"{REGISTRY}/dagster-taskiq-auto-scaler-dev:{version_of('apps/auto_scaler')}"
    log_in, build, push = done.stdout.splitlines()
    assert build == f"docker build --platform linux/amd64 --tag={name} apps/auto_scaler"
    assert log_in == (
        "aws ecr get-login-password --region eu-west-1"
        f" | docker login --username AWS --password-stdin {REGISTRY}"
    )
    assert push == f"docker push {name}"
    assert all(line.startswith("uv") for line in tools.told())


def test_nothing_is_pushed_to_a_registry_that_an_emulator_invented(tools: Tools) -> None:
    done = run(tools, "dagster")

    assert done.returncode == 2
    assert done.stderr == (
        "error: the local stack's endpoint has no registry; wanted LocalStack, which has one\n"
    )


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


def test_without_an_aws_login_nothing_is_built(tools: Tools) -> None:
    tools.add("aws", "echo 'Unable to locate credentials.' >&2; exit 253")

    done = run(tools, "--stack", "dev", "dagster")

    assert done.returncode == 2
    assert done.stderr == (
        "Unable to locate credentials.\n"
        f"error: AWS gives no password for {REGISTRY}; sign in, and see"
        " 'aws sts get-caller-identity'\n"
    )
    assert not any(line.startswith("docker build") for line in tools.told())


def test_a_registry_that_refuses_the_login_is_one_error(tools: Tools) -> None:
    tools.add("docker", 'test "$1" != login || { cat > /dev/null; exit 1; }')

    done = run(tools, "--stack", "dev", "dagster")

    assert done.returncode == 2
    assert done.stderr == f"error: {REGISTRY} refuses the password that AWS gave\n"


def test_an_image_that_cannot_be_built_is_not_pushed(tools: Tools) -> None:
    tools.add("docker", 'test "$1" != login || cat > /dev/null; test "$1" != build || exit 1')

    done = run(tools, "--stack", "dev", "dagster", "auto-scaler")

    assert done.returncode == 1
    assert [line.split()[1] for line in tools.told() if line.startswith("docker")] == [
        "info",
        "login",
        "build",
    ]


@pytest.mark.parametrize(
    ("missing", "told"),
    [
        pytest.param("docker", "wanted Docker, which builds the images", id="docker"),
        pytest.param("aws", "wanted the AWS CLI, which logs in to ECR", id="aws"),
        pytest.param("uv", "wanted uv, which runs this project's Python", id="uv"),
    ],
)
def test_a_program_that_is_missing_is_named(tools: Tools, missing: str, told: str) -> None:
    for name in ("bash", "dirname", "git", "cut"):
        (tools.folder / name).symlink_to(shutil.which(name) or "")
    (tools.folder / missing).unlink()

    done = run(tools, path=str(tools.folder))

    assert done.returncode == 2
    assert done.stderr == f"error: {missing} is not on PATH; {told}\n"


def test_outside_a_checkout_there_is_one_error(tools: Tools, tmp_path: Path) -> None:
    copied = tmp_path / "project" / "scripts" / SCRIPT.name
    copied.parent.mkdir(parents=True)
    shutil.copy(SCRIPT, copied)

    done = run(tools, "--no-push", script=copied)

    assert done.returncode == 2
    assert done.stderr == (
        "error: this is no checkout of git; wanted one, whose revision is the tag of the images\n"
    )


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        pytest.param(
            ["worker"],
            "there is no image 'worker'; wanted dagster, auto-scaler or taskiq-demo",
            id="unknown-image",
        ),
        pytest.param(["--stack"], "--stack needs a value", id="no-stack"),
        pytest.param(["--stack", "--dry-run"], "--stack needs a value", id="an-option-as-stack"),
        pytest.param(["--tag", ""], "--tag needs a value", id="no-tag"),
        pytest.param(
            ["--tag", "a/b:c"],
            "--tag is 'a/b:c'; wanted at most 128 letters, digits, '_', '.' and '-'",
            id="no-tag-of-an-image",
        ),
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
