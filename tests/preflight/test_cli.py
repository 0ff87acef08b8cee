"""The command, end to end: real programs, real packs, both streams and the exit code."""

import json
import signal
import subprocess
import sys
import time
from importlib import resources
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from pulumi_preflight.cli import FAILED, INTERRUPTED, NO_VERDICT, PASSED, TERMINATED, main
from tests.preflight.builders import PACKS, write_pack

COMMAND = Path(sys.executable).with_name("preflight")
DEMO = str(PACKS / "demo")

# A queue as pulumi_aws registers it, without the second that its import takes.
PROGRAM = """\
import pulumi


class Queue(pulumi.CustomResource):
    def __init__(self, name, **inputs):
        super().__init__("aws:sqs/queue:Queue", name, inputs)


class Service(pulumi.CustomResource):
    def __init__(self, name, **inputs):
        super().__init__("aws:ecs/service:Service", name, inputs)


"""
GOOD = f"""{PROGRAM}
Queue("jobs", fifoQueue=True, redrivePolicy="", tags={{}})
pulumi.export("size", pulumi.Config().get_int("size"))
"""
BAD = f"""{PROGRAM}
Queue("jobs", redrivePolicy="")
Service("web", desiredCount=50)
"""
ENDLESS = "import pathlib, time\npathlib.Path('started').touch()\nwhile True:\n    time.sleep(9)\n"


def write_project(folder: Path, program: str) -> str:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "Pulumi.yaml").write_text("name: shop\nruntime: python\n")
    (folder / "Pulumi.dev.yaml").write_text("config:\n  shop:size: 1\n")
    (folder / "__main__.py").write_text(program)
    return str(folder)


@pytest.fixture
def good(tmp_path: Path) -> str:
    """A project in which the demo pack finds nothing mandatory."""
    return write_project(tmp_path / "good", GOOD)


@pytest.fixture
def bad(tmp_path: Path) -> str:
    """A project in which the demo pack finds two mandatory violations."""
    return write_project(tmp_path / "bad", BAD)


def judge(*arguments: str) -> int:
    return main([*arguments, "--stack", "dev"])


