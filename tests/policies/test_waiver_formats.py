"""Waivers become exceptions of the engine, and waivers again."""

import datetime as dt
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from aws_policy_pack.cli import main
from aws_policy_pack.config import ConfigError
from aws_policy_pack.profiles import load_profile, written_rules
from aws_policy_pack.registry import RULES
from aws_policy_pack.resource import STACK, Resource
from aws_policy_pack.waiver_formats import Written, as_exceptions, as_waivers

TODAY = dt.date(2026, 6, 15)
TOMORROW, YESTERDAY = TODAY + dt.timedelta(days=1), TODAY - dt.timedelta(days=1)
QUEUE_TYPE = "aws:sqs/queue:Queue"


def resource(type_: str, name: str) -> Resource:
    return Resource(dict, urn=f"urn:pulumi:dev::shop::{type_}::{name}", type=type_, name=name)


ROOT = resource(STACK, "shop-dev")
ORDERS = resource(QUEUE_TYPE, "orders")
DEAD = resource(QUEUE_TYPE, "orders-dead")
TOPIC = resource("aws:sns/topic:Topic", "orders")
RESOURCES = (ROOT, DEAD, ORDERS, TOPIC)


def waiver(called: str, **changes: object) -> dict[str, object]:
    told = {"resource": called, "reason": "public", "owner": "team", "expires": str(TOMORROW)}
    return {key: value for key, value in {**told, **changes}.items() if value is not None}


def file(folder: Path, content: object, name: str = "profile.json") -> Path:
    path = folder / name
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


def exceptions_of(
    path: Path, resources: Sequence[Resource] | None = RESOURCES, today: dt.date = TODAY
) -> Written:
    return as_exceptions(load_profile(path), written_rules(path), RULES, resources, today=today)


def waivers_of(path: Path, **given: Any) -> Written:  # noqa: ANN401 - owner and last day
    return as_waivers(load_profile(path), written_rules(path), **given)


PROFILE = {
    "all": "advisory",
    "environments": ["team/shared"],
    "sqs-encryption": {
        "enforcementLevel": "mandatory",
        "waivers": [waiver("orders*"), waiver("orders", owner="others")],
    },
    "sqs-max-receive-count": {"max": 5, "waivers": [waiver(ORDERS.urn)]},
    "names-unique-physical": {"waivers": [waiver("dev")]},
}


def test_a_profile_with_waivers_becomes_one_of_version_2_with_exceptions(tmp_path: Path) -> None:
    written = exceptions_of(file(tmp_path, PROFILE))
    content: Any = written.content
    assert content["version"] == 2
    assert content["environments"] == ["team/shared"]
    assert content["policies"] == {
        "all": "advisory",
        "sqs-encryption": "mandatory",
        "sqs-max-receive-count": {"max": 5},
    }
    assert {
        name: (each["match"], each["resource"]) for name, each in content["exceptions"].items()
    } == {
        "names-unique-physical.1": (
            [{"policies": ["names-unique-physical"], "targets": [ROOT.urn]}],
            "dev",
        ),
        "sqs-encryption.1": (
            [{"policies": ["sqs-encryption"], "targets": [ORDERS.urn, DEAD.urn]}],
            "orders*",
        ),
        "sqs-encryption.2": (
            [{"policies": ["sqs-encryption"], "targets": [ORDERS.urn]}],
            "orders",
        ),
        "sqs-max-receive-count.1": (
            [{"policies": ["sqs-max-receive-count"], "targets": [ORDERS.urn]}],
            ORDERS.urn,
        ),
    }
    assert content["exceptions"]["sqs-encryption.2"]["owner"] == "others"
    assert written.notes == (
        f"the engine knows no end of an exception: write this file anew after {TOMORROW}",
    )


def test_what_became_exceptions_becomes_the_same_waivers_again(tmp_path: Path) -> None:
    path = file(tmp_path, PROFILE)
    engine = file(tmp_path, exceptions_of(path).content, "engine.json")
    back = file(tmp_path, waivers_of(engine).content, "back.json")
    assert load_profile(back).settings == load_profile(path).settings
    assert exceptions_of(back).content == exceptions_of(path).content


