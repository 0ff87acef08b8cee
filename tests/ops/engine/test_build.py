"""The progress that the build of the engine tells."""

import io
import sys
from collections.abc import Iterator
from contextlib import closing

import pytest

from ops.engine import install
from tests.terminals import Terminal, screen


@pytest.fixture
def terminal() -> Iterator[Terminal]:
    """A terminal of 80 columns."""
    with closing(Terminal()) as made:
        yield made


def test_the_count_ends_in_a_line_about_linking(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(install, "_TOLD_EVERY_SECONDS", 0)
    printed = f"a/b\ngo: downloading c v1.0.0\n{install.COMMAND}\n"
    assert install._follow(io.StringIO(printed), 1656) == ["go: downloading c v1.0.0\n"]  # noqa: SLF001 - a build takes minutes
    told = [line.rpartition(" (")[0].strip() for line in capsys.readouterr().err.splitlines()]
    assert told[0] == "1 of at most 1656 packages are compiled"
    assert told[-1] == "all 1656 packages are there, 2 compiled now; linking them"


def test_never_more_than_five_seconds_pass_in_silence() -> None:
    # The time is looked at each second.
    assert install._TOLD_EVERY_SECONDS + 1 <= 5  # noqa: SLF001 - a build takes minutes


def test_on_a_terminal_the_count_is_a_line_that_is_gone_at_the_end(terminal: Terminal) -> None:
    build = """
import io, sys, time
from ops.engine import install

class Slow(io.StringIO):
    def __iter__(self):
        yield "a/b\\n"
        time.sleep(1)

install._follow(Slow(), 1656)
"""
    assert terminal.run(sys.executable, "-c", build)[0] == 0
    assert "1 of at most 1656 packages are compiled (0 s)" in terminal.written
    assert "\n" not in terminal.written
    assert screen(terminal.written) == [""]


def test_a_build_with_nothing_to_compile_is_not_silent(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(install, "_TOLD_EVERY_SECONDS", 0)
    install._follow(io.StringIO("\n"), 1656)  # noqa: SLF001 - a build takes minutes
    assert "or linking them" in capsys.readouterr().err
