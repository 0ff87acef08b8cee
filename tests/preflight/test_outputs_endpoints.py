"""Brokers, caches and interfaces are reached where AWS would have them."""

import re

import pytest

from pulumi_preflight.outputs.subject import Place
from pulumi_preflight.wire import UNKNOWN, Properties, PropertyValue
from tests.preflight.filling import Program, fill

IRELAND = Place(region="eu-west-1")
KAFKA = "aws:msk/cluster:Cluster"
CACHE = "aws:elasticache/cluster:Cluster"
GROUP = "aws:elasticache/replicationGroup:ReplicationGroup"
BROKER = "aws:mq/broker:Broker"
ENDPOINT = "aws:ec2/vpcEndpoint:VpcEndpoint"


def records(value: PropertyValue) -> list[dict[str, PropertyValue]]:
    assert isinstance(value, list)
    return [each for each in value if isinstance(each, dict)]


def kafka(mode: str = "TLS", **sasl: bool) -> Properties:
    return {
        "clusterName": "Logs",
        "numberOfBrokerNodes": 6.0,
        "encryptionInfo": {"encryptionInTransit": {"clientBroker": mode}},
        "clientAuthentication": {"sasl": dict(sasl)},
    }


@pytest.mark.parametrize(
    ("inputs", "property_", "port"),
    [
        pytest.param(kafka(), "bootstrapBrokersTls", 9094, id="tls"),
        pytest.param(kafka("PLAINTEXT"), "bootstrapBrokers", 9092, id="plain"),
        pytest.param(kafka("TLS_PLAINTEXT"), "bootstrapBrokers", 9092, id="both"),
        pytest.param(kafka(iam=True), "bootstrapBrokersSaslIam", 9098, id="iam"),
        pytest.param(kafka(scram=True), "bootstrapBrokersSaslScram", 9096, id="scram"),
        pytest.param(
            {"clusterName": "logs", "clientAuthentication": UNKNOWN},
            "bootstrapBrokersSaslIam",
            9098,
            id="perhaps-iam",
        ),
    ],
)
def test_brokers_are_listed_with_the_port_of_the_way_in(
    inputs: Properties, property_: str, port: int
) -> None:
    brokers = str(fill(KAFKA, inputs, place=IRELAND).outputs[property_]).split(",")
    form = rf"b-[123]\.logs\.[0-9a-f]{{6}}\.c\d+\.kafka\.eu-west-1\.amazonaws\.com:{port}"
    assert len(set(brokers)) == 3
    assert all(re.fullmatch(form, each) for each in brokers)


@pytest.mark.parametrize(
    ("inputs", "property_"),
    [
        pytest.param(kafka(), "bootstrapBrokers", id="plain"),
        pytest.param(kafka("PLAINTEXT"), "bootstrapBrokersTls", id="tls"),
        pytest.param(kafka(), "bootstrapBrokersSaslIam", id="iam"),
        pytest.param(kafka(iam=True), "bootstrapBrokersSaslScram", id="scram"),
    ],
)
def test_no_broker_is_listed_for_a_way_that_is_closed(inputs: Properties, property_: str) -> None:
    assert fill(KAFKA, inputs).outputs[property_] == ""


def test_memcached_has_an_address_of_all_nodes() -> None:
    inputs: Properties = {"clusterId": "web", "engine": "memcached", "numCacheNodes": 2.0}
    outputs = fill(CACHE, inputs, place=IRELAND).outputs
    address = str(outputs["clusterAddress"])
    assert re.fullmatch(r"web\.[0-9a-f]{6}\.cfg\.euw1\.cache\.amazonaws\.com", address)
    assert outputs["configurationEndpoint"] == f"{address}:11211"


def test_redis_has_no_address_of_all_nodes() -> None:
    outputs = fill(CACHE, {"engine": "redis"}).outputs
    assert (outputs["clusterAddress"], outputs["configurationEndpoint"]) == ("", "")


def test_a_cache_has_as_many_nodes_as_were_asked_for() -> None:
    inputs: Properties = {
        "clusterId": "web",
        "engine": "memcached",
        "numCacheNodes": 2.0,
        "port": 11300.0,
        "preferredAvailabilityZones": ["eu-west-1b", "eu-west-1c"],
    }
    nodes = records(fill(CACHE, inputs, place=IRELAND).outputs["cacheNodes"])
    assert [each["id"] for each in nodes] == ["0001", "0002"]
    assert [each["availabilityZone"] for each in nodes] == ["eu-west-1b", "eu-west-1c"]
    assert [each["port"] for each in nodes] == [11300.0, 11300.0]
    assert re.fullmatch(
        r"web\.[0-9a-f]{6}\.0002\.euw1\.cache\.amazonaws\.com", str(nodes[1]["address"])
    )


