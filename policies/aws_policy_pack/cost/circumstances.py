"""Properties that decide what is billed, by type.

Some cost something that has no price here, whatever the type itself costs. A type may be priced, or
free: what a property adds is named beside that, never left at 0. Others make a resource free whose
type is billed.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from aws_policy_pack.cost.charges import amount, given_text
from aws_policy_pack.resource import Resource

WITHOUT: Final = "no price here"
FREE_INSIGHTS_DAYS: Final = 7
"""Days of Performance Insights that are free: https://aws.amazon.com/rds/performance-insights/pricing/."""
FREE_STREAM_HOURS: Final = 24
"""Hours that a stream keeps records for its shards' price: https://aws.amazon.com/kinesis/data-streams/pricing/."""
OPENSEARCH_IOPS: Final = 3000
OPENSEARCH_THROUGHPUT: Final = 125
"""IOPS, and MiB/s, of a gp3 volume that its storage's price includes.

https://docs.aws.amazon.com/opensearch-service/latest/developerguide/createupdatedomains.html
"""
WARM: Final = (
    ("readUnitsPerSecond", Decimal(12_000), "readCapacity"),
    ("writeUnitsPerSecond", Decimal(4_000), "writeCapacity"),
)
"""Units a second that a new table takes at once, unless it provisions more."""
PAID_RULE_GROUPS: Final = (
    "AWSManagedRulesACFPRuleSet",
    "AWSManagedRulesATPRuleSet",
    "AWSManagedRulesAntiDDoSRuleSet",
    "AWSManagedRulesBotControlRuleSet",
)
"""Rule groups of AWS with a fee of their own: https://aws.amazon.com/waf/pricing/."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstance:
    """A property that is billed where it has certain values.

    Attributes:
        path: The property.
        is_billed: Whether the value of a resource is billed; it may find it unreadable.
        reason: What is billed, as the end of a sentence on the resource.
    """

    path: str
    is_billed: Callable[[Resource, str], bool]
    reason: str

    def holds(self, resource: Resource) -> bool:
        """Whether the property of the resource is billed.

        Raises:
            Unreadable: The property is not known, or of another kind.
        """
        return self.is_billed(resource, self.path)


def _on(path: str, what: str) -> Circumstance:
    """A flag that is set."""
    return Circumstance(path=path, is_billed=Resource.flag, reason=f"{what} {WITHOUT}")


def _set(path: str, what: str) -> Circumstance:
    """An object, or a list that is not empty."""
    return Circumstance(
        path=path,
        is_billed=lambda resource, where: bool(resource.objects(where)),
        reason=f"{what} {WITHOUT}",
    )


def _one_of(path: str, values: tuple[str, ...], what: str) -> Circumstance:
    """A text that is one of these."""
    return Circumstance(
        path=path,
        is_billed=lambda resource, where: given_text(resource, where) in values,
        reason=f"{what} {WITHOUT}",
    )


def _other_than(path: str, free: str, what: str) -> Circumstance:
    """A text that is given and is another than the one without a charge."""
    return Circumstance(
        path=path,
        is_billed=lambda resource, where: (given_text(resource, where) or free) != free,
        reason=f"{what} {WITHOUT}",
    )


def _above(path: str, included: int, what: str) -> Circumstance:
    """A number above what is included."""
    return Circumstance(
        path=path,
        is_billed=lambda resource, where: amount(resource, where) > included,
        reason=f"{what} {WITHOUT}",
    )


def _keeps_insights(resource: Resource, path: str) -> bool:
    is_long = amount(resource, path) > FREE_INSIGHTS_DAYS
    return is_long and resource.flag("performanceInsightsEnabled")


def _has_least_requests(resource: Resource, path: str) -> bool:
    return any(amount(limit, "minimum") for limit in resource.objects(path))


def _is_windows(resource: Resource, path: str) -> bool:
    return (given_text(resource, path) or "").startswith("WINDOWS")


def _keeps_snapshots(resource: Resource, path: str) -> bool:
    """SnapStart of Java is free: https://aws.amazon.com/lambda/pricing/."""
    is_java = (given_text(resource, "runtime") or "").startswith("java")
    return given_text(resource, path) == "PublishedVersions" and not is_java


def _is_transit(resource: Resource, path: str) -> bool:
    return (given_text(resource, path) or "").startswith("tgw-")


