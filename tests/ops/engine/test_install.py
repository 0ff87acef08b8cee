"""A machine without an engine gets one, whole, where the first command needs it."""

from collections.abc import Callable
from pathlib import Path

import pytest
from pulumi.automation import PulumiCommand

from ops import lifecycle
from ops.engine import install, locate
from ops.engine.locate import pinned_version, read_stamp
from tests.preflight.hosts import built


@pytest.fixture
def nothing_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """No engine, and a folder for one that holds what an older project made."""
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "pulumi-language-python").write_text("exec /elsewhere/python")
    monkeypatch.setattr(install, "BIN", folder)
    monkeypatch.setattr(locate, "STAMP", folder / "stamp.json")
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    return folder


def installing(folder: Path, *, succeeds: bool) -> Callable[..., None]:
    def installed(**_: object) -> None:
        assert not folder.exists(), "an installer takes what it finds for whole"
        if not succeeds:
            raise OSError("no network")
        folder.mkdir()

    return installed


def test_what_an_older_project_left_is_not_taken_over(
    nothing_here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(PulumiCommand, "install", installing(nothing_here, succeeds=True))
    assert install.main() == 0
    stamp = read_stamp()
    assert stamp is not None
    assert (stamp.origin, stamp.version) == ("installed", pinned_version())


@pytest.mark.parametrize("status", [0, 2])
def test_the_session_says_which_language_hosts_there_are(
    status: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    host = built("yaml")
    monkeypatch.setattr(install, "main", lambda: status)
    assert install.session() == status
    assert capsys.readouterr().out == f"Language host for yaml: {host}\n"


def test_a_machine_without_go_has_an_engine_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(install, "main", lambda: 0)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setenv("PATH", str(tmp_path))
    assert install.session() == 0
    assert "Programs in yaml cannot be judged: " in capsys.readouterr().err


@pytest.mark.usefixtures("nothing_here")
@pytest.mark.parametrize("session", ["up", "validate"])
def test_a_first_command_gets_the_engine(session: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(install, "main", lambda: 2)
    assert lifecycle.main([session]) == 2


@pytest.mark.usefixtures("nothing_here")
def test_a_command_on_what_is_deployed_only_says_how_to_get_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(install, "main", lambda: pytest.fail("nothing is deployed here"))
    assert lifecycle.main(["destroy"]) == 2
    assert (
        "there is no Pulumi engine here\nhint: `nox -s engine` gets one" in capsys.readouterr().err
    )
