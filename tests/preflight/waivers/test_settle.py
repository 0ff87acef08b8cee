"""What waivers in the code make of a verdict."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from pulumi_preflight.findings import Finding, Level, NotEvaluated, Ran, Reported
from pulumi_preflight.model import DuplicateUrn
from pulumi_preflight.verdict import Result, Verdict
from pulumi_preflight.waivers.search import Marked
from pulumi_preflight.waivers.settle import settled
from tests.preflight.builders import QUEUE, SERVICE, urn
from tests.preflight.samples import STACK, WAIVED, deployment, finding, resource, verdict

TODAY = dt.date(2027, 3, 1)
JOBS, WEB = urn(QUEUE, "jobs"), urn(SERVICE, "web")
SAYS = 'until=2027-03-01 owner=shop reason="moves to eu"'
FIFO = finding("fifo", JOBS, level=Level.MANDATORY, part="x")
OTHER_PART = replace(FIFO, part="y")
TAGS = finding("tags", JOBS)
RULES = ("fifo", "tags", "small")
LINE = 3  # of the queue in PROGRAM


def ran(rule: str, *, level: Level | None = Level.MANDATORY) -> Ran:
    return Ran(rule=rule, pack="demo", level=level)


def judged(findings: Sequence[Finding], **reported: Any) -> Verdict:  # noqa: ANN401 - of Reported
    told = {"rules": tuple(map(ran, RULES)), **reported}
    resources = (STACK, resource(QUEUE, "jobs", line=LINE), resource(SERVICE, "web", line=9))
    return verdict(Reported(findings=tuple(findings), **told), deployment(resources=resources))


def waived_by(
    *comments: str,
    findings: Sequence[Finding] = (FIFO,),
    today: dt.date = TODAY,
    **reported: Any,  # noqa: ANN401 - of Reported
) -> Verdict:
    """A verdict on a program with these comments, the last directly above the queue's line."""
    lines = [""] * (LINE - 1 - len(comments)) + list(comments) + ['Queue("jobs")']
    file = Marked(
        name="__main__.py",
        created={LINE: {JOBS}, 9: {WEB}},
        content="\n".join(lines).encode(),
    )
    return settled(judged(findings, **reported), [file], today=today)


def own(found: Verdict) -> list[str]:
    return [each.id for each in found.findings if each.pack == "preflight"]


def test_a_waiver_excuses_with_reason_owner_last_day_and_place() -> None:
    found = waived_by(f"# preflight: waive fifo {SAYS}")
    assert found.passed
    assert found.findings == ()
    [waived] = found.waived
    assert (waived.reason, waived.owner, waived.expires) == ("moves to eu", "shop", "2027-03-01")
    assert waived.in_code is not None
    assert (waived.in_code.file, waived.in_code.line) == ("__main__.py", 2)
    [was] = judged([FIFO]).findings
    assert (waived.id, waived.message, waived.places) == (was.id, was.message, was.places)


@pytest.mark.parametrize(
    ("target", "waived"),
    [
        pytest.param("fifo", ["fifo[x]", "fifo[y]"], id="all-parts"),
        pytest.param("fifo[y]", ["fifo[y]"], id="one-part"),
        pytest.param("tags", ["tags"], id="another-rule"),
    ],
)
def test_a_waiver_excuses_what_it_names_and_no_more(target: str, waived: list[str]) -> None:
    found = waived_by(f"# preflight: waive {target} {SAYS}", findings=(FIFO, OTHER_PART, TAGS))
    assert [each.id for each in found.waived] == waived
    left = {"fifo[x]", "fifo[y]", "tags"} - set(waived)
    assert {each.id for each in found.findings} == left


def test_several_waivers_at_one_resource_count_each() -> None:
    found = waived_by(
        f"# preflight: waive fifo {SAYS}",
        f"# preflight: waive tags {SAYS}",
        findings=(FIFO, TAGS),
    )
    assert {each.in_code.line for each in found.waived if each.in_code} == {1, 2}
    assert found.findings == ()


def test_a_waiver_counts_in_every_pack() -> None:
    rules = (*map(ran, RULES), Ran(rule="fifo", pack="other", level=Level.ADVISORY))
    found = waived_by(
        f"# preflight: waive fifo {SAYS}", findings=(FIFO, replace(FIFO, pack="other")), rules=rules
    )
    assert sorted(each.pack for each in found.waived) == ["demo", "other"]


def test_what_two_waivers_excuse_the_first_one_does_and_both_are_used() -> None:
    found = waived_by(
        "# preflight: waive fifo[x] until=2027-03-01 owner=first reason=a",
        "# preflight: waive fifo until=2027-03-01 owner=second reason=b",
    )
    assert [each.owner for each in found.waived] == ["first"]
    assert own(found) == []


