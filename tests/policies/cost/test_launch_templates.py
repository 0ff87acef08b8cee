"""What machines bill because of their launch template or configuration."""

import pytest

from aws_policy_pack.testing import UNKNOWN, Example
from tests.policies.cost.stacks import bill, make

TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate"
CONFIGURATION = "aws:ec2/launchConfiguration:LaunchConfiguration"
MACHINE = "aws:ec2/instance:Instance"
GROUP = "aws:autoscaling/group:Group"
NODES = "aws:eks/nodeGroup:NodeGroup"
ROOT = {"volumeSize": 8, "volumeType": "gp3"}
TYPE = "it Linux t3.micro: 730 hour at 0.0104 = 7.592 / 7.592"
ROOT_LINE = "it gp3 volume: 8 GB-month at 0.08 = 0.64 / 0.64"
OWN_HARDWARE = "it runs on hardware of its own, which has no price here"
NO_ROOT = "it is not priced: `rootBlockDevice.volumeSize` is not set: its image decides"
NO_SIZE = "it has a volume whose size its snapshot or image decides on"


def no_root(name: str) -> str:
    """What is said of `it` where its template or configuration names no root volume."""
    return (
        f"it is not priced: `blockDeviceMappings` of {name} names no root volume: the image "
        "decides on its size"
    )


def template(*mappings: dict[str, object], **more: object) -> Example:
    return make(TEMPLATE, "lt", blockDeviceMappings=[*mappings], **more)


def mapping(name: str, **ebs: object) -> dict[str, object]:
    return {"deviceName": name, "ebs": ebs}


def machine(**properties: object) -> Example:
    given = {"instanceType": "t3.micro", "rootBlockDevice": ROOT, "launchTemplate": "{lt}"}
    return make(MACHINE, "it", **{**given, **properties})


def group(**properties: object) -> Example:
    given = {"minSize": 1, "maxSize": 1, "launchTemplate": "{lt}"}
    return make(GROUP, "it", **{**given, **properties})


@pytest.mark.parametrize(
    ("stack", "expected"),
    [
        pytest.param(
            (
                template(mapping("/dev/sdb", volumeSize=1000, volumeType="gp3")),
                machine(),
            ),
            [TYPE, "it gp3 volume: 1000 GB-month at 0.08 = 80 / 80", ROOT_LINE],
            id="volumes",
        ),
        pytest.param(
            (
                template(mapping("/dev/sdb", volumeSize=1000), mapping("/dev/sdc", volumeSize=1)),
                machine(
                    ebsBlockDevices=[
                        {"deviceName": "/dev/sdb", "volumeSize": 10, "volumeType": "gp3"}
                    ]
                ),
            ),
            [
                TYPE,
                "it gp3 volume: 10 GB-month at 0.08 = 0.8 / 0.8",
                "it gp2 volume: 1 GB-month at 0.10 = 0.1 / 0.1",
                ROOT_LINE,
            ],
            id="a volume that the instance sets itself",
        ),
        pytest.param(
            (
                template(mapping("/dev/sda1", **ROOT), instanceType="t3.micro"),
                machine(rootBlockDevice=None, instanceType=None),
            ),
            [TYPE, ROOT_LINE],
            id="root volume and type",
        ),
        pytest.param(
            (template(mapping("/dev/xvda", volumeSize=99)), machine()),
            [TYPE, ROOT_LINE],
            id="a root volume that the instance sets itself",
        ),
        pytest.param(
            (template(mapping("/dev/sdb", **ROOT)), machine(rootBlockDevice=None)),
            [TYPE, ROOT_LINE, NO_ROOT],
            id="no root volume",
        ),
        pytest.param(
            (template(monitoring={"enabled": True}), machine()),
            [TYPE, "it detailed monitoring: 7 metric-month at 0.30 = 2.1 / 2.1", ROOT_LINE],
            id="monitoring",
        ),
        pytest.param(
            (template(monitoring={"enabled": True}), machine(monitoring=False)),
            [TYPE, ROOT_LINE],
            id="monitoring that the instance leaves",
        ),
        pytest.param(
            (template(networkInterfaces=[{"associatePublicIpAddress": True}]), machine()),
            [TYPE, "it public IPv4 of the instance: 730 hour at 0.005 = 3.65 / 3.65", ROOT_LINE],
            id="address",
        ),
        pytest.param(
            (template(placement={"tenancy": "dedicated"}), machine()), [OWN_HARDWARE], id="tenancy"
        ),
        pytest.param(
            (template(placement={"tenancy": "dedicated"}), machine(tenancy="default")),
            [OWN_HARDWARE],
            id="tenancy beside the one that the provider fills in",
        ),
        pytest.param(
            (template(placement={"tenancy": "default"}), machine(tenancy="default")),
            [TYPE, ROOT_LINE],
            id="shared tenancy",
        ),
        pytest.param(
            (template(placement={"hostId": "h-1"}), machine()), [OWN_HARDWARE], id="a host"
        ),
        pytest.param(
            (template(), machine(tenancy="", hostId="", hostResourceGroupArn="")),
            [TYPE, ROOT_LINE],
            id="no host and no tenancy",
        ),
        pytest.param(
            (template(), machine(instanceType=None)),
            ["it is not priced: `instanceType` is not set"],
            id="no type",
        ),
        pytest.param(
            (machine(launchTemplate={"id": "lt-0"}),),
            [
                TYPE,
                ROOT_LINE,
                "it takes what a launch template says that is not in this stack",
            ],
            id="a template that is elsewhere",
        ),
    ],
)
def test_an_instance_has_what_its_launch_template_says(
    stack: tuple[Example, ...], expected: list[str]
) -> None:
    assert bill(*stack) == expected


