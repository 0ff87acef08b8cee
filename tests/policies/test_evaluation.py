"""A rule's run ends in violations, waived findings, or in what could not be evaluated."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from aws_policy_pack.config import OnUnknown, RuleConfig, Waiver
from aws_policy_pack.evaluation import Outcome, Said, evaluate, mend, renamed
from aws_policy_pack.resource import STACK, Graph, Resource, Unreadable
from aws_policy_pack.rule import (
    Changes,
    Finding,
    Findings,
    Kind,
    Level,
    Rule,
    Severity,
    resource_rule,
    stack_rule,
)
from aws_policy_pack.wire import UNKNOWN, Value

THING = "test:index:Thing"
TODAY = dt.date(2026, 6, 15)
TEXT = "'a' is wrong; wanted 'b'. Fix: Set it. https://example.com"

CANNOT_BE_JUDGED = (
    "`key` is not known yet; wanted a value that can be judged (onUnknown is `fail`). "
    "Fix: give the property a known value"
)


def thing(name: str, value: Value, secrets: frozenset[str] = frozenset()) -> Resource:
    return Resource(
        lambda: {"key": value}, urn=f"urn:{name}", type=THING, name=name, secrets=secrets
    )


def finding(value: str, about: Resource | None = None, **more: Any) -> Finding:  # noqa: ANN401 - of Finding
    return Finding(
        problem=f"{value!r} is wrong", wanted="'b'", fix="Set it", resource=about, **more
    )


@resource_rule(
    "test-key",
    THING,
    level=Level.MANDATORY,
    severity=Severity.LOW,
    summary="Is b",
    why="Because.",
    url="https://example.com",
    good={"key": "b"},
    bad={"key": "a"},
)
def is_b(resource: Resource) -> Findings:
    """Compares the key."""
    value = resource.text("key")
    if value != "b":
        yield finding(str(value))


@stack_rule(
    "test-each",
    THING,
    level=Level.MANDATORY,
    severity=Severity.LOW,
    summary="Each is b",
    why="Because.",
    url="https://example.com",
    good=(),
    bad=(),
)
def each_is_b(resource: Resource, _graph: Graph) -> Findings:
    """Compares the key of each."""
    yield from is_b.check(resource, RuleConfig())


@stack_rule(
    "test-first",
    level=Level.MANDATORY,
    severity=Severity.LOW,
    summary="All are b",
    why="Because.",
    url="https://example.com",
    good=(),
    bad=(),
)
def all_are_b(graph: Graph) -> Findings:
    """Speaks of the stack as a whole, then of what it cannot read."""
    yield finding("all")
    graph.resources[0].text("key")


def waiver(**changes: object) -> Waiver:
    return Waiver.model_validate(
        {
            "resource": "x",
            "reason": "accepted",
            "owner": "team",
            "expires": dt.date(2026, 6, 15),
            **changes,
        }
    )


def run(
    rule: Rule[Resource] | Rule[Graph],
    subject: Resource | Graph,
    *,
    level: Level = Level.MANDATORY,
    on_unknown: OnUnknown = OnUnknown.REPORT,
    waivers: tuple[Waiver, ...] = (),
) -> Outcome:
    config = RuleConfig(on_unknown=on_unknown, waivers=waivers)
    return evaluate(rule, subject, config=config, level=level, today=TODAY)


def told(outcome: Outcome) -> list[tuple[str, str, Level, bool]]:
    return [(v.message, v.urn, v.level, v.evaluated) for v in outcome.violations]


def test_a_finding_becomes_a_violation_at_the_level_of_the_setting() -> None:
    outcome = run(is_b, thing("x", "a"), level=Level.ADVISORY)
    assert told(outcome) == [(f"x: {TEXT}", "urn:x", Level.ADVISORY, True)]


def test_what_remains_after_remediation_is_mandatory() -> None:
    outcome = run(is_b, thing("x", "a"), level=Level.REMEDIATE)
    assert [violation.level for violation in outcome.violations] == [Level.MANDATORY]


def test_nothing_found_is_an_empty_outcome() -> None:
    assert run(is_b, thing("x", "b")) == Outcome()


def test_a_finding_about_the_stack_names_no_resource() -> None:
    outcome = run(all_are_b, Graph([thing("x", "b")]))
    assert told(outcome) == [(TEXT.replace("'a'", "'all'"), "", Level.MANDATORY, True)]


@pytest.mark.parametrize(
    ("mode", "expected"),
    [
        pytest.param(
            OnUnknown.REPORT,
            [("not evaluated: x: `key` is not known yet", "urn:x", Level.ADVISORY, False)],
            id="report",
        ),
        pytest.param(
            OnUnknown.FAIL,
            [
                (
                    f"x: {CANNOT_BE_JUDGED}",
                    "urn:x",
                    Level.MANDATORY,
                    True,
                )
            ],
            id="fail",
        ),
        pytest.param(OnUnknown.IGNORE, [], id="ignore"),
    ],
)
def test_an_unknown_value_becomes_what_the_config_says(
    mode: OnUnknown, expected: list[tuple[str, str, Level, bool]]
) -> None:
    assert told(run(is_b, thing("x", UNKNOWN), on_unknown=mode)) == expected


def test_one_unknown_value_does_not_stop_a_rule_over_many_resources() -> None:
    graph = Graph([thing("x", UNKNOWN), thing("y", "a"), thing("z", UNKNOWN)])
    assert told(run(each_is_b, graph)) == [
        ("not evaluated: x: `key` is not known yet", "urn:x", Level.ADVISORY, False),
        (f"y: {TEXT}", "urn:y", Level.MANDATORY, True),
        ("not evaluated: z: `key` is not known yet", "urn:z", Level.ADVISORY, False),
    ]


def test_what_was_found_before_an_unknown_value_stays() -> None:
    outcome = run(all_are_b, Graph([thing("x", UNKNOWN)]))
    assert [violation.evaluated for violation in outcome.violations] == [True, False]
    assert outcome.violations[1].urn == ""


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({}, id="by-name-on-its-last-day"),
        pytest.param({"resource": "urn:x"}, id="by-urn"),
        pytest.param({"resource": "[wxy]"}, id="by-glob-over-the-name"),
        pytest.param({"resource": "urn:*"}, id="by-glob-over-the-urn"),
    ],
)
def test_a_waiver_in_force_keeps_a_finding_back_and_remembers_it(
    changes: dict[str, object],
) -> None:
    given = waiver(**changes)
    outcome = run(is_b, thing("x", "a"), waivers=(given,))
    assert outcome.violations == ()
    assert [(w.said.message, w.urn, w.waiver) for w in outcome.waived] == [
        (f"x: {TEXT}", "urn:x", given)
    ]


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"resource": "y"}, id="another-resource"),
        pytest.param({"resource": "X"}, id="another-case"),
        pytest.param({"expires": dt.date(2026, 6, 14)}, id="ended-yesterday"),
        pytest.param({"expires": None}, id="without-an-end"),
        pytest.param({"reason": " "}, id="without-a-reason"),
        pytest.param({"owner": ""}, id="without-an-owner"),
    ],
)
def test_a_waiver_that_does_not_hold_keeps_nothing_back(changes: dict[str, object]) -> None:
    outcome = run(is_b, thing("x", "a"), waivers=(waiver(**changes),))
    assert len(outcome.violations) == 1
    assert outcome.waived == ()


def test_a_waiver_removes_only_what_it_names() -> None:
    graph = Graph([thing("x", "a"), thing("y", "a")])
    outcome = run(each_is_b, graph, waivers=(waiver(),))
    assert [violation.urn for violation in outcome.violations] == ["urn:y"]
    assert [waived.urn for waived in outcome.waived] == ["urn:x"]


def test_the_first_waiver_that_holds_is_the_one_that_counts() -> None:
    waivers = (waiver(expires=None), waiver(owner="first"), waiver(owner="second"))
    outcome = run(is_b, thing("x", "a"), waivers=waivers)
    assert [waived.waiver.owner for waived in outcome.waived] == ["first"]


STACK_URN = "urn:pulumi:dev::shop::pulumi:pulumi:Stack::shop-dev"


@pytest.mark.parametrize(
    "resource",
    [
        pytest.param(STACK_URN, id="its URN"),
        pytest.param("urn:*Stack::shop-dev", id="a glob over its URN"),
        pytest.param("shop-dev", id="the name of its resource"),
        pytest.param("shop-*", id="a glob over that"),
        pytest.param("dev", id="its own name"),
        pytest.param("*", id="everything"),
    ],
)
def test_a_finding_about_the_stack_is_waived_by_what_the_stack_is_called(resource: str) -> None:
    stack = Resource(dict, urn=STACK_URN, type=STACK, name="shop-dev")
    outcome = run(all_are_b, Graph([stack]), waivers=(waiver(resource=resource),))
    assert outcome.violations == ()
    assert [waived.urn for waived in outcome.waived] == [""]


@pytest.mark.parametrize("resource", ["shop", "x", "prod", "pulumi:pulumi:Stack"])
def test_a_finding_about_the_stack_is_not_waived_by_another_name(resource: str) -> None:
    stack = Resource(dict, urn=STACK_URN, type=STACK, name="shop-dev")
    graph = Graph([stack, thing("x", "b")])
    outcome = run(all_are_b, graph, waivers=(waiver(resource=resource),))
    assert len(outcome.violations) == 1


def test_the_stack_s_own_name_waives_nothing_of_a_resource() -> None:
    other = Resource(lambda: {"key": "a"}, urn="urn:pulumi:dev::shop::t::x", type=THING, name="x")
    assert run(is_b, other, waivers=(waiver(resource="dev"),)).waived == ()


def test_without_a_resource_for_the_stack_no_waiver_holds_for_it() -> None:
    outcome = run(all_are_b, Graph([thing("x", "b")]), waivers=(waiver(),))
    assert len(outcome.violations) == 1


def fixed(rule: Rule[Resource], *waivers: Waiver) -> Changes:
    return mend(rule, thing("x", "a"), config=RuleConfig(waivers=waivers), today=TODAY)


def test_a_fix_changes_what_no_waiver_accepts() -> None:
    rule = replace(is_b, fix=lambda _resource, _config: {"key": "b"})
    assert fixed(rule) == {"key": "b"}
    assert fixed(rule, waiver(resource="y")) == {"key": "b"}
    assert fixed(rule, waiver()) == {}


def test_a_rule_without_a_fix_changes_nothing() -> None:
    assert fixed(is_b) == {}
    assert fixed(is_b, waiver()) == {}


@pytest.mark.parametrize(
    ("value", "secrets"),
    [
        pytest.param("hunter2", frozenset({"hunter2"}), id="a-text"),
        pytest.param(
            "hunter22-more", frozenset({"hunter22", "hunter22-more"}), id="the-longest-first"
        ),
        pytest.param("hunter2", frozenset({'{"login": ["hunter2"]}'}), id="inside-json"),
        pytest.param("hunter2", frozenset({'{"in": "{\\"a\\": \\"hunter2\\"}"}'}), id="deeper"),
    ],
)
def test_a_secret_is_never_told(value: str, secrets: frozenset[str]) -> None:
    (violation,) = run(is_b, thing("x", value, secrets)).violations
    assert violation.message.startswith("x: '[secret]' is wrong; ")


@pytest.mark.parametrize(
    ("value", "secret", "shown"),
    [
        pytest.param("latest", "test", "'latest'", id="short-inside-a-word"),
        pytest.param("tests", "test", "'tests'", id="short-before-a-letter"),
        pytest.param("a:test@b", "test", "'a:[secret]@b'", id="short-between-signs"),
        pytest.param("xhunter22", "hunter22", "'x[secret]'", id="long-inside-a-word"),
        pytest.param("xhunter2", "hunter2", "'xhunter2'", id="just-short-inside-a-word"),
        pytest.param("a.b", "a.b", "'[secret]'", id="signs-are-plain-text"),
    ],
)
def test_a_short_secret_is_hidden_as_a_word_alone(value: str, secret: str, shown: str) -> None:
    (violation,) = run(is_b, thing("x", value, frozenset({secret}))).violations
    assert violation.message.startswith(f"x: {shown} is wrong; ")


def test_a_logical_name_is_told_even_where_a_secret_has_the_same_text() -> None:
    (violation,) = run(is_b, thing("queue", "queue", frozenset({"queue"}))).violations
    assert violation.message.startswith("queue: '[secret]' is wrong; ")


@pytest.mark.parametrize(
    "secrets",
    [
        pytest.param({"queue", "topic"}, id="a-secret-has-the-same-text"),
        pytest.param({"topic"}, id="no-secret-has-that-text"),
    ],
)
def test_the_name_of_a_related_resource_is_told(secrets: set[str]) -> None:
    def check(_resource: Resource, _config: RuleConfig) -> Iterator[Finding]:
        told = "not that of queue and topic"
        yield Finding(problem=told, wanted=told, fix=told, related=(thing("queue", "a"),))

    rule = replace(is_b, check=check)
    (violation,) = run(rule, thing("x", "a", frozenset(secrets))).violations
    assert violation.said.problem == "not that of queue and [secret]"


@pytest.mark.parametrize(("secret", "shown"), [("ab", "'ab'"), ("abc", "'[secret]'")])
def test_a_text_that_the_engine_takes_for_too_short_is_not_hidden(secret: str, shown: str) -> None:
    (violation,) = run(is_b, thing("x", secret, frozenset({secret}))).violations
    assert violation.message.startswith(f"x: {shown} is wrong; ")


def test_an_empty_secret_hides_nothing() -> None:
    (violation,) = run(is_b, thing("x", "a", frozenset({""}))).violations
    assert violation.message == f"x: {TEXT}"


def test_a_secret_is_in_no_part_of_what_is_told() -> None:
    def check(_resource: Resource, _config: RuleConfig) -> Iterator[Finding]:
        told = "a hunter22 b"
        yield Finding(problem=told, wanted=told, fix=told, part=told, place="hunter22")
        yield Finding(problem=told, wanted=told, fix=told, place=told)

    rule = replace(is_b, check=check)
    for violation in run(rule, thing("x", "hunter22", frozenset({"hunter22"}))).violations:
        said = violation.said
        assert (said.problem, said.wanted, said.part) == ("a [secret] b",) * 3
        assert said.fix == "a [secret] b."
        assert "hunter22" not in violation.message


def test_a_secret_is_not_told_by_why_a_property_cannot_be_read() -> None:
    def check(_resource: Resource, _config: RuleConfig) -> Iterator[Unreadable]:
        yield Unreadable("key", "has 'hunter22', which is not a number")

    rule = replace(is_b, check=check)
    subject = thing("x", "hunter22", frozenset({"hunter22", "key"}))
    for mode in (OnUnknown.REPORT, OnUnknown.FAIL):
        [violation] = run(rule, subject, on_unknown=mode).violations
        assert violation.said.problem == "`key` has '[secret]', which is not a number"


def test_the_parts_of_a_finding_are_those_of_the_rule() -> None:
    other = thing("y", "b")

    def check(_resource: Resource, _config: RuleConfig) -> Iterator[Finding]:
        yield finding("a", place="its key", related=(other,))
        yield finding("a", place="its key", part="key")

    first, second = run(replace(is_b, check=check), thing("x", "a")).violations
    assert first.said == Said(
        name="x",
        problem="'a' is wrong",
        wanted="'b'",
        fix="Set it.",
        url="https://example.com",
        part="its key",
        related=("urn:y",),
    )
    assert (first.place, second.place, second.said.part) == ("its key", "its key", "key")


@pytest.mark.parametrize(
    ("mode", "parts"),
    [
        pytest.param(OnUnknown.REPORT, ("", "", ""), id="report"),
        pytest.param(
            OnUnknown.FAIL,
            (
                "a value that can be judged (onUnknown is `fail`)",
                "give the property a known value",
                "key",
            ),
            id="fail",
        ),
    ],
)
def test_what_cannot_be_read_is_told_in_parts(mode: OnUnknown, parts: tuple[str, str, str]) -> None:
    [violation] = run(is_b, thing("x", UNKNOWN), on_unknown=mode).violations
    said = violation.said
    assert (said.name, said.problem) == ("x", "`key` is not known yet")
    assert (said.wanted, said.fix, said.part) == parts
    assert violation.unreadable == ("key" if mode is OnUnknown.REPORT else None)


def test_a_finding_about_the_stack_has_no_name() -> None:
    first, second = run(all_are_b, Graph([thing("x", UNKNOWN)])).violations
    assert (first.said.name, second.said.name, second.urn) == ("", "", "")
    assert second.message == "not evaluated: `key` is not known yet"


def test_a_former_name_is_told_in_parts() -> None:
    violation = renamed(is_b, "test-old")
    assert violation.said == Said(
        name="",
        problem="the pack's config calls this rule `test-old`",
        wanted="its present name, since the next major version does not know the former one",
        fix="Write `test-key`.",
        url="https://example.com",
        part="test-old",
    )
    assert (violation.urn, violation.level, violation.evaluated) == ("", Level.ADVISORY, True)


def test_a_rule_may_yield_what_it_could_not_read() -> None:
    def check(graph: Graph, _config: RuleConfig) -> Iterator[Finding | Unreadable]:
        yield Unreadable("key", "is broken", graph.resources[0])
        yield finding("a", graph.resources[1])

    rule = Rule(
        id="test-yield",
        scope=all_are_b.scope,
        types=(),
        kind=Kind.REFUSED,
        level=Level.MANDATORY,
        severity=Severity.LOW,
        summary="",
        why="",
        url="https://example.com",
        controls=(),
        config=RuleConfig,
        check=check,
        fix=None,
        good=(),
        bad=(),
        example_config={},
    )
    assert told(run(rule, Graph([thing("x", "b"), thing("y", "a")]))) == [
        ("not evaluated: x: `key` is broken", "urn:x", Level.ADVISORY, False),
        (f"y: {TEXT}", "urn:y", Level.MANDATORY, True),
    ]
