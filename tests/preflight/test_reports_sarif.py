"""The verdict as SARIF."""

import io
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft4Validator

from pulumi_preflight.findings import About, Finding, Framework, Level, Ran, Reported
from pulumi_preflight.model import Note, SourcePosition
from pulumi_preflight.reports import sarif
from pulumi_preflight.reports.entries import fingerprint_of
from pulumi_preflight.verdict import Verdict
from tests.preflight.builders import QUEUE, SERVICE, urn
from tests.preflight.samples import (
    EXCEPTED,
    TOO_MANY,
    TOTAL,
    UNSEEN,
    UNTAGGED,
    WAIVED,
    deployment,
    verdict,
)

SCHEMA = json.loads((Path(__file__).parent / "sarif/sarif-schema-2.1.0.json").read_text())
VALIDATOR = Draft4Validator(SCHEMA, format_checker=Draft4Validator.FORMAT_CHECKER)


def as_sarif(found: Verdict) -> Any:  # noqa: ANN401 - a JSON document
    stream = io.StringIO()
    sarif.write(found, stream)
    log = json.loads(stream.getvalue())
    VALIDATOR.validate(log)
    [run] = log["runs"]
    return run


def result_of(finding: Finding) -> Any:  # noqa: ANN401 - a JSON document
    [result] = as_sarif(verdict(Reported(findings=(finding,))))["results"]
    return result


def place(line: int) -> dict[str, object]:
    return {
        "artifactLocation": {"uri": "__main__.py", "uriBaseId": "%SRCROOT%"},
        "region": {"startLine": line},
    }


def test_a_finding_is_a_result_with_place_message_and_fingerprint() -> None:
    assert result_of(TOO_MANY) == {
        "ruleId": "cost-ecs-desired-count",
        "ruleIndex": 0,
        "kind": "fail",
        "level": "error",
        "message": {
            "text": "web: `desiredCount` is 50; wanted at most 10 (`max` of cost-ecs-desired-count "
            "in policies/profiles/dev.json). Fix: Lower it, or raise the cap."
        },
        "locations": [
            {
                "physicalLocation": place(20),
                "logicalLocations": [
                    {"name": "web", "fullyQualifiedName": urn(SERVICE, "web"), "kind": "resource"}
                ],
            }
        ],
        "partialFingerprints": {"primaryLocationLineHash": fingerprint_of(TOO_MANY)},
        "properties": {
            "project": "shop",
            "stack": "dev",
            "id": "cost-ecs-desired-count",
            "pack": "demo",
            "level": "mandatory",
            "severity": "high",
        },
    }


def test_advice_is_a_warning() -> None:
    assert result_of(UNTAGGED)["level"] == "warning"


def test_a_finding_about_the_stack_stands_in_the_project_file() -> None:
    [location] = result_of(TOTAL)["locations"]
    assert location["physicalLocation"]["artifactLocation"]["uri"] == "Pulumi.yaml"
    assert location["physicalLocation"]["region"] == {"startLine": 1}


def test_a_file_with_odd_characters_is_a_uri() -> None:
    finding = replace(UNTAGGED, places=(SourcePosition(file="net work/ä#1.py", line=2),))
    [location] = result_of(finding)["locations"]
    uri = location["physicalLocation"]["artifactLocation"]["uri"]
    assert uri == "net%20work/%C3%A4%231.py"


def test_related_resources_are_related_places() -> None:
    finding = replace(TOO_MANY, related=(urn(QUEUE, "jobs"), urn(QUEUE, "dead")))
    assert result_of(finding)["relatedLocations"] == [
        {"id": 1, "physicalLocation": place(7), "message": {"text": "jobs"}},
        {"id": 2, "physicalLocation": place(8), "message": {"text": "dead"}},
    ]


