"""`nox -s demo:taskiq` with an engine and a Docker that only note what they are told."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from ops import demo
from pulumi_loopback.errors import CommandError, Consent

CONSENT = Consent(stack="dev", local=False, yes=True, confirmed="")
COUNTS_SET = [
    "config set --path dagster-taskiq:taskiqDemo.apiDesiredCount 0",
    "config set --path dagster-taskiq:taskiqDemo.workerDesiredCount 0",
]
COUNTS_REMOVED = [
    "config rm --path dagster-taskiq:taskiqDemo.apiDesiredCount",
    "config rm --path dagster-taskiq:taskiqDemo.workerDesiredCount",
]


@dataclass
class Stack:
    """A stack of which everything is noted."""

    stack: str = "dev"
    told: list[str] = field(default_factory=list)

    def ask(self, *words: str) -> None:
        """A command of the engine."""
        self.told.append(" ".join(words))


@pytest.fixture
def stack(monkeypatch: pytest.MonkeyPatch) -> Stack:
    """One that deploys, with an image that can be pushed."""
    made = Stack()

    def note(what: str) -> Callable[..., int]:
        def called(*words: object) -> int:
            made.told.append(" ".join([what, *(word for word in words if isinstance(word, str))]))
            return 0

        return called

    monkeypatch.setattr(demo, "revision", lambda: "abc")
    monkeypatch.setattr(demo, "up", note("up"))
    monkeypatch.setattr(demo, "_script", note("script"))
    return made


def deploy(stack: Stack) -> int:
    """Deploys the demo on it."""
    return demo.deploy_demo(stack, CONSENT)  # type: ignore[arg-type]


def test_the_image_is_pushed_between_a_deployment_without_tasks_and_one_with(stack: Stack) -> None:
    assert deploy(stack) == 0

    assert stack.told == [
        "config set --path dagster-taskiq:taskiqDemo.enabled true",
        "config set --path dagster-taskiq:taskiqDemo.imageTag abc",
        *COUNTS_SET,
        "up",
        *COUNTS_REMOVED,
        "script --stack dev --tag abc taskiq-demo",
        "up",
    ]


def test_a_deployment_that_fails_is_the_end_and_leaves_no_counts_behind(
    stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(demo, "up", lambda *_: 1)

    assert deploy(stack) == 1

    assert stack.told[-4:] == [*COUNTS_SET, *COUNTS_REMOVED]


def test_a_refusal_leaves_no_counts_behind_either(
    stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> int:
        raise CommandError("not deployed")

    monkeypatch.setattr(demo, "up", refuse)

    with pytest.raises(CommandError, match="not deployed"):
        deploy(stack)

    assert stack.told[-2:] == COUNTS_REMOVED


def test_an_image_that_cannot_be_pushed_is_not_deployed(
    stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(demo, "_script", lambda *_: 2)

    assert deploy(stack) == 2

    assert stack.told.count("up") == 1


@pytest.mark.parametrize(
    ("there", "told"),
    [
        pytest.param([], "error: aws is not on PATH; wanted the AWS CLI, which", id="no-aws"),
        pytest.param(["aws"], "error: docker is not on PATH; wanted Docker, which", id="no-docker"),
    ],
)
def test_a_machine_that_lacks_something_is_told_so_before_anything_is_changed(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    there: list[str],
    told: str,
) -> None:
    for name in ("bash", "dirname"):
        (tmp_path / name).symlink_to(shutil.which(name) or "")
    for name in there:
        (tmp_path / name).write_text("#!/bin/sh\n")
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))

    assert demo.main(["--stack", "dev"]) == 2

    assert capfd.readouterr().err.startswith(told)
