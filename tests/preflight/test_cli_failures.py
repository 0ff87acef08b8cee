"""Runs of the command that end without a verdict: one message, exit code 2, nothing on stdout."""

import json
import re
import sys
from contextlib import chdir
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


@pytest.mark.parametrize(
    ("files", "told"),
    [
        pytest.param(
            {"__main__.py": "def\n"},
            [
                "error: the program raised SyntaxError: invalid syntax (__main__.py, line 1)",
                "  __main__.py:1",
            ],
            id="program",
        ),
        pytest.param(
            {"__main__.py": "import parts\n", "parts.py": "\ndef\n"},
            [
                "error: the program raised SyntaxError: invalid syntax (parts.py, line 2)",
                "  parts.py:2",
                "  __main__.py:1 in <module>: import parts",
            ],
            id="module",
        ),
        pytest.param(
            {"__main__.py": "import nothing\n"},
            [
                "error: the program raised ModuleNotFoundError: No module named 'nothing'",
                "  __main__.py:1 in <module>: import nothing",
            ],
            id="missing-module",
        ),
    ],
)
def test_a_module_that_cannot_be_loaded_is_told_without_what_loads_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], files: dict[str, str], told: list[str]
) -> None:
    project = write_project(tmp_path, "")
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    lines = no_verdict(capsys, project)
    assert [line for line in lines if not line.startswith("hint: ")] == told


def test_a_recursion_without_an_end_is_told_in_few_lines(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    project = write_project(tmp_path, "def again():\n    again()\n\nagain()\n")
    lines = no_verdict(capsys, project)
    assert lines[0].startswith("error: the program raised RecursionError: ")
    assert len(lines) < 30
    assert any(re.fullmatch(r"  \.\.\. \d+ more", line) for line in lines)


@pytest.mark.parametrize(
    ("program", "told"),
    [
        pytest.param(
            "class Odd(Exception):\n    def __str__(self): raise OSError('x')\nraise Odd\n",
            "the program raised __main__.Odd: (its text cannot be had: OSError)",
            id="text-that-raises",
        ),
        pytest.param(
            "class Odd(Exception):\n    def __str__(self): return 5\nraise Odd\n",
            "the program raised __main__.Odd: (its text cannot be had: TypeError)",
            id="text-that-is-none",
        ),
        pytest.param(
            "class Odd:\n    def __str__(self): raise OSError('x')\nraise SystemExit(Odd())\n",
            "the program exited with (its text cannot be had: OSError)",
            id="exit-code-that-raises",
        ),
        pytest.param(
            "raise ValueError('z ' * 2_500_000)\n", "... (4,990,0", id="text-without-an-end"
        ),
        pytest.param(
            # The socket to preflight alone: what gRPC waits on is not the program's to write to.
            "import os, socket\nfor number in range(3, 12):\n    try:\n"
            "        with socket.socket(fileno=os.dup(number)) as each:\n"
            "            if each.family == socket.AF_UNIX: each.send(b'5\\n[]\\nx\\n{}\\n')\n"
            "    except OSError: pass\n"
            "raise ValueError('all the same')\n",
            "the program raised ValueError: all the same",
            id="writes-to-what-it-did-not-open",
        ),
        pytest.param(
            "raise ValueError('\\ud800 \\x1b[2J')\n",
            "the program raised ValueError: \\ud800 \\x1b[2J",
            id="text-that-steers-the-terminal",
        ),
    ],
)
def test_a_program_that_fails_in_an_odd_way_is_told_in_one_error(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], program: str, told: str
) -> None:
    lines = no_verdict(capsys, write_project(tmp_path, f"import pulumi\n{program}"))
    assert told in lines[0]
    assert sum(map(len, lines)) < 12_000


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


