"""Values on their way between properties, requests and answers."""

from typing import Any

import botocore.session
import pytest

from pulumi_loopback.embedded.api import agrees, to_request


@pytest.mark.parametrize(
    ("given", "seen", "same"),
    [
        pytest.param({"a": 1}, {"a": 1, "b": 2}, True, id="default-added"),
        pytest.param({"a": 1, "b": 2}, {"a": 1}, False, id="member-lost"),
        pytest.param({"a": []}, {}, True, id="empty-list-not-shown"),
        pytest.param(["x", "y"], ["y", "x"], True, id="another-order"),
        pytest.param(["x"], ["x", "y"], False, id="item-added"),
        pytest.param(["x", "x"], ["x", "y"], False, id="item-counted-once"),
        pytest.param('{"a": [1, 2]}', '{"a":[2,1]}', True, id="json-in-another-form"),
        pytest.param('{"a": 1}', '{"a": 2}', False, id="json-of-another-value"),
        pytest.param("1", "01", False, id="text-that-is-no-document"),
        pytest.param(60, 5, False, id="number"),
    ],
)
def test_what_is_shown_agrees_with_what_was_given(given: Any, seen: Any, same: bool) -> None:  # noqa: ANN401, FBT001 - JSON, and what is expected of it
    assert agrees(given, seen) is same


@pytest.mark.parametrize(
    ("service", "operation", "given", "request_"),
    [
        pytest.param("ec2", "CreateVpc", {"cidrBlock": "a"}, {"CidrBlock": "a"}, id="name"),
        pytest.param("ec2", "DeleteVpc", {"VpcId": None}, {}, id="null-is-left-out"),
        pytest.param(
            "kms",
            "TagResource",
            {"tags": {"b": "2", "a": "1"}},
            {"Tags": [{"TagKey": "a", "TagValue": "1"}, {"TagKey": "b", "TagValue": "2"}]},
            id="map-becomes-pairs",
        ),
        pytest.param(
            "ecs",
            "RegisterTaskDefinition",
            {"containerDefinitions": '[{"name": "one", "memory": 512}]'},
            {"containerDefinitions": [{"name": "one", "memory": 512}]},
            id="json-becomes-objects",
        ),
        pytest.param(
            "ecs",
            "CreateService",
            {"serviceRegistries": {"registryArn": "a"}, "desiredCount": 2.0},
            {"serviceRegistries": [{"registryArn": "a"}], "desiredCount": 2},
            id="object-becomes-list",
        ),
        pytest.param(
            "sqs",
            "CreateQueue",
            {"Attributes": {"DelaySeconds": 5, "FifoQueue": True, "Policy": None}},
            {"Attributes": {"DelaySeconds": "5", "FifoQueue": "true"}},
            id="text-for-what-is-text-at-aws",
        ),
    ],
)
def test_a_request_has_the_names_and_kinds_of_the_service_s_model(
    service: str, operation: str, given: dict[str, Any], request_: dict[str, Any]
) -> None:
    model = botocore.session.Session().get_service_model(service)
    shape = model.operation_model(operation).input_shape
    assert shape is not None
    assert to_request(given, shape) == request_


def test_a_member_that_the_service_does_not_know_is_named() -> None:
    shape = botocore.session.Session().get_service_model("ec2").operation_model("CreateVpc")
    assert shape.input_shape is not None
    with pytest.raises(ValueError, match="CreateVpcRequest has no colour"):
        to_request({"colour": "red"}, shape.input_shape)
