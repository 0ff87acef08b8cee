"""Exceptions of a config file of version 2, as the engine takes them.

What each file says was asked of the engine itself: of `LoadPolicyPackConfigFile`, `Match` and
`UnknownPolicyWarnings` in pkg/resource/analyzer of 3.276.0, called by a Go program.
"""

import json
from pathlib import Path

import pytest
from pulumi.runtime.proto.analyzer_pb2 import AnalyzeRequest

from pulumi_preflight.errors import PackError
from pulumi_preflight.findings import Level, PolicyException, Reported
from pulumi_preflight.packs import PackChoice, Packs
from pulumi_preflight.packs.answers import excused
from pulumi_preflight.packs.config_files import ConfigFile, read_config
from pulumi_preflight.packs.exceptions import FileException, Match, unknown_rules, unmet_targets
from tests.preflight.builders import (
    CONTEXT,
    QUEUE,
    SERVICE,
    resource_request,
    stack_request,
    urn,
)
from tests.preflight.samples import UNSEEN, WAIVED, finding

JOBS = urn(QUEUE, "jobs")
IN_PRODUCTION = JOBS.replace(":dev::", ":prod::")


def exception(**changes: object) -> dict[str, object]:
    return {"reason": "r", "match": [{"policies": ["p"], "targets": [JOBS]}], **changes}


def matching(*entries: object) -> dict[str, object]:
    return {"exceptions": {"a": exception(match=list(entries))}}


def read(folder: Path, content: object, *, version: bool = True) -> ConfigFile:
    path = folder / "config.json"
    if isinstance(content, dict) and version:
        content = {"version": 2, **content}
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    return read_config(path)


