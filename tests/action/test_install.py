"""What is installed, and how much history is fetched."""

import shutil
import subprocess
from pathlib import Path

import pytest

from preflight_action.install import fetch, wanted
from preflight_action.runner import StepError
from preflight_action.steps import main
from tests.action.conftest import Runner


@pytest.mark.parametrize(
    ("version", "packages"),
    [
        pytest.param("", ["/checkout"], id="checkout"),
        pytest.param(
            "1.2.3", ["aws-policy-pack==1.2.3", "pulumi-preflight==1.2.3"], id="package-index"
        ),
    ],
)
def test_a_version_comes_from_the_index_and_else_the_checkout_is_installed(
    version: str, packages: list[str], runner: Runner
) -> None:
    runner.set(GITHUB_ACTION_PATH="/checkout")
    runner.given(version=version)
    assert wanted() == packages


@pytest.mark.parametrize("version", ["latest", "1.0 --index-url=x", "-r x", "@main"])
def test_what_is_no_version_is_one_error(
    version: str, runner: Runner, capsys: pytest.CaptureFixture[str]
) -> None:
    runner.given(version=version)
    assert main("install") == 2
    assert f"the input version is {version!r}; wanted a version" in capsys.readouterr().out


GIT = shutil.which("git") or "git"


def git(folder: Path, *arguments: str) -> str:
    """Runs git as nobody in particular, without the user's own settings."""
    names = ("-c", "user.name=a", "-c", "user.email=a@b.c")
    ended = subprocess.run(
        [GIT, *names, *arguments], cwd=folder, capture_output=True, text=True, check=True
    )
    return ended.stdout.strip()


def commit(folder: Path, text: str) -> str:
    git(folder, "commit", "--quiet", "--allow-empty", "--message", text)
    return git(folder, "rev-parse", "HEAD")


class Origin:
    """A repository with a pull request, and a shallow checkout of it as a runner makes one."""

    def __init__(self, folder: Path, *, behind: int) -> None:
        self.origin, self.checkout = folder / "origin", folder / "checkout"
        self.origin.mkdir()
        git(self.origin, "init", "--quiet", "--initial-branch=main")
        git(self.origin, "config", "uploadpack.allowAnySHA1InWant", "true")
        self.ancestor = commit(self.origin, "ancestor")
        git(self.origin, "branch", "change")
        for number in range(behind):
            self.base = commit(self.origin, f"main {number}")
        git(self.origin, "switch", "--quiet", "change")
        commit(self.origin, "change")
        url = self.origin.as_uri()
        git(folder, "clone", "--quiet", "--depth=1", "--branch=change", url, "checkout")


@pytest.mark.parametrize("behind", [1, 60], ids=["near", "far"])
def test_the_base_is_fetched_as_far_as_the_common_ancestor(
    behind: int, tmp_path: Path, runner: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    runner.given(token="")
    there = Origin(tmp_path, behind=behind)
    monkeypatch.chdir(there.checkout)
    fetch(there.base)
    assert git(there.checkout, "merge-base", there.base, "HEAD") == there.ancestor


def test_histories_without_a_common_ancestor_are_one_error(
    tmp_path: Path, runner: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    runner.given(token="")
    there = Origin(tmp_path, behind=1)
    git(there.origin, "switch", "--quiet", "--orphan", "other")
    other = commit(there.origin, "other")
    monkeypatch.chdir(there.checkout)
    with pytest.raises(StepError, match=f"the base {other} of the pull request have no common"):
        fetch(other)
