"""What a fix changes, told property by property and without secrets."""

from collections.abc import Mapping

import pytest

from pulumi_preflight.findings import ABSENT, Change, Remediation, Reported, Side
from tests.preflight.builders import SERVICE, struct, urn
from tests.preflight.samples import SECRET, UNKNOWN, deployment, verdict

PASSWORD = {**SECRET, "value": "hunter2hunter2"}


def changes(before: Mapping[str, object], after: Mapping[str, object]) -> tuple[Change, ...]:
    remediation = Remediation(
        rule="mend",
        pack="demo",
        urn=urn(SERVICE, "web"),
        before=struct(before),
        after=struct(after),
    )
    found = verdict(Reported(remediations=(remediation,)), deployment())
    return tuple(change for fix in found.fixes for change in fix.changes)


def exposed(before: Mapping[str, object], after: Mapping[str, object]) -> tuple[str, ...]:
    remediation = Remediation(
        rule="mend",
        pack="demo",
        urn=urn(SERVICE, "web"),
        before=struct(before),
        after=struct(after),
    )
    found = verdict(Reported(remediations=(remediation,)), deployment())
    return tuple(path for fix in found.fixes for path in fix.exposed)


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        pytest.param({"a": PASSWORD}, {"a": PASSWORD, "b": 1}, (), id="kept"),
        pytest.param({"a": PASSWORD}, {}, (), id="removed"),
        pytest.param({"a": PASSWORD}, {"a": "hunter2hunter2"}, ("a",), id="lost"),
        pytest.param({"a": PASSWORD}, {"a": "plain"}, ("a",), id="replaced-in-the-open"),
        pytest.param({"a": [{"b": PASSWORD}]}, {"a": [{"b": "x"}]}, ("a[0].b",), id="inside"),
        pytest.param(
            {"a": {"b": PASSWORD}}, {"a": {**SECRET, "value": {"b": "x"}}}, (), id="marked-above"
        ),
        pytest.param({"a": PASSWORD}, {"b": "hunter2hunter2"}, ("b",), id="renamed"),
        pytest.param(
            {"a": PASSWORD, "b": ""}, {"a": PASSWORD, "b": "x:hunter2hunter2"}, ("b",), id="copied"
        ),
        pytest.param(
            {"a": PASSWORD, "b": "hunter2hunter2"},
            {"a": PASSWORD, "b": "hunter2hunter2", "c": 1},
            (),
            id="was-in-the-open-before",
        ),
        pytest.param(
            {"a": {**SECRET, "value": 4711}}, {"a": 4711}, ("a",), id="a-number-that-is-lost"
        ),
    ],
)
def test_a_fix_that_loses_the_mark_of_a_secret_says_where(
    before: Mapping[str, object], after: Mapping[str, object], expected: tuple[str, ...]
) -> None:
    assert exposed(before, after) == expected


def change(path: str, before: Side = ABSENT, after: Side = ABSENT) -> Change:
    return Change(path=path, before=before, after=after)


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        pytest.param({}, {"a": True}, [change("a", after=True)], id="set"),
        pytest.param({"a": 1}, {"a": 1.5}, [change("a", 1, 1.5)], id="altered"),
        pytest.param({"a": "x"}, {}, [change("a", "x")], id="removed"),
        pytest.param({"a": None}, {}, [change("a", None)], id="null-is-a-value"),
        pytest.param({"a": 1, "b": 2}, {"b": 2, "a": 1}, [], id="nothing"),
        pytest.param(
            {"a": {"b": 1, "c": {"d": 2}}},
            {"a": {"b": 1, "c": {"d": 3}}},
            [change("a.c.d", 2, 3)],
            id="inside-an-object",
        ),
        pytest.param(
            {"a": [1, {"b": 2}]},
            {"a": [1, {"b": 3}, 4]},
            [change("a[1].b", 2, 3), change("a[2]", after=4)],
            id="inside-a-list",
        ),
        pytest.param({"a": [1, 2]}, {"a": [1]}, [change("a[1]", 2)], id="shorter-list"),
        pytest.param({"a": [1]}, {"a": "x"}, [change("a", [1], "x")], id="another-kind"),
        pytest.param(
            {}, {"a": {"c": 1, "b": [2.0]}}, [change("a", after={"b": [2], "c": 1})], id="whole"
        ),
        pytest.param({"a": UNKNOWN}, {"a": 1}, [change("a", "[unknown]", 1)], id="unknown"),
        pytest.param(
            {"a": {"x.y": 1, 'x"y': 1}},
            {"a": {}},
            [change('a["x\\"y"]', 1), change('a["x.y"]', 1)],
            id="names-that-are-quoted",
        ),
    ],
)
def test_the_innermost_properties_that_differ_are_told(
    before: Mapping[str, object], after: Mapping[str, object], expected: list[Change]
) -> None:
    assert list(changes(before, after)) == expected


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        pytest.param(
            {"a": PASSWORD},
            {"a": {**SECRET, "value": "other"}},
            [change("a", "[secret]", "[secret]")],
            id="altered",
        ),
        pytest.param({"a": PASSWORD}, {"a": "hunter2hunter2"}, [], id="mark-lost"),
        pytest.param(
            {"a": PASSWORD}, {"a": "x"}, [change("a", "[secret]", "[secret]")], id="mark-and-value"
        ),
        pytest.param({"a": PASSWORD}, {}, [change("a", "[secret]")], id="removed"),
        pytest.param(
            {"a": PASSWORD},
            {"a": PASSWORD, "b": [{"url": "db://app:hunter2hunter2@host"}]},
            [change("b", after=[{"url": "db://app:[secret]@host"}])],
            id="copied",
        ),
        pytest.param(
            {}, {"a": {"b": PASSWORD}}, [change("a", after={"b": "[secret]"})], id="inside"
        ),
    ],
)
def test_no_secret_is_shown(
    before: Mapping[str, object], after: Mapping[str, object], expected: list[Change]
) -> None:
    assert list(changes(before, after)) == expected