def _serves_machines(resource: Resource, path: str) -> bool:
    return bool({"client_credentials", "ALLOW_CLIENT_TOKEN_AUTH"} & set(resource.texts(path)))


def _is_warmed(resource: Resource, path: str) -> bool:
    """Whether a table or one of its indexes is warmer than one is without being asked.

    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/warm-throughput.html
    """
    holders = (resource, *resource.objects("globalSecondaryIndexes"))
    return any(
        amount(holder, f"{path}.{units}") > max(included, amount(holder, capacity))
        for holder in holders
        for units, included, capacity in WARM
    )


def _has_paid_rules(resource: Resource, path: str) -> bool:
    groups = [
        rule.object("statement.managedRuleGroupStatement")
        for rule in resource.objects(path)
        if rule.has("statement.managedRuleGroupStatement")
    ]
    return any(
        group.text("name") in PAID_RULE_GROUPS or (group.text("vendorName") or "AWS") != "AWS"
        for group in groups
    )


INSIGHTS: Final = (
    Circumstance(
        path="performanceInsightsRetentionPeriod",
        is_billed=_keeps_insights,
        reason=f"keeps Performance Insights for more than {FREE_INSIGHTS_DAYS} days, which has "
        f"{WITHOUT}",
    ),
)
ADVANCED_INSIGHTS: Final = _one_of(
    "databaseInsightsMode", ("advanced",), "has Database Insights in advanced mode, which has"
)
SEARCH_DOMAIN: Final = (
    _on("clusterConfig.warmEnabled", "has UltraWarm nodes, which have"),
    _above(
        "ebsOptions.iops",
        OPENSEARCH_IOPS,
        f"provisions more than {OPENSEARCH_IOPS} IOPS, which have",
    ),
    _above(
        "ebsOptions.throughput",
        OPENSEARCH_THROUGHPUT,
        f"provisions more than {OPENSEARCH_THROUGHPUT} MiB/s, which have",
    ),
)
MACHINE_CLIENT: Final = tuple(
    Circumstance(
        path=path,
        is_billed=_serves_machines,
        reason=f"gives tokens to machines, whose fee, a client and a token, has {WITHOUT}",
    )
    for path in ("allowedOauthFlows", "explicitAuthFlows")
)
"""https://docs.aws.amazon.com/cognito/latest/developerguide/tracking-cost.html"""
WARM_POOL: Final = "keeps a warm pool, whose volumes and instances have"

