"""CONTRIBUTING's steps are followed to the letter, in a copy; an area of rules is run alone."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from textwrap import dedent

import pytest

from ops.paths import ROOT
from pulumi_loopback.errors import CommandError
from tools import rule

COPIED = ("docs", "ops", "policies", "tests/policies", "tools")
# A step that gives a file: its path, then its content.
STEP = re.compile(r"`([\w/]+\.py)`:.*?\n\n( +)```python\n(.*?)\n\2```", re.DOTALL)


@pytest.fixture(scope="module")
def followed(tmp_path_factory: pytest.TempPathFactory) -> subprocess.CompletedProcess[str]:
    """What the fourth step prints after the steps before it, in a copy of the repository."""
    copy = tmp_path_factory.mktemp("copy")
    for folder in COPIED:
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / folder, copy / folder, ignore=ignored)
    shutil.copy(ROOT / "tests" / "conftest.py", copy / "tests")
    shutil.copy(ROOT / "pyproject.toml", copy)
    for path, _, content in STEP.findall((ROOT / "CONTRIBUTING.md").read_text("utf-8")):
        (copy / path).write_text(dedent(content) + "\n", encoding="utf-8")
    return subprocess.run(
        [sys.executable, "-m", "tools.rule", "rds"],
        cwd=copy,
        env=os.environ | {"PYTHONPATH": os.fspath(copy / "policies")},
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_rule_is_added_by_the_steps_alone(followed: subprocess.CompletedProcess[str]) -> None:
    assert followed.returncode == 0, followed.stdout[-3000:]
    assert "### rds-copy-tags-to-snapshot" in followed.stdout


@pytest.mark.parametrize(
    ("area", "message", "hint"),
    [
        pytest.param("sqq", "sqq: unknown area", "did you mean `sqs`?", id="no-area"),
        pytest.param(
            "kms",
            "the area kms has no tests",
            "write tests/policies/rules/test_kms.py",
            id="no-tests",
        ),
    ],
)
def test_an_area_that_cannot_be_tested_is_one_error(
    area: str, message: str, hint: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rule, "TESTS", tmp_path)
    with pytest.raises(CommandError, match=f"^{message}$") as raised:
        rule.main([area])
    assert raised.value.hint == hint
