"""Properties that add to a resource's bill and have a price here."""

import json

import pytest

from aws_policy_pack.testing import Example
from tests.policies.cost.stacks import bill, bill_of, make, no_price

ALB = "aws:lb/loadBalancer:LoadBalancer"
INSTANCE = "aws:rds/instance:Instance"
HEALTH_CHECK = "aws:route53/healthCheck:HealthCheck"
GROUP = "aws:autoscaling/group:Group"
NODES = "aws:eks/nodeGroup:NodeGroup"
TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate"
SUBNET = "aws:ec2/subnet:Subnet"
BALANCER = {"internal": True, "subnets": ["a", "b"]}
MICRO = {"instanceClass": "db.t4g.micro", "storageType": "gp3"}
DISK = [{"ebs": {"volumeSize": 8, "volumeType": "gp3"}}]
WEB = {"desiredCapacity": 1, "minSize": 1, "maxSize": 2}
RULE = [{"name": "a", "priority": 1}, {"name": "b", "priority": 2}]


@pytest.mark.parametrize(
    ("kind", "properties", "expected"),
    [
        pytest.param(
            ALB,
            {"minimumLoadBalancerCapacity": {"capacityUnits": 200}},
            "application load balancer, reserved capacity units: 146000 LCU-hour at 0.008 = 1168",
            id="reserved capacity of an application load balancer",
        ),
        pytest.param(
            ALB,
            {
                "loadBalancerType": "network",
                "minimumLoadBalancerCapacity": {"capacityUnits": 5500},
            },
            "network load balancer, reserved capacity units: 4015000 LCU-hour at 0.006 = 24090",
            id="reserved capacity of a network load balancer",
        ),
        pytest.param(
            "aws:ec2/vpnConnection:VpnConnection",
            {"transitGatewayId": "tgw-1"},
            "transit gateway attachment: 730 hour at 0.05 = 36.5",
            id="a connection to a transit gateway is attached to it",
        ),
        pytest.param(
            HEALTH_CHECK,
            {"type": "HTTPS_STR_MATCH", "requestInterval": 10, "measureLatency": True},
            "health check, feature: 4 month at 2.00 = 8",
            id="every feature of a health check",
        ),
        pytest.param(
            HEALTH_CHECK,
            {"type": "HTTP_STR_MATCH", "requestInterval": 30},
            "health check, feature: 1 month at 2.00 = 2",
            id="a health check that looks for a text",
        ),
        pytest.param(
            "aws:cloudfront/distribution:Distribution",
            {"viewerCertificate": {"sslSupportMethod": "vip"}},
            "dedicated IP for TLS: 1 month at 600 = 600",
            id="addresses of its own for TLS",
        ),
        pytest.param(
            "aws:cloudwatch/metricAlarm:MetricAlarm",
            {
                "metricQueries": [
                    {"id": "band", "expression": "ANOMALY_DETECTION_BAND(m1, 2)"},
                    {"id": "m1", "metric": {"metricName": "Latency", "period": 60}},
                ]
            },
            "standard alarm, by metric: 3 metric-month at 0.10 = 0.3",
            id="an alarm on an anomaly looks at three metrics",
        ),
        pytest.param(
            "aws:wafv2/webAcl:WebAcl",
            {"ruleJson": json.dumps(RULE)},
            "web ACL rule: 2 month at 1.00 = 2",
            id="rules as JSON",
        ),
        pytest.param(
            "aws:msk/cluster:Cluster",
            {
                "numberOfBrokerNodes": 3,
                "brokerNodeGroupInfo": {
                    "instanceType": "kafka.m5.large",
                    "connectivityInfo": {"publicAccess": {"type": "SERVICE_PROVIDED_EIPS"}},
                },
            },
            "public IPv4 of brokers: 2190 hour at 0.005 = 10.95",
            id="brokers that the internet reaches",
        ),
        pytest.param(
            "aws:opensearch/domain:Domain",
            {
                "clusterConfig": {
                    "instanceType": "t3.small.search",
                    "nodeOptions": [
                        {
                            "nodeType": "coordinator",
                            "nodeConfig": {
                                "enabled": True,
                                "count": 2,
                                "type": "m6g.large.search",
                            },
                        },
                        {"nodeType": "other", "nodeConfig": {"enabled": False}},
                    ],
                }
            },
            "coordinator node m6g.large.search: 1460 hour at 0.128 = 186.88",
            id="coordinators of a search domain",
        ),
        pytest.param(
            "aws:elasticache/replicationGroup:ReplicationGroup",
            {
                "nodeType": "cache.t3.micro",
                "nodeGroupConfigurations": [{"replicaCount": 2}, {"replicaCount": 1}],
            },
            "redis cache.t3.micro: 3650 hour at 0.017 = 62.05",
            id="shards that are listed",
        ),
        pytest.param(
            INSTANCE,
            {"engine": "postgres", "allocatedStorage": 20, "publiclyAccessible": True, **MICRO},
            "public IPv4 of the database: 730 hour at 0.005 = 3.65",
            id="a database that the internet reaches",
        ),
    ],
)
def test_what_is_declared_is_billed(
    kind: str, properties: dict[str, object], expected: str
) -> None:
    given = BALANCER | properties if kind == ALB else properties
    (line,) = [line for line in bill_of(kind, given) if expected in line]
    base, worst = line.rpartition(" = ")[2].split(" / ")
    assert base == worst == expected.rpartition(" = ")[2]


