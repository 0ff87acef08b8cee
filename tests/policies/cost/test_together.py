"""Resources whose bill hangs on others of the stack."""

import pytest

from aws_policy_pack.testing import UNKNOWN, Example
from tests.policies.cost.stacks import bill

CLUSTER = "aws:rds/cluster:Cluster"
CLUSTER_INSTANCE = "aws:rds/clusterInstance:ClusterInstance"
INSTANCE = "aws:rds/instance:Instance"
ENDPOINT = "aws:ec2/vpcEndpoint:VpcEndpoint"
ENDPOINT_SUBNET = "aws:ec2/vpcEndpointSubnetAssociation:VpcEndpointSubnetAssociation"
GROUP = "aws:autoscaling/group:Group"
TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate"
TABLE = "aws:dynamodb/table:Table"
TARGET = "aws:appautoscaling/target:Target"
SUBNET = "aws:ec2/subnet:Subnet"
MACHINE = "aws:ec2/instance:Instance"
FUNCTION = "aws:lambda/function:Function"
CONCURRENCY = "aws:lambda/provisionedConcurrencyConfig:ProvisionedConcurrencyConfig"
CACHE = "aws:elasticache/cluster:Cluster"
CACHE_GROUP = "aws:elasticache/replicationGroup:ReplicationGroup"


def make(type_: str, name: str, /, **properties: object) -> Example:
    """A resource; a property that is the name of another in braces is its unknown output."""
    references = {
        key: (value[1:-1],)
        for key, value in properties.items()
        if isinstance(value, str) and value.startswith("{")
    }
    given = {key: UNKNOWN if key in references else value for key, value in properties.items()}
    return Example(type=type_, name=name, properties=given, references=references)


SCALES = {"minCapacity": 0.5, "maxCapacity": 4}
POSTGRES = {"engine": "postgres", "instanceClass": "db.t4g.micro", "allocatedStorage": 20}
ROOT = {"volumeSize": 8, "volumeType": "gp3"}


