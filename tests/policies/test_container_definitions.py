"""The containers of a task definition, with the keys in any case."""

import json
from typing import Any

import botocore.session
import pytest

from aws_policy_pack.ecs import CONTAINER_KEYS, INNER_KEYS, container_definitions
from aws_policy_pack.resource import Resource
from aws_policy_pack.rule import AnyRule
from aws_policy_pack.rules.cost.services import task_size
from aws_policy_pack.rules.ecs.security import plaintext_secrets
from aws_policy_pack.testing import analyze


def read(*containers: object) -> list[object]:
    given = {"containerDefinitions": json.dumps(containers)}
    task = Resource(lambda: given, urn="urn", type="type", name="task")
    return [dict(each.values) for each in container_definitions(task)]


@pytest.mark.parametrize(
    ("given", "spelt"),
    [
        pytest.param({"Name": "web", "IMAGE": "a"}, {"name": "web", "image": "a"}, id="container"),
        pytest.param(
            {"Secrets": [{"Name": "A", "ValueFrom": "b"}]},
            {"secrets": [{"name": "A", "valueFrom": "b"}]},
            id="in a list",
        ),
        pytest.param(
            {"LinuxParameters": {"Capabilities": {"Add": ["SYS_PTRACE"]}}},
            {"linuxParameters": {"capabilities": {"add": ["SYS_PTRACE"]}}},
            id="two levels down",
        ),
        pytest.param(
            {"DockerLabels": {"Name": "kept"}, "logConfiguration": {"Options": {"Tag": "kept"}}},
            {"dockerLabels": {"Name": "kept"}, "logConfiguration": {"options": {"Tag": "kept"}}},
            id="keys of the user's own",
        ),
        pytest.param({"Nam": 1, "Environment": "A"}, {"Nam": 1, "environment": "A"}, id="no key"),
        pytest.param({"name": "a", "Name": "b"}, {"name": "b"}, id="the last of two"),
    ],
)
def test_keys_are_read_as_ecs_spells_them(given: object, spelt: object) -> None:
    assert read(given) == [spelt]


@pytest.mark.parametrize(
    ("rule", "container"),
    [
        pytest.param(task_size, {"Cpu": 100_000}, id="task size"),
        pytest.param(
            plaintext_secrets,
            {"Environment": [{"NAME": "DB_PASSWORD", "Value": "orders"}]},
            id="secrets",
        ),
    ],
)
def test_rules_see_keys_in_any_case(rule: AnyRule, container: object) -> None:
    properties = {"containerDefinitions": json.dumps([container])}
    assert len(analyze(rule, properties, config=rule.example_config)) == 1


def keys_inside(shape: Any) -> dict[str, set[str]]:  # noqa: ANN401 - botocore has no types
    """The keys of the objects inside a shape of AWS's own model, at any depth."""
    found: dict[str, set[str]] = {}
    for key, value in shape.members.items():
        inner = value.member if value.type_name == "list" else value
        if inner.type_name == "structure":
            found |= {key: set(inner.members), **keys_inside(inner)}
    return found


def test_the_keys_are_those_of_awss_own_model() -> None:
    model = botocore.session.get_session().get_service_model("ecs")
    container: Any = model.shape_for("ContainerDefinition")
    assert set(CONTAINER_KEYS) == set(container.members)
    assert {key: set(keys) for key, keys in INNER_KEYS.items()} == keys_inside(container)
