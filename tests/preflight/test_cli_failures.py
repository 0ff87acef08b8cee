"""Runs of the command that end without a verdict: one message, exit code 2, nothing on stdout."""

import re
from pathlib import Path

import pytest

from pulumi_preflight.cli import NO_VERDICT, PASSED, main
from tests.preflight.builders import ENDLESS, GOOD, PACKS, PROGRAM, write_pack, write_project

DEMO = str(PACKS / "demo")


@pytest.fixture
def good(tmp_path: Path) -> str:
    """A project in which the demo pack finds nothing mandatory."""
    return write_project(tmp_path / "good", GOOD)


def no_verdict(capsys: pytest.CaptureFixture[str], *arguments: str) -> list[str]:
    """Runs the command, which must end without a verdict; gives the lines on stderr."""
    assert main([*arguments, "--stack", "dev"]) == NO_VERDICT
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "Traceback" not in captured.err
    return captured.err.splitlines()


def test_a_folder_without_a_project_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first, *_ = no_verdict(capsys, str(tmp_path))
    assert first == f"error: there is no Pulumi.yaml in {tmp_path}"


def test_a_program_that_raises_is_told_as_such(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    project = write_project(tmp_path, "import pulumi\nraise ValueError('no zone')\n")
    lines = no_verdict(capsys, project, "--policy-pack", DEMO)
    assert lines[0].startswith("error: ")
    assert "no zone" in "\n".join(lines)


def test_a_recursion_without_an_end_is_told_in_few_lines(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    project = write_project(tmp_path, "def again():\n    again()\n\nagain()\n")
    lines = no_verdict(capsys, project)
    assert lines[0].startswith("error: the program raised RecursionError: ")
    assert len(lines) < 30
    assert any(re.fullmatch(r"  \.\.\. \d+ more", line) for line in lines)


def test_a_program_that_does_not_end_is_given_up_after_the_timeout(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    project = write_project(tmp_path, ENDLESS)
    lines = no_verdict(capsys, project, "--timeout", "3")
    assert lines[0].startswith("error: ")


@pytest.mark.parametrize(
    ("source", "complaint"),
    [
        pytest.param("print('hello')\n", "printed 'hello' before it booted", id="prints-first"),
        pytest.param("raise KeyError('x')\n", "did not boot: KeyError: 'x'", id="does-not-boot"),
    ],
)
def test_a_pack_that_does_not_boot_is_told_not_the_program_it_stopped(
    good: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], source: str, complaint: str
) -> None:
    pack = write_pack(tmp_path / "strict", source)
    first, *rest = no_verdict(capsys, good, "--policy-pack", str(pack))
    assert first.startswith(f"error: policy pack {pack} {complaint}")
    assert all(line.startswith("hint: ") for line in rest)


def test_a_rule_that_raises_is_told_not_the_program_it_stopped(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    project = write_project(tmp_path, f"{PROGRAM}\nQueue('queue')\n")
    (line,) = no_verdict(capsys, project, "--policy-pack", str(PACKS / "raising"))
    assert line == (
        "error: rule 'queue-raises' of policy pack 'raising' raised for 'queue' "
        "(aws:sqs/queue:Queue): KeyError: 'missing' (__main__.py:20)"
    )


def test_a_pack_config_that_does_not_fit_is_told_with_its_file(
    good: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = tmp_path / "config.json"
    config.write_text('{"service-is-small": {"maxTasks": "many"}}')
    packs = ("--policy-pack", DEMO, "--policy-pack-config", str(config))
    (line,) = no_verdict(capsys, good, *packs)
    assert line == (
        f"error: policy pack 'demo', config {config}: service-is-small: maxTasks: "
        "Invalid type. Expected: integer, given: string"
    )


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        pytest.param(
            ("--policy-pack", "a", "--policy-pack", "b", "--policy-pack-config", "c"),
            "2 --policy-pack and 1 --policy-pack-config were given; there must be one config "
            "for each pack, in the same order, or none at all",
            id="one-config-for-two-packs",
        ),
        pytest.param(
            ("--policy-pack-config", "c"),
            "0 --policy-pack and 1 --policy-pack-config were given; there must be one config "
            "for each pack, in the same order, or none at all",
            id="a-config-without-a-pack",
        ),
        pytest.param(
            ("--config", "size"), "argument --config: 'size' is not KEY=VALUE", id="config"
        ),
        pytest.param(
            ("--timeout", "soon"),
            "argument --timeout: 'soon' is no number of seconds",
            id="timeout-no-number",
        ),
        pytest.param(
            ("--timeout", "nan"), "argument --timeout: nan must be above 0", id="timeout-nan"
        ),
        pytest.param(
            ("--show-secrets",),
            "--show-secrets is about the file of --save-state, which is not given",
            id="secrets-of-nothing",
        ),
        pytest.param(("--verbose",), "unrecognized arguments: --verbose", id="unknown-option"),
    ],
)
def test_wrong_usage_is_one_line_and_a_hint(
    capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], complaint: str
) -> None:
    lines = no_verdict(capsys, "anywhere", *arguments)
    assert lines == [f"error: {complaint}", "hint: preflight --help lists the options"]


def test_help_tells_the_exit_codes(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == PASSED
    assert "exit codes: 0 nothing mandatory was found; 1" in capsys.readouterr().out


@pytest.mark.parametrize("debug", [False, True], ids=["for-users", "for-developers"])
def test_a_bug_of_preflight_is_called_one(
    good: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    *,
    debug: bool,
) -> None:
    def fail(*_arguments: object, **_named: object) -> None:
        raise LookupError("of all things")

    monkeypatch.setattr("pulumi_preflight.program.run_program", fail)
    monkeypatch.setenv("PULUMI_PREFLIGHT_DEBUG", "1" if debug else "")
    assert main([good, "--stack", "dev"]) == NO_VERDICT
    error = capsys.readouterr().err
    told = "error: preflight itself failed, so there is no verdict: LookupError: of all things\n"
    assert told in error
    assert ("Traceback" in error) is debug
