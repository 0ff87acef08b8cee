"""Engines of databases and caches, and where things of several nodes are reached."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from pulumi_preflight.outputs.hosts import address, short_region, zone, zones
from pulumi_preflight.outputs.subject import Subject
from pulumi_preflight.outputs.templates import input_text, last_part
from pulumi_preflight.wire import UNKNOWN, Properties, PropertyValue, without_secret


@dataclass(frozen=True, slots=True)
class _Engine:
    """One engine, or all whose names begin alike.

    Attributes:
        version: A whole version of it, which is longer than what a program has to give.
        port: Where it listens unless it is told otherwise.
        license: What RDS calls its license.
        major: How many parts of the version name its default groups.
        dash: What stands between engine and version in the name of a parameter group.
    """

    version: str
    port: float
    license: str = ""
    major: int = 1
    dash: str = ""


_OPEN, _OWN = "general-public-license", "bring-your-own-license"
_ENGINES = {
    "aurora-mysql": _Engine("8.0.mysql_aurora.3.08.2", 3306.0, _OPEN, 2),
    "aurora-postgresql": _Engine("16.6", 5432.0, "postgresql-license"),
    "db2": _Engine("11.5.9.0.sb00063198.r1", 50000.0, _OWN, 2, "-"),
    "docdb": _Engine("5.0.0", 27017.0, "na", 2),
    "influxdb": _Engine("2.7", 8086.0),
    "mariadb": _Engine("11.4.5", 3306.0, _OPEN, 2),
    "memcached": _Engine("1.6.22", 11211.0, major=2),
    "mysql": _Engine("8.4.5", 3306.0, _OPEN, 2),
    "neptune": _Engine("1.4.5.0", 8182.0, "amazon-license", 2),
    "opensearch": _Engine("OpenSearch_2.19", 443.0),
    "oracle": _Engine("19.0.0.0.ru-2025-07.rur-2025-07.r1", 1521.0, _OWN, 1, "-"),
    "postgres": _Engine("16.8", 5432.0, "postgresql-license"),
    "redis": _Engine("7.1.0", 6379.0),
    "sqlserver": _Engine("15.00.4335.1.v1", 1433.0, "license-included", 2, "-"),
    "valkey": _Engine("8.0.1", 6379.0),
}
_USUAL = {
    "docdb": "docdb",
    "elasticache": "redis",
    "neptune": "neptune",
    "opensearch": "opensearch",
    "rds": "mysql",
    "timestreaminfluxdb": "influxdb",
}
"""The engine of a service where the program names none."""
_OTHER = _Engine("1.0", 0.0)
# Versions before these have two parts in the names of default groups.
_ONE_PART_SINCE = {"postgres": 10, "aurora-postgresql": 10, "redis": 6}
_NUMBER = re.compile(r"\d+(?=\D*$)")


def engine_port(subject: Subject) -> float:
    """The port of the engine that the program names, or of the usual one of the service."""
    if named := _known(input_text(subject, "engine")).port:
        return named
    is_of_engines = subject.kind.partition("/")[0] in _USUAL
    return subject.made_up("port", _engine(subject).port if is_of_engines else 0.0)


def engine_license(subject: Subject) -> str:
    """What RDS calls the engine's license."""
    return subject.made_up("licenseModel", _engine(subject).license or "license-included")


def storage_type(subject: Subject) -> str:
    """The storage that RDS chooses: the kind with IOPS of its own where a program asks for these.

    https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html
    """
    return subject.made_up("storageType", "io1" if subject.inputs.get("iops") else "gp3")


def engine_version(subject: Subject, path: str) -> str:
    """The version that runs: the given one, to its last number."""
    given, latest = input_text(subject, "engineVersion"), _engine(subject).version
    if not given or latest.startswith(f"{given}."):
        return subject.made_up(path, latest)
    # ElastiCache takes `6.x` for the newest 6.
    major = given.removesuffix(".x")
    if major == given and given.count(".") >= latest.count("."):
        return given
    rest = latest.split(".")[major.count(".") + 1 :] if latest[0].isdigit() else ["0"]
    last = _NUMBER.sub(str(1 + subject.number(path, 9)), rest[-1])
    return subject.made_up(path, ".".join((major, *rest[:-1], last)))


