"""The changes that a repair tells: those that a user would call a change, and no others."""

from typing import Any

import pytest

from pulumi_loopback.state.commands import changes

URN = "urn:pulumi:local::shop::aws:sqs/queue:Queue::orders"
SECRET = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270"}


def deployment(**fields: object) -> dict[str, Any]:
    """A deployment of one queue."""
    return {"resources": [{"urn": URN, "id": "orders", **fields}]}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param({"modified": "2026-11-28"}, {"modified": "2026-11-29"}, id="times"),
        pytest.param({"propertyDependencies": {"tags": []}}, {}, id="no dependencies"),
        pytest.param({"dependencies": []}, {"dependencies": None}, id="empty lists"),
        pytest.param({"external": False}, {}, id="a default"),
        pytest.param(
            {"inputs": {"key": {**SECRET, "ciphertext": "v1:a:b"}}},
            {"inputs": {"key": {**SECRET, "ciphertext": "v1:c:d"}}},
            id="a secret encrypted anew",
        ),
    ],
)
def test_what_is_written_in_another_way_is_no_change(
    before: dict[str, object], after: dict[str, object]
) -> None:
    assert changes(deployment(**before), deployment(**after)) == []


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param({"outputs": {"url": "a"}}, {"outputs": {"url": "b"}}, id="an output"),
        pytest.param({"outputs": {"tags": {}}}, {"outputs": {}}, id="an empty output"),
        pytest.param(
            {"propertyDependencies": {"tags": [URN]}}, {"propertyDependencies": {}}, id="dependency"
        ),
        pytest.param({"protect": True}, {}, id="protection"),
    ],
)
def test_what_is_another_thing_is_a_change(
    before: dict[str, object], after: dict[str, object]
) -> None:
    assert changes(deployment(**before), deployment(**after)) == [
        "updated: orders (aws:sqs/queue:Queue)"
    ]