@pytest.mark.parametrize(
    ("kind", "properties", "item"),
    [
        (ALB, BALANCER, "reserved"),
        (HEALTH_CHECK, {"type": "HTTP", "requestInterval": 30}, "feature"),
        ("aws:ec2/vpnConnection:VpnConnection", {"vpnGatewayId": "vgw-1"}, "attachment"),
        (
            "aws:cloudfront/distribution:Distribution",
            {"viewerCertificate": {"sslSupportMethod": "sni-only"}},
            "dedicated",
        ),
    ],
    ids=["balancer", "health check", "vpn", "distribution"],
)
def test_what_is_not_declared_is_not_billed(
    kind: str, properties: dict[str, object], item: str
) -> None:
    assert [line for line in bill_of(kind, properties) if item in line] == []


@pytest.mark.parametrize(
    ("engine", "size", "iops", "throughput", "expected"),
    [
        ("oracle-se2", 200, 15000, 0, ["gp3 IOPS above 12000: 3000"]),
        ("oracle-se2", 199, 3000, 0, []),
        ("custom-oracle-ee", 200, 12000, 500, []),
        ("sqlserver-se", 1000, 4000, 0, ["gp3 IOPS above 3000: 1000"]),
        ("sqlserver-ex", 20, 3000, 250, ["gp3 throughput above 125 MiB/s: 125"]),
        ("db2-se", 400, 12001, 0, ["gp3 IOPS above 12000: 1"]),
        ("postgres", 399, 3000, 0, []),
        ("postgres", 400, 12000, 501, ["gp3 throughput above 500 MiB/s: 1"]),
        ("mysql", 400, 13000, 0, ["gp3 IOPS above 12000: 1000"]),
    ],
)
def test_what_gp3_includes_hangs_on_engine_and_size(
    engine: str, size: int, iops: int, throughput: int, expected: list[str]
) -> None:
    found = bill_of(
        INSTANCE,
        {
            **MICRO,
            "engine": engine,
            "allocatedStorage": size,
            "iops": iops,
            "storageThroughput": throughput,
        },
    )
    above = [line.removeprefix("it ") for line in found if "above" in line]
    assert [line.partition(" IOPS-month")[0] for line in above if "IOPS" in line] == [
        line for line in expected if "IOPS" in line
    ]
    assert len(above) == len(expected)
    assert all(label.rpartition(":")[0] in " ".join(above) for label in expected)


def test_io1_has_one_price_and_io2_has_several() -> None:
    properties = {"size": 100, "iops": 70000}
    volume = "aws:ebs/volume:Volume"
    assert bill_of(volume, {**properties, "type": "io1"})[1:] == [
        "it io1 IOPS: 70000 IOPS-month at 0.065 = 4550 / 4550"
    ]
    assert bill_of(volume, {**properties, "type": "io2"})[1:] == [
        "it io2 IOPS: 32000 IOPS-month at 0.065 = 2080 / 2080",
        "it io2 IOPS above 32000: 32000 IOPS-month at 0.0455 = 1456 / 1456",
        "it io2 IOPS above 64000: 6000 IOPS-month at 0.03185 = 191.1 / 191.1",
    ]


