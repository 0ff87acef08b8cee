"""Findings before and after a change of the rules, over a folder of programs."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from ops.paths import ROOT
from tools.ecosystem.programs import (
    Compared,
    Outcome,
    environment_of,
    first_settings,
    markdown,
    programs_in,
    setting_for,
)


def finding(rule: str, level: str = "mandatory", line: int | None = 3) -> dict[str, Any]:
    return {
        "rule": rule,
        "level": level,
        "file": None if line is None else "__main__.py",
        "line": line,
        "urn": "urn:pulumi:dev::shop::aws:sqs/queue:Queue::orders",
    }


def compared(name: str, before: Outcome, after: Outcome) -> Compared:
    return Compared(name=name, before=before, after=after)


def test_rules_are_counted_and_what_differs_is_named() -> None:
    program = compared(
        "shop",
        Outcome(findings=(finding("a"), finding("a", line=7), finding("b"))),
        Outcome(findings=(finding("a"), finding("b", "advisory"), finding("c", line=None))),
    )
    assert list(markdown([program], "v1", "now")) == [
        "# 1 programs, v1 and now",
        "",
        "| rule | mandatory, v1 | now | advisory, v1 | now |",
        "|---|---:|---:|---:|---:|",
        "| a | 2 | 1 | 0 | 0 |",
        "| b | 1 | 0 | 0 | 1 |",
        "| c | 0 | 1 | 0 | 0 |",
        "| **all** | **3** | **2** | **0** | **1** |",
        "",
        "## 4 findings that differ",
        "",
        "- gone `shop`: mandatory a at __main__.py:7, orders",
        "- gone `shop`: mandatory b at __main__.py:3, orders",
        "- new `shop`: advisory b at __main__.py:3, orders",
        "- new `shop`: mandatory c at the stack, orders",
    ]


def test_a_program_without_a_verdict_is_named_and_not_counted() -> None:
    program = compared("shop", Outcome(findings=(finding("a"),)), Outcome(trouble="error: no"))
    lines = list(markdown([program], "v1", "now"))
    assert lines[0] == "# 0 programs, v1 and now"
    assert lines[-1] == "- `shop`, now: error: no"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        pytest.param("name: a\nruntime: python\n", True, id="python"),
        pytest.param("name: a\nruntime: {name: python}\n", True, id="python-with-options"),
        pytest.param("name: a\nruntime: nodejs\n", False, id="another-language"),
        pytest.param("runtime: [", False, id="no-yaml"),
        pytest.param("- a\n", False, id="no-project"),
    ],
)
def test_programs_in_python_are_found(text: str, tmp_path: Path, *, found: bool) -> None:
    for folder in ("deep/program", "program/.venv/lib"):
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / "Pulumi.yaml").write_text(text)
    assert programs_in(tmp_path) == ([tmp_path / "deep" / "program"] if found else [])


def test_a_program_without_a_file_of_its_stack_is_in_a_region(tmp_path: Path) -> None:
    assert first_settings(tmp_path) == ["--config", "aws:region=us-east-1"]
    (tmp_path / "Pulumi.dev.yaml").write_text("config: {}")
    assert first_settings(tmp_path) == []


def test_settings_that_are_missing_differ() -> None:
    assert setting_for("team:companyStack") == ["--config", "team:companyStack=companyStack"]
    assert setting_for("departmentStack") == ["--config", "departmentStack=departmentStack"]


def test_a_folder_without_a_program_is_one_error(tmp_path: Path) -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "tools.ecosystem", str(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 2
    assert ran.stderr == f"error: {tmp_path}: there is no Pulumi program in Python\n"


def test_a_program_gets_the_environment_that_its_project_names(tmp_path: Path) -> None:
    text = "name: a\nruntime: {name: python, options: {virtualenv: venv}}\n"
    (tmp_path / "program").mkdir()
    (tmp_path / "program" / "Pulumi.yaml").write_text(text)
    (tmp_path / "program" / "requirements.txt").touch()
    made = environment_of(tmp_path / "program", tmp_path / "cache", Path(sys.executable))
    linked = tmp_path / "program" / "venv"
    assert linked.resolve() == (made / "environment").resolve()
    assert (linked / "bin" / "python").exists()
    again = environment_of(tmp_path / "program", tmp_path / "cache", Path(sys.executable))
    assert again == made
