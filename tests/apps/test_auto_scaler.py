"""The auto-scaler of the stack's task definition, as a process, against moto's SQS and ECS."""

import json
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import boto3
import pytest

from ops.dev import programs_of
from ops.paths import profile_of
from pulumi_loopback.credentials import DUMMY
from pulumi_loopback.dev import environments
from pulumi_loopback.dev.processes import Running, running
from tests.apps.aws import Aws
from tests.apps.permissions import asked, refused
from tests.apps.writes import watched, written_outside
from tests.pages import status_of
from tests.waiting import wait_until
from tools.bench_apps import START_SECONDS

if TYPE_CHECKING:
    from mypy_boto3_sqs.type_defs import DeleteMessageBatchRequestEntryTypeDef

INTERVAL = 0.2
QUIET_TIME = 2.0
MESSAGES_PER_WORKER = 4


@dataclass(frozen=True)
class Fleet:
    """A queue, a service, and the auto-scaler between them."""

    aws: Aws
    program: Running
    queue_url: str

    def send(self, messages: int) -> None:
        """Puts messages into the queue, each in a group of its own."""
        sqs = boto3.client("sqs")
        for _ in range(messages):
            sqs.send_message(
                QueueUrl=self.queue_url, MessageBody=str(uuid4()), MessageGroupId=str(uuid4())
            )

    def take(self, messages: int) -> list[str]:
        """Takes messages as workers do; gives their receipts."""
        sqs = boto3.client("sqs")
        taken: list[str] = []
        while len(taken) < messages:
            found = sqs.receive_message(QueueUrl=self.queue_url, MaxNumberOfMessages=1)
            taken += [message["ReceiptHandle"] for message in found.get("Messages", [])]
        return taken

    def finish(self, receipts: list[str]) -> None:
        """Deletes messages that were taken."""
        sqs = boto3.client("sqs")
        for start in range(0, len(receipts), 10):
            entries: list[DeleteMessageBatchRequestEntryTypeDef] = [
                {"Id": str(number), "ReceiptHandle": receipt}
                for number, receipt in enumerate(receipts[start : start + 10])
            ]
            sqs.delete_message_batch(QueueUrl=self.queue_url, Entries=entries)

    def workers(self) -> int:
        """How many workers ECS is told to run."""
        environment = self.program.container.environment
        found = boto3.client("ecs").describe_services(
            cluster=environment["ECS_CLUSTER_NAME"],
            services=[environment["ECS_WORKER_SERVICE_NAME"]],
        )
        return found["services"][0]["desiredCount"]

    def wait_for_workers(self, count: int) -> None:
        """Waits until ECS is told to run so many."""
        wait_until(lambda: self.workers() == count, f"{count} workers")

    def health(self) -> int | None:
        """The status of the health endpoint."""
        return status_of(f"http://127.0.0.1:{self.program.container.health_port}/healthz")


@pytest.fixture
def fleet(
    aws: Aws, containers: dict[str, dict[str, Any]], tmp_path: Path, writes: Path
) -> Iterator[Fleet]:
    """One worker, an empty queue, and the stack's auto-scaler in a hurry."""
    name = uuid4().hex
    queue = boto3.client("sqs").create_queue(
        QueueName=f"{name}.fifo",
        Attributes={"FifoQueue": "true", "ContentBasedDeduplication": "true"},
    )
    _create_service(name, workers=1)
    values = {
        "AWS_ENDPOINT_URL": aws.url,
        "QUEUE_URL": queue["QueueUrl"],
        "ECS_CLUSTER_NAME": name,
        "ECS_WORKER_SERVICE_NAME": name,
        "AUTOSCALER_INTERVAL_SECONDS": str(INTERVAL),
        "AUTOSCALER_SCALE_DOWN_AFTER_SECONDS": str(QUIET_TIME),
    }
    container = environments.container(containers["auto-scaler/auto-scaler"])
    made = watched(container.on_a_free_port().with_values(values).with_key(DUMMY), writes)
    with running(made, programs_of("auto_scaler"), tmp_path / "out") as program:
        program.wait_until_healthy(START_SECONDS)
        yield Fleet(aws, program, queue["QueueUrl"])


