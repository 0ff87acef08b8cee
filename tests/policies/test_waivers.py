"""`waivers-valid` looks at the waivers of all rules of the pack, on the whole stack."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

import pytest
from pydantic import ValidationError

from aws_policy_pack import evaluation
from aws_policy_pack.analyzer import Analyzer
from aws_policy_pack.config import ConfigError
from aws_policy_pack.pack import Pack
from aws_policy_pack.resource import STACK, Graph, Resource
from aws_policy_pack.rule import (
    Example,
    Finding,
    Findings,
    Level,
    Severity,
    resource_rule,
    stack_rule,
)
from aws_policy_pack.rules.sqs.access import encryption
from aws_policy_pack.rules.waivers import waivers_valid
from aws_policy_pack.testing import stack_request
from aws_policy_pack.wire import UNKNOWN, Value

THING = "test:index:Thing"
TODAY = dt.date(2026, 6, 15)
TOMORROW, YESTERDAY = TODAY + dt.timedelta(days=1), TODAY - dt.timedelta(days=1)


def set_day(monkeypatch: pytest.MonkeyPatch, day: dt.date) -> None:
    """The day that a pack, and the rule about waivers, go by."""
    for module in ("aws_policy_pack.pack", "aws_policy_pack.rules.waivers"):
        monkeypatch.setattr(f"{module}.current_day", lambda: day)


@pytest.fixture(autouse=True)
def today(monkeypatch: pytest.MonkeyPatch) -> None:
    """A day that does not end while a test runs."""
    set_day(monkeypatch, TODAY)


@resource_rule(
    "test-resource",
    THING,
    level=Level.ADVISORY,
    severity=Severity.LOW,
    summary="Is b",
    why="Because.",
    url="https://example.com",
    good={"key": "b"},
    bad={"key": "a"},
)
def resource_is_b(thing: Resource) -> Findings:
    """Compares the key."""
    if thing.text("key") != "b":
        yield Finding(problem="wrong", wanted="'b'", fix="Set it")


@stack_rule(
    "test-stack",
    THING,
    level=Level.ADVISORY,
    severity=Severity.LOW,
    summary="Each is b",
    why="Because.",
    url="https://example.com",
    good=(Example(type=THING, name="x"),),
    bad=(Example(type=THING, name="x"),),
)
def each_is_b(thing: Resource, _graph: Graph) -> Findings:
    """Compares the key of each."""
    if thing.text("key") != "b":
        yield Finding(problem="wrong", wanted="'b'", fix="Set it")


RULES = (resource_is_b, each_is_b, waivers_valid)


def thing(name: str, value: Value) -> Resource:
    return Resource(lambda: {"key": value}, urn=f"urn:{name}", type=THING, name=name)


def told(
    waivers: Mapping[str, Mapping[str, object]],
    values: Mapping[str, Value],
    levels: Mapping[str, str] | None = None,
    settings: Mapping[str, object] | None = None,
) -> list[str]:
    """The findings of `waivers-valid` for a stack of things, given by name and key."""
    pack = Pack("pack", "1.0.0", RULES)
    pack.configure(
        ({"waivers-valid": settings} if settings else {})
        | {
            rule: {
                "waivers": [{"reason": "r", "owner": "o", "expires": str(TOMORROW), **waiver}],
                **({"enforcementLevel": levels[rule]} if levels and rule in levels else {}),
            }
            for rule, waiver in waivers.items()
        }
    )
    graph = Graph(thing(name, value) for name, value in values.items())
    return [
        violation.message
        for rule, outcome in pack.analyze_stack(graph)
        if rule.id == waivers_valid.id
        for violation in outcome.violations
    ]


def sentence(rule: str, resource: str, problem: str, wanted: str, fix: str) -> str:
    return (
        f"the waiver of `{rule}` for '{resource}' {problem}; wanted {wanted} "
        f"(`{rule}.waivers[0]` in the pack's config). Fix: {fix}. {waivers_valid.url}"
    )


both_kinds = pytest.mark.parametrize("rule", ["test-resource", "test-stack"])


@both_kinds
@pytest.mark.parametrize("resource", ["x", "?", "urn:x", "urn:*"])
def test_a_waiver_that_is_needed_is_no_finding(rule: str, resource: str) -> None:
    assert told({rule: {"resource": resource}}, {"x": "a"}) == []


@both_kinds
def test_a_waiver_holds_on_its_last_day(rule: str) -> None:
    assert told({rule: {"resource": "x", "expires": str(TODAY)}}, {"x": "a"}) == []


@both_kinds
def test_a_waiver_that_has_ended_is_told(rule: str) -> None:
    assert told({rule: {"resource": "x", "expires": str(YESTERDAY)}}, {"x": "a"}) == [
        sentence(
            rule,
            "x",
            f"ended on {YESTERDAY}",
            "a last day that has not passed",
            "Mend what it waived and remove it, or agree on a new last day",
        )
    ]


def test_a_finding_about_a_waiver_gives_the_first_five_resources_that_it_names() -> None:
    pack = Pack("pack", "1.0.0", RULES)
    pack.configure({"test-resource": {"waivers": [{"resource": "x*"}]}})
    graph = Graph(thing(name, "a") for name in ("y", *(f"x{number}" for number in range(7))))
    [violation] = [
        violation
        for rule, outcome in pack.analyze_stack(graph)
        if rule.id == waivers_valid.id
        for violation in outcome.violations
    ]
    assert violation.said.related == tuple(f"urn:x{number}" for number in range(5))


@both_kinds
def test_a_waiver_of_an_unknown_resource_is_told(rule: str) -> None:
    assert told({rule: {"resource": "y"}}, {"x": "a"}) == [
        sentence(
            rule,
            "y",
            "names no resource of this stack",
            "the logical name, a glob or the URN of a resource",
            "Remove it, or correct the name",
        )
    ]


@stack_rule(
    "test-sum",
    level=Level.ADVISORY,
    severity=Severity.LOW,
    summary="There are not too many",
    why="Because.",
    url="https://example.com",
    good=(Example(type=THING, name="x"),),
    bad=(Example(type=THING, name="x"),),
)
def not_too_many(graph: Graph) -> Findings:
    """Is about the whole stack."""
    if len(graph.of_type(THING)) > 1:
        yield Finding(problem="too many", wanted="one", fix="Remove some")


@pytest.mark.parametrize(
    ("resource", "things", "found"),
    [
        pytest.param("shop-dev", "ab", [], id="needed"),
        pytest.param("dev", "ab", [], id="needed, by the stack's own name"),
        pytest.param("shop-dev", "a", ["waives nothing"], id="nothing to waive"),
        pytest.param("shop-prod", "ab", ["names no resource of this stack"], id="another stack"),
    ],
)
def test_a_waiver_may_be_of_the_stack(resource: str, things: str, found: list[str]) -> None:
    pack = Pack("pack", "1.0.0", (not_too_many, waivers_valid))
    given = {"resource": resource, "reason": "r", "owner": "o", "expires": str(TOMORROW)}
    pack.configure({"test-sum": {"waivers": [given]}})
    stack = Resource(
        dict,
        urn="urn:pulumi:dev::shop::pulumi:pulumi:Stack::shop-dev",
        type=STACK,
        name="shop-dev",
    )
    said = [
        violation.message.partition(f"'{resource}' ")[2]
        for rule, outcome in pack.analyze_stack(Graph([stack, *(thing(x, x) for x in things)]))
        if rule.id == waivers_valid.id
        for violation in outcome.violations
    ]
    assert [message.partition(":")[0].partition(";")[0] for message in said] == found


@both_kinds
def test_a_waiver_without_a_finding_is_told(rule: str) -> None:
    assert told({rule: {"resource": "x"}}, {"x": "b", "y": "a"}) == [
        sentence(
            rule,
            "x",
            "waives nothing: the rule has no finding there",
            "a waiver that is needed",
            "Remove it",
        )
    ]


@pytest.mark.parametrize(
    ("changes", "lacks"),
    [
        pytest.param({"reason": ""}, "`reason`", id="reason"),
        pytest.param({"owner": ""}, "`owner`", id="owner"),
        pytest.param({"expires": None}, "`expires`", id="last-day"),
        pytest.param({"owner": "", "expires": None}, "`owner` and `expires`", id="two"),
    ],
)
def test_a_waiver_that_lacks_something_is_told(changes: dict[str, object], lacks: str) -> None:
    assert told({"test-resource": {"resource": "x", **changes}}, {"x": "a"}) == [
        sentence(
            "test-resource",
            "x",
            f"has no {lacks}",
            "a reason, an owner and a last day",
            f"Add {lacks}, or remove it",
        )
    ]


def test_a_blank_reason_is_no_reason() -> None:
    (message,) = told({"test-resource": {"resource": "x", "reason": " "}}, {"x": "a"})
    assert "has no `reason`; " in message


@both_kinds
def test_what_could_not_be_judged_may_be_waived(rule: str) -> None:
    assert told({rule: {"resource": "x"}}, {"x": UNKNOWN}) == []


@both_kinds
def test_a_waiver_of_a_rule_that_is_off_is_told(rule: str) -> None:
    (message,) = told({rule: {"resource": "x"}}, {"x": "a"}, {rule: "disabled"})
    assert "waives nothing: " in message


def test_each_waiver_counts_by_itself() -> None:
    waivers = {"test-resource": {"resource": "x"}, "test-stack": {"resource": "z"}}
    (message,) = told(waivers, {"x": "a"})
    assert message.startswith("the waiver of `test-stack` for 'z' ")


@pytest.mark.parametrize("resource", ["x", "*", "waivers-valid"])
def test_this_rule_itself_cannot_be_waived(resource: str) -> None:
    with pytest.raises(ConfigError) as raised:
        told({"waivers-valid": {"resource": resource}}, {"x": "b"})
    assert str(raised.value).startswith("waivers-valid.waivers: [{'reason': 'r', ")
    assert str(raised.value).endswith(
        " is not accepted: this rule cannot be waived; put right what it finds"
    )


@pytest.mark.parametrize("resource", ["*", "x"])
def test_a_waiver_of_everything_hides_no_finding_of_this_rule(resource: str) -> None:
    waived = {
        "test-resource": {"resource": resource, "reason": ""},
        "test-stack": {"resource": resource},
    }
    (message,) = told(waived, {"x": "a"})
    assert "has no `reason`" in message


@both_kinds
@pytest.mark.parametrize("days", [179, 180])
def test_a_waiver_may_hold_to_the_longest_term(rule: str, days: int) -> None:
    last = str(TODAY + dt.timedelta(days=days))
    assert told({rule: {"resource": "x", "expires": last}}, {"x": "a"}) == []


@both_kinds
@pytest.mark.parametrize(
    ("last", "days"),
    [
        pytest.param("2026-12-13", 181, id="one-day-too-many"),
        pytest.param("9999-12-31", 2912277, id="the-last-day-there-is"),
    ],
)
def test_a_waiver_that_holds_too_long_is_told(rule: str, last: str, days: int) -> None:
    assert told({rule: {"resource": "x", "expires": last}}, {"x": "a"}) == [
        sentence(
            rule,
            "x",
            f"holds until {last}, {days} days from today",
            "at most 180 days (`maxDays` of waivers-valid)",
            "Agree on a nearer last day, and renew the waiver then if it is still needed",
        )
    ]


@pytest.mark.parametrize(("days", "found"), [(30, 0), (31, 1)])
def test_the_longest_term_is_a_setting(days: int, found: int) -> None:
    last = str(TODAY + dt.timedelta(days=days))
    waived = {"test-resource": {"resource": "x", "expires": last}}
    assert len(told(waived, {"x": "a"}, settings={"maxDays": 30})) == found


@pytest.fixture
def day_of_the_examples(monkeypatch: pytest.MonkeyPatch) -> None:
    """A day on which the waiver of the examples holds."""
    set_day(monkeypatch, dt.date(2027, 1, 1))


def told_of_example(example: object) -> list[str]:
    """What a pack says of one of the rule's own examples."""
    assert isinstance(example, tuple)
    pack = Pack("pack", "1.0.0", [encryption, waivers_valid])
    pack.configure(waivers_valid.example_config)
    analyzer: Any = Analyzer(pack)  # takes any context
    response = analyzer.AnalyzeStack(stack_request(example), None)
    return [diagnostic.message for diagnostic in response.diagnostics]


