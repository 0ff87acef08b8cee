"""The services and tasks of a stack's cluster, and how much stands in its queues."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from pulumi_loopback.errors import CommandError
from pulumi_loopback.observe.deployment import Deployment, RunningTask
from pulumi_loopback.observe.show import Listing

if TYPE_CHECKING:
    from mypy_boto3_ecs import ECSClient
    from mypy_boto3_ecs.type_defs import ServiceTypeDef, TaskTypeDef
if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient


# DescribeServices takes ten names at a time, DescribeTasks a hundred.
# Source: Amazon ECS API reference.
_SERVICES_A_CALL = 10
_TASKS_A_CALL = 100
_EVENTS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceRow:
    """A service; the counts are tasks, and the revision is its task definition's."""

    service: str
    status: str
    desired: int
    running: int
    pending: int
    rollout: str | None
    revision: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskRow:
    """A task that has not stopped."""

    service: str
    task: str
    status: str
    health: str
    started: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class EventRow:
    """What ECS says about a service."""

    ago: datetime
    event: str


def services(stack: Deployment) -> list[Listing]:
    """Every service of the cluster, those by hand too."""
    with stack.told_plainly():
        rows = [_service(stack, each) for each in described(stack)]
    return [_service_listing(stack, sorted(rows, key=lambda row: row.service))]


def tasks(stack: Deployment) -> list[Listing]:
    """Every task of the cluster that has not stopped."""
    with stack.told_plainly():
        return [_task_listing(stack, list(_task_rows(stack)))]


def status(stack: Deployment, name: str) -> list[Listing]:
    """One service, its tasks, and the newest of what ECS says about it.

    Raises:
        CommandError: There is no such service, or none is named; it names those that there are.
    """
    with stack.told_plainly():
        found = {stack.known_as(each["serviceName"]): each for each in described(stack)}
        by_name = found | {each["serviceName"]: each for each in found.values()}
        if name not in by_name:
            known = ", ".join(sorted(found)) or "none"
            wrong = f"has no service {name!r} in its cluster" if name else "has several"
            raise CommandError(
                f"stack {stack.stack} {wrong}; it has: {known}",
                hint=None
                if name
                else f"`{stack.spelling.of('ecs:status', 'NAME')}` shows one of them",
            )
        service = by_name[name]
        known_as = stack.known_as(service["serviceName"])
        events = [
            EventRow(ago=event["createdAt"], event=event["message"])
            for event in service.get("events", [])[:_EVENTS]
        ]
        return [
            _service_listing(stack, [_service(stack, service)]),
            _task_listing(stack, [row for row in _task_rows(stack) if row.service == known_as]),
            Listing(key="events", rows=events, empty="ECS says nothing about it yet."),
        ]


def _service_listing(stack: Deployment, rows: list[ServiceRow]) -> Listing:
    cluster = stack.outputs["clusterArn"]
    return Listing(key="services", rows=rows, empty=f"There is no service in {cluster}.")


def _task_listing(stack: Deployment, rows: list[TaskRow]) -> Listing:
    emulated = (
        f" moto starts none for a service; `{stack.spelling.of('dev')}` runs them as processes."
        if stack.endpoint
        else ""
    )
    return Listing(
        key="tasks",
        rows=sorted(rows, key=lambda row: (row.service, row.task)),
        empty=f"No task runs.{emulated}",
    )


def _task_rows(stack: Deployment) -> Iterator[TaskRow]:
    """The tasks that ECS runs, and those that `dev` runs in place of ECS."""
    for here in stack.running or ():
        yield TaskRow(
            service=here.service,
            task=here.task,
            status=here.status,
            health=here.health,
            started=here.started,
        )
    client = _ecs(stack)
    cluster = stack.outputs["clusterArn"]
    pages = client.get_paginator("list_tasks").paginate(
        cluster=cluster, PaginationConfig={"PageSize": _TASKS_A_CALL}
    )
    for page in pages:
        if names := page["taskArns"]:
            for each in client.describe_tasks(cluster=cluster, tasks=names)["tasks"]:
                yield _task(stack, each)


def described(stack: Deployment) -> Iterator["ServiceTypeDef"]:
    """Every service of the cluster, as ECS describes it."""
    client = _ecs(stack)
    cluster = stack.outputs["clusterArn"]
    pages = client.get_paginator("list_services").paginate(
        cluster=cluster, PaginationConfig={"PageSize": _SERVICES_A_CALL}
    )
    for page in pages:
        if names := page["serviceArns"]:
            yield from client.describe_services(cluster=cluster, services=names)["services"]


