"""Wrong usage of a session with several commands names the session."""

from collections.abc import Callable, Sequence

import pytest

from ops import lifecycle, observe


@pytest.mark.parametrize(
    ("main", "command"),
    [(lifecycle.main, "state:list"), (observe.main, "logs:taskiq-worker")],
    ids=["lifecycle", "observe"],
)
def test_an_unknown_option_is_told_with_the_session(
    main: Callable[[Sequence[str]], int], command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit, match="2"):
        main([command, "--bogus"])
    told = capsys.readouterr().err
    assert f"nox -s {command}: error: unrecognized arguments: --bogus\n" in told