CIRCUMSTANCES: Final[Mapping[str, tuple[Circumstance, ...]]] = {
    "aws:acm/certificate:Certificate": (
        _one_of(
            "options.export",
            ("ENABLED",),
            "is a certificate that can be exported, which bills each domain and has",
        ),
    ),
    "aws:autoscaling/group:Group": (_set("warmPool", WARM_POOL),),
    "aws:autoscalingplans/scalingPlan:ScalingPlan": (
        Circumstance(
            path="scalingInstructions",
            is_billed=lambda resource, where: bool(resource.objects(where)),
            reason="scales what it finds, which is not counted in the worst case",
        ),
    ),
    "aws:cognito/managedUserPoolClient:ManagedUserPoolClient": MACHINE_CLIENT,
    "aws:cognito/userPoolClient:UserPoolClient": MACHINE_CLIENT,
    "aws:directconnect/gatewayAssociation:GatewayAssociation": (
        Circumstance(
            path="associatedGatewayId",
            is_billed=_is_transit,
            reason=f"is attached to a transit gateway, whose hours have {WITHOUT}",
        ),
    ),
    "aws:dynamodb/table:Table": (
        Circumstance(
            path="warmThroughput",
            is_billed=_is_warmed,
            reason=f"is warmed above what is free, once for each unit, which has {WITHOUT}",
        ),
    ),
    "aws:ebs/volume:Volume": (
        _above("volumeInitializationRate", 0, "is filled at a set rate, whose charge has"),
    ),
    "aws:ec2/instance:Instance": (_on("getPasswordData", "runs Windows, whose licence has"),),
    "aws:ec2/vpnConnection:VpnConnection": (
        _on("enableAcceleration", "is accelerated, which has"),
        _other_than("tunnelBandwidth", "standard", "has tunnels of more bandwidth, which have"),
    ),
    "aws:ecs/capacityProvider:CapacityProvider": (
        _set(
            "managedInstancesProvider",
            "starts ECS Managed Instances: EC2 instances that nothing else shows, and a fee, have",
        ),
    ),
    "aws:eks/cluster:Cluster": (
        _on(
            "computeConfig.enabled",
            "runs EKS Auto Mode: EC2 instances that nothing else shows, and a fee, have",
        ),
        _other_than(
            "controlPlaneScalingConfig.tier",
            "standard",
            "has a provisioned control plane, whose tier has",
        ),
        _set("remoteNetworkConfig", "takes hybrid nodes, whose vCPUs have"),
    ),
    "aws:eks/nodeGroup:NodeGroup": (
        Circumstance(
            path="amiType",
            is_billed=_is_windows,
            reason=f"runs Windows, whose licence has {WITHOUT}",
        ),
        _on("warmPoolConfig.enabled", WARM_POOL),
    ),
    "aws:elasticache/serverlessCache:ServerlessCache": (
        Circumstance(
            path="cacheUsageLimits.ecpuPerSeconds",
            is_billed=_has_least_requests,
            reason=f"bills ECPUs at least, which have {WITHOUT}",
        ),
    ),
    "aws:elasticsearch/domain:Domain": SEARCH_DOMAIN,
    "aws:kinesis/stream:Stream": (
        _above(
            "retentionPeriod",
            FREE_STREAM_HOURS,
            f"keeps records for more than {FREE_STREAM_HOURS} hours, which has",
        ),
        _above("warmThroughputMibPs", 0, "keeps throughput warm, which has"),
    ),
    "aws:lambda/eventSourceMapping:EventSourceMapping": (
        _set("provisionedPollerConfig", "keeps event pollers of its own, whose hours have"),
    ),
    "aws:lambda/function:Function": (
        _set(
            "capacityProviderConfig",
            "runs on Lambda Managed Instances, whose instances and fee have",
        ),
        Circumstance(
            path="snapStart.applyOn",
            is_billed=_keeps_snapshots,
            reason=f"keeps SnapStart snapshots of its versions, which have {WITHOUT}",
        ),
    ),
    "aws:msk/cluster:Cluster": (
        _on(
            "brokerNodeGroupInfo.storageInfo.ebsStorageInfo.provisionedThroughput.enabled",
            "provisions storage throughput, which has",
        ),
    ),
    "aws:opensearch/domain:Domain": SEARCH_DOMAIN,
    "aws:rds/cluster:Cluster": (ADVANCED_INSIGHTS, *INSIGHTS),
    "aws:rds/clusterInstance:ClusterInstance": INSIGHTS,
    "aws:rds/instance:Instance": (
        _on("dedicatedLogVolume", "has a dedicated log volume, whose storage and IOPS have"),
        ADVANCED_INSIGHTS,
        *INSIGHTS,
    ),
    "aws:servicediscovery/service:Service": (
        _set("healthCheckConfig", "has a Route 53 health check for each instance, which have"),
    ),
    "aws:wafv2/webAcl:WebAcl": tuple(
        Circumstance(
            path=path,
            is_billed=_has_paid_rules,
            reason=f"has rule groups with a fee of their own, which has {WITHOUT}",
        )
        for path in ("rules", "ruleJson")
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Exemption:
    """A property that makes a resource free whose type is billed.

    Attributes:
        is_free: Whether a resource is free; it may find the property unreadable.
        source: The page that says so.
    """

    is_free: Callable[[Resource], bool]
    source: str


def _free_as(path: str, *values: str, source: str, default: str = "") -> Exemption:
    """A text that is one of these, or absent where the default is."""
    return Exemption(
        is_free=lambda resource: (given_text(resource, path) or default) in values, source=source
    )


def _free_without(path: str, *, source: str, default: bool = False) -> Exemption:
    """A flag that is off."""
    return Exemption(
        is_free=lambda resource: not resource.flag(path, default=default), source=source
    )


GUARDDUTY: Final = "https://docs.aws.amazon.com/guardduty/latest/ug/guardduty_suspend-disable.html"
ACCELERATION: Final = _free_as(
    "status",
    "Suspended",
    source="https://docs.aws.amazon.com/AmazonS3/latest/userguide/transfer-acceleration.html",
)

EXEMPTIONS: Final[Mapping[str, Exemption]] = {
    "aws:accessanalyzer/analyzer:Analyzer": _free_as(
        "type",
        "ACCOUNT",
        "ORGANIZATION",
        default="ACCOUNT",
        source="https://aws.amazon.com/iam/access-analyzer/pricing/",
    ),
    "aws:athena/workgroup:Workgroup": _free_as(
        "state",
        "DISABLED",
        source="https://docs.aws.amazon.com/athena/latest/ug/workgroups-create-update-delete.html",
    ),
    "aws:batch/computeEnvironment:ComputeEnvironment": _free_as(
        "type",
        "UNMANAGED",
        source="https://docs.aws.amazon.com/batch/latest/userguide/compute_environments.html",
    ),
    "aws:cloudfront/monitoringSubscription:MonitoringSubscription": _free_as(
        "monitoringSubscription.realtimeMetricsSubscriptionConfig.realtimeMetricsSubscriptionStatus",
        "Disabled",
        source="https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/viewing-cloudfront-metrics.html",
    ),
    "aws:cloudwatch/contributorInsightRule:ContributorInsightRule": _free_as(
        "ruleState",
        "DISABLED",
        source="https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DisableInsightRules.html",
    ),
    "aws:computeoptimizer/recommendationPreferences:RecommendationPreferences": _free_as(
        "enhancedInfrastructureMetrics",
        "Inactive",
        default="Inactive",
        source="https://aws.amazon.com/compute-optimizer/pricing/",
    ),
    "aws:ec2/vpcIpam:VpcIpam": _free_as(
        "tier", "free", source="https://aws.amazon.com/vpc/pricing/"
    ),
    "aws:ecr/registryScanningConfiguration:RegistryScanningConfiguration": _free_as(
        "scanType", "BASIC", source="https://aws.amazon.com/ecr/pricing/"
    ),
    "aws:guardduty/detector:Detector": _free_without("enable", default=True, source=GUARDDUTY),
    "aws:guardduty/detectorFeature:DetectorFeature": _free_as(
        "status", "DISABLED", source="https://aws.amazon.com/guardduty/pricing/"
    ),
    "aws:guardduty/memberDetectorFeature:MemberDetectorFeature": _free_as(
        "status", "DISABLED", source="https://aws.amazon.com/guardduty/pricing/"
    ),
    "aws:iot/topicRule:TopicRule": _free_without(
        "enabled", default=True, source="https://aws.amazon.com/iot-core/pricing/"
    ),
    "aws:pipes/pipe:Pipe": _free_as(
        "desiredState", "STOPPED", source="https://aws.amazon.com/eventbridge/pricing/"
    ),
    "aws:pricingplanmanager/subscription:Subscription": _free_as(
        "planTier", "FREE", source="https://aws.amazon.com/cloudfront/pricing/"
    ),
    "aws:s3/bucketAccelerateConfiguration:BucketAccelerateConfiguration": ACCELERATION,
    "aws:s3/bucketAccelerateConfigurationV2:BucketAccelerateConfigurationV2": ACCELERATION,
    "aws:s3/inventory:Inventory": _free_without(
        "enabled",
        default=True,
        source="https://docs.aws.amazon.com/AmazonS3/latest/API/API_InventoryConfiguration.html",
    ),
    "aws:sesv2/accountVdmAttributes:AccountVdmAttributes": _free_as(
        "vdmEnabled", "DISABLED", source="https://aws.amazon.com/ses/pricing/"
    ),
    "aws:sesv2/dedicatedIpPool:DedicatedIpPool": _free_as(
        "scalingMode",
        "STANDARD",
        default="STANDARD",
        source="https://docs.aws.amazon.com/ses/latest/dg/dedicated-ip-pools.html",
    ),
    "aws:synthetics/canary:Canary": _free_without(
        "startCanary",
        source="https://docs.aws.amazon.com/AmazonSynthetics/latest/APIReference/API_StartCanary.html",
    ),
}
"""What is off, or of a tier without a charge, by type.

An address in a standard pool of SES is billed, in a type of its own; the pool is not.
"""


def is_exempt(resource: Resource) -> bool:
    """Whether a property makes the resource free.

    Raises:
        Unreadable: The property is not known, or of another kind.
    """
    exemption = EXEMPTIONS.get(resource.type)
    return exemption is not None and exemption.is_free(resource)