@pytest.mark.parametrize(
    ("stack", "expected"),
    [
        pytest.param(
            (
                make(TEMPLATE, "lt", id="lt-1", blockDeviceMappings=DISK),
                make(
                    GROUP,
                    "it",
                    **WEB,
                    mixedInstancesPolicy={
                        "launchTemplate": {
                            "launchTemplateSpecification": {"launchTemplateId": "lt-1"},
                            "overrides": [
                                {"instanceType": "t3.micro"},
                                {"instanceType": "m5.large"},
                            ],
                        }
                    },
                ),
            ),
            [
                "it Linux m5.large: 730 hour at 0.096 = 70.08 / 140.16",
                "it gp3 volume: 8 GB-month at 0.08 = 0.64 / 1.28",
            ],
            id="of several types the dearest counts",
        ),
        pytest.param(
            (
                make(TEMPLATE, "lt", id="lt-1", instanceType="t3.micro", blockDeviceMappings=DISK),
                make(
                    GROUP,
                    "it",
                    **WEB,
                    mixedInstancesPolicy={
                        "launchTemplate": {
                            "launchTemplateSpecification": {"launchTemplateId": "lt-1"},
                            "overrides": [{"instanceType": "t3.micro", "weightedCapacity": "2"}],
                        }
                    },
                ),
            ),
            ["it counts another thing than instances, whose number is not known"],
            id="weights say how many instances a capacity is",
        ),
        pytest.param(
            (
                make(TEMPLATE, "lt", instanceType="t3.micro", blockDeviceMappings=DISK),
                make(GROUP, "it", launchTemplate="{lt}", desiredCapacityType="vcpu", **WEB),
            ),
            ["it counts another thing than instances, whose number is not known"],
            id="a capacity in vCPUs",
        ),
        pytest.param(
            (
                make(
                    TEMPLATE,
                    "lt",
                    instanceType="t3.micro",
                    blockDeviceMappings=DISK,
                    monitoring={"enabled": True},
                    networkInterfaces=[{"associatePublicIpAddress": "true"}],
                ),
                make(GROUP, "it", launchTemplate="{lt}", desiredCapacity=2, minSize=1, maxSize=3),
            ),
            [
                "it Linux t3.micro: 1460 hour at 0.0104 = 15.184 / 22.776",
                "it detailed monitoring: 14 metric-month at 0.30 = 4.2 / 6.3",
                "it public IPv4 of instances: 1460 hour at 0.005 = 7.3 / 10.95",
                "it gp3 volume: 16 GB-month at 0.08 = 1.28 / 1.92",
            ],
            id="monitoring and addresses of a template",
        ),
        pytest.param(
            (
                make(
                    TEMPLATE,
                    "lt",
                    instanceType="t3.micro",
                    placement={"tenancy": "dedicated"},
                ),
                make(GROUP, "it", launchTemplate="{lt}", **WEB),
            ),
            ["it runs on hardware of its own, which has no price here"],
            id="hardware of its own",
        ),
        pytest.param(
            (
                make(TEMPLATE, "lt", instanceType="m5.large", blockDeviceMappings=DISK),
                make(
                    NODES,
                    "it",
                    launchTemplate="{lt}",
                    scalingConfig={"desiredSize": 1, "minSize": 1, "maxSize": 1},
                ),
            ),
            [
                "it node m5.large: 730 hour at 0.096 = 70.08 / 70.08",
                "it gp3 volume: 8 GB-month at 0.08 = 0.64 / 0.64",
            ],
            id="nodes by a template",
        ),
        pytest.param(
            (
                make(SUBNET, "public", mapPublicIpOnLaunch=True),
                make(
                    NODES,
                    "it",
                    instanceTypes=["t3.micro"],
                    subnetIds="{public}",
                    scalingConfig={"desiredSize": 1, "minSize": 1, "maxSize": 1},
                ),
            ),
            [
                "it node t3.micro: 730 hour at 0.0104 = 7.592 / 7.592",
                "it public IPv4 of nodes: 730 hour at 0.005 = 3.65 / 3.65",
                "it node disk, gp3: 20 GB-month at 0.08 = 1.6 / 1.6",
            ],
            id="nodes with public addresses",
        ),
        pytest.param(
            (
                make("aws:docdb/cluster:Cluster", "db", storageType="iopt1"),
                make(
                    "aws:docdb/clusterInstance:ClusterInstance",
                    "it",
                    clusterIdentifier="{db}",
                    instanceClass="db.t3.medium",
                ),
            ),
            [no_price("DocumentDB db.t3.medium", "docdb/instance-hour/db.t3.medium/iopt1")],
            id="DocumentDB with I/O-optimized storage has other prices",
        ),
        pytest.param(
            (
                make("aws:docdb/cluster:Cluster", "db", clusterIdentifier="orders"),
                make(
                    "aws:docdb/clusterInstance:ClusterInstance",
                    "it",
                    clusterIdentifier="orders",
                    instanceClass="db.t3.medium",
                ),
            ),
            ["it DocumentDB db.t3.medium: 730 hour at 0.078 = 56.94 / 56.94"],
            id="an instance of DocumentDB",
        ),
        pytest.param(
            (make("aws:ec2/instance:Instance", "it", instanceType="m5.large", hostId="h-1"),),
            ["it runs on hardware of its own, which has no price here"],
            id="an instance on a host",
        ),
        pytest.param(
            (
                make(
                    "aws:dynamodb/table:Table",
                    "it",
                    billingMode="PAY_PER_REQUEST",
                    tableClass="STANDARD_INFREQUENT_ACCESS",
                ),
            ),
            ["it is of a class for infrequent access, which has no price here"],
            id="a table of another class",
        ),
        pytest.param(
            (
                make(
                    "aws:cloudwatch/metricAlarm:MetricAlarm",
                    "it",
                    metricQueries=[{"id": "q", "expression": "SELECT AVG(x) FROM y"}],
                ),
            ),
            ["it asks for metrics by a query, whose number is not known here"],
            id="an alarm on a query",
        ),
    ],
)
def test_what_a_stack_bills(stack: tuple[Example, ...], expected: list[str]) -> None:
    assert bill(*stack) == expected