def test_a_waiver_counts_for_its_resource_alone() -> None:
    small = finding("fifo", WEB, part="x")
    found = waived_by(f"# preflight: waive fifo {SAYS}", findings=(FIFO, small))
    assert [each.urn for each in found.waived] == [JOBS]
    assert [each.urn for each in found.findings] == [WEB]


def test_a_waiver_counts_for_all_resources_of_its_line() -> None:
    names = [f"q{number}" for number in range(5)]
    resources = (STACK, *(resource(QUEUE, name, line=1) for name in names))
    found = tuple(replace(FIFO, urn=urn(QUEUE, name)) for name in names)
    before = verdict(
        Reported(findings=found, rules=(ran("fifo"),)), deployment(resources=resources)
    )
    file = Marked(
        name="__main__.py",
        created={1: {urn(QUEUE, name) for name in names}},
        content=f"Queue(name)  # preflight: waive fifo {SAYS}".encode(),
    )
    after = settled(before, [file], today=TODAY)
    assert (len(after.waived), after.findings) == (5, ())


@pytest.mark.parametrize(
    ("comment", "complaint", "message"),
    [
        pytest.param(
            "# preflight: waive fifo until=2027-02-28 owner=shop reason=a",
            "waiver-over[fifo]",
            "jobs: the waiver of `fifo` ended on 2027-02-28; wanted a last day that has not "
            "passed.",
            id="over",
        ),
        pytest.param(
            "# preflight: waive fifo until=2027-03-01",
            "waiver-broken[fifo]",
            "jobs: the waiver of `fifo` waives nothing: it lacks owner and reason; wanted `waive "
            'RULE until=2027-03-01 owner=NAME reason="..."`.',
            id="incomplete",
        ),
        pytest.param(
            "# preflight: waive fifo until=soon owner=shop reason=a",
            "waiver-broken[fifo]",
            "jobs: the waiver of `fifo` waives nothing: `until` is 'soon', which is not a day as "
            'YYYY-MM-DD; wanted `waive RULE until=2027-03-01 owner=NAME reason="..."`.',
            id="no-day",
        ),
        pytest.param(
            "# preflight: ignore fifo",
            "waiver-broken",
            "jobs: the waiver waives nothing: `ignore` is not a word of preflight's, which is "
            '`waive`; wanted `waive RULE until=2027-03-01 owner=NAME reason="..."`.',
            id="another-word",
        ),
        pytest.param(
            f"# preflight: waive fif {SAYS}",
            "waiver-broken[fif]",
            "jobs: the waiver of `fif` names a rule that no pack has; wanted a rule of the packs "
            "that judge, perhaps `fifo`.",
            id="typing-error",
        ),
        pytest.param(
            f"# preflight: waive s3-versioning {SAYS}",
            "waiver-broken[s3-versioning]",
            "jobs: the waiver of `s3-versioning` names a rule that no pack has; wanted a rule of "
            "the packs that judge.",
            id="unknown-rule",
        ),
        pytest.param(
            f"# preflight: waive fifo[z] {SAYS}",
            "waiver-unused[fifo[z]]",
            "jobs: the waiver of `fifo[z]` waives nothing: the rule finds `fifo[x]` there; wanted "
            "a waiver at what it waives.",
            id="another-part",
        ),
        pytest.param(
            f"# preflight: waive small {SAYS}",
            "waiver-unused[small]",
            "jobs: the waiver of `small` waives nothing: the rule finds nothing there; wanted a "
            "waiver at what it waives.",
            id="nothing-found",
        ),
        pytest.param(
            f"# preflight: waive duplicate-urn {SAYS}",
            "waiver-broken[duplicate-urn]",
            "jobs: the waiver of `duplicate-urn` waives nothing: the engine stops there; wanted a "
            "rule of a pack.",
            id="of-the-engine",
        ),
    ],
)
def test_what_is_wrong_with_a_waiver_is_an_advisory_finding_and_excuses_nothing(
    comment: str, complaint: str, message: str
) -> None:
    found = waived_by(comment)
    assert found.waived == ()
    assert not found.passed
    [complained] = [each for each in found.findings if each.pack == "preflight"]
    assert (complained.id, complained.message) == (complaint, message)
    assert (complained.level, complained.urn) == (Level.ADVISORY, JOBS)
    assert (complained.file, complained.line) == ("__main__.py", 2)
    assert complained.fix is not None
    assert [each.id for each in found.findings if each.pack == "demo"] == ["fifo[x]"]


def test_a_waiver_holds_through_its_last_day() -> None:
    comment = f"# preflight: waive fifo {SAYS}"
    assert waived_by(comment).passed
    assert not waived_by(comment, today=TODAY + dt.timedelta(days=1)).passed


def test_a_waiver_at_no_resource_is_unused_and_of_the_stack() -> None:
    found = waived_by(f"# preflight: waive fifo {SAYS}", "")
    [complained] = [each for each in found.findings if each.pack == "preflight"]
    assert complained.problem == (
        "the waiver of `fifo` waives nothing: this stack creates no resource there"
    )
    assert (complained.urn, complained.line) == (STACK.urn, 1)


