"""The pictures of the HTML report, and the program of 1,000 resources that they show."""

import re
from pathlib import Path

import pytest

from pulumi_preflight import Verdict
from tests.preflight import node
from tests.preflight.browser import opened, started, written
from tests.preflight.pages import shop
from tests.preflight.test_reports_html_browser import CHECKS, MOST_SECONDS, validate
from tools.html_pictures import ALL, MOST_BYTES, PICTURES, Picture, large, taken

PAGE = PICTURES.parent / "reports.md"
MOST_BYTES_OF_A_PAGE = 2_000_000


def test_the_docs_show_every_picture_and_all_are_small() -> None:
    names = {f"report-{picture.name}.webp" for picture in ALL}
    assert {file.name for file in PICTURES.iterdir()} == names
    assert set(re.findall(r"\(pictures/(.*?)\)", PAGE.read_text())) == names
    assert all(file.stat().st_size <= MOST_BYTES for file in PICTURES.iterdir())


def test_a_picture_is_of_the_page_as_asked() -> None:
    with started() as browser:
        light = taken(Picture(name="light", judge=shop), browser)
        dark = taken(Picture(name="dark", judge=shop, dark=True), browser)
    assert light[8:12] == dark[8:12] == b"WEBP"
    assert light != dark


@pytest.fixture(scope="module")
def judged() -> Verdict:
    return large()


# The run of 1,000 resources takes a minute.
@pytest.mark.nightly
@pytest.mark.xdist_group("html-large")
def test_the_program_has_a_thousand_resources_in_modules(judged: Verdict) -> None:
    assert 1000 <= len(judged.resources) <= 1010
    assert not judged.passed


@pytest.mark.nightly
@pytest.mark.xdist_group("html-large")
def test_its_page_is_small_valid_and_ready_within_a_second(
    judged: Verdict, tmp_path: Path, pytestconfig: pytest.Config
) -> None:
    page = written(judged)
    assert len(page.encode()) < MOST_BYTES_OF_A_PAGE
    validate(page, node.installed(pytestconfig, CHECKS), tmp_path)
    with started() as browser:
        seen = opened(browser, judged, tmp_path)
        taken = []
        for _ in range(5):
            seen.reload()
            taken.append(
                seen.page.evaluate("performance.getEntriesByName('ready')[0].startTime") / 1000
            )
    assert seen.told == []
    assert min(taken) < MOST_SECONDS