def _service(stack: Deployment, service: "ServiceTypeDef") -> ServiceRow:
    newest = next(iter(service.get("deployments", [])), None)
    row = ServiceRow(
        service=stack.known_as(service["serviceName"]),
        status=service["status"],
        desired=service["desiredCount"],
        running=service["runningCount"],
        pending=service["pendingCount"],
        rollout=newest.get("rolloutState") if newest else None,
        revision=int(service["taskDefinition"].rpartition(":")[2]),
    )
    return row if stack.running is None else _as_run_here(row, service, stack.running)


def _as_run_here(
    row: ServiceRow, service: "ServiceTypeDef", tasks: Sequence[RunningTask]
) -> ServiceRow:
    """The row with the tasks that `dev` runs in place of ECS."""
    own = [task for task in tasks if task.service == row.service]
    current = [task for task in own if task.revision == service["taskDefinition"]]
    healthy = [task for task in current if task.health == "HEALTHY"]
    running = sum(task.status == "RUNNING" for task in own)
    done = len(own) == len(healthy) == row.desired
    return replace(
        row,
        running=running,
        pending=max(row.desired - running, 0),
        rollout="COMPLETED" if done else "IN_PROGRESS",
    )


def _task(stack: Deployment, task: "TaskTypeDef") -> TaskRow:
    kind, _, name = task.get("group", "").partition(":")
    return TaskRow(
        service=stack.known_as(name) if kind == "service" else "-",
        task=_last_part(task["taskArn"]),
        status=task["lastStatus"],
        health=task.get("healthStatus", "UNKNOWN"),
        started=task.get("startedAt"),
    )


def _last_part(arn: str) -> str:
    return arn.rpartition("/")[2]


def _ecs(stack: Deployment) -> "ECSClient":
    return stack.session.client("ecs", **stack.client_options)


# SQS sends its metrics once a minute, for queues in use.
# Source: Amazon SQS developer guide, "Available CloudWatch metrics for Amazon SQS".
_MINUTE = timedelta(minutes=1)
_LOOKED_BACK = 10 * _MINUTE


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueRow:
    """A queue; the counts are messages, and SQS calls them approximate.

    Attributes:
        queue: Its name.
        visible: Those that wait.
        in_flight: Those that a worker has and has not deleted.
        delayed: Those that nobody can receive yet.
        dead_letters: All in its dead-letter queue, `None` where it has no such queue.
        oldest: Age of the oldest, as CloudWatch has it; `None` where it has none.
    """

    queue: str
    visible: int
    in_flight: int
    delayed: int
    dead_letters: int | None
    oldest: timedelta | None


def queues(stack: Deployment) -> list[Listing]:
    """The stack's queues."""
    with stack.told_plainly():
        rows = [
            _row(stack, stack.outputs[name]) for name in stack.names.queues if name in stack.outputs
        ]
    unknown = any(row.oldest is None for row in rows)
    note = "oldest -: CloudWatch has no age from the last 10 minutes" if unknown else None
    return [Listing(key="queues", rows=rows, empty="", note=note)]


def _row(stack: Deployment, url: str) -> QueueRow:
    client: SQSClient = stack.session.client("sqs", **stack.client_options)
    attributes = _attributes(client, url)
    name = url.rpartition("/")[2]
    visible, in_flight, delayed = _counts(attributes)
    return QueueRow(
        queue=name,
        visible=visible,
        in_flight=in_flight,
        delayed=delayed,
        dead_letters=_dead_letters(client, attributes),
        oldest=_oldest(stack, name),
    )


def _attributes(client: "SQSClient", url: str) -> dict[str, str]:
    told = client.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])
    return {str(name): value for name, value in told["Attributes"].items()}


def _counts(attributes: dict[str, str]) -> tuple[int, int, int]:
    prefix = "ApproximateNumberOfMessages"
    return (
        int(attributes[prefix]),
        int(attributes[f"{prefix}NotVisible"]),
        int(attributes[f"{prefix}Delayed"]),
    )


def _dead_letters(client: "SQSClient", attributes: dict[str, str]) -> int | None:
    policy = attributes.get("RedrivePolicy")
    if not policy:
        return None
    dead = json.loads(policy)["deadLetterTargetArn"].rpartition(":")[2]
    url = client.get_queue_url(QueueName=dead)["QueueUrl"]
    return sum(_counts(_attributes(client, url)))


def _oldest(stack: Deployment, queue: str) -> timedelta | None:
    now = datetime.now(UTC)
    told = stack.session.client("cloudwatch", **stack.client_options).get_metric_statistics(
        Namespace="AWS/SQS",
        MetricName="ApproximateAgeOfOldestMessage",
        Dimensions=[{"Name": "QueueName", "Value": queue}],
        StartTime=now - _LOOKED_BACK,
        EndTime=now,
        Period=int(_MINUTE.total_seconds()),
        Statistics=["Maximum"],
    )
    points = sorted(told["Datapoints"], key=lambda point: point["Timestamp"])
    return timedelta(seconds=points[-1]["Maximum"]) if points else None
