"""The configuration that a program sees; expectations were taken from the real engine."""

import json
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from pulumi_preflight.errors import ProjectError
from pulumi_preflight.project import load_project
from pulumi_preflight.project.config_values import Config, is_set, parse_path, with_value
from tests.preflight.running import WriteProject

KEYS = st.text(alphabet="abcdeXYZ_", min_size=1, max_size=4)
SCALARS = st.none() | st.booleans() | st.integers(-(10**6), 10**6) | st.text(max_size=8)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3)
)


def texts(values: Config) -> dict[str, str]:
    return {key: value.text for key, value in values.values().items()}


def loaded(declared: dict[str, Any]) -> dict[str, str]:
    config = Config("shop")
    config.add_project(declared, source="Pulumi.yaml", stack="dev")
    return texts(config)


@pytest.mark.parametrize(
    ("declared", "wanted"),
    [
        pytest.param({"size": 3}, {"shop:size": "3"}, id="plain-value"),
        pytest.param({"size": {"value": 3}}, {"shop:size": "3"}, id="value"),
        pytest.param({"size": {"type": "integer", "default": 3}}, {"shop:size": "3"}, id="default"),
        pytest.param({"on": True}, {"shop:on": "true"}, id="boolean"),
        pytest.param({"code": "017"}, {"shop:code": "017"}, id="text-stays-text"),
        pytest.param({"aws:region": "eu-west-1"}, {"aws:region": "eu-west-1"}, id="namespace"),
        pytest.param({"zones": ["b", 1]}, {"shop:zones": '["b",1]'}, id="list"),
        pytest.param(
            {"net.nat": 1, "net.cidr": "10.0.0.0/16"},
            {"shop:net": '{"cidr":"10.0.0.0/16","nat":1}'},
            id="paths-make-one-object",
        ),
        pytest.param({"db.version": "17"}, {"shop:db": '{"version":17}'}, id="digits-in-a-path"),
        pytest.param(
            {"db.code": "017"}, {"shop:db": '{"code":"017"}'}, id="leading-zero-in-a-path"
        ),
        pytest.param(
            {'tags["a.b"]': "x"}, {"shop:tags": '{"a.b":"x"}'}, id="quoted-segment-of-a-path"
        ),
    ],
)
def test_the_project_file_gives_values_as_the_engine_reads_them(
    declared: dict[str, Any], wanted: dict[str, str]
) -> None:
    assert loaded(declared) == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        pytest.param("size: 3", "3", id="number"),
        pytest.param("size: yes", "yes", id="yes-is-text"),
        pytest.param("size: 1:30", "1:30", id="no-base-60"),
        pytest.param("size: 2026-1-02", "2026-01-02 00:00:00 +0000 UTC", id="date"),
        pytest.param("size: 2026-13-02", "2026-13-02", id="no-date"),
        pytest.param("size: 0123", "83", id="leading-zero-is-octal"),
        pytest.param("size: 0o17", "15", id="octal"),
        pytest.param("size: 1_000", "1000", id="underscore"),
        pytest.param("size: 1.10", "1.1", id="fraction"),
        pytest.param("size: .5", "0.5", id="fraction-without-digit-before"),
        pytest.param("size: ~", "", id="null"),
        pytest.param("size: 1e3", "1000", id="exponent"),
        pytest.param("size: true", "true", id="boolean"),
        pytest.param(
            "size: {b: 1, a: [x, {d: 1, c: 2}]}",
            '{"a":["x",{"c":2,"d":1}],"b":1}',
            id="object-keys-are-sorted",
        ),
        pytest.param("size: {html: a<b&c}", '{"html":"a\\u003cb\\u0026c"}', id="go-escapes-html"),
    ],
)
def test_the_stack_file_is_read_as_the_engine_reads_it(
    write_project: WriteProject, text: str, wanted: str
) -> None:
    folder = write_project(
        "", files={"Pulumi.dev.yaml": "config: {}\n".replace("{}", "") + f"  shop:{text}\n"}
    )
    assert load_project(folder, stack="dev", environment={}).config["shop:size"].text == wanted


def test_a_key_without_namespace_belongs_to_the_project(write_project: WriteProject) -> None:
    folder = write_project("", files={"Pulumi.dev.yaml": "config: {size: 3, aws:config:region: x}"})
    config = load_project(folder, stack="dev", environment={}).config
    assert {key: value.text for key, value in config.items()} == {
        "shop:size": "3",
        "aws:region": "x",
    }


