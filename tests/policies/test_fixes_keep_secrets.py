"""No fix of the pack sends a secret of the program on in the open."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from google.protobuf import json_format
from hypothesis import given
from hypothesis import strategies as st
from pulumi.runtime.proto import analyzer_pb2 as proto

from aws_policy_pack.registry import RULES
from aws_policy_pack.rule import AnyRule, Level
from aws_policy_pack.testing import Secret, resource_request, wire
from aws_policy_pack.wire import SECRET_SIGNATURE, SIGNATURE_KEY, with_marks
from tests.policies.test_analyzer import CONTEXT, both

FIXING = tuple(rule for rule in RULES if rule.fix is not None)
HIDDEN = "correct-horse-battery"
each_fix = pytest.mark.parametrize("rule", [pytest.param(rule, id=rule.id) for rule in FIXING])


def configured(rule: AnyRule) -> dict[str, proto.PolicyConfig]:
    number = proto.EnforcementLevel.Value(Level.REMEDIATE.name)
    return {
        rule.id: proto.PolicyConfig(enforcementLevel=number, properties=wire(rule.example_config))
    }


def mended(rule: AnyRule, properties: Mapping[str, object]) -> Iterator[tuple[str, Any]]:
    """The properties that either service makes of a resource's properties."""
    request = resource_request(rule.types[0], properties)
    for name, service in both((rule,), configured(rule)):
        for remediation in service.Remediate(request, CONTEXT).remediations:
            if remediation.properties.fields:
                yield name, json_format.MessageToDict(remediation.properties)


def in_the_open(value: object) -> Iterator[object]:
    """Every plain value outside of secrets."""
    match value:
        case Mapping() if value.get(SIGNATURE_KEY) == SECRET_SIGNATURE:
            return
        case Mapping():
            for item in value.values():
                yield from in_the_open(item)
        case list():
            for item in value:
                yield from in_the_open(item)
        case _:
            yield value


def with_secret(value: object, path: tuple[object, ...]) -> object:
    """The value with a secret beside the part at a path, or in its place."""
    match value, path:
        case Mapping(), ():
            return {**value, "planted": Secret(HIDDEN)}
        case list(), ():
            return [*value, {"name": Secret(HIDDEN), "key": Secret(HIDDEN), "value": "x"}]
        case _, ():
            return Secret(HIDDEN)
        case Mapping(), (key, *rest):
            return {**value, key: with_secret(value[key], tuple(rest))}
        case list(), (index, *rest):
            return [
                with_secret(item, tuple(rest)) if place == index else item
                for place, item in enumerate(value)
            ]
        case _:
            return value


def paths(value: object) -> Iterator[tuple[object, ...]]:
    """The paths of a value and of all its parts."""
    yield ()
    parts: Mapping[Any, object] = {}
    if isinstance(value, Mapping):
        parts = value
    elif isinstance(value, list):
        parts = dict(enumerate(value))
    for key, item in parts.items():
        for path in paths(item):
            yield (key, *path)


FILLED: Mapping[str, object] = {
    "tags": {"Team": "shop"},
    "tagsAll": {"Team": "shop"},
    "settings": [{"name": "other", "value": "x"}],
    "deploymentCircuitBreaker": {"enable": True},
    "imageScanningConfiguration": {"scanOnPush": False},
}
"""Properties that a fix may build anew from what it has read."""


@each_fix
@given(data=st.data())
def test_no_fix_shows_a_secret(rule: AnyRule, data: st.DataObject) -> None:
    assert isinstance(rule.bad, Mapping)
    properties = {
        key: value for key, value in {**FILLED, **rule.bad}.items() if data.draw(st.booleans())
    }
    for _ in range(data.draw(st.integers(min_value=1, max_value=3))):
        place = data.draw(st.sampled_from(sorted(paths(properties), key=str)))
        properties = with_secret(properties, place)  # type: ignore[assignment]
    for name, after in mended(rule, properties):
        assert HIDDEN not in set(map(str, in_the_open(after))), name


def test_a_tag_that_is_a_secret_stays_one_when_others_are_added() -> None:
    (rule,) = (each for each in RULES if each.id == "tags-required")
    properties = {"tags": {"Owner": Secret(HIDDEN)}}
    for name, after in mended(rule, properties):
        assert after["tags"]["Owner"] == {SIGNATURE_KEY: SECRET_SIGNATURE, "value": HIDDEN}, name


SECRET = {SIGNATURE_KEY: SECRET_SIGNATURE, "value": HIDDEN}


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        pytest.param(None, {"a": 1}, {"a": 1}, id="nothing-before"),
        pytest.param({"a": 1}, {"a": 2}, {"a": 2}, id="nothing-hidden"),
        pytest.param(SECRET, HIDDEN, SECRET, id="a-secret"),
        pytest.param(
            {"a": SECRET, "b": 1},
            {"a": HIDDEN, "b": 2},
            {"a": SECRET, "b": 2},
            id="a-part-of-an-object",
        ),
        pytest.param(
            [{"a": SECRET}], [{"a": HIDDEN}, 1], [{"a": SECRET}, 1], id="a-part-of-a-list"
        ),
        pytest.param(
            [1, SECRET],
            [HIDDEN],
            {SIGNATURE_KEY: SECRET_SIGNATURE, "value": [HIDDEN]},
            id="a-list-that-has-shrunk",
        ),
        pytest.param(
            {"a": SECRET},
            {"b": HIDDEN},
            {SIGNATURE_KEY: SECRET_SIGNATURE, "value": {"b": HIDDEN}},
            id="another-key",
        ),
        pytest.param(
            {"a": SECRET},
            f"a={HIDDEN}",
            {SIGNATURE_KEY: SECRET_SIGNATURE, "value": f"a={HIDDEN}"},
            id="another-form",
        ),
    ],
)
def test_a_new_value_hides_what_the_old_one_hid(old: object, new: object, expected: object) -> None:
    assert with_marks(old, new) == expected
