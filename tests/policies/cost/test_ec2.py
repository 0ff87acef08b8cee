"""EC2 instances, nodes and EBS volumes, alone."""

import pytest

from tests.policies.cost.stacks import bill_of, no_price, not_read


@pytest.mark.parametrize(
    ("type_", "properties", "expected"),
    [
        pytest.param(
            "aws:ec2/instance:Instance",
            {"instanceType": "t3.micro", "rootBlockDevice": {"volumeSize": 8, "volumeType": "gp3"}},
            [
                "it Linux t3.micro: 730 hour at 0.0104 = 7.592 / 7.592",
                "it gp3 volume: 8 GB-month at 0.08 = 0.64 / 0.64",
            ],
            id="an instance bills its type and root volume",
        ),
        pytest.param(
            "aws:ec2/instance:Instance",
            {
                "instanceType": "t3.micro",
                "rootBlockDevice": {"volumeSize": 8, "volumeType": "gp3"},
                "monitoring": True,
                "associatePublicIpAddress": True,
            },
            [
                "it Linux t3.micro: 730 hour at 0.0104 = 7.592 / 7.592",
                "it detailed monitoring: 7 metric-month at 0.30 = 2.1 / 2.1",
                "it public IPv4 of the instance: 730 hour at 0.005 = 3.65 / 3.65",
                "it gp3 volume: 8 GB-month at 0.08 = 0.64 / 0.64",
            ],
            id="detailed monitoring and a public address",
        ),
        pytest.param(
            "aws:ec2/instance:Instance",
            {
                "instanceType": "t3.micro",
                "rootBlockDevice": {"volumeSize": 8, "volumeType": "gp3"},
                "tenancy": "dedicated",
            },
            ["it runs on hardware of its own, which has no price here"],
            id="dedicated hardware has no price",
        ),
        pytest.param(
            "aws:ec2/instance:Instance",
            {
                "instanceType": "u-24tb1.metal",
                "rootBlockDevice": {"volumeSize": 8, "volumeType": "gp3"},
            },
            [
                "it gp3 volume: 8 GB-month at 0.08 = 0.64 / 0.64",
                no_price("Linux u-24tb1.metal", "ec2/instance-hour/u-24tb1.metal"),
            ],
            id="a type without a price",
        ),
        pytest.param(
            "aws:ec2/instance:Instance",
            {"instanceType": "t3.micro"},
            [
                "it Linux t3.micro: 730 hour at 0.0104 = 7.592 / 7.592",
                not_read("rootBlockDevice.volumeSize", "is not set: its image decides"),
            ],
            id="a root volume that only the image knows",
        ),
        pytest.param(
            "aws:ec2/instance:Instance",
            {"rootBlockDevice": {"volumeSize": 8}},
            [not_read("instanceType", "is not set")],
            id="no type",
        ),
        pytest.param(
            "aws:ec2/instance:Instance",
            {
                "instanceType": "t3.micro",
                "rootBlockDevice": {"volumeSize": 8, "volumeType": "gp3"},
                "ebsBlockDevices": [
                    {"volumeSize": 10},
                    {"volumeSize": 20, "volumeType": "io1", "iops": 100},
                ],
            },
            [
                "it Linux t3.micro: 730 hour at 0.0104 = 7.592 / 7.592",
                "it gp2 volume: 10 GB-month at 0.10 = 1 / 1",
                "it io1 volume: 20 GB-month at 0.125 = 2.5 / 2.5",
                "it io1 IOPS: 100 IOPS-month at 0.065 = 6.5 / 6.5",
                "it gp3 volume: 8 GB-month at 0.08 = 0.64 / 0.64",
            ],
            id="further volumes, gp2 unless said",
        ),
        pytest.param(
            "aws:ebs/volume:Volume",
            {"size": 100},
            ["it gp2 volume: 100 GB-month at 0.10 = 10 / 10"],
            id="a volume without a type is gp2",
        ),
        pytest.param(
            "aws:ebs/volume:Volume",
            {"size": 100, "type": "gp3", "iops": 3000, "throughput": 125},
            ["it gp3 volume: 100 GB-month at 0.08 = 8 / 8"],
            id="what gp3 includes",
        ),
        pytest.param(
            "aws:ebs/volume:Volume",
            {"size": 100, "type": "gp3", "iops": 4000, "throughput": 225},
            [
                "it gp3 volume: 100 GB-month at 0.08 = 8 / 8",
                "it gp3 IOPS above 3000: 1000 IOPS-month at 0.005 = 5 / 5",
                "it gp3 throughput above 125 MiB/s: 100 MiB/s-month at 0.04 = 4 / 4",
            ],
            id="what gp3 does not include",
        ),
        pytest.param(
            "aws:ebs/volume:Volume",
            {"size": 100, "type": "gp2", "iops": 300},
            ["it gp2 volume: 100 GB-month at 0.10 = 10 / 10"],
            id="gp2 has no IOPS to pay",
        ),
        pytest.param(
            "aws:ebs/volume:Volume",
            {"size": 100, "type": "io2", "iops": 32000},
            [
                "it io2 volume: 100 GB-month at 0.125 = 12.5 / 12.5",
                "it io2 IOPS: 32000 IOPS-month at 0.065 = 2080 / 2080",
            ],
            id="io2 up to 32000 IOPS",
        ),
        pytest.param(
            "aws:ebs/volume:Volume",
            {"size": 100, "type": "io2", "iops": 32001},
            [
                "it io2 volume: 100 GB-month at 0.125 = 12.5 / 12.5",
                "it io2 IOPS: 32000 IOPS-month at 0.065 = 2080 / 2080",
                "it io2 IOPS above 32000: 1 IOPS-month at 0.0455 = 0.0455 / 0.0455",
            ],
            id="more IOPS have no price",
        ),
        pytest.param(
            "aws:ebs/volume:Volume",
            {"size": 1, "type": "st1"},
            ["it st1 volume: 1 GB-month at 0.045 = 0.045 / 0.045"],
            id="a disk for throughput",
        ),
        pytest.param(
            "aws:ebs/volume:Volume",
            {"type": "gp3"},
            [not_read("size", "is not set")],
            id="a volume without a size",
        ),
        pytest.param("aws:ebs/snapshot:Snapshot", {}, [], id="a snapshot bills by use"),
        pytest.param(
            "aws:eks/nodeGroup:NodeGroup",
            {"scalingConfig": {"desiredSize": 2, "minSize": 1, "maxSize": 5}},
            [
                "it node t3.medium: 1460 hour at 0.0416 = 60.736 / 151.84",
                "it node disk, gp3: 40 GB-month at 0.08 = 3.2 / 8",
            ],
            id="nodes are t3.medium with 20 GiB unless said",
        ),
        pytest.param(
            "aws:eks/nodeGroup:NodeGroup",
            {
                "scalingConfig": {"desiredSize": 1, "maxSize": 1},
                "instanceTypes": ["m5.large", "t3.large"],
                "diskSize": 50,
            },
            [
                "it node m5.large: 730 hour at 0.096 = 70.08 / 70.08",
                "it node disk, gp3: 50 GB-month at 0.08 = 4 / 4",
            ],
            id="of several types the dearest counts",
        ),
        pytest.param(
            "aws:eks/nodeGroup:NodeGroup",
            {
                "scalingConfig": {"desiredSize": 1, "maxSize": 1},
                "instanceTypes": ["t3.large", "p9.huge"],
            },
            [
                "it node t3.large: 730 hour at 0.0832 = 60.736 / 60.736",
                "it node disk, gp3: 20 GB-month at 0.08 = 1.6 / 1.6",
                no_price("node p9.huge", "ec2/instance-hour/p9.huge"),
            ],
            id="types without a price are named",
        ),
        pytest.param(
            "aws:eks/nodeGroup:NodeGroup",
            {"scalingConfig": {"desiredSize": 1, "maxSize": 1}, "instanceTypes": ["p9.huge"]},
            [
                "it node disk, gp3: 20 GB-month at 0.08 = 1.6 / 1.6",
                no_price("node p9.huge", "ec2/instance-hour/p9.huge"),
            ],
            id="no type has a price",
        ),
    ],
)
def test_what_a_resource_bills(
    type_: str, properties: dict[str, object], expected: list[str]
) -> None:
    assert bill_of(type_, properties) == expected
