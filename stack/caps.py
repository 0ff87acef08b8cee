"""The caps of a stack, read from its policy profile: the one place where they are written."""

from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Final

from aws_policy_pack.config import ConfigError
from aws_policy_pack.profiles import Profile, load_profile
from aws_policy_pack.rules.cost.autoscaling import AutoscalingMaximum
from aws_policy_pack.rules.cost.databases import InstanceClass, RdsStorage, ServerlessCapacity
from aws_policy_pack.rules.cost.retention import BilledLogRetention
from aws_policy_pack.rules.cost.services import (
    NAT_GATEWAY,
    DesiredCount,
    ResourceCount,
    TaskSize,
    TotalDesiredCount,
)
from config import StackSettings
from config_checks import Problem, SettingsError, shown

REPOSITORY: Final = Path(__file__).resolve().parent.parent
SINGLETONS: Final = 2
"""Tasks that always run and that no setting counts: daemon and auto-scaler."""
SERVICES: Final = {
    "services.webserver.desiredCount": "dagster-webserver-service",
    "services.worker.desiredCount": "taskiq-worker-service",
    "taskiqDemo.apiDesiredCount": "taskiq-demo-api-service",
    "taskiqDemo.workerDesiredCount": "taskiq-demo-worker-service",
}
"""Settings that count tasks, and the logical names of their services: caps may name those."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Caps:
    """A policy profile, and its path inside the repository for messages."""

    file: str
    profile: Profile

    def max_workers(self) -> int:
        """How many workers the auto-scaler may start.

        Raises:
            SettingsError: The profile does not say it.
        """
        maximum = self.profile.config(AutoscalingMaximum).max
        if maximum is None:
            raise SettingsError(
                f"{self.file}: cost-autoscaling-maximum.max is not set; wanted the most workers"
                " that the auto-scaler may start. Fix: set it."
            )
        return maximum

    def problem(self, path: str, fact: str, wanted: str, cap: str) -> Problem:
        """What to say of a setting that is over `cap`, given as `<rule>.<key>`."""
        return Problem(
            path=path,
            fact=fact,
            wanted=f"{wanted} ({cap} in {self.file})",
            fix=f"change {path}, or the cap there",
        )

    def over(self, path: str, value: float, maximum: float | None, cap: str) -> Iterator[Problem]:
        """A problem where a setting is over its maximum; `None` is not a cap."""
        if maximum is not None and value > maximum:
            yield self.problem(path, f"is {value:g}", f"at most {maximum:g}", cap)


def read_caps(stack: str) -> Caps:
    """Reads the profile of `stack`.

    Raises:
        SettingsError: There is no such profile, or it has mistakes, each told in one line.
    """
    file = f"policies/profiles/{stack}.json"
    if not (REPOSITORY / file).is_file():
        raise SettingsError(
            f"{file}: there is no policy profile for the stack {stack}; wanted one file of caps"
            " per stack. Fix: copy the profile of the stack that is most like it."
        )
    try:
        return Caps(file=file, profile=load_profile(REPOSITORY / file))
    except ConfigError as error:
        lines = [f"{file}: {problem}" for problem in error.problems]
        raise SettingsError("\n".join(lines)) from error


def cap_problems(settings: StackSettings, caps: Caps) -> Iterator[Problem]:
    """Settings over a cap of the policy profile."""
    yield from _count_problems(settings, caps)
    size = caps.profile.config(TaskSize)
    for path, task in settings.tasks().items():
        yield from caps.over(f"{path}.cpu", task.cpu, size.max_cpu, "cost-ecs-task-size.maxCpu")
        yield from caps.over(
            f"{path}.memoryMib", task.memory_mib, size.max_memory, "cost-ecs-task-size.maxMemory"
        )
    yield from caps.over(
        "logs.retentionDays",
        settings.logs.retention_days,
        caps.profile.config(BilledLogRetention).max_days,
        "cost-log-retention.maxDays",
    )
    gateways = caps.profile.config(ResourceCount).max_by_type.get(NAT_GATEWAY)
    if settings.network.existing_vpc is None and gateways is not None:
        yield from caps.over(
            "network.natGateways",
            settings.network.nat_gateways,
            gateways,
            f"cost-resource-count.maxByType.{NAT_GATEWAY}",
        )
    yield from _database_problems(settings, caps)


def _count_problems(settings: StackSettings, caps: Caps) -> Iterator[Problem]:
    """Tasks of each service, of all together, and workers that the auto-scaler keeps."""
    counts = settings.desired_counts()
    cap = caps.profile.config(DesiredCount)
    for path, count in counts.items():
        maximum, key = cap.cap_of(SERVICES[path])
        yield from caps.over(path, count, maximum, f"cost-ecs-desired-count.{key}")
    total = SINGLETONS + sum(counts.values())
    most = caps.profile.config(TotalDesiredCount).max
    if most is not None and total > most:
        largest = max(counts, key=lambda path: counts[path])
        yield caps.problem(
            largest,
            f"makes the sum of all desired counts {total}",
            f"at most {most}",
            "cost-ecs-total-desired-count.max",
        )
    for path, workers in (
        ("autoScaler.minWorkers", settings.auto_scaler.min_workers),
        ("services.worker.desiredCount", settings.services.worker.desired_count),
    ):
        yield from caps.over(path, workers, caps.max_workers(), "cost-autoscaling-maximum.max")


def _database_problems(settings: StackSettings, caps: Caps) -> Iterator[Problem]:
    """Size of the database, of the kind that is built."""
    database = settings.database
    if database.kind == "serverless":
        yield from caps.over(
            "database.maxCapacityAcu",
            database.max_capacity_acu,
            caps.profile.config(ServerlessCapacity).max_capacity,
            "cost-rds-serverless-capacity.maxCapacity",
        )
        return
    classes = caps.profile.config(InstanceClass).classes
    given = database.instance_class
    if classes is not None and not any(fnmatchcase(given, glob) for glob in classes):
        yield caps.problem(
            "database.instanceClass",
            f"is {shown(given)}",
            f"one of {', '.join(classes)}",
            "cost-rds-instance-class.classes",
        )
    yield from caps.over(
        "database.maxAllocatedStorageGib",
        database.max_allocated_storage_gib,
        caps.profile.config(RdsStorage).max_storage,
        "cost-rds-storage.maxStorage",
    )
