"""The pack's own service gives the answers of the stock SDK, from the same rules."""

import dataclasses
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import grpc
import pytest
from google.protobuf import empty_pb2, json_format
from hypothesis import given
from hypothesis import strategies as st
from pulumi.runtime.proto import analyzer_pb2 as proto
from pulumi_policy import EnforcementLevel
from pulumi_policy.policy import _PolicyAnalyzerServicer

from aws_policy_pack.adapter import policies
from aws_policy_pack.analyzer import Analyzer
from aws_policy_pack.pack import Pack
from aws_policy_pack.registry import RULES
from aws_policy_pack.rule import AnyRule, Example, Level, Scope
from aws_policy_pack.testing import UNKNOWN, Secret, resource_request, stack_request, wire
from pulumi_preflight.packs.answers import PackRules, reported
from tests.policies.strategies import subjects
from tests.ports import takes_a_second_server

POLICIES = Path(__file__).resolve().parents[2] / "policies"
COMPARED = tuple(rule for rule in RULES if rule.scope is not Scope.PACK)


class Refused(Exception):  # noqa: N818 - stands for the call's end
    """What `context.abort` does to a call."""


class Context:
    """What the service asks of a call's context."""

    sent: tuple[tuple[str, bytes], ...] = ()

    def set_trailing_metadata(self, metadata: tuple[tuple[str, bytes], ...]) -> None:
        self.sent = metadata

    def abort(self, code: grpc.StatusCode, details: str) -> None:
        raise Refused(code, details)


CONTEXT: Any = Context()
Answer = list[tuple[str, str, str, int, int]]


def both(
    rules: tuple[AnyRule, ...], config: Mapping[str, proto.PolicyConfig]
) -> Iterator[tuple[str, Any]]:
    stock: Any = _PolicyAnalyzerServicer(
        "pack", "1.0.0", policies(rules), EnforcementLevel.ADVISORY
    )
    for name, service in (("own", Analyzer(Pack("pack", "1.0.0", rules))), ("stock", stock)):
        service.ConfigureStack(proto.AnalyzerStackConfigureRequest(), CONTEXT)
        service.Configure(proto.ConfigureAnalyzerRequest(policyConfig=config), CONTEXT)
        yield name, service


def answers(response: proto.AnalyzeResponse) -> tuple[Answer, list[tuple[str, str]]]:
    """Violations and waived findings; what could not run is compared by rule alone.

    The stock SDK words it its own way and names no resource.
    """
    violations, not_evaluated = [], set()
    for d in response.diagnostics:
        if "not evaluated: " in d.message:
            not_evaluated.add((d.policyName, "", "", d.enforcementLevel, 0))
        else:
            violations.append((d.policyName, d.urn, d.message, d.enforcementLevel, d.severity))
    waived = [
        (item.policy_name, item.reason)
        for item in response.not_applicable
        if item.reason.startswith("{")
    ]
    return sorted([*violations, *not_evaluated]), sorted(waived)


def told_in_parts(response: proto.AnalyzeResponse) -> int:
    """How many diagnostics preflight finds the parts of."""
    urns = {diagnostic.urn for diagnostic in response.diagnostics}
    found = reported(
        PackRules(pack="pack", policies={}),
        response.diagnostics,
        response.not_applicable,
        urn="",
        resources=urns,
    )
    return sum(not each.is_prose for each in (*found.findings, *found.not_evaluated))


def opened(value: object) -> object:
    """A value, or a stack, without secrets."""
    match value:
        case Secret(inner):
            return opened(inner)
        case Example():
            properties = {key: opened(item) for key, item in value.properties.items()}
            return dataclasses.replace(value, properties=properties)
        case Mapping():
            return {key: opened(item) for key, item in value.items()}
        case list() | tuple():
            return [opened(item) for item in value]
        case _:
            return value


def configured(rule: AnyRule, level: Level, waived: str) -> dict[str, proto.PolicyConfig]:
    waiver = {"resource": waived, "reason": "r", "owner": "o", "expires": "2099-01-01"}
    properties = {**rule.example_config, "waivers": [waiver] if waived else []}
    number = proto.EnforcementLevel.Value(level.name)
    return {rule.id: proto.PolicyConfig(enforcementLevel=number, properties=wire(properties))}


@pytest.mark.parametrize("rule", [pytest.param(rule, id=rule.id) for rule in COMPARED])
@given(data=st.data())
def test_both_services_give_the_same_findings(rule: AnyRule, data: st.DataObject) -> None:
    level = data.draw(st.sampled_from(Level))
    waived = data.draw(st.sampled_from(["", "subject", "*"]))
    # The stock SDK takes the wrapper off secrets, so it cannot hide them in messages as ours does.
    subject: Any = opened(data.draw(subjects(rule)))
    found = {}
    for name, service in both((rule,), configured(rule, level, waived)):
        if rule.scope is Scope.STACK:
            response = service.AnalyzeStack(stack_request(subject), CONTEXT)
        else:
            response = service.Analyze(resource_request(rule.types[0], subject), CONTEXT)
        found[name] = answers(response)
        if name == "own":
            assert told_in_parts(response) == len(response.diagnostics)
    if any(not violation[1] for violation in found["stock"][0]):
        # The stock SDK keeps either what was waived or what could not run, never both.
        found = {name: (violations, []) for name, (violations, _) in found.items()}
    assert found["own"] == found["stock"]


