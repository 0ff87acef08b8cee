"""EC2 instances, groups of them, and EBS volumes."""

from collections.abc import Iterator, Sequence
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

OWN_HARDWARE: Final = Missing(reason="runs on hardware of its own, which has no price here")
DETAILED_METRICS: Final = Decimal(7)
"""Metrics of an instance with detailed monitoring: https://aws.amazon.com/cloudwatch/pricing/."""
GP3_IOPS: Final = 3000
GP3_THROUGHPUT: Final = 125
"""What a gp3 volume includes, IOPS and MiB/s: https://aws.amazon.com/ebs/pricing/."""
FIRST_IOPS: Final = Decimal(32000)
SECOND_IOPS: Final = Decimal(64000)
"""Provisioned IOPS of io2 up to which its first and its second price hold; io1 has one price.

https://aws.amazon.com/ebs/pricing/
"""
NODE_TYPE: Final = "t3.medium"
NODE_DISK: Final = 20
"""Type and GiB of a node of EKS where nothing is said.

https://docs.aws.amazon.com/eks/latest/APIReference/API_CreateNodegroup.html
"""


def instance(resource: Resource, situation: Situation) -> Charges:
    """A Linux instance with its volumes and address; spot is priced as on demand."""
    is_shared = (given_text(resource, "tenancy") or "default") == "default"
    if not is_shared or resource.has("hostId") or resource.has("hostResourceGroupArn"):
        yield OWN_HARDWARE
        return
    size = needed_text(resource, "instanceType")
    yield from hourly(f"Linux {size}", f"ec2/instance-hour/{size}")
    if resource.flag("monitoring"):
        yield from monthly("detailed monitoring", "ec2/detailed-metric-month", DETAILED_METRICS)
    if _has_public_address(resource, situation.graph):
        yield from hourly("public IPv4 of the instance", "public-ipv4/hour")
    for device in resource.objects("ebsBlockDevices"):
        yield from volume_charges(device, "volumeSize", "volumeType")
    root = resource.object("rootBlockDevice")
    if not amount(root, "volumeSize"):
        raise Unreadable("rootBlockDevice.volumeSize", "is not set: its image decides")
    yield from volume_charges(root, "volumeSize", "volumeType")


def scaling_group(resource: Resource, situation: Situation) -> Charges:
    """A group of instances: as many as desired, at most its maximum; the dearest type counts."""
    template = _template(resource, situation.graph)
    tenancy = given_text(template, "placement.tenancy") or given_text(template, "placementTenancy")
    if (tenancy or "default") != "default":
        yield OWN_HARDWARE
        return
    low, high = _sizes(resource, "", "desiredCapacity")
    overrides = resource.objects("mixedInstancesPolicy.launchTemplate.overrides")
    unit = given_text(resource, "desiredCapacityType") or "units"
    if unit != "units" or any(override.has("weightedCapacity") for override in overrides):
        yield Missing(reason="counts another thing than instances, whose number is not known")
        return
    types = [needed_text(override, "instanceType") for override in overrides]
    for size in _dearest(types or [needed_text(template, "instanceType")], situation):
        yield from hourly(f"Linux {size}", f"ec2/instance-hour/{size}", low, high)
    if template.flag("monitoring.enabled") or template.flag(
        "enableMonitoring", default=template.type == LAUNCH_CONFIGURATION
    ):
        yield from monthly(
            "detailed monitoring",
            "ec2/detailed-metric-month",
            DETAILED_METRICS * low,
            DETAILED_METRICS * high,
        )
    if _gives_public_addresses(template, resource, "vpcZoneIdentifiers", situation.graph):
        yield from hourly("public IPv4 of instances", "public-ipv4/hour", low, high)
    devices = _devices(template)
    if not devices:
        path = "blockDeviceMappings"
        raise Unreadable(path, "names no volume: the image decides on its size", template)
    for device in devices:
        yield from volume_charges(device, "volumeSize", "volumeType", low, high)


def node_group(resource: Resource, situation: Situation) -> Charges:
    """Nodes of EKS; of several instance types the dearest counts."""
    low, high = _sizes(resource, "scalingConfig.", "desiredSize")
    template = None
    if resource.has("launchTemplate"):
        template = _template(resource, situation.graph, "launchTemplate")
    types = list(resource.texts("instanceTypes"))
    if not types:
        types = [needed_text(template, "instanceType") if template else NODE_TYPE]
    for size in _dearest(types, situation):
        yield from hourly(f"node {size}", f"ec2/instance-hour/{size}", low, high)
    if _gives_public_addresses(template, resource, "subnetIds", situation.graph):
        yield from hourly("public IPv4 of nodes", "public-ipv4/hour", low, high)
    devices = _devices(template) if template else []
    for device in devices:
        yield from volume_charges(device, "volumeSize", "volumeType", low, high)
    if not devices:
        disk = amount(resource, "diskSize") or Decimal(NODE_DISK)
        yield from monthly("node disk, gp3", "ebs/gb-month/gp3", disk * low, disk * high)


def _devices(template: Resource) -> list[Properties]:
    """The volumes that a launch template or configuration gives each instance."""
    mapped = [
        mapping.object("ebs")
        for mapping in template.objects("blockDeviceMappings")
        if mapping.has("ebs")
    ]
    root = template.object("rootBlockDevice")
    roots = [root] if amount(root, "volumeSize") else []
    return [*mapped, *template.objects("ebsBlockDevices"), *roots]


def _gives_public_addresses(
    template: Resource | None, group: Resource, path: str, graph: Graph
) -> bool:
    """Whether each instance of a group gets a public address: by its template, or its subnets."""
    if template is not None:
        interfaces = [
            interface
            for interface in (template, *template.objects("networkInterfaces"))
            if interface.has("associatePublicIpAddress")
        ]
        if interfaces:
            return any(interface.flag("associatePublicIpAddress") for interface in interfaces)
    subnets = graph.referenced(group, path, SUBNET) if group.has(path) else ()
    return bool(subnets) and all(subnet.flag("mapPublicIpOnLaunch") for subnet in subnets)


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
) -> Iterator[Charge]:
    """The charges of one volume for each of `low` instances, at worst of `high`.

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
    if name == "io1":
        yield "io1 IOPS", "ebs/iops-month/io1", iops
    if name == "io2":
        yield "io2 IOPS", "ebs/iops-month/io2", min(iops, FIRST_IOPS)
        for start, units in (
            (FIRST_IOPS, min(beyond(iops, FIRST_IOPS), SECOND_IOPS - FIRST_IOPS)),
            (SECOND_IOPS, beyond(iops, SECOND_IOPS)),
        ):
            yield f"io2 IOPS above {start}", f"ebs/iops-month/io2/above-{start}", units


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


def _template(resource: Resource, graph: Graph, *paths: str) -> Resource:
    """What a group's instances are made from."""
    found = (
        template
        for path in paths or ("launchTemplate", "mixedInstancesPolicy", "launchConfiguration")
        if resource.has(path)
        for template in graph.referenced(resource, path, LAUNCH_TEMPLATE, LAUNCH_CONFIGURATION)
    )
    template = next(found, None)
    if template is None:
        raise Unreadable("launchTemplate", "names no launch template of this stack")
    return template


def _dearest(types: Sequence[str], situation: Situation) -> tuple[str, ...]:
    """The dearest instance type; those without a price stay, to be named."""
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
