"""A runner of GitHub Actions as its steps see it: variables, files, and an API on the loopback."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.action.loopback_github import REPOSITORY, TOKEN, GitHub, serving

BASE = "b" * 40


class Runner:
    """Gives steps their inputs and events, and reads what they leave."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder = folder
        self._monkeypatch = monkeypatch
        self.summary = folder / "summary.md"
        self.output = folder / "output"
        self.event = folder / "event.json"
        for file in (self.summary, self.output):
            file.touch()
        self.runs_for("push")
        self.set(
            GITHUB_ACTOR="alice",
            GITHUB_EVENT_PATH=str(self.event),
            GITHUB_OUTPUT=str(self.output),
            GITHUB_REF="refs/pull/7/merge",
            GITHUB_REPOSITORY=REPOSITORY,
            GITHUB_SHA="c" * 40,
            GITHUB_STEP_SUMMARY=str(self.summary),
            GITHUB_WORKSPACE=str(folder),
            RUNNER_TEMP=str(folder),
        )
        self.given(token=TOKEN, comment="true", sarif="true", recursive="false", project=".")

    def set(self, **variables: str) -> None:
        """Sets variables of the runner."""
        for name, value in variables.items():
            self._monkeypatch.setenv(name, value)

    def given(self, **inputs: str) -> None:
        """Sets inputs of the action."""
        self.set(**{f"INPUT_{name.upper()}": value for name, value in inputs.items()})

    def runs_for(self, name: str, request: dict[str, Any] | None = None) -> None:
        """Sets the event."""
        self.set(GITHUB_EVENT_NAME=name)
        self.event.write_text(json.dumps({"pull_request": request} if request else {}))

    def runs_for_pull_request(self, head: str | None = REPOSITORY, base: str = BASE) -> None:
        """Sets the event to the pull request 7, from a repository that may be gone."""
        repository = None if head is None else {"full_name": head}
        request = {
            "number": 7,
            "head": {"repo": repository},
            "base": {"sha": base, "repo": {"full_name": REPOSITORY}},
        }
        self.runs_for("pull_request", request)


@pytest.fixture
def runner(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Runner:
    """A runner with a folder of its own."""
    return Runner(tmp_path, monkeypatch)


@pytest.fixture
def github(runner: Runner) -> Iterator[GitHub]:
    """GitHub's API, which the runner names."""
    github = GitHub()
    with serving(github):
        runner.set(GITHUB_API_URL=github.url)
        yield github