@pytest.mark.usefixtures("day_of_the_examples")
def test_the_waiver_of_the_good_example_is_needed() -> None:
    assert told_of_example(waivers_valid.good) == []


@pytest.mark.usefixtures("day_of_the_examples")
def test_the_waiver_of_the_bad_example_names_no_resource() -> None:
    (message,) = told_of_example(waivers_valid.bad)
    assert "the waiver of `sqs-encryption` for 'orders' names no resource of this stack" in message


@pytest.mark.parametrize("days", [1, 2])
def test_the_longest_term_may_be_a_single_day(days: int) -> None:
    assert waivers_valid.config.model_validate({"maxDays": days}).model_dump()["max_days"] == days
    with pytest.raises(ValidationError):
        waivers_valid.config.model_validate({"maxDays": 0})


@pytest.mark.parametrize(
    ("given", "mistakes"),
    [
        pytest.param({"reason": "r", "owner": "o", "expires": "2026-06-16"}, [], id="complete"),
        pytest.param(
            {"reason": " ", "owner": "o", "expires": "2026-06-16"},
            ["reason: ' ' is blank"],
            id="a blank",
        ),
        pytest.param(
            {}, ["reason: is missing", "owner: is missing", "expires: is missing"], id="nothing"
        ),
    ],
)
def test_what_a_waiver_lacks_is_told_with_its_place(
    given: dict[str, object], mistakes: list[str]
) -> None:
    pack = Pack("pack", "1.0.0", RULES)
    complete = {"resource": "x", "reason": "r", "owner": "o", "expires": str(TOMORROW)}
    pack.configure({"test-stack": {"waivers": [complete, {"resource": "y", **given}]}})
    assert [str(problem) for problem in evaluation.incomplete(pack.settings)] == [
        f"test-stack.waivers.1.{mistake}; wanted a reason, an owner and a last day"
        for mistake in mistakes
    ]