def matched(file: ConfigFile, rule: str, about: str) -> list[tuple[str, str]]:
    """The exceptions that excuse a violation, in order."""
    violation = finding(rule, about)
    return [
        (each.id, each.reason)
        for each in file.exceptions
        if each.excuses(violation.rule, violation.urn)
    ]


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        pytest.param('{"version": 1}', '"version" is 1; it must be 2', id="version-before"),
        pytest.param('{"version": 0}', '"version" is 0; it must be 2', id="version-zero"),
        pytest.param('{"version": 3}', '"version" is 3; it must be 2', id="version-to-come"),
        pytest.param('{"version": 2.5}', '"version" is 2.5; it must be 2', id="version-between"),
        pytest.param('{"version": true}', "'version' is True", id="a-flag-is-no-version"),
        pytest.param('{"version": null}', "'version' is None", id="null-is-no-version"),
        pytest.param('{"Version": 2}', "'Version' is 2", id="version-in-capitals"),
        pytest.param({"policies": []}, '"policies" must be an object', id="policies-a-list"),
        pytest.param({"policies": {"p": None}}, "'p' is None", id="policy-null"),
        pytest.param({"policies": {"p": "loud"}}, "'loud' is not an enforcement", id="level"),
        pytest.param(
            {"policies": {"environments": ["a"]}}, "'environments' is ['a']", id="a-rules-name"
        ),
        pytest.param({"environments": "a"}, '"environments" must be', id="environments"),
        pytest.param({"exceptions": []}, '"exceptions" must be an object that', id="list"),
        pytest.param({"exceptions": "x"}, '"exceptions" must be an object that', id="text"),
        pytest.param({"exceptions": {"a": None}}, "must be an object", id="exception-null"),
        pytest.param({"exceptions": {"a": "x"}}, "must be an object", id="exception-text"),
        *(
            pytest.param(
                {"exceptions": {name: exception()}},
                f"policy exception {json.dumps(name, ensure_ascii=False)}: the ID must be "
                "non-empty and contain only letters, digits, '-', '.' and '_'",
                id=f"id-{name!r}",
            )
            for name in ("a b", "", "a\n", "ä", "a/b", 'a"b')
        ),
        *(
            pytest.param(
                {"exceptions": {"a": exception(reason=reason)}},
                'policy exception "a": "reason" is required',
                id=f"reason-{reason!r}",
            )
            for reason in ("", " \t ", "\xa0\u3000", "\x85", None)
        ),
        pytest.param(
            {"exceptions": {"a": {"match": []}}}, '"reason" is required', id="no-reason-first"
        ),
        pytest.param(
            {"exceptions": {"a": exception(reason=3)}}, '"reason" must be text', id="reason-3"
        ),
        *(
            pytest.param(
                {"exceptions": {"a": entry}},
                'policy exception "a": "match" must list at least one {"policies", "targets"} '
                "entry",
                id=name,
            )
            for name, entry in {
                "no-match": {"reason": "r"},
                "match-null": exception(match=None),
                "match-empty": exception(match=[]),
            }.items()
        ),
        pytest.param(
            {"exceptions": {"a": exception(match={})}},
            'policy exception "a": "match" must be a list of {"policies", "targets"} entries',
            id="match-an-object",
        ),
        pytest.param(matching("p"), '"a": match[0]: must be an object', id="entry-text"),
        pytest.param(matching(None), '"a": match[0]: must be an object', id="entry-null"),
        *(
            pytest.param(
                matching(entry),
                'policy exception "a": match[0]: "policies" must list at least one policy',
                id=name,
            )
            for name, entry in {
                "no-policies": {"targets": [JOBS]},
                "policies-null": {"policies": None, "targets": [JOBS]},
                "policies-empty": {"policies": [], "targets": [JOBS]},
            }.items()
        ),
        pytest.param(
            matching({"policies": "p", "targets": [JOBS]}),
            'match[0]: "policies" must be a list of texts',
            id="policies-text",
        ),
        pytest.param(
            matching({"policies": [1], "targets": [JOBS]}),
            'match[0]: "policies" must be a list of texts',
            id="policy-a-number",
        ),
        *(
            pytest.param(
                matching({"policies": [name], "targets": [JOBS]}),
                'policy exception "a": match[0]: "policies" can\'t contain an empty name',
                id=f"policy-{name!r}",
            )
            for name in ("", None)
        ),
        pytest.param(
            matching({"policies": ["p", "all"], "targets": [JOBS]}),
            'policy exception "a": match[0]: "policies" must name policies; "all" isn\'t allowed',
            id="all",
        ),
        *(
            pytest.param(
                matching(entry),
                'policy exception "a": match[0]: "targets" must list at least one URN',
                id=name,
            )
            for name, entry in {
                "no-targets": {"policies": ["p"]},
                "targets-empty": {"policies": ["p"], "targets": []},
            }.items()
        ),
        pytest.param(
            matching({"policies": ["p"], "targets": JOBS}),
            'match[0]: "targets" must be a list of texts',
            id="targets-text",
        ),
        *(
            pytest.param(
                matching({"policies": ["p"], "targets": [target]}),
                f'policy exception "a": match[0]: target {json.dumps(target)} is not a valid URN: '
                f"invalid URN {json.dumps(target)}",
                id=f"target-{target!r}",
            )
            for target in ("jobs", "urn:pulumi:a::b::c", 'jo"b\n')
        ),
        *(
            pytest.param(
                matching({"policies": ["p"], "targets": [target]}),
                'match[0]: target "" is not a valid URN: missing required URN',
                id=f"target-{target!r}",
            )
            for target in ("", None)
        ),
        pytest.param(
            matching({"policies": ["p"], "targets": [JOBS]}, {"policies": ["p"]}),
            'policy exception "a": match[1]: "targets" must list at least one URN',
            id="a-later-entry",
        ),
        pytest.param(
            {"exceptions": {"E-10": {"reason": "r"}, "E-9": {}, "b c": {}, "ok": exception()}},
            'policy exception "E-9": "reason" is required; '
            'policy exception "E-10": "match" must list at least one {"policies", "targets"} '
            'entry; policy exception "b c": the ID must be non-empty',
            id="several-in-order",
        ),
        # From here on preflight alone refuses, where the engine picks one or passes over it.
        pytest.param(
            '{"version": 2, "policies": {}, "Policies": {}}',
            '"policies" and "Policies" are one key; keep one of them',
            id="two-spellings",
        ),
        pytest.param({"extends": "few"}, '"extends" stands beside "policies"', id="extends"),
    ],
)
def test_a_file_that_the_engine_refuses_is_refused(
    tmp_path: Path, content: object, complaint: str
) -> None:
    with pytest.raises(PackError) as raised:
        read(tmp_path, content)
    assert f"policy pack config {tmp_path}/config.json: " in str(raised.value)
    assert complaint in str(raised.value)


