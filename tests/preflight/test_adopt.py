"""docs/adopt.md, followed to the letter in an empty folder by somebody who has nothing else."""

import datetime as dt
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest

from ops.paths import ROOT
from tests.followed import built_wheels, followed

PAGE = ROOT / "docs" / "adopt.md"
STEP = re.compile(
    r"^`(?P<name>[\w./-]+)`\n\n```\w+\n(?P<text>.*?)^```$"
    r"|^```sh\n(?P<commands>.*?)^```$"
    r"|^```text\n(?P<output>(?!\$).*?)^```$",
    re.MULTILINE | re.DOTALL,
)
# A day of the page passes; the one that stands for it does not.
DAY = re.compile(r"until=\d{4}-\d\d-\d\d")
LATER = dt.datetime.now(tz=dt.UTC).date() + dt.timedelta(days=90)


@pytest.fixture(scope="module")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return built_wheels(tmp_path_factory.mktemp("wheels"))


def script(steps: list[re.Match[str]]) -> str:
    """The page's commands and files, in their order, as one script that tells them apart."""
    lines = []
    for step in steps:
        if step["name"]:
            lines.append(f"printf %s {shlex.quote(step['text'])} > {shlex.quote(step['name'])}")
        elif step["commands"]:
            lines += [f"echo '$ {step.start()}'", DAY.sub(f"until={LATER}", step["commands"])]
    return "\n".join(lines)


def shown(steps: list[re.Match[str]]) -> Iterator[tuple[str, str]]:
    """Commands of the page, with the output that stands below them."""
    for step, after in zip(steps, [*steps[1:], None], strict=True):
        if step["commands"]:
            yield str(step.start()), (after and after["output"]) or ""


def test_a_stack_with_sixty_findings_gets_a_gate(wheels: Path, tmp_path: Path) -> None:
    steps = list(STEP.finditer(PAGE.read_text(encoding="utf-8")))
    run = followed(script(steps), tmp_path, wheels, timeout=500)
    assert run.stderr == ""
    printed = dict(part.split("\n", 1) for part in run.stdout.split("$ ")[1:])
    assert printed == dict(shown(steps))
    assert "FAIL: 16 mandatory findings, 44 advisory," in run.stdout


def test_the_gates_of_the_page_are_the_files_that_it_names() -> None:
    page = PAGE.read_text(encoding="utf-8")
    workflow = (ROOT / "ci" / "github.yml").read_text(encoding="utf-8")
    (used,) = re.findall(r"uses: OWNER/NAME@\S+ # \S+", page)
    assert used in workflow
    assert "extends: .preflight" in page
    assert (ROOT / "ci" / "gitlab.yml").read_text(encoding="utf-8").count("\n.preflight:") == 1
    for target in re.findall(r"\]\((\.\./[^)#]+)", page):
        assert (PAGE.parent / target).exists(), target