@pytest.mark.skipif(sys.platform != "linux", reason="the limit of a variable is Linux's")
@pytest.mark.parametrize(
    ("config", "told"),
    [
        pytest.param(
            {"blob": "x" * 200_000}, ["200,0", "200,000 of them in 'shop:blob'"], id="one"
        ),
        pytest.param({f"k{i}": "x" * 50 for i in range(3_000)}, ["50 of them"], id="all-together"),
    ],
)
@pytest.mark.parametrize("packs", [(), ("--policy-pack", DEMO)], ids=["program", "pack"])
def test_config_that_is_too_long_to_be_handed_over_is_told_with_its_key(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    config: dict[str, str],
    told: list[str],
    packs: tuple[str, ...],
) -> None:
    project = write_project(tmp_path, GOOD)
    values = {f"shop:{key}": value for key, value in config.items()}
    (tmp_path / "Pulumi.dev.yaml").write_text(json.dumps({"config": values}))
    (line,) = no_verdict(capsys, project, *packs)
    assert not [words for words in told if words not in line]
    assert line.endswith("keep what is so long in a file")


def test_a_folder_that_is_gone_is_no_place_to_start_in(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    first, _ = no_verdict(capsys, ".")
    assert first == "error: the folder that preflight was started in is gone"


def test_an_interpreter_that_is_none_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    interpreter = tmp_path / "python"
    interpreter.write_text("no program")
    interpreter.chmod(0o755)
    monkeypatch.setenv("PULUMI_PYTHON_CMD", str(interpreter))
    (line,) = no_verdict(capsys, write_project(tmp_path, GOOD))
    assert line == (f"error: the program's {interpreter} cannot be started: Exec format error")


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
            ("--config", "a=\udcff"),
            "argument --config: 'a=\\udcff' is not UTF-8",
            id="config-of-another-encoding",
        ),
        pytest.param(
            ("--timeout", "soon"),
            "argument --timeout: 'soon' is not a number of seconds",
            id="timeout-no-number",
        ),
        pytest.param(
            ("--timeout", "nan"),
            "argument --timeout: nan is not a finite number of seconds above 0",
            id="timeout-nan",
        ),
        pytest.param(
            ("--timeout", "1e9999"),
            "argument --timeout: 1e9999 is not a finite number of seconds above 0",
            id="timeout-infinite",
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
    assert "exit codes: 0 nothing was found that fails the run; 1" in capsys.readouterr().out


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


@pytest.mark.parametrize(
    ("flags", "error"),
    [
        pytest.param(
            ["--prune-baseline"],
            "error: --prune-baseline is about the file of --baseline, which is not given",
            id="prune-nothing",
        ),
        pytest.param(
            ["--baseline", "a", "--write-baseline", "b"],
            "error: --write-baseline and --baseline were both given; --write-baseline alone keeps "
            "what its file says of the findings that stay",
            id="both",
        ),
        pytest.param(
            ["--fail-on", "low"],
            "error: argument --fail-on: invalid choice: 'low' (choose from ",
            id="unknown-level",
        ),
        pytest.param(
            ["--baseline", "missing.yaml"], "error: there is no baseline missing.yaml", id="missing"
        ),
        pytest.param(
            ["--write-baseline", "missing/b.yaml"],
            "error: missing/b.yaml cannot be written: No such file or directory",
            id="unwritable",
        ),
        pytest.param(
            ["--recursive", "--write-baseline", "{stack}.yaml"],
            "error: --write-baseline {stack}.yaml is the baseline of one stack, and --recursive "
            "judges several; put {project} and {stack} into its name",
            id="several-stacks",
        ),
        pytest.param(["--baseline", "."], "error: .: cannot be read: Is a directory", id="folder"),
    ],
)
def test_a_baseline_that_cannot_be_had_is_one_error(
    good: str, capsys: pytest.CaptureFixture[str], flags: list[str], error: str
) -> None:
    with chdir(Path(good).parent):
        first, *_ = no_verdict(capsys, good, *flags)
    assert first.startswith(error)


def test_a_malformed_baseline_is_told_before_the_program_runs(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    project = write_project(tmp_path / "endless", ENDLESS)
    baseline = tmp_path / "b.yaml"
    baseline.write_text("version: 1\nproject: shop\nstack: prod\nfindings: []\n")
    error, hint = no_verdict(capsys, project, "--baseline", str(baseline))
    assert error == (
        f"error: {baseline}:3: the baseline is of stack 'prod', and stack 'dev' is judged"
    )
    assert hint.startswith("hint: give each stack a file of its own")