@pytest.mark.parametrize(
    "content",
    [
        pytest.param({}, id="version-alone"),
        pytest.param('{"version": 2.0}', id="version-2.0"),
        pytest.param('{"version": 2e0}', id="version-2e0"),
        pytest.param({"policies": None, "environments": None, "exceptions": None}, id="nulls"),
        pytest.param({"policies": {"e": {}}, "exceptions": {}}, id="empty"),
    ],
)
def test_a_file_of_version_2_may_say_nothing(tmp_path: Path, content: object) -> None:
    file = read(tmp_path, content)
    assert (file.sets_anything, file.environments, file.exceptions) == (False, (), ())


def test_a_level_makes_version_a_rules_name(tmp_path: Path) -> None:
    content = {"version": "advisory", "exceptions": {"a": 1}, "policies": "mandatory"}
    file = read(tmp_path, content, version=False)
    [rules] = file.layers
    assert {name: rule.level for name, rule in rules.items()} == {
        "version": "advisory",
        "exceptions": None,
        "policies": "mandatory",
    }
    assert file.exceptions == ()


@pytest.mark.parametrize(
    "content",
    [
        pytest.param({"exceptions": {"a": exception()}}, id="plain"),
        pytest.param({"EXCEPTIONS": {"a": exception()}}, id="key-in-capitals"),
        pytest.param({"exception\u017f": {"a": exception()}}, id="key-with-a-long-s"),
        pytest.param(
            {
                "exceptions": {
                    "a": {"Reason": "r", "MATCH": [{"Policies": ["p"], "TARGETS": [JOBS]}]}
                }
            },
            id="inner-keys-in-capitals",
        ),
        pytest.param(
            {"exceptions": {"a": exception(expires="2020-01-01", owner=3)}}, id="more-keys"
        ),
    ],
)
def test_an_exception_excuses_one_rule_on_one_resource(tmp_path: Path, content: object) -> None:
    file = read(tmp_path, content)
    assert matched(file, "p", JOBS) == [("a", "r")]
    others = (
        ("q", JOBS),
        ("P", JOBS),
        ("all", JOBS),
        ("p", IN_PRODUCTION),
        ("p", f"{JOBS} "),
        ("p", ""),
    )
    assert [matched(file, *other) for other in others] == [[]] * len(others)


def test_rule_and_resource_must_stand_in_one_entry(tmp_path: Path) -> None:
    content = matching(
        {"policies": ["p", "q"], "targets": [JOBS]},
        {"policies": ["p"], "targets": [IN_PRODUCTION, CONTEXT.root_urn]},
    )
    file = read(tmp_path, content)
    told = {
        (rule, about): bool(matched(file, rule, about))
        for rule in ("p", "q")
        for about in (JOBS, IN_PRODUCTION, CONTEXT.root_urn)
    }
    assert told == {
        ("p", JOBS): True,
        ("p", IN_PRODUCTION): True,
        ("p", CONTEXT.root_urn): True,
        ("q", JOBS): True,
        ("q", IN_PRODUCTION): False,
        ("q", CONTEXT.root_urn): False,
    }


