"""EC2 instances, groups of them, and EBS volumes."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from aws_policy_pack.cost.charges import (
    ONE,
    Charge,
    Charges,
    Missing,
    Pricing,
    Situation,
    beyond,
    hourly,
    monthly,
    usage,
)
from aws_policy_pack.cost.reading import amount, given_text, needed_amount, needed_text
from aws_policy_pack.cost.scaling import declared_count
from aws_policy_pack.resource import Graph, Properties, Resource, Unreadable

SUBNET: Final = "aws:ec2/subnet:Subnet"
LAUNCH_TEMPLATE: Final = "aws:ec2/launchTemplate:LaunchTemplate"
LAUNCH_CONFIGURATION: Final = "aws:ec2/launchConfiguration:LaunchConfiguration"

DETAILED_METRICS: Final = Decimal(7)
"""Metrics of an instance with detailed monitoring: https://aws.amazon.com/cloudwatch/pricing/."""
GP3_IOPS: Final = 3000
GP3_THROUGHPUT: Final = 125
"""What a gp3 volume includes, IOPS and MiB/s: https://aws.amazon.com/ebs/pricing/."""
FIRST_IOPS: Final = Decimal(32000)
"""Provisioned IOPS up to which the first price holds."""
NODE_TYPE: Final = "t3.medium"
NODE_DISK: Final = 20
"""Type and GiB of a node of EKS where nothing is said.

https://docs.aws.amazon.com/eks/latest/APIReference/API_CreateNodegroup.html
"""


def instance(resource: Resource, situation: Situation) -> Charges:
    """A Linux instance with its volumes and address; spot is priced as on demand."""
    if (given_text(resource, "tenancy") or "default") != "default":
        yield Missing(reason="runs on hardware of its own, which has no price here")
        return
    size = needed_text(resource, "instanceType")
    yield from hourly(f"Linux {size}", f"ec2/instance-hour/{size}")
    if resource.flag("monitoring"):
        yield from monthly("detailed monitoring", "ec2/detailed-metric-month", DETAILED_METRICS)
    if _has_public_address(resource, situation.graph):
        yield from hourly("public IPv4 of the instance", "public-ipv4/hour")
    for device in resource.objects("ebsBlockDevices"):
        yield from _volume(device, "volumeSize", "volumeType")
    root = resource.object("rootBlockDevice")
    if not amount(root, "volumeSize"):
        raise Unreadable("rootBlockDevice.volumeSize", "is not set: its image decides")
    yield from _volume(root, "volumeSize", "volumeType")


def scaling_group(resource: Resource, situation: Situation) -> Charges:
    """A group of instances: as many as desired, at most its maximum."""
    template = _template(resource, situation.graph)
    size = needed_text(template, "instanceType")
    low, high = _sizes(resource, "", "desiredCapacity")
    yield from hourly(f"Linux {size}", f"ec2/instance-hour/{size}", low, high)
    devices = [
        mapping.object("ebs")
        for mapping in template.objects("blockDeviceMappings")
        if mapping.has("ebs")
    ]
    root = template.object("rootBlockDevice")
    if amount(root, "volumeSize"):
        devices.append(root)
    if not devices:
        path = "blockDeviceMappings"
        raise Unreadable(path, "names no volume: the image decides on its size", template)
    for device in devices:
        yield from _volume(device, "volumeSize", "volumeType", low, high)


def node_group(resource: Resource, situation: Situation) -> Charges:
    """Nodes of EKS; of several instance types the dearest counts."""
    low, high = _sizes(resource, "scalingConfig.", "desiredSize")
    for size in _dearest(resource, situation):
        yield from hourly(f"node {size}", f"ec2/instance-hour/{size}", low, high)
    disk = amount(resource, "diskSize") or Decimal(NODE_DISK)
    yield from monthly("node disk, gp3", "ebs/gb-month/gp3", disk * low, disk * high)


