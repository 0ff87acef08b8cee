"""The reference stack on the embedded endpoint and provider, from nothing to nothing."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pulumi_loopback.credentials import own_key
from pulumi_loopback.embedded.api import agrees, plain
from pulumi_loopback.embedded.provider import embedded_backend
from pulumi_loopback.embedded.table import TABLE
from pulumi_loopback.engine import Engine
from pulumi_preflight.outputs.shapes import Shapes
from pulumi_preflight.provider.backend import ProvidedResource
from pulumi_preflight.provider.server import ask
from tests.engine.embedded import Deployment, copied, deployed_once, reference_stack
from tests.engine.held import LISTED, held

OF_QUEUE = ("auto-scaler", "dagster-daemon", "taskiq-worker")
"""Those that use the queue."""


def services(*names: str) -> list[str]:
    return [f"{name}-service" for name in names]


def tasks(*names: str) -> list[str]:
    return [f"{name}-task" for name in names]


@pytest.fixture
def deployed(shared: Path, tmp_path: Path, engine: Engine) -> Iterator[Deployment]:
    original = deployed_once(shared / "reference", engine, reference_stack)
    with copied(original, tmp_path / "copy", engine) as made:
        made.endpoint("start")
        yield made


def resources(deployed: Deployment) -> list[dict[str, Any]]:
    backend = deployed.folder.parent / "backend" / ".pulumi" / "stacks" / "dagster-taskiq"
    state = json.loads((backend / "local.json").read_text())
    found: list[dict[str, Any]] = state["checkpoint"]["latest"].get("resources") or []
    return found


def as_shown(project: Path, each: dict[str, Any], settings: dict[str, Any]) -> dict[str, Any]:
    """What the endpoint shows of a resource of the state."""
    read = embedded_backend(Shapes(ask), own_key(project)).read(
        ProvidedResource(
            urn=each["urn"],
            inputs=each["inputs"],
            settings=settings,
            id=each["id"],
            outputs=each["outputs"],
        )
    )
    assert read is not None, f"{each['urn']} is not there"
    return read.outputs


def different(deployed: Deployment) -> list[tuple[str, str]]:
    """The inputs that the endpoint shows otherwise than they were given."""
    made = [each for each in resources(deployed) if each["type"].startswith("aws:")]
    (provider,) = (each for each in resources(deployed) if each["type"] == "pulumi:providers:aws")
    return [
        (each["urn"], name)
        for each in made
        for name, value in as_shown(deployed.folder, each, provider["inputs"]).items()
        if name in each["inputs"] and not agrees(plain(each["inputs"][name]), plain(value))
    ]


def changes(up: str) -> dict[str, list[str]]:
    """The resources that `up` has updated, replaced and created, as it tells."""
    _, _, told = up.partition("\nUp of ")
    steps = re.findall(r"^  (~|\+-|\+|- ) +(\S+)  ", told, re.MULTILINE)
    return {
        symbol: sorted(name for each, name in steps if each == symbol)
        for symbol in {"~", "+-", "+"} | {each for each, _ in steps}
    }


def last_line(output: str) -> str:
    return re.sub(r", \d+ s$", "", output.rstrip().splitlines()[-1])


def test_every_resource_is_made_as_given_and_kept(deployed: Deployment) -> None:
    assert {
        each["type"] for each in resources(deployed) if each["type"].startswith("aws:")
    } <= TABLE.keys()
    assert different(deployed) == []
    assert last_line(deployed.session("up")) == f"{len(resources(deployed))} same"


def test_destroy_leaves_an_endpoint_as_it_was_before_up(deployed: Deployment) -> None:
    assert {entry.service for entry in TABLE.values()} <= LISTED.keys()
    before = held(deployed)
    deployed.session("destroy", "--yes")
    after = held(deployed)
    assert resources(deployed) == []
    deployed.kill_endpoint()
    deployed.endpoint("start")
    assert after == held(deployed)
    assert {name.split()[0] for name in before if before[name] > after[name]} >= {
        entry.service for entry in TABLE.values()
    }


@pytest.mark.parametrize(
    ("settings", "updated", "replaced", "created"),
    [
        pytest.param(
            {"queue": {"visibilityTimeoutSeconds": 1800}},
            [
                "steps-dead-letter-queue",
                "steps-queue",
                *services("dagster-daemon", "taskiq-worker"),
            ],
            tasks("dagster-daemon", "taskiq-worker"),
            [],
            id="queue",
        ),
        pytest.param(
            {"database": {"backupRetentionDays": 14}},
            ["database"],
            [],
            [],
            id="database",
            marks=pytest.mark.nightly,
        ),
        pytest.param(
            {"services": {"imageTag": "local", "worker": {"concurrency": 2}}},
            services("taskiq-worker"),
            tasks("taskiq-worker"),
            [],
            id="variable-of-a-container",
            marks=pytest.mark.nightly,
        ),
        pytest.param(
            {"queueName": "work"},
            [*services(*OF_QUEUE), *(f"{name}-task-role-policy" for name in OF_QUEUE)],
            [
                *tasks(*OF_QUEUE),
                *("steps-queue", "steps-queue-policy", "steps-redrive-allow"),
                *("steps-dead-letter-queue", "steps-dead-letter-queue-policy"),
            ],
            [],
            id="name-of-a-queue",
            marks=pytest.mark.nightly,
        ),
        pytest.param(
            {"loadBalancer": {"allowedCidrBlocks": ["10.0.0.0/16", "10.1.0.0/16"]}},
            [],
            [],
            ["load-balancer-80-2-ingress"],
            id="clients",
        ),
    ],
)
def test_a_changed_setting_changes_what_hangs_on_it_and_nothing_else(
    settings: dict[str, object],
    updated: list[str],
    replaced: list[str],
    created: list[str],
    deployed: Deployment,
) -> None:
    for name, value in settings.items():
        deployed.set(f"dagster-taskiq:{name}", value)
    steps = changes(deployed.session("up"))
    assert steps == {"~": sorted(updated), "+-": sorted(replaced), "+": sorted(created)}
    assert different(deployed) == []


def test_what_the_auto_scaler_has_made_of_a_count_stops_no_deployment(
    deployed: Deployment,
) -> None:
    cluster = "dagster-taskiq-cluster-local"
    worker = "dagster-taskiq-taskiq-worker-local"
    ecs = deployed.client("ecs")
    ecs.update_service(cluster=cluster, service=worker, desiredCount=4)
    assert last_line(deployed.session("refresh")).endswith(" same, 1 update")
    deployed.set("dagster-taskiq:database", {"backupRetentionDays": 14})
    assert changes(deployed.session("up"))["~"] == ["database"]
    (service,) = ecs.describe_services(cluster=cluster, services=[worker])["services"]
    assert service["desiredCount"] == 4


def test_what_was_removed_by_hand_is_made_again(deployed: Deployment) -> None:
    deployed.client("logs").delete_log_group(logGroupName="/dagster-taskiq/local/auto-scaler")
    deployed.client("ecs").delete_service(
        cluster="dagster-taskiq-cluster-local",
        service="dagster-taskiq-taskiq-worker-local",
        force=True,
    )
    (balancer,) = deployed.client("elbv2").describe_load_balancers()["LoadBalancers"]
    (listener,) = deployed.client("elbv2").describe_listeners(
        LoadBalancerArn=balancer["LoadBalancerArn"]
    )["Listeners"]
    deployed.client("elbv2").delete_listener(ListenerArn=listener["ListenerArn"])
    whole = len(resources(deployed))
    refreshed = deployed.session("refresh")
    gone = re.findall(r"^  -  +(\S+)  .*\(is gone\)$", refreshed, re.MULTILINE)
    assert sorted(gone) == [
        *("auto-scaler-logs", "dagster-webserver-rule", "http-listener", "taskiq-worker-service")
    ]
    assert last_line(refreshed) == f"4 delete, {whole - 4} same"
    assert last_line(deployed.session("up")) == f"4 create, {whole - 4} same"
    assert different(deployed) == []


def test_what_was_killed_comes_back_by_the_documented_way(deployed: Deployment) -> None:
    whole = len(resources(deployed))
    made = sum(each["type"].startswith("aws:") for each in resources(deployed))
    deployed.kill_endpoint()
    told = deployed.session("up", status=2)
    assert f"error: the endpoint has none of the {made} resources in the state" in told
    assert last_line(deployed.session("refresh")) == f"{made} delete, {whole - made} same"
    assert last_line(deployed.session("up")) == f"{made} create, {whole - made} same"
    assert different(deployed) == []
