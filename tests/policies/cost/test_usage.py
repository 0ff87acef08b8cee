"""Types that bill by use alone: named with their unit price, counted as 0."""

import pytest

from aws_policy_pack.testing import Example
from tests.policies.cost.stacks import estimate_of

USAGE = " (usage only)"
STARTED = [
    "vCPU of tasks that it starts: 0.04048 a vCPU-hour",
    "memory of tasks that it starts: 0.004445 a GB-hour",
]


def uses(type_: str, properties: dict[str, object]) -> list[str]:
    example = Example(type=type_, name="it", properties=properties)
    result = estimate_of(example)
    assert result.unpriced == ()
    used = [line for line in result.lines if line.item.endswith(USAGE)]
    assert {(line.quantity, line.base, line.worst) for line in used} <= {(0, 0, 0)}
    return [f"{line.item.removesuffix(USAGE)}: {line.unit_price:f} a {line.unit}" for line in used]


@pytest.mark.parametrize(
    ("type_", "properties", "expected"),
    [
        pytest.param(
            "aws:s3/bucket:Bucket",
            {},
            ["objects: 0.023 a GB-month", "PUTs: 0.005 a 1,000 PUTs", "GETs: 0.0004 a 1,000 GETs"],
            id="Bucket of s3",
        ),
        pytest.param(
            "aws:s3/bucketV2:BucketV2",
            {},
            ["objects: 0.023 a GB-month", "PUTs: 0.005 a 1,000 PUTs", "GETs: 0.0004 a 1,000 GETs"],
            id="BucketV2 of s3",
        ),
        pytest.param(
            "aws:sns/topicSubscription:TopicSubscription",
            {"protocol": "http"},
            ["HTTP deliveries: 0.06 a 100,000 deliveries"],
            id="a subscription over http",
        ),
        pytest.param(
            "aws:sns/topicSubscription:TopicSubscription",
            {"protocol": "https"},
            ["HTTP deliveries: 0.06 a 100,000 deliveries"],
            id="a subscription over https",
        ),
        *(
            pytest.param(
                "aws:sns/topicSubscription:TopicSubscription",
                {"protocol": protocol},
                [f"{item}: 0 a use"],
                id=f"a subscription by {protocol}",
            )
            for protocol, item in {
                "sms": "text messages",
                "email": "emails",
                "email-json": "emails",
                "application": "mobile push notifications",
                "firehose": "deliveries to Firehose",
            }.items()
        ),
        *(
            pytest.param(
                "aws:sns/topicSubscription:TopicSubscription",
                {"protocol": protocol},
                [],
                id=f"a subscription by {protocol}",
            )
            for protocol in ("sqs", "lambda")
        ),
        pytest.param(
            "aws:cloudwatch/eventBus:EventBus",
            {},
            ["events: 1.00 a million events"],
            id="EventBus of cloudwatch",
        ),
        pytest.param(
            "aws:scheduler/schedule:Schedule",
            {},
            ["invocations: 1.00 a million invocations"],
            id="Schedule of scheduler",
        ),
        pytest.param(
            "aws:scheduler/schedule:Schedule",
            {"target": {"ecsParameters": {"taskDefinitionArn": "arn"}}},
            ["invocations: 1.00 a million invocations", *STARTED],
            id="a schedule that starts tasks",
        ),
        pytest.param(
            "aws:cloudwatch/eventTarget:EventTarget",
            {"ecsTarget": {"taskDefinitionArn": "arn"}},
            STARTED,
            id="a target that starts tasks",
        ),
        pytest.param("aws:cloudwatch/eventTarget:EventTarget", {}, [], id="another target"),
        pytest.param(
            "aws:cloudfront/distribution:Distribution",
            {},
            ["data sent: 0.085 a GB", "HTTPS requests: 0.01 a 10,000 requests"],
            id="Distribution of cloudfront",
        ),
        pytest.param("aws:ec2/flowLog:FlowLog", {}, ["flow logs: 0.50 a GB"], id="FlowLog of ec2"),
        pytest.param(
            "aws:ecr/repository:Repository",
            {},
            ["image storage: 0.10 a GB-month"],
            id="Repository of ecr",
        ),
        pytest.param(
            "aws:cloudtrail/trail:Trail",
            {},
            [
                "management events, second copy: 2.00 a 100,000 events",
                "data events: 0.10 a 100,000 events",
            ],
            id="Trail of cloudtrail",
        ),
        pytest.param(
            "aws:cfg/recorder:Recorder", {}, ["recorded items: 0.003 a item"], id="Recorder of cfg"
        ),
        pytest.param(
            "aws:cfg/rule:Rule", {}, ["evaluations: 0.001 a evaluation"], id="Rule of cfg"
        ),
        pytest.param(
            "aws:codebuild/project:Project",
            {},
            ["build minutes, small: 0.005 a minute", "build minutes, medium: 0.01 a minute"],
            id="Project of codebuild",
        ),
        pytest.param(
            "aws:apigateway/restApi:RestApi",
            {},
            ["calls: 3.50 a million calls"],
            id="RestApi of apigateway",
        ),
        pytest.param(
            "aws:docdb/cluster:Cluster",
            {},
            ["DocumentDB storage: 0.10 a GB-month"],
            id="Cluster of docdb",
        ),
        pytest.param(
            "aws:rds/snapshot:Snapshot",
            {},
            ["snapshot storage: 0.095 a GB-month"],
            id="Snapshot of rds",
        ),
        pytest.param(
            "aws:rds/snapshotCopy:SnapshotCopy",
            {},
            ["snapshot storage: 0.095 a GB-month"],
            id="SnapshotCopy of rds",
        ),
        pytest.param(
            "aws:rds/clusterSnapshot:ClusterSnapshot",
            {},
            ["snapshot storage: 0.021 a GB-month"],
            id="ClusterSnapshot of rds",
        ),
        pytest.param(
            "aws:sqs/queue:Queue",
            {},
            ["standard queue requests: 0.40 a million requests"],
            id="a standard queue",
        ),
        pytest.param(
            "aws:sqs/queue:Queue",
            {"fifoQueue": True},
            ["fifo queue requests: 0.50 a million requests"],
            id="a FIFO queue",
        ),
        pytest.param(
            "aws:sns/topic:Topic",
            {},
            ["standard topic publishes: 0.50 a million publishes"],
            id="a standard topic",
        ),
        pytest.param(
            "aws:sns/topic:Topic",
            {"fifoTopic": True},
            ["fifo topic publishes: 0.30 a million publishes"],
            id="a FIFO topic",
        ),
        pytest.param(
            "aws:cloudwatch/logGroup:LogGroup",
            {},
            ["logs ingested: 0.50 a GB", "logs stored: 0.03 a GB-month"],
            id="a log group",
        ),
        pytest.param(
            "aws:cloudwatch/logGroup:LogGroup",
            {"logGroupClass": "INFREQUENT_ACCESS"},
            ["logs ingested: 0.25 a GB", "logs stored: 0.03 a GB-month"],
            id="a log group of the class for infrequent access",
        ),
        pytest.param(
            "aws:sfn/stateMachine:StateMachine",
            {},
            ["transitions: 0.025 a 1,000 transitions"],
            id="a standard state machine",
        ),
        pytest.param(
            "aws:sfn/stateMachine:StateMachine",
            {"type": "EXPRESS"},
            ["express requests: 1.00 a million requests"],
            id="an express state machine",
        ),
        pytest.param(
            "aws:apigatewayv2/api:Api",
            {"protocolType": "HTTP"},
            ["calls: 1.00 a million calls"],
            id="an HTTP API",
        ),
        pytest.param(
            "aws:apigatewayv2/api:Api",
            {"protocolType": "WEBSOCKET"},
            ["calls: 1.00 a million messages"],
            id="a WebSocket API",
        ),
        pytest.param(
            "aws:lambda/function:Function",
            {},
            ["requests: 0.20 a million requests", "duration: 0.0000166667 a GB-second"],
            id="a function",
        ),
        pytest.param(
            "aws:lambda/function:Function",
            {"architectures": ["arm64"]},
            ["requests: 0.20 a million requests", "duration: 0.0000133334 a GB-second"],
            id="a function on ARM",
        ),
        pytest.param("aws:ecs/cluster:Cluster", {}, [], id="a cluster without Container Insights"),
        pytest.param(
            "aws:ecs/cluster:Cluster",
            {"settings": [{"name": "containerInsights", "value": "enhanced"}]},
            ["Container Insights metrics: 0.30 a metric-month"],
            id="a cluster with Container Insights",
        ),
        pytest.param(
            "aws:ecs/cluster:Cluster",
            {
                "settings": [
                    {"name": "containerInsights", "value": "disabled"},
                    {"name": "other", "value": "enabled"},
                ]
            },
            [],
            id="a cluster that turned Container Insights off",
        ),
        pytest.param(
            "aws:eks/fargateProfile:FargateProfile",
            {},
            ["pod vCPU: 0.04048 a vCPU-hour", "pod memory: 0.004445 a GB-hour"],
            id="a Fargate profile",
        ),
        pytest.param(
            "aws:dynamodb/table:Table",
            {"billingMode": "PAY_PER_REQUEST", "pointInTimeRecovery": {"enabled": True}},
            [
                "reads: 0.125 a million reads",
                "writes: 0.625 a million writes",
                "table storage: 0.25 a GB-month",
                "point-in-time recovery: 0.20 a GB-month",
            ],
            id="a table on demand with recovery",
        ),
        pytest.param(
            "aws:dynamodb/table:Table",
            {"billingMode": "PROVISIONED"},
            ["table storage: 0.25 a GB-month"],
            id="a provisioned table without recovery",
        ),
        pytest.param(
            "aws:kinesis/stream:Stream",
            {"shardCount": 1},
            ["PUT units: 0.014 a million PUT units"],
            id="a stream",
        ),
        pytest.param(
            "aws:efs/fileSystem:FileSystem",
            {},
            ["file storage: 0.30 a GB-month"],
            id="a file system",
        ),
        pytest.param(
            "aws:efs/fileSystem:FileSystem",
            {"availabilityZoneName": "us-east-1a"},
            ["file storage: 0.16 a GB-month"],
            id="a file system in one zone",
        ),
        pytest.param(
            "aws:rds/cluster:Cluster",
            {"engine": "aurora-mysql"},
            [
                "Aurora storage: 0.10 a GB-month",
                "Aurora I/O requests: 0.20 a million I/O requests",
                "Aurora backup storage: 0.021 a GB-month",
            ],
            id="an Aurora cluster",
        ),
        pytest.param(
            "aws:rds/cluster:Cluster",
            {"engine": "aurora-mysql", "storageType": "aurora-iopt1"},
            ["Aurora storage: 0.225 a GB-month", "Aurora backup storage: 0.021 a GB-month"],
            id="an Aurora cluster, I/O-optimized",
        ),
        pytest.param(
            "aws:ebs/snapshot:Snapshot", {}, ["snapshot storage: 0.05 a GB-month"], id="a snapshot"
        ),
        pytest.param(
            "aws:ebs/snapshotCopy:SnapshotCopy",
            {},
            ["snapshot storage: 0.05 a GB-month"],
            id="a copy of a snapshot",
        ),
        pytest.param("aws:kms/key:Key", {}, ["key requests: 0.03 a 10,000 requests"], id="a key"),
        pytest.param(
            "aws:secretsmanager/secret:Secret",
            {},
            ["secret reads: 0.05 a 10,000 calls"],
            id="a secret",
        ),
        pytest.param(
            "aws:wafv2/webAcl:WebAcl",
            {},
            ["web ACL requests: 0.60 a million requests"],
            id="a web ACL",
        ),
        pytest.param(
            "aws:ec2/natGateway:NatGateway",
            {},
            ["NAT gateway, data processed: 0.045 a GB"],
            id="a NAT gateway",
        ),
        pytest.param(
            "aws:lb/loadBalancer:LoadBalancer",
            {"internal": True},
            ["application load balancer, capacity units: 0.008 a LCU-hour"],
            id="an application load balancer",
        ),
        pytest.param(
            "aws:lb/loadBalancer:LoadBalancer",
            {"internal": True, "loadBalancerType": "network"},
            ["network load balancer, capacity units: 0.006 a LCU-hour"],
            id="a network load balancer",
        ),
        pytest.param(
            "aws:elb/loadBalancer:LoadBalancer",
            {},
            ["classic load balancer, data processed: 0.008 a GB"],
            id="a classic load balancer",
        ),
        pytest.param(
            "aws:ec2/vpcEndpoint:VpcEndpoint",
            {"vpcEndpointType": "Interface", "subnetIds": ["a"]},
            ["endpoint, data processed: 0.01 a GB"],
            id="an interface endpoint",
        ),
        pytest.param(
            "aws:ec2/vpcEndpoint:VpcEndpoint",
            {"vpcEndpointType": "GatewayLoadBalancer", "subnetIds": ["a"]},
            ["endpoint, data processed: 0.0035 a GB"],
            id="an endpoint of a gateway load balancer",
        ),
        pytest.param(
            "aws:ec2transitgateway/vpcAttachment:VpcAttachment",
            {},
            ["transit gateway, data processed: 0.02 a GB"],
            id="a transit gateway attachment",
        ),
        pytest.param(
            "aws:networkfirewall/firewall:Firewall",
            {"subnetMappings": [{}]},
            ["firewall, data processed: 0.065 a GB"],
            id="a firewall",
        ),
        pytest.param(
            "aws:route53/zone:Zone", {}, ["DNS queries: 0.40 a million queries"], id="a hosted zone"
        ),
        pytest.param(
            "aws:servicediscovery/instance:Instance",
            {},
            ["discovery calls: 1.00 a million calls"],
            id="a registered instance",
        ),
        pytest.param(
            "aws:elasticache/replicationGroup:ReplicationGroup",
            {"nodeType": "cache.t3.micro"},
            ["cache backups: 0.085 a GB-month"],
            id="a replication group",
        ),
        pytest.param(
            "aws:rds/instance:Instance",
            {"engine": "postgres", "instanceClass": "db.t4g.micro", "allocatedStorage": 20},
            ["backup storage above the database's size: 0.095 a GB-month"],
            id="a database",
        ),
        pytest.param(
            "aws:rds/instance:Instance",
            {
                "engine": "postgres",
                "instanceClass": "db.t4g.micro",
                "allocatedStorage": 20,
                "storageType": "standard",
            },
            [
                "I/O requests of magnetic storage: 0 a use",
                "backup storage above the database's size: 0.095 a GB-month",
            ],
            id="magnetic storage of a database",
        ),
        pytest.param(
            "aws:ebs/volume:Volume",
            {"size": 10, "type": "standard"},
            ["I/O requests of a magnetic volume: 0 a use"],
            id="a magnetic volume",
        ),
    ],
)
def test_what_a_resource_bills_by_use(
    type_: str, properties: dict[str, object], expected: list[str]
) -> None:
    assert uses(type_, properties) == expected


