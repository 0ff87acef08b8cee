"""The verdict's order and secrecy, and how it reads on a terminal and as JSON."""

import io
import json
from dataclasses import replace
from importlib import resources
from typing import Any

import pytest
from google.protobuf.struct_pb2 import Struct
from jsonschema import Draft202012Validator

from pulumi_preflight.findings import (
    Finding,
    Level,
    NotEvaluated,
    Remediation,
    Reported,
    Waived,
)
from pulumi_preflight.model import (
    Deployment,
    DuplicateUrn,
    Note,
    RegisteredResource,
    SourcePosition,
)
from pulumi_preflight.reports import json as json_report
from pulumi_preflight.reports import terminal
from pulumi_preflight.stack_context import StackContext
from pulumi_preflight.verdict import Verdict, judge, verdict_line
from tests.preflight.builders import CONTEXT, QUEUE, SERVICE, struct, urn

SECRET = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270"}
UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
MODULE = "shop:modules:Orders"
STACK = RegisteredResource(
    urn=CONTEXT.root_urn,
    type="pulumi:pulumi:Stack",
    name="shop-dev",
    parent="",
    custom=False,
    inputs=Struct(),
    outputs=Struct(),
)


@pytest.fixture(autouse=True)
def _no_wishes_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    """Takes away what the caller's terminal says of width and colour."""
    for variable in ("COLUMNS", "LINES", "NO_COLOR", "FORCE_COLOR", "TTY_COMPATIBLE"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")


def resource(
    type_: str, name: str, *, line: int, parent: str = STACK.urn, custom: bool = True
) -> RegisteredResource:
    return RegisteredResource(
        urn=urn(type_, name),
        type=type_,
        name=name,
        parent=parent,
        custom=custom,
        inputs=struct({"password": {**SECRET, "value": "hunter2"}}),
        outputs=Struct(),
        position=SourcePosition(file="__main__.py", line=line),
    )


ORDERS = resource(MODULE, "orders", line=5, custom=False)
RESOURCES = (
    STACK,
    resource("pulumi:providers:aws", "default_7_51_1", line=1),
    ORDERS,
    resource(QUEUE, "jobs", line=7, parent=ORDERS.urn),
    resource("aws:sqs/queuePolicy:QueuePolicy", "jobs", line=9, parent=urn(QUEUE, "jobs")),
    resource(QUEUE, "dead", line=8, parent=ORDERS.urn),
    resource(SERVICE, "web", line=20),
)


def deployment(**changes: Any) -> Deployment:  # noqa: ANN401 - the fields of Deployment
    plain = Deployment(resources=RESOURCES, duplicates=(), stack_outputs=Struct(), notes=())
    return replace(plain, **changes)


def finding(rule: str, about: str, **changes: Any) -> Finding:  # noqa: ANN401 - as above
    plain = Finding(
        rule=rule, pack="demo", level=Level.ADVISORY, severity=None, urn=about, message="wrong"
    )
    return replace(plain, **changes)


TOO_MANY = finding(
    "cost-ecs-desired-count",
    urn(SERVICE, "web"),
    level=Level.MANDATORY,
    severity="high",
    message="web: `desiredCount` is 50; wanted at most 10 (`max` of cost-ecs-desired-count in "
    "policies/profiles/dev.json).",
    fix="Lower it, or raise the cap.",
    url="https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-quotas.html",
)
TOTAL = finding(
    "cost-total", STACK.urn, level=Level.MANDATORY, message="the services ask for 50 tasks"
)
UNTAGGED = finding("tags-required", urn(QUEUE, "jobs"), message="no tags", fix="Add tags.")
WAIVED = Waived(
    rule="sqs-encryption",
    pack="demo",
    level=Level.MANDATORY,
    severity="medium",
    urn=urn(QUEUE, "dead"),
    message="dead: not encrypted; wanted SSE-SQS.",
    reason="holds public data only",
    owner="platform",
    expires="2027-01-01",
)
UNSEEN = NotEvaluated(
    rule="sqs-redrive-target",
    pack="demo",
    level=Level.MANDATORY,
    severity=None,
    urn=urn(QUEUE, "jobs"),
    message="jobs: `redrivePolicy` is not known yet",
    property="redrivePolicy",
)
REMEDIATED = Remediation(
    rule="tags-required", pack="demo", urn=urn(SERVICE, "web"), before=Struct(), after=Struct()
)
REPORTED = Reported(
    findings=(TOO_MANY, UNTAGGED, TOTAL),
    waived=(WAIVED,),
    not_evaluated=(
        UNSEEN,
        replace(UNSEEN, urn=urn(QUEUE, "dead"), message="dead: `redrivePolicy` is not known yet"),
    ),
    remediations=(REMEDIATED,),
)
OUTPUTS = {
    "queueUrl": "https://sqs/jobs",
    "password": {**SECRET, "value": "hunter2"},
    "id": UNKNOWN,
}


def verdict(
    reported: Reported = REPORTED,
    run: Deployment | None = None,
    context: StackContext = CONTEXT,
) -> Verdict:
    run = run or deployment(stack_outputs=struct(OUTPUTS))
    note = Note(text="two zones were assumed", position=SourcePosition(file="net.py", line=3))
    return judge(run, reported, context, seconds=1.234, notes=[note])


def as_text(verdict: Verdict, *, folder: str = "") -> str:
    stream = io.StringIO()
    terminal.write(verdict, stream, folder=folder)
    return stream.getvalue()


def as_json(verdict: Verdict) -> Any:  # noqa: ANN401 - a JSON document
    stream = io.StringIO()
    json_report.write(verdict, stream)
    return json.loads(stream.getvalue())


def test_findings_are_sorted_by_file_line_and_rule() -> None:
    findings = (
        finding("b", urn(SERVICE, "web")),
        finding("a", urn(SERVICE, "web")),
        finding("z", urn(QUEUE, "jobs")),
        finding("whole", STACK.urn),
    )
    expected = [(None, "whole"), (7, "z"), (20, "a"), (20, "b")]
    for order in (findings, findings[::-1]):
        found = verdict(Reported(findings=order)).findings
        assert [(item.line, item.rule) for item in found] == expected


def test_a_urn_registered_twice_is_a_mandatory_finding_with_both_places() -> None:
    places = (SourcePosition(file="b.py", line=9), SourcePosition(file="a.py", line=3))
    twice = DuplicateUrn(urn=urn(QUEUE, "jobs"), positions=places)
    found = verdict(Reported(), deployment(duplicates=(twice,)))
    assert found.findings == (
        Finding(
            rule="duplicate-urn",
            pack="preflight",
            level=Level.MANDATORY,
            severity="high",
            urn=urn(QUEUE, "jobs"),
            file="b.py",
            line=9,
            message="jobs: registered 2 times as aws:sqs/queue:Queue with one parent, at a.py:3 "
            "and b.py:9; wanted once, since the engine stops at the second.",
            fix="Give one of them another logical name, or remove it.",
            url="https://www.pulumi.com/docs/iac/concepts/resources/names/",
        ),
    )
    assert not found.passed


@pytest.mark.parametrize(
    ("level", "passed"), [(Level.ADVISORY, True), (Level.MANDATORY, False)], ids=["advisory", "not"]
)
def test_only_a_mandatory_finding_fails(*, level: Level, passed: bool) -> None:
    assert verdict(Reported(findings=(replace(UNTAGGED, level=level),))).passed is passed


def test_secrets_of_inputs_and_config_are_kept_out_of_messages() -> None:
    context = replace(
        CONTEXT, config={"shop:key": "s3cr3t", "shop:plain": "dev"}, secret_keys=["shop:key"]
    )
    told = finding("leak", urn(QUEUE, "jobs"), message="hunter2, s3cr3t, dev", fix="not hunter2")
    (found,) = verdict(Reported(findings=(told,)), context=context).findings
    assert (found.message, found.fix) == ("[secret], [secret], dev", "not [secret]")


@pytest.mark.parametrize(
    ("kept", "line"),
    [
        pytest.param(
            Reported(),
            "PASS: 0 mandatory findings, 0 advisory, 0 waived, 0 not evaluated",
            id="nothing",
        ),
        pytest.param(
            REPORTED,
            "FAIL: 2 mandatory findings, 1 advisory, 1 waived, 2 not evaluated",
            id="one-of-each",
        ),
    ],
)
def test_the_verdict_line_counts_every_kind(kept: Reported, line: str) -> None:
    assert verdict_line(verdict(kept)) == line


TERMINAL = """\
shop stack dev: 5 resources, 1.2 s

Resources
  orders       4  Queue 2, QueuePolicy 1
  (no module)  1  Service 1

Notes
  two zones were assumed (infra/net.py:3)

Changed by the packs, in this run only
  tags-required: web

Waived: 1
  sqs-encryption: dead, until 2027-01-01: holds public data only (platform)

Not evaluated: 2
  sqs-redrive-target (mandatory): `redrivePolicy` is not known yet: jobs, dead

Advisory: 1 finding
  tags-required
    infra/__main__.py:7  jobs
    no tags
    Fix: Add tags.

Mandatory: 2 findings
  cost-total
    the services ask for 50 tasks

  cost-ecs-desired-count (high)
    infra/__main__.py:20  web
    `desiredCount` is 50; wanted at most 10 (`max` of cost-ecs-desired-count in
    policies/profiles/dev.json).
    Fix: Lower it, or raise the cap.
    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-quotas.html

FAIL: 2 mandatory findings, 1 advisory, 1 waived, 2 not evaluated
"""


def test_the_terminal_report_ends_with_what_must_be_acted_on() -> None:
    text = as_text(verdict(), folder="infra")
    assert text == TERMINAL


def test_the_packs_are_named_where_findings_come_from_several() -> None:
    reported = Reported(findings=(TOO_MANY, replace(UNTAGGED, pack="other")))
    text = as_text(verdict(reported))
    assert "cost-ecs-desired-count (demo, high)" in text
    assert "tags-required (other)" in text


def test_preflights_own_findings_are_marked_and_make_no_second_pack() -> None:
    twice = DuplicateUrn(urn=urn(QUEUE, "jobs"), positions=(RESOURCES[3].position,) * 2)
    text = as_text(verdict(Reported(findings=(UNTAGGED,)), deployment(duplicates=(twice,))))
    assert "  duplicate-urn (preflight, high)\n" in text
    assert "  tags-required\n" in text


def test_narrow_terminals_wrap_messages_but_not_places_and_urls(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    lines = as_text(verdict(), folder="a/long/folder").splitlines()
    assert "    a/long/folder/__main__.py:20  web" in lines
    assert f"    {TOO_MANY.url}" in lines
    assert "    `desiredCount` is 50; wanted at most" in lines


def test_one_rule_saying_the_same_of_many_resources_says_it_once() -> None:
    text = as_text(
        verdict(
            Reported(
                findings=tuple(
                    replace(UNTAGGED, urn=urn(type_, name), message=f"{name}: no tags")
                    for type_, name in ((QUEUE, "jobs"), (QUEUE, "dead"), (SERVICE, "web"))
                )
            )
        )
    )
    assert text.endswith(
        """
Advisory: 3 findings
  tags-required
    __main__.py:7  jobs
    __main__.py:8  dead
    __main__.py:20  web
    no tags
    Fix: Add tags.

PASS: 0 mandatory findings, 3 advisory, 0 waived, 0 not evaluated
"""
    )


def test_resources_of_one_line_are_listed_in_one_line() -> None:
    there = SourcePosition(file="__main__.py", line=4)
    two = tuple(replace(item, position=there) for item in RESOURCES if item.type == QUEUE)
    findings = tuple(replace(UNTAGGED, urn=item.urn) for item in two)
    text = as_text(verdict(Reported(findings=findings), deployment(resources=two)))
    assert "    __main__.py:4  dead, jobs\n    no tags\n" in text


def test_of_many_types_the_most_frequent_are_named() -> None:
    kinds = [resource(f"aws:x/t{i}:T{i}", f"n{j}", line=1) for i in range(7) for j in range(i + 1)]
    text = as_text(verdict(Reported(), deployment(resources=tuple(kinds))))
    assert "  28  T6 7, T5 6, T4 5, T3 4, T2 3 and 3 of other types\n" in text


def test_a_provider_that_the_program_declares_is_counted_as_one() -> None:
    declared = resource("pulumi:providers:aws", "tokyo", line=1)
    text = as_text(verdict(Reported(), deployment(resources=(*RESOURCES, declared))))
    assert "  (no module)  2  Service 1, aws provider 1\n" in text


def test_a_flat_program_has_no_module_to_name() -> None:
    flat = tuple(replace(item, parent="") for item in RESOURCES if item.custom)
    text = as_text(verdict(Reported(), deployment(resources=flat)))
    assert "Resources\n  4  Queue 2, QueuePolicy 1, Service 1\n" in text


def test_a_long_list_of_names_is_cut_and_counted() -> None:
    entries = tuple(
        replace(UNSEEN, urn=urn(QUEUE, f"q{i}"), message="`policy` is not known yet")
        for i in range(9)
    )
    text = as_text(verdict(Reported(not_evaluated=entries)))
    assert "`policy` is not known yet: q0, q1, q2 and 6 more" in text


def test_a_hundred_resources_take_a_line_for_each_module() -> None:
    many = [resource(QUEUE, f"q{i}", line=i + 1, parent=ORDERS.urn) for i in range(100)]
    text = as_text(verdict(Reported(), deployment(resources=(STACK, ORDERS, *many))))
    assert "  orders  101  Queue 100" in text
    assert len(text.splitlines()) < 12


@pytest.mark.parametrize(
    ("variable", "coloured"),
    [
        pytest.param(None, False, id="no-terminal"),
        pytest.param("FORCE_COLOR", True, id="forced"),
    ],
)
def test_colours_appear_only_where_they_are_wanted(
    monkeypatch: pytest.MonkeyPatch, *, variable: str | None, coloured: bool
) -> None:
    if variable:
        monkeypatch.setenv(variable, "1")
    assert ("\x1b[" in as_text(verdict())) is coloured


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def test_no_color_is_honoured_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    plain = Terminal()
    terminal.write(verdict(), plain)
    monkeypatch.delenv("NO_COLOR")
    coloured = Terminal()
    terminal.write(verdict(), coloured)
    red = "\x1b[1;31m"
    assert red in coloured.getvalue()
    assert red not in plain.getvalue()


SCHEMA = json.loads(
    resources.files("pulumi_preflight.reports").joinpath("verdict.schema.json").read_text()
)


def test_the_json_report_fits_its_schema() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    Draft202012Validator(SCHEMA).validate(as_json(verdict()))


def test_the_schema_describes_every_key_and_demands_it() -> None:
    document = as_json(verdict())
    assert set(document) == set(SCHEMA["required"]) == set(SCHEMA["properties"])
    kinds = SCHEMA["$defs"]
    common = set(kinds["finding"]["required"])
    assert set(document["resources"][0]) == set(kinds["resource"]["required"])
    assert set(document["findings"][0]) == common
    assert set(document["waived"][0]) == common | set(kinds["waived"]["required"])
    assert set(document["notEvaluated"][0]) == common | set(kinds["notEvaluated"]["required"])
    assert set(document["notes"][0]) == set(kinds["note"]["required"])


def test_the_json_report_holds_what_the_terminal_shows() -> None:
    document = as_json(verdict())
    assert (document["project"], document["stack"]) == ("shop", "dev")
    assert (document["verdict"], document["seconds"]) == ("fail", 1.234)
    assert document["findings"][2] == {
        "rule": "cost-ecs-desired-count",
        "pack": "demo",
        "level": "mandatory",
        "severity": "high",
        "urn": urn(SERVICE, "web"),
        "file": "__main__.py",
        "line": 20,
        "message": TOO_MANY.message,
        "fix": TOO_MANY.fix,
        "url": TOO_MANY.url,
    }
    assert document["resources"][3] == {
        "urn": urn(QUEUE, "jobs"),
        "type": QUEUE,
        "name": "jobs",
        "parent": ORDERS.urn,
        "file": "__main__.py",
        "line": 7,
    }
    assert document["notes"] == [{"text": "two zones were assumed", "file": "net.py", "line": 3}]


def test_outputs_show_neither_secrets_nor_the_unknown_values_code() -> None:
    assert as_json(verdict())["outputs"] == {
        "queueUrl": "https://sqs/jobs",
        "password": "[secret]",
        "id": "[unknown]",
    }
