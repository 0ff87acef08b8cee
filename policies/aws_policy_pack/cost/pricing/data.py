"""Caches, search, brokers, tables, streams and file systems."""

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Final

from aws_policy_pack.cost.charges import (
    ONE,
    READS,
    TABLE,
    WRITES,
    Charge,
    Charges,
    Missing,
    Pricing,
    Situation,
    amount,
    declared_count,
    given_text,
    hourly,
    monthly,
    needed_amount,
    needed_text,
    usage,
)
from aws_policy_pack.cost.pricing.rds import cluster_of, old_version
from aws_policy_pack.resource import Resource, Unreadable

REPLICATION_GROUP: Final = "aws:elasticache/replicationGroup:ReplicationGroup"

CACHE_ENGINES: Final = {"valkey": "valkey"}
"""Engines with prices of their own; Memcached has those of Redis OSS."""
SERVERLESS_GB: Final = {"valkey": Decimal("0.1"), "redis": ONE}
"""GB that a serverless cache bills at least: https://aws.amazon.com/elasticache/pricing/."""
BROKERS: Final = {"SINGLE_INSTANCE": 1, "ACTIVE_STANDBY_MULTI_AZ": 2, "CLUSTER_MULTI_AZ": 3}
"""Instances of a broker of Amazon MQ, by deployment mode.

https://docs.aws.amazon.com/amazon-mq/latest/api-reference/brokers.html
"""
DOCUMENT_CLUSTER: Final = "aws:docdb/cluster:Cluster"


def cache_cluster(resource: Resource, situation: Situation) -> Charges:
    """The nodes of a cache; a member of a replication group has its type and engine."""
    holder = resource
    if resource.has("replicationGroupId"):
        groups = situation.graph.referenced(resource, "replicationGroupId", REPLICATION_GROUP)
        holder = next(iter(groups), resource)
    yield from _nodes(holder, amount(resource, "numCacheNodes", default=1))
    yield from _old_cache(holder, situation)


def replication_group(resource: Resource, situation: Situation) -> Charges:
    """The nodes of a group: as many as it counts, or shards times their copies."""
    declared = _group_size(lambda path: declared_count(resource, path, amount(resource, path)))
    worst = _group_size(lambda path: amount(resource, path))
    shards = resource.objects("nodeGroupConfigurations")
    listed = sum((ONE + amount(shard, "replicaCount") for shard in shards), Decimal(0))
    declared, worst = max(declared, listed), max(worst, listed)
    yield from _nodes(resource, declared, worst)
    yield usage("cache backups", "elasticache/backup-gb-month")
    yield from _old_cache(resource, situation)


def _group_size(count: Callable[[str], Decimal]) -> Decimal:
    shards, replicas = count("numNodeGroups"), count("replicasPerNodeGroup")
    return max(count("numCacheClusters"), shards * (replicas + 1)) or ONE


def _nodes(holder: Resource, count: Decimal, worst: Decimal | None = None) -> Iterator[Charge]:
    engine = CACHE_ENGINES.get(given_text(holder, "engine") or "redis", "redis")
    size = needed_text(holder, "nodeType")
    yield from hourly(f"{engine} {size}", f"elasticache/node-hour/{engine}/{size}", count, worst)


def _old_cache(holder: Resource, situation: Situation) -> Iterator[Missing]:
    """Old versions of Redis OSS bill a part of the node's price on top."""
    if (given_text(holder, "engine") or "redis") == "redis":
        yield from old_version(holder, "redis", "engineVersion", situation)


def serverless_cache(resource: Resource, situation: Situation) -> Charges:
    """The data that a cache bills at least, and at worst its limit."""
    del situation
    engine = CACHE_ENGINES.get(needed_text(resource, "engine"), "redis")
    limits = "cacheUsageLimits.dataStorage"
    low = max(SERVERLESS_GB[engine], amount(resource, f"{limits}.minimum"))
    high = amount(resource, f"{limits}.maximum")
    yield from hourly(f"{engine} data", f"elasticache/serverless-gb-hour/{engine}", low, high)
    if not high:
        path = f"{limits}.maximum"
        raise Unreadable(path, "is not set: the worst case has no bound")


