"""What a baseline makes of a verdict: what is known, gone, over and not judged."""

import datetime as dt
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pulumi_preflight.acceptance import (
    REPLACES_STATEFUL,
    Acceptance,
    BaselineEntry,
    FailOn,
)
from pulumi_preflight.baseline.file import BaselineFile, read_for, text_of
from pulumi_preflight.baseline.settle import settled
from pulumi_preflight.bases import Base
from pulumi_preflight.bases.changes import Beside
from pulumi_preflight.findings import Finding, Level, NotEvaluated, Ran, Reported, Waived
from pulumi_preflight.model import DuplicateUrn
from pulumi_preflight.verdict import Verdict, verdict_line
from tests.preflight.builders import QUEUE, urn
from tests.preflight.samples import (
    STACK,
    TOO_MANY,
    TOTAL,
    UNSEEN,
    UNTAGGED,
    WAIVED,
    deployment,
    finding,
    verdict,
)

TODAY = dt.date(2027, 3, 1)
JOBS = urn(QUEUE, "jobs")


def entry(
    found: Finding, *, expires: str | None = None, reason: str | None = None
) -> BaselineEntry:
    return BaselineEntry(
        pack=found.pack, id=found.id, urn=found.urn, expires=expires, reason=reason
    )


def ran(rule: str, *, level: Level | None = Level.MANDATORY, idle: str | None = None) -> Ran:
    return Ran(rule=rule, pack="demo", level=level, idle=idle)


RULES = (ran(TOO_MANY.rule), ran(UNTAGGED.rule), ran(TOTAL.rule))


def judged(*findings: Finding, **reported: Any) -> Verdict:  # noqa: ANN401 - of Reported
    told = {"rules": RULES, **reported}
    return verdict(Reported(findings=findings, **told))


def held(
    judged: Verdict,
    *entries: BaselineEntry,
) -> Verdict:
    file = BaselineFile(path=Path("b.yaml"), project="shop", stack="dev", entries=entries)
    return settled(judged, file, Acceptance(), today=TODAY)


def test_only_what_the_baseline_does_not_hold_blocks() -> None:
    found = held(judged(TOO_MANY, TOTAL), entry(TOO_MANY))
    assert [each.rule for each in found.findings] == [TOTAL.rule]
    assert [each.rule for each in found.known] == [TOO_MANY.rule]
    assert not found.passed
    assert held(judged(TOO_MANY), entry(TOO_MANY)).passed


def test_a_known_finding_says_all_that_it_said_before() -> None:
    before = judged(TOO_MANY)
    [known] = held(before, entry(TOO_MANY, reason="until spring")).known
    told = (known.message, known.places, known.fix, known.severity, known.reason)
    [was] = before.findings
    assert told == (was.message, was.places, was.fix, was.severity, "until spring")


def test_no_secret_of_the_stack_comes_out_through_a_reason() -> None:
    # The samples' resources have this password.
    known, gone = entry(TOO_MANY, reason="hunter2"), entry(TOTAL, reason="hunter2")
    found = held(judged(TOO_MANY), known, gone)
    assert found.known[0].reason == "[secret]"
    assert "hunter2" not in repr(found.baseline)


@pytest.mark.parametrize(
    ("other", "known"),
    [
        pytest.param({}, 1, id="the-same"),
        pytest.param({"pack": "other"}, 0, id="pack"),
        pytest.param({"rule": "other"}, 0, id="rule"),
        pytest.param({"part": "other"}, 0, id="part"),
        pytest.param({"urn": JOBS}, 0, id="resource"),
        pytest.param({"problem": "is 51", "level": Level.ADVISORY}, 1, id="words-and-level"),
    ],
)
def test_pack_rule_part_and_resource_name_a_finding(other: dict[str, Any], known: int) -> None:
    found = held(judged(replace(TOO_MANY, **other)), entry(TOO_MANY))
    assert len(found.known) == known
    assert len(found.findings) == 1 - known


def test_equal_findings_are_known_each_by_its_number() -> None:
    first, second = finding("a", JOBS, part="x"), finding("a", JOBS, part="x")
    found = held(judged(first, second), BaselineEntry(pack="demo", id="a[x#2]", urn=JOBS))
    assert [each.id for each in found.known] == ["a[x#2]"]
    assert [each.id for each in found.findings] == ["a[x]"]


@pytest.mark.parametrize(
    ("last", "known"),
    [
        pytest.param("2027-02-28", 0, id="yesterday"),
        pytest.param("2027-03-01", 1, id="today"),
        pytest.param("2027-03-02", 1, id="tomorrow"),
    ],
)
def test_an_entry_holds_through_its_last_day(last: str, known: int) -> None:
    found = held(judged(TOO_MANY), entry(TOO_MANY, expires=last))
    assert len(found.known) == known
    assert found.passed == bool(known)
    assert found.baseline is not None
    assert [each.expires for each in found.baseline.over] == [last] * (1 - known)