@pytest.mark.parametrize(
    ("stack", "expected"),
    [
        pytest.param(
            (
                make(CLUSTER, "db", serverlessv2ScalingConfiguration=SCALES),
                make(
                    CLUSTER_INSTANCE, "it", clusterIdentifier="{db}", instanceClass="db.serverless"
                ),
            ),
            ["it Aurora Serverless v2 ACU: 365 ACU-hour at 0.12 = 43.8 / 350.4"],
            id="Serverless v2 from its minimum to its maximum",
        ),
        pytest.param(
            (
                make(
                    CLUSTER,
                    "db",
                    storageType="aurora-iopt1",
                    serverlessv2ScalingConfiguration=SCALES,
                ),
                make(
                    CLUSTER_INSTANCE, "it", clusterIdentifier="{db}", instanceClass="db.serverless"
                ),
            ),
            ["it Aurora Serverless v2 ACU: 365 ACU-hour at 0.156 = 56.94 / 455.52"],
            id="Serverless v2, I/O-optimized",
        ),
        pytest.param(
            (
                make(CLUSTER, "db"),
                make(
                    CLUSTER_INSTANCE, "it", clusterIdentifier="{db}", instanceClass="db.serverless"
                ),
            ),
            ["it is not priced: `serverlessv2ScalingConfiguration.minCapacity` of db is not set"],
            id="Serverless v2 without bounds",
        ),
        pytest.param(
            (
                make(CLUSTER, "db"),
                make(
                    CLUSTER_INSTANCE, "it", clusterIdentifier="{db}", instanceClass="db.r6g.large"
                ),
            ),
            ["it Aurora db.r6g.large: 730 hour at 0.26 = 189.8 / 189.8"],
            id="an instance of Aurora",
        ),
        pytest.param(
            (
                make(CLUSTER, "db", storageType="aurora-iopt1"),
                make(
                    CLUSTER_INSTANCE, "it", clusterIdentifier="{db}", instanceClass="db.r6g.large"
                ),
            ),
            ["it Aurora db.r6g.large, I/O-optimized: 730 hour at 0.338 = 246.74 / 246.74"],
            id="an instance of Aurora, I/O-optimized",
        ),
        pytest.param(
            (
                make(CLUSTER, "db", clusterIdentifier="orders"),
                make(
                    CLUSTER_INSTANCE,
                    "it",
                    clusterIdentifier="orders",
                    instanceClass="db.t4g.medium",
                ),
            ),
            ["it Aurora db.t4g.medium: 730 hour at 0.073 = 53.29 / 53.29"],
            id="a cluster that is found by its identifier",
        ),
        pytest.param(
            (
                make(CLUSTER, "db", clusterIdentifier="orders"),
                make(
                    CLUSTER_INSTANCE, "it", clusterIdentifier="other", instanceClass="db.t4g.medium"
                ),
            ),
            ["it is not priced: `clusterIdentifier` is 'other', which is no cluster of this stack"],
            id="a cluster that is elsewhere",
        ),
        pytest.param(
            (make(CLUSTER_INSTANCE, "it", instanceClass="db.t4g.medium"),),
            ["it is not priced: `clusterIdentifier` is not set"],
            id="an instance of no cluster",
        ),
        pytest.param(
            (
                make(CLUSTER, "db"),
                make(
                    CLUSTER_INSTANCE,
                    "it",
                    clusterIdentifier="{db}",
                    instanceClass="db.t4g.medium",
                    performanceInsightsEnabled=True,
                    performanceInsightsRetentionPeriod=31,
                ),
            ),
            [
                "it Aurora db.t4g.medium: 730 hour at 0.073 = 53.29 / 53.29",
                "it keeps Performance Insights for 31 days, which has no price here",
            ],
            id="Performance Insights for a month have no price",
        ),
        pytest.param(
            (
                make(INSTANCE, "source", **POSTGRES),
                make(INSTANCE, "it", replicateSourceDb="{source}", instanceClass="db.t4g.micro"),
            ),
            [
                "source postgres db.t4g.micro: 730 hour at 0.016 = 11.68 / 11.68",
                "source gp3 storage: 20 GB-month at 0.115 = 2.3 / 2.3",
                "it postgres db.t4g.micro: 730 hour at 0.016 = 11.68 / 11.68",
                "it gp3 storage: 20 GB-month at 0.115 = 2.3 / 2.3",
            ],
            id="a replica has the engine and storage of its source",
        ),
        pytest.param(
            (
                make(INSTANCE, "source", **POSTGRES),
                make(
                    INSTANCE,
                    "it",
                    replicateSourceDb="{source}",
                    instanceClass="db.t4g.micro",
                    allocatedStorage=50,
                ),
            ),
            [
                "source postgres db.t4g.micro: 730 hour at 0.016 = 11.68 / 11.68",
                "source gp3 storage: 20 GB-month at 0.115 = 2.3 / 2.3",
                "it postgres db.t4g.micro: 730 hour at 0.016 = 11.68 / 11.68",
                "it gp3 storage: 50 GB-month at 0.115 = 5.75 / 5.75",
            ],
            id="a replica with storage of its own",
        ),
        pytest.param(
            (make(INSTANCE, "it", replicateSourceDb="elsewhere", instanceClass="db.t4g.micro"),),
            ["it is not priced: `engine` is not set"],
            id="a replica of an instance that is elsewhere",
        ),
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
                    blockDeviceMappings=[{"deviceName": "a", "ebs": ROOT}, {"deviceName": "b"}],
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
                make(TEMPLATE, "lt", instanceType="t3.micro", blockDeviceMappings=[{"ebs": ROOT}]),
                make(GROUP, "it", mixedInstancesPolicy="{lt}", minSize=1, maxSize=1),
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
                "it gp3 volume: 8 GB-month at 0.08 = 0.64 / 1.28",
            ],
            id="a group with a launch configuration",
        ),
        pytest.param(
            (
                make(TEMPLATE, "lt", instanceType="t3.micro"),
                make(GROUP, "it", launchTemplate="{lt}", minSize=1, maxSize=1),
            ),
            [
                "it Linux t3.micro: 730 hour at 0.0104 = 7.592 / 7.592",
                (
                    "it is not priced: `blockDeviceMappings` of lt names no volume: the image "
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
                make(TABLE, "it", name="orders", readCapacity=5, writeCapacity=5),
                make(
                    TARGET,
                    "reads",
                    scalableDimension="dynamodb:table:ReadCapacityUnits",
                    resourceId="table/orders",
                    minCapacity=10,
                    maxCapacity=100,
                ),
            ),
            [
                "it read capacity: 7300 RCU-hour at 0.00013 = 0.949 / 9.49",
                "it write capacity: 3650 WCU-hour at 0.00065 = 2.3725 / 2.3725",
            ],
            id="a table that scales its reads",
        ),
        pytest.param(
            (
                make(TABLE, "it", name="orders", readCapacity=5, writeCapacity=5),
                make(
                    TARGET,
                    "writes",
                    scalableDimension="dynamodb:table:WriteCapacityUnits",
                    resourceId="{it}",
                    minCapacity=1,
                    maxCapacity=50,
                ),
            ),
            [
                "it read capacity: 3650 RCU-hour at 0.00013 = 0.4745 / 0.4745",
                "it write capacity: 3650 WCU-hour at 0.00065 = 2.3725 / 23.725",
            ],
            id="a table that scales its writes",
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
        pytest.param(
            (
                make(FUNCTION, "f", memorySize=512),
                make(CONCURRENCY, "it", functionName="{f}", provisionedConcurrentExecutions=2),
            ),
            [
                (
                    "it provisioned concurrency: 2628000 GB-second at 0.0000041667 = 10.950088 / "
                    "10.950088"
                )
            ],
            id="concurrency by the memory of the function",
        ),
        pytest.param(
            (
                make(FUNCTION, "f", name="f"),
                make(CONCURRENCY, "it", functionName="f", provisionedConcurrentExecutions=8),
            ),
            [
                (
                    "it provisioned concurrency: 2628000 GB-second at 0.0000041667 = 10.950088 / "
                    "10.950088"
                )
            ],
            id="a function that says no memory has 128 MiB",
        ),
        pytest.param(
            (
                make(FUNCTION, "f", architectures=["arm64"]),
                make(CONCURRENCY, "it", functionName="{f}", provisionedConcurrentExecutions=1),
            ),
            [
                (
                    "it has no price for provisioned concurrency in us-east-1 "
                    "(`lambda/provisioned-gb-second/arm64`)"
                )
            ],
            id="concurrency on ARM has no price",
        ),
        pytest.param(
            (
                make(CACHE_GROUP, "group", nodeType="cache.r6g.large", engine="valkey"),
                make(CACHE, "it", replicationGroupId="{group}"),
            ),
            [
                "group valkey cache.r6g.large: 730 hour at 0.1648 = 120.304 / 120.304",
                "it valkey cache.r6g.large: 730 hour at 0.1648 = 120.304 / 120.304",
            ],
            id="a member of a group has its type and engine",
        ),
        pytest.param(
            (make(CACHE, "it", replicationGroupId="elsewhere", nodeType="cache.t3.micro"),),
            ["it redis cache.t3.micro: 730 hour at 0.017 = 12.41 / 12.41"],
            id="a member of a group that is elsewhere",
        ),
    ],
)
def test_what_a_stack_bills(stack: tuple[Example, ...], expected: list[str]) -> None:
    assert bill(*stack) == expected
