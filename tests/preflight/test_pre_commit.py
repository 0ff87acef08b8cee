"""The hook of this repository in a scratch repository, by pre-commit itself."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
import yaml

from ops.paths import ROOT
from tests.preflight.builders import BAD, GOOD, PACKS, write_project

GIT = shutil.which("git") or "git"
PRE_COMMIT = Path(sys.executable).with_name("pre-commit")
# What is installed of the repository, and nothing that was left beside it.
INSTALLED = (".pre-commit-hooks.yaml", "LICENSE", "README.md", "pyproject.toml", "uv.lock")
PACKAGES = ("loopback/pulumi_loopback", "policies/aws_policy_pack", "preflight/pulumi_preflight")


def run(folder: Path, *command: str | Path, variables: Mapping[str, str] | None = None) -> str:
    """Runs a command that has to succeed; gives what it printed."""
    ended = attempt(folder, *command, variables=variables)
    assert ended.returncode == 0, ended.stdout
    return ended.stdout


def attempt(
    folder: Path, *command: str | Path, variables: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Runs a command without the settings of the user's git, and of a hook that runs the tests."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    author = {"GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@b.c", "GIT_CONFIG_GLOBAL": os.devnull}
    committer = {"GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a@b.c"}
    return subprocess.run(
        command,
        cwd=folder,
        env={**inherited, **author, **committer, **(variables or {})},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository with what this checkout has, of one commit and the tag v1."""
    folder = tmp_path_factory.mktemp("published")
    for name in INSTALLED:
        shutil.copy(ROOT / name, folder / name)
    for name in PACKAGES:
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / name, folder / name, ignore=ignored)
    run(folder, GIT, "init", "--quiet")
    run(folder, GIT, "add", ".")
    run(folder, GIT, "commit", "--quiet", "--message", "all")
    run(folder, GIT, "tag", "v1")
    return folder


def test_a_commit_is_stopped_by_what_it_breaks_and_by_nothing_else(
    published: Path, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    scratch = tmp_path / "scratch"
    # The hook has an environment of its own, so a program needs one that it names.
    runtime = f"runtime:\n  name: python\n  options: {{virtualenv: {sys.prefix}}}\n"
    for name in ("shop", "old shop"):
        write_project(scratch / name, GOOD)
        (scratch / name / "Pulumi.yaml").write_text(f"name: shop\n{runtime}")
    shutil.copytree(PACKS / "demo", scratch / "policies")
    (scratch / "policies" / "PulumiPolicy.yaml").write_text(runtime)
    hook = {"id": "preflight", "args": ["--stack", "dev", "--policy-pack", "policies"]}
    repositories = [{"repo": str(published), "rev": "v1", "hooks": [hook]}]
    (scratch / ".pre-commit-config.yaml").write_text(yaml.safe_dump({"repos": repositories}))
    home = {"PRE_COMMIT_HOME": str(tmp_path_factory.mktemp("pre-commit"))}
    run(scratch, GIT, "init", "--quiet")
    run(scratch, PRE_COMMIT, "install", variables=home)

    def commit() -> subprocess.CompletedProcess[str]:
        run(scratch, GIT, "add", ".")
        return attempt(scratch, GIT, "commit", "--message", "change", variables=home)

    everything = commit()
    assert everything.returncode == 0, everything.stdout
    assert re.search(r"^preflight\.+Passed$", everything.stdout, re.MULTILINE)

    (scratch / "old shop" / "__main__.py").write_text(BAD)
    broken = commit()
    assert broken.returncode == 1, broken.stdout
    assert "old shop/__main__.py:15  jobs" in broken.stdout
    assert broken.stdout.count("FAIL: 2 mandatory findings") == 1
    assert "PASS" not in broken.stdout, "the other project is not of this commit"

    run(scratch, GIT, "reset", "--quiet", "--hard")
    (scratch / "README.md").write_text("of no project\n")
    assert commit().returncode == 0