def test_a_multi_az_cluster_bills_its_iops() -> None:
    cluster = {
        "engine": "mysql",
        "dbClusterInstanceClass": "db.m5.large",
        "storageType": "io1",
        "allocatedStorage": 100,
        "iops": 1000,
    }
    assert no_price("io1 IOPS, Multi-AZ cluster", "rds/iops-month/io1/multi-az-cluster") in bill_of(
        "aws:rds/cluster:Cluster", cluster
    )


@pytest.mark.parametrize(
    ("kind", "size", "iops", "is_billed"),
    [
        pytest.param("gp3", 399, 3000, False, id="all that a small one includes"),
        pytest.param("gp3", 399, 3001, True, id="more than a small one includes"),
        pytest.param("gp3", 400, 12000, False, id="all that a large one includes"),
        pytest.param("gp3", 400, 12001, True, id="more than a large one includes"),
        pytest.param("gp3", 401, 12000, False, id="all that a larger one includes"),
        pytest.param("io1", 100, 1, True, id="the first of provisioned ones"),
    ],
)
def test_a_multi_az_cluster_bills_the_iops_that_its_storage_does_not_include(
    kind: str, size: int, iops: int, *, is_billed: bool
) -> None:
    cluster = {
        "engine": "postgres",
        "dbClusterInstanceClass": "db.m6gd.large",
        "storageType": kind,
        "allocatedStorage": size,
        "iops": iops,
    }
    told = no_price(f"{kind} IOPS, Multi-AZ cluster", f"rds/iops-month/{kind}/multi-az-cluster")
    assert (told in bill_of("aws:rds/cluster:Cluster", cluster)) is is_billed
