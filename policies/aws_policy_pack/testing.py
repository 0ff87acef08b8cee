"""A kit for people who write rules: runs a rule as the engine would, through the policy SDK.

Properties are sent as the engine sends them: numbers as floats, `UNKNOWN` as the engine's sentinel,
`Secret(...)` in its wrapper.

    found = analyze(my_rule, {"delaySeconds": 30})
    assert [report.level for report in found] == ["mandatory"]
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from google.protobuf.struct_pb2 import Struct
from pulumi.runtime.proto import analyzer_pb2 as proto
from pulumi_policy import EnforcementLevel
from pulumi_policy.policy import _PolicyAnalyzerServicer

from aws_policy_pack.adapter import policies
from aws_policy_pack.rule import AnyRule, Example
from aws_policy_pack.wire import (
    SECRET_SIGNATURE,
    SIGNATURE_KEY,
    UNKNOWN,
    UNKNOWN_TEXT,
    Unknown,
)

PACK = "test-pack"
LEVEL_NAMES = {
    proto.ADVISORY: "advisory",
    proto.MANDATORY: "mandatory",
    proto.REMEDIATE: "remediate",
    proto.DISABLED: "disabled",
}
LEVEL_NUMBERS = {name: number for number, name in LEVEL_NAMES.items()}

# What the SDK writes before the words of a rule that cannot run.
_CANNOT_RUN = "during preview: "
# The sentence of a finding; see `evaluation`.
_SENTENCE = re.compile(
    r"(?P<problem>.*?); wanted (?P<wanted>.*?)\. Fix: (?P<fix>.*)\. \S+", re.DOTALL
)
_PARTS = ("problem", "wanted", "fix")


@dataclass(frozen=True, slots=True)
class Secret:
    """Marks a value that the engine would send as a secret."""

    value: object


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What the SDK reports to the engine.

    Attributes:
        rule: The rule's id.
        level: The enforcement level's name.
        message: The text without the rule's summary, which the SDK puts before it.
        urn: The resource, empty for the whole stack.
    """

    rule: str
    level: str
    message: str
    urn: str

    @property
    def name(self) -> str:
        """The logical name of the resource."""
        return self.urn.rpartition("::")[2]

    @property
    def text(self) -> str:
        """The rule's own words, without what the SDK writes before those of one that cannot run."""
        return self.message.rpartition(_CANNOT_RUN)[2]

    @property
    def problem(self) -> str:
        """What is wrong, as the rule's `Finding` says it; empty where it was not evaluated."""
        return self._said["problem"]

    @property
    def wanted(self) -> str:
        """What is wanted, as the rule's `Finding` says it; empty where it was not evaluated."""
        return self._said["wanted"]

    @property
    def fix(self) -> str:
        """What to do, as the rule's `Finding` says it; empty where it was not evaluated."""
        return self._said["fix"]

    @property
    def _said(self) -> Mapping[str, str]:
        found = _SENTENCE.fullmatch(self.text.removeprefix(f"{self.name}: "))
        return found.groupdict() if found and self.was_evaluated else dict.fromkeys(_PARTS, "")

    @property
    def was_evaluated(self) -> bool:
        """Whether the rule could read what it needed."""
        return "not evaluated: " not in self.message


def analyze(  # noqa: PLR0913 - all but two have a default
    rule: AnyRule,
    properties: Mapping[str, object],
    *,
    config: Mapping[str, object] | None = None,
    level: str | None = None,
    type: str | None = None,  # noqa: A002 - Pulumi's word
    name: str = "subject",
    ignore_changes: Sequence[str] = (),
) -> list[Report]:
    """Runs a resource rule on one resource through the SDK's Analyze.

    Args:
        rule: The rule.
        properties: The resource's inputs, camelCase as on the wire.
        config: The rule's settings.
        level: Its level, if not its own.
        type: The resource's type token; the rule's first type if not given.
        name: The resource's logical name.
        ignore_changes: Properties whose changes are ignored.
    """
    request = resource_request(
        type or rule.types[0], properties, name=name, ignore_changes=ignore_changes
    )
    response = _servicer(rule, config, level).Analyze(request, None)
    return _reports(rule, response, request.urn)


def analyze_stack(
    rule: AnyRule,
    resources: Sequence[Example],
    *,
    config: Mapping[str, object] | None = None,
    level: str | None = None,
) -> list[Report]:
    """Runs a stack rule on a whole stack through the SDK's AnalyzeStack."""
    response = _servicer(rule, config, level).AnalyzeStack(stack_request(resources), None)
    return _reports(rule, response, "")