def test_an_entry_whose_finding_is_gone_is_told_and_not_over() -> None:
    gone = entry(TOO_MANY, expires="2026-01-01")
    found = held(judged(), gone)
    assert found.baseline is not None
    assert (found.baseline.gone, found.baseline.over) == ((gone,), ())
    assert found.passed


UNJUDGED = NotEvaluated(
    rule=UNTAGGED.rule,
    pack="demo",
    level=Level.ADVISORY,
    severity=None,
    urn=JOBS,
    problem="`tags` is not known yet",
    property="tags",
)


@pytest.mark.parametrize(
    "reported",
    [
        pytest.param({"rules": ()}, id="pack-did-not-run"),
        pytest.param({"rules": (ran(UNTAGGED.rule, level=None),)}, id="disabled"),
        pytest.param({"not_evaluated": (UNJUDGED,)}, id="not-evaluated"),
        pytest.param({"not_evaluated": (replace(UNJUDGED, part="x"),)}, id="another-part"),
        pytest.param({"not_evaluated": (replace(UNJUDGED, urn=STACK.urn),)}, id="of-the-stack"),
    ],
)
def test_what_did_not_judge_takes_no_entry_away(reported: dict[str, tuple[object, ...]]) -> None:
    found = held(judged(**reported), entry(UNTAGGED))
    assert found.baseline is not None
    assert (found.baseline.gone, found.baseline.unjudged) == ((), (entry(UNTAGGED),))


@pytest.mark.parametrize(
    "reported",
    [
        pytest.param({}, id="passed"),
        pytest.param({"rules": (ran(UNTAGGED.rule, idle="no queue"),)}, id="idle"),
        pytest.param({"rules": (ran("other"),)}, id="rule-that-the-pack-has-no-more"),
        pytest.param({"waived": (replace(WAIVED, rule=UNTAGGED.rule, urn=JOBS),)}, id="waived"),
        pytest.param({"not_evaluated": (replace(UNJUDGED, urn=TOO_MANY.urn),)}, id="elsewhere"),
    ],
)
def test_an_entry_is_gone_where_its_rule_has_judged(
    reported: dict[str, tuple[object, ...]],
) -> None:
    found = held(judged(**reported), entry(UNTAGGED))
    assert found.baseline is not None
    assert (found.baseline.gone, found.baseline.unjudged) == ((entry(UNTAGGED),), ())


@pytest.mark.parametrize(
    ("places", "gone"), [pytest.param(["main"], 1, id="base"), pytest.param([], 0, id="no-base")]
)
def test_what_only_a_base_shows_is_not_gone_without_one(places: list[str], gone: int) -> None:
    known = BaselineEntry(pack="preflight", id=REPLACES_STATEFUL, urn=JOBS)
    file = BaselineFile(path=Path("b.yaml"), project="shop", stack="dev", entries=(known,))
    run = judged()
    for place in places:
        empty = Base(place=place, is_state=False, resources=(), findings=(), cost=None)
        run = replace(run, beside=Beside(base=empty, resources=()))
    use = settled(run, file, Acceptance(), today=TODAY).baseline
    assert use
    assert (len(use.gone), len(use.unjudged)) == (gone, 1 - gone)


def test_what_is_waived_is_not_known() -> None:
    waived = Waived(
        rule="a",
        pack="demo",
        level=Level.MANDATORY,
        severity=None,
        urn=JOBS,
        problem="x",
        reason="y",
        owner="z",
        expires="2028-01-01",
    )
    found = held(judged(waived=(waived,)), entry(waived))
    assert (len(found.waived), found.known) == (1, ())


def test_what_could_not_be_evaluated_is_never_known() -> None:
    found = held(judged(not_evaluated=(UNSEEN,)), entry(UNSEEN))
    assert (len(found.not_evaluated), found.known) == (1, ())


