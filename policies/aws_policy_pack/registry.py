"""All rules of the pack, and how to choose among them."""

from collections.abc import Iterable
from fnmatch import fnmatchcase
from types import ModuleType

from aws_policy_pack.rule import AnyRule, Rule, Severity
from aws_policy_pack.rules import (
    cost,
    ecr,
    ecs,
    iam,
    kms,
    lb,
    logs,
    names,
    network,
    rds,
    s3,
    secrets,
    sqs,
    waivers,
)

AREAS: tuple[ModuleType, ...] = (
    names,
    cost,
    sqs,
    ecs,
    rds,
    network,
    iam,
    lb,
    logs,
    ecr,
    s3,
    secrets,
    kms,
    waivers,
)


def _rules_in(module: ModuleType) -> tuple[AnyRule, ...]:
    return tuple(value for value in vars(module).values() if isinstance(value, Rule))


RULES: tuple[AnyRule, ...] = tuple(rule for area in AREAS for rule in _rules_in(area))


def select(
    *,
    areas: Iterable[str] = (),
    ids: Iterable[str] = (),
    severities: Iterable[Severity] = (),
    controls: Iterable[str] = (),
    rules: Iterable[AnyRule] = RULES,
) -> tuple[AnyRule, ...]:
    """Chooses rules; each criterion that is given must hold, by any one of its values.

    Args:
        areas: Areas such as `sqs`.
        ids: Rule ids or globs such as `cost-*`.
        severities: Severities.
        controls: Globs over the ids of public controls, such as `Security Hub SQS.*`.
        rules: The rules to choose from.
    """
    areas, ids, severities, controls = set(areas), set(ids), set(severities), set(controls)
    return tuple(
        rule
        for rule in rules
        if (not areas or rule.area in areas)
        and (not ids or any(fnmatchcase(rule.id, pattern) for pattern in ids))
        and (not severities or rule.severity in severities)
        and (
            not controls
            or any(fnmatchcase(own, pattern) for own in rule.controls for pattern in controls)
        )
    )
