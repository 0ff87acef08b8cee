"""Properties that cost something that has no price here: each is named, and no 0 hides it."""

import json

import pytest

from aws_policy_pack.cost.circumstances import CIRCUMSTANCES, EXEMPTIONS, PAID_RULE_GROUPS
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


IPAM = "aws:ec2/vpcIpam:VpcIpam"
METRICS = "realtimeMetricsSubscriptionConfig"
STATUS = "realtimeMetricsSubscriptionStatus"
EXEMPT: list[tuple[str, list[dict[str, object]], list[dict[str, object]]]] = [
    (IPAM, [{"tier": "free"}], [{"tier": "advanced"}, {}]),
    (
        "aws:accessanalyzer/analyzer:Analyzer",
        [{}, {"type": "ACCOUNT"}, {"type": "ORGANIZATION"}],
        [{"type": "ACCOUNT_UNUSED_ACCESS"}, {"type": "ORGANIZATION_INTERNAL_ACCESS"}],
    ),
    ("aws:athena/workgroup:Workgroup", [{"state": "DISABLED"}], [{"state": "ENABLED"}, {}]),
    (
        "aws:batch/computeEnvironment:ComputeEnvironment",
        [{"type": "UNMANAGED"}],
        [{"type": "MANAGED"}],
    ),
    (
        "aws:cloudfront/monitoringSubscription:MonitoringSubscription",
        [{"monitoringSubscription": {METRICS: {STATUS: "Disabled"}}}],
        [{"monitoringSubscription": {METRICS: {STATUS: "Enabled"}}}],
    ),
    (
        "aws:cloudwatch/contributorInsightRule:ContributorInsightRule",
        [{"ruleState": "DISABLED"}],
        [{"ruleState": "ENABLED"}, {}],
    ),
    (
        "aws:computeoptimizer/recommendationPreferences:RecommendationPreferences",
        [{}, {"enhancedInfrastructureMetrics": "Inactive"}],
        [{"enhancedInfrastructureMetrics": "Active"}],
    ),
    (
        "aws:ecr/registryScanningConfiguration:RegistryScanningConfiguration",
        [{"scanType": "BASIC"}],
        [{"scanType": "ENHANCED"}],
    ),
    ("aws:guardduty/detector:Detector", [{"enable": False}], [{"enable": True}, {}]),
    (
        "aws:guardduty/detectorFeature:DetectorFeature",
        [{"status": "DISABLED"}],
        [{"status": "ENABLED"}],
    ),
    (
        "aws:guardduty/memberDetectorFeature:MemberDetectorFeature",
        [{"status": "DISABLED"}],
        [{"status": "ENABLED"}],
    ),
    ("aws:iot/topicRule:TopicRule", [{"enabled": False}], [{"enabled": True}, {}]),
    ("aws:pipes/pipe:Pipe", [{"desiredState": "STOPPED"}], [{"desiredState": "RUNNING"}, {}]),
    (
        "aws:pricingplanmanager/subscription:Subscription",
        [{"planTier": "FREE"}],
        [{"planTier": "PRO"}],
    ),
    (
        "aws:s3/bucketAccelerateConfiguration:BucketAccelerateConfiguration",
        [{"status": "Suspended"}],
        [{"status": "Enabled"}],
    ),
    (
        "aws:s3/bucketAccelerateConfigurationV2:BucketAccelerateConfigurationV2",
        [{"status": "Suspended"}],
        [{"status": "Enabled"}],
    ),
    ("aws:s3/inventory:Inventory", [{"enabled": False}], [{"enabled": True}, {}]),
    (
        "aws:sesv2/accountVdmAttributes:AccountVdmAttributes",
        [{"vdmEnabled": "DISABLED"}],
        [{"vdmEnabled": "ENABLED"}],
    ),
    (
        "aws:sesv2/dedicatedIpPool:DedicatedIpPool",
        [{}, {"scalingMode": "STANDARD"}],
        [{"scalingMode": "MANAGED"}],
    ),
    ("aws:synthetics/canary:Canary", [{}, {"startCanary": False}], [{"startCanary": True}]),
]


def is_named(kind: str, properties: dict[str, object]) -> bool:
    """Whether a resource is named as billed, by its use or without a price."""
    result = estimate_of(Example(type=kind, name="it", properties=properties))
    return bool(result.lines or result.unpriced)


@pytest.mark.parametrize(
    ("kind", "free", "billed"),
    [pytest.param(*case, id=case[0].rpartition(":")[2]) for case in EXEMPT],
)
def test_a_property_that_makes_a_type_free_is_read(
    kind: str, free: list[dict[str, object]], billed: list[dict[str, object]]
) -> None:
    assert not any(is_named(kind, properties) for properties in free)
    assert all(is_named(kind, properties) for properties in billed)


def test_every_exemption_has_a_case_and_a_page_of_aws() -> None:
    assert {kind for kind, _, _ in EXEMPT} == EXEMPTIONS.keys()
    for exemption in EXEMPTIONS.values():
        assert exemption.source.startswith(("https://aws.amazon.com/", "https://docs.aws.amazon."))


@pytest.mark.parametrize(
    ("kind", "path", "said"),
    [
        pytest.param(IPAM, "tier", ["is not priced: `tier` is not known yet"], id="without-price"),
        pytest.param("aws:pipes/pipe:Pipe", "desiredState", [], id="by-use"),
    ],
)
def test_what_would_make_a_type_free_and_is_not_known_makes_it_not_free(
    kind: str, path: str, said: list[str]
) -> None:
    other = Example(type="aws:ec2/vpc:Vpc", name="other")
    it = Example(type=kind, name="it", properties={path: UNKNOWN}, references={path: ("other",)})
    result = estimate_of(other, it)
    assert [item.reason for item in result.unpriced] == said
    assert bool(result.lines) is not bool(said)


def test_what_the_user_knows_to_be_free_is_not_read() -> None:
    other = Example(type="aws:ec2/vpc:Vpc", name="other")
    it = Example(
        type=IPAM, name="it", properties={"tier": UNKNOWN}, references={"tier": ("other",)}
    )
    result = estimate(graph_of(other, it), region="us-east-1", free=(IPAM,))
    assert result.unpriced == ()