def parameter_family(subject: Subject) -> str:
    """What the default parameter group is named by: `postgres16`, `sqlserver-ex-15.0`."""
    engine = _name(subject)
    return f"{engine}{_known(engine).dash}{'.'.join(_major(subject))}"


def option_family(subject: Subject) -> str:
    """What the default option group is named by: `mysql-8-4`, `sqlserver-ex-15-00`."""
    written = engine_version(subject, "engineVersion").split(".")
    return "-".join((_name(subject), *written[: len(_major(subject))]))


def _major(subject: Subject) -> list[str]:
    """The parts of the version that name the default groups, without leading zeros."""
    name, parts = _name(subject), engine_version(subject, "engineVersion").split(".")
    plain = [part.lstrip("0") or "0" for part in parts]
    if name == "redis" and plain[0] == "6":
        return ["6", "x"]
    is_old = plain[0].isdigit() and int(plain[0]) < _ONE_PART_SINCE.get(name, 0)
    return plain[: 2 if is_old else _known(name).major]


def _name(subject: Subject) -> str:
    return input_text(subject, "engine") or _USUAL.get(subject.kind.partition("/")[0], "mysql")


def _engine(subject: Subject) -> _Engine:
    return _known(_name(subject))


def _known(name: str) -> _Engine:
    plain = name.removeprefix("custom-")
    fitting = [each for each in _ENGINES if plain.startswith(each)]
    return _ENGINES[max(fitting, key=len)] if fitting else _OTHER


# Amazon MSK names up to three brokers.
_MOST_BROKERS = 3
_MOST_ZOOKEEPERS = 3
# ActiveMQ's protocols and ports.
_ACTIVE = (
    ("ssl", 61617),
    ("amqp+ssl", 5671),
    ("stomp+ssl", 61614),
    ("mqtt+ssl", 8883),
    ("wss", 61619),
)


def _brokers(port: int, is_on: Callable[[Properties], bool | None]) -> "Make":
    """The brokers at the port of one way to connect; empty where the cluster surely lacks it."""

    def make(subject: Subject, inputs: Properties) -> PropertyValue:
        # What a data source tells of exists already, and may have any way.
        if is_on(inputs) is False and not subject.is_answer:
            return ""
        wanted = without_secret(inputs.get("numberOfBrokerNodes"))
        count = int(wanted) if isinstance(wanted, float) else _MOST_BROKERS
        return _kafka(subject, "b", min(max(1, count), _MOST_BROKERS), port)

    return make


def _zookeepers(port: int) -> "Make":
    return lambda subject, _: _kafka(subject, "z", _MOST_ZOOKEEPERS, port)


def _kafka(subject: Subject, letter: str, count: int, port: int) -> str:
    place, own = subject.place, subject.digits("brokers", 6)
    number = 1 + subject.number("brokers", 25)
    home = f"{subject.name.lower()}.{own}.c{number}.kafka.{place.region}.{place.dns_suffix}"
    return ",".join(f"{letter}-{index}.{home}:{port}" for index in range(1, count + 1))


def _setting(value: PropertyValue, *path: str) -> PropertyValue:
    """What stands at a path of records; `UNKNOWN` where it is not known."""
    for name in path:
        value = without_secret(value)
        if not isinstance(value, dict):
            return value if value == UNKNOWN else None
        value = value.get(name)
    return without_secret(value)


def _in_transit(*wanted: str) -> Callable[[Properties], bool | None]:
    """Whether clients may connect so; MSK's own choice is TLS alone."""

    def is_on(inputs: Properties) -> bool | None:
        mode = _setting(inputs.get("encryptionInfo"), "encryptionInTransit", "clientBroker")
        return None if mode == UNKNOWN else (mode or "TLS") in wanted

    return is_on