@pytest.mark.parametrize(
    "rule", [pytest.param(rule, id=rule.id) for rule in COMPARED if rule.fix is not None]
)
@given(data=st.data())
def test_both_services_remediate_alike(rule: AnyRule, data: st.DataObject) -> None:
    subject: Any = data.draw(subjects(rule))
    request = resource_request(rule.types[0], subject)
    mended = {
        name: [
            json_format.MessageToDict(remediation.properties)
            for remediation in service.Remediate(request, CONTEXT).remediations
            if remediation.properties.fields
        ]
        for name, service in both((rule,), configured(rule, Level.REMEDIATE, ""))
    }
    assert mended["own"] == mended["stock"]


@pytest.mark.parametrize(
    "rule", [pytest.param(rule, id=rule.id) for rule in COMPARED if rule.fix is not None]
)
def test_both_services_leave_what_is_waived_as_it_is(rule: AnyRule) -> None:
    assert isinstance(rule.bad, Mapping)
    request = resource_request(rule.types[0], rule.bad)
    for waived, count in (("other", 1), ("subject", 0)):
        for _, service in both((rule,), configured(rule, Level.REMEDIATE, waived)):
            assert len(service.Remediate(request, CONTEXT).remediations) == count


def test_both_services_say_that_a_fix_needs_an_unknown_value() -> None:
    rule = next(rule for rule in RULES if rule.id == "tags-required")
    properties = wire({"tags": {"Team": "orders"}})
    config = {rule.id: proto.PolicyConfig(enforcementLevel=proto.REMEDIATE, properties=properties)}
    request = resource_request(rule.types[0], {"tags": {"Owner": UNKNOWN}})
    for _, service in both((rule,), config):
        (remediation,) = service.Remediate(request, CONTEXT).remediations
        assert remediation.diagnostic.endswith("not mended: `tags.Owner` is not known yet")
        assert not remediation.properties.fields


@pytest.mark.parametrize("rule", [pytest.param(rule, id=rule.id) for rule in COMPARED])
def test_both_services_say_the_same_of_a_rule(rule: AnyRule) -> None:
    own, stock = (
        service.GetAnalyzerInfo(empty_pb2.Empty(), CONTEXT).policies[0]
        for _, service in both((rule,), {})
    )
    assert json_format.MessageToDict(own) == json_format.MessageToDict(stock)


def test_a_profile_with_mistakes_is_refused_with_all_of_them() -> None:
    service = Analyzer(Pack("pack", "1.0.0", RULES))
    config = {
        "waivers-vlid": proto.PolicyConfig(enforcementLevel=proto.MANDATORY),
        RULES[0].id: proto.PolicyConfig(
            enforcementLevel=proto.MANDATORY, properties=wire({"waivrs": []})
        ),
    }
    with pytest.raises(Refused) as refusal:
        service.Configure(proto.ConfigureAnalyzerRequest(policyConfig=config), CONTEXT)
    code, details = refusal.value.args
    assert code is grpc.StatusCode.INVALID_ARGUMENT
    assert "waivers-vlid: unknown rule; did you mean `waivers-valid`?" in details
    assert f"{RULES[0].id}.waivrs: unknown key; did you mean `waivers`?" in details


def test_a_pack_refuses_two_rules_of_one_id() -> None:
    with pytest.raises(ValueError, match=f"pack twice: .* called {RULES[0].id}"):
        Pack("twice", "1.0.0", (RULES[0], RULES[0]))


def test_rules_without_anything_to_judge_are_said_to_be_idle() -> None:
    pack = Pack("pack", "1.0.0", RULES)
    pack.configure({"sqs-encryption": "disabled"})
    queue = Example(type="aws:sqs/queue:Queue", name="orders")
    answer = Analyzer(pack).AnalyzeStack(stack_request([queue]), CONTEXT)
    idle = {each.policy_name: each.reason for each in answer.not_applicable}
    assert idle["rds-encrypted"] == "the stack has no resource of its types"
    assert idle["sqs-fifo-required"] == "no profile configures it"
    told_otherwise = {
        "sqs-encryption",
        "sqs-long-polling",
        "waivers-valid",
        "names-unique-logical",
        "names-unique-physical",
    }
    assert told_otherwise.isdisjoint(idle)


@pytest.mark.parametrize(
    "rule",
    [pytest.param(rule, id=rule.id) for rule in RULES if rule.scope is Scope.STACK and rule.types],
)
def test_a_rule_of_types_is_idle_until_there_is_one_of_them(rule: AnyRule) -> None:
    pack = Pack("pack", "1.0.0", [rule])
    pack.configure({rule.id: rule.example_config} if rule.example_config else {})

    def idle(*resources: Example) -> list[str]:
        answer = Analyzer(pack).AnalyzeStack(stack_request(resources), CONTEXT)
        return [each.policy_name for each in answer.not_applicable if each.reason.startswith("the")]

    assert idle(Example(type="test:index:Thing", name="thing")) == [rule.id]
    assert idle(*rule.good) == []


def test_the_port_of_a_served_pack_is_its_own() -> None:
    command = [sys.executable, str(POLICIES)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        taken = takes_a_second_server(int(process.stdout.readline()))
        process.terminate()
    assert not taken


def test_only_what_is_about_any_resource_has_no_types() -> None:
    assert {rule.id for rule in RULES if rule.scope is Scope.STACK and not rule.types} == {
        "cost-monthly-budget",
        "cost-resource-count",
        "names-unique-logical",
    }
