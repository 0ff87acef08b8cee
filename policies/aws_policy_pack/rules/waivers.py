"""Waivers must say why, by whom and until when, and must still waive something."""

import datetime as dt
from collections.abc import Collection, Iterable
from typing import Final

from pydantic import Field, field_validator
from pydantic_core import PydanticCustomError

from aws_policy_pack.config import RuleConfig, Waiver
from aws_policy_pack.evaluation import current_day, evaluate, missing_from, names
from aws_policy_pack.resource import Graph, Resource
from aws_policy_pack.rule import (
    AnyRule,
    Example,
    Finding,
    Findings,
    Kind,
    Level,
    Rule,
    Scope,
    Setting,
    Severity,
)
from aws_policy_pack.type_tokens import QUEUE
from aws_policy_pack.wording import shown

MOST_RELATED: Final = 5
"""Of the resources that a glob names, so many are given with a finding."""


class WaiversValid(RuleConfig):
    """How long a waiver may hold."""

    max_days: int = Field(
        default=180, ge=1, description="Most days from today to the last day of a waiver"
    )

    @field_validator("waivers")
    @classmethod
    def _is_not_waived(cls, given: tuple[Waiver, ...]) -> tuple[Waiver, ...]:
        """Refuses waivers of this rule, since they would let anybody waive all others unseen."""
        if given:
            kind, text = "not_waivable", "this rule cannot be waived; put right what it finds"
            raise PydanticCustomError(kind, text)
        return given


def check_waivers(graph: Graph, settings: Iterable[tuple[AnyRule, Setting]]) -> Findings:
    """Looks at every waiver of every rule."""
    today = current_day()
    settings = tuple(settings)
    (own,) = (s.config for _, s in settings if isinstance(s.config, WaiversValid))
    for rule, setting in settings:
        for index, waiver in enumerate(setting.config.waivers):
            waived = tuple(each for each in graph.resources if names(waiver, each))
            problem = _problem(
                rule, setting, waiver, graph, waived, today=today, longest=own.max_days
            )
            if problem:
                yield Finding(
                    problem=f"the waiver of `{rule.id}` for {shown(waiver.resource)} {problem[0]}",
                    wanted=f"{problem[1]} (`{rule.id}.waivers[{index}]` in the pack's config)",
                    fix=problem[2],
                    related=waived[:MOST_RELATED],
                )


def _problem(  # noqa: PLR0913 - what a waiver is held against
    rule: AnyRule,
    setting: Setting,
    waiver: Waiver,
    graph: Graph,
    waived: Collection[Resource],
    *,
    today: dt.date,
    longest: int,
) -> tuple[str, str, str] | None:
    """What is wrong with a waiver, what is wanted, and what to do; `None` if it is sound."""
    if missing := missing_from(waiver):
        lacks = " and ".join(f"`{key}`" for key in missing)
        return f"has no {lacks}", "a reason, an owner and a last day", f"Add {lacks}, or remove it"
    if waiver.expires is not None and waiver.expires < today:
        return (
            f"ended on {waiver.expires}",
            "a last day that has not passed",
            "Mend what it waived and remove it, or agree on a new last day",
        )
    if waiver.expires is not None and (waiver.expires - today).days > longest:
        return (
            f"holds until {waiver.expires}, {(waiver.expires - today).days} days from today",
            f"at most {longest} days (`maxDays` of waivers-valid)",
            "Agree on a nearer last day, and renew the waiver then if it is still needed",
        )
    if not waived:
        return (
            "names no resource of this stack",
            "the logical name, a glob or the URN of a resource",
            "Remove it, or correct the name",
        )
    if not _waives_something(rule, setting, waiver, graph, today):
        return (
            "waives nothing: the rule has no finding there",
            "a waiver that is needed",
            "Remove it",
        )
    return None


def _waives_something(
    rule: AnyRule, setting: Setting, waiver: Waiver, graph: Graph, today: dt.date
) -> bool:
    """Runs the rule again under this waiver alone; what could not be judged counts as waived."""
    if setting.level is Level.DISABLED:
        return False
    alone = setting.config.model_copy(update={"waivers": (waiver,)})
    subjects = [graph] if rule.scope is Scope.STACK else graph.of_type(*rule.types)
    outcomes = [
        evaluate(rule, subject, config=alone, level=setting.level, today=today)
        for subject in subjects
    ]
    return any(
        outcome.waived or any(not violation.evaluated for violation in outcome.violations)
        for outcome in outcomes
    )


waivers_valid: Rule[Graph] = Rule(
    id="waivers-valid",
    scope=Scope.PACK,
    types=(),
    kind=Kind.CONFIGURED,
    level=Level.MANDATORY,
    severity=Severity.MEDIUM,
    summary="A waiver has a reason, an owner and a near last day, and still waives something",
    why="A waiver that nobody owns, that never ends or that matches nothing hides the next "
    "violation of the same rule.",
    remedy="Give the waiver what it lacks, agree on a nearer last day, or remove it",
    url="https://www.pulumi.com/docs/insights/policy/policy-packs/",
    controls=(),
    config=WaiversValid,
    check=check_waivers,
    fix=None,
    good=(Example(type=QUEUE, name="orders", properties={"sqsManagedSseEnabled": False}),),
    bad=(Example(type=QUEUE, name="other"),),
    example_config={
        "sqs-encryption": {
            "waivers": [
                {
                    "resource": "orders",
                    "reason": "Holds public data only",
                    "owner": "orders team",
                    "expires": "2027-03-31",
                }
            ]
        }
    },
)
