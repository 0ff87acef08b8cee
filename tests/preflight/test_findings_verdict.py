"""The order of the verdict, what fails it, and what it keeps secret."""

import time
from dataclasses import replace
from typing import Any

import pytest

from pulumi_preflight.findings import Finding, Level, PolicyException, Ran, Reported
from pulumi_preflight.model import DuplicateUrn, RegisteredResource, SourcePosition
from pulumi_preflight.outputs.inventions import Invented, Origin
from pulumi_preflight.outputs.memory import Inventions
from pulumi_preflight.verdict import Result, verdict_line
from tests.preflight.builders import CONTEXT, QUEUE, SERVICE, urn
from tests.preflight.samples import (
    EXCEPTED,
    ORDERS,
    REPORTED,
    STACK,
    UNTAGGED,
    deployment,
    finding,
    resource,
    verdict,
)


def test_findings_are_sorted_by_file_line_and_rule() -> None:
    findings = (
        finding("b", urn(SERVICE, "web")),
        finding("a", urn(SERVICE, "web")),
        finding("z", urn(QUEUE, "jobs")),
        finding("whole", STACK.urn),
    )
    expected = [(None, "whole"), (7, "z"), (20, "a"), (20, "b")]
    for order in (findings, findings[::-1]):
        found = verdict(Reported(findings=order)).findings
        assert [(item.line, item.rule) for item in found] == expected


def test_a_urn_registered_twice_is_a_mandatory_finding_with_both_places() -> None:
    places = (SourcePosition(file="b.py", line=9), SourcePosition(file="a.py", line=3))
    twice = DuplicateUrn(urn=urn(QUEUE, "jobs"), positions=places)
    found = verdict(Reported(), deployment(duplicates=(twice,)))
    assert found.findings == (
        Finding(
            rule="duplicate-urn",
            pack="preflight",
            level=Level.MANDATORY,
            severity="high",
            urn=urn(QUEUE, "jobs"),
            places=places,
            problem="registered 2 times as aws:sqs/queue:Queue with one parent, at a.py:3 and "
            "b.py:9",
            wanted="once, since the engine stops at the second",
            fix="Give one of them another logical name, or remove it.",
            url="https://www.pulumi.com/docs/iac/concepts/resources/names/",
        ),
    )
    assert not found.passed


@pytest.mark.parametrize("name", ["mail", "a::b"])
def test_a_urn_that_two_parents_give_is_told_with_both_and_why(name: str) -> None:
    parents = tuple(urn("acme:index:Tenant", tenant) for tenant in ("red", "blue"))
    twice = DuplicateUrn(urn=urn(QUEUE, name), positions=(None, None), parents=parents)
    [found] = verdict(Reported(), deployment(duplicates=(twice,))).findings
    assert found.message == (
        f"{name}: registered 2 times as aws:sqs/queue:Queue below red and blue; "
        "wanted once, since the engine stops at the second."
    )
    assert found.fix == (
        "A URN holds the types of the parents, not their names: put the parent's name into the "
        f"logical name, such as 'red-{name}'."
    )


def ids(*findings: Finding, **changes: Any) -> list[str]:  # noqa: ANN401 - of Deployment
    judged = verdict(Reported(findings=findings), deployment(**changes))
    return [each.id for each in judged.findings]


JOBS, DEAD = urn(QUEUE, "jobs"), urn(QUEUE, "dead")


def test_an_id_is_the_rule_and_what_within() -> None:
    assert ids(finding("a", JOBS, part="s3:*"), finding("b", JOBS)) == ["a[s3:*]", "b"]


def test_an_id_stays_where_file_line_numbers_and_words_change() -> None:
    before = finding("a", JOBS, part="x", problem="is 5", fix="Lower it.")
    place = SourcePosition(file="other.py", line=3)
    after = replace(before, problem="is 7, too much", fix=None, places=(place,))
    assert ids(before) == ids(after) == ["a[x]"]


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        pytest.param(["", "", ""], ["a", "a[#2]", "a[#3]"], id="none"),
        pytest.param(["x", "x", "y"], ["a[x]", "a[x#2]", "a[y]"], id="some-alike"),
        pytest.param(["x", "x#2", "x", "x"], ["a[x]", "a[x#2]", "a[x#3]", "a[x#4]"], id="a-number"),
    ],
)
def test_two_findings_of_one_rule_about_one_resource_have_different_ids(
    parts: list[str], expected: list[str]
) -> None:
    assert ids(*(finding("a", JOBS, part=part) for part in parts)) == expected


def test_ids_of_other_resources_and_packs_are_their_own() -> None:
    findings = (finding("a", JOBS), finding("a", DEAD), finding("a", JOBS, pack="other"))
    assert ids(*findings) == ["a", "a", "a"]


def test_numbers_of_equal_ids_follow_the_pack_whatever_the_texts_say() -> None:
    judged = verdict(
        Reported(findings=tuple(finding("a", JOBS, problem=text) for text in ("port 9", "port 10")))
    )
    told = {each.message: each.id for each in judged.findings}
    assert told == {"port 9": "a", "port 10": "a[#2]"}


