"""What changed between two sets of inputs."""

import pytest

from pulumi_preflight.changes.differences import differences
from pulumi_preflight.wire import UNKNOWN, Properties, secret


@pytest.mark.parametrize(
    ("old", "new", "changed"),
    [
        pytest.param({"a": 1.0}, {"a": 1.0}, {}, id="the-same"),
        pytest.param({}, {"a": 1.0}, {"a": "add"}, id="added"),
        pytest.param({"a": 1.0}, {}, {"a": "delete"}, id="removed"),
        pytest.param({"a": "x"}, {"a": UNKNOWN}, {"a": "update"}, id="unknown"),
        pytest.param({"a": secret("x")}, {"a": "x"}, {}, id="secret-or-not"),
        pytest.param({"a": secret("x")}, {"a": secret("y")}, {"a": "update"}, id="other-secret"),
        pytest.param(
            {"t": {"a": "1"}}, {"t": {"b": "1"}}, {"t.a": "delete", "t.b": "add"}, id="map"
        ),
        pytest.param({"t": {"a.b": "1"}}, {"t": {}}, {'t["a.b"]': "delete"}, id="quoted-name"),
        pytest.param(
            {"l": [{"p": 1.0}, 2.0]},
            {"l": [{"p": 3.0}]},
            {"l[0].p": "update", "l[1]": "delete"},
            id="list",
        ),
        pytest.param({"a": {}}, {"a": []}, {"a": "update"}, id="other-kind"),
        pytest.param({"__defaults": []}, {}, {}, id="the-provider's-own"),
    ],
)
def test_differences_name_each_property_that_changed(
    old: Properties, new: Properties, changed: dict[str, str]
) -> None:
    assert {each.text: each.kind for each in differences(old, new)} == changed
