"""docs/reuse.md, followed to the letter in an empty folder by somebody who has nothing else."""

import re
import shlex
from pathlib import Path
from typing import Any

import pytest

from aws_policy_pack.testing import analyze_stack
from tests.followed import built_wheels, followed

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "reuse.md"
FILE = re.compile(r"^`(?P<name>[\w./-]+)`\n\n```\w+\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
STEP = re.compile(
    rf"{FILE.pattern}|^```sh\n(?P<commands>.*?)^```$|^```text\n(?P<output>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)
SECONDS = re.compile(r"\b\d+\.\d s\b")


@pytest.fixture(scope="module")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return built_wheels(tmp_path_factory.mktemp("wheels"))


def script(steps: list[re.Match[str]]) -> str:
    """The page's commands and files, in their order, as one script."""
    lines = ["set -e"]
    for step in steps:
        if step["name"]:
            lines.append(f"printf %s {shlex.quote(step['text'])} > {shlex.quote(step['name'])}")
        elif step["commands"]:
            lines.append(step["commands"])
    return "\n".join(lines)


def test_a_newcomer_gets_a_pack_a_rule_a_test_and_a_verdict(wheels: Path, tmp_path: Path) -> None:
    section = PAGE.read_text(encoding="utf-8").partition("## In five minutes")[2]
    steps = list(STEP.finditer(section.partition("\n## ")[0]))
    (shown,) = (step["output"] for step in steps if step["output"])
    run = followed(script(steps), tmp_path, wheels, timeout=300)
    assert (run.returncode, run.stderr) == (1, ""), run.stdout + run.stderr
    tests, _, verdict = run.stdout.partition("shop stack dev")
    assert "2 passed" in tests
    assert SECONDS.sub("", f"shop stack dev{verdict}") == SECONDS.sub("", shown)
    assert shown.splitlines()[-1].startswith("FAIL: 2 mandatory findings, ")
    assert "sqs-fifo-name-suffix" in shown
    assert "shop-table-on-demand" in shown


def test_the_rule_about_the_whole_stack_keeps_its_own_tests() -> None:
    section = PAGE.read_text(encoding="utf-8").partition("## Settings, and rules about")[2]
    code = section.partition("```python\n")[2].partition("```")[0]
    page: dict[str, Any] = {}
    exec(compile(code, str(PAGE), "exec"), page)  # noqa: S102 - what the page shows
    tests = [name for name in page if name.startswith("test_")]
    assert len(tests) == 2
    for name in tests:
        page[name]()
    rule = page["stream_readers"]
    assert analyze_stack(rule, rule.good) == []
