"""The table of replacing properties, and how it is made."""

import subprocess
import sys

import pytest

from ops.paths import ROOT
from tools.replacements.__main__ import main


def test_the_table_is_what_the_schemas_and_exceptions_give() -> None:
    # A process of its own: it loads the whole SDK, which warns of what is deprecated in it.
    command = [sys.executable, "-m", "tools.replacements", "--check"]
    check = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert check.returncode == 0, check.stderr


def test_a_stale_table_is_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(
        "tools.replacements.__main__.table", lambda: {"aws:sqs/queue:Queue": ["name"]}
    )
    assert main(["--check"]) == 1
    assert capsys.readouterr().err == (
        "replacements.json is stale; run `python -m tools.replacements`\n"
    )