def _sizes(resource: Resource, place: str, desired: str) -> tuple[Decimal, Decimal]:
    """The number of machines of a group, as declared and at most.

    Without a desired number the group has its minimum. Where ignoreChanges leaves the number to a
    scaler, only that minimum is declared.
    """
    path = f"{place}{desired}"
    least, most = (amount(resource, f"{place}{bound}") for bound in ("minSize", "maxSize"))
    given = amount(resource, path)
    return max(declared_count(resource, path, given), least), max(given, most)


def volume(resource: Resource, situation: Situation) -> Charges:
    """A volume, with the IOPS and throughput above what its type includes."""
    del situation
    needed_amount(resource, "size")
    yield from _volume(resource, "size", "type")


def snapshot(resource: Resource, situation: Situation) -> Charges:
    """A snapshot bills the blocks that changed, which no input says."""
    del resource, situation
    yield usage("snapshot storage", "ebs/snapshot-gb-month")


def _volume(
    device: Properties, size: str, kind: str, low: Decimal = ONE, high: Decimal = ONE
) -> Iterator[Charge]:
    """The charges of one volume for each of `low` instances, at worst of `high`."""
    name = given_text(device, kind) or "gp2"
    gigabytes = amount(device, size)
    for item, key, units in (
        (f"{name} volume", f"ebs/gb-month/{name}", gigabytes),
        *_provisioned(device, name),
    ):
        yield from monthly(item, key, units * low, units * high)


def _provisioned(device: Properties, name: str) -> Iterator[tuple[str, str, Decimal]]:
    iops = amount(device, "iops")
    if name == "gp3":
        over = beyond(iops, GP3_IOPS)
        yield f"gp3 IOPS above {GP3_IOPS}", "ebs/iops-month/gp3", over
        over = beyond(amount(device, "throughput"), GP3_THROUGHPUT)
        yield f"gp3 throughput above {GP3_THROUGHPUT} MiB/s", "ebs/throughput-month/gp3", over
    if name in ("io1", "io2"):
        yield f"{name} IOPS", f"ebs/iops-month/{name}", min(iops, FIRST_IOPS)
        over = beyond(iops, FIRST_IOPS)
        yield f"{name} IOPS above {FIRST_IOPS}", f"ebs/iops-month/{name}/above-{FIRST_IOPS}", over


def _has_public_address(resource: Resource, graph: Graph) -> bool:
    """Whether the instance gets an address: by itself, or from its subnet."""
    if resource.flag("associatePublicIpAddress"):
        return True
    if resource.values.get("associatePublicIpAddress") is not None:
        return False
    if not resource.has("subnetId"):
        return False
    subnets = graph.referenced(resource, "subnetId", SUBNET)
    return any(subnet.flag("mapPublicIpOnLaunch") for subnet in subnets)


def _template(resource: Resource, graph: Graph) -> Resource:
    """What the group's instances are made from."""
    found = (
        template
        for path, kind in (
            ("launchTemplate", LAUNCH_TEMPLATE),
            ("mixedInstancesPolicy", LAUNCH_TEMPLATE),
            ("launchConfiguration", LAUNCH_CONFIGURATION),
        )
        if resource.has(path)
        for template in graph.referenced(resource, path, kind)
    )
    template = next(found, None)
    if template is None:
        raise Unreadable("launchTemplate", "names no launch template of this stack")
    return template


def _dearest(resource: Resource, situation: Situation) -> tuple[str, ...]:
    """The dearest instance type; those without a price stay, to be named."""
    types = resource.texts("instanceTypes") or (NODE_TYPE,)
    priced = [kind for kind in types if f"ec2/instance-hour/{kind}" in situation.prices]
    unpriced = tuple(kind for kind in types if kind not in priced)
    if not priced:
        return unpriced
    dearest = max(priced, key=lambda kind: situation.prices[f"ec2/instance-hour/{kind}"].usd)
    return (*unpriced, dearest)


PRICING: Final[dict[str, Pricing]] = {
    "aws:ec2/instance:Instance": instance,
    "aws:autoscaling/group:Group": scaling_group,
    "aws:eks/nodeGroup:NodeGroup": node_group,
    "aws:ebs/volume:Volume": volume,
    "aws:ebs/snapshot:Snapshot": snapshot,
    "aws:ebs/snapshotCopy:SnapshotCopy": snapshot,
}
