"""A kit for people who write rules: asks the pack's own service, as the engine would.

Properties are sent as the engine sends them: numbers as floats, `UNKNOWN` as the engine's sentinel,
`Secret(...)` in its wrapper.

    found = analyze(my_rule, {"delaySeconds": 30})
    assert [report.level for report in found] == ["mandatory"]
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from google.protobuf import json_format
from google.protobuf.struct_pb2 import Struct
from pulumi.runtime.proto import analyzer_pb2 as proto

from aws_policy_pack.analyzer import LEVELS, Analyzer
from aws_policy_pack.changes import Change, Changes
from aws_policy_pack.evaluation import HIDDEN
from aws_policy_pack.pack import Pack
from aws_policy_pack.profiles import LEVEL_KEY
from aws_policy_pack.rule import AnyRule, Example
from aws_policy_pack.wire import (
    SECRET_SIGNATURE,
    SIGNATURE_KEY,
    UNKNOWN,
    UNKNOWN_TEXT,
    Unknown,
    read_struct,
)

PACK = "test-pack"
NO_CONTEXT: Any = None
"""The context of a call, which none of those that are made here looks at."""
NO_CHANGES: Changes = {}
LEVEL_NAMES = {number: level.value for level, number in LEVELS.items()}


@dataclass(frozen=True, slots=True)
class Secret:
    """Marks a value that the engine would send as a secret."""

    value: object


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What the pack reports to the engine.

    Attributes:
        rule: The rule's id.
        level: The enforcement level's name.
        message: The text without the rule's summary, which stands before it.
        urn: The resource, empty for the whole stack.
        problem: What is wrong, as the rule's `Finding` says it; empty where it was not evaluated.
        wanted: What is wanted, likewise.
        fix: What to do, likewise.
        part: What tells it from others of the rule about the same resource.
        related: The URNs of the other resources that it is about.
        unreadable: The path of the property that kept the rule from running, else `None`.
    """

    rule: str
    level: str
    message: str
    urn: str
    problem: str = ""
    wanted: str = ""
    fix: str = ""
    part: str = ""
    related: tuple[str, ...] = ()
    unreadable: str | None = None

    @property
    def name(self) -> str:
        """The logical name of the resource."""
        return self.urn.rpartition("::")[2]

    @property
    def text(self) -> str:
        """The rule's own words: the message."""
        return self.message

    @property
    def was_evaluated(self) -> bool:
        """Whether the rule could read what it needed."""
        return self.unreadable is None


def analyze(  # noqa: PLR0913 - all but two have a default
    rule: AnyRule,
    properties: Mapping[str, object],
    *,
    config: Mapping[str, object] | None = None,
    level: str | None = None,
    type: str | None = None,  # noqa: A002 - Pulumi's word
    name: str = "subject",
    ignore_changes: Sequence[str] = (),
    before: Mapping[str, object] | None = None,
    operation: str = "",
) -> list[Report]:
    """Runs a resource rule on one resource.

    Args:
        rule: The rule.
        properties: The resource's inputs, camelCase as on the wire.
        config: The rule's settings.
        level: Its level, if not its own.
        type: The resource's type token; the rule's first type if not given.
        name: The resource's logical name.
        ignore_changes: Properties whose changes are ignored.
        before: The inputs of the base; as under the engine, where neither this nor `operation` is
            given.
        operation: What becomes of the resource; `update` where only `before` is given.
    """
    request = resource_request(
        type or rule.types[0], properties, name=name, ignore_changes=ignore_changes
    )
    changes = _changes({request.urn: (operation, before)})
    response = _service(rule, config, level, changes).Analyze(request, NO_CONTEXT)
    return _reports(rule, response, request.urn)


def analyze_stack(
    rule: AnyRule,
    resources: Sequence[Example],
    *,
    config: Mapping[str, object] | None = None,
    level: str | None = None,
) -> list[Report]:
    """Runs a stack rule on a whole stack.

    An example whose operation is `delete` is of the base alone.
    """
    changes = _changes(
        {urn_of(each.type, each.name): (each.operation, each.before) for each in resources}
    )
    there = [each for each in resources if each.operation != "delete"]
    response = _service(rule, config, level, changes).AnalyzeStack(stack_request(there), NO_CONTEXT)
    return _reports(rule, response, "")


def remediate(
    rule: AnyRule,
    properties: Mapping[str, object],
    *,
    config: Mapping[str, object] | None = None,
    type: str | None = None,  # noqa: A002 - Pulumi's word
) -> Struct | None:
    """Runs a rule's fix; `None` if it changes nothing."""
    request = resource_request(type or rule.types[0], properties)
    response = _service(rule, config, "remediate").Remediate(request, NO_CONTEXT)
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


def _changes(told: Mapping[str, tuple[str, Mapping[str, object] | None]]) -> Changes:
    """What is told of changes, by URN, as preflight tells it: secrets are `[secret]`."""
    return {
        urn: Change(
            operation=operation or "update",
            before=None if before is None else read_struct(wire(_hidden(before)), set()),
        )
        for urn, (operation, before) in told.items()
        if operation or before is not None
    }


def _hidden(value: Any) -> Any:  # noqa: ANN401 - any JSON value
    match value:
        case Secret():
            return HIDDEN
        case Mapping():
            return {key: _hidden(item) for key, item in value.items()}
        case list() | tuple():
            return [_hidden(item) for item in value]
        case _:
            return value


def _service(
    rule: AnyRule,
    config: Mapping[str, object] | None,
    level: str | None,
    changes: Changes = NO_CHANGES,
) -> Analyzer:
    """The pack's service with this rule alone, configured as the engine does."""
    pack = Pack(PACK, "1.0.0", [rule])
    settings = json_format.MessageToDict(wire(config or {}))
    pack.configure({rule.id: {**settings, LEVEL_KEY: level or rule.level.value}})
    service = Analyzer(pack, changes=lambda: changes)
    service.ConfigureStack(proto.AnalyzerStackConfigureRequest(), NO_CONTEXT)
    return service


def _reports(rule: AnyRule, response: proto.AnalyzeResponse, urn: str) -> list[Report]:
    """What was found, then what could not be judged."""
    parts = _parts_of(response)
    reports = [
        _report(
            Report(
                rule=diagnostic.policyName,
                level=LEVEL_NAMES[diagnostic.enforcementLevel],
                message=message,
                urn=diagnostic.urn or urn,
            ),
            parts[message, diagnostic.urn],
        )
        for diagnostic in response.diagnostics
        for message in [diagnostic.message.removeprefix(f"{rule.summary}\n")]
    ]
    return sorted(reports, key=lambda report: not report.was_evaluated)


def _parts_of(response: proto.AnalyzeResponse) -> dict[tuple[str, str], dict[str, Any]]:
    """The parts of each diagnostic, by message and URN."""
    documents = [
        json.loads(entry.reason)
        for entry in response.not_applicable
        if entry.reason.startswith("{")
    ]
    return {
        (entry["message"], entry.get("urn", "")): entry
        for document in documents
        for entry in (*document.get("findings", ()), *document.get("notEvaluated", ()))
    }


def _report(report: Report, parts: Mapping[str, Any]) -> Report:
    """The report with its parts."""
    if "property" in parts:
        return replace(report, unreadable=parts["property"])
    return replace(
        report,
        problem=parts["problem"],
        wanted=parts["wanted"],
        # A rule's own words have no full stop; see `Finding`.
        fix=parts["fix"].removesuffix("."),
        part=parts.get("part", ""),
        related=tuple(parts.get("related", ())),
    )


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
