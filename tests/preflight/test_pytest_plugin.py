"""The plugin's fixture, as docs/testing.md shows it, and the calls of docs/api.md."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from ops.paths import ROOT
from pulumi_preflight.pytest_plugin import Preflight
from tests.preflight.programs_for_api import queues


def block(page: str) -> str:
    """The first Python of a page."""
    found = re.search(r"```python\n(.*?)```", (ROOT / "docs" / page).read_text("utf-8"), re.DOTALL)
    assert found
    return found[1]


def test_the_tests_of_the_page_pass(tmp_path: Path) -> None:
    tests = tmp_path / "test_orders.py"
    tests.write_text(block("testing.md"), encoding="utf-8")
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-c", "/dev/null", tests],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "2 passed" in ran.stdout, ran.stdout
    assert ran.returncode == 0


def test_the_calls_of_the_page_work(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(ROOT)
    exec(compile(block("api.md"), "api.md", "exec"), {})  # noqa: S102 - our own page
    assert "examples" not in capsys.readouterr().err


def test_the_same_program_runs_once_in_a_session(preflight: Preflight) -> None:
    config = {"password": "hunter2"}
    assert preflight(queues, config=config) is preflight(queues, config=dict(config))


def test_another_config_is_another_run(preflight: Preflight) -> None:
    first = preflight(queues, config={"password": "hunter2"})
    second = preflight(queues, config={"password": "hunter2", "size": "7"})
    assert first is not second
