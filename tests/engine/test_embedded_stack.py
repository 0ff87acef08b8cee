"""The reference stack on the embedded endpoint and provider, from nothing to nothing."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ops.embedded.provider import embedded_backend
from ops.embedded.table import TABLE
from ops.embedded.values import agrees, plain
from ops.engine import Engine
from pulumi_preflight.outputs.shapes import Shapes
from pulumi_preflight.provider.backend import Resource
from pulumi_preflight.provider.installed import ask
from tests.engine.embedded import Deployment, reference_stack


@pytest.fixture
def deployed(tmp_path: Path, engine: Engine) -> Iterator[Deployment]:
    with reference_stack(tmp_path, engine) as made:
        made.session("up")
        yield made


def resources(deployed: Deployment) -> list[dict[str, Any]]:
    backend = deployed.folder.parent / "backend" / ".pulumi" / "stacks" / "dagster-taskiq"
    state = json.loads((backend / "local.json").read_text())
    found: list[dict[str, Any]] = state["checkpoint"]["latest"].get("resources") or []
    return found


def as_shown(each: dict[str, Any], settings: dict[str, Any]) -> dict[str, Any]:
    """What the endpoint shows of a resource of the state."""
    read = embedded_backend(Shapes(ask)).read(
        Resource(
            urn=each["urn"],
            inputs=each["inputs"],
            settings=settings,
            id=each["id"],
            outputs=each["outputs"],
        )
    )
    assert read is not None, f"{each['urn']} is not there"
    return read.outputs


def test_every_resource_is_made_as_given_and_kept_and_taken_down(deployed: Deployment) -> None:
    made = [each for each in resources(deployed) if each["type"].startswith("aws:")]
    (provider,) = (each for each in resources(deployed) if each["type"] == "pulumi:providers:aws")
    assert {each["type"] for each in made} <= TABLE.keys()
    different = [
        (each["urn"], name)
        for each in made
        for name, value in as_shown(each, provider["inputs"]).items()
        if name in each["inputs"] and not agrees(plain(each["inputs"][name]), plain(value))
    ]
    assert different == []

    assert f"{len(resources(deployed))} same" in deployed.session("up")

    deployed.session("destroy", "--yes")
    assert resources(deployed) == []
    assert deployed.client("sqs").list_queues().get("QueueUrls") is None
    # A deleted cluster can be described for a while, as at AWS.
    clusters = deployed.client("ecs").describe_clusters(clusters=["dagster-taskiq-cluster-local"])
    assert [each["status"] for each in clusters["clusters"]] == ["INACTIVE"]
    assert deployed.client("ecs").list_task_definitions()["taskDefinitionArns"] == []
    assert deployed.client("rds").describe_db_instances()["DBInstances"] == []
    assert deployed.client("elbv2").describe_load_balancers()["LoadBalancers"] == []
    assert deployed.client("s3").list_buckets()["Buckets"] == []
    assert deployed.client("iam").list_roles()["Roles"] == []
    assert deployed.client("logs").describe_log_groups()["logGroups"] == []
    assert deployed.client("ecr").describe_repositories()["repositories"] == []
    assert deployed.client("servicediscovery").list_namespaces()["Namespaces"] == []
    assert all(each["IsDefault"] for each in deployed.client("ec2").describe_vpcs()["Vpcs"])
