"""What machines and endpoints bill because of other resources."""

import pytest

from aws_policy_pack.testing import Example
from tests.policies.cost.stacks import bill, make

ENDPOINT = "aws:ec2/vpcEndpoint:VpcEndpoint"
ENDPOINT_SUBNET = "aws:ec2/vpcEndpointSubnetAssociation:VpcEndpointSubnetAssociation"
GROUP = "aws:autoscaling/group:Group"
TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate"
SUBNET = "aws:ec2/subnet:Subnet"
MACHINE = "aws:ec2/instance:Instance"
ROOT = {"volumeSize": 8, "volumeType": "gp3"}


def mixed(*types: str, **more: object) -> dict[str, object]:
    """A policy of several instance types over the launch template `lt-1`."""
    return {
        "launchTemplate": {
            "launchTemplateSpecification": {"launchTemplateId": "lt-1"},
            "overrides": [{"instanceType": kind, **more} for kind in types],
        }
    }


@pytest.mark.parametrize(
    ("stack", "expected"),
    [
        pytest.param(
            (
                make(ENDPOINT, "it", vpcEndpointType="Interface", subnetIds=["a"]),
                make(ENDPOINT_SUBNET, "zone", vpcEndpointId="{it}"),
            ),
            ["it endpoint, by zone: 1460 hour at 0.01 = 14.6 / 14.6"],
            id="zones that are joined apart",
        ),
        pytest.param(
            (
                make(
                    TEMPLATE,
                    "lt",
                    instanceType="t3.micro",
                    blockDeviceMappings=[
                        {"deviceName": "/dev/xvda", "ebs": ROOT},
                        {"deviceName": "/dev/sdb", "virtualName": "ephemeral0"},
                        {"deviceName": "/dev/sdc", "ebs": ROOT, "noDevice": "true"},
                    ],
                ),
                make(GROUP, "it", launchTemplate="{lt}", desiredCapacity=2, minSize=1, maxSize=4),
            ),
            [
                "it Linux t3.micro: 1460 hour at 0.0104 = 15.184 / 30.368",
                "it gp3 volume: 16 GB-month at 0.08 = 1.28 / 2.56",
            ],
            id="a group of instances goes to its maximum",
        ),
        pytest.param(
            (
                make(TEMPLATE, "lt", id="lt-1", blockDeviceMappings=[{"ebs": ROOT}]),
                make(GROUP, "it", mixedInstancesPolicy=mixed("t3.micro"), minSize=1, maxSize=1),
            ),
            [
                "it Linux t3.micro: 730 hour at 0.0104 = 7.592 / 7.592",
                "it gp3 volume: 8 GB-month at 0.08 = 0.64 / 0.64",
            ],
            id="a group without a desired capacity has its minimum",
        ),
        pytest.param(
            (
                make(
                    "aws:ec2/launchConfiguration:LaunchConfiguration",
                    "lc",
                    instanceType="t3.micro",
                    rootBlockDevice=ROOT,
                ),
                make(GROUP, "it", launchConfiguration="{lc}", minSize=1, maxSize=2),
            ),
            [
                "it Linux t3.micro: 730 hour at 0.0104 = 7.592 / 15.184",
                "it detailed monitoring: 7 metric-month at 0.30 = 2.1 / 4.2",
                "it gp3 volume: 8 GB-month at 0.08 = 0.64 / 1.28",
            ],
            id="a group with a launch configuration, which monitors unless it says no",
        ),
        pytest.param(
            (
                make(TEMPLATE, "lt", instanceType="t3.micro"),
                make(GROUP, "it", launchTemplate="{lt}", minSize=1, maxSize=1),
            ),
            [
                "it Linux t3.micro: 730 hour at 0.0104 = 7.592 / 7.592",
                (
                    "it is not priced: `blockDeviceMappings` of lt names no root volume: the image "
                    "decides on its size"
                ),
            ],
            id="volumes that only the image knows",
        ),
        pytest.param(
            (make(GROUP, "it", launchTemplate={"id": "lt-0123"}, minSize=1, maxSize=1),),
            ["it is not priced: `launchTemplate` names no launch template of this stack"],
            id="a launch template that is elsewhere",
        ),
        pytest.param(
            (
                make(SUBNET, "public", mapPublicIpOnLaunch=True),
                make(
                    MACHINE,
                    "it",
                    instanceType="t3.micro",
                    rootBlockDevice=ROOT,
                    subnetId="{public}",
                ),
            ),
            [
                "it Linux t3.micro: 730 hour at 0.0104 = 7.592 / 7.592",
                "it public IPv4 of the instance: 730 hour at 0.005 = 3.65 / 3.65",
                "it gp3 volume: 8 GB-month at 0.08 = 0.64 / 0.64",
            ],
            id="a subnet that gives addresses",
        ),
        pytest.param(
            (
                make(SUBNET, "private"),
                make(
                    MACHINE,
                    "it",
                    instanceType="t3.micro",
                    rootBlockDevice=ROOT,
                    subnetId="{private}",
                ),
            ),
            [
                "it Linux t3.micro: 730 hour at 0.0104 = 7.592 / 7.592",
                "it gp3 volume: 8 GB-month at 0.08 = 0.64 / 0.64",
            ],
            id="a subnet that gives none",
        ),
        pytest.param(
            (
                make(SUBNET, "public", mapPublicIpOnLaunch=True),
                make(
                    MACHINE,
                    "it",
                    instanceType="t3.micro",
                    rootBlockDevice=ROOT,
                    subnetId="{public}",
                    associatePublicIpAddress=False,
                ),
            ),
            [
                "it Linux t3.micro: 730 hour at 0.0104 = 7.592 / 7.592",
                "it gp3 volume: 8 GB-month at 0.08 = 0.64 / 0.64",
            ],
            id="an instance that wants none",
        ),
    ],
)
def test_what_machines_bill(stack: tuple[Example, ...], expected: list[str]) -> None:
    assert bill(*stack) == expected
