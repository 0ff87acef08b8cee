"""Properties that cost something that has no price here: each is named, and no 0 hides it."""

import json

import pytest

from aws_policy_pack.cost.circumstances import CIRCUMSTANCES, PAID_RULE_GROUPS
from aws_policy_pack.cost.estimate import estimate
from aws_policy_pack.testing import UNKNOWN, Example
from tests.policies.cost.stacks import estimate_of, graph_of

INSTANCE = "aws:rds/instance:Instance"
CLUSTER = "aws:eks/cluster:Cluster"
FUNCTION = "aws:lambda/function:Function"
TABLE = "aws:dynamodb/table:Table"
WARM = {"readUnitsPerSecond": 12_000, "writeUnitsPerSecond": 4_000}
ACL = "aws:wafv2/webAcl:WebAcl"


def reasons(kind: str, **properties: object) -> list[str]:
    """What is said of a resource because of its circumstances."""
    result = estimate_of(Example(type=kind, name="it", properties=properties))
    own = {circumstance.reason for circumstance in CIRCUMSTANCES[kind]}
    return [item.reason for item in result.unpriced if item.reason in own]


def rules(name: str, vendor: str = "AWS") -> list[object]:
    return [{"statement": {"managedRuleGroupStatement": {"name": name, "vendorName": vendor}}}]


BILLED: list[tuple[str, dict[str, object], dict[str, object]]] = [
    (INSTANCE, {"dedicatedLogVolume": True}, {"dedicatedLogVolume": False}),
    (INSTANCE, {"databaseInsightsMode": "advanced"}, {"databaseInsightsMode": "standard"}),
    (
        "aws:rds/clusterInstance:ClusterInstance",
        {"performanceInsightsEnabled": True, "performanceInsightsRetentionPeriod": 8},
        {"performanceInsightsEnabled": True, "performanceInsightsRetentionPeriod": 7},
    ),
    (
        "aws:rds/cluster:Cluster",
        {"databaseInsightsMode": "advanced"},
        {"performanceInsightsRetentionPeriod": 31},
    ),
    (CLUSTER, {"computeConfig": {"enabled": True}}, {"computeConfig": {"enabled": False}}),
    (
        CLUSTER,
        {"controlPlaneScalingConfig": {"tier": "tier-xl"}},
        {"controlPlaneScalingConfig": {"tier": "standard"}},
    ),
    (CLUSTER, {"remoteNetworkConfig": {"remoteNodeNetworks": {"cidrs": ["10.0.0.0/8"]}}}, {}),
    ("aws:eks/nodeGroup:NodeGroup", {"amiType": "WINDOWS_CORE_2022_x86_64"}, {"amiType": "CUSTOM"}),
    (
        "aws:eks/nodeGroup:NodeGroup",
        {"warmPoolConfig": {"enabled": True}},
        {"warmPoolConfig": {"enabled": False}},
    ),
    (
        "aws:ecs/capacityProvider:CapacityProvider",
        {"managedInstancesProvider": {"propagateTags": "NONE"}},
        {"autoScalingGroupProvider": {"managedDraining": "ENABLED"}},
    ),
    ("aws:autoscaling/group:Group", {"warmPool": {}}, {"warmPool": None}),
    ("aws:ec2/instance:Instance", {"getPasswordData": True}, {"getPasswordData": False}),
    (
        "aws:directconnect/gatewayAssociation:GatewayAssociation",
        {"associatedGatewayId": "tgw-1"},
        {"associatedGatewayId": "vgw-1"},
    ),
    ("aws:ec2/vpnConnection:VpnConnection", {"enableAcceleration": True}, {}),
    (
        "aws:ec2/vpnConnection:VpnConnection",
        {"tunnelBandwidth": "large"},
        {"tunnelBandwidth": "standard"},
    ),
    (
        "aws:cognito/managedUserPoolClient:ManagedUserPoolClient",
        {"explicitAuthFlows": ["ALLOW_CLIENT_TOKEN_AUTH"]},
        {"explicitAuthFlows": ["ALLOW_USER_SRP_AUTH"]},
    ),
    (
        "aws:cognito/userPoolClient:UserPoolClient",
        {"allowedOauthFlows": ["code", "client_credentials"]},
        {"allowedOauthFlows": ["code", "implicit"]},
    ),
    (
        "aws:autoscalingplans/scalingPlan:ScalingPlan",
        {"scalingInstructions": [{"maxCapacity": 9}]},
        {"scalingInstructions": []},
    ),
    (
        "aws:servicediscovery/service:Service",
        {"healthCheckConfig": {"type": "HTTPS"}},
        {"healthCheckCustomConfig": {"failureThreshold": 1}},
    ),
    (TABLE, {"warmThroughput": {"readUnitsPerSecond": 12_001}}, {"warmThroughput": WARM}),
    (
        TABLE,
        {"warmThroughput": {"writeUnitsPerSecond": 4_001}, "writeCapacity": 1},
        {"warmThroughput": None, "writeCapacity": 1},
    ),
    (
        TABLE,
        {"warmThroughput": {"readUnitsPerSecond": 20_001}, "readCapacity": 20_000},
        {"warmThroughput": {"readUnitsPerSecond": 20_000}, "readCapacity": 20_000},
    ),
    (
        TABLE,
        {"globalSecondaryIndexes": [{"warmThroughput": {"writeUnitsPerSecond": 4_001}}]},
        {"globalSecondaryIndexes": [{"warmThroughput": WARM}]},
    ),
    ("aws:ebs/volume:Volume", {"volumeInitializationRate": 1}, {"volumeInitializationRate": 0}),
    (
        "aws:acm/certificate:Certificate",
        {"options": {"export": "ENABLED"}},
        {"options": {"export": "DISABLED"}},
    ),
    (
        "aws:elasticache/serverlessCache:ServerlessCache",
        {"cacheUsageLimits": {"ecpuPerSeconds": [{"minimum": 1000, "maximum": 5000}]}},
        {"cacheUsageLimits": {"ecpuPerSeconds": [{"maximum": 5000}]}},
    ),
    (
        "aws:opensearch/domain:Domain",
        {"ebsOptions": {"throughput": 126}},
        {"ebsOptions": {"throughput": 125, "iops": 3000}},
    ),
    (
        "aws:elasticsearch/domain:Domain",
        {"clusterConfig": {"warmEnabled": True}},
        {"clusterConfig": {"warmEnabled": False}},
    ),
    ("aws:kinesis/stream:Stream", {"retentionPeriod": 25}, {"retentionPeriod": 24}),
    ("aws:kinesis/stream:Stream", {"warmThroughputMibPs": 1}, {}),
    (
        "aws:lambda/eventSourceMapping:EventSourceMapping",
        {"provisionedPollerConfig": {"minimumPollers": 2}},
        {"scalingConfig": {"maximumConcurrency": 2}},
    ),
    (
        FUNCTION,
        {"snapStart": {"applyOn": "PublishedVersions"}, "runtime": "python3.13"},
        {"snapStart": {"applyOn": "PublishedVersions"}, "runtime": "java21"},
    ),
    (
        FUNCTION,
        {"capacityProviderConfig": {"lambdaManagedInstancesCapacityProviderConfig": {}}},
        {},
    ),
    (
        "aws:msk/cluster:Cluster",
        {
            "brokerNodeGroupInfo": {
                "storageInfo": {"ebsStorageInfo": {"provisionedThroughput": {"enabled": True}}}
            }
        },
        {"brokerNodeGroupInfo": {"storageInfo": {"ebsStorageInfo": {"volumeSize": 10}}}},
    ),
    (ACL, {"rules": rules(PAID_RULE_GROUPS[0])}, {"rules": rules("AWSManagedRulesCommonRuleSet")}),
    (ACL, {"ruleJson": json.dumps(rules("Any", vendor="Fortinet"))}, {"rules": []}),
]