@pytest.mark.parametrize(
    "target",
    [
        pytest.param("urn:pulumi:*::*::*::*", id="a-glob-is-a-name"),
        pytest.param("urn:pulumi:::::::", id="empty-parts"),
        pytest.param(f"{JOBS} ", id="a-space-behind"),
    ],
)
def test_a_target_is_compared_exactly(tmp_path: Path, target: str) -> None:
    file = read(tmp_path, matching({"policies": ["p"], "targets": [target]}))
    assert matched(file, "p", JOBS) == []
    assert matched(file, "p", target) == [("a", "r")]


@pytest.mark.parametrize("reason", ["  r ", "\u200b", "\x1c", "\ufeff", "\u180e"])
def test_a_reason_is_taken_as_it_stands(tmp_path: Path, reason: str) -> None:
    file = read(tmp_path, {"exceptions": {"a": exception(reason=reason)}})
    assert matched(file, "p", JOBS) == [("a", reason)]


IN_ORDER = (
    *("-", ".", "0", "00", "09", "9", "9.1", "9.10", "9a", "10", "99999999999999999999999"),
    *("100000000000000000000000", "EXC", "EXC-", "EXC-2", "EXC-02a", "EXC-2a", "EXC-2b"),
    *("EXC-007", "EXC-07", "EXC-7", "EXC-9", "EXC-10", "EXC-100", "_", "a01b1", "a1b2", "a1b10"),
    "exc-1",
)


@pytest.mark.parametrize("written", [IN_ORDER, IN_ORDER[::-1]], ids=["in-order", "backwards"])
def test_exceptions_are_told_in_the_natural_order_of_their_ids(
    tmp_path: Path, written: tuple[str, ...]
) -> None:
    file = read(tmp_path, {"exceptions": {name: exception(reason=name) for name in written}})
    assert matched(file, "p", JOBS) == [(name, name) for name in IN_ORDER]


def test_rules_that_the_pack_does_not_have_are_warned_of_in_the_engines_words(
    tmp_path: Path,
) -> None:
    entries = [
        {"policies": ["gone", "p"], "targets": [JOBS]},
        {"policies": ["gone", "lost"], "targets": [JOBS]},
    ]
    nine = exception(match=[{"policies": ["lost"], "targets": [JOBS]}])
    file = read(tmp_path, {"exceptions": {"EXC-10": exception(match=entries), "EXC-9": nine}})
    assert list(unknown_rules(file.exceptions, "demo", ["p", "q"])) == [
        f'policy exception "{name}" for policy pack "demo" names policy "{rule}", '
        "which isn't in the pack"
        for name, rule in (("EXC-9", "lost"), ("EXC-10", "gone"), ("EXC-10", "lost"))
    ]


def test_a_warning_of_a_rule_gives_the_nearest_name(tmp_path: Path) -> None:
    file = read(tmp_path, {"exceptions": {"a": exception()}})
    [warning] = unknown_rules(file.exceptions, "demo", ["pp", "sized"])
    assert warning.endswith("which isn't in the pack; did you mean 'pp'?")


ELSEWHERE = "urn:pulumi:dev::other::aws:sqs/queue:Queue::jobs"
GONE = urn(QUEUE, "job")
BELOW = JOBS.replace(QUEUE, f"acme:index:Jobs${QUEUE}")
UNLIKE = JOBS.replace(QUEUE, "x").replace("jobs", "y")


@pytest.mark.parametrize(
    ("target", "told"),
    [
        pytest.param(JOBS, None, id="made"),
        pytest.param(CONTEXT.root_urn, None, id="the-stack"),
        pytest.param(IN_PRODUCTION, None, id="of-another-stack"),
        pytest.param(ELSEWHERE, None, id="of-another-project"),
        pytest.param(GONE, f"; did you mean {JOBS}?", id="of-another-name"),
        pytest.param(BELOW, f"; did you mean {JOBS}?", id="below-another-parent"),
        pytest.param(UNLIKE, "", id="like-no-other"),
    ],
)
def test_a_target_that_this_stack_does_not_make_is_told(target: str, told: str | None) -> None:
    notes = unmet_targets(excusing("p", target, a="r"), CONTEXT.root_urn, {JOBS})
    excuses = f'policy exception "a" excuses nothing on {target}: this stack makes no such resource'
    assert list(notes) == ([] if told is None else [f"{excuses}{told}"])