def _authenticated(way: str) -> Callable[[Properties], bool | None]:
    def is_on(inputs: Properties) -> bool | None:
        setting = _setting(inputs.get("clientAuthentication"), "sasl", way)
        return None if setting == UNKNOWN else setting is True

    return is_on


def _cache_home(subject: Subject) -> str:
    place = subject.place
    return f"{short_region(place.region)}.cache.{place.dns_suffix}"


def _is_memcached(subject: Subject) -> bool:
    # Who asks for the address of all nodes of an existing cluster has one of Memcached.
    return subject.is_answer or input_text(subject, "engine") == "memcached"


def _cache_address(subject: Subject, _inputs: Properties) -> PropertyValue:
    """The address of all nodes, which Memcached alone has."""
    if not _is_memcached(subject):
        return ""
    return f"{subject.name}.{subject.digits('account', 6)}.cfg.{_cache_home(subject)}"


def _cache_endpoint(subject: Subject, inputs: Properties) -> PropertyValue:
    whole = _cache_address(subject, inputs)
    return f"{whole}:{_cache_port(subject):.0f}" if whole else ""


def _cache_port(subject: Subject) -> float:
    given = without_secret(subject.inputs.get("port"))
    return given if isinstance(given, float) else engine_port(subject)


def _cache_nodes(subject: Subject, inputs: Properties) -> PropertyValue:
    wanted = without_secret(inputs.get("numCacheNodes"))
    count = int(wanted) if isinstance(wanted, float) else 1
    wished = inputs.get("preferredAvailabilityZones")
    given = wished if isinstance(wished, list) else []
    one = input_text(subject, "availabilityZone")
    own = subject.digits("account", 6)
    return [
        {
            "address": f"{subject.name}.{own}.{index:04}.{_cache_home(subject)}",
            "availabilityZone": given[index - 1]
            if index <= len(given)
            else one or zone(subject, "availabilityZone"),
            "id": f"{index:04}",
            "outpostArn": "",
            "port": _cache_port(subject),
        }
        for index in range(1, count + 1)
    ]


def _group_address(part: str) -> "Make":
    """The host of one part of a replication group, which tells whether it speaks TLS.

    Args:
        part: `primary`, `reader` or `configuration`.
    """

    def make(subject: Subject, inputs: Properties) -> PropertyValue:
        is_clustered = _is_clustered(inputs)
        if (part == "configuration") is not is_clustered:
            return ""
        name, own = subject.name, subject.digits("account", 6)
        if without_secret(inputs.get("transitEncryptionEnabled")) is True:
            head = {"primary": "master", "reader": "replica", "configuration": "clustercfg"}[part]
            host = f"{head}.{name}.{own}"
        elif is_clustered:
            host = f"{name}.{own}.clustercfg"
        else:
            host = f"{name}{'-ro' if part == 'reader' else ''}.{own}.ng.0001"
        return f"{host}.{_cache_home(subject)}"

    return make


def _is_clustered(inputs: Properties) -> bool:
    """Whether a replication group has shards: what it says, or more of them than one."""
    if (mode := without_secret(inputs.get("clusterMode"))) in ("enabled", "disabled"):
        return mode == "enabled"
    groups = without_secret(inputs.get("numNodeGroups"))
    return isinstance(groups, float) and groups > 1


def _members(subject: Subject, inputs: Properties) -> PropertyValue:
    """The clusters of a replication group: of each shard, the primary and its replicas."""

    def number(name: str, default: int) -> int:
        value = without_secret(inputs.get(name))
        return int(value) if isinstance(value, float) else default

    nodes = 1 + number("replicasPerNodeGroup", number("numCacheClusters", 1) - 1)
    shards = range(1, 1 + number("numNodeGroups", 1))
    heads = [f"{shard:04}-" for shard in shards] if _is_clustered(inputs) else [""]
    return [f"{subject.name}-{head}{node:03}" for head in heads for node in range(1, 1 + nodes)]


def _clustered(_subject: Subject, inputs: Properties) -> PropertyValue:
    return _is_clustered(inputs)


