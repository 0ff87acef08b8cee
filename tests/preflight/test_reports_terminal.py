"""How the verdict reads on a terminal."""

import io
from dataclasses import replace
from functools import partial

import pytest

from pulumi_preflight.acceptance import BaselineEntry, BaselineUse
from pulumi_preflight.findings import Known, NotEvaluated, Reported, fields_of
from pulumi_preflight.model import DuplicateUrn, Note, SourcePosition
from pulumi_preflight.printing import escaped
from pulumi_preflight.reports import terminal
from pulumi_preflight.verdict import Verdict
from tests.preflight.builders import QUEUE, SERVICE, struct, urn
from tests.preflight.samples import (
    EXCEPTED,
    ORDERS,
    PROPOSED,
    REPORTED,
    RESOURCES,
    SECRET,
    STACK,
    TOO_MANY,
    UNSEEN,
    UNTAGGED,
    deployment,
    resource,
    verdict,
)


@pytest.fixture(autouse=True)
def _no_wishes_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    """Takes away what the caller's terminal says of width and colour."""
    for variable in ("COLUMNS", "LINES", "NO_COLOR", "FORCE_COLOR", "TTY_COMPATIBLE"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")


def as_text(verdict: Verdict, *, folder: str = "", show_fixes: bool = False) -> str:
    stream = io.StringIO()
    terminal.write(verdict, stream, folder=folder, show_fixes=show_fixes)
    return stream.getvalue()


TERMINAL = """\
shop stack dev: 5 resources, 1.2 s

Resources
  orders       4  Queue 2, QueuePolicy 1
  (no module)  1  Service 1

Notes
  two zones were assumed (infra/net.py:3)

Changed by the packs, in this run only
  tags-required: web

Waived: 1
  sqs-encryption: dead, until 2027-01-01: holds public data only (platform)

Not evaluated: 2
  sqs-redrive-target: `redrivePolicy` of jobs, dead is not known yet

Advisory: 1 finding
  tags-required
    infra/__main__.py:7  jobs
    no tags
    Fix: Add tags.

Mandatory: 2 findings
  cost-total
    the services ask for 50 tasks

  cost-ecs-desired-count (high)
    infra/__main__.py:20  web
    `desiredCount` is 50; wanted at most 10 (`max` of cost-ecs-desired-count in
    policies/profiles/dev.json).
    Fix: Lower it, or raise the cap.
    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-quotas.html

FAIL: 2 mandatory findings, 1 advisory, 1 waived, 2 not evaluated
"""


def test_the_terminal_report_ends_with_what_must_be_acted_on() -> None:
    text = as_text(verdict(), folder="infra")
    assert text == TERMINAL


KNOWN = """
Known from the baseline: 2 findings
  cost-ecs-desired-count: web, until 2027-03-01: halved in spring
  tags-required: jobs

Baseline b.yaml
  1 no longer found, to be taken out by --prune-baseline: a[x\\n] of jobs
  1 past the last day, counted again: cost-total of shop-dev (2026-01-01)
  2 not judged in this run, kept: b of web, c of no\\turn

Waived: 1
"""


def test_known_findings_and_what_became_of_the_baseline_are_shown() -> None:
    judged = verdict()
    known = tuple(
        Known(**fields_of(each), expires=expires, reason=reason)
        for each, expires, reason in (
            (TOO_MANY, "2027-03-01", "halved in spring"),
            (UNTAGGED, None, None),
        )
    )
    demo = partial(BaselineEntry, pack="demo")
    use = BaselineUse(
        file="b.yaml",
        gone=(demo(id="a[x\n]", urn=urn(QUEUE, "jobs")),),
        over=(demo(id="cost-total", urn=STACK.urn, expires="2026-01-01"),),
        unjudged=(demo(id="b", urn=urn(SERVICE, "web")), demo(id="c", urn="no\turn")),
    )
    text = as_text(replace(judged, known=known, baseline=use, findings=judged.findings[:1]))
    assert KNOWN in text
    line = "FAIL: 1 mandatory finding, 0 advisory, 2 known, 1 waived, 2 not evaluated\n"
    assert text.endswith(line)
    pruned = replace(use, over=(), unjudged=(), pruned=True)
    assert "\nBaseline b.yaml\n  1 no longer found, taken out: a[x\\n] of jobs\n" in as_text(
        replace(judged, baseline=pruned)
    )


def test_a_note_of_several_lines_of_the_program_is_shown_once() -> None:
    places = [SourcePosition(file="net.py", line=line) for line in (4, 9, 12, 15)]
    notes = tuple(Note(text="a zone was assumed", position=place) for place in places)
    text = as_text(verdict(Reported(), deployment(notes=notes)), folder="infra")
    assert text.count("a zone was assumed") == 1
    told = " ".join(text.split())
    assert "(infra/net.py:4, infra/net.py:9, infra/net.py:12 and 1 more)" in told


def test_what_exceptions_excuse_is_waived_with_each_id_and_reason_and_without_an_end() -> None:
    text = as_text(verdict(Reported(waived=(EXCEPTED,))))
    assert (
        "Waived: 1\n"
        "  sqs-encryption: dead, without an end: exception EXC-9: public; exception EXC-10: to be "
        "replaced\n"
    ) in text
    assert text.endswith("PASS: 0 mandatory findings, 0 advisory, 1 waived, 0 not evaluated\n")


def test_a_waiver_of_a_pack_without_a_last_day_has_no_end() -> None:
    waived = replace(EXCEPTED, exceptions=(), owner="platform")
    text = as_text(verdict(Reported(waived=(waived,))))
    assert "  sqs-encryption: dead, without an end: public; to be replaced (platform)\n" in text


def test_a_finding_about_the_stack_may_have_a_place() -> None:
    placed = replace(UNTAGGED, urn=STACK.urn, places=(SourcePosition(file="a.py", line=6),))
    text = as_text(verdict(Reported(findings=(placed,))))
    assert "  tags-required\n    a.py:6\n    no tags\n" in text


def test_what_the_code_waives_is_shown_once_with_its_place() -> None:
    place = SourcePosition(file="__main__.py", line=6)
    names = ("dead", "jobs", "a", "b", "c")
    waived = tuple(
        replace(REPORTED.waived[0], urn=urn(QUEUE, name), in_code=place) for name in names
    )
    text = as_text(replace(verdict(), waived=waived), folder="infra")
    assert (
        "Waived: 5 sqs-encryption: dead, jobs, a and 2 more, until 2027-01-01: holds public data "
        "only (platform), in code at infra/__main__.py:6 Not evaluated"
    ) in " ".join(text.split())


def test_the_reason_of_an_exception_steers_no_terminal() -> None:
    exception = replace(EXCEPTED.exceptions[0], reason="a\x1b[2Jb")
    text = as_text(verdict(Reported(waived=(replace(EXCEPTED, exceptions=(exception,)),))))
    assert "exception EXC-9: a\\x1b[2Jb" in text


DIFF = """\

Changed by the packs, in this run only
  infra/__main__.py:20  web
  @@ tags-required
  - desiredCount: 2
  + desiredCount: 1
  - rules[0]["a.b"]: null
  + tags: {"owner": "shop"}

Fixes: what rules would change at the level `remediate`
  infra/__main__.py:7  jobs
  @@ sqs-long-polling
  - receiveWaitTimeSeconds: 0
  + receiveWaitTimeSeconds: 20

FAIL: 2 mandatory findings, 1 advisory, 1 waived, 2 not evaluated
"""


def test_fixes_are_shown_as_a_diff_below_the_findings() -> None:
    text = as_text(verdict(), folder="infra", show_fixes=True)
    assert text.endswith(DIFF)
    assert text.count("Changed by the packs") == 1


def test_resources_that_are_mended_alike_are_shown_once() -> None:
    proposals = tuple(replace(PROPOSED, urn=urn(QUEUE, name)) for name in ("jobs", "dead"))
    there = SourcePosition(file="__main__.py", line=4)
    two = (replace(RESOURCES[3], position=there), replace(RESOURCES[5], position=there))
    run = deployment(resources=two)
    text = as_text(verdict(Reported(remediations=proposals), run), show_fixes=True)
    assert "  __main__.py:4  dead, jobs\n  @@ sqs-long-polling\n  - receive" in text
    assert text.count("+ receiveWaitTimeSeconds: 20") == 1


def test_where_no_rule_would_change_anything_it_is_said() -> None:
    text = as_text(verdict(Reported()), show_fixes=True)
    assert "\nFixes: no rule would change anything\n" in text


def test_removed_lines_are_red_and_added_ones_green(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    text = as_text(verdict(), show_fixes=True)
    assert "\x1b[31m- receiveWaitTimeSeconds: 0\x1b[0m" in text
    assert "\x1b[32m+ receiveWaitTimeSeconds: 20\x1b[0m" in text


def test_the_packs_are_named_where_findings_come_from_several() -> None:
    reported = Reported(findings=(TOO_MANY, replace(UNTAGGED, pack="other")))
    text = as_text(verdict(reported))
    assert "cost-ecs-desired-count (demo, high)" in text
    assert "tags-required (other)" in text


def test_preflights_own_findings_are_marked_and_make_no_second_pack() -> None:
    twice = DuplicateUrn(urn=urn(QUEUE, "jobs"), positions=(RESOURCES[3].position,) * 2)
    text = as_text(verdict(Reported(findings=(UNTAGGED,)), deployment(duplicates=(twice,))))
    assert "  duplicate-urn (preflight, high)\n" in text
    assert "  tags-required\n" in text


def test_narrow_terminals_wrap_messages_but_not_places_and_urls(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    lines = as_text(verdict(), folder="a/long/folder").splitlines()
    assert "    a/long/folder/__main__.py:20  web" in lines
    assert f"    {TOO_MANY.url}" in lines
    assert "    `desiredCount` is 50; wanted at most" in lines


def test_one_rule_saying_the_same_of_many_resources_says_it_once() -> None:
    text = as_text(
        verdict(
            Reported(
                findings=tuple(
                    replace(UNTAGGED, urn=urn(type_, name), problem=f"{name}: no tags")
                    for type_, name in ((QUEUE, "jobs"), (QUEUE, "dead"), (SERVICE, "web"))
                )
            )
        )
    )
    assert text.endswith(
        """
Advisory: 3 findings
  tags-required
    __main__.py:7  jobs
    __main__.py:8  dead
    __main__.py:20  web
    no tags
    Fix: Add tags.

PASS: 0 mandatory findings, 3 advisory, 0 waived, 0 not evaluated
"""
    )


def test_resources_of_one_line_are_listed_in_one_line() -> None:
    there = SourcePosition(file="__main__.py", line=4)
    two = tuple(replace(item, position=there) for item in RESOURCES if item.type == QUEUE)
    findings = tuple(replace(UNTAGGED, urn=item.urn) for item in two)
    text = as_text(verdict(Reported(findings=findings), deployment(resources=two)))
    assert "    __main__.py:4  dead, jobs\n    no tags\n" in text


def test_of_many_types_the_most_frequent_are_named() -> None:
    kinds = [resource(f"aws:x/t{i}:T{i}", f"n{j}", line=1) for i in range(7) for j in range(i + 1)]
    text = as_text(verdict(Reported(), deployment(resources=tuple(kinds))))
    assert "  28  T6 7, T5 6, T4 5, T3 4, T2 3 and 3 of other types\n" in text


def test_a_provider_that_the_program_declares_is_counted_as_one() -> None:
    declared = resource("pulumi:providers:aws", "tokyo", line=1)
    text = as_text(verdict(Reported(), deployment(resources=(*RESOURCES, declared))))
    assert "  (no module)  2  Service 1, aws provider 1\n" in text


def test_a_component_without_members_is_counted_as_one() -> None:
    built = resource("awsx:ec2:Vpc", "network", line=1, custom=False)
    text = as_text(verdict(Reported(), deployment(resources=(built,))))
    assert "Resources\n  network  1  Vpc 1\n" in text


def test_a_flat_program_has_no_module_to_name() -> None:
    flat = tuple(replace(item, parent="") for item in RESOURCES if item.custom)
    text = as_text(verdict(Reported(), deployment(resources=flat)))
    assert "Resources\n  4  Queue 2, QueuePolicy 1, Service 1\n" in text


def test_wrapped_entries_of_a_list_hang_under_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    assert "  sqs-encryption: dead, until\n    2027-01-01: holds public data only\n" in as_text(
        verdict()
    )


def test_a_long_list_of_names_is_cut_and_counted() -> None:
    entries = tuple(
        replace(UNSEEN, urn=urn(QUEUE, f"q{i}"), problem="`policy` is not known yet")
        for i in range(9)
    )
    text = as_text(verdict(Reported(not_evaluated=entries)))
    assert "sqs-redrive-target: `policy` of q0, q1, q2 and 6 more is not known yet" in text


def not_evaluated(*entries: NotEvaluated) -> list[str]:
    """The lines about what could not be evaluated, as one line each."""
    text = as_text(verdict(Reported(not_evaluated=entries)))
    _, _, section = text.partition("Not evaluated")
    lines = section.partition("\n\n")[0].replace("\n    ", " ").splitlines()
    return [line.strip() for line in lines[1:]]


def unseen(rule: str, name: str, message: str) -> NotEvaluated:
    return replace(UNSEEN, rule=rule, urn=urn(QUEUE, name), problem=message)


def test_rules_that_miss_the_same_are_one_line() -> None:
    message = "`policy` is not known yet"
    entries = [unseen(f"rule-{i}", name, message) for i in range(5) for name in ("jobs", "dead")]
    [line] = not_evaluated(*entries)
    assert line == (
        "5 rules could not be evaluated (rule-0, rule-1, rule-2 and 2 more): `policy` of jobs, "
        "dead is not known yet"
    )


def test_rules_that_miss_something_else_or_elsewhere_have_lines_of_their_own() -> None:
    entries = [
        unseen("rule-a", "jobs", "`policy` is not known yet"),
        unseen("rule-b", "jobs", "`policy` is not valid JSON"),
        unseen("rule-c", "dead", "`policy` is not known yet"),
    ]
    assert not_evaluated(*entries) == [
        "rule-a: `policy` of jobs is not known yet",
        "rule-b: `policy` is not valid JSON: jobs",
        "rule-c: `policy` of dead is not known yet",
    ]


def test_what_is_said_of_the_whole_stack_names_no_resource() -> None:
    entry = replace(UNSEEN, urn=STACK.urn, problem="`cost` is not known of 2 resources: web, db")
    assert not_evaluated(entry) == [
        "sqs-redrive-target: `cost` is not known of 2 resources: web, db"
    ]


def test_a_hundred_resources_take_a_line_for_each_module() -> None:
    many = [resource(QUEUE, f"q{i}", line=i + 1, parent=ORDERS.urn) for i in range(100)]
    text = as_text(verdict(Reported(), deployment(resources=(STACK, ORDERS, *many))))
    assert "  orders  101  Queue 100" in text
    assert len(text.splitlines()) < 12


@pytest.mark.parametrize(
    ("variable", "coloured"),
    [
        pytest.param(None, False, id="no-terminal"),
        pytest.param("FORCE_COLOR", True, id="forced"),
    ],
)
def test_colours_appear_only_where_they_are_wanted(
    monkeypatch: pytest.MonkeyPatch, *, variable: str | None, coloured: bool
) -> None:
    if variable:
        monkeypatch.setenv(variable, "1")
    assert ("\x1b[" in as_text(verdict())) is coloured


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def test_no_color_is_honoured_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    plain = Terminal()
    terminal.write(verdict(), plain)
    monkeypatch.delenv("NO_COLOR")
    coloured = Terminal()
    terminal.write(verdict(), coloured)
    red = "\x1b[1;31m"
    assert red in coloured.getvalue()
    assert red not in plain.getvalue()


def test_nothing_in_a_verdict_can_steer_the_terminal() -> None:
    odd = "\x1b[2J\u202e\x9b\r"
    name = urn(QUEUE, f"a\n{odd}")
    found = replace(
        UNTAGGED,
        rule=f"r{odd}",
        urn=name,
        part=odd,
        places=(SourcePosition(file=odd, line=1),),
        problem=f"m\n{odd}",
        wanted=odd,
        fix=odd,
    )
    unseen = replace(UNSEEN, urn=name, problem=odd)
    changed = replace(PROPOSED, urn=name, after=struct({odd: odd}))
    reported = Reported(findings=(found,), not_evaluated=(unseen,), remediations=(changed,))
    run = deployment(notes=(Note(text=odd),), resources=(resource(f"t:t:T{odd}", odd, line=1),))
    for show_fixes in (True, False):
        shown = as_text(verdict(reported, run), show_fixes=show_fixes)
        assert not [sign for sign in shown if escaped(sign) != sign]
        assert "a\\n\\x1b[2J\\u202e\\x9b\\x0d" in shown


@pytest.mark.parametrize("name", ["a\nb", "a\n\n  FAILED\n", "a\tb"], ids=["one", "more", "tab"])
def test_a_name_adds_no_lines_to_a_message_that_repeats_it(name: str) -> None:
    printed = name.replace("\n", "\\n").replace("\t", "\\t")
    about = urn(QUEUE, name)
    found = replace(UNTAGGED, urn=about, problem=f"{name}: no tags\nof {name} here")
    other = replace(TOO_MANY, problem=f"as many as {name}", wanted=None)
    unseen = replace(UNSEEN, urn=about, problem="not known")
    run = deployment(notes=(Note(text=f"see {name}."),))
    shown = as_text(verdict(Reported(findings=(found, other), not_evaluated=(unseen,)), run))
    assert name not in shown
    assert f"    no tags\n    of {printed} here\n" in shown
    assert f"as many as {printed}\n" in shown
    assert f"see {printed}.\n" in shown
    assert f"not known: {printed}\n" in shown


@pytest.mark.parametrize(
    ("applied", "told"),
    [
        pytest.param(True, "WARNING: THIS FIX LOSES THE MARK OF A SECRET: a.b: jobs", id="applied"),
        pytest.param(False, None, id="proposed"),
    ],
)
def test_a_fix_that_loses_the_mark_of_a_secret_is_warned_of(
    *, applied: bool, told: str | None
) -> None:
    changed = replace(
        PROPOSED,
        before=struct({"a": {"b": {**SECRET, "value": "hunter2"}}}),
        after=struct({"a": {"b": "hunter2"}}),
        applied=applied,
    )
    found = verdict(Reported(remediations=(changed,)))
    with_fixes = as_text(found, show_fixes=True)
    assert "  WARNING: THIS FIX LOSES THE MARK OF A SECRET: a.b\n" in with_fixes
    without_fixes = as_text(found)
    assert (told in without_fixes) if told else "THE MARK" not in without_fixes
    assert "hunter2" not in with_fixes + without_fixes


def test_a_text_without_an_end_is_cut() -> None:
    shown = as_text(verdict(Reported(findings=(replace(UNTAGGED, problem="z\n" * 3_000),))))
    assert "... (2,000 more characters; --format json has them)" in shown
