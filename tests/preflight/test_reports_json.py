"""The verdict as JSON, and its schema."""

import datetime as dt
import io
import json
from dataclasses import replace
from importlib import resources
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from pulumi_preflight.acceptance import Acceptance, BaselineEntry, FailOn
from pulumi_preflight.baseline.file import BaselineFile
from pulumi_preflight.baseline.settle import settled
from pulumi_preflight.findings import About, Framework, Level, Ran, Reported
from pulumi_preflight.model import SourcePosition
from pulumi_preflight.outputs.inventions import Origin
from pulumi_preflight.reports import json as json_report
from pulumi_preflight.verdict import Verdict
from tests.preflight.builders import QUEUE, SERVICE, urn
from tests.preflight.samples import (
    EXCEPTED,
    ORDERS,
    REPORTED,
    STACK,
    TOO_MANY,
    TOTAL,
    UNTAGGED,
    WAIVED,
    verdict,
)


def as_json(verdict: Verdict) -> Any:  # noqa: ANN401 - a JSON document
    stream = io.StringIO()
    json_report.write(verdict, stream)
    return json.loads(stream.getvalue())


SCHEMA = json.loads(
    resources.files("pulumi_preflight.reports").joinpath("verdict.schema.json").read_text()
)


def held() -> Any:  # noqa: ANN401 - a JSON document
    """A verdict with a baseline that knows a finding, and that has an entry of each other kind."""
    entries = tuple(
        BaselineEntry(pack=pack, id=rule, urn=about, expires=expires)
        for pack, rule, about, expires in (
            ("demo", TOTAL.rule, STACK.urn, None),
            ("demo", TOO_MANY.rule, TOO_MANY.urn, "2026-01-01"),
            ("demo", "gone", TOO_MANY.urn, None),
            ("other", "unjudged", TOO_MANY.urn, None),
        )
    )
    rules = (Ran(rule=TOTAL.rule, pack="demo", level=Level.MANDATORY),)
    file = BaselineFile(path=Path("b.yaml"), project="shop", stack="dev", entries=entries)
    judged = verdict(replace(REPORTED, rules=rules))
    return as_json(settled(judged, file, Acceptance(), today=dt.date(2026, 11, 1)))


def test_the_json_report_sets_apart_what_the_baseline_knows() -> None:
    document = held()
    Draft202012Validator(SCHEMA).validate(document)
    assert [each["rule"] for each in document["known"]] == [TOTAL.rule]
    assert [each["rule"] for each in document["findings"]] == [UNTAGGED.rule, TOO_MANY.rule]
    kinds = ("gone", "over", "unjudged")
    told = {kind: [each["id"] for each in document["baseline"][kind]] for kind in kinds}
    assert told == {"gone": ["gone"], "over": [TOO_MANY.rule], "unjudged": ["unjudged"]}
    assert document["baseline"]["over"][0]["expires"] == "2026-01-01"


@pytest.mark.parametrize("fail_on", FailOn)
def test_the_json_report_says_which_findings_fail(fail_on: FailOn) -> None:
    judged = verdict(Reported(findings=(UNTAGGED,)))
    document = as_json(replace(judged, fail_on=fail_on))
    Draft202012Validator(SCHEMA).validate(document)
    wanted = "fail" if fail_on is FailOn.ADVISORY else "pass"
    assert (document["failOn"], document["verdict"]) == (fail_on, wanted)


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
    assert set(held()["known"][0]) == common | set(kinds["known"]["required"])
    assert set(held()["baseline"]) == set(kinds["baseline"]["required"])
    assert set(held()["baseline"]["gone"][0]) == set(kinds["entry"]["required"])
    assert set(document["notes"][0]) == set(kinds["note"]["required"])
    assert set(document["fixes"][0]) == set(kinds["fix"]["required"])
    assert set(document["findings"][2]["places"][0]) == set(kinds["place"]["required"])
    excused = as_json(verdict(Reported(waived=(EXCEPTED,))))["waived"][0]["exceptions"]
    assert set(excused[0]) == set(kinds["exception"]["required"])
    changed = {key for fix in document["fixes"] for change in fix["changes"] for key in change}
    assert changed == set(kinds["change"]["properties"])


def test_the_json_report_holds_what_the_terminal_shows() -> None:
    document = as_json(verdict())
    assert (document["version"], document["project"], document["stack"]) == (3, "shop", "dev")
    assert (document["verdict"], document["seconds"]) == ("fail", 1.234)
    assert document["findings"][2] == {
        "id": "cost-ecs-desired-count",
        "rule": "cost-ecs-desired-count",
        "pack": "demo",
        "level": "mandatory",
        "severity": "high",
        "urn": urn(SERVICE, "web"),
        "file": "__main__.py",
        "line": 20,
        "message": "web: `desiredCount` is 50; wanted at most 10 (`max` of "
        "cost-ecs-desired-count in policies/profiles/dev.json).",
        "problem": TOO_MANY.problem,
        "wanted": TOO_MANY.wanted,
        "fix": TOO_MANY.fix,
        "url": TOO_MANY.url,
        "places": [{"file": "__main__.py", "line": 20}],
        "related": [],
        "origin": None,
    }
    assert document["resources"][3] == {
        "urn": urn(QUEUE, "jobs"),
        "type": QUEUE,
        "name": "jobs",
        "parent": ORDERS.urn,
        "file": "__main__.py",
        "line": 7,
        "madeUp": [],
    }
    assert document["notes"] == [{"text": "two zones were assumed", "file": "net.py", "line": 3}]