@pytest.mark.parametrize(
    ("fail_on", "findings", "line"),
    [
        pytest.param(
            FailOn.MANDATORY,
            (UNTAGGED,),
            "PASS: 0 mandatory findings, 1 advisory, 0 waived, 0 not evaluated",
            id="advisory-passes",
        ),
        pytest.param(
            FailOn.ADVISORY,
            (UNTAGGED,),
            "FAIL: 0 mandatory findings, 1 advisory, 0 waived, 0 not evaluated; advisory findings "
            "fail, too",
            id="advisory-fails",
        ),
        pytest.param(
            FailOn.ADVISORY,
            (),
            "PASS: 0 mandatory findings, 0 advisory, 0 waived, 0 not evaluated; advisory findings "
            "fail, too",
            id="nothing-found",
        ),
        pytest.param(
            FailOn.NEVER,
            (TOO_MANY, UNTAGGED),
            "PASS: 1 mandatory finding, 1 advisory, 0 waived, 0 not evaluated; no finding fails",
            id="never",
        ),
    ],
)
def test_the_verdict_line_says_what_fails(
    fail_on: FailOn, findings: tuple[Finding, ...], line: str
) -> None:
    found = replace(judged(*findings), fail_on=fail_on)
    assert verdict_line(found) == line
    assert found.passed == line.startswith("PASS")


def test_a_known_advisory_finding_fails_nothing_where_advice_fails() -> None:
    found = held(replace(judged(UNTAGGED), fail_on=FailOn.ADVISORY), entry(UNTAGGED))
    assert found.passed
    assert verdict_line(found) == (
        "PASS: 0 mandatory findings, 0 advisory, 1 known, 0 waived, 0 not evaluated; advisory "
        "findings fail, too"
    )


def written(path: Path, judged: Verdict) -> Verdict:
    acceptance = Acceptance(baseline=path, write=True)
    file = read_for(acceptance, project="shop", stack="dev")
    assert file is not None
    return settled(judged, file, acceptance, today=TODAY)


def test_writing_makes_every_finding_known(tmp_path: Path) -> None:
    found = written(tmp_path / "b.yaml", judged(TOO_MANY, UNTAGGED, TOTAL))
    assert found.passed
    assert len(found.known) == 3
    entries = [entry(each) for each in (TOO_MANY, UNTAGGED, TOTAL)]
    text = (tmp_path / "b.yaml").read_text()
    assert text == text_of(entries, project="shop", stack="dev")
    written(tmp_path / "b.yaml", judged(TOTAL, UNTAGGED, TOO_MANY))
    assert (tmp_path / "b.yaml").read_text() == text


def test_writing_again_keeps_last_days_and_reasons_and_drops_what_is_gone(tmp_path: Path) -> None:
    path = tmp_path / "b.yaml"
    dated = entry(TOO_MANY, expires="2027-06-01", reason="until spring")
    elsewhere = BaselineEntry(pack="other", id="b", urn=JOBS)
    path.write_text(text_of([dated, entry(TOTAL), elsewhere], project="shop", stack="dev"))
    written(path, judged(TOO_MANY, UNTAGGED))
    left = text_of([dated, entry(UNTAGGED), elsewhere], project="shop", stack="dev")
    assert path.read_text() == left


def test_writing_again_does_not_put_off_a_last_day(tmp_path: Path) -> None:
    path = tmp_path / "b.yaml"
    path.write_text(text_of([entry(TOO_MANY, expires="2027-02-28")], project="shop", stack="dev"))
    found = written(path, judged(TOO_MANY))
    assert not found.passed
    assert found.baseline is not None
    assert len(found.baseline.over) == 1


def test_what_stops_the_engine_is_never_written(tmp_path: Path) -> None:
    twice = DuplicateUrn(urn=JOBS, positions=(None, None))
    found = written(tmp_path / "b.yaml", verdict(Reported(), deployment(duplicates=(twice,))))
    assert not found.passed
    assert found.known == ()
    assert (tmp_path / "b.yaml").read_text() == text_of([], project="shop", stack="dev")


@pytest.mark.parametrize("rule", ["waiver-broken", "waiver-over", "waiver-unused", "waiver-unread"])
def test_a_waiver_that_says_something_wrong_is_never_known(rule: str, tmp_path: Path) -> None:
    wrong = replace(UNTAGGED, rule=rule, pack="preflight")
    found = written(tmp_path / "b.yaml", judged(wrong))
    assert found.known == ()
    assert (tmp_path / "b.yaml").read_text() == text_of([], project="shop", stack="dev")


def test_what_is_gone_is_taken_out_only_where_it_is_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "b.yaml"
    both = text_of([entry(TOO_MANY), entry(TOTAL)], project="shop", stack="dev")
    path.write_text(both)
    for prune, left in (
        (False, both),
        (True, text_of([entry(TOO_MANY)], project="shop", stack="dev")),
    ):
        acceptance = Acceptance(baseline=path, prune=prune)
        file = read_for(acceptance, project="shop", stack="dev")
        assert file is not None
        found = settled(judged(TOO_MANY), file, acceptance, today=TODAY)
        assert path.read_text() == left
        assert found.baseline is not None
        assert (found.baseline.gone, found.baseline.pruned) == ((entry(TOTAL),), prune)
