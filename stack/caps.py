"""The caps of a stack, read from its policy profile: the one place where they are written."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, Final

from config import StackSettings
from config_errors import Problem, SettingsError, shown

REPOSITORY: Final = Path(__file__).resolve().parent.parent
SINGLETONS: Final = 2
"""Tasks that always run and that no setting counts: daemon and auto-scaler."""
NAT_GATEWAY: Final = "aws:ec2/natGateway:NatGateway"


@dataclass(frozen=True, slots=True, kw_only=True)
class Caps:
    """A policy profile as the settings see it.

    Attributes:
        file: The profile's path inside the repository, for messages.
        rules: Rule id to the rule's configuration.
    """

    file: str
    rules: Mapping[str, Mapping[str, Any]]

    def of(self, rule: str, key: str) -> Any:  # noqa: ANN401 - the profile's JSON has any type
        """The value of a rule's `key`, `None` where the profile sets none."""
        return self.rules.get(rule, {}).get(key)

    def max_workers(self) -> int:
        """How many workers the auto-scaler may start.

        Raises:
            SettingsError: The profile sets no maximum.
        """
        maximum = self.of("cost-autoscaling-maximum", "max")
        if not isinstance(maximum, int):
            raise SettingsError(
                f"{self.file}: cost-autoscaling-maximum.max is missing; wanted the number of"
                " workers that the auto-scaler may start. Fix: set it there."
            )
        return maximum

    def over(
        self, path: str, value: float, rule: str, key: str, *, of: str | None = None
    ) -> Iterator[Problem]:
        """A problem where `value` is over a cap; `of` names a value that is not the setting's."""
        cap = self.of(rule, key)
        if cap is not None and value > cap:
            yield self._problem(
                path, f"makes {of} {value:g}" if of else f"is {value:g}", f"at most {cap}", rule
            )

    def outside(self, path: str, value: str, rule: str, key: str) -> Iterator[Problem]:
        """A problem where `value` matches none of a list of globs."""
        globs = self.of(rule, key)
        if globs is not None and not any(fnmatchcase(value, glob) for glob in globs):
            yield self._problem(
                path, f"is {shown(path, value)}", f"one of {', '.join(globs)}", rule
            )

    def over_by_type(self, path: str, value: int, resource_type: str) -> Iterator[Problem]:
        """A problem where a setting makes more resources of a type than the profile allows."""
        rule = "cost-resource-count"
        cap = (self.of(rule, "maxByType") or {}).get(resource_type)
        if cap is not None and value > cap:
            yield self._problem(path, f"is {value}", f"at most {cap}", rule)

    def _problem(self, path: str, fact: str, wanted: str, rule: str) -> Problem:
        return Problem(
            path=path,
            fact=fact,
            wanted=f"{wanted} ({rule} in {self.file})",
            fix=f"change {path}, or the cap there",
        )


def read_caps(stack: str) -> Caps:
    """Reads the profile of `stack`.

    Raises:
        SettingsError: There is no such profile, or it is not valid JSON.
    """
    file = f"policies/profiles/{stack}.json"
    try:
        rules = json.loads((REPOSITORY / file).read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise SettingsError(
            f"{file}: there is no policy profile for the stack {stack}; wanted one file of caps"
            " per stack. Fix: copy the profile of the stack that is most like it."
        ) from error
    except ValueError as error:
        raise SettingsError(
            f"{file}: {error}; wanted valid JSON. Fix: correct the file."
        ) from error
    return Caps(
        file=file,
        rules={rule: config for rule, config in rules.items() if isinstance(config, Mapping)},
    )


def cap_problems(settings: StackSettings, caps: Caps) -> Iterator[Problem]:
    """Settings over a cap of the policy profile."""
    counts = settings.desired_counts()
    for path, count in counts.items():
        yield from caps.over(path, count, "cost-ecs-desired-count", "max")
    yield from caps.over(
        "services.worker.desiredCount",
        SINGLETONS + sum(counts.values()),
        "cost-ecs-total-desired-count",
        "max",
        of="the sum of all desired counts",
    )
    for path, workers in (
        ("autoScaler.minWorkers", settings.auto_scaler.min_workers),
        ("services.worker.desiredCount", settings.services.worker.desired_count),
    ):
        yield from caps.over(path, workers, "cost-autoscaling-maximum", "max")
    for path, task in settings.tasks().items():
        yield from caps.over(f"{path}.cpu", task.cpu, "cost-ecs-task-size", "maxCpu")
        yield from caps.over(
            f"{path}.memoryMib", task.memory_mib, "cost-ecs-task-size", "maxMemory"
        )
    yield from caps.over(
        "logs.retentionDays", settings.logs.retention_days, "cost-log-retention", "maxDays"
    )
    if settings.network.existing_vpc is None:
        yield from caps.over_by_type(
            "network.natGateways", settings.network.nat_gateways, NAT_GATEWAY
        )
    yield from _database_cap_problems(settings, caps)


def _database_cap_problems(settings: StackSettings, caps: Caps) -> Iterator[Problem]:
    database = settings.database
    if database.kind == "serverless":
        yield from caps.over(
            "database.maxCapacityAcu",
            database.max_capacity_acu,
            "cost-rds-serverless-capacity",
            "maxCapacity",
        )
        return
    yield from caps.outside(
        "database.instanceClass", database.instance_class, "cost-rds-instance-class", "classes"
    )
    yield from caps.over(
        "database.maxAllocatedStorageGib",
        database.max_allocated_storage_gib,
        "cost-rds-storage",
        "maxStorage",
    )