def test_numbers_of_a_urn_that_stands_twice_hang_on_no_order_of_arrival() -> None:
    twice = DuplicateUrn(urn=JOBS, positions=(None, None))
    one, other = finding("a", JOBS, problem="port 9"), finding("a", JOBS, problem="port 10")
    for order in ((one, other), (other, one)):
        judged = verdict(Reported(findings=order), deployment(duplicates=(twice,)))
        told = {each.message: each.id for each in judged.of_rule("a")}
        assert told == {"port 10": "a", "port 9": "a[#2]"}


def test_ten_thousand_equal_ids_are_told_apart_in_one_pass() -> None:
    began = time.process_time()
    found = ids(*[finding("a", JOBS)] * 10_000)
    # One pass takes half a second; to count through all for each takes minutes.
    assert time.process_time() - began < 30
    assert len(set(found)) == len(found)


def test_a_finding_has_its_place_then_those_of_the_related_ones() -> None:
    related = finding("a", JOBS, related=(DEAD, urn(QUEUE, "gone"), STACK.urn))
    [found] = verdict(Reported(findings=(related,))).findings
    assert [(place.file, place.line) for place in found.places] == [
        ("__main__.py", 7),
        ("__main__.py", 8),
    ]
    assert (found.file, found.line) == ("__main__.py", 7)
    assert found.related == (DEAD, STACK.urn)


def test_a_finding_about_the_stack_has_no_place_and_names_no_resource() -> None:
    about = finding("a", STACK.urn, related=(DEAD,), is_prose=False, wanted="less")
    [found] = verdict(Reported(findings=(about,))).findings
    assert (found.places, found.file, found.line) == ((), None, None)
    assert (found.message, found.related) == ("wrong; wanted less.", (DEAD,))


def test_secrets_are_kept_out_of_every_part() -> None:
    context = replace(CONTEXT, secrets=["s3cr3t-text"])
    named = urn(QUEUE, "q-s3cr3t-text")
    parts = ("part", "problem", "wanted", "fix", "property")
    texts: dict[str, Any] = dict.fromkeys(parts, "is s3cr3t-text")
    unseen = replace(
        REPORTED.not_evaluated[0],
        urn=named,
        related=(named,),
        origin=Origin(named, "arn"),
        **texts,
    )
    run = deployment(resources=(STACK, resource(QUEUE, "q-s3cr3t-text", line=1)))
    judged = verdict(Reported(not_evaluated=(unseen,)), run, context=context)
    [found] = judged.not_evaluated
    assert "s3cr3t" not in repr(found) + found.message + found.id
    assert found.id == "sqs-redrive-target[is [secret]]"
    assert found.message == "q-[secret]: is [secret]; wanted is [secret]."


def test_a_made_up_value_in_a_part_is_told_by_its_source() -> None:
    inventions = Inventions()
    inventions.learn(
        Invented(
            urn=JOBS,
            id="q-0a1b2c3d4e5f60718",
            outputs={},
            fillings={},
            given={},
        )
    )
    told = finding("a", JOBS, part="of q-0a1b2c3d4e5f60718")
    assert ids(told, inventions=inventions) == ["a[of <id of jobs>]"]


@pytest.mark.parametrize(
    ("level", "passed"), [(Level.ADVISORY, True), (Level.MANDATORY, False)], ids=["advisory", "not"]
)
def test_only_a_mandatory_finding_fails(*, level: Level, passed: bool) -> None:
    assert verdict(Reported(findings=(replace(UNTAGGED, level=level),))).passed is passed


def test_secrets_of_inputs_and_config_are_kept_out_of_messages() -> None:
    context = replace(
        CONTEXT, config={"shop:key": "s3cr3t", "shop:plain": "dev"}, secrets=["s3cr3t"]
    )
    told = finding("leak", urn(QUEUE, "jobs"), problem="hunter2, s3cr3t, dev", fix="not hunter2")
    (found,) = verdict(Reported(findings=(told,)), context=context).findings
    assert (found.message, found.fix) == ("[secret], [secret], dev", "not [secret]")


def test_secrets_are_kept_out_of_the_reasons_of_exceptions() -> None:
    context = replace(CONTEXT, secrets=["s3cr3t-text"])
    exception = PolicyException(id="EXC-1", reason="is s3cr3t-text")
    excused = replace(EXCEPTED, reason=exception.reason, exceptions=(exception,))
    [waived] = verdict(Reported(waived=(excused,)), context=context).waived
    assert waived.reason == waived.exceptions[0].reason == "is [secret]"


