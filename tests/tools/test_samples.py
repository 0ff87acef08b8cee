"""The page about reports shows pieces of real ones."""

import json
from pathlib import Path

import pytest

from ops.paths import ROOT
from pulumi_preflight.reports import OWN
from tools import samples


@pytest.fixture(autouse=True)
def _reports(monkeypatch: pytest.MonkeyPatch) -> None:
    """Short reports in place of those that a run gives."""
    texts = {"github": "::error one\n::error two\n", "csv": "head\none\ntwo\n"}
    texts["gitlab"] = json.dumps([{"description": "a"}, {}])
    monkeypatch.setattr(samples, "written", texts.__getitem__)


def block(name: str, body: str = "", language: str = "text") -> str:
    return f"<!-- sample of: {name} -->\n```{language}\n{body}```\n<!-- end -->\n"


@pytest.mark.parametrize("body", ["", "old\n", "old\n\nolder\n"], ids=["empty", "one", "more"])
def test_each_block_is_replaced_by_the_piece_of_its_format(tmp_path: Path, body: str) -> None:
    page = tmp_path / "page.md"
    page.write_text(f"a\n{block('github', body)}b\n{block('csv', body)}c\n")
    pieces = block("github", "::error one\n"), block("csv", "head\none\n")
    fresh = "a\n{}b\n{}c\n".format(*pieces)
    assert samples.with_fresh_samples(page) == fresh
    page.write_text(fresh)
    assert samples.with_fresh_samples(page) == fresh


def test_a_piece_of_json_is_its_first_entry() -> None:
    assert json.loads(samples.sample_of("gitlab")) == {"description": "a"}


def test_the_page_shows_every_format_for_other_tools() -> None:
    page = (ROOT / "docs/reports.md").read_text()
    shown = [match["format"] for match in samples.SAMPLE.finditer(page)]
    # A page of HTML is too large to show a piece of, and pictures show it. Only preflight itself
    # reads `base`, of which another page tells.
    assert shown == [each for each in OWN if each not in ("terminal", "json", "html", "base")]
    assert (
        "| `base` | later runs, with `--base-verdict`: [what a change changes](changes.md)" in page
    )
    assert all(f"| [`{each}`](#{each}) |" in page for each in shown)