def test_the_stack_wins_over_the_project_leaf_by_leaf(write_project: WriteProject) -> None:
    folder = write_project(
        "",
        project={"config": {"net.nat": 1, "net.zones": 2}},
        files={"Pulumi.dev.yaml": "config: {shop:net: {nat: 3}}"},
    )
    config = load_project(folder, stack="dev", environment={}).config
    assert config["shop:net"].text == '{"nat":3,"zones":2}'


@pytest.mark.parametrize(
    ("declared", "stack"),
    [
        pytest.param({}, "config: {shop:key: {secure: AAABAK}}", id="in-place-of-a-secret"),
        pytest.param({}, "config: {shop:key: {a: {secure: AAABAK}}}", id="in-place-of-a-part"),
        pytest.param({"key": {"type": "string", "secret": True}}, "", id="declared-as-a-secret"),
    ],
)
def test_the_command_line_s_value_of_a_secret_is_one(
    write_project: WriteProject, declared: dict[str, object], stack: str
) -> None:
    folder = write_project("", project={"config": declared}, files={"Pulumi.dev.yaml": stack})
    project = load_project(folder, stack="dev", config_overrides={"key": "4711"}, environment={})
    [value] = project.config.values()
    assert (value.text, value.secret, value.secret_texts) == ("4711", True, ("4711",))
    assert project.notes == ()


def test_the_command_line_wins_over_the_stack(write_project: WriteProject) -> None:
    folder = write_project("", files={"Pulumi.dev.yaml": "config: {shop:size: 3, shop:name: x}"})
    config = load_project(
        folder, stack="dev", config_overrides={"size": "4", "net.nat": "1"}, environment={}
    ).config
    assert {key: value.text for key, value in config.items()} == {
        "shop:size": "4",
        "shop:name": "x",
        # As in the CLI, a dot is no path there.
        "shop:net.nat": "1",
    }


@pytest.mark.parametrize(
    ("declared", "stack", "wanted"),
    [
        pytest.param(
            {"size": {"type": "integer"}},
            {},
            "stack 'dev' has no value for 'size', which .*Pulumi.yaml requires",
            id="required-value-missing",
        ),
        pytest.param(
            {"size": {"type": "integer"}},
            {"size": "big"},
            "config 'size' is 'big'; .*Pulumi.yaml declares it as integer",
            id="wrong-type",
        ),
        pytest.param(
            {"zones": {"type": "array", "items": {"type": "string"}}},
            {"zones": [{"a": 1}]},
            "declares it as array",
            id="wrong-type-of-an-item",
        ),
        pytest.param(
            {"ratio": 1.5}, {}, "is the number 1.5; .*quote|is the number 1.5", id="fraction"
        ),
        pytest.param({}, {"a:b:c": 1}, "'a:b:c' is not a config key", id="malformed-key"),
        pytest.param(
            {"net.nat[0]": 1},
            {"net": {"nat": {"x": 1}}},
            "cannot be merged into",
            id="path-into-object",
        ),
    ],
)
def test_what_is_wrong_with_a_value_is_said(
    write_project: WriteProject, declared: dict[str, Any], stack: dict[str, Any], wanted: str
) -> None:
    folder = write_project(
        "",
        project={"config": declared},
        files={"Pulumi.dev.yaml": yaml.safe_dump({"config": stack})},
    )
    with pytest.raises(ProjectError, match=wanted):
        load_project(folder, stack="dev", environment={})


@given(VALUES)
def test_any_value_reads_back_as_it_was_with_sorted_keys(value: object) -> None:
    config = Config("shop")
    config.add_stack({"value": {"inner": value}}, lambda _, text: text, source="Pulumi.dev.yaml")
    text = texts(config)["shop:value"]
    assert json.loads(text) == {"inner": value}
    assert list(json.loads(text)) == sorted(json.loads(text))


@given(
    st.lists(KEYS | st.just(0), min_size=1, max_size=4),
    SCALARS.filter(lambda value: value is not None),
)
def test_what_is_put_at_a_path_is_there(path: list[str | int], value: object) -> None:
    container = with_value(None, tuple(path), value)
    assert is_set(container, tuple(path))


@given(st.text(max_size=12))
def test_any_text_is_a_path_or_none(text: str) -> None:
    path = parse_path(text)
    assert path is None or all(isinstance(segment, str | int) for segment in path)
