"""What ECS is told to run, as its API says it."""

import json
from typing import Any
from uuid import uuid4

import pytest

from pulumi_loopback.dev.cluster import Cluster, Database, Service
from pulumi_loopback.errors import CommandError
from pulumi_loopback.observe.deployment import Deployment

CHECK = ["CMD", "python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8080/')"]


@pytest.fixture
def cluster(stack: Deployment) -> Cluster:
    assert stack.endpoint
    return Cluster(stack, stack.endpoint)


def register(stack: Deployment, **more: Any) -> str:  # noqa: ANN401 - any part of a container
    """Registers a task definition of one container; gives its ARN."""
    ecs = stack.session.client("ecs", endpoint_url=stack.endpoint)
    container = {
        "name": "worker",
        "image": "worker:1",
        "memory": 512,
        "command": ["worker"],
        "environment": [],
        "healthCheck": {"command": CHECK},
        **more,
    }
    told = ecs.register_task_definition(
        family=f"f{uuid4().hex}",
        containerDefinitions=[container],  # type: ignore[list-item]
    )
    return told["taskDefinition"]["taskDefinitionArn"]


def secret(stack: Deployment, value: str) -> str:
    manager = stack.session.client("secretsmanager", endpoint_url=stack.endpoint)
    return str(manager.create_secret(Name=uuid4().hex, SecretString=value)["ARN"])


def test_a_service_has_the_count_and_the_definition_of_now(
    stack: Deployment, cluster: Cluster
) -> None:
    ecs = stack.session.client("ecs", endpoint_url=stack.endpoint)
    name = "shop-worker-local"
    first, second = register(stack), register(stack)
    ecs.create_service(cluster="shop", serviceName=name, taskDefinition=first, desiredCount=1)
    assert cluster.services() == [Service(name=name, definition=first, count=1)]
    ecs.update_service(cluster="shop", service=name, desiredCount=3, taskDefinition=second)
    assert cluster.services() == [Service(name=name, definition=second, count=3)]
    ecs.delete_service(cluster="shop", service=name, force=True)
    assert cluster.services() == []


def test_a_container_is_as_its_definition_has_it(stack: Deployment, cluster: Cluster) -> None:
    definition = register(
        stack,
        environment=[{"name": "QUEUE", "value": "steps.fifo"}],
        portMappings=[{"containerPort": 3000}],
        dependsOn=[{"containerName": "code", "condition": "HEALTHY"}],
        stopTimeout=120,
    )
    (container,) = cluster.containers(definition)
    assert container.name == "worker"
    assert container.image == "worker:1"
    assert container.command == ["worker"]
    assert container.environment == {"QUEUE": "steps.fifo"}
    assert container.health_ports == ["8080"]
    assert container.mapped_ports == ["3000"]
    assert container.starts_after == ["code"]
    assert container.stop_seconds == 120


@pytest.mark.parametrize(
    ("value", "suffix"),
    [
        pytest.param("pass/word", "", id="the whole secret"),
        pytest.param(json.dumps({"password": "pass/word"}), ":password::", id="a key of it"),
    ],
)
def test_a_secret_has_its_value(
    stack: Deployment, cluster: Cluster, value: str, suffix: str
) -> None:
    place = secret(stack, value) + suffix
    definition = register(stack, secrets=[{"name": "POSTGRES_PASSWORD", "valueFrom": place}])
    (container,) = cluster.containers(definition)
    assert container.environment == {"POSTGRES_PASSWORD": "pass/word"}


def test_a_secret_that_is_gone_is_one_clear_error(stack: Deployment, cluster: Cluster) -> None:
    place = secret(stack, "-")
    manager = stack.session.client("secretsmanager", endpoint_url=stack.endpoint)
    manager.delete_secret(SecretId=place, ForceDeleteWithoutRecovery=True)
    definition = register(stack, secrets=[{"name": "POSTGRES_PASSWORD", "valueFrom": place}])
    with pytest.raises(CommandError, match=r"GetSecretValue was refused: ResourceNotFound"):
        cluster.containers(definition)


def test_the_database_is_what_the_containers_are_told(stack: Deployment, cluster: Cluster) -> None:
    with pytest.raises(CommandError, match="no container of stack local is told of a database"):
        cluster.database(cluster.services())
    ecs = stack.session.client("ecs", endpoint_url=stack.endpoint)
    definition = register(
        stack,
        environment=[{"name": "POSTGRES_USER", "value": "dagster"}],
        secrets=[{"name": "POSTGRES_PASSWORD", "valueFrom": secret(stack, "pass/word")}],
    )
    ecs.create_service(
        cluster="shop", serviceName="shop-worker-local", taskDefinition=definition, desiredCount=1
    )
    told = cluster.database(cluster.services())
    assert told == Database(user="dagster", password="pass/word")  # noqa: S106 - of no database
    assert "pass/word" not in repr(told)
    ecs.delete_service(cluster="shop", service="shop-worker-local", force=True)