KAFKA = "aws:msk/cluster:Cluster"
BROKERS = {"numberOfBrokerNodes": 2, "brokerNodeGroupInfo": {"instanceType": "kafka.m5.large"}}
SEARCH = "aws:opensearch/domain:Domain"
AURORA = "aws:rds/cluster:Cluster"
AURORA_USES = [
    "Aurora storage: 0.10 a GB-month",
    "Aurora I/O requests: 0.20 a million I/O requests",
    "Aurora backup storage: 0.021 a GB-month",
]
DATABASE = "aws:rds/instance:Instance"
BACKUPS = ["backup storage above the database's size: 0.095 a GB-month"]
KUBERNETES = "aws:eks/cluster:Cluster"
FUNCTION = "aws:lambda/function:Function"
INVOCATIONS = [
    "requests: 0.20 a million requests",
    "duration: 0.0000166667 a GB-second",
]
NEEDED: dict[str, dict[str, object]] = {
    KAFKA: BROKERS,
    AURORA: {"engine": "aurora-mysql"},
    DATABASE: {"engine": "postgres", "instanceClass": "db.t4g.micro", "allocatedStorage": 20},
}
NODES = {"instanceType": "t3.small.search"}


@pytest.mark.parametrize(
    ("type_", "properties", "expected"),
    [
        pytest.param(KAFKA, {}, [], id="brokers"),
        pytest.param(KAFKA, {"storageMode": "LOCAL"}, [], id="storage of the brokers alone"),
        pytest.param(
            KAFKA, {"storageMode": "TIERED"}, ["tiered storage: 0 a use"], id="tiered storage"
        ),
        pytest.param(KAFKA, {"enhancedMonitoring": "DEFAULT"}, [], id="metrics that are free"),
        pytest.param(
            KAFKA,
            {"enhancedMonitoring": "PER_BROKER"},
            ["metrics of enhanced monitoring: 0.30 a metric-month"],
            id="metrics of each broker",
        ),
        pytest.param(KUBERNETES, {}, [], id="a control plane"),
        pytest.param(
            KUBERNETES,
            {"enabledClusterLogTypes": ["audit"]},
            ["logs of the control plane: 0.50 a GB"],
            id="logs of a control plane",
        ),
        *(
            pytest.param(
                FUNCTION,
                {"ephemeralStorage": {"size": size}},
                [*INVOCATIONS, *more],
                id=f"{size} MiB of a function",
            )
            for size, more in (
                (511, []),
                (512, []),
                (513, ["storage above 512 MiB: 0 a use"]),
            )
        ),
        pytest.param(AURORA, {}, AURORA_USES, id="Aurora"),
        pytest.param(
            AURORA,
            {"backtrackWindow": 3600},
            [*AURORA_USES, "change records for backtracking: 0 a use"],
            id="Aurora that can go back",
        ),
        pytest.param(AURORA, {"backtrackWindow": 0}, AURORA_USES, id="Aurora that cannot go back"),
        pytest.param(
            AURORA,
            {"globalClusterIdentifier": "all"},
            [*AURORA_USES, "writes to other regions: 0 a use"],
            id="Aurora of a global database",
        ),
        pytest.param(DATABASE, {"monitoringInterval": 0}, BACKUPS, id="a database"),
        pytest.param(
            DATABASE,
            {"monitoringInterval": 60},
            ["logs of enhanced monitoring: 0.50 a GB", *BACKUPS],
            id="a database that tells of its system",
        ),
        pytest.param(SEARCH, {"clusterConfig": NODES}, [], id="a search domain"),
        pytest.param(
            SEARCH,
            {"clusterConfig": NODES | {"coldStorageOptions": {"enabled": True}}},
            ["cold storage: 0 a use"],
            id="cold storage",
        ),
        pytest.param(
            SEARCH,
            {"clusterConfig": NODES | {"coldStorageOptions": {"enabled": False}}},
            [],
            id="no cold storage",
        ),
    ],
)
def test_a_setting_adds_what_bills_by_use(
    type_: str, properties: dict[str, object], expected: list[str]
) -> None:
    assert uses(type_, NEEDED.get(type_, {}) | properties) == expected


def test_a_subscription_over_a_protocol_that_is_not_known_is_named() -> None:
    kind = "aws:sns/topicSubscription:TopicSubscription"
    pigeon = Example(type=kind, name="it", properties={"protocol": "pigeon"})
    (unpriced,) = estimate_of(pigeon).unpriced
    assert unpriced.reason == "delivers by 'pigeon', which has no price here"
