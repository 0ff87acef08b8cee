"""The size of an ECS task, as its definition gives it."""

import pytest

from aws_policy_pack.ecs import units_in, units_of
from aws_policy_pack.resource import Properties, Unreadable
from aws_policy_pack.wire import UNKNOWN, Value


def task(cpu: Value) -> Properties:
    return Properties(lambda: {"cpu": cpu})


@pytest.mark.parametrize(
    ("text", "units"),
    [
        ("512", 512),
        (" 512 ", 512),
        ("512.0", 512),
        (".5 vCPU", 512),
        ("0.25vcpu", 256),
        ("2 GB", 2048),
        ("1.5gb", 1536),
        ("123456789", 123_456_789),
        ("", None),
        ("512 MB", None),
        ("-512", None),
        ("1 vCPU 2", None),
        pytest.param("1234567890", None, id="out of all proportion"),
        pytest.param("\u0665", None, id="a digit of another script"),
    ],
)
def test_a_size_is_read(text: str, units: float | None) -> None:
    assert units_in(text) == units


@pytest.mark.parametrize(
    ("given", "units"),
    [
        pytest.param("1 vCPU", 1024, id="a text"),
        pytest.param(512, 512, id="a number"),
        pytest.param(None, None, id="null"),
        pytest.param("", None, id="empty"),
    ],
)
def test_a_task_has_its_size(given: Value, units: float | None) -> None:
    assert units_of(task(given), "cpu") == units


def test_a_task_without_the_property_has_no_size() -> None:
    assert units_of(task("512"), "memory") is None


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        pytest.param("a lot", "is 'a lot', not a size", id="a text that is not a size"),
        pytest.param(UNKNOWN, "is not known yet", id="unknown"),
        pytest.param(["512"], "is a list, not text", id="a list"),
    ],
)
def test_what_is_no_size_cannot_be_read(given: Value, reason: str) -> None:
    with pytest.raises(Unreadable) as raised:
        units_of(task(given), "cpu")
    assert (raised.value.path, raised.value.reason) == ("cpu", reason)
