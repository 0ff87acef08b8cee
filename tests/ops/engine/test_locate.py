"""Which engine is taken: the user's own, the project's, or none."""

import sys
from pathlib import Path

import pytest

from ops.engine import locate
from ops.engine.locate import LANGUAGES, SOURCES, look, pinned_version, read_stamp, write_stamp
from pulumi_loopback.engine.locate import OLDEST, Engine, Missing

OLD = "3.1.0"


@pytest.fixture(autouse=True)
def nothing_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither a command on PATH nor one in the project."""
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    monkeypatch.setattr(locate, "STAMP", tmp_path / "stamp.json")
    monkeypatch.setattr(locate, "BIN", tmp_path)


def put_on_path(folder: Path, says: str) -> Path:
    command = folder / "pulumi"
    command.write_text(f"#!/bin/sh\necho '{says}'\n")
    command.chmod(0o755)
    return command


@pytest.mark.parametrize("before", ["", "v"])
def test_the_users_own_comes_first(before: str, tmp_path: Path) -> None:
    command = put_on_path(tmp_path, f"{before}{pinned_version()}")
    write_stamp("built")
    assert next(look()) == Engine(pulumi=command, version=pinned_version(), origin="PATH")


@pytest.mark.parametrize(
    ("says", "why"),
    [
        pytest.param(OLD, f"is {OLD}; wanted {pinned_version()} or newer", id="too old"),
        pytest.param("hello", "does not say its version", id="no version"),
    ],
)
def test_one_that_will_not_do_is_passed_over_with_the_reason(
    says: str, why: str, tmp_path: Path
) -> None:
    command = put_on_path(tmp_path, says)
    assert next(look()) == Missing(reason=f"{command} {why}")


def test_the_projects_own_is_taken_while_its_sources_are_todays() -> None:
    write_stamp("built")
    _, found = look()
    assert isinstance(found, Engine)
    assert (found.version, found.origin) == (pinned_version(), "engine/bin, built")


@pytest.mark.parametrize(
    "stamp",
    [
        pytest.param(None, id="none"),
        pytest.param("{", id="cut off"),
        pytest.param('{"version": "3.276.0"}', id="without its sources"),
    ],
)
def test_an_engine_without_a_whole_stamp_is_none(stamp: str | None) -> None:
    if stamp is not None:
        locate.STAMP.write_text(stamp)
    assert read_stamp() is None
    assert list(look())[1] == Missing(reason="the project's engine/bin has none")


def test_an_engine_of_other_sources_is_passed_over() -> None:
    locate.STAMP.write_text('{"version": "3.276.0", "origin": "built", "sources": "others"}')
    assert list(look())[1] == Missing(
        reason="the one in engine/bin was made from other sources than today's"
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_project_that_moved_keeps_its_engine_and_gets_new_launchers(
    tmp_path: Path, language: str
) -> None:
    write_stamp("built")
    script = tmp_path / f"pulumi-language-{language}"
    script.write_text('#!/bin/sh\nexec "/elsewhere/python" "/elsewhere/engine" 3.255.0 "$@"\n')
    _, found = look()
    assert isinstance(found, Engine)
    assert (
        f'exec "{sys.prefix}/bin/python" "{SOURCES}" {language} {pinned_version()}'
        in script.read_text()
    )
    assert script.stat().st_mode & 0o111
    before = script.stat().st_mtime_ns
    list(look())
    assert script.stat().st_mtime_ns == before


def test_an_installed_engine_keeps_its_own_language_host(tmp_path: Path) -> None:
    write_stamp("installed")
    (tmp_path / "pulumi-language-python").write_text("Pulumi's")
    list(look())
    assert (tmp_path / "pulumi-language-python").read_text() == "Pulumi's"


def test_the_oldest_engine_on_path_is_the_one_that_is_built_here() -> None:
    assert pinned_version() == OLDEST
