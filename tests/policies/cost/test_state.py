"""Reading a stack export."""

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from aws_policy_pack.cost.state import StateError, load_state, read_state
from aws_policy_pack.resource import Resource
from aws_policy_pack.wire import SECRET_SIGNATURE, SIGNATURE_KEY, UNKNOWN, UNKNOWN_TEXT

VOLUME = "aws:ebs/volume:Volume"
URN = f"urn:pulumi:dev::orders::{VOLUME}::disk"


def export(*resources: Mapping[str, object]) -> dict[str, object]:
    return {"version": 3, "deployment": {"resources": list(resources)}}


def volume(**entry: object) -> dict[str, object]:
    return {"urn": URN, "type": VOLUME, "custom": True, **entry}


def read_one(**entry: object) -> Resource:
    (resource,) = read_state(export(volume(**entry))).resources
    return resource


def secret(**fields: object) -> dict[str, object]:
    return {SIGNATURE_KEY: SECRET_SIGNATURE, **fields}


def test_a_resource_has_its_name_type_parent_and_dependencies() -> None:
    resource = read_one(
        parent="urn:parent", dependencies=["urn:a"], propertyDependencies={"size": ["urn:b"]}
    )
    assert (resource.urn, resource.type, resource.name) == (URN, VOLUME, "disk")
    assert resource.parent == "urn:parent"
    assert resource.dependencies == ("urn:a",)
    assert resource.references == {"size": ["urn:b"]}


def test_what_the_export_leaves_out_is_empty() -> None:
    resource = read_one(parent=None, dependencies=None, propertyDependencies=None)
    assert (resource.parent, resource.dependencies, resource.references) == ("", (), {})


def test_dependencies_of_a_property_may_be_null() -> None:
    assert read_one(propertyDependencies={"size": None}).references == {}


def test_what_preflight_made_up_is_not_known() -> None:
    resource = read_one(
        inputs={"size": 1},
        outputs={"size": 1, "iops": 100, "type": "gp3", "arn": "arn:made:up"},
        madeUp=["size", "iops", "arn", 7],
    )
    assert resource.values == {
        "size": 1,
        "iops": UNKNOWN,
        "type": "gp3",
        "arn": "arn:made:up",
    }


def test_what_is_left_out_and_comes_from_another_resource_is_not_known() -> None:
    resource = read_one(inputs={}, propertyDependencies={"size": ["urn:b"], "type": []})
    assert resource.values == {"size": UNKNOWN}


def test_outputs_stand_over_inputs() -> None:
    resource = read_one(inputs={"size": 1, "type": "gp3"}, outputs={"size": 2})
    assert resource.values == {"size": 2, "type": "gp3"}


def test_the_id_is_a_property_unless_the_outputs_have_one() -> None:
    assert read_one(id="vol-1").values == {"id": "vol-1"}
    assert read_one(id="vol-1", outputs={"id": "vol-2"}).values == {"id": "vol-2"}


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        pytest.param(secret(plaintext='{"a": 1}'), {"a": 1}, id="a secret in plain text"),
        pytest.param(secret(ciphertext="v1:abc"), UNKNOWN, id="an encrypted secret"),
        pytest.param(secret(plaintext='"[secret]"'), UNKNOWN, id="a secret that is not shown"),
        pytest.param(secret(value="x"), "x", id="a secret as the engine sends it"),
        pytest.param([secret(ciphertext="v1:abc")], [UNKNOWN], id="a secret inside a list"),
        pytest.param({"a": secret(plaintext='"x"')}, {"a": "x"}, id="a secret inside an object"),
        pytest.param(UNKNOWN_TEXT, UNKNOWN, id="a value that is not known yet"),
        pytest.param(2.0, 2, id="a whole number"),
    ],
)
def test_how_a_value_is_read(value: object, expected: object) -> None:
    assert read_one(outputs={"it": value}).values["it"] == expected


@pytest.mark.parametrize("mark", ["delete", "external"])
def test_what_is_not_on_the_stacks_bill_is_left_out(mark: str) -> None:
    assert read_state(export(volume(**{mark: True}))).resources == ()
    assert len(read_state(export(volume(**{mark: False}))).resources) == 1


def test_a_stack_without_resources_is_empty() -> None:
    assert read_state({"version": 3, "deployment": {}}).resources == ()


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param([], id="a list"),
        pytest.param({}, id="no deployment"),
        pytest.param({"deployment": None}, id="a deployment that is null"),
        pytest.param({"deployment": {"resources": "all"}}, id="resources that are not a list"),
    ],
)
def test_what_is_no_export_is_refused(raw: object) -> None:
    with pytest.raises(StateError) as caught:
        read_state(raw)
    assert str(caught.value) == (
        "is not a stack export; write one with `pulumi stack export --file FILE`"
    )


