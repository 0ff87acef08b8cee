"""Turns rules into ordinary `pulumi_policy` policies, to mix with anyone's in a stock pack."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict
from functools import cache
from typing import Any, cast

import pulumi_policy
from pulumi.runtime.config import get_config_env
from pulumi_policy.deserialize import serialize_properties
from pulumi_policy.proxy import UNKNOWN_STRING_VALUE, UnknownValueError
from pydantic import ValidationError

from aws_policy_pack.changes import ToldChanges, told_changes
from aws_policy_pack.config import ConfigError, RuleConfig, config_schema, problems_in, too_long
from aws_policy_pack.evaluation import (
    NOTHING_OF_ITS_TYPES,
    Outcome,
    current_day,
    evaluate,
    mend,
    reason_of,
)
from aws_policy_pack.metadata import display_name_of, framework_of, remedy_of
from aws_policy_pack.registry import RULES
from aws_policy_pack.resource import Graph, Resource, Unreadable
from aws_policy_pack.rule import AnyRule, Level, Scope
from aws_policy_pack.wire import Value, read_plain, with_marks

LEVELS = {
    Level.ADVISORY: pulumi_policy.EnforcementLevel.ADVISORY,
    Level.MANDATORY: pulumi_policy.EnforcementLevel.MANDATORY,
    Level.REMEDIATE: pulumi_policy.EnforcementLevel.REMEDIATE,
    Level.DISABLED: pulumi_policy.EnforcementLevel.DISABLED,
}


class NotEvaluatedError(UnknownValueError):
    """Makes the SDK report that a rule could not run; it is the only way to do so."""

    def __init__(self, text: str) -> None:
        super().__init__(UNKNOWN_STRING_VALUE, [])
        self.message = text


def policies(rules: Iterable[AnyRule] = RULES) -> list[pulumi_policy.Policy]:
    """The rules as policies for `pulumi_policy.PolicyPack(policies=...)`.

    Rules about the settings of other rules (`waivers-valid`) are left out: the SDK shows a policy
    no settings but its own. `analyzer.serve` runs them all.
    """
    make = {Scope.RESOURCE: _resource_policy, Scope.STACK: _stack_policy}
    return [make[rule.scope](rule) for rule in rules if rule.scope in make]


def _resource_policy(rule: AnyRule) -> pulumi_policy.Policy:
    def validate(
        args: pulumi_policy.ResourceValidationArgs, report: pulumi_policy.ReportViolation
    ) -> None:
        if args.resource_type in rule.types:
            resource = _resource(args, cache(told_changes))
            outcome = _evaluated(rule, resource, args.get_config())
            _report(outcome, report, args.not_applicable)

    # The SDK's annotation wants an awaitable; its code takes the properties as well.
    def remediate(args: pulumi_policy.ResourceValidationArgs) -> Any:  # noqa: ANN401
        if args.resource_type not in rule.types:
            return None
        config = _config(rule, args.get_config())
        try:
            changes = mend(rule, _resource(args), config=config, today=current_day())
        except Unreadable as unreadable:
            raise NotEvaluatedError(f"not mended: {unreadable}") from unreadable
        sent = serialize_properties(args.props)
        marked = {key: with_marks(sent.get(key), value) for key, value in changes.items()}
        return {**sent, **marked} if changes else None

    return pulumi_policy.ResourceValidationPolicy(
        validate=validate, remediate=remediate if rule.fix else None, **_said_of(rule)
    )


def _stack_policy(rule: AnyRule) -> pulumi_policy.Policy:
    def validate(
        args: pulumi_policy.StackValidationArgs, report: pulumi_policy.ReportViolation
    ) -> None:
        # The engine tells a stock pack the settings, and not which of them are encrypted.
        changes = cache(told_changes)
        graph = Graph(
            (_stack_resource(resource, changes) for resource in args.resources),
            config_values=frozenset(map(str, get_config_env().values())),
            changes=changes,
        )
        if rule.types and not any(graph.of_type(*rule.types)):
            args.not_applicable(NOTHING_OF_ITS_TYPES)
        outcome = _evaluated(rule, graph, args.get_config())
        _report(outcome, report, args.not_applicable)

    return pulumi_policy.StackValidationPolicy(validate=validate, **_said_of(rule))


def _said_of(rule: AnyRule) -> dict[str, Any]:
    properties, required = config_schema(rule.config)
    framework = framework_of(rule)
    return {
        "name": rule.id,
        "description": rule.summary,
        "enforcement_level": LEVELS[rule.level],
        "config_schema": pulumi_policy.PolicyConfigSchema(
            properties=cast("Any", properties),
            required=required,
        ),
        "severity": pulumi_policy.Severity(rule.severity.value),
        "tags": [rule.area, *rule.controls],
        "display_name": display_name_of(rule),
        "framework": (
            pulumi_policy.PolicyComplianceFramework(**asdict(framework)) if framework else None
        ),
        "remediation_steps": remedy_of(rule) or None,
        "url": rule.url,
    }


def _config(rule: AnyRule, raw: Mapping[str, Any]) -> RuleConfig:
    if problems := list(too_long(raw, rule.id)):
        raise ConfigError(problems)
    try:
        return rule.config.model_validate(raw)
    except ValidationError as error:
        raise ConfigError(problems_in(error, rule.config, rule.id)) from error


def _evaluated(rule: AnyRule, subject: Resource | Graph, raw: Mapping[str, Any]) -> Outcome:
    return evaluate(
        rule,
        subject,
        config=_config(rule, raw),
        level=rule.level,  # the SDK puts the configured level on what is reported
        today=current_day(),
    )


def _report(
    outcome: Outcome, report: pulumi_policy.ReportViolation, not_applicable: Callable[[str], None]
) -> None:
    """Hands an outcome to the SDK, which takes what could not run or what else there is to tell."""
    for violation in outcome.violations:
        if violation.evaluated:
            report(violation.message, violation.urn)
    not_evaluated = [v.message for v in outcome.violations if not v.evaluated]
    if not_evaluated:
        raise NotEvaluatedError("; ".join(not_evaluated))
    if reason := reason_of(outcome):
        not_applicable(reason)


def _resource(args: pulumi_policy.ResourceValidationArgs, changes: ToldChanges = dict) -> Resource:
    return Resource(
        lambda: _values(args.props),
        urn=args.urn,
        type=args.resource_type,
        name=args.name,
        parent=args.opts.parent or "",
        ignore_changes=args.opts.ignore_changes,
        changes=changes,
    )


def _stack_resource(resource: pulumi_policy.PolicyResource, changes: ToldChanges) -> Resource:
    return Resource(
        lambda: _values(resource.props),
        urn=resource.urn,
        type=resource.resource_type,
        name=resource.name,
        parent=resource.parent.urn if resource.parent else "",
        ignore_changes=resource.opts.ignore_changes,
        dependencies=[dependency.urn for dependency in resource.dependencies],
        references={
            key: [target.urn for target in targets]
            for key, targets in resource.property_dependencies.items()
        },
        provider=_provider(resource.provider),
        changes=changes,
    )


def _provider(provider: pulumi_policy.PolicyProviderResource | None) -> Resource | None:
    if provider is None:
        return None
    return Resource(
        lambda: _values(provider.props),
        urn=provider.urn,
        type=provider.resource_type,
        name=provider.name,
    )


def _values(props: Mapping[str, Any]) -> Mapping[str, Value]:
    return {key: read_plain(value) for key, value in serialize_properties(props).items()}
