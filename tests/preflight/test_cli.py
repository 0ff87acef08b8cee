"""The command, end to end: real programs, real packs, both streams and the exit code."""

import csv
import datetime as dt
import json
import signal
import subprocess
import sys
from importlib import resources
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from pulumi_preflight.cli import FAILED, INTERRUPTED, NO_VERDICT, PASSED, TERMINATED, main
from pulumi_preflight.reports import OWN
from tests.preflight.builders import (
    BAD,
    ENDLESS,
    GOOD,
    PACKS,
    PROGRAM,
    SERVICE,
    urn,
    write_pack,
    write_project,
)
from tests.preflight.states import samples as states
from tests.processes import started_with
from tests.waiting import LONG, wait_until

COMMAND = Path(sys.executable).with_name("preflight")
DEMO = str(PACKS / "demo")


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


def test_what_fixes_would_change_is_shown_where_it_is_asked_for(
    bad: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    config = tmp_path / "config.json"
    config.write_text('{"owner-is-tagged": "advisory"}')
    packs = ("--policy-pack", DEMO, "--policy-pack-config", str(config))
    assert judge(bad, *packs, "--show-fixes") == FAILED
    shown = capsys.readouterr().out
    assert (
        "  bad/__main__.py:16  web\n"
        "  @@ owner-is-tagged\n"
        '  + tags: {"owner": "platform"}\n'
        "\nFAIL: 2 mandatory findings, " in shown
    )
    assert judge(bad, *packs) == FAILED
    assert "@@" not in capsys.readouterr().out


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


def test_several_reports_are_written_in_one_run(
    bad: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    report = tmp_path / "verdict.json"
    packs = ("--policy-pack", DEMO)
    assert judge(bad, *packs, "--format", "terminal", "--format", f"json={report}") == FAILED
    assert json.loads(report.read_text())["verdict"] == "fail"
    captured = capsys.readouterr()
    assert captured.out.endswith("1 waived, 0 not evaluated\n")
    assert captured.err == ""


def test_reports_that_all_go_to_files_leave_stdout_empty(
    bad: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text, document = tmp_path / "verdict.txt", tmp_path / "verdict.json"
    formats = ("--format", f"json={document}", "--format", "terminal", "--output", str(text))
    assert judge(bad, "--policy-pack", DEMO, *formats) == FAILED
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.endswith(f"; the reports are in {document}, {text}\n")
    assert json.loads(document.read_text())["verdict"] == "fail"
    assert text.read_text().splitlines()[-1] == captured.err.partition(";")[0]


def test_a_report_that_cannot_be_written_leaves_no_verdict_on_stdout(
    good: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    missing = tmp_path / "missing" / "report"
    assert judge(good, "--format", "terminal", "--format", f"json={missing}") == NO_VERDICT
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err == (
        f"error: {missing} cannot be written: No such file or directory\n"
        f"hint: make the folder {missing.parent} first\n"
    )


@pytest.mark.parametrize(
    ("options", "told"),
    [
        pytest.param(
            ("--format", "terminal", "--format", "json"),
            "the reports terminal and json would both go to stdout; give one of them a file of its "
            "own: --format json=FILE",
            id="two-to-stdout",
        ),
        pytest.param(
            ("--format", "json", "--format", "count", "--output", "a"),
            "the reports json and count would both go to a; give one of them a file of its own: "
            "--format count=FILE",
            id="two-to-output",
        ),
        pytest.param(
            ("--format", "json=a", "--format", "terminal=./a"),
            "the report json and the report terminal would both go to a; give each a file of its "
            "own",
            id="two-to-one-file",
        ),
        pytest.param(
            ("--format", "json=a", "--save-state", "a"),
            "the report json and the stack of --save-state would both go to a; give each a file of "
            "its own",
            id="the-state-too",
        ),
        pytest.param(
            ("--format", "json=a", "--output", "b"),
            "--output b has no report: each --format has a file of its own; leave one out",
            id="an-output-of-nothing",
        ),
        pytest.param(
            ("--format", "json="),
            "argument --format: 'json=' is not NAME or NAME=FILE",
            id="no-file",
        ),
        pytest.param(
            ("--format", "=a"), "argument --format: '=a' is not NAME or NAME=FILE", id="no-name"
        ),
    ],
)
def test_reports_that_cannot_go_where_they_are_sent_are_one_error(
    options: tuple[str, ...], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["nowhere", *options]) == NO_VERDICT
    assert capsys.readouterr().err == f"error: {told}\nhint: preflight --help lists the options\n"


def test_a_format_that_nobody_adds_is_told_before_the_run(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["nowhere", "--format", "terminal", "--format", "jsn=a"]) == NO_VERDICT
    assert capsys.readouterr().err.startswith("error: there is no report format 'jsn'\nhint: ")


def test_what_is_judged_of_a_state_stands_in_the_files_of_the_repository(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / "infra").mkdir()
    state = tmp_path / "state.json"
    state.write_text(states.export(states.entry("jobs", sourcePosition="project:///app.py#7")))
    pack = write_pack(tmp_path / "pack", FINDING)
    options = ("--state", str(state), "--policy-pack", str(pack), "--format", "csv")
    assert main([str(tmp_path / "infra"), *options]) == FAILED
    rows = csv.DictReader(capsys.readouterr().out.splitlines())
    assert [(row["name"], row["file"], row["line"]) for row in rows] == [
        ("", "infra/Pulumi.yaml", "1"),
        ("jobs", "infra/app.py", "7"),
    ]


FINDING = """\
from pulumi_policy import EnforcementLevel, PolicyPack, ResourceValidationPolicy
from pulumi_policy import StackValidationPolicy


def a_queue(args, report):
    if args.resource_type == "aws:sqs/queue:Queue":
        report("found")


rules = [
    ResourceValidationPolicy("queue", "A queue.", a_queue, EnforcementLevel.MANDATORY),
    StackValidationPolicy("stack", "A stack.", lambda _, report: report("found")),
]
PolicyPack("finding", rules)
"""


def test_the_help_names_every_format(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == PASSED
    shown = " ".join(capsys.readouterr().out.split())
    assert f"{OWN[0]} (the default), {', '.join(OWN[1:])}, or a format" in shown


def test_the_saved_state_holds_every_resource(good: str, tmp_path: Path) -> None:
    saved = tmp_path / "state.json"
    assert judge(good, "--save-state", str(saved)) == PASSED
    registered = json.loads(saved.read_text())["deployment"]["resources"]
    types = [resource["type"] for resource in registered]
    assert sorted(types) == ["aws:sqs/queue:Queue", "pulumi:providers:aws", "pulumi:pulumi:Stack"]


def test_only_its_owner_may_read_the_saved_state(good: str, tmp_path: Path) -> None:
    saved = tmp_path / "state.json"
    saved.write_text("of an older run, open to all")
    saved.chmod(0o644)
    assert judge(good, "--save-state", str(saved)) == PASSED
    assert saved.stat().st_mode & 0o777 == 0o600


SECRET = f"""{PROGRAM}
tags = pulumi.Output.secret({{"a": "hunter2"}})
Queue("jobs-hunter2", fifoQueue=True, redrivePolicy="", tags=tags)
print("hunter2")
"""


@pytest.mark.parametrize(
    ("flags", "told"),
    [
        pytest.param((), False, id="hidden"),
        pytest.param(("--show-secrets",), True, id="asked-for"),
    ],
)
def test_secrets_are_saved_in_plain_text_only_where_that_is_asked_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], flags: tuple[str, ...], *, told: bool
) -> None:
    saved = tmp_path / "state.json"
    project = write_project(tmp_path / "secret", SECRET)
    packs = ("--policy-pack", DEMO, "--format", "json", "--show-fixes")
    judge(project, *packs, "--save-state", str(saved), *flags)
    assert ("hunter2" in saved.read_text()) is told
    captured = capsys.readouterr()
    assert "hunter2" not in captured.out + captured.err
    assert "[secret]" in captured.out


TALKING = """
import sys
from pulumi_policy import PolicyPack, ResourceValidationPolicy
def talk(args, report):
    print("looking at", args.name, "\\x1b[2J")
    raise_later(args)
def raise_later(args):
    if args.name.startswith("raises"):
        raise ValueError(f"of {args.name}\\x1b[2J")
PolicyPack("talkative", [ResourceValidationPolicy("talk", "Talks.", talk)])
"""


@pytest.mark.parametrize(
    ("name", "code", "told"),
    [
        pytest.param("of", PASSED, "[pack] looking at of-[secret] \\x1b[2J\n", id="printed"),
        pytest.param("raises", NO_VERDICT, "of raises-[secret]\\x1b[2J", id="raised"),
    ],
)
def test_what_a_pack_says_is_shown_without_secrets_and_control_characters(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, code: int, told: str
) -> None:
    program = f"""{PROGRAM}
Queue("{name}-hunter2", password=pulumi.Output.secret("hunter2"))
"""
    project = write_project(tmp_path / "project", program)
    pack = write_pack(tmp_path / "pack", TALKING)
    assert judge(project, "--policy-pack", str(pack)) == code
    error = capsys.readouterr().err
    assert told in error
    assert "hunter2" not in error
    assert "\x1b" not in error


def test_a_report_that_cannot_be_written_is_no_verdict(
    good: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert judge(good, "--output", str(tmp_path / "missing" / "report")) == NO_VERDICT
    captured = capsys.readouterr()
    assert captured.err == (
        f"error: {tmp_path}/missing/report cannot be written: No such file or directory\n"
        f"hint: make the folder {tmp_path}/missing first\n"
    )


@pytest.mark.parametrize(("project", "code"), [("good", PASSED), ("bad", FAILED)])
def test_a_reader_that_has_seen_enough_does_not_disturb(
    project: str, code: int, request: pytest.FixtureRequest
) -> None:
    folder = request.getfixturevalue(project)
    command = [str(COMMAND), folder, "--stack", "dev", "--policy-pack", DEMO]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        error = process.stderr.read()
    assert (process.returncode, error) == (code, b"")


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
        wait_until((tmp_path / "endless" / "started").exists)
        process.send_signal(number)
        out, error = process.communicate(timeout=LONG)
    assert process.returncode == code
    assert (out, error.decode()) == (b"", f"error: {word}; there is no verdict\n")
    assert started_with(tmp_path) == []


def last_line(capsys: pytest.CaptureFixture[str]) -> str:
    return capsys.readouterr().out.splitlines()[-1]


def words(text: str) -> str:
    """A text without its line ends, which hang on the terminal's width."""
    return " ".join(text.split())


def test_a_baseline_lets_known_findings_pass_and_blocks_new_ones(
    bad: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    packs = ("--policy-pack", DEMO)
    baseline = tmp_path / "{project}-{stack}.yaml"
    assert judge(bad, *packs, "--write-baseline", str(baseline)) == PASSED
    written = tmp_path / "shop-dev.yaml"
    captured = capsys.readouterr()
    assert captured.err == f"8 findings are known from here on; the baseline is {written}\n"
    assert "Known from the baseline: 8 findings\n" in captured.out
    before = written.read_bytes()
    assert judge(bad, *packs, "--baseline", str(written)) == PASSED
    assert last_line(capsys) == (
        "PASS: 0 mandatory findings, 0 advisory, 8 known, 1 waived, 0 not evaluated"
    )
    with (Path(bad) / "__main__.py").open("a") as program:
        program.write('Queue("more", redrivePolicy="", tags={})\n')
    assert judge(bad, *packs, "--baseline", str(written)) == FAILED
    assert last_line(capsys).startswith("FAIL: 1 mandatory finding, ")
    assert written.read_bytes() == before


def test_what_is_put_right_is_told_and_taken_out_on_request(
    bad: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    packs, baseline = ("--policy-pack", DEMO), tmp_path / "b.yaml"
    judge(bad, *packs, "--write-baseline", str(baseline))
    program = Path(bad) / "__main__.py"
    program.write_text(program.read_text().replace("desiredCount=50", "desiredCount=5"))
    gone = "1 no longer found, to be taken out by --prune-baseline: service-is-small of web"
    capsys.readouterr()
    assert judge(bad, *packs, "--baseline", str(baseline)) == PASSED
    assert gone in words(capsys.readouterr().out)
    assert judge(bad, *packs, "--baseline", str(baseline), "--prune-baseline") == PASSED
    assert "service-is-small" not in baseline.read_text()
    capsys.readouterr()
    assert judge(bad, *packs, "--baseline", str(baseline)) == PASSED
    assert "no longer found" not in capsys.readouterr().out


def test_an_entry_past_its_last_day_blocks_again_and_the_report_says_so(
    bad: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    packs, baseline = ("--policy-pack", DEMO), tmp_path / "b.yaml"
    judge(bad, *packs, "--write-baseline", str(baseline))
    small = urn(SERVICE, "web")
    entry = f'"service-is-small", "urn": "{small}"'
    assert entry in baseline.read_text()
    dated = baseline.read_text().replace(entry, f'{entry}, "until": "2026-12-31"')
    baseline.write_text(dated)
    for day, code in ((dt.date(2026, 12, 31), PASSED), (dt.date(2027, 1, 1), FAILED)):
        monkeypatch.setattr("pulumi_preflight.clock.current_day", lambda day=day: day)
        capsys.readouterr()
        assert judge(bad, *packs, "--baseline", str(baseline)) == code
        over = "1 past the last day, counted again: service-is-small of web (2026-12-31)"
        assert (over in words(capsys.readouterr().out)) == (code == FAILED)


@pytest.mark.parametrize(
    ("fail_on", "good_code", "bad_code"),
    [
        pytest.param("mandatory", PASSED, FAILED, id="mandatory"),
        pytest.param("advisory", FAILED, FAILED, id="advisory"),
        pytest.param("never", PASSED, PASSED, id="never"),
    ],
)
def test_the_exit_code_follows_what_is_to_fail(
    good: str, bad: str, fail_on: str, good_code: int, bad_code: int
) -> None:
    flags = ("--policy-pack", DEMO, "--fail-on", fail_on)
    assert (judge(good, *flags), judge(bad, *flags)) == (good_code, bad_code)
