"""EC2 instances, groups of them, and EBS volumes."""

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Final

from aws_policy_pack.cost.charges import (
    INSTANCES,
    ONE,
    Charges,
    Missing,
    Pricing,
    Situation,
    amount,
    beyond,
    declared_count,
    given_text,
    hourly,
    monthly,
    needed_amount,
    needed_text,
    usage,
)
from aws_policy_pack.resource import Graph, Properties, Resource, Unreadable
from aws_policy_pack.wire import Value
from aws_policy_pack.wording import shown

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


SUBNET: Final = "aws:ec2/subnet:Subnet"
LAUNCH_TEMPLATE: Final = "aws:ec2/launchTemplate:LaunchTemplate"
LAUNCH_CONFIGURATION: Final = "aws:ec2/launchConfiguration:LaunchConfiguration"
GROUP_TEMPLATES: Final = ("launchTemplate", "mixedInstancesPolicy", "launchConfiguration")
"""Where a group names what its instances are made from."""
IMAGE: Final = "imageId"
NOTHING: Final = Properties(dict)
SHARED: Final = "default"
"""The tenancy of an instance that shares its hardware."""
PAID_SYSTEM: Final = re.compile(
    r"windows|suse|sles|rhel|red-?hat|ubuntu/(eks-)?pro|sql-?server|marketplace", re.IGNORECASE
)
"""Words in the name of an image, such as `resolve:ssm:/aws/service/ami-windows-latest/...`.

https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-public-parameters-ami.html
"""

OWN_HARDWARE: Final = Missing(reason="runs on hardware of its own, which has no price here")
DETAILED_METRICS: Final = Decimal(7)
"""Metrics of an instance with detailed monitoring: https://aws.amazon.com/cloudwatch/pricing/."""
NODE_TYPE: Final = "t3.medium"
NODE_DISK: Final = 20
"""Type and GiB of a node of EKS where nothing is said.

https://docs.aws.amazon.com/eks/latest/APIReference/API_CreateNodegroup.html
"""


def instance(resource: Resource, situation: Situation) -> Charges:
    """A Linux instance with its volumes and address; spot is priced as on demand.

    What the instance does not say, its launch template does.
    """
    template = None
    if resource.has("launchTemplate"):
        template = _template_of(resource, situation.graph, "launchTemplate")
        if template is None:
            yield Missing(reason="takes what a launch template says that is not in this stack")
    placement = template.object("placement") if template else NOTHING
    if _has_own_hardware(resource, placement):
        yield OWN_HARDWARE
        return
    size = given_text(resource, "instanceType") or needed_text(template or resource, "instanceType")
    yield from hourly(f"Linux {size}", f"ec2/instance-hour/{size}")
    yield from _paid_system(resource.values.get("ami") or (template or NOTHING).values.get(IMAGE))
    is_detailed = (template or NOTHING).flag("monitoring.enabled")
    if resource.flag("monitoring", default=is_detailed):
        yield from monthly("detailed monitoring", "ec2/detailed-metric-month", DETAILED_METRICS)
    if _has_public_address(resource, template, situation.graph):
        yield from hourly("public IPv4 of the instance", "public-ipv4/hour")
    own = resource.objects("ebsBlockDevices")
    names = {device_name(device) for device in own}
    inherited = [
        (name, device)
        for name, device in (template_volumes(template) if template else ())
        if name not in names
    ]
    beside = [device for name, device in inherited if name not in ROOT_NAMES]
    for device in (*own, *beside):
        yield from volume_charges(device, "volumeSize", "volumeType")
    root = resource.object("rootBlockDevice")
    roots = [root] if amount(root, "volumeSize") else [d for n, d in inherited if n in ROOT_NAMES]
    if not roots:
        raise Unreadable("rootBlockDevice.volumeSize", "is not set: its image decides")
    for device in roots:
        yield from volume_charges(device, "volumeSize", "volumeType")