def test_it_follows_the_queue_from_idle_to_the_cap_and_back_and_an_error_changes_nothing(
    fleet: Fleet,
) -> None:
    assert fleet.workers() == 1

    fleet.send(30)
    fleet.wait_for_workers(4)

    receipts = fleet.take(30)
    fleet.finish(receipts[6:])
    fleet.wait_for_workers(2)

    fleet.finish(receipts[:6])
    fleet.aws.stop()
    wait_until(lambda: fleet.health() == 503, "unhealthy")
    time.sleep(QUIET_TIME)
    fleet.aws.start()
    assert fleet.workers() == 2
    wait_until(lambda: fleet.health() == 200, "healthy again")
    assert fleet.workers() == 2

    fleet.wait_for_workers(1)
    counts = [int(count) for count in re.findall(r"workers \d+ -> (\d+)", fleet.program.printed())]
    up, down = counts[: counts.index(4)], counts[counts.index(4) :]
    # It may look at the queue while the test still fills or empties it.
    assert up == sorted(up)
    assert down == sorted(down, reverse=True)
    assert down[-2:] == [2, 1]


def test_no_count_is_beyond_the_cap_of_the_profile(fleet: Fleet) -> None:
    cap = read_profile_cap()
    fleet.send(100)
    fleet.wait_for_workers(cap)

    fleet.send(100)
    time.sleep(5 * INTERVAL)

    assert fleet.workers() == cap


def test_sigterm_ends_it_with_0_and_leaves_the_count(fleet: Fleet) -> None:
    fleet.send(30)
    fleet.wait_for_workers(4)

    assert fleet.program.stop() == 0
    assert fleet.workers() == 4
    assert fleet.program.printed().endswith("stopped; the number of workers stays as it is\n")


def test_it_writes_nowhere_as_its_task_definition_gives_it_no_folder(
    fleet: Fleet, writes: Path, containers: dict[str, dict[str, Any]]
) -> None:
    fleet.send(30)
    fleet.wait_for_workers(4)

    assert "mountPoints" not in containers["auto-scaler/auto-scaler"]
    assert written_outside(writes) == set()


def test_its_role_allows_all_that_it_asks_for(
    fleet: Fleet,
    requests: Path,
    containers: dict[str, dict[str, Any]],
    policies: dict[str, list[dict[str, Any]]],
) -> None:
    fleet.send(30)
    fleet.wait_for_workers(4)

    own = {one for one in asked(requests) if one.who == "auto-scaler"}
    stack = environments.container(containers["auto-scaler/auto-scaler"]).environment
    here = fleet.program.container.environment
    names = {
        here["ECS_WORKER_SERVICE_NAME"]: stack["ECS_WORKER_SERVICE_NAME"],
        here["QUEUE_URL"].rpartition("/")[2]: stack["QUEUE_URL"].rpartition("/")[2],
    }
    assert {one.action for one in own} == {
        "ecs:DescribeServices",
        "ecs:UpdateService",
        "sqs:GetQueueAttributes",
    }
    assert refused(own, policies["auto-scaler"], names) == set()


def test_the_health_check_of_the_task_definition_passes(fleet: Fleet) -> None:
    assert fleet.program.is_healthy()

    fleet.aws.stop()
    wait_until(lambda: not fleet.program.is_healthy(), "unhealthy")
    fleet.aws.start()


def read_profile_cap() -> int:
    """The one number that limits the workers of the local stack."""
    profile = json.loads(profile_of("local").read_text())
    cap: int = profile["cost-autoscaling-maximum"]["max"]
    return cap


def _create_service(name: str, *, workers: int) -> None:
    ecs = boto3.client("ecs")
    ecs.create_cluster(clusterName=name)
    task = ecs.register_task_definition(
        family=name, containerDefinitions=[{"name": "worker", "image": "worker:1", "memory": 512}]
    )
    ecs.create_service(
        cluster=name,
        serviceName=name,
        taskDefinition=task["taskDefinition"]["taskDefinitionArn"],
        desiredCount=workers,
    )
