"""What single fields cannot say: settings that must fit together, or that AWS would refuse."""

import ipaddress
from collections.abc import Iterator
from typing import Final
from urllib.parse import urlsplit

from components.fargate import MEMORY_MIB_BY_CPU, legal_memory
from config import CidrBlock, StackSettings, TaskSettings
from config_errors import Problem, shown

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