def test_a_sound_program_passes_with_the_report_on_stdout(
    good: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert judge(good, "--policy-pack", DEMO) == PASSED
    captured = capsys.readouterr()
    assert captured.err == ""
    assert captured.out.startswith("shop stack dev: 1 resource, ")
    last = captured.out.splitlines()[-1]
    assert last == "PASS: 0 mandatory findings, 4 advisory, 1 waived, 0 not evaluated"


def test_a_mandatory_finding_fails_and_is_shown_with_its_place(
    bad: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    assert judge(bad, "--policy-pack", DEMO) == FAILED
    lines = capsys.readouterr().out.splitlines()
    start = lines.index("  queue-is-fifo")
    assert lines[start + 1 : start + 4] == [
        "    bad/__main__.py:15  jobs",
        "    fifoQueue is not set; wanted true.",
        "    Fix: Set fifoQueue.",
    ]


def test_the_json_report_fits_the_schema_that_is_shipped(
    bad: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert judge(bad, "--policy-pack", DEMO, "--format", "json") == FAILED
    document = json.loads(capsys.readouterr().out)
    schema = resources.files("pulumi_preflight.reports").joinpath("verdict.schema.json")
    Draft202012Validator(json.loads(schema.read_text())).validate(document)
    places = {
        (finding["rule"], finding["file"], finding["line"])
        for finding in document["findings"]
        if finding["level"] == "mandatory"
    }
    assert places == {
        ("queue-is-fifo", "__main__.py", 15),
        ("service-is-small", "__main__.py", 16),
    }


def test_two_runs_give_the_same_bytes(bad: str, capsys: pytest.CaptureFixture[str]) -> None:
    documents = []
    for _ in range(2):
        judge(bad, "--policy-pack", DEMO, "--format", "json")
        document = json.loads(capsys.readouterr().out)
        del document["seconds"]
        documents.append(json.dumps(document))
    assert documents[0] == documents[1]


def test_config_given_on_the_command_line_reaches_the_program(
    good: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert judge(good, "--config", "size=7", "--format", "json") == PASSED
    assert json.loads(capsys.readouterr().out)["outputs"] == {"size": 7}


@pytest.mark.parametrize(
    ("flags", "unseen"),
    [
        pytest.param((), [], id="filled-in"),
        pytest.param(("--keep-unknowns",), [("redrivePolicy", 4)], id="kept-unknown"),
    ],
)
def test_computed_outputs_are_filled_in_unless_they_are_to_be_kept_unknown(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    flags: tuple[str, ...],
    unseen: list[tuple[str, int]],
) -> None:
    program = (
        "import pulumi_aws as aws\n"
        "fifo = {'fifo_queue': True, 'tags': {}}\n"
        "dead = aws.sqs.Queue('dead', redrive_policy='', **fifo)\n"
        "aws.sqs.Queue('jobs', redrive_policy=dead.arn, **fifo)\n"
    )
    project = write_project(tmp_path, program)
    assert judge(project, "--policy-pack", DEMO, "--format", "json", *flags) == PASSED
    found = json.loads(capsys.readouterr().out)["notEvaluated"]
    assert [(entry["property"], entry["line"]) for entry in found] == unseen


def test_a_pack_is_configured_by_the_file_at_its_place(bad: str, tmp_path: Path) -> None:
    config = tmp_path / "config.json"
    config.write_text('{"all": "advisory"}')
    packs = ("--policy-pack", DEMO, "--policy-pack-config", str(config))
    assert judge(bad, *packs) == PASSED


def test_a_program_is_judged_without_packs_too(
    good: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert judge(good) == PASSED
    assert "no --policy-pack was given" in capsys.readouterr().out


def test_the_report_goes_to_a_file_whole(
    bad: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "reports"
    folder.mkdir()
    report = folder / "verdict.json"
    report.write_text("old")
    packs = ("--policy-pack", DEMO, "--format", "json", "--output", str(report))
    assert judge(bad, *packs) == FAILED
    assert json.loads(report.read_text())["verdict"] == "fail"
    assert [path.name for path in folder.iterdir()] == ["verdict.json"]
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("FAIL: 2 mandatory findings, ")
    assert captured.err.endswith(f"; the report is in {report}\n")


def test_a_report_that_cannot_be_written_is_no_verdict(
    good: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert judge(good, "--output", str(tmp_path / "missing" / "report")) == NO_VERDICT
    captured = capsys.readouterr()
    assert captured.err == (
        f"error: {tmp_path}/missing/report cannot be written: No such file or directory\n"
    )


def no_verdict(capsys: pytest.CaptureFixture[str], *arguments: str) -> list[str]:
    """Runs the command, which must end without a verdict; gives the lines on stderr."""
    assert judge(*arguments) == NO_VERDICT
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
    assert judge(good) == NO_VERDICT
    error = capsys.readouterr().err
    told = "error: preflight itself failed, so there is no verdict: LookupError: of all things\n"
    assert told in error
    assert ("Traceback" in error) is debug


def test_a_reader_that_has_seen_enough_does_not_disturb(bad: str) -> None:
    command = [str(COMMAND), bad, "--stack", "dev", "--policy-pack", DEMO]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        error = process.stderr.read()
    assert (process.returncode, error) == (FAILED, b"")


def processes_in(folder: Path) -> list[str]:
    command = ["ps", "-ww", "-eo", "args"]
    listed = subprocess.run(command, check=True, capture_output=True, text=True)
    return [line for line in listed.stdout.splitlines() if str(folder) in line]


@pytest.mark.parametrize(
    ("number", "code", "word"),
    [
        pytest.param(signal.SIGINT, INTERRUPTED, "interrupted", id="ctrl-c"),
        pytest.param(signal.SIGTERM, TERMINATED, "terminated", id="sigterm"),
    ],
)
def test_a_signal_ends_the_run_and_leaves_nothing(
    tmp_path: Path, number: signal.Signals, code: int, word: str
) -> None:
    project = write_project(tmp_path / "endless", ENDLESS)
    pack = write_pack(tmp_path / "pack", ENDLESS)
    command = [str(COMMAND), project, "--stack", "dev", "--policy-pack", str(pack)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        deadline = time.monotonic() + 60
        while not (tmp_path / "endless" / "started").exists() and time.monotonic() < deadline:
            time.sleep(0.05)
        process.send_signal(number)
        out, error = process.communicate(timeout=60)
    assert process.returncode == code
    assert (out, error.decode()) == (b"", f"error: {word}; there is no verdict\n")
    assert processes_in(tmp_path) == []
