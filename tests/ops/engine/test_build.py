"""The progress that the build of the engine tells."""

import io

import pytest

from ops.engine import install


def test_the_count_ends_in_a_line_about_linking(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(install, "_TOLD_EVERY_SECONDS", 0)
    printed = f"a/b\ngo: downloading c v1.0.0\n{install.COMMAND}\n"
    assert install._follow(io.StringIO(printed), 1656) == ["go: downloading c v1.0.0\n"]  # noqa: SLF001 - a build takes minutes
    told = [line.rpartition(" (")[0].strip() for line in capsys.readouterr().err.splitlines()]
    assert told[0] == "1 of at most 1656 packages are compiled"
    assert told[-1] == "all 1656 packages are there, 2 compiled now; linking them"


def test_a_build_with_nothing_to_compile_is_not_silent(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(install, "_TOLD_EVERY_SECONDS", 0)
    install._follow(io.StringIO("\n"), 1656)  # noqa: SLF001 - a build takes minutes
    assert "or linking them" in capsys.readouterr().err