@pytest.mark.parametrize(
    ("waived", "justification", "properties"),
    [
        pytest.param(
            WAIVED,
            "holds public data only",
            {"owner": "platform", "expires": "2027-01-01"},
            id="by-the-pack",
        ),
        pytest.param(
            EXCEPTED,
            "public; to be replaced",
            {"exceptions": ["EXC-9", "EXC-10"]},
            id="by-exceptions",
        ),
    ],
)
def test_what_is_waived_is_an_accepted_suppression(
    waived: Any,  # noqa: ANN401 - a waived finding
    justification: str,
    properties: dict[str, object],
) -> None:
    [result] = as_sarif(verdict(Reported(waived=(waived,))))["results"]
    assert result["suppressions"] == [
        {
            "kind": "external",
            "status": "accepted",
            "justification": justification,
            "properties": properties,
        }
    ]
    assert result["level"] == "error"


def test_what_could_not_be_evaluated_is_open() -> None:
    [result] = as_sarif(verdict(Reported(not_evaluated=(UNSEEN,))))["results"]
    assert (result["kind"], result["level"]) == ("open", "none")
    assert result["message"]["text"] == "jobs: `redrivePolicy` is not known yet"
    assert result["properties"]["property"] == "redrivePolicy"


ABOUT = About(
    display_name="Tags required",
    description="Queues carry tags.",
    severity="critical",
    remedy="Add tags.",
    url="https://example.com/tags",
    tags=("sqs", "Security Hub SQS.2"),
    framework=Framework(name="NIST SP 800-53", version="Rev. 5", reference="CM-8"),
)
TAGS = Ran(rule="tags-required", pack="demo", level=Level.ADVISORY, about=ABOUT)


def test_each_rule_tells_what_its_pack_says_of_it_found_or_not() -> None:
    [rule] = as_sarif(verdict(Reported(rules=(TAGS,))))["tool"]["driver"]["rules"]
    assert rule == {
        "id": "tags-required",
        "name": "Tags required",
        "shortDescription": {"text": "Queues carry tags."},
        "fullDescription": {"text": "Queues carry tags."},
        "help": {"text": "Add tags. https://example.com/tags"},
        "helpUri": "https://example.com/tags",
        "defaultConfiguration": {"enabled": True, "level": "warning"},
        "properties": {
            "pack": "demo",
            "tags": ["sqs", "Security Hub SQS.2"],
            "security-severity": "9.5",
            "framework": {"name": "NIST SP 800-53", "version": "Rev. 5", "reference": "CM-8"},
        },
    }


@pytest.mark.parametrize(
    ("severity", "number"),
    [
        pytest.param("critical", "9.5", id="critical"),
        pytest.param("high", "8.0", id="high"),
        pytest.param("medium", "5.5", id="medium"),
        pytest.param("low", "2.0", id="low"),
        pytest.param(None, None, id="none"),
    ],
)
def test_the_security_severity_is_a_number_of_githubs_scale(
    severity: str | None, number: str | None
) -> None:
    told = replace(TAGS, about=replace(ABOUT, severity=severity))
    [rule] = as_sarif(verdict(Reported(rules=(told,))))["tool"]["driver"]["rules"]
    assert rule["properties"].get("security-severity") == number


@pytest.mark.parametrize(
    ("url", "uri"),
    [
        pytest.param("https://example.com/a?b=c#d%20e", True, id="a-page"),
        pytest.param("see the wiki", False, id="words"),
        pytest.param("javascript:alert(1)", False, id="no-page"),
        pytest.param("https://[", False, id="malformed"),
        pytest.param("", False, id="empty"),
    ],
)
def test_only_a_pages_address_is_the_help_uri(url: str, *, uri: bool) -> None:
    told = replace(TAGS, about=replace(ABOUT, url=url))
    [rule] = as_sarif(verdict(Reported(rules=(told,))))["tool"]["driver"]["rules"]
    assert rule.get("helpUri") == (url if uri else None)