def scaling_group(resource: Resource, situation: Situation) -> Charges:
    """A group of instances: as many as desired, at most its maximum; the dearest type counts."""
    template = _template(resource, situation.graph, *GROUP_TEMPLATES)
    if _has_own_hardware(template, template.object("placement")):
        yield OWN_HARDWARE
        return
    low, high = _sizes(resource, "", "desiredCapacity", situation)
    overrides = resource.objects("mixedInstancesPolicy.launchTemplate.overrides")
    unit = given_text(resource, "desiredCapacityType") or "units"
    if unit != "units" or any(override.has("weightedCapacity") for override in overrides):
        yield Missing(reason="counts another thing than instances, whose number is not known")
        return
    types = [needed_text(override, "instanceType") for override in overrides]
    for size in _dearest(types or [needed_text(template, "instanceType")], situation):
        yield from hourly(f"Linux {size}", f"ec2/instance-hour/{size}", low, high)
    yield from _paid_system(template.values.get(IMAGE))
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
    volumes = template_volumes(template)
    for _, device in volumes:
        yield from volume_charges(device, "volumeSize", "volumeType", low, high)
    if not any(name in ROOT_NAMES for name, _ in volumes):
        path = "blockDeviceMappings"
        raise Unreadable(path, "names no root volume: the image decides on its size", template)


def node_group(resource: Resource, situation: Situation) -> Charges:
    """Nodes of EKS; of several instance types the dearest counts."""
    low, high = _sizes(resource, "scalingConfig.", "desiredSize", situation)
    template = None
    if resource.has("launchTemplate"):
        template = _template(resource, situation.graph, "launchTemplate")
        if _has_own_hardware(template.object("placement")):
            yield OWN_HARDWARE
            return
        yield from _paid_system(template.values.get(IMAGE))
    types = list(resource.texts("instanceTypes"))
    if not types:
        types = [needed_text(template, "instanceType") if template else NODE_TYPE]
    for size in _dearest(types, situation):
        yield from hourly(f"node {size}", f"ec2/instance-hour/{size}", low, high)
    if _gives_public_addresses(template, resource, "subnetIds", situation.graph):
        yield from hourly("public IPv4 of nodes", "public-ipv4/hour", low, high)
    volumes = template_volumes(template) if template else []
    for _, device in volumes:
        yield from volume_charges(device, "volumeSize", "volumeType", low, high)
    if not any(name in ROOT_NAMES for name, _ in volumes):
        disk = amount(resource, "diskSize") or Decimal(NODE_DISK)
        yield from monthly("node disk, gp3", "ebs/gb-month/gp3", disk * low, disk * high)


def _has_own_hardware(*placements: Properties) -> bool:
    """Whether one of them names a host, or another tenancy than the shared one."""
    tenancies = {
        given_text(placement, path)
        for placement in placements
        for path in ("tenancy", "placementTenancy")
    }
    hosts = (
        given_text(placement, path)
        for placement in placements
        for path in ("hostId", "hostResourceGroupArn")
    )
    return not tenancies <= {None, SHARED} or any(hosts)


def _paid_system(image: Value) -> Iterator[Missing]:
    """What is said of an image whose name tells that its system bills more than Linux."""
    if isinstance(image, str) and PAID_SYSTEM.search(image):
        yield Missing(
            reason=f"starts from the image {shown(image)}, whose system's fee has no price here"
        )


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


def _sizes(
    resource: Resource, place: str, desired: str, situation: Situation
) -> tuple[Decimal, Decimal]:
    """The number of machines of a group, as declared and at most.

    Without a desired number the group has its minimum. Where ignoreChanges leaves the number to a
    scaler, only that minimum is declared. A schedule raises the maximum for a while.
    """
    path = f"{place}{desired}"
    least, most = (amount(resource, f"{place}{bound}") for bound in ("minSize", "maxSize"))
    given = amount(resource, path)
    planned = situation.scaling.spans.get((resource.urn, INSTANCES), ())
    highest = max([given, most, *(span.most for span in planned)])
    return max(declared_count(resource, path, given), least), highest


def _has_public_address(resource: Resource, template: Resource | None, graph: Graph) -> bool:
    """Whether the instance gets an address: by itself, by its template, or from its subnet."""
    if resource.values.get("associatePublicIpAddress") is not None:
        return resource.flag("associatePublicIpAddress")
    return _gives_public_addresses(template, resource, "subnetId", graph)


def _template(resource: Resource, graph: Graph, *paths: str) -> Resource:
    """What a group's instances are made from."""
    template = _template_of(resource, graph, *paths)
    if template is None:
        raise Unreadable("launchTemplate", "names no launch template of this stack")
    return template


def _template_of(resource: Resource, graph: Graph, *paths: str) -> Resource | None:
    found = (
        template
        for path in paths
        if resource.has(path)
        for template in graph.referenced(resource, path, LAUNCH_TEMPLATE, LAUNCH_CONFIGURATION)
    )
    return next(found, None)


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
