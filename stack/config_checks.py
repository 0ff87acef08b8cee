"""What single fields cannot say: settings that must fit together, or that AWS would refuse."""

import difflib
import ipaddress
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final, get_args
from urllib.parse import urlsplit

import pulumi
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from components.fargate import MEMORY_MIB_BY_CPU, legal_memory
from config import CidrBlock, StackSettings, TaskSettings


class SettingsError(pulumi.RunError):
    """The settings have mistakes; Pulumi prints the text, a line for each, and no traceback."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One mistake.

    Attributes:
        path: The setting, such as `services.worker.cpu`.
        fact: What is wrong, with the actual value; completes "<path> ...".
        wanted: What is wanted, and where that is said.
        fix: What to do, as an order.
    """

    path: str
    fact: str
    wanted: str
    fix: str

    def line(self, file: str) -> str:
        """The mistake in one line that starts with the file to change."""
        return f"{file}: {self.path} {self.fact}; wanted {self.wanted}. Fix: {self.fix}."


def setting_paths(model: type[BaseModel], prefix: str = "") -> Iterator[str]:
    """All settings of a model as dotted paths, groups before what they hold."""
    for name, field in model.model_fields.items():
        path = f"{prefix}{field.alias or name}"
        yield path
        for candidate in (field.annotation, *get_args(field.annotation)):
            if isinstance(candidate, type) and issubclass(candidate, BaseModel):
                yield from setting_paths(candidate, f"{path}.")


def nearest_setting(path: str, known: Iterable[str]) -> str | None:
    """The known path that `path` was probably meant to be, whatever group it was put into."""
    paths = list(known)
    if close := difflib.get_close_matches(path, paths, n=1, cutoff=0.75):
        return close[0]
    by_leaf = {candidate.rpartition(".")[2]: candidate for candidate in paths}
    if close := difflib.get_close_matches(path.rpartition(".")[2], by_leaf, n=1, cutoff=0.75):
        return by_leaf[close[0]]
    return None


def problems_in(error: ValidationError, model: type[BaseModel]) -> list[Problem]:
    """The mistakes that pydantic found, in our words."""
    known = list(setting_paths(model))
    return [_problem(details, known) for details in error.errors()]


def _problem(details: ErrorDetails, known: Iterable[str]) -> Problem:
    path = ".".join(str(part) for part in details["loc"])
    if not path.isprintable():
        path = ascii(path)
    match details["type"]:
        case "extra_forbidden":
            near = nearest_setting(path, known)
            return Problem(
                path=path,
                fact="is not a setting",
                wanted=f"{near}" if near else "one of the settings in config.py",
                fix=f"write {near} instead" if near else f"remove {path}",
            )
        case "missing":
            return Problem(path=path, fact="is missing", wanted="a value", fix=f"set {path} there")
        case _:
            return Problem(
                path=path,
                fact=f"is {shown(details['input'])}",
                wanted=_wanted(details),
                fix=f"change {path}",
            )


def _wanted(details: ErrorDetails) -> str:
    """Pydantic's message as a noun phrase where it is one of the usual ones."""
    message = details["msg"]
    for start in ("Input should be ", "String should ", "Tuple should "):
        if message.startswith(start):
            return message.removeprefix(start)
    return message


def shown(value: object) -> str:
    """A value as it is written in JSON; no setting holds a secret, so every value may be told."""
    if isinstance(value, Mapping):
        return "an object"
    return json.dumps(value)


LOCAL: Final = "local"
VPC_PREFIXES: Final = range(16, 25)


def consistency_problems(settings: StackSettings, stack: str) -> Iterator[Problem]:
    """Settings that do not fit together, or that AWS would refuse."""
    yield from _endpoint_problems(settings, stack)
    yield from _network_problems(settings)
    yield from _database_problems(settings)
    yield from _queue_problems(settings)
    yield from _load_balancer_problems(settings)
    for path, task in settings.tasks().items():
        yield from _task_size_problems(path, task)
    if stack != LOCAL:
        yield from _latest_problems(settings)


def _endpoint_problems(settings: StackSettings, stack: str) -> Iterator[Problem]:
    endpoint = settings.aws.endpoint
    if stack != LOCAL:
        if endpoint is not None:
            yield Problem(
                path="aws.endpoint",
                fact=f"is {shown(endpoint)}",
                wanted=f"none: {stack} is deployed to AWS itself",
                fix="remove aws.endpoint",
            )
    elif endpoint is None:
        yield Problem(
            path="aws.endpoint",
            fact="is missing",
            wanted="the emulator's URL: the stack local must not reach AWS",
            fix="set it to http://127.0.0.1:4566",
        )
    elif not _is_loopback(urlsplit(endpoint).hostname or ""):
        yield Problem(
            path="aws.endpoint",
            fact=f"is {shown(endpoint)}",
            wanted="a loopback address: the stack local is made on this machine alone",
            fix="set it to http://127.0.0.1:4566",
        )


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _network_problems(settings: StackSettings) -> Iterator[Problem]:
    network = settings.network
    yield from _cidr_problems("network.cidrBlock", network.cidr_block, VPC_PREFIXES)
    if network.existing_vpc:
        yield from _cidr_problems(
            "network.existingVpc.cidrBlock", network.existing_vpc.cidr_block, range(33)
        )
    for index, block in enumerate(settings.load_balancer.allowed_cidr_blocks):
        yield from _cidr_problems(f"loadBalancer.allowedCidrBlocks.{index}", block, range(33))
    for index, zone in enumerate(network.availability_zones or ()):
        if not zone.startswith(settings.aws.region):
            yield Problem(
                path=f"network.availabilityZones.{index}",
                fact=f"is {shown(zone)}",
                wanted=f"a zone of aws.region {settings.aws.region}",
                fix="name two zones of that region",
            )