def test_of_many_tags_github_gets_as_many_as_it_takes() -> None:
    told = replace(TAGS, about=replace(ABOUT, tags=tuple(map(str, range(30)))))
    [rule] = as_sarif(verdict(Reported(rules=(told,))))["tool"]["driver"]["rules"]
    assert len(rule["properties"]["tags"]) == 20


def test_a_disabled_rule_is_listed_as_such() -> None:
    [rule] = as_sarif(verdict(Reported(rules=(replace(TAGS, level=None),))))["tool"]["driver"][
        "rules"
    ]
    assert rule["defaultConfiguration"] == {"enabled": False, "level": "warning"}


def test_a_rule_that_no_pack_lists_is_made_of_its_finding() -> None:
    own = replace(UNTAGGED, pack="preflight", rule="duplicate-urn", severity="high")
    run = as_sarif(verdict(Reported(findings=(own, UNTAGGED), rules=(TAGS,))))
    listed, other = run["tool"]["driver"]["rules"]
    assert [each["ruleIndex"] for each in run["results"]] == [1, 0]
    assert listed["id"] == "tags-required"
    assert other["id"] == other["name"] == "duplicate-urn"
    assert other["properties"]["security-severity"] == "8.0"


def test_rules_of_two_packs_with_one_name_are_told_apart() -> None:
    twins = (TAGS, replace(TAGS, pack="other"))
    found = (UNTAGGED, replace(UNTAGGED, pack="other"))
    run = as_sarif(verdict(Reported(findings=found, rules=twins)))
    rules = [each["id"] for each in run["tool"]["driver"]["rules"]]
    assert rules == ["tags-required", "other/tags-required"]
    assert {each["ruleId"]: each["properties"]["pack"] for each in run["results"]} == {
        "tags-required": "demo",
        "other/tags-required": "other",
    }


@pytest.mark.parametrize(
    ("reported", "code"),
    [
        pytest.param(Reported(findings=(TOO_MANY,)), 1, id="fails"),
        pytest.param(Reported(findings=(UNTAGGED,)), 0, id="passes"),
    ],
)
def test_the_invocation_has_the_commands_exit_code(reported: Reported, code: int) -> None:
    [invocation] = as_sarif(verdict(reported))["invocations"]
    assert (invocation["executionSuccessful"], invocation["exitCode"]) == (True, code)


def test_notes_are_notifications_with_their_place() -> None:
    run = deployment(notes=(Note(text="no region is configured"),))
    [invocation] = as_sarif(verdict(run=run))["invocations"]
    placed, plain = invocation["toolExecutionNotifications"]
    assert plain == {"level": "note", "message": {"text": "no region is configured"}}
    assert placed["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "net.py"


def test_stacks_of_one_repository_are_told_apart() -> None:
    assert as_sarif(verdict())["automationDetails"] == {"id": "preflight/shop/dev/"}


def test_nothing_in_the_log_is_of_this_machine_or_moment() -> None:
    run = as_sarif(replace(verdict(), folder=Path(__file__).parent))
    assert "uri" not in run["originalUriBaseIds"]["%SRCROOT%"]
    assert str(Path(__file__).parent.parent.parent) not in json.dumps(run)
    assert as_sarif(replace(verdict(), seconds=9.0)) == as_sarif(verdict())


def test_a_text_makes_no_link() -> None:
    told = result_of(replace(UNTAGGED, problem="[see](https://evil.example) rules[0]"))
    assert told["message"]["text"].startswith("\\[see](https://evil.example) rules[0]")


@given(text=st.text(), file=st.text(st.characters(exclude_characters="\0"), min_size=1))
def test_any_text_fits_the_schema(text: str, file: str) -> None:
    finding = replace(
        UNTAGGED,
        urn=urn(QUEUE, text),
        rule=text,
        part=text,
        problem=text,
        fix=text,
        url=text,
        places=(SourcePosition(file=file, line=1),),
    )
    as_sarif(verdict(Reported(findings=(finding,))))