@pytest.mark.parametrize(
    ("stack", "expected"),
    [
        pytest.param(
            (template(mapping("/dev/sdb", **ROOT), instanceType="t3.micro"), group()),
            [
                TYPE,
                ROOT_LINE,
                no_root("lt"),
            ],
            id="a data volume alone",
        ),
        pytest.param(
            (template(mapping("/dev/xvda", volumeType="gp3"), instanceType="t3.micro"), group()),
            [TYPE, NO_SIZE],
            id="a volume without a size",
        ),
        pytest.param(
            (
                make(CONFIGURATION, "lc", instanceType="t3.micro", enableMonitoring=False),
                group(launchTemplate=None, launchConfiguration="{lc}"),
            ),
            [
                TYPE,
                no_root("lc"),
            ],
            id="a configuration without volumes",
        ),
        pytest.param(
            (
                make(
                    CONFIGURATION,
                    "lc",
                    instanceType="t3.micro",
                    enableMonitoring=False,
                    rootBlockDevice={"volumeType": "gp3"},
                    ebsBlockDevices=[{"deviceName": "/dev/sdb", **ROOT}],
                ),
                group(launchTemplate=None, launchConfiguration="{lc}"),
            ),
            [TYPE, ROOT_LINE, NO_SIZE],
            id="a configuration whose root volume has no size",
        ),
        pytest.param(
            (
                make(CONFIGURATION, "lc", instanceType="t3.micro", placementTenancy="dedicated"),
                group(launchTemplate=None, launchConfiguration="{lc}"),
            ),
            [OWN_HARDWARE],
            id="a configuration's tenancy",
        ),
        pytest.param(
            (
                template(
                    mapping("/dev/xvda", **ROOT),
                    instanceType="t3.micro",
                    placement={"hostResourceGroupArn": "arn:group"},
                ),
                group(),
            ),
            [OWN_HARDWARE],
            id="a group of hosts",
        ),
        pytest.param(
            (
                template(mapping("/dev/xvda", **ROOT), placement={"tenancy": "host"}),
                make(NODES, "it", launchTemplate="{lt}", scalingConfig={"maxSize": 1}),
            ),
            [OWN_HARDWARE],
            id="nodes on hosts",
        ),
        pytest.param(
            (
                template(mapping("/dev/sdb", volumeSize=50), instanceType="t3.micro"),
                make(
                    NODES,
                    "it",
                    launchTemplate="{lt}",
                    scalingConfig={"minSize": 1, "maxSize": 1},
                ),
            ),
            [
                "it node t3.micro: 730 hour at 0.0104 = 7.592 / 7.592",
                "it gp2 volume: 50 GB-month at 0.10 = 5 / 5",
                "it node disk, gp3: 20 GB-month at 0.08 = 1.6 / 1.6",
            ],
            id="nodes with a data volume",
        ),
    ],
)
def test_a_group_has_what_its_launch_template_says(
    stack: tuple[Example, ...], expected: list[str]
) -> None:
    assert bill(*stack) == expected


def test_a_volume_from_a_snapshot_is_named() -> None:
    device = {"deviceName": "/dev/sdb", "snapshotId": "snap-1"}
    assert bill(machine(launchTemplate=None, ebsBlockDevices=[device])) == [
        TYPE,
        ROOT_LINE,
        NO_SIZE,
    ]


SSM = "resolve:ssm:/aws/service"
WINDOWS = f"{SSM}/ami-windows-latest/Windows_Server-2022-English-Full-Base"


@pytest.mark.parametrize(
    "image",
    [
        WINDOWS,
        f"{SSM}/ecs/optimized-ami/windows_server/2022/english/full/recommended/image_id",
        f"{SSM}/suse/sles/15-sp6/x86_64/latest",
        f"{SSM}/canonical/ubuntu/pro-server/24.04/stable/current/amd64/hvm/ebs-gp3/ami-id",
        f"{SSM}/marketplace/prod-1/latest",
    ],
)
def test_an_image_whose_system_costs_more_is_named(image: str) -> None:
    told = f"it starts from the image {image!r}, whose system's fee has no price here"
    assert bill(machine(launchTemplate=None, ami=image))[-1] == told
    assert bill(template(imageId=image), machine())[-1] == told
    volume = mapping("/dev/xvda", **ROOT)
    launched = template(volume, instanceType="t3.micro", imageId=image)
    assert bill(launched, group())[-1] == told
    nodes = make(NODES, "it", launchTemplate="{lt}", scalingConfig={"maxSize": 1})
    assert bill(launched, nodes)[-1] == told


@pytest.mark.parametrize(
    "image",
    [
        "ami-0123456789abcdef0",
        f"{SSM}/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64",
        f"{SSM}/canonical/ubuntu/server/24.04/stable/current/amd64/hvm/ebs-gp3/ami-id",
        UNKNOWN,
        None,
    ],
)
def test_another_image_is_not(image: object) -> None:
    assert bill(machine(launchTemplate=None, ami=image)) == [TYPE, ROOT_LINE]


def test_the_image_of_the_instance_counts_before_that_of_its_template() -> None:
    assert bill(template(imageId=WINDOWS), machine(ami="ami-1")) == [TYPE, ROOT_LINE]