def remediate(
    rule: AnyRule,
    properties: Mapping[str, object],
    *,
    config: Mapping[str, object] | None = None,
    type: str | None = None,  # noqa: A002 - Pulumi's word
) -> Struct | None:
    """Runs a rule's fix through the SDK's Remediate; `None` if it changes nothing."""
    request = resource_request(type or rule.types[0], properties)
    response = _servicer(rule, config, "remediate").Remediate(request, None)
    if not response.remediations:
        return None
    properties_after: Struct = response.remediations[0].properties
    return properties_after


def resource_request(
    type: str,  # noqa: A002 - Pulumi's word
    properties: Mapping[str, object],
    *,
    name: str = "subject",
    ignore_changes: Sequence[str] = (),
) -> proto.AnalyzeRequest:
    """The request that the engine sends for one resource."""
    return proto.AnalyzeRequest(
        type=type,
        urn=urn_of(type, name),
        name=name,
        properties=wire(properties),
        options=proto.AnalyzerResourceOptions(ignoreChanges=ignore_changes),
    )


def stack_request(resources: Sequence[Example]) -> proto.AnalyzeStackRequest:
    """The request that the engine sends for a whole stack."""
    urns = {example.name: urn_of(example.type, example.name) for example in resources}
    providers = {
        example.name: proto.AnalyzerProviderResource(
            type=example.type,
            urn=urns[example.name],
            name=example.name,
            properties=wire(example.properties),
        )
        for example in resources
        if example.type.startswith("pulumi:providers:")
    }
    return proto.AnalyzeStackRequest(
        resources=[
            proto.AnalyzerResource(
                type=example.type,
                urn=urns[example.name],
                name=example.name,
                properties=wire(example.properties),
                provider=providers.get(example.provider),
                options=proto.AnalyzerResourceOptions(ignoreChanges=example.ignore_changes),
                dependencies=[
                    urns[name] for names in example.references.values() for name in names
                ],
                propertyDependencies={
                    key: proto.AnalyzerPropertyDependencies(urns=[urns[name] for name in names])
                    for key, names in example.references.items()
                },
            )
            for example in resources
        ]
    )


def urn_of(type: str, name: str) -> str:  # noqa: A002 - Pulumi's word
    """The URN of a resource of the kit's stack."""
    return f"urn:pulumi:test::project::{type}::{name}"


def wire(properties: Mapping[str, object]) -> Struct:
    """Properties in the form that the engine sends."""
    struct = Struct()
    struct.update({key: _wire_value(value) for key, value in properties.items()})
    return struct


def _wire_value(value: object) -> Any:  # noqa: ANN401 - any JSON value
    match value:
        case Unknown():
            return UNKNOWN_TEXT
        case Secret(inner):
            return {SIGNATURE_KEY: SECRET_SIGNATURE, "value": _wire_value(inner)}
        case Mapping():
            return {str(key): _wire_value(item) for key, item in value.items()}
        case list() | tuple():
            return [_wire_value(item) for item in value]
        case _:
            return value


def _servicer(rule: AnyRule, config: Mapping[str, object] | None, level: str | None) -> Any:  # noqa: ANN401 - the SDK's servicer has no annotations
    servicer: Any = _PolicyAnalyzerServicer(
        PACK, "1.0.0", policies([rule]), EnforcementLevel.ADVISORY
    )
    settings = proto.PolicyConfig(
        enforcementLevel=LEVEL_NUMBERS[level or rule.level.value],
        properties=wire(config or {}),
    )
    request = proto.ConfigureAnalyzerRequest(policyConfig={rule.id: settings})
    servicer.Configure(request, None)
    return servicer


def _reports(rule: AnyRule, response: proto.AnalyzeResponse, urn: str) -> list[Report]:
    return [
        Report(
            rule=diagnostic.policyName,
            level=LEVEL_NAMES[diagnostic.enforcementLevel],
            message=diagnostic.message.removeprefix(f"{rule.summary}\n"),
            urn=diagnostic.urn or urn,
        )
        for diagnostic in response.diagnostics
    ]


__all__ = [
    "UNKNOWN",
    "Example",
    "Report",
    "Secret",
    "analyze",
    "analyze_stack",
    "remediate",
    "resource_request",
    "stack_request",
    "urn_of",
    "wire",
]