def _cidr_problems(path: str, block: CidrBlock, prefixes: range) -> Iterator[Problem]:
    try:
        legal = ipaddress.ip_network(block).prefixlen in prefixes
    except ValueError:
        legal = False
    if not legal:
        yield Problem(
            path=path,
            fact=f"is {shown(block)}",
            wanted=f"the first address of a network, with a prefix of /{prefixes[0]} to"
            f" /{prefixes[-1]}",
            fix=f"change {path}, for instance to 10.0.0.0/16",
        )


def _database_problems(settings: StackSettings) -> Iterator[Problem]:
    database = settings.database
    pairs = (
        (
            "maxAllocatedStorageGib",
            database.max_allocated_storage_gib,
            "allocatedStorageGib",
            database.allocated_storage_gib,
        ),
        ("maxCapacityAcu", database.max_capacity_acu, "minCapacityAcu", database.min_capacity_acu),
    )
    for upper, maximum, lower, minimum in pairs:
        if maximum < minimum:
            yield Problem(
                path=f"database.{upper}",
                fact=f"is {maximum:g}",
                wanted=f"at least database.{lower}, which is {minimum:g}",
                fix=f"raise database.{upper} or lower database.{lower}",
            )


def _queue_problems(settings: StackSettings) -> Iterator[Problem]:
    queue = settings.queue
    hidden = queue.visibility_timeout_seconds * queue.max_receive_count
    if hidden >= queue.message_retention_seconds:
        yield Problem(
            path="queue.messageRetentionSeconds",
            fact=f"is {queue.message_retention_seconds}",
            wanted=f"more than {hidden}, which is queue.visibilityTimeoutSeconds x"
            " queue.maxReceiveCount: messages would expire before they reach the dead-letter queue",
            fix="raise it, or lower one of the two",
        )
    if queue.dead_letter_retention_seconds < queue.message_retention_seconds:
        yield Problem(
            path="queue.deadLetterRetentionSeconds",
            fact=f"is {queue.dead_letter_retention_seconds}",
            wanted=f"at least queue.messageRetentionSeconds, {queue.message_retention_seconds}:"
            " a message's age counts on in the dead-letter queue",
            fix="raise it, best to 1209600",
        )


def _load_balancer_problems(settings: StackSettings) -> Iterator[Problem]:
    balancer = settings.load_balancer
    given = {
        "certificateArn": balancer.certificate_arn,
        "domainName": balancer.domain_name,
    }
    missing = [key for key, value in given.items() if value is None]
    if len(missing) == 1:
        yield Problem(
            path=f"loadBalancer.{missing[0]}",
            fact="is missing",
            wanted="both loadBalancer.certificateArn and loadBalancer.domainName, or neither",
            fix=f"set loadBalancer.{missing[0]}",
        )


def _task_size_problems(path: str, task: TaskSettings) -> Iterator[Problem]:
    memory = legal_memory(task.cpu)
    if not memory:
        yield Problem(
            path=f"{path}.cpu",
            fact=f"is {task.cpu}",
            wanted=f"one of {', '.join(map(str, MEMORY_MIB_BY_CPU))} (Fargate)",
            fix=f"change {path}.cpu",
        )
    elif task.memory_mib not in memory:
        step = f" in steps of {memory[1] - memory[0]}" if isinstance(memory, range) else ""
        wanted = f"{memory[0]} to {memory[-1]}{step}" if step else ", ".join(map(str, memory))
        yield Problem(
            path=f"{path}.memoryMib",
            fact=f"is {task.memory_mib}",
            wanted=f"{wanted} (Fargate, with cpu {task.cpu})",
            fix=f"change {path}.memoryMib or {path}.cpu",
        )


def _latest_problems(settings: StackSettings) -> Iterator[Problem]:
    tags = {
        "services.imageTag": settings.services.image_tag,
        "autoScaler.imageTag": settings.auto_scaler.image_tag,
        "taskiqDemo.imageTag": settings.taskiq_demo.image_tag,
    }
    for path, tag in tags.items():
        if tag == "latest":
            yield Problem(
                path=path,
                fact='is "latest"',
                wanted="a tag that names one image for good (latest is for local alone)",
                fix="set it to the tag of a pushed image",
            )