def test_two_equal_complaints_have_different_ids() -> None:
    comment = f"# preflight: waive small {SAYS}"
    found = waived_by(comment, comment)
    assert own(found) == ["waiver-unused[small]", "waiver-unused[small#2]"]


def test_what_pack_and_code_waive_beside_each_other_have_different_ids() -> None:
    waived = replace(WAIVED, rule="fifo", part="x", urn=JOBS)
    found = waived_by(f"# preflight: waive fifo {SAYS}", waived=(waived,))
    assert sorted(each.id for each in found.waived) == ["fifo[x#2]", "fifo[x]"]


UNSEEN = NotEvaluated(
    rule="small",
    pack="demo",
    level=Level.ADVISORY,
    severity=None,
    urn=JOBS,
    problem="`x` is not known yet",
    property="x",
)


@pytest.mark.parametrize(
    "reported",
    [
        pytest.param({"not_evaluated": (UNSEEN,)}, id="not-evaluated"),
        pytest.param(
            {"not_evaluated": (replace(UNSEEN, urn=STACK.urn),)}, id="not-evaluated-of-the-stack"
        ),
        pytest.param({"rules": (ran("small", level=None),)}, id="disabled-here"),
        pytest.param({"waived": (replace(WAIVED, rule="small", urn=JOBS),)}, id="waived-twice"),
        pytest.param({"rules": ()}, id="no-pack"),
    ],
)
def test_a_waiver_that_may_be_needed_is_not_called_unused(reported: dict[str, Any]) -> None:
    found = waived_by(f"# preflight: waive small {SAYS}", findings=(), **reported)
    assert own(found) == []


def test_what_could_not_be_evaluated_stays_not_evaluated() -> None:
    found = waived_by(f"# preflight: waive small {SAYS}", not_evaluated=(UNSEEN,))
    assert (found.waived, len(found.not_evaluated)) == ((), 1)


@pytest.mark.parametrize(
    ("findings", "reported", "result"),
    [
        pytest.param((FIFO,), {}, Result.WAIVED, id="all-waived"),
        pytest.param((FIFO, replace(FIFO, urn=WEB)), {}, Result.FOUND, id="some-left"),
        pytest.param(
            (FIFO,),
            {"not_evaluated": (replace(UNSEEN, rule="fifo", urn=WEB),)},
            Result.NOT_EVALUATED,
            id="others-not-evaluated",
        ),
    ],
)
def test_the_result_of_a_rule_is_told_anew(
    findings: tuple[Finding, ...], reported: dict[str, Any], result: Result
) -> None:
    found = waived_by(f"# preflight: waive fifo {SAYS}", findings=findings, **reported)
    results = {each.ran.rule: each.result for each in found.rules}
    assert results["fifo"] is result
    assert results["small"] is Result.PASSED


def test_what_stops_the_engine_is_waived_by_nothing() -> None:
    twice = DuplicateUrn(urn=JOBS, positions=(None, None))
    resources = (STACK, resource(QUEUE, "jobs", line=1))
    before = verdict(Reported(), deployment(duplicates=(twice,), resources=resources))
    content = f"Queue()  # preflight: waive duplicate-urn {SAYS}".encode()
    file = Marked(name="__main__.py", created={1: {JOBS}}, content=content)
    after = settled(before, [file], today=TODAY)
    assert not after.passed
    assert after.waived == ()


@pytest.mark.parametrize(
    ("file", "problem"),
    [
        pytest.param(
            Marked(name="__main__.py", created={}, content=b"x = (  # preflight: waive a\n"),
            "the waivers in this file cannot be read: ",
            id="no-python",
        ),
        pytest.param(
            Marked(name="__main__.py", created={}, problem="Permission denied"),
            "the waivers in this file cannot be read: Permission denied",
            id="no-permission",
        ),
    ],
)
def test_a_file_whose_waivers_cannot_be_read_is_an_advisory_finding(
    file: Marked, problem: str
) -> None:
    found = settled(judged([FIFO]), [file], today=TODAY)
    [complained] = [each for each in found.findings if each.pack == "preflight"]
    assert complained.problem.startswith(problem)
    assert (complained.id, complained.level) == ("waiver-unread[__main__.py]", Level.ADVISORY)
    assert not found.passed


def test_no_secret_of_the_stack_comes_out_through_a_waiver() -> None:
    # The samples' resources have this password.
    found = waived_by(
        '# preflight: waive fifo until=2027-03-01 owner=shop reason="for hunter2"',
        "# preflight: waive hunter2 until=2027-03-01 owner=a reason=b",
    )
    assert found.waived[0].reason == "for [secret]"
    assert "hunter2" not in repr((found.findings, found.waived))
