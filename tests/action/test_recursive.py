"""A pull request in a repository of several projects, from the shallow checkout to the report."""

import sys
from pathlib import Path

import pytest

from preflight_action.install import fetch
from preflight_action.judge import kept
from preflight_action.steps import main
from tests.action.conftest import Runner
from tests.action.test_install import commit, git
from tests.preflight.builders import BAD, GOOD, PACKS, write_project


def test_the_projects_that_the_pull_request_changes_are_judged(
    runner: Runner, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    origin, checkout = runner.folder / "origin", runner.folder / "checkout"
    for name in ("stays", "changes"):
        write_project(origin / name, GOOD)
        runtime = f"runtime:\n  name: python\n  options: {{virtualenv: {sys.prefix}}}\n"
        (origin / name / "Pulumi.yaml").write_text(f"name: {name}\n{runtime}")
    git(origin, "init", "--quiet", "--initial-branch=main")
    git(origin, "config", "uploadpack.allowAnySHA1InWant", "true")
    git(origin, "add", ".")
    base = commit(origin, "base")
    git(origin, "switch", "--quiet", "--create", "change")
    (origin / "changes" / "__main__.py").write_text(BAD)
    git(origin, "add", ".")
    commit(origin, "change")
    url = origin.as_uri()
    git(runner.folder, "clone", "--quiet", "--depth=1", "--branch=change", url, "checkout")
    environment = runner.folder / "preflight-action" / "venv"
    environment.mkdir(parents=True)
    (environment / "bin").symlink_to(Path(sys.executable).parent)

    monkeypatch.chdir(checkout)
    runner.runs_for_pull_request(base=base)
    runner.given(recursive="true", stack="dev", policy_pack=str(PACKS / "demo"), token="")
    fetch(base)
    assert main("judge") == 0

    assert kept().code == 1
    report = Path(kept().markdown).read_text()
    assert "changes/__main__.py:15" in report
    assert "stays/__main__.py" not in report
    assert "FAIL" in capfd.readouterr().out