@pytest.mark.parametrize(
    ("kind", "billed", "free"),
    [pytest.param(*case, id=f"{case[0].partition(':')[2]} {'.'.join(case[1])}") for case in BILLED],
)
def test_what_costs_more_is_named(
    kind: str, billed: dict[str, object], free: dict[str, object]
) -> None:
    assert len(reasons(kind, **billed)) == 1
    assert reasons(kind, **free) == []
    assert reasons(kind) == []


def test_every_circumstance_has_a_case() -> None:
    tried = {kind for kind, _, _ in BILLED}
    assert tried == CIRCUMSTANCES.keys()


def test_a_circumstance_that_is_not_known_is_named_and_hides_nothing() -> None:
    database = Example(
        type=INSTANCE,
        name="it",
        properties={
            "engine": "postgres",
            "instanceClass": "db.t4g.micro",
            "allocatedStorage": 20,
            "dedicatedLogVolume": UNKNOWN,
        },
        references={"dedicatedLogVolume": ("other",)},
    )
    other = Example(type="aws:ec2/vpc:Vpc", name="other")
    result = estimate_of(other, database)
    assert [item.reason for item in result.unpriced] == [
        "is not priced: `dedicatedLogVolume` is not known yet"
    ]
    assert str(result.base) == "13.980000"


@pytest.mark.parametrize(
    ("kind", "path"),
    [(kind, each.path) for kind, circumstances in CIRCUMSTANCES.items() for each in circumstances],
)
def test_what_the_provider_fills_in_is_no_circumstance(kind: str, path: str) -> None:
    it = Example(type=kind, name="it", properties={path.partition(".")[0]: UNKNOWN})
    assert not [item for item in estimate_of(it).unpriced if f"`{path}`" in item.reason]


def test_a_type_that_the_user_knows_to_be_free_has_no_circumstances() -> None:
    provider = Example(
        type="aws:ecs/capacityProvider:CapacityProvider",
        name="it",
        properties={"managedInstancesProvider": {"propagateTags": "NONE"}},
    )
    result = estimate(graph_of(provider), region="us-east-1", free=("aws:ecs/capacity*",))
    assert result.unpriced == ()