def search_domain(resource: Resource, situation: Situation) -> Charges:
    """Data nodes, dedicated masters, coordinators, and the volumes of the data nodes."""
    nodes = amount(resource, "clusterConfig.instanceCount") or ONE
    size = needed_text(resource, "clusterConfig.instanceType")
    yield from hourly(f"data node {size}", f"opensearch/instance-hour/{size}", nodes)
    if resource.flag("clusterConfig.dedicatedMasterEnabled"):
        size = needed_text(resource, "clusterConfig.dedicatedMasterType")
        masters = needed_amount(resource, "clusterConfig.dedicatedMasterCount")
        yield from hourly(f"master node {size}", f"opensearch/instance-hour/{size}", masters)
    for option in resource.objects("clusterConfig.nodeOptions"):
        if option.flag("nodeConfig.enabled"):
            size = needed_text(option, "nodeConfig.type")
            count = needed_amount(option, "nodeConfig.count")
            role = needed_text(option, "nodeType")
            yield from hourly(f"{role} node {size}", f"opensearch/instance-hour/{size}", count)
    kind = given_text(resource, "ebsOptions.volumeType") or "gp2"
    volume = amount(resource, "ebsOptions.volumeSize")
    yield from monthly(f"{kind} volume", f"opensearch/gb-month/{kind}", volume * nodes)
    if resource.flag("clusterConfig.coldStorageOptions.enabled"):
        yield usage("cold storage", "opensearch/cold-gb-month")
    path = "engineVersion" if resource.has("engineVersion") else "elasticsearchVersion"
    given = given_text(resource, path) or ""
    engine, _, version = given.rpartition("_")
    yield from old_version(
        resource, (engine or "elasticsearch").lower(), path, situation, version=version
    )


def kafka_cluster(resource: Resource, situation: Situation) -> Charges:
    """Brokers and their volumes, and the addresses of brokers that the internet reaches."""
    del situation
    brokers = needed_amount(resource, "numberOfBrokerNodes")
    size = needed_text(resource, "brokerNodeGroupInfo.instanceType")
    yield from hourly(f"broker {size}", f"msk/broker-hour/{size}", brokers)
    path = "brokerNodeGroupInfo.storageInfo.ebsStorageInfo.volumeSize"
    yield from monthly("broker volume", "msk/gb-month", amount(resource, path) * brokers)
    access = given_text(resource, "brokerNodeGroupInfo.connectivityInfo.publicAccess.type")
    if (access or "DISABLED") != "DISABLED":
        yield from hourly("public IPv4 of brokers", "public-ipv4/hour", brokers)
    if given_text(resource, "storageMode") == "TIERED":
        yield usage("tiered storage", "msk/tiered-gb-month")
    if (given_text(resource, "enhancedMonitoring") or "DEFAULT") != "DEFAULT":
        yield usage("metrics of enhanced monitoring", "cloudwatch/metric-month")


def message_broker(resource: Resource, situation: Situation) -> Charges:
    """Instances of a broker of Amazon MQ."""
    del situation
    size = needed_text(resource, "hostInstanceType")
    mode = given_text(resource, "deploymentMode") or "SINGLE_INSTANCE"
    if mode not in BROKERS:
        yield Missing(reason=f"has the deployment mode {mode}, which is not known here")
        return
    yield from hourly(f"broker {size}", f"mq/instance-hour/{size}", Decimal(BROKERS[mode]))
    yield usage("broker storage", "mq/gb-month")


