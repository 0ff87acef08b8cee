"""`pulumi_preflight.run`: a verdict in Python, of a folder or of a function."""

import io
import json
import re
import threading
from collections.abc import Iterator
from pathlib import Path
from queue import SimpleQueue

import pytest

import pulumi_preflight
from pulumi_preflight import (
    BaselineError,
    FailOn,
    Level,
    PackChoice,
    PackError,
    PreflightError,
    ProgramError,
    ProjectError,
    Secret,
    Unknown,
    Verdict,
    reports,
    run,
)
from tests.preflight.builders import BAD, PACKS, QUEUE, SERVICE, urn, write_pack, write_project
from tests.preflight.installing import installed
from tests.preflight.programs_for_api import Programs, fails, queues, waived

DEMO = PACKS / "demo"


@pytest.fixture(scope="module")
def verdict() -> Verdict:
    return run(queues, stack="dev", config={"size": "5", "password": "hunter2"})


def test_every_public_name_can_be_imported_and_no_other_is_public() -> None:
    homes = pulumi_preflight._HOMES  # noqa: SLF001 - the table of public names
    named = sorted(name for names in homes.values() for name in names)
    assert named == sorted(pulumi_preflight.__all__)
    for name in named:
        assert getattr(pulumi_preflight, name).__module__.startswith("pulumi_preflight.")


def test_a_name_that_is_not_public_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'judged'"):
        _ = pulumi_preflight.judged


def test_a_folder_is_judged_with_its_packs(tmp_path: Path) -> None:
    project = write_project(tmp_path / "bad", BAD)
    judged = run(project, stack="dev", packs=[DEMO])
    assert not judged.passed
    assert {finding.level for finding in judged.findings} >= {Level.MANDATORY}
    assert judged.folder == tmp_path / "bad"


def test_a_pack_may_come_with_its_config(tmp_path: Path) -> None:
    config = tmp_path / "config.json"
    config.write_text(json.dumps({"all": "disabled"}))
    project = write_project(tmp_path / "bad", BAD)
    judged = run(project, stack="dev", packs=[PackChoice(directory=DEMO, config=config)])
    assert [finding.rule for finding in judged.findings if finding.pack == "demo"] == []


def test_a_function_is_a_program(verdict: Verdict) -> None:
    jobs = verdict.resource(QUEUE, "jobs")
    assert jobs.inputs["delaySeconds"] == 5
    assert (jobs.position and jobs.position.file) == "programs_for_api.py"
    assert verdict.folder == Path(__file__).parent


def test_outputs_are_filled_in_and_told_from_what_the_program_gave(verdict: Verdict) -> None:
    dead = verdict.resource(QUEUE, "dead")
    assert re.fullmatch(r"arn:aws:sqs:us-east-1:\d{12}:dead-[0-9a-f]{7}", str(dead.outputs["arn"]))
    assert "arn" not in dead.inputs
    assert "arn" in dead.made_up
    assert "messageRetentionSeconds" not in dead.made_up


def test_unknown_values_stay_unknown_on_request() -> None:
    judged = run(queues, stack="dev", config={"password": "hunter2"}, keep_unknowns=True)
    assert judged.resource(QUEUE, "dead").outputs["arn"] is Unknown.UNKNOWN


def test_a_secret_can_be_compared_and_is_not_shown(verdict: Verdict) -> None:
    tags = verdict.resource(QUEUE, "jobs").inputs["tags"]
    assert tags == {"password": Secret("hunter2")}
    assert "hunter2" not in repr(tags)


@pytest.mark.parametrize(
    ("show", "password"),
    [pytest.param(False, "[secret]", id="hidden"), pytest.param(True, "hunter2", id="shown")],
)
def test_the_export_is_that_of_the_engine(
    verdict: Verdict,
    show: bool,  # noqa: FBT001 - a parameter of the test
    password: str,
) -> None:
    resources = verdict.export(show_secrets=show)["deployment"]["resources"]
    [jobs] = [each for each in resources if each["urn"].endswith("::jobs")]
    assert json.loads(jobs["inputs"]["tags"]["password"]["plaintext"]) == password


@pytest.mark.parametrize(
    ("kind", "name", "message"),
    [
        pytest.param(
            QUEUE,
            "job",
            f"0 resources of type {QUEUE} are called 'job'; of this type there is dead, jobs",
            id="name",
        ),
        pytest.param(
            "aws:sqs/queue",
            "jobs",
            "0 resources of type aws:sqs/queue are called 'jobs'; of this type there is none; "
            f"the program made {QUEUE}, pulumi:providers:aws, pulumi:pulumi:Stack",
            id="type",
        ),
    ],
)
def test_a_resource_that_is_not_there_is_an_error_that_says_what_is(
    verdict: Verdict, kind: str, name: str, message: str
) -> None:
    with pytest.raises(LookupError, match=f"^{re.escape(message)}$"):
        verdict.resource(kind, name)


def test_findings_of_one_rule_are_asked_for_by_its_name(tmp_path: Path) -> None:
    judged = run(write_project(tmp_path / "bad", BAD), stack="dev", packs=[DEMO])
    [name, *_] = [finding.rule for finding in judged.findings]
    assert {finding.rule for finding in judged.of_rule(name)} == {name}