def excusing(rule: str, about: str, **reasons: str) -> tuple[FileException, ...]:
    """Exceptions of a rule on a resource: id to reason."""
    match = Match(rules=(rule,), targets=(about,))
    return tuple(
        FileException(id=name, reason=reason, matches=(match,)) for name, reason in reasons.items()
    )


@pytest.mark.parametrize("level", list(Level))
def test_an_excused_violation_is_waived_at_its_level_and_without_an_end(level: Level) -> None:
    found = finding("p", JOBS, level=level, severity="high", part="x", fix="Do it.")
    other = finding("p", urn(SERVICE, "web"))
    told = excused(
        Reported(findings=(found, other), waived=(WAIVED,)), excusing("p", JOBS, a="one", b="two")
    )
    assert told.findings == (other,)
    kept, waived = told.waived
    assert kept == WAIVED
    assert (waived.level, waived.severity, waived.id, waived.fix) == (
        level,
        "high",
        "p[x]",
        "Do it.",
    )
    assert (waived.reason, waived.owner, waived.expires) == ("one; two", None, None)
    assert waived.exceptions == (
        PolicyException(id="a", reason="one"),
        PolicyException(id="b", reason="two"),
    )


def test_two_violations_of_one_rule_on_one_resource_are_both_excused() -> None:
    twice = Reported(findings=(finding("p", JOBS), finding("p", JOBS)))
    told = excused(twice, excusing("p", JOBS, a="r"))
    assert (len(told.findings), len(told.waived)) == (0, 2)


def test_what_could_not_be_evaluated_stays_so() -> None:
    unseen = Reported(not_evaluated=(UNSEEN,))
    assert excused(unseen, excusing(UNSEEN.rule, UNSEEN.urn, a="r")) == unseen


def test_keys_that_nobody_reads_are_noted(tmp_path: Path) -> None:
    exceptions = {
        "b": exception(expires="2027-03-31"),
        "a": exception(expires="2027-01-01"),
        "c": exception(),
    }
    file = read(tmp_path, {"exceptions": exceptions, "sized": "advisory", "exception": {}})
    where = f"policy pack config {tmp_path}/config.json"
    rules, ends = file.notes
    assert rules == (
        f'{where}: not read in a file of version 2, which has rules in "policies": "sized", '
        '"exception"'
    )
    assert ends == (
        f'{where}: the engine reads no "expires", and the exceptions hold after that day: '
        "a (2027-01-01), b (2027-03-31)"
    )


def test_a_file_of_version_2_extends_and_is_extended(tmp_path: Path) -> None:
    """Of exceptions with one id, that of the file that extends the other counts."""
    base = {
        "version": 2,
        "policies": {"sized": {"max": 1}, "plain": "mandatory"},
        "environments": ["team/base"],
        "exceptions": {"EXC-2": exception(reason="base"), "EXC-10": exception(reason="base")},
    }
    (tmp_path / "base.json").write_text(json.dumps(base))
    changes = {
        "policies": {"extends": "base.json", "plain": "advisory"},
        "exceptions": {"EXC-10": exception(reason="own"), "EXC-9": exception(reason="own")},
    }
    file = read(tmp_path, changes)
    assert [dict(layer).keys() for layer in file.layers] == [{"sized", "plain"}, {"plain"}]
    assert file.environments == ("team/base",)
    assert matched(file, "p", JOBS) == [("EXC-2", "base"), ("EXC-9", "own"), ("EXC-10", "own")]


def test_a_file_of_rules_alone_extends_one_of_version_2(tmp_path: Path) -> None:
    (tmp_path / "base.json").write_text(
        json.dumps({"version": 2, "exceptions": {"a": exception()}})
    )
    file = read(tmp_path, {"extends": "base.json", "plain": "advisory"}, version=False)
    assert matched(file, "p", JOBS) == [("a", "r")]