def document_instance(resource: Resource, situation: Situation) -> Charges:
    """An instance of DocumentDB, whose cluster tells its version and the plan of its storage."""
    size = needed_text(resource, "instanceClass")
    owner = cluster_of(resource, situation.graph, DOCUMENT_CLUSTER)
    plan = given_text(owner, "storageType") or "standard"
    suffix = "" if plan == "standard" else f"/{plan}"
    yield from hourly(f"DocumentDB {size}", f"docdb/instance-hour/{size}{suffix}")
    yield from old_version(owner, "docdb", "engineVersion", situation)


def table(resource: Resource, situation: Situation) -> Charges:
    """A table's provisioned capacity, its indexes included; on demand it bills by request."""
    if (given_text(resource, "tableClass") or "STANDARD") != "STANDARD":
        yield Missing(reason="is of a class for infrequent access, which has no price here")
    elif (given_text(resource, "billingMode") or "PROVISIONED") == "PAY_PER_REQUEST":
        yield usage("reads", "dynamodb/million-reads")
        yield usage("writes", "dynamodb/million-writes")
    else:
        for label, key, path, dimension in (
            ("read capacity", "dynamodb/rcu-hour", "readCapacity", READS),
            ("write capacity", "dynamodb/wcu-hour", "writeCapacity", WRITES),
        ):
            indexes = resource.objects("globalSecondaryIndexes")
            extra = sum((amount(index, path) for index in indexes), Decimal(0))
            units = situation.scaling.span(resource, path, dimension)
            yield from hourly(label, key, units.least + extra, units.most + extra)
    yield usage("table storage", "dynamodb/gb-month")
    if resource.flag("pointInTimeRecovery.enabled"):
        yield usage("point-in-time recovery", "dynamodb/backup-gb-month")
    if resource.flag("streamEnabled"):
        yield usage("stream reads", "dynamodb/million-stream-reads")
    if resource.objects("replicas"):
        yield Missing(reason="has replicas, whose writes and storage have no price here")


def stream(resource: Resource, situation: Situation) -> Charges:
    """A stream by its shards, or by the hour where it is on demand."""
    del situation
    mode = given_text(resource, "streamModeDetails.streamMode") or "PROVISIONED"
    if mode == "ON_DEMAND":
        yield from hourly("on-demand stream", "kinesis/on-demand-stream-hour")
        return
    path = "shardCount"
    shards = needed_amount(resource, path)
    yield from hourly("shard", "kinesis/shard-hour", declared_count(resource, path, shards), shards)
    yield usage("PUT units", "kinesis/million-puts")
    if resource.texts("shardLevelMetrics"):
        yield usage("metrics of shards", "cloudwatch/metric-month")


def file_system(resource: Resource, situation: Situation) -> Charges:
    """A file system by what it stores, and its provisioned throughput."""
    del situation
    is_one_zone = given_text(resource, "availabilityZoneName") is not None
    yield usage("file storage", f"efs/gb-month/{'one-zone' if is_one_zone else 'standard'}")
    if given_text(resource, "throughputMode") == "elastic":
        yield usage("data read and written", "efs/elastic-throughput-gb")
    if given_text(resource, "throughputMode") == "provisioned":
        yield from monthly(
            "provisioned throughput",
            "efs/provisioned-throughput-month",
            needed_amount(resource, "provisionedThroughputInMibps"),
        )


PRICING: Final[dict[str, Pricing]] = {
    "aws:elasticache/cluster:Cluster": cache_cluster,
    REPLICATION_GROUP: replication_group,
    "aws:elasticache/serverlessCache:ServerlessCache": serverless_cache,
    "aws:opensearch/domain:Domain": search_domain,
    "aws:elasticsearch/domain:Domain": search_domain,
    "aws:msk/cluster:Cluster": kafka_cluster,
    "aws:mq/broker:Broker": message_broker,
    "aws:docdb/clusterInstance:ClusterInstance": document_instance,
    TABLE: table,
    "aws:kinesis/stream:Stream": stream,
    "aws:efs/fileSystem:FileSystem": file_system,
}