def test_logical_names_stay_readable_beside_a_secret_that_is_a_word_of_theirs() -> None:
    context = replace(CONTEXT, secrets=["orders"])
    message = "orders-web: its password is orders, as is that of orders-web"
    told = finding("leak", urn(QUEUE, "orders-web"), problem=message)
    named = deployment(resources=(resource(QUEUE, "orders-web", line=1),))
    judged = verdict(Reported(findings=(told,)), named, context=context)
    (found,) = judged.findings
    assert found.message == "orders-web: its password is [secret], as is that of orders-web"
    assert found.urn == urn(QUEUE, "orders-web")
    assert [each.name for each in judged.resources] == ["orders-web"]


@pytest.mark.parametrize(
    ("message", "shown"),
    [
        pytest.param("the latest image", "the latest image", id="short-inside-a-word"),
        pytest.param("key=test;", "key=[secret];", id="short-between-signs"),
        pytest.param("xpassword1x", "x[secret]x", id="long-anywhere"),
    ],
)
def test_a_short_secret_is_hidden_as_a_word_alone(message: str, shown: str) -> None:
    context = replace(CONTEXT, secrets=["test", "password1"])
    told = finding("leak", urn(QUEUE, "jobs"), problem=message)
    (found,) = verdict(Reported(findings=(told,)), context=context).findings
    assert found.message == shown


@pytest.mark.parametrize(
    ("kept", "line"),
    [
        pytest.param(
            Reported(),
            "PASS: 0 mandatory findings, 0 advisory, 0 waived, 0 not evaluated",
            id="nothing",
        ),
        pytest.param(
            REPORTED,
            "FAIL: 2 mandatory findings, 1 advisory, 1 waived, 2 not evaluated",
            id="one-of-each",
        ),
    ],
)
def test_the_verdict_line_counts_every_kind(kept: Reported, line: str) -> None:
    assert verdict_line(verdict(kept)) == line


def test_each_rule_has_its_most_telling_result() -> None:
    def ran(rule: str, level: Level | None = Level.ADVISORY, idle: str | None = None) -> Ran:
        return Ran(rule=rule, pack=UNTAGGED.pack, level=level, idle=idle)

    reported = Reported(
        findings=(replace(UNTAGGED, rule="a"),),
        waived=tuple(replace(each, rule=rule) for each in REPORTED.waived for rule in "abc"),
        not_evaluated=tuple(
            replace(each, rule=rule) for each in REPORTED.not_evaluated for rule in "ab"
        ),
        rules=(*map(ran, "abcd"), ran("e", None), ran("f", idle="nothing there")),
    )
    packs = {each.pack for each in (*REPORTED.waived, *REPORTED.not_evaluated)}
    assert packs == {UNTAGGED.pack}
    assert {each.ran.rule: each.result for each in verdict(reported).rules} == {
        "a": Result.FOUND,
        "b": Result.NOT_EVALUATED,
        "c": Result.WAIVED,
        "d": Result.PASSED,
        "e": Result.DISABLED,
        "f": Result.IDLE,
    }


@pytest.mark.parametrize("kind", ["not_evaluated", "waived"])
@pytest.mark.parametrize(
    ("told", "level"),
    [
        pytest.param([Level.ADVISORY], Level.ADVISORY, id="advice"),
        pytest.param([Level.ADVISORY, Level.MANDATORY], Level.MANDATORY, id="both"),
        pytest.param([Level.MANDATORY], Level.MANDATORY, id="no advice"),
        pytest.param([], Level.MANDATORY, id="nothing"),
    ],
)
def test_a_rule_that_would_only_have_advised_has_that_level(
    kind: str, told: list[Level], level: Level
) -> None:
    entry, *_ = getattr(REPORTED, kind)
    entries = tuple(replace(entry, level=each) for each in told)
    ran = Ran(rule=entry.rule, pack=entry.pack, level=Level.MANDATORY)
    reported = replace(Reported(rules=(ran,)), **{kind: entries})
    [result] = verdict(reported).rules
    assert result.ran.level is level


NOTHING = "the program registers no resource, so there was nothing to judge"
DEFAULT, EXPLICIT = (
    resource("pulumi:providers:aws", name, line=1) for name in ("default_7_51_1", "west")
)


@pytest.mark.parametrize(
    ("resources", "is_told"),
    [
        pytest.param((), True, id="nothing"),
        pytest.param((STACK,), True, id="the-stack-alone"),
        pytest.param((STACK, DEFAULT), True, id="a-provider-that-nobody-asked-for"),
        pytest.param((STACK, EXPLICIT), False, id="a-provider-of-the-program"),
        pytest.param((STACK, ORDERS), False, id="a-component"),
    ],
)
def test_a_program_that_registers_nothing_is_told_so(
    resources: tuple[RegisteredResource, ...], *, is_told: bool
) -> None:
    notes = verdict(Reported(), deployment(resources=resources)).notes
    assert (NOTHING in [note.text for note in notes]) is is_told


def test_a_state_of_no_resource_tells_of_no_program() -> None:
    judged = verdict(
        Reported(), deployment(resources=()), context=replace(CONTEXT, is_deployed=True)
    )
    assert NOTHING not in [note.text for note in judged.notes]