DEMO = Path(__file__).parent / "packs" / "demo"
REDRIVEN = {"redrivePolicy": "{}"}


def judged(folder: Path, config: object, *requests: AnalyzeRequest) -> tuple[Reported, list[str]]:
    """What the demo pack says under a config file, and the notes."""
    path = folder / "config.json"
    path.write_text(json.dumps(config))
    with Packs([PackChoice(directory=DEMO, config=path)], CONTEXT) as packs:
        for request in requests:
            packs.check(request)
        packs.analyze_stack(stack_request(*requests))
    return packs.reported, packs.notes


def test_exceptions_excuse_rules_of_resources_and_of_the_stack(tmp_path: Path) -> None:
    """The stack's rule speaks of the stack and of each resource: an exception takes one of them."""
    excuses = {
        "queues": exception(match=[{"policies": ["queue-is-fifo"], "targets": [JOBS]}]),
        "stack": exception(match=[{"policies": ["stack-is-known"], "targets": [CONTEXT.root_urn]}]),
        "gone": exception(match=[{"policies": ["queue-is-fifi"], "targets": [JOBS]}]),
    }
    dead = urn(QUEUE, "dead")
    reported, notes = judged(
        tmp_path,
        {"version": 2, "policies": {"stack-is-known": "mandatory"}, "exceptions": excuses},
        resource_request(QUEUE, "jobs", REDRIVEN),
        resource_request(QUEUE, "dead", REDRIVEN),
    )
    by_exception = [
        (each.rule, each.urn, each.level, each.exceptions[0].id)
        for each in reported.waived
        if each.exceptions
    ]
    assert sorted(by_exception) == [
        ("queue-is-fifo", JOBS, Level.MANDATORY, "queues"),
        ("stack-is-known", CONTEXT.root_urn, Level.MANDATORY, "stack"),
    ]
    mandatory = {
        (each.rule, each.urn) for each in reported.findings if each.level is Level.MANDATORY
    }
    assert mandatory == {
        ("queue-is-fifo", dead),
        ("stack-is-known", JOBS),
        ("stack-is-known", dead),
    }
    [note] = notes
    assert note == (
        'policy exception "gone" for policy pack "demo" names policy "queue-is-fifi", which '
        "isn't in the pack; did you mean 'queue-is-fifo'?"
    )


def test_exceptions_of_one_packs_file_leave_the_other_pack_alone(tmp_path: Path) -> None:
    path = tmp_path / "config.json"
    excuses = exception(match=[{"policies": ["queue-is-fifo"], "targets": [JOBS]}])
    path.write_text(json.dumps({"version": 2, "exceptions": {"a": excuses}}))
    jobs = resource_request(QUEUE, "jobs", REDRIVEN)
    choices = [PackChoice(directory=DEMO, config=path), PackChoice(directory=DEMO)]
    with Packs(choices, CONTEXT) as packs:
        packs.check(jobs)
        packs.analyze_stack(stack_request(jobs))
    said = [each for each in packs.reported.findings if each.rule == "queue-is-fifo"]
    waived = [each for each in packs.reported.waived if each.rule == "queue-is-fifo"]
    assert (len(said), len(waived)) == (1, 1)


def test_a_target_that_two_packs_are_told_of_is_noted_once(tmp_path: Path) -> None:
    path = tmp_path / "config.json"
    excuses = exception(match=[{"policies": ["queue-is-fifo"], "targets": [GONE]}])
    path.write_text(json.dumps({"version": 2, "exceptions": {"a": excuses}}))
    jobs = resource_request(QUEUE, "jobs", REDRIVEN)
    with Packs([PackChoice(directory=DEMO, config=path)] * 2, CONTEXT) as packs:
        packs.check(jobs)
        packs.analyze_stack(stack_request(jobs))
    [note] = packs.notes
    assert note.startswith(f'policy exception "a" excuses nothing on {GONE}: ')