ABOUT = About(
    display_name="Tags required",
    description="Queues carry tags.",
    severity="low",
    remedy="Add tags.",
    url="https://example.com/tags",
    tags=("tags",),
    framework=Framework(name="NIST SP 800-53", version="Rev. 5", reference="CM-8"),
)


def test_the_json_report_tells_what_the_pack_says_of_each_rule() -> None:
    told = Ran(rule="tags-required", pack="demo", level=Level.ADVISORY, about=ABOUT)
    bare = Ran(rule="bare", pack="demo", level=Level.ADVISORY)
    document = as_json(verdict(Reported(rules=(told, bare))))
    Draft202012Validator(SCHEMA).validate(document)
    kinds = SCHEMA["$defs"]
    first, second = document["rules"]
    assert set(first) == set(kinds["ruleResult"]["required"])
    assert set(first["framework"]) == set(kinds["framework"]["required"])
    assert first == {
        "rule": "tags-required",
        "pack": "demo",
        "level": "advisory",
        "result": "passed",
        "reason": None,
        "displayName": "Tags required",
        "description": "Queues carry tags.",
        "severity": "low",
        "remedy": "Add tags.",
        "url": "https://example.com/tags",
        "tags": ["tags"],
        "framework": {
            "name": "NIST SP 800-53",
            "version": "Rev. 5",
            "reference": "CM-8",
            "specification": "",
        },
    }
    assert (second["description"], second["url"], second["framework"]) == ("", None, None)


def test_what_a_pack_says_of_a_rule_holds_no_secret() -> None:
    framework = Framework(name="NIST", specification="https://hunter2.example")
    about = replace(ABOUT, description="Not hunter2.", tags=("hunter2",), framework=framework)
    ran = Ran(rule="tags-required", pack="demo", level=Level.ADVISORY, about=about)
    [told] = as_json(verdict(Reported(rules=(ran,))))["rules"]
    assert told["description"] == "Not [secret]."
    assert "hunter2" not in json.dumps(told)


@pytest.mark.parametrize(
    ("origin", "told"),
    [
        pytest.param(Origin(urn(QUEUE, "jobs"), "arn"), urn(QUEUE, "jobs"), id="a-resource"),
        pytest.param(Origin("aws:ec2/getVpc:getVpc", "arn"), "aws:ec2/getVpc:getVpc", id="answer"),
        pytest.param(Origin("", "arn"), None, id="account"),
    ],
)
def test_the_json_report_names_what_a_result_hangs_on_and_what_is_related(
    origin: Origin, told: str | None
) -> None:
    related = (urn(QUEUE, "dead"),)
    unseen = replace(REPORTED.not_evaluated[0], origin=origin, related=related)
    document = as_json(verdict(Reported(not_evaluated=(unseen,))))
    Draft202012Validator(SCHEMA).validate(document)
    [entry] = document["notEvaluated"]
    assert entry["id"] == "sqs-redrive-target[redrivePolicy]"
    assert entry["origin"] == {"urn": told, "property": "arn"}
    assert entry["related"] == [urn(QUEUE, "dead")]
    assert entry["places"] == [
        {"file": "__main__.py", "line": 7},
        {"file": "__main__.py", "line": 8},
    ]


def test_the_json_report_gives_each_exception_with_its_reason() -> None:
    document = as_json(verdict(Reported(waived=(WAIVED, EXCEPTED))))
    Draft202012Validator(SCHEMA).validate(document)
    by_pack, by_exception = document["waived"]
    assert by_pack["exceptions"] == []
    assert by_exception["exceptions"] == [
        {"id": "EXC-9", "reason": "public"},
        {"id": "EXC-10", "reason": "to be replaced"},
    ]
    assert (by_exception["reason"], by_exception["owner"], by_exception["expires"]) == (
        "public; to be replaced",
        None,
        None,
    )
    assert document["verdict"] == "pass"


def test_the_json_report_says_where_the_code_waives() -> None:
    place = SourcePosition(file="__main__.py", line=6)
    document = as_json(replace(verdict(), waived=(WAIVED, replace(WAIVED, in_code=place))))
    Draft202012Validator(SCHEMA).validate(document)
    assert [each["inCode"] for each in document["waived"]] == [
        None,
        {"file": "__main__.py", "line": 6},
    ]


def test_a_fix_tells_each_property_that_it_changes() -> None:
    proposed, applied = as_json(verdict())["fixes"]
    assert proposed == {
        "rule": "sqs-long-polling",
        "pack": "demo",
        "urn": urn(QUEUE, "jobs"),
        "file": "__main__.py",
        "line": 7,
        "applied": False,
        "exposedSecrets": [],
        "changes": [{"path": "receiveWaitTimeSeconds", "before": 0, "after": 20}],
    }
    assert applied["applied"]
    assert applied["changes"] == [
        {"path": "desiredCount", "before": 2, "after": 1},
        {"path": 'rules[0]["a.b"]', "before": None},
        {"path": "tags", "after": {"owner": "shop"}},
    ]


def test_outputs_show_neither_secrets_nor_the_unknown_values_code() -> None:
    assert as_json(verdict())["outputs"] == {
        "queueUrl": "https://sqs/jobs",
        "password": "[secret]",
        "id": "[unknown]",
    }
