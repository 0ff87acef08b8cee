"""A result that hangs on a made-up value is not evaluated; any other stands."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

import pytest
from google.protobuf.struct_pb2 import Struct

from pulumi_preflight.findings import Finding, Level, NotEvaluated, Reported, Waived
from pulumi_preflight.outputs.inventions import ACCOUNT_ORIGIN, Origin, Other
from pulumi_preflight.packs.second_judgement import Doubt, RaisedError, judged_twice
from pulumi_preflight.wire import Properties, PropertyValue, from_struct, to_struct

URN = "urn:pulumi:dev::shop::aws:rds/instance:Instance::db"
ROLE, KEY = Origin(URN, "monitoringRoleArn"), Origin(URN, "kmsKeyId")

Rule = Callable[[dict[str, object]], Iterable[Finding]]


def finding(message: str = "wrong", rule: str = "rule") -> Finding:
    return Finding(
        rule=rule,
        pack="demo",
        level=Level.MANDATORY,
        severity=None,
        urn=URN,
        problem=message,
        is_prose=True,
    )


def request(**properties: PropertyValue) -> Struct:
    return to_struct(properties)


def doubt(*origins: Origin, accounts: tuple[str, ...] = ("2",)) -> Doubt[Struct]:
    """One of a database whose made-up properties are 1 first, and then 2."""

    def otherwise(other: Other) -> Struct:
        values: Properties = {
            each.property: 2.0 if each in other.origins else 1.0 for each in (ROLE, KEY)
        }
        account = other.account if ACCOUNT_ORIGIN in other.origins else "1"
        return request(**values, account=account)

    return Doubt(
        urn=URN,
        origins=origins,
        origins_of=lambda _: origins,
        accounts=accounts,
        otherwise=otherwise,
        as_first=lambda text: text.replace("2.0", "1.0"),
    )


FIRST = request(monitoringRoleArn=1, kmsKeyId=1, account="1")


def judged(rule: Rule, *origins: Origin, accounts: tuple[str, ...] = ("2",)) -> Reported:
    def ask(asked: Struct) -> Reported:
        found = list(rule(dict(from_struct(asked))))
        waived = tuple(each for each in found if isinstance(each, Waived))
        return Reported(
            findings=tuple(each for each in found if type(each) is Finding),
            waived=waived,
            not_evaluated=tuple(each for each in found if isinstance(each, NotEvaluated)),
        )

    return judged_twice(ask, ask, FIRST, doubt(*(origins or (ROLE, KEY)), accounts=accounts))


def test_a_result_that_is_the_same_both_times_stands() -> None:
    assert judged(lambda _: [finding()]).findings == (finding(),)


def test_a_message_that_quotes_a_made_up_value_stands_as_it_was_first() -> None:
    told = judged(lambda values: [finding(f"is {values['kmsKeyId']}")])
    assert [each.message for each in told.findings] == ["is 1.0"]


@pytest.mark.parametrize("part", ["part", "problem", "wanted", "fix"])
def test_a_finding_that_quotes_a_made_up_value_stands_beside_one_that_falls(part: str) -> None:
    def rule(values: dict[str, object]) -> list[Finding]:
        quoted: dict[str, Any] = {part: f"of {values['kmsKeyId']}"}
        stands = replace(finding(), **quoted)
        return [stands, *([finding("falls")] if values["kmsKeyId"] == 1 else [])]

    told = judged(rule)
    assert [getattr(each, part) for each in told.findings] == ["of 1.0"]
    assert [left.message[-7:] for left in told.not_evaluated] == [": falls"]


def test_what_hangs_on_a_value_keeps_its_part_and_names_the_value() -> None:
    known = replace(finding(), part="role", related=("other",))
    told = judged(lambda values: [known] if values["kmsKeyId"] == 1 else [])
    [left] = told.not_evaluated
    assert (left.id, left.related, left.origin) == ("rule[role]", ("other",), KEY)


def test_a_finding_of_the_first_time_alone_is_not_evaluated() -> None:
    told = judged(lambda values: [finding()] if values["kmsKeyId"] == 1 else [])
    assert told.findings == ()
    [left] = told.not_evaluated
    assert (left.property, left.level, left.urn) == ("kmsKeyId", Level.MANDATORY, URN)
    assert left.message.startswith("`kmsKeyId` of db is not known before the deployment")
    assert left.message.endswith(": wrong")


def test_a_message_that_is_quoted_has_no_full_stop() -> None:
    told = judged(lambda values: [finding("wrong.")] if values["kmsKeyId"] == 1 else [])
    # The report goes on with the names of the resources.
    [left] = told.not_evaluated
    assert left.message.endswith(": wrong")


def test_a_finding_of_the_second_time_alone_is_not_evaluated_either() -> None:
    def rule(values: dict[str, object]) -> list[Finding]:
        role = values["monitoringRoleArn"]
        return [finding(f"is {role}")] if role == 2 else []

    told = judged(rule)
    assert told.findings == ()
    [left] = told.not_evaluated
    assert (left.property, left.message[-6:]) == ("monitoringRoleArn", "is 1.0")


def test_what_hangs_on_two_values_together_names_none() -> None:
    told = judged(
        lambda values: [finding()] if 1 in (values["kmsKeyId"], values["monitoringRoleArn"]) else []
    )
    assert [(left.property, left.origin) for left in told.not_evaluated] == [("", None)]


def test_only_the_result_that_hangs_on_a_value_falls() -> None:
    sure = finding(rule="sure")
    told = judged(lambda values: [sure, finding()] if values["kmsKeyId"] == 1 else [sure])
    assert told.findings == (sure,)
    assert [left.rule for left in told.not_evaluated] == ["rule"]


def test_of_two_findings_about_one_resource_only_one_may_fall() -> None:
    given = finding("given")
    told = judged(lambda values: [given, finding()] if values["kmsKeyId"] == 1 else [given])
    assert told.findings == (given,)
    assert [left.message[-7:] for left in told.not_evaluated] == [": wrong"]


def test_a_waiver_that_hangs_on_a_value_is_not_evaluated() -> None:
    waived = Waived(
        rule="rule",
        pack="demo",
        level=Level.MANDATORY,
        severity=None,
        urn=URN,
        problem="wrong",
        reason="known",
        owner=None,
        expires=None,
    )
    told = judged(lambda values: [waived] if values["kmsKeyId"] == 1 else [finding()])
    assert (told.findings, told.waived) == ((), ())
    assert len(told.not_evaluated) == 2


def test_a_rule_that_remembers_what_it_saw_is_believed_the_first_time() -> None:
    seen: list[object] = []

    def once(values: dict[str, object]) -> list[Finding]:
        seen.append(values)
        return [finding()] if len(seen) > 1 else []

    assert judged(once) == Reported()


def test_what_could_not_be_evaluated_at_first_stays_so() -> None:
    left = unknown("a")

    def ask(asked: Struct) -> Reported:
        first = from_struct(asked)["kmsKeyId"] == 1
        return Reported(not_evaluated=(left,)) if first else Reported()

    assert judged_twice(ask, ask, FIRST, doubt(KEY)).not_evaluated == (left,)


def unknown(property_: str, rule: str = "rule") -> NotEvaluated:
    return NotEvaluated(
        rule=rule,
        pack="demo",
        level=Level.MANDATORY,
        severity=None,
        urn=URN,
        problem=f"`{property_}` is not known yet",
        is_prose=True,
        property=property_,
    )


def test_a_rule_that_could_not_run_the_second_time_has_not_passed() -> None:
    told = judged(lambda values: [unknown("policy")] if values["kmsKeyId"] == 2 else [])
    [left] = told.not_evaluated
    assert (left.property, left.level) == ("kmsKeyId", Level.MANDATORY)
    assert left.message == (
        "`kmsKeyId` of db is not known before the deployment: `policy` is not known yet"
    )


def test_a_rule_that_loses_its_finding_by_that_says_so_once() -> None:
    told = judged(lambda values: [unknown("policy") if values["kmsKeyId"] == 2 else finding()])
    assert told.findings == ()
    assert [left.message[-7:] for left in told.not_evaluated] == [": wrong"]


def test_a_rule_that_remembers_hides_no_other_that_hangs_on_a_value() -> None:
    seen: list[object] = []

    def rules(values: dict[str, object]) -> list[Finding]:
        seen.append(values)
        often = [finding(rule="remembers")] if len(seen) > 1 else []
        return [*often, *([finding()] if values["kmsKeyId"] == 1 else [])]

    told = judged(rules)
    assert told.findings == ()
    assert {left.rule for left in told.not_evaluated} == {"rule"}


@pytest.mark.parametrize("said", [[], [finding()]], ids=["and-said-nothing", "and-found-something"])
def test_a_rule_that_raises_the_second_time_is_not_evaluated(said: list[Finding]) -> None:
    sure = finding(rule="sure")

    def raises(values: dict[str, object]) -> list[Finding]:
        if values["kmsKeyId"] == 2:
            raise RaisedError(replace(finding("ValueError: odd"), urn=""))
        return [sure, *said]

    told = judged(raises)
    assert told.findings == (sure,)
    assert [(left.rule, left.urn) for left in told.not_evaluated] == [("rule", URN)]


def test_every_account_that_it_may_be_is_tried() -> None:
    def foreign(values: dict[str, object]) -> list[Finding]:
        return [finding()] if values["account"] != "3" else []

    assert judged(foreign, ACCOUNT_ORIGIN).findings == (finding(),)
    told = judged(foreign, ACCOUNT_ORIGIN, accounts=("2", "3"))
    assert told.findings == ()
    assert [left.message[:11] for left in told.not_evaluated] == ["the account"]


def test_accounts_are_not_tried_where_none_is_made_up() -> None:
    asked: list[object] = []

    def count(values: dict[str, object]) -> list[Finding]:
        asked.append(values)
        return []

    judged(count, KEY, accounts=("2", "3", "4"))
    assert len(asked) == 2


STACK = "urn:pulumi:dev::shop::pulumi:pulumi:Stack::shop-dev"
OTHER_URN = "urn:pulumi:dev::shop::aws:rds/instance:Instance::other"


def judged_as_stack(rule: Rule) -> Reported:
    """Of a database with a made-up role, and another one with a made-up key."""
    own = {URN: [ROLE], OTHER_URN: [KEY]}

    def otherwise(other: Other) -> Struct:
        # Unknown is 0 here.
        second = 0.0 if other.unknown else 2.0
        return request(
            **{each.property: second if each in other.origins else 1.0 for each in (ROLE, KEY)}
        )

    def ask(asked: Struct) -> Reported:
        found = list(rule(dict(from_struct(asked))))
        return Reported(
            findings=tuple(each for each in found if not isinstance(each, NotEvaluated)),
            not_evaluated=tuple(each for each in found if isinstance(each, NotEvaluated)),
        )

    whole = Doubt(
        urn=STACK,
        origins=(ROLE, KEY),
        origins_of=lambda urn: own[urn],
        accounts=("2",),
        otherwise=otherwise,
        as_first=str,
    )
    return judged_twice(ask, ask, FIRST, whole)


def about_other(message: str = "wrong") -> Finding:
    return replace(finding(message), urn=OTHER_URN)


def test_what_a_stopped_rule_missed_stands_where_it_hangs_on_nothing_made_up() -> None:
    def stops(values: dict[str, object]) -> list[Finding]:
        stopped = replace(unknown("monitoringRoleArn"), urn=STACK)
        return [stopped] if values["monitoringRoleArn"] == 0 else [about_other()]

    told = judged_as_stack(stops)
    assert told.findings == (about_other(),)
    assert [left.property for left in told.not_evaluated] == ["monitoringRoleArn"]


@pytest.mark.parametrize("value", [0, 2], ids=["unknown", "of-its-kind"])
def test_what_a_stopped_rule_missed_falls_where_it_hangs_on_a_value(value: int) -> None:
    def stops(values: dict[str, object]) -> list[Finding]:
        if values["monitoringRoleArn"] == 0:
            return [replace(unknown("monitoringRoleArn"), urn=STACK)]
        return [] if values["kmsKeyId"] == value else [about_other()]

    told = judged_as_stack(stops)
    assert told.findings == ()
    # Not the value at which the rule stopped.
    assert {(left.urn, left.property) for left in told.not_evaluated} == {
        (STACK, "monitoringRoleArn"),
        (OTHER_URN, "kmsKeyId"),
    }


def test_what_a_stopped_rule_said_of_the_whole_stack_falls() -> None:
    about_all = replace(finding(), urn=STACK)

    def stops(values: dict[str, object]) -> list[Finding]:
        stopped = replace(unknown("kmsKeyId"), urn=STACK)
        return [stopped] if values["kmsKeyId"] == 0 else [about_all]

    assert judged_as_stack(stops).findings == ()


def test_what_a_stopped_rule_says_of_the_stack_names_the_value_that_it_hangs_on() -> None:
    def stops(values: dict[str, object]) -> list[Finding]:
        if values["monitoringRoleArn"] == 0:
            return [replace(unknown("monitoringRoleArn"), urn=STACK)]
        return [replace(finding(), urn=STACK)] if values["kmsKeyId"] == 1 else []

    [falls] = [each for each in judged_as_stack(stops).not_evaluated if "wrong" in each.message]
    assert falls.property == "kmsKeyId"
