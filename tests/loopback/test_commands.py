"""The package's own command: what it takes, and how it is named in hints."""

import argparse
from pathlib import Path

import pytest

from pulumi_loopback import __version__, commands
from pulumi_loopback.credentials import FOLDER, free_port, profile_of, write_profile
from pulumi_loopback.project import Packs


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project, and no engine on PATH."""
    (tmp_path / "Pulumi.yaml").write_text("name: shop\nruntime: python\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path))
    return tmp_path


def engine(folder: Path, version: str = "3.276.0") -> Path:
    """A command line that says its version, and knows no stack."""
    file = folder / "an engine"
    file.write_text(f'#!/bin/sh\n[ "$1" = version ] && echo v{version}\n')
    file.chmod(0o755)
    return file


def told(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """What a command that is refused says."""
    assert commands.run(arguments) == 2
    return capsys.readouterr().err


def test_without_an_engine_it_says_how_to_get_one(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert told(capsys, "outputs", "--project", str(project)) == (
        "error: there is no Pulumi engine: `pulumi` is not on PATH\n"
        "hint: install it (https://www.pulumi.com/docs/iac/download-install/), or name one with "
        "--engine FILE\n"
    )


@pytest.mark.parametrize(
    ("version", "why"),
    [
        pytest.param("3.1.0", "is 3.1.0; wanted 3.276.0 or newer", id="too old"),
        pytest.param("?", "does not say its version", id="no version"),
    ],
)
def test_an_engine_that_is_named_and_will_not_do_is_told(
    version: str, why: str, project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = engine(project, version)
    assert f"{file} {why}\n" in told(capsys, "outputs", "--engine", str(file))


def test_an_engine_that_is_named_and_not_there_is_told(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    missing = project / "missing"
    assert told(capsys, "outputs", "--engine", str(missing)) == (
        f"error: {missing}: No such file or directory\n"
    )


def test_a_hint_names_the_command_with_what_was_given(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given = ("--engine", str(engine(project)), "--policy-pack", "a pack", "--stack", "dev")
    hint = told(capsys, "outputs", *given)
    assert hint.endswith(
        f"hint: `pulumi-loopback state:init --engine '{project}/an engine' "
        "--policy-pack 'a pack' --stack dev` makes it\n"
    )


def test_each_pack_has_settings_or_none_has(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    packs = ("--policy-pack", "one", "--policy-pack", "two", "--policy-pack-config", "one.json")
    assert told(capsys, "up", *packs).startswith(
        "error: 2 --policy-pack and 1 --policy-pack-config were given\n"
    )
    assert not (project / FOLDER).exists()


def gate(project: Path, *given: str, command: str = "up") -> Packs:
    options = argparse.Namespace(
        command=command,
        stack="dev",
        policy_pack=[Path(each) for each in given],
        policy_pack_config=[],
    )
    return commands.gate_of(options, project)


@pytest.fixture
def with_packs(project: Path) -> Path:
    """A project whose `preflight.yaml` names two packs, of which one has settings."""
    for name in ("one", "two"):
        (project / name).mkdir()
    (project / "dev.json").write_text("{}")
    text = "packs: [one, {path: two, config: '{stack}.json'}]\n"
    (project / "preflight.yaml").write_text(text)
    return project


def test_packs_that_the_project_names_have_to_agree_as_given_ones(with_packs: Path) -> None:
    assert gate(with_packs) == Packs(
        folders=(with_packs / "one", with_packs / "two"),
        configs=(Path("/dev/null"), with_packs / "dev.json"),
    )


def test_packs_that_are_given_replace_those_of_the_project(with_packs: Path) -> None:
    assert gate(with_packs, "/other") == Packs(folders=(Path("/other"),))


def test_packs_without_settings_get_none(project: Path) -> None:
    (project / "one").mkdir()
    (project / "preflight.yaml").write_text("packs: [one]\n")
    assert gate(project) == Packs(folders=(project / "one",))


def test_a_pack_of_the_project_that_is_not_there_is_told(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (project / "preflight.yaml").write_text("packs: [one]\n")
    assert told(capsys, "up", "--stack", "dev").startswith(
        f"error: {project}/preflight.yaml: packs.0.path is 'one', and there is no {project}/one\n"
    )
    assert gate(project, command="endpoint:stop") == Packs()


@pytest.mark.parametrize("text", ["0", "65536", "-1", "http", ""])
def test_a_port_that_is_none_is_refused(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        commands.run(["up", f"--port={text}"])
    assert f"{text!r} is not a port; wanted 1 to 65535" in capsys.readouterr().err


def test_an_endpoint_elsewhere_is_refused_before_anything_is_started(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = "config: {'shop:aws': {endpoint: 'https://sqs.eu-west-1.amazonaws.com'}}\n"
    (project / "Pulumi.dev.yaml").write_text(settings)
    assert "wanted a loopback address" in told(capsys, "endpoint:start", "--stack", "dev")
    assert not (project / FOLDER).exists()


def test_the_endpoint_keeps_the_port_of_its_last_start(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    port = free_port()
    write_profile(profile_of(project), url=f"http://127.0.0.1:{port}", region="eu-west-1")
    assert commands.run(["endpoint:status"]) == 0
    assert capsys.readouterr().out == (
        "moto does not run; `pulumi-loopback endpoint:start` starts it at "
        f"http://127.0.0.1:{port}\n"
    )


def test_it_tells_its_version(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="0"):
        commands.run(["--version"])
    assert capsys.readouterr().out == f"pulumi-loopback {__version__}\n"
