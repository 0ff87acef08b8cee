"""Preflight's findings are the engine's; where the engine cannot judge, preflight does."""

from collections.abc import Callable
from typing import Any, NamedTuple

from pulumi_preflight.outputs.subject import ACCOUNT
from tests.engine.cases import CASES, each_case
from tests.engine.conformance import Case, Observed

Observe = Callable[[Case], Observed]
_NOT_EVALUATED = "not evaluated: "


class Found(NamedTuple):
    """A finding as both sides tell it."""

    rule: str
    level: str
    severity: str | None
    urn: str
    message: str


@each_case()
def test_findings_are_those_of_policy_analyze_on_the_saved_state(
    case: Case, observe: Observe
) -> None:
    seen = observe(case)
    # `policy analyze` lets resource rules judge what is only read; previews and `up` do not.
    analyzed = {found for found in by_engine(seen.analyzed) if found.urn not in seen.read}
    found = {found for found in by_preflight(seen) if found.urn not in seen.read}
    # `policy analyze` tells packs nothing of the stack's configuration, which one rule needs.
    untold = {each for each in unseen(seen.analyzed) if each[0] == "secrets-no-literal-value"}
    assert {each for each in found if (each.rule, each.urn) not in untold} == analyzed


def test_only_policy_analyze_judges_what_is_only_read(observe: Observe) -> None:
    [case] = [each for each in CASES if each.name == "existing_resources"]
    seen = observe(case)
    assert {found.urn for found in by_engine(seen.analyzed)} & seen.read
    elsewhere = by_engine(seen.previewed) | by_preflight(seen)
    assert not {found.urn for found in elsewhere} & seen.read


@each_case()
def test_findings_on_a_state_are_those_of_policy_analyze(case: Case, observe: Observe) -> None:
    seen = observe(case)
    assert in_verdict(seen.of_state) == by_engine(seen.analyzed)
    assert in_verdict(seen.of_deployed) == by_engine(seen.analyzed_deployed)


@each_case()
def test_what_the_engine_finds_in_a_preview_preflight_finds(case: Case, observe: Observe) -> None:
    seen = observe(case)
    more = by_engine(seen.previewed) - by_preflight(seen)
    assert {found for found in more if found.urn not in seen.built_by_plugins} == set()


@each_case()
def test_preflight_finds_more_than_a_preview_only_by_rules_that_could_not_see(
    case: Case, observe: Observe
) -> None:
    seen = observe(case)
    more = by_preflight(seen) - by_engine(seen.previewed)
    # A resource that is made inside `apply` is in no preview.
    previewed = {found for found in more if found.urn in seen.asked_by_engine.together}
    assert {(found.rule, found.urn) for found in previewed} <= unseen(seen.previewed)


@each_case()
def test_preflight_judges_all_that_a_preview_cannot(case: Case, observe: Observe) -> None:
    seen = observe(case)
    assert seen.verdict["notEvaluated"] == []


def by_preflight(seen: Observed) -> set[Found]:
    return in_verdict(seen.verdict)


def in_verdict(verdict: dict[str, Any]) -> set[Found]:
    return {
        Found(
            each["rule"],
            each["level"],
            each["severity"],
            each["urn"],
            each["message"].replace(ACCOUNT, "<account>"),
        )
        for each in verdict["findings"]
    }


def by_engine(events: list[dict[str, Any]]) -> set[Found]:
    return {
        Found(
            event["policyName"],
            event["enforcementLevel"],
            event.get("severity"),
            event["resourceUrn"],
            said(event).partition(" Fix: ")[0],
        )
        for event in events
        if not said(event).startswith(_NOT_EVALUATED)
    }


def unseen(events: list[dict[str, Any]]) -> set[tuple[str, str]]:
    """The rules that could not see what they judge, each with the resource."""
    return {
        (event["policyName"], event["resourceUrn"])
        for event in events
        if said(event).startswith(_NOT_EVALUATED)
    }


def said(event: dict[str, Any]) -> str:
    """What a rule said, without the description that stands on the line above.

    The saved state has the account that preflight made up; preflight itself says what it is.
    """
    message: str = event["message"]
    return message.partition("\n")[2].strip().replace(ACCOUNT, "<account>")