def _broker_instances(subject: Subject, inputs: Properties) -> PropertyValue:
    place, broker = subject.place, subject.id
    domain = f"mq.{place.region}.{place.dns_suffix}"
    if str(without_secret(inputs.get("engineType"))).lower() == "rabbitmq":
        host = f"{broker}.{domain}"
        amqp: list[PropertyValue] = [f"amqps://{host}:5671"]
        return [{"consoleUrl": f"https://{host}", "endpoints": amqp, "ipAddress": ""}]
    standby = without_secret(inputs.get("deploymentMode")) == "ACTIVE_STANDBY_MULTI_AZ"
    hosts = [f"{broker}-{index}.{domain}" for index in ((1, 2) if standby else (1,))]
    return [
        {
            "consoleUrl": f"https://{host}:8162",
            "endpoints": [f"{protocol}://{host}:{port}" for protocol, port in _ACTIVE],
            "ipAddress": address(subject, f"instances.{index}.ipAddress"),
        }
        for index, host in enumerate(hosts)
    ]


def _interface_names(subject: Subject, _inputs: Properties) -> PropertyValue:
    """The names of an interface endpoint: its own, and one in each declared subnet's zone."""
    place = subject.place
    service = input_text(subject, "serviceName").rpartition(f".{place.region}.")[2]
    own = subject.capitals("dnsEntries", 8).lower()
    heads = [f"{subject.id}-{own}", *(f"{subject.id}-{own}-{each}" for each in zones(subject))]
    home = f"{service}.{place.region}.vpce.{place.dns_suffix}"
    hosted = f"Z{subject.capitals('dnsEntries/zone', 13)}"
    return [{"dnsName": f"{head}.{home}", "hostedZoneId": hosted} for head in heads]


def _interfaces(subject: Subject, inputs: Properties) -> PropertyValue:
    """One network interface in each subnet."""
    given = inputs.get("subnetIds")
    count = len(given) if isinstance(given, list) else 1
    paths = [f"networkInterfaceIds.{index}" for index in range(count)]
    return [f"eni-{subject.digits(path, 17)}" for path in paths]


def _cluster_uuid(subject: Subject, _inputs: Properties) -> PropertyValue:
    return subject.made_up("clusterUuid", last_part(subject.id))


Make = Callable[[Subject, Properties], PropertyValue]
"""Makes an output of the inputs."""

ENDPOINTS: dict[str, Make] = {
    "ec2/vpcendpoint.dnsEntries": _interface_names,
    "ec2/vpcendpoint.networkInterfaceIds": _interfaces,
    "elasticache/cluster.cacheNodes": _cache_nodes,
    "elasticache/cluster.clusterAddress": _cache_address,
    "elasticache/cluster.configurationEndpoint": _cache_endpoint,
    "elasticache/replicationgroup.clusterEnabled": _clustered,
    "elasticache/replicationgroup.memberClusters": _members,
    "elasticache/replicationgroup.configurationEndpointAddress": _group_address("configuration"),
    "elasticache/replicationgroup.primaryEndpointAddress": _group_address("primary"),
    "elasticache/replicationgroup.readerEndpointAddress": _group_address("reader"),
    "mq/broker.instances": _broker_instances,
    "msk/cluster.bootstrapBrokers": _brokers(9092, _in_transit("PLAINTEXT", "TLS_PLAINTEXT")),
    "msk/cluster.bootstrapBrokersSaslIam": _brokers(9098, _authenticated("iam")),
    "msk/cluster.bootstrapBrokersSaslScram": _brokers(9096, _authenticated("scram")),
    "msk/cluster.bootstrapBrokersTls": _brokers(9094, _in_transit("TLS", "TLS_PLAINTEXT")),
    "msk/cluster.clusterUuid": _cluster_uuid,
    "msk/cluster.zookeeperConnectString": _zookeepers(2181),
    "msk/cluster.zookeeperConnectStringTls": _zookeepers(2182),
}
"""Kind and property to what makes it."""
