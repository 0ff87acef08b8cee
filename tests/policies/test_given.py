"""What a program gives, as far as outputs show it."""

import pytest

from aws_policy_pack.resource import Resource, is_given
from aws_policy_pack.wire import UNKNOWN, Value


@pytest.mark.parametrize(
    ("value", "references", "expected"),
    [
        pytest.param("a", {}, True, id="known"),
        pytest.param("", {}, True, id="empty"),
        pytest.param(False, {}, True, id="false"),
        pytest.param(UNKNOWN, {"key": ()}, True, id="unknown-and-the-program-depends-on-nothing"),
        pytest.param(UNKNOWN, {"key": ("urn",)}, True, id="unknown-and-of-another-resource"),
        pytest.param(UNKNOWN, {"other": ("urn",)}, False, id="unknown-and-the-providers"),
        pytest.param(None, {"key": ()}, False, id="null"),
    ],
)
def test_what_is_known_or_has_dependencies_is_given(
    value: Value, references: dict[str, tuple[str, ...]], *, expected: bool
) -> None:
    resource = Resource(
        lambda: {"key": value}, urn="urn", type="type", name="name", references=references
    )
    assert is_given(resource, "key") is expected


def test_what_is_absent_is_not_given() -> None:
    assert not is_given(Resource(dict, urn="urn", type="type", name="name"), "key")
