"""The steps of action.yml as a runner starts them, one after the other."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from ops.paths import ROOT
from tests.action.conftest import Runner
from tests.action.loopback_github import TOKEN, GitHub
from tests.preflight.builders import BAD, GOOD, PACKS, write_project

ACTION: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text())
INPUT = re.compile(r"\$\{\{ inputs\.([\w-]+) \}\}")


def run_action(runner: Runner, **inputs: str) -> list[int]:
    """Runs the steps until one fails, as a runner does; gives their exit codes."""
    given = {name: each["default"] for name, each in ACTION["inputs"].items()} | inputs
    inherited = {name: each for name, each in os.environ.items() if not name.startswith("INPUT_")}
    shell = shutil.which("bash")
    assert shell is not None
    codes: list[int] = []
    for step in ACTION["runs"]["steps"]:
        own = {
            name: INPUT.sub(lambda found: given[found[1]], value)
            for name, value in step["env"].items()
        }
        ended = subprocess.run(
            [shell, "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]],
            cwd=runner.folder,
            env={**inherited, **own, "GITHUB_ACTION_PATH": str(ROOT)},
            check=False,
        )
        codes.append(ended.returncode)
        if ended.returncode:
            break
    return codes


@pytest.mark.nightly
def test_a_pull_request_is_judged_and_shown_from_a_checkout(runner: Runner, github: GitHub) -> None:
    runner.runs_for_pull_request()
    runtime = f"runtime:\n  name: python\n  options: {{virtualenv: {sys.prefix}}}\n"
    shutil.copytree(PACKS / "demo", runner.folder / "policies")
    (runner.folder / "policies" / "PulumiPolicy.yaml").write_text(runtime)
    inputs = {"project": "shop", "stack": "dev", "policy-pack": "policies", "token": TOKEN}
    for program, codes in {BAD: [0, 0, 1], GOOD: [0, 0, 0]}.items():
        write_project(runner.folder / "shop", program)
        (runner.folder / "shop" / "Pulumi.yaml").write_text(f"name: shop\n{runtime}")
        assert run_action(runner, **inputs) == codes
    (comment,) = github.comments
    assert "PASS" in comment["body"]
    assert "FAIL" in runner.summary.read_text()
    assert len(github.analyses) == 2


def test_an_old_python_is_told_which_one_is_wanted(tmp_path: Path) -> None:
    entry = (ROOT / "action" / "__main__.py").read_text()
    old = entry.replace("sys.version_info < (3, 11)", "sys.version_info < (99,)")
    assert old != entry
    (tmp_path / "__main__.py").write_text(old)
    ended = subprocess.run(
        [sys.executable, "-I", tmp_path, "judge"], capture_output=True, text=True, check=False
    )
    assert ended.returncode == 1
    assert ended.stderr.startswith("::error::preflight needs Python 3.11 or newer")
