"""Resources whose bill hangs on others of the stack."""

from dataclasses import replace

import pytest

from aws_policy_pack.testing import Example
from tests.policies.cost.stacks import bill, make

CLUSTER = "aws:rds/cluster:Cluster"
CLUSTER_INSTANCE = "aws:rds/clusterInstance:ClusterInstance"
INSTANCE = "aws:rds/instance:Instance"
TABLE = "aws:dynamodb/table:Table"
TARGET = "aws:appautoscaling/target:Target"
FUNCTION = "aws:lambda/function:Function"
CONCURRENCY = "aws:lambda/provisionedConcurrencyConfig:ProvisionedConcurrencyConfig"
CACHE = "aws:elasticache/cluster:Cluster"
CACHE_GROUP = "aws:elasticache/replicationGroup:ReplicationGroup"
SCALES = {"minCapacity": 0.5, "maxCapacity": 4}
POSTGRES = {"engine": "postgres", "instanceClass": "db.t4g.micro", "allocatedStorage": 20}


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
            [
                (
                    "it is not priced: `clusterIdentifier` is 'other', which is not a cluster of "
                    "this stack"
                )
            ],
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
                "it keeps Performance Insights for more than 7 days, which has no price here",
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
            (
                make(INSTANCE, "source", **POSTGRES),
                make(
                    INSTANCE,
                    "it",
                    replicateSourceDb="{source}",
                    engine="mysql",
                    instanceClass="db.t3.micro",
                    allocatedStorage=30,
                ),
            ),
            [
                "source postgres db.t4g.micro: 730 hour at 0.016 = 11.68 / 11.68",
                "source gp3 storage: 20 GB-month at 0.115 = 2.3 / 2.3",
                "it mysql db.t3.micro: 730 hour at 0.017 = 12.41 / 12.41",
                "it gp3 storage: 30 GB-month at 0.115 = 3.45 / 3.45",
            ],
            id="a replica that names its engine",
        ),
        pytest.param(
            (make(INSTANCE, "it", replicateSourceDb="elsewhere", instanceClass="db.t4g.micro"),),
            ["it is not priced: `engine` is not set"],
            id="a replica of an instance that is elsewhere",
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
                make(
                    TABLE,
                    "it",
                    name="orders",
                    readCapacity=5,
                    writeCapacity=5,
                    globalSecondaryIndexes=[{"readCapacity": 2, "writeCapacity": 3}],
                ),
                make(
                    TARGET,
                    "reads",
                    scalableDimension="dynamodb:table:ReadCapacityUnits",
                    resourceId="table/orders",
                    minCapacity=5,
                    maxCapacity=8,
                ),
            ),
            [
                "it read capacity: 5110 RCU-hour at 0.00013 = 0.6643 / 0.949",
                "it write capacity: 5840 WCU-hour at 0.00065 = 3.796 / 3.796",
            ],
            id="an index bills beside a table that scales",
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
                make(FUNCTION, "f", memorySize=512),
                replace(
                    make(CONCURRENCY, "it", functionName="{f}", provisionedConcurrentExecutions=3),
                    ignore_changes=("provisionedConcurrentExecutions",),
                ),
            ),
            [
                (
                    "it provisioned concurrency: 1314000 GB-second at 0.0000041667 = 5.475044 / "
                    "16.425131"
                )
            ],
            id="concurrency that a scaler sets",
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