@pytest.mark.parametrize(
    ("inputs", "property_", "pattern"),
    [
        pytest.param({}, "primaryEndpointAddress", r"web\.\w+\.ng\.0001\.euw1\..+", id="plain"),
        pytest.param({}, "readerEndpointAddress", r"web-ro\.\w+\.ng\.0001\..+", id="reader"),
        pytest.param(
            {"transitEncryptionEnabled": True},
            "primaryEndpointAddress",
            r"master\.web\.\w+\.euw1\..+",
            id="tls",
        ),
        pytest.param({}, "configurationEndpointAddress", "", id="without-shards"),
        pytest.param({"numNodeGroups": 2.0}, "primaryEndpointAddress", "", id="of-shards"),
        pytest.param(
            {"clusterMode": "enabled", "transitEncryptionEnabled": True},
            "configurationEndpointAddress",
            r"clustercfg\.web\.\w+\.euw1\..+",
            id="shards-by-tls",
        ),
    ],
)
def test_a_replication_group_is_reached_as_its_mode_says(
    inputs: Properties, property_: str, pattern: str
) -> None:
    outputs = fill(GROUP, {"replicationGroupId": "web", **inputs}, place=IRELAND).outputs
    assert re.fullmatch(pattern, str(outputs[property_]))


@pytest.mark.parametrize(
    ("inputs", "members"),
    [
        pytest.param({"numCacheClusters": 2.0}, ["web-001", "web-002"], id="one-shard"),
        pytest.param(
            {"numNodeGroups": 2.0, "replicasPerNodeGroup": 1.0},
            ["web-0001-001", "web-0001-002", "web-0002-001", "web-0002-002"],
            id="two-shards",
        ),
    ],
)
def test_a_replication_group_names_its_members(inputs: Properties, members: list[str]) -> None:
    outputs = fill(GROUP, {"replicationGroupId": "web", **inputs}).outputs
    assert outputs["memberClusters"] == members
    assert outputs["clusterEnabled"] is (len(members) > 2)


def test_rabbit_brokers_have_one_endpoint() -> None:
    filled = fill(BROKER, {"engineType": "RabbitMQ"}, place=IRELAND)
    [instance] = records(filled.outputs["instances"])
    host = f"{filled.id}.mq.eu-west-1.amazonaws.com"
    assert re.fullmatch(r"b-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", filled.id)
    assert instance["consoleUrl"] == f"https://{host}"
    assert instance["endpoints"] == [f"amqps://{host}:5671"]


def test_active_brokers_stand_by_in_two_zones() -> None:
    inputs: Properties = {"engineType": "ActiveMQ", "deploymentMode": "ACTIVE_STANDBY_MULTI_AZ"}
    filled = fill(BROKER, inputs, place=IRELAND)
    instances = records(filled.outputs["instances"])
    hosts = [f"{filled.id}-{index}.mq.eu-west-1.amazonaws.com" for index in (1, 2)]
    assert [each["consoleUrl"] for each in instances] == [f"https://{each}:8162" for each in hosts]
    assert [each["endpoints"][0] for each in instances] == [  # type: ignore[index] # a list
        f"ssl://{each}:61617" for each in hosts
    ]


def test_an_interface_endpoint_has_names_and_interfaces() -> None:
    program = Program(IRELAND)
    subnets = [
        program.add(
            "aws:ec2/subnet:Subnet", {"availabilityZone": f"eu-west-1{letter}"}, name=letter
        ).id
        for letter in "ab"
    ]
    inputs: Properties = {
        "vpcEndpointType": "Interface",
        "serviceName": "com.amazonaws.eu-west-1.ecr.dkr",
        "subnetIds": [*subnets],
    }
    filled = program.add(ENDPOINT, inputs)
    names = [str(each["dnsName"]) for each in records(filled.outputs["dnsEntries"])]
    start = rf"{filled.id}-\w{{8}}"
    home = r"ecr\.dkr\.eu-west-1\.vpce\.amazonaws\.com"
    for name, zone in zip(names, ("", "-eu-west-1a", "-eu-west-1b"), strict=True):
        assert re.fullmatch(rf"{start}{zone}\.{home}", name)
    interfaces = filled.outputs["networkInterfaceIds"]
    assert isinstance(interfaces, list)
    assert len({str(each) for each in interfaces}) == 2


@pytest.mark.parametrize("property_", ["dnsEntries", "networkInterfaceIds", "securityGroupIds"])
def test_a_gateway_endpoint_has_neither(property_: str) -> None:
    filled = fill(ENDPOINT, {"serviceName": "com.amazonaws.us-east-1.s3"})
    assert filled.outputs[property_] == []
    assert property_ not in filled.fillings
