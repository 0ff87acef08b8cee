"""Caches, search, brokers, tables, streams and file systems, alone."""

import pytest

from tests.policies.cost.stacks import bill_of, no_price, not_read


@pytest.mark.parametrize(
    ("type_", "properties", "expected"),
    [
        pytest.param(
            "aws:elasticache/cluster:Cluster",
            {"engine": "memcached", "nodeType": "cache.t3.micro", "numCacheNodes": 3},
            ["it redis cache.t3.micro: 2190 hour at 0.017 = 37.23 / 37.23"],
            id="Memcached nodes",
        ),
        pytest.param(
            "aws:elasticache/cluster:Cluster",
            {"engine": "valkey", "nodeType": "cache.t4g.micro"},
            ["it valkey cache.t4g.micro: 730 hour at 0.0128 = 9.344 / 9.344"],
            id="a Valkey node",
        ),
        pytest.param(
            "aws:elasticache/cluster:Cluster",
            {"nodeType": "cache.m5.large"},
            ["it redis cache.m5.large: 730 hour at 0.156 = 113.88 / 113.88"],
            id="an engine that is not said is Redis OSS",
        ),
        pytest.param(
            "aws:elasticache/cluster:Cluster",
            {"engine": "redis"},
            [not_read("nodeType", "is not set")],
            id="no node type",
        ),
        pytest.param(
            "aws:elasticache/cluster:Cluster",
            {"engine": "redis", "nodeType": "cache.x9.huge"},
            [no_price("redis cache.x9.huge", "elasticache/node-hour/redis/cache.x9.huge")],
            id="a node type without a price",
        ),
        pytest.param(
            "aws:elasticache/replicationGroup:ReplicationGroup",
            {"nodeType": "cache.t4g.small", "numCacheClusters": 2},
            ["it redis cache.t4g.small: 1460 hour at 0.032 = 46.72 / 46.72"],
            id="a group counts its nodes",
        ),
        pytest.param(
            "aws:elasticache/replicationGroup:ReplicationGroup",
            {
                "nodeType": "cache.t4g.small",
                "numNodeGroups": 2,
                "replicasPerNodeGroup": 1,
                "numCacheClusters": 4,
            },
            ["it redis cache.t4g.small: 2920 hour at 0.032 = 93.44 / 93.44"],
            id="shards and their copies",
        ),
        pytest.param(
            "aws:elasticache/replicationGroup:ReplicationGroup",
            {"nodeType": "cache.t4g.small", "numNodeGroups": 3, "replicasPerNodeGroup": 2},
            ["it redis cache.t4g.small: 6570 hour at 0.032 = 210.24 / 210.24"],
            id="shards and their copies, which nobody has counted",
        ),
        pytest.param(
            "aws:elasticache/replicationGroup:ReplicationGroup",
            {"nodeType": "cache.t4g.small", "numNodeGroups": 3},
            ["it redis cache.t4g.small: 2190 hour at 0.032 = 70.08 / 70.08"],
            id="shards without copies",
        ),
        pytest.param(
            "aws:elasticache/replicationGroup:ReplicationGroup",
            {"nodeType": "cache.t4g.small"},
            ["it redis cache.t4g.small: 730 hour at 0.032 = 23.36 / 23.36"],
            id="a group that says nothing has one node",
        ),
        pytest.param(
            "aws:elasticache/serverlessCache:ServerlessCache",
            {"engine": "valkey", "cacheUsageLimits": {"dataStorage": {"maximum": 2, "unit": "GB"}}},
            ["it valkey data: 73 GB-hour at 0.084 = 6.132 / 122.64"],
            id="serverless Valkey bills 100 MB at least",
        ),
        pytest.param(
            "aws:elasticache/serverlessCache:ServerlessCache",
            {
                "engine": "redis",
                "cacheUsageLimits": {"dataStorage": {"minimum": 3, "maximum": 5, "unit": "GB"}},
            },
            ["it redis data: 2190 GB-hour at 0.125 = 273.75 / 456.25"],
            id="a minimum of one's own",
        ),
        pytest.param(
            "aws:elasticache/serverlessCache:ServerlessCache",
            {"engine": "redis"},
            [
                "it redis data: 730 GB-hour at 0.125 = 91.25 / 91.25",
                not_read(
                    "cacheUsageLimits.dataStorage.maximum",
                    "is not set: the worst case has no bound",
                ),
            ],
            id="without a limit the worst case has no bound",
        ),
        pytest.param(
            "aws:elasticache/serverlessCache:ServerlessCache",
            {},
            [not_read("engine", "is not set")],
            id="a serverless cache without an engine",
        ),
        pytest.param(
            "aws:opensearch/domain:Domain",
            {
                "clusterConfig": {"instanceType": "t3.small.search", "instanceCount": 2},
                "ebsOptions": {
                    "ebsEnabled": True,
                    "volumeSize": 10,
                    "volumeType": "gp3",
                    "iops": 3000,
                },
            },
            [
                "it data node t3.small.search: 1460 hour at 0.036 = 52.56 / 52.56",
                "it gp3 volume: 20 GB-month at 0.122 = 2.44 / 2.44",
            ],
            id="search nodes and their volumes",
        ),
        pytest.param(
            "aws:opensearch/domain:Domain",
            {
                "clusterConfig": {
                    "instanceType": "m6g.large.search",
                    "dedicatedMasterEnabled": True,
                    "dedicatedMasterType": "t3.small.search",
                    "dedicatedMasterCount": 3,
                },
                "ebsOptions": {"volumeSize": 5},
            },
            [
                "it data node m6g.large.search: 730 hour at 0.128 = 93.44 / 93.44",
                "it master node t3.small.search: 2190 hour at 0.036 = 78.84 / 78.84",
                "it gp2 volume: 5 GB-month at 0.135 = 0.675 / 0.675",
            ],
            id="dedicated masters",
        ),
        pytest.param(
            "aws:opensearch/domain:Domain",
            {
                "clusterConfig": {
                    "instanceType": "m6g.large.search",
                    "dedicatedMasterEnabled": False,
                    "dedicatedMasterType": "t3.small.search",
                    "dedicatedMasterCount": 3,
                    "warmEnabled": True,
                },
                "ebsOptions": {"volumeSize": 5, "iops": 3001},
            },
            [
                "it data node m6g.large.search: 730 hour at 0.128 = 93.44 / 93.44",
                "it gp2 volume: 5 GB-month at 0.135 = 0.675 / 0.675",
                "it has UltraWarm nodes, which have no price here",
                "it provisions more than 3000 IOPS, which have no price here",
            ],
            id="UltraWarm nodes and IOPS have no price",
        ),
        pytest.param(
            "aws:opensearch/domain:Domain",
            {},
            [not_read("clusterConfig.instanceType", "is not set")],
            id="a domain without an instance type",
        ),
        pytest.param(
            "aws:elasticsearch/domain:Domain",
            {"clusterConfig": {"instanceType": "m4.large.elasticsearch"}},
            [
                no_price(
                    "data node m4.large.elasticsearch",
                    "opensearch/instance-hour/m4.large.elasticsearch",
                )
            ],
            id="Elasticsearch types have no price",
        ),
        pytest.param(
            "aws:msk/cluster:Cluster",
            {
                "numberOfBrokerNodes": 3,
                "brokerNodeGroupInfo": {
                    "instanceType": "kafka.t3.small",
                    "storageInfo": {"ebsStorageInfo": {"volumeSize": 100}},
                },
            },
            [
                "it broker kafka.t3.small: 2190 hour at 0.0456 = 99.864 / 99.864",
                "it broker volume: 300 GB-month at 0.10 = 30 / 30",
            ],
            id="brokers and their volumes",
        ),
        pytest.param(
            "aws:msk/cluster:Cluster",
            {},
            [not_read("numberOfBrokerNodes", "is not set")],
            id="brokers that are not counted",
        ),
        pytest.param(
            "aws:mq/broker:Broker",
            {"hostInstanceType": "mq.m5.large"},
            ["it broker mq.m5.large: 730 hour at 0.288 = 210.24 / 210.24"],
            id="a single broker",
        ),
        pytest.param(
            "aws:mq/broker:Broker",
            {"hostInstanceType": "mq.m5.large", "deploymentMode": "ACTIVE_STANDBY_MULTI_AZ"},
            ["it broker mq.m5.large: 1460 hour at 0.288 = 420.48 / 420.48"],
            id="an active broker and its standby",
        ),
        pytest.param(
            "aws:mq/broker:Broker",
            {"hostInstanceType": "mq.m5.large", "deploymentMode": "CLUSTER_MULTI_AZ"},
            ["it broker mq.m5.large: 2190 hour at 0.288 = 630.72 / 630.72"],
            id="a cluster of three brokers",
        ),
        pytest.param(
            "aws:mq/broker:Broker",
            {"hostInstanceType": "mq.m5.large", "deploymentMode": "RING"},
            ["it has the deployment mode RING, which is not known here"],
            id="a deployment mode that nobody knows",
        ),
        pytest.param(
            "aws:docdb/clusterInstance:ClusterInstance",
            {"instanceClass": "db.t3.medium"},
            ["it is not priced: `clusterIdentifier` is not set"],
            id="an instance of DocumentDB without its cluster",
        ),
        pytest.param(
            "aws:dynamodb/table:Table",
            {
                "readCapacity": 5,
                "writeCapacity": 4,
                "globalSecondaryIndexes": [{"readCapacity": 1, "writeCapacity": 2}],
            },
            [
                "it read capacity: 4380 RCU-hour at 0.00013 = 0.5694 / 0.5694",
                "it write capacity: 4380 WCU-hour at 0.00065 = 2.847 / 2.847",
            ],
            id="provisioned capacity of table and index",
        ),
        pytest.param(
            "aws:dynamodb/table:Table",
            {"billingMode": "PAY_PER_REQUEST", "readCapacity": 5},
            [],
            id="a table on demand bills by request",
        ),
        pytest.param(
            "aws:dynamodb/table:Table",
            {"billingMode": "PAY_PER_REQUEST", "replicas": [{"regionName": "eu-west-1"}]},
            ["it has replicas, whose writes and storage have no price here"],
            id="replicas have no price",
        ),
        pytest.param(
            "aws:kinesis/stream:Stream",
            {"shardCount": 2},
            ["it shard: 1460 hour at 0.015 = 21.9 / 21.9"],
            id="shards",
        ),
        pytest.param(
            "aws:kinesis/stream:Stream",
            {"streamModeDetails": {"streamMode": "ON_DEMAND"}},
            ["it on-demand stream: 730 hour at 0.04 = 29.2 / 29.2"],
            id="a stream on demand",
        ),
        pytest.param(
            "aws:kinesis/stream:Stream",
            {},
            [not_read("shardCount", "is not set")],
            id="shards that are not counted",
        ),
        pytest.param(
            "aws:efs/fileSystem:FileSystem",
            {"throughputMode": "provisioned", "provisionedThroughputInMibps": 10},
            ["it provisioned throughput: 10 MB/s-month at 6.00 = 60 / 60"],
            id="provisioned throughput",
        ),
        pytest.param(
            "aws:efs/fileSystem:FileSystem",
            {"throughputMode": "bursting", "provisionedThroughputInMibps": 10},
            [],
            id="throughput that is not provisioned",
        ),
        pytest.param(
            "aws:efs/fileSystem:FileSystem",
            {"throughputMode": "provisioned"},
            [not_read("provisionedThroughputInMibps", "is not set")],
            id="throughput that is not said",
        ),
    ],
)
def test_what_a_resource_bills(
    type_: str, properties: dict[str, object], expected: list[str]
) -> None:
    assert bill_of(type_, properties) == expected
