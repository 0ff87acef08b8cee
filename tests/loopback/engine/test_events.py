"""The engine's events as values, and as the user sees them."""

import json
from pathlib import Path
from typing import Any

import pytest

from pulumi_loopback.engine.display import BEGUN, Display, Message, Step, Summary, parse
from pulumi_preflight.findings import Finding, Level
from pulumi_preflight.runtimes import hosts

URN = "urn:pulumi:local::shop::aws:sqs/queue:Queue::orders"


def event(key: str, content: dict[str, Any]) -> str:
    return json.dumps({"sequence": 1, "timestamp": 100, key: content})


def step(key: str, operation: str, **metadata: object) -> str:
    return event(key, {"metadata": {"urn": URN, "op": operation, **metadata}})


def policy(message: str, level: str = "mandatory", **more: object) -> str:
    return event(
        "policyEvent",
        {
            **more,
            "resourceUrn": URN,
            "message": message,
            "policyName": "fifo",
            "policyPackName": "p",
            "enforcementLevel": level,
        },
    )


def test_a_step_names_the_properties_that_make_it_necessary() -> None:
    parsed = parse(step("resourcePreEvent", "update", diffs=["tags", "name"]))
    assert parsed == Step(
        urn=URN, operation="update", properties=("tags", "name"), state=BEGUN, at=100
    )


def test_a_finding_is_taken_apart_into_message_fix_and_page() -> None:
    parsed = parse(policy("The rule.\nit is bad. Fix: Mend it. https://example.com/a\n"))
    assert parsed == Finding(
        rule="fifo",
        pack="p",
        level=Level.MANDATORY,
        severity=None,
        urn=URN,
        problem="it is bad.",
        is_prose=True,
        fix="Mend it.",
        url="https://example.com/a",
    )


@pytest.mark.parametrize(
    "content", [{"severity": "debug"}, {"severity": "info", "ephemeral": True}]
)
def test_what_is_meant_for_developers_is_no_message(content: dict[str, Any]) -> None:
    assert parse(event("diagnosticEvent", {"message": "x", **content})) is None


def test_the_end_tells_counts_and_whether_all_was_done() -> None:
    ended = {"resourceChanges": {"create": 2}, "durationSeconds": 3, "result": "failed"}
    expected = Summary(changes={"create": 2}, finished=False, seconds=3)
    assert parse(event("summaryEvent", ended)) == expected


@pytest.mark.parametrize("line", ["error: no such thing\n", "7\n", '{"a": 1}\n'])
def test_what_is_no_event_is_given_back(line: str) -> None:
    assert parse(line) == line


def test_an_error_is_a_message_about_its_resource() -> None:
    told = {"message": "no\n", "severity": "error", "urn": URN}
    assert parse(event("diagnosticEvent", told)) == Message(urn=URN, severity="error", text="no")


def shown(capsys: pytest.CaptureFixture[str], *lines: str) -> list[str]:
    display = Display({URN: "stack/queues.py:7"}, settles="nox -s state:repair")
    for line in lines:
        display.follow(line)
    display.end()
    return [line.rstrip() for line in capsys.readouterr().out.splitlines() if line.strip()]


def test_a_change_is_shown_once_and_an_unchanged_resource_not(
    capsys: pytest.CaptureFixture[str],
) -> None:
    lines = [step("resourcePreEvent", each) for each in ("same", "create")]
    done = step("resOutputsEvent", "create")
    assert shown(capsys, *lines, done) == ["  +  orders  aws:sqs/queue:Queue"]


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        pytest.param((), "the program and the packs run", id="nothing-begun"),
        pytest.param((step("resourcePreEvent", "create"),), "create orders", id="one-begun"),
        pytest.param(
            (step("resourcePreEvent", "same"),), "the program and the packs run", id="no-change"
        ),
        pytest.param(
            (step("resourcePreEvent", "create"), step("resOutputsEvent", "create")),
            "the program and the packs run",
            id="ended",
        ),
        pytest.param(
            (step("resourcePreEvent", "create"), step("resOpFailedEvent", "create")),
            "the program and the packs run",
            id="failed",
        ),
        pytest.param(
            (
                step("resourcePreEvent", "create").replace(
                    URN, "urn:pulumi:local::shop::pulumi:pulumi:Stack::shop-local"
                ),
            ),
            "the program and the packs run",
            id="the-stack-itself",
        ),
        pytest.param(
            tuple(step("resourcePreEvent", "create").replace("orders", name) for name in "abcde"),
            "create a, create b, create c and 2 more",
            id="many",
        ),
    ],
)
def test_what_the_engine_has_begun_and_not_ended_is_waited_for(
    capsys: pytest.CaptureFixture[str], lines: tuple[str, ...], told: str
) -> None:
    display = Display({}, settles="")
    for line in lines:
        display.follow(line)
    assert display.waits_for() == f"waits for the engine: {told}"
    capsys.readouterr()


def test_a_long_line_stays_one(capsys: pytest.CaptureFixture[str]) -> None:
    name = "x" * 120
    begun = json.loads(step("resourcePreEvent", "create"))
    begun["resourcePreEvent"]["metadata"]["urn"] = URN.replace("orders", name)
    assert shown(capsys, json.dumps(begun)) == [f"  +  {name}  aws:sqs/queue:Queue"]