@pytest.mark.parametrize(
    "entry",
    [
        pytest.param("disk", id="a text"),
        pytest.param({"type": VOLUME}, id="no URN"),
        pytest.param({"urn": URN}, id="no type"),
    ],
)
def test_a_resource_that_is_none_is_refused(entry: object) -> None:
    with pytest.raises(StateError) as caught:
        read_state({"deployment": {"resources": [entry]}})
    assert str(caught.value) == "has a resource without URN or type, so it is not a stack export"


@pytest.mark.parametrize("version", [3, 4, None])
def test_the_versions_that_are_known_are_read(version: object) -> None:
    state = {**export(volume()), "version": version}
    assert [resource.name for resource in read_state(state).resources] == ["disk"]


@pytest.mark.parametrize("version", [99, 2, 0, "3", [3], 3.5])
def test_an_export_of_another_version_is_refused(version: object) -> None:
    with pytest.raises(StateError) as caught:
        read_state({**export(volume()), "version": version})
    assert str(caught.value) == (
        f"`version` is {json.dumps(version)}; wanted 3 or 4, the forms that are known here. "
        "Write the file again with `pulumi stack export`"
    )


@pytest.mark.parametrize(
    ("key", "value", "wanted"),
    [
        ("inputs", ["size", 1], "an object"),
        ("inputs", "size", "an object"),
        ("outputs", [], "an object"),
        ("outputs", 3, "an object"),
        ("dependencies", {"a": 1}, "a list"),
        ("propertyDependencies", ["a"], "an object"),
        ("ignoreChanges", "size", "a list"),
        ("parent", ["a"], "a text"),
        ("id", 7, "a text"),
    ],
)
def test_a_part_of_another_kind_is_refused(key: str, value: object, wanted: str) -> None:
    with pytest.raises(StateError) as caught:
        read_one(**{key: value})
    assert str(caught.value) == (
        f"`{key}` of {URN} is {json.dumps(value)}; wanted {wanted}. "
        "Write the file again with `pulumi stack export`"
    )


def test_a_secret_whose_plain_text_is_no_json_is_told() -> None:
    resource = read_one(outputs={"it": secret(plaintext="hunter2")})
    with pytest.raises(StateError, match="a secret's plain text is not valid JSON"):
        assert resource.values


def test_changes_that_are_ignored_are_read() -> None:
    assert read_one(ignoreChanges=["size"]).ignores_changes("size")


def test_a_file_is_read(tmp_path: Path) -> None:
    file = tmp_path / "state.json"
    file.write_text(json.dumps(export(volume())), encoding="utf-8")
    assert [resource.name for resource in load_state(file).resources] == ["disk"]


def test_a_file_that_is_missing_is_named(tmp_path: Path) -> None:
    file = tmp_path / "state.json"
    with pytest.raises(StateError) as caught:
        load_state(file)
    assert str(caught.value) == f"{file}: cannot be read: No such file or directory"


def test_a_file_that_is_no_json_is_named(tmp_path: Path) -> None:
    file = tmp_path / "state.json"
    file.write_text("{", encoding="utf-8")
    with pytest.raises(StateError, match=r"state\.json: is not valid JSON: "):
        load_state(file)


def test_a_file_that_is_no_export_is_named(tmp_path: Path) -> None:
    file = tmp_path / "state.json"
    file.write_text("{}", encoding="utf-8")
    with pytest.raises(StateError, match=r"state\.json: is not a stack export"):
        load_state(file)


def test_another_version_without_a_deployment_is_no_export() -> None:
    with pytest.raises(StateError, match="is not a stack export"):
        read_state({"version": 99})


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        pytest.param("1" * 59, "1" * 59, id="short"),
        pytest.param("1" * 60, "1" * 60, id="just short enough"),
        pytest.param("1" * 61, f"{'1' * 60}...", id="cut"),
    ],
)
def test_a_long_value_of_another_kind_is_cut(given: str, shown: str) -> None:
    entry = {"urn": "urn:a", "type": "aws:sqs/queue:Queue", "inputs": int(given)}
    with pytest.raises(StateError) as caught:
        list(read_state({"version": 3, "deployment": {"resources": [entry]}}).resources)
    assert f"is {shown}; wanted" in str(caught.value)
