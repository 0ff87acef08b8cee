"""The task itself, and the process that executes it."""

import asyncio
import logging

import pytest
from taskiq import TaskiqState

from taskiq_demo.tasks import set_up_log, sleep


def test_it_gives_the_seconds_that_it_took() -> None:
    assert asyncio.run(sleep.original_func(0.01)) == 0.01


def test_a_process_without_a_log_tells_which_task_it_executes(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(logging.root, "handlers", [])
    level = logging.root.level
    set_up_log(TaskiqState())
    logging.getLogger("taskiq.receiver.receiver").info("Executing task demo.sleep")
    logging.root.setLevel(level)
    assert capsys.readouterr().err.endswith("Executing task demo.sleep\n")


def test_a_log_that_is_set_up_stays_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    handler = logging.NullHandler()
    monkeypatch.setattr(logging.root, "handlers", [handler])
    set_up_log(TaskiqState())
    assert logging.root.handlers == [handler]