def test_exceptions_stay_beside_what_waivers_become(tmp_path: Path) -> None:
    own = {"reason": "ours", "match": [{"policies": ["sqs-encryption"], "targets": [DEAD.urn]}]}
    content = {
        "version": 2,
        "policies": {"sqs-encryption": {"waivers": [waiver(ORDERS.urn)]}},
        "exceptions": {"EXC-1": own, "sqs-encryption.1": own},
    }
    written: Any = exceptions_of(file(tmp_path, content), None).content
    assert list(written["exceptions"]) == ["EXC-1", "sqs-encryption.1", "sqs-encryption.2"]
    assert written["exceptions"]["EXC-1"] == own


@pytest.mark.parametrize(
    ("given", "told"),
    [
        pytest.param(waiver("orders", expires=str(YESTERDAY)), f"ended on {YESTERDAY}", id="ended"),
        pytest.param(waiver("orders", owner=None), "has no owner", id="no-owner"),
        pytest.param(
            waiver("orders", reason=" ", expires=None), "has no reason and no expires", id="two"
        ),
        pytest.param(waiver("other"), "names no resource of the state", id="names-nothing"),
        pytest.param(waiver("order"), "names no resource of the state", id="no-glob"),
    ],
)
def test_a_waiver_that_waives_nothing_becomes_no_exception(
    given: dict[str, object], told: str, tmp_path: Path
) -> None:
    written = exceptions_of(file(tmp_path, {"sqs-encryption": {"waivers": [given]}}))
    assert written.content == {"version": 2, "policies": {}, "exceptions": {}}
    assert written.notes == (f"sqs-encryption.waivers.0: {told}, so it is left out",)


def test_a_waiver_holds_on_its_last_day(tmp_path: Path) -> None:
    path = file(tmp_path, {"sqs-encryption": {"waivers": [waiver("orders")]}})
    assert exceptions_of(path, today=TOMORROW).content["exceptions"] != {}


def test_a_waiver_of_a_resource_that_the_state_lacks_keeps_its_urn(tmp_path: Path) -> None:
    elsewhere = ORDERS.urn.replace(":dev::", ":prod::")
    path = file(tmp_path, {"sqs-encryption": {"waivers": [waiver(elsewhere)]}})
    content: Any = exceptions_of(path).content
    assert content["exceptions"]["sqs-encryption.1"]["match"][0]["targets"] == [elsewhere]


@pytest.mark.parametrize("called", ["orders", "urn:pulumi:*::shop::*::orders"])
def test_without_a_state_a_name_is_refused(called: str, tmp_path: Path) -> None:
    path = file(tmp_path, {"sqs-encryption": {"waivers": [waiver(called)]}})
    with pytest.raises(ConfigError) as raised:
        exceptions_of(path, None)
    assert str(raised.value) == (
        f"{path}: sqs-encryption.waivers.0: {called!r} is not a URN, which an exception needs; "
        "give the stack's export with --state"
    )


def test_it_is_said_that_an_exception_keeps_no_fix_away(tmp_path: Path) -> None:
    setting = {"enforcementLevel": "remediate", "waivers": [waiver("orders")]}
    written = exceptions_of(file(tmp_path, {"sqs-long-polling": setting}))
    assert written.notes[0] == "sqs-long-polling: the engine mends what an exception excuses"


FROM_CLOUD = {
    "version": 2,
    "policies": {"sqs-encryption": "mandatory", "sqs-long-polling": {"waivers": [waiver("x")]}},
    "exceptions": {
        "EXC-1": {
            "reason": "public",
            "match": [
                {
                    "policies": ["sqs-encryption", "sqs-long-polling"],
                    "targets": [ORDERS.urn, DEAD.urn],
                },
                {"policies": ["sqs-encryption"], "targets": [DEAD.urn]},
            ],
        }
    },
}


