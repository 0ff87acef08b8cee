"""EBS volumes: those that stand alone, and those of instances."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from aws_policy_pack.cost.charges import (
    ONE,
    Charges,
    Missing,
    Pricing,
    Situation,
    beyond,
    monthly,
    usage,
)
from aws_policy_pack.cost.reading import amount, given_text, needed_amount
from aws_policy_pack.resource import Properties, Resource

GP3_IOPS: Final = 3000
GP3_THROUGHPUT: Final = 125
"""What a gp3 volume includes, IOPS and MiB/s: https://aws.amazon.com/ebs/pricing/."""
FIRST_IOPS: Final = Decimal(32000)
SECOND_IOPS: Final = Decimal(64000)
"""Provisioned IOPS of io2 up to which its first and its second price hold; io1 has one price.

https://aws.amazon.com/ebs/pricing/
"""
ROOT_NAMES: Final = frozenset({"", "/dev/xvda", "/dev/sda1"})
"""Names of a root volume; a volume of another name stands beside that of the image.

https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/device_naming.html
"""


def volume(resource: Resource, situation: Situation) -> Charges:
    """A volume, with the IOPS and throughput above what its type includes."""
    del situation
    needed_amount(resource, "size")
    yield from volume_charges(resource, "size", "type")


def snapshot(resource: Resource, situation: Situation) -> Charges:
    """A snapshot bills the blocks that changed, which no input says."""
    del resource, situation
    yield usage("snapshot storage", "ebs/snapshot-gb-month")


def volume_charges(  # noqa: PLR0913 - all but three have a default
    device: Properties,
    size: str,
    kind: str,
    low: Decimal = ONE,
    high: Decimal = ONE,
    *,
    default: str = "gp2",
) -> Charges:
    """The charges of one volume for each of `low` instances, at worst of `high`.

    A volume without a size has that of its snapshot or image, which no input says.

    Args:
        device: What describes the volume.
        size: Where its GiB stand.
        kind: Where its type stands.
        low: Volumes as declared.
        high: Volumes at most.
        default: The type where none is given.
    """
    name = given_text(device, kind) or default
    gigabytes = amount(device, size)
    if not gigabytes:
        yield Missing(reason="has a volume whose size its snapshot or image decides on")
    for item, key, units in (
        (f"{name} volume", f"ebs/gb-month/{name}", gigabytes),
        *_provisioned(device, name),
    ):
        yield from monthly(item, key, units * low, units * high)
    if name == "standard":
        yield usage("I/O requests of a magnetic volume", "ebs/million-requests/standard")


def _provisioned(device: Properties, name: str) -> Iterator[tuple[str, str, Decimal]]:
    iops = amount(device, "iops")
    if name == "gp3":
        over = beyond(iops, GP3_IOPS)
        yield f"gp3 IOPS above {GP3_IOPS}", "ebs/iops-month/gp3", over
        over = beyond(amount(device, "throughput"), GP3_THROUGHPUT)
        yield f"gp3 throughput above {GP3_THROUGHPUT} MiB/s", "ebs/throughput-month/gp3", over
    if name == "io1":
        yield "io1 IOPS", "ebs/iops-month/io1", iops
    if name == "io2":
        yield "io2 IOPS", "ebs/iops-month/io2", min(iops, FIRST_IOPS)
        for start, units in (
            (FIRST_IOPS, min(beyond(iops, FIRST_IOPS), SECOND_IOPS - FIRST_IOPS)),
            (SECOND_IOPS, beyond(iops, SECOND_IOPS)),
        ):
            yield f"io2 IOPS above {start}", f"ebs/iops-month/io2/above-{start}", units


def template_volumes(template: Resource) -> list[tuple[str, Properties]]:
    """The volumes that a launch template or configuration gives each instance, and their names.

    The root volume of a launch configuration has no name of its own.
    """
    mapped = [
        (mapping, mapping.object("ebs"))
        for mapping in template.objects("blockDeviceMappings")
        if mapping.has("ebs") and not given_text(mapping, "noDevice")
    ]
    listed = [(device, device) for device in template.objects("ebsBlockDevices")]
    root = template.object("rootBlockDevice")
    roots = [("", root)] if root.keys() else []
    return [*((device_name(holder), device) for holder, device in (*mapped, *listed)), *roots]


def device_name(device: Properties) -> str:
    """The name under which an instance sees a volume; empty where none is given."""
    return given_text(device, "deviceName") or ""


PRICING: Final[dict[str, Pricing]] = {
    "aws:ebs/volume:Volume": volume,
    "aws:ebs/snapshot:Snapshot": snapshot,
    "aws:ebs/snapshotCopy:SnapshotCopy": snapshot,
}