def test_two_runs_at_once_do_not_touch_each_other() -> None:
    judged: SimpleQueue[tuple[str, object]] = SimpleQueue()

    def judge(size: str) -> None:
        found = run(queues, stack="dev", config={"size": size, "password": "hunter2"})
        judged.put((size, found.resource(QUEUE, "jobs").inputs["delaySeconds"]))

    threads = [threading.Thread(target=judge, args=(size,)) for size in ("3", "4")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted([judged.get(), judged.get()], key=str) == [("3", 3), ("4", 4)]


def test_a_function_of_a_class_is_a_program() -> None:
    assert run(Programs.empty, stack="dev").of_type(QUEUE) == ()


def inner() -> object:
    def program() -> None:
        """Cannot be loaded by its name."""

    return program


@pytest.mark.parametrize(
    ("program", "message", "hint"),
    [
        pytest.param(
            inner(),
            "the program is inner.<locals>.program, which another process cannot load",
            "define it with `def` at the top level of its module",
            id="inside-another",
        ),
        pytest.param(
            print,
            "the program is <built-in function print>, which no file defines",
            "give a function that a module defines with `def`, or a project's folder",
            id="built-in",
        ),
    ],
)
def test_a_function_that_no_process_can_load_is_one_error(
    program: object, message: str, hint: str
) -> None:
    with pytest.raises(ProjectError, match=f"^{re.escape(message)}$") as raised:
        run(program, stack="dev")  # type: ignore[arg-type]
    assert raised.value.hint == hint


def test_an_error_of_the_program_names_its_line() -> None:
    with pytest.raises(ProgramError, match=r"not hunter3\n  programs_for_api\.py:\d+ in fails"):
        run(fails, stack="dev", config={"password": "hunter3"})


def test_an_error_shows_no_secret(tmp_path: Path) -> None:
    pack = write_pack(tmp_path / "pack", "raise ValueError('it is hunter2')\n")
    project = write_project(
        tmp_path / "project",
        "import pulumi\npulumi.Config().require_secret('key')\n",
    )
    stack = Path(project) / "Pulumi.dev.yaml"
    stack.write_text("environment:\n  - shared\n")
    (Path(project) / "preflight.yaml").write_text(
        "environments:\n  shared:\n    pulumiConfig:\n      shop:key: {fn::secret: hunter2}\n"
    )
    with pytest.raises(PackError) as raised:
        run(project, stack="dev", packs=[pack])
    assert "[secret]" in f"{raised.value}{raised.value.hint}"
    assert "hunter2" not in f"{raised.value}{raised.value.hint}"


def test_a_report_is_written_in_each_format(verdict: Verdict) -> None:
    texts = {}
    for name in reports.formats():
        stream = io.StringIO()
        reports.write(verdict, name, stream)
        texts[name] = stream.getvalue()
    assert json.loads(texts["json"])["verdict"] == "pass"
    assert "PASS: 0 mandatory findings" in texts["terminal"]


def test_a_format_that_nobody_adds_is_one_error(verdict: Verdict) -> None:
    with pytest.raises(pulumi_preflight.PreflightError, match="no report format 'jsn'") as raised:
        reports.write(verdict, "jsn", io.StringIO())
    assert raised.value.hint == f"choose one of {', '.join(reports.OWN)}"


@pytest.fixture
def counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A package that adds a report format; gives its one module, which is empty."""
    with installed(
        tmp_path, monkeypatch, module="counted", group=reports.GROUP, point="count = counted:write"
    ) as module:
        yield module


def test_a_package_adds_a_format(counted: Path, verdict: Verdict) -> None:
    counted.write_text("def write(verdict, stream):\n    stream.write(verdict.stack)\n")
    stream = io.StringIO()
    reports.write(verdict, "count", stream)
    assert stream.getvalue() == "dev"
    assert reports.formats() == (*reports.OWN, "count")


@pytest.mark.usefixtures("counted")
def test_a_format_that_cannot_be_loaded_is_one_error() -> None:
    with pytest.raises(
        pulumi_preflight.PreflightError,
        match="the report format 'count' of counted cannot be loaded: AttributeError",
    ):
        reports.writer("count")


def test_a_baseline_and_what_fails_are_arguments(tmp_path: Path) -> None:
    project = write_project(tmp_path / "bad", BAD)
    small = urn(SERVICE, "web")
    baseline = tmp_path / "dev.yaml"
    baseline.write_text(
        "version: 1\nproject: shop\nstack: dev\nfindings:\n"
        f"- {{pack: demo, id: service-is-small, urn: '{small}'}}\n"
    )
    named = tmp_path / "{stack}.yaml"
    judged = run(project, stack="dev", packs=[DEMO], baseline=named, fail_on="advisory")
    assert [known.rule for known in judged.known] == ["service-is-small"]
    assert judged.baseline is not None
    assert judged.baseline.file == str(baseline)
    assert judged.fail_on is FailOn.ADVISORY
    assert judged.failing == judged.findings


def test_a_baseline_of_another_stack_is_refused(tmp_path: Path) -> None:
    project = write_project(tmp_path / "bad", BAD)
    baseline = tmp_path / "b.yaml"
    baseline.write_text("version: 1\nproject: shop\nstack: prod\nfindings: []\n")
    with pytest.raises(BaselineError, match="of stack 'prod', and stack 'dev' is judged"):
        run(project, stack="dev", packs=[], baseline=baseline)


def test_an_unknown_word_for_what_fails_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PreflightError) as raised:
        run(tmp_path, stack="dev", fail_on="low")
    assert str(raised.value) == (
        "`fail_on` is 'low'; wanted one of 'mandatory', 'advisory', 'never'"
    )


def test_a_waiver_in_the_file_of_a_function_counts() -> None:
    judged = run(waived, stack="dev", packs=[DEMO])
    places = [each.in_code for each in judged.waived if each.in_code]
    assert [place.file for place in places] == ["programs_for_api.py"]
    assert judged.of_rule("queue-is-fifo") == ()
