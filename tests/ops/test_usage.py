"""Wrong usage of a session with several commands names the session."""

import pytest

from ops.lifecycle import main


@pytest.mark.parametrize("command", ["state:list", "logs:taskiq-worker"])
def test_an_unknown_option_is_told_with_the_session(
    command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit, match="2"):
        main([command, "--bogus"])
    told = capsys.readouterr().err
    assert f"nox -s {command}: error: unrecognized arguments: --bogus\n" in told