def test_an_exception_becomes_a_waiver_for_each_rule_and_resource(tmp_path: Path) -> None:
    path = file(tmp_path, FROM_CLOUD)
    two = [waiver(ORDERS.urn), waiver(DEAD.urn)]
    assert waivers_of(path, owner="team", expires=TOMORROW).content == {
        "sqs-encryption": {"enforcementLevel": "mandatory", "waivers": two},
        "sqs-long-polling": {"waivers": [waiver("x"), *two]},
    }


def test_an_exception_without_owner_and_last_day_needs_both(tmp_path: Path) -> None:
    path = file(tmp_path, FROM_CLOUD)
    with pytest.raises(ConfigError) as raised:
        waivers_of(path)
    assert str(raised.value).splitlines() == [
        f"{path}: exceptions.EXC-1: has no `owner`; give one with --owner",
        f"{path}: exceptions.EXC-1: has no `expires`; give one with --expires",
    ]


def test_a_target_that_was_added_by_hand_is_not_lost(tmp_path: Path) -> None:
    excuse = {
        "reason": "public",
        "owner": "team",
        "expires": str(TOMORROW),
        "resource": "orders",
        "match": [{"policies": ["sqs-encryption"], "targets": [ORDERS.urn, DEAD.urn]}],
    }
    content = {"version": 2, "exceptions": {"sqs-encryption.1": excuse}}
    assert waivers_of(file(tmp_path, content)).content == {
        "sqs-encryption": {"waivers": [waiver("orders"), waiver(DEAD.urn)]}
    }


def test_the_command_shows_waivers_and_exceptions(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ended = waiver("orders", expires="2020-01-01")
    lasting = waiver("orders-dead", expires="9999-12-31")
    content = FROM_CLOUD | {
        "policies": {"sqs-encryption": {"waivers": [ended, lasting, waiver("a", owner=None)]}}
    }
    assert main(["waivers", str(file(tmp_path, content))]) == 0
    rows = [" ".join(line.split()) for line in capsys.readouterr().out.splitlines()]
    assert rows == [
        "sqs-encryption orders ended on 2020-01-01 public (team)",
        "sqs-encryption orders-dead until 9999-12-31 public (team)",
        "sqs-encryption a has no owner public",
        f"sqs-encryption {ORDERS.urn} without an end public (exception EXC-1)",
        f"sqs-encryption {DEAD.urn} without an end public (exception EXC-1)",
        f"sqs-long-polling {ORDERS.urn} without an end public (exception EXC-1)",
        f"sqs-long-polling {DEAD.urn} without an end public (exception EXC-1)",
        "7 waivers",
    ]


def test_the_command_writes_and_reads_what_the_engine_takes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    export = {
        "deployment": {"resources": [{"urn": each.urn, "type": each.type} for each in RESOURCES]}
    }
    state = file(tmp_path, export, "state.json")
    given = {"sqs-encryption": {"waivers": [waiver("orders", expires="9999-12-31")]}}
    profile = file(tmp_path, given)
    assert main(["waivers", str(profile), "--format", "engine", "--state", str(state)]) == 0
    printed = capsys.readouterr()
    assert printed.err == (
        f"note: {profile}: the engine knows no end of an exception: write this file anew after "
        "9999-12-31\n"
    )
    engine = file(tmp_path, json.loads(printed.out), "engine.json")
    assert main(["check-config", str(engine)]) == 0
    capsys.readouterr()
    assert main(["waivers", str(engine), "--format", "pack"]) == 0
    assert json.loads(capsys.readouterr().out) == given


def test_the_command_takes_owner_and_last_day_for_exceptions(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = str(file(tmp_path, FROM_CLOUD))
    day = ["--owner", "team", "--expires", str(TOMORROW)]
    assert main(["waivers", path, "--format", "pack", *day]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["sqs-encryption"]["waivers"][0] == waiver(ORDERS.urn)
    with pytest.raises(SystemExit):
        main(["waivers", path, "--format", "pack", "--expires", "soon"])
    assert "'soon' is not a day, YYYY-MM-DD" in capsys.readouterr().err
