"""The built pack, installed alone in a clean environment, holds all that it needs."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A new environment with the pack's wheel and the locked versions of what it needs."""
    folder = tmp_path_factory.mktemp("clean") / "venv"
    command = ["uv", "sync", "--quiet", "--locked", "--no-default-groups", "--no-editable"]
    subprocess.run(
        [*command, "--package", "aws-policy-pack", "--python", sys.executable],
        cwd=ROOT,
        env={**os.environ, "UV_PROJECT_ENVIRONMENT": str(folder)},
        check=True,
    )
    return folder


def installed(environment: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [str(environment / "bin" / "aws-policy-pack"), *arguments]
    return subprocess.run(command, cwd=environment, capture_output=True, text=True, check=False)


def test_preflight_boots_the_installed_pack_and_gets_its_findings(environment: Path) -> None:
    pack = installed(environment, "path").stdout.strip()
    assert Path(pack).is_relative_to(environment)
    run = subprocess.run(
        [
            sys.executable,
            "-m",
            "ops.preview",
            *("--offline", "--project", "examples/broken", "--format", "json"),
            *("--policy-pack", pack),
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 1, run.stderr
    findings = json.loads(run.stdout)["findings"]
    assert "sqs-redrive-policy-shape" in {finding["rule"] for finding in findings}


def test_the_installed_command_starts_a_pack_whose_profile_it_accepts(
    environment: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "policies"
    assert installed(environment, "init", str(folder)).returncode == 0
    check = installed(environment, "check-config", str(folder / "profile.json"))
    assert (check.returncode, check.stderr) == (0, "")
