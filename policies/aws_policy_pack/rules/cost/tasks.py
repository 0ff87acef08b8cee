"""ECS tasks: their size."""

from collections.abc import Callable
from typing import Final

from pydantic import Field

from aws_policy_pack.config import RuleConfig
from aws_policy_pack.container_definitions import container_definitions
from aws_policy_pack.resource import Properties, Resource
from aws_policy_pack.rule import Finding, Findings, Kind, Severity, resource_rule
from aws_policy_pack.task_sizes import units_of

TASK_DEFINITION: Final = "aws:ecs/taskDefinition:TaskDefinition"


class TaskSize(RuleConfig):
    """How large a task may be."""

    max_cpu: int | None = Field(
        default=None, ge=128, description="Most CPU units; 1024 are one vCPU"
    )
    max_memory: int | None = Field(default=None, ge=4, description="Most memory in MiB")


@resource_rule(
    "cost-ecs-task-size",
    TASK_DEFINITION,
    kind=Kind.CONFIGURED,
    severity=Severity.HIGH,
    summary="A task is not larger than the caps on CPU and memory",
    why="Fargate bills a task by its vCPUs and its memory, used or not.",
    url="https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definition_parameters.html",
    good={"family": "orders-dev", "cpu": "512", "memory": "1024"},
    bad={"family": "orders-dev", "cpu": "16384", "memory": "1024"},
    example_config={"maxCpu": 2048, "maxMemory": 4096},
)
def task_size(task: Resource, config: TaskSize) -> Findings:
    """Compares the task's size, or the sum of its containers' where the task has none."""
    yield from _over(task, "cpu", lambda container: container.number("cpu"), config.max_cpu, "")
    yield from _over(task, "memory", _container_memory, config.max_memory, " MiB")


def _over(
    task: Resource,
    path: str,
    of_container: Callable[[Properties], float | None],
    cap: int | None,
    unit: str,
) -> Findings:
    if cap is None:
        return
    size, subject = units_of(task, path), f"`{path}`"
    if size is None:
        containers = container_definitions(task)
        size = sum(of_container(container) or 0 for container in containers)
        subject = f"`{path}` of all containers"
    if size > cap:
        yield Finding(
            problem=f"{subject} is {size:.12g}{unit}",
            part=path,
            wanted=f"at most {cap}{unit} (`max{path.capitalize()}` of cost-ecs-task-size)",
            fix=f"Lower `{path}`, or raise the cap in the pack's config",
        )


def _container_memory(container: Properties) -> float | None:
    """A container's limit, or what is kept for it."""
    limit = container.number("memory")
    return container.number("memoryReservation") if limit is None else limit
