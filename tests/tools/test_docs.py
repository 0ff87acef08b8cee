"""The generated pages are fresh, and a stale one is told."""

from pathlib import Path

import pytest

from tools import docs


def test_every_generated_page_is_fresh(capsys: pytest.CaptureFixture[str]) -> None:
    assert docs.main(["--check"]) == 0, capsys.readouterr().err


def test_a_stale_page_is_told_and_left_as_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    page = tmp_path / "docs" / "page.md"
    monkeypatch.setattr(docs, "ROOT", tmp_path)
    monkeypatch.setattr(docs, "PAGES", {page: lambda: "new"})
    assert docs.main(["--check"]) == 1
    assert capsys.readouterr().err == "docs/page.md is stale; run `nox -s docs`\n"
    assert not page.exists()


def test_a_stale_page_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    page = tmp_path / "docs" / "page.md"
    monkeypatch.setattr(docs, "ROOT", tmp_path)
    monkeypatch.setattr(docs, "PAGES", {page: lambda: "new"})
    assert docs.main([]) == 0
    assert capsys.readouterr().out == "wrote docs/page.md\n"
    assert page.read_text(encoding="utf-8") == "new"
    assert docs.main([]) == 0
    assert capsys.readouterr().out == ""