def test_a_slow_step_is_told_when_it_has_ended(capsys: pytest.CaptureFixture[str]) -> None:
    ended = json.loads(step("resOutputsEvent", "create")) | {"timestamp": 165}
    output = shown(capsys, step("resourcePreEvent", "create"), json.dumps(ended))
    assert output[-1] == "  +  orders  aws:sqs/queue:Queue  (done after 65 s)"


def test_a_refresh_shows_what_is_not_as_the_state_has_it(
    capsys: pytest.CaptureFixture[str],
) -> None:
    begun = step("resourcePreEvent", "refresh")
    output = shown(capsys, begun, step("resOutputsEvent", "delete"))
    assert output == ["  -  orders  aws:sqs/queue:Queue  (is gone)"]


def test_an_error_is_shown_once(capsys: pytest.CaptureFixture[str]) -> None:
    told = event("diagnosticEvent", {"message": "no\n", "severity": "error", "urn": URN})
    failed = event("diagnosticEvent", {"message": "update failed\n", "severity": "error"})
    assert shown(capsys, told, told, failed) == ["error: orders: no"]


@pytest.mark.parametrize(
    ("host", "is_shown"),
    [
        pytest.param(hosts.folder() / "yaml-0" / "pulumi-language-yaml", False, id="built-here"),
        pytest.param(Path("/usr/bin/pulumi-language-yaml"), True, id="the-users-own"),
    ],
)
@pytest.mark.parametrize("expected", ["", " expected /opt/pulumi/pulumi-language-yaml"])
def test_a_host_that_is_on_path_on_purpose_is_not_warned_of(
    capsys: pytest.CaptureFixture[str], host: Path, expected: str, *, is_shown: bool
) -> None:
    text = f"using pulumi-language-yaml from $PATH at {host}{expected}"
    told = event("diagnosticEvent", {"message": f"{text}\n", "severity": "warning"})
    output = " ".join(shown(capsys, f"warning: {text}\n", told))
    assert output.count("using pulumi-language-yaml") == (2 if is_shown else 0)


def test_what_was_never_finished_is_told_in_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    message = (
        "Attempting to deploy or update resources with 1 pending operations from previous "
        f"deployment.\n  * {URN}, interrupted while creating\nThese resources are ...\n"
    )
    output = shown(capsys, event("diagnosticEvent", {"message": message, "severity": "warning"}))
    told = "begun and never finished: creating orders; `nox -s state:repair` settles them"
    assert output == [f"warning: {told}"]


def test_what_exceptions_excuse_stops_nothing_and_is_told_with_ids_and_reasons(
    capsys: pytest.CaptureFixture[str],
) -> None:
    exceptions = [{"id": "EXC-9", "reason": "public"}, {"id": "EXC-10", "reason": "soon gone"}]
    display = Display({}, settles="")
    display.follow(policy("The rule.\norders: it is bad.", exceptions=exceptions))
    display.follow(policy("The rule.\norders: it is worse.", exceptions=None, level="advisory"))
    display.end()
    assert [each.problem for each in display.findings] == ["orders: it is worse."]
    assert capsys.readouterr().out.startswith(
        "\nWaived: 1\n"
        "  fifo: orders, without an end: exception EXC-9: public; exception EXC-10: soon gone\n"
        "\nAdvisory: 1 finding\n"
    )


def test_a_finding_stands_with_its_place(capsys: pytest.CaptureFixture[str]) -> None:
    output = shown(capsys, policy("The rule.\norders: it is bad. Fix: Mend it."))
    assert output == [
        "Mandatory: 1 finding",
        "  fifo",
        "    stack/queues.py:7  orders",
        "    it is bad.",
        "    Fix: Mend it.",
    ]


def test_what_cannot_be_judged_yet_is_counted(capsys: pytest.CaptureFixture[str]) -> None:
    output = shown(capsys, policy("The rule.\nnot evaluated: `a` is not known yet", "advisory"))
    assert output == ["Not known before the deployment, and so judged by preflight: 1"]


UNSAVED = (
    "pre-step event returned an error: failed to save snapshot: An IO error occurred while writing "
    'the new snapshot file: blob (key "local.json") (code=Unknown): write /shop/local.json.tmp: '
)
HINT = "hint: make room now: the engine tries to save each step for half a minute"


@pytest.mark.parametrize(
    "why", ["no space left on device", "read-only file system", "disk quota exceeded"]
)
def test_an_engine_that_has_no_room_to_save_asks_for_it_once(
    why: str, capsys: pytest.CaptureFixture[str]
) -> None:
    names = ("orders", "jobs")
    lines = [
        event(
            "diagnosticEvent",
            {
                "message": f"{UNSAVED}{why}\n",
                "severity": "error",
                "urn": URN.replace("orders", name),
            },
        )
        for name in names
    ]
    first, second = (f"error: {name}: {UNSAVED}{why}" for name in names)
    assert shown(capsys, *lines) == [first, HINT, second]


@pytest.mark.parametrize(
    ("message", "severity"),
    [
        pytest.param(f"{UNSAVED}connection reset", "error", id="another-reason"),
        pytest.param("copy failed: no space left on device", "error", id="a-provider's"),
        pytest.param(f"{UNSAVED}no space left on device", "warning", id="no-error"),
    ],
)
def test_no_other_message_asks_for_room(
    message: str, severity: str, capsys: pytest.CaptureFixture[str]
) -> None:
    told = {"message": message, "severity": severity, "urn": URN}
    assert shown(capsys, event("diagnosticEvent", told)) == [f"{severity}: orders: {message}"]
