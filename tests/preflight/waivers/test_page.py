"""The page on waivers says what preflight does."""

import datetime as dt
import re

import pytest

from ops.paths import PACK, PREFLIGHT
from pulumi_preflight.cli import PASSED, main
from pulumi_preflight.waivers.complaints import BROKEN, OVER, UNREAD, UNUSED
from tests.preflight.running import WriteProject

PAGE = (PREFLIGHT / "docs" / "waivers.md").read_text(encoding="utf-8")


def block(language: str, begin: str) -> str:
    [found] = [
        text
        for text in re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)
        if text.startswith(begin)
    ]
    return str(found)


def test_the_program_of_the_page_is_waived_as_the_page_shows(
    write_project: WriteProject,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("pulumi_preflight.clock.current_day", lambda: dt.date(2027, 3, 1))
    monkeypatch.chdir(write_project(block("python", "import")))
    assert main([".", "--stack", "dev", "--policy-pack", str(PACK)]) == PASSED
    shown = " ".join(capsys.readouterr().out.split())
    assert " ".join(block("text", "Waived: 4").split()) in shown
    assert "waiver-" not in shown


def test_the_page_names_every_finding_about_waivers() -> None:
    assert set(re.findall(r"^\| `(waiver-\w+)` \|", PAGE, re.MULTILINE)) == {
        BROKEN,
        OVER,
        UNREAD,
        UNUSED,
    }
