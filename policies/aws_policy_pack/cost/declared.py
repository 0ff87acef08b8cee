"""A stack without what its provider will fill in.

Before a deployment the outputs of optional properties that the program leaves to the provider are
not known. To AWS they are absent, so its default holds; an estimate that stopped at them would say
nothing of any preview.
"""

from typing import Final

from aws_policy_pack.cost.circumstances import CIRCUMSTANCES
from aws_policy_pack.given import is_given
from aws_policy_pack.resource import Graph, Resource

LEFT_TO_PROVIDER: Final = frozenset(
    circumstance.path.partition(".")[0]
    for circumstances in CIRCUMSTANCES.values()
    for circumstance in circumstances
) | frozenset(
    {
        "allocatedStorage",
        "architectures",
        "associatePublicIpAddress",
        "availabilityMode",
        "availabilityZoneName",
        "cacheClusterSize",
        "cacheUsageLimits",
        "capacityProviderStrategies",
        "clusterConfig",
        "dbClusterInstanceClass",
        "deploymentConfiguration",
        "desiredCapacity",
        "diskSize",
        "ebsBlockDevices",
        "ebsOptions",
        "engine",
        "instanceType",
        "instanceTypes",
        "internal",
        "iops",
        "ipAddressType",
        "launchType",
        "logGroupClass",
        "maxAllocatedStorage",
        "monitoring",
        "multiAz",
        "numCacheClusters",
        "numCacheNodes",
        "numNodeGroups",
        "performanceInsightsEnabled",
        "performanceInsightsRetentionPeriod",
        "pointInTimeRecovery",
        "publicIpv4Pool",
        "replicas",
        "replicasPerNodeGroup",
        "replicationGroupId",
        "rootBlockDevice",
        "scalingConfiguration",
        "settings",
        "storageThroughput",
        "storageType",
        "streamModeDetails",
        "subnetConfigurations",
        "subnetIds",
        "subnetMappings",
        "subnets",
        "tenancy",
        "throughput",
        "throughputMode",
        "tier",
        "type",
        "usageMode",
        "enableMonitoring",
        "hostId",
        "serviceRegion",
        "nodeGroupConfigurations",
        "globalClusterIdentifier",
        "hostResourceGroupArn",
        "mapPublicIpOnLaunch",
        "maxSize",
        "minSize",
        "tableClass",
        "elasticsearchVersion",
        "volumeConfiguration",
        "minimumLoadBalancerCapacity",
        "cluster",
        "upgradePolicy",
        "version",
        "publiclyAccessible",
        "engineLifecycleSupport",
        "engineVersion",
    }
)
"""Optional properties that an estimate reads and that the AWS provider fills in by itself."""


def as_declared(graph: Graph) -> Graph:
    """The stack without the properties that nobody gave and that are not known yet.

    Where all is known it is the stack itself, with all that other rules have looked up in it.
    """
    declared = [_as_declared(resource) for resource in graph.resources]
    return graph if declared == list(graph.resources) else Graph(declared)


def _as_declared(resource: Resource) -> Resource:
    values = resource.values
    left_out = {key for key in LEFT_TO_PROVIDER & values.keys() if not is_given(resource, key)}
    if not left_out:
        return resource
    given = {key: value for key, value in values.items() if key not in left_out}
    return Resource(
        lambda: given,
        urn=resource.urn,
        type=resource.type,
        name=resource.name,
        parent=resource.parent,
        ignore_changes=resource.ignore_changes,
        dependencies=resource.dependencies,
        references=resource.references,
        secrets=resource.secrets,
    )
