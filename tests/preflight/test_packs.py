"""Packs booted as processes, and what they report."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from google.protobuf.json_format import MessageToDict
from pulumi.runtime.proto.analyzer_pb2 import AnalyzeRequest

from pulumi_preflight.errors import PackError
from pulumi_preflight.findings import Finding, Level, Reported
from pulumi_preflight.packs import PackChoice, Packs
from pulumi_preflight.wire import without_internal
from tests.preflight.builders import (
    CONTEXT,
    PACKS,
    QUEUE,
    SERVICE,
    resource_request,
    stack_request,
    struct,
    urn,
)

UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
JOBS = resource_request(QUEUE, "jobs", {"redrivePolicy": UNKNOWN})
WEB = resource_request(SERVICE, "web", {"desiredCount": 50, "__provider": "code"})


def judged(choices: list[PackChoice], *resources: AnalyzeRequest) -> Reported:
    with Packs(choices, CONTEXT) as packs:
        for resource in resources:
            packs.check(resource)
        packs.analyze_stack(stack_request(*resources))
    return packs.reported


@pytest.fixture(scope="module")
def reported() -> Reported:
    """What the demo pack says of one queue and one service, without any config."""
    return judged([PackChoice(directory=PACKS / "demo")], JOBS, WEB)


def of_rule(reported: Reported, rule: str) -> list[Finding]:
    return [finding for finding in reported.findings if finding.rule == rule]


def test_a_mandatory_violation_carries_its_parts_and_its_resource(reported: Reported) -> None:
    assert of_rule(reported, "queue-is-fifo") == [
        Finding(
            rule="queue-is-fifo",
            pack="demo",
            level=Level.MANDATORY,
            severity=None,
            urn=urn(QUEUE, "jobs"),
            part="fifoQueue",
            problem="fifoQueue is not set",
            wanted="true",
            fix="Set fifoQueue.",
        )
    ]


def test_fix_and_url_fall_back_to_what_the_pack_says_of_the_rule(reported: Reported) -> None:
    (finding,) = of_rule(reported, "queue-is-tagged")
    assert (finding.level, finding.severity) == (Level.ADVISORY, "low")
    assert (finding.fix, finding.url) == ("Add tags.", "https://example.com/tags")


def test_a_default_of_the_schema_reaches_the_rule(reported: Reported) -> None:
    (finding,) = of_rule(reported, "service-is-small")
    assert finding.message == "desiredCount is 50; wanted at most 10."


def test_a_disabled_rule_does_not_run(reported: Reported) -> None:
    assert not of_rule(reported, "never")


def test_a_rule_that_reads_an_unknown_is_not_evaluated(reported: Reported) -> None:
    (entry,) = reported.not_evaluated
    assert (entry.rule, entry.urn) == ("redrive-policy-is-read", urn(QUEUE, "jobs"))
    assert (entry.property, entry.level) == ("redrivePolicy", Level.MANDATORY)
    assert entry.message == "`redrivePolicy` is not known yet"


def test_a_waived_violation_carries_its_waiver(reported: Reported) -> None:
    (waived,) = reported.waived
    assert (waived.rule, waived.urn) == ("queue-is-encrypted", urn(QUEUE, "jobs"))
    assert (waived.message, waived.fix) == ("jobs: not encrypted; wanted SSE.", "Encrypt it.")
    assert waived.level is Level.MANDATORY
    assert (waived.reason, waived.owner, waived.expires) == (
        "public data",
        "platform",
        "2027-01-01",
    )


def test_a_stack_rule_sees_the_stack_and_may_name_a_resource(reported: Reported) -> None:
    found = [(finding.urn, finding.message) for finding in of_rule(reported, "stack-is-known")]
    assert found == [
        (CONTEXT.root_urn, "2 resources in shop/dev/true"),
        (urn(QUEUE, "jobs"), "seen by the stack rule"),
        (urn(SERVICE, "web"), "seen by the stack rule"),
    ]


def test_a_remediation_changes_the_inputs_before_rules_judge_them(reported: Reported) -> None:
    (change,) = reported.remediations
    assert (change.rule, change.urn) == ("owner-is-tagged", urn(SERVICE, "web"))
    assert "tags" not in MessageToDict(change.before)
    assert MessageToDict(change.after)["tags"] == {"owner": "platform"}
    assert not of_rule(reported, "owner-is-tagged")


@pytest.fixture(scope="module")
def packs() -> Iterator[Packs]:
    """The demo pack, running."""
    with Packs([PackChoice(directory=PACKS / "demo")], CONTEXT) as packs:
        yield packs


def test_the_program_gets_the_remediated_inputs_with_internal_ones(packs: Packs) -> None:
    assert MessageToDict(packs.check(WEB)) == {
        "desiredCount": 50,
        "__provider": "code",
        "tags": {"owner": "platform"},
    }


def test_inputs_that_no_pack_changes_are_the_requests_own(packs: Packs) -> None:
    assert packs.check(JOBS) is JOBS.properties


def test_checks_leave_the_request_as_it_was(packs: Packs) -> None:
    before = AnalyzeRequest()
    before.CopyFrom(WEB)
    packs.check(WEB)
    assert before == WEB


def test_the_config_file_sets_levels_and_properties(tmp_path: Path) -> None:
    config = tmp_path / "config.json"
    config.write_text(
        json.dumps(
            {
                "all": "advisory",
                "service-is-small": {"maxTasks": 20},
                "queue-is-tagged": "disabled",
                "owner-is-tagged": "mandatory",
            }
        )
    )
    found = judged([PackChoice(directory=PACKS / "demo", config=config)], JOBS, WEB)
    resource_findings = [(f.rule, f.level) for f in found.findings if f.rule != "stack-is-known"]
    assert sorted(resource_findings) == [
        ("never", Level.ADVISORY),
        ("never", Level.ADVISORY),
        ("owner-is-tagged", Level.MANDATORY),
        ("queue-is-fifo", Level.ADVISORY),
        ("service-is-small", Level.ADVISORY),
    ]
    (small,) = of_rule(found, "service-is-small")
    assert small.message == "desiredCount is 50; wanted at most 20."


def test_a_later_pack_sees_what_an_earlier_one_remediated(reported: Reported) -> None:
    demo = PackChoice(directory=PACKS / "demo")
    twice = judged([demo, demo], WEB)
    assert [MessageToDict(change.before).get("tags") for change in twice.remediations] == [
        None,
        {"owner": "platform"},
    ]
    alone = of_rule(reported, "service-is-small")
    assert of_rule(twice, "service-is-small") == [*alone, *alone]


@pytest.mark.parametrize(
    ("request_", "cause"),
    [
        pytest.param(
            resource_request(QUEUE, "queue", {}),
            "rule 'queue-raises' of policy pack 'raising' raised for 'queue' "
            "(aws:sqs/queue:Queue): KeyError: 'missing' (__main__.py:20)",
            id="while-it-judges-a-resource",
        ),
        pytest.param(
            resource_request(QUEUE, "fix", {}),
            "rule 'fix-raises' of policy pack 'raising' raised for 'fix' "
            "(aws:sqs/queue:Queue): ValueError: cannot fix (__main__.py:25)",
            id="while-it-remediates",
        ),
        pytest.param(
            resource_request(QUEUE, "other", {}),
            "rule 'stack-raises' of policy pack 'raising' raised for the stack: "
            "RuntimeError: no stack today (__main__.py:30)",
            id="while-it-judges-the-stack",
        ),
    ],
)
def test_a_rule_that_raises_is_named_with_resource_and_line(
    request_: AnalyzeRequest, cause: str
) -> None:
    with pytest.raises(PackError) as raised:
        judged([PackChoice(directory=PACKS / "raising")], request_)
    assert str(raised.value) == cause


def test_internal_properties_are_kept_from_rules_at_any_depth() -> None:
    properties = struct({"a": [{"__b": 1, "c": 2}], "__d": {"e": 1}})
    assert without_internal(properties) == struct({"a": [{"c": 2}]})


def test_all_rules_of_a_pack_are_told_with_their_level(reported: Reported) -> None:
    assert {each.rule: each.level for each in reported.rules} == {
        "queue-is-fifo": Level.MANDATORY,
        "queue-is-tagged": Level.ADVISORY,
        "service-is-small": Level.MANDATORY,
        "redrive-policy-is-read": Level.MANDATORY,
        "queue-is-encrypted": Level.MANDATORY,
        "owner-is-tagged": Level.MANDATORY,
        "never": None,
        "stack-is-known": Level.ADVISORY,
        "topic-is-encrypted": Level.ADVISORY,
    }


def test_a_rule_that_applies_to_no_resource_is_idle(reported: Reported) -> None:
    idle = {each.rule: each.idle for each in reported.rules if each.idle is not None}
    assert idle == {"topic-is-encrypted": "no topic"}


def test_a_rule_that_applies_to_one_resource_is_not_idle() -> None:
    topic = resource_request("aws:sns/topic:Topic", "news", {})
    judged_all = judged([PackChoice(directory=PACKS / "demo")], JOBS, topic, WEB)
    assert [each.rule for each in judged_all.rules if each.idle is not None] == []
