"""Which product of AWS's price list holds the price behind each key of the price table.

Usage types stand without their region's prefix (`USE1-`); they are compared whole, since others
contain them (`TS-LoadBalancerUsage`). Keys that have no query keep the price that they have: no
stable attribute says which product is meant.

Attributes: https://docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/reading-service-price-list-file.html
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from aws_policy_pack.cost.table import DEFAULT_REGION
from aws_policy_pack.lists import load

MILLION: Final = 1_000_000
THOUSAND: Final = 1_000

PREFIX: Final = re.compile(r"(?:[A-Z]{2,4}\d{1,2}|EU)-")
"""The prefix of a region's usage types, such as `EUC1-`; `EU-` is Ireland's. In us-east-1 only
newer services have a prefix.

https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-regions.html
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """How to find a product in a service's offer file.

    Attributes:
        service: The service code.
        usage: The usage type without prefix; `{region}` stands for the region; any if empty.
        where: Columns of the offer file and what they hold.
        scale: How many of the list's units make one of the table's.
        is_global: Whether the service has one file for all regions.
    """

    service: str
    usage: str = ""
    where: Mapping[str, str] = field(default_factory=dict)
    scale: int = 1
    is_global: bool = False

    def is_of(self, usage_type: str, region: str) -> bool:
        """Whether a usage type in a region's file is the one that the query asks for."""
        wanted = self.usage.format(region=region)
        return wanted in ("", usage_type, PREFIX.sub("", usage_type, count=1))

    def may_be_in(self, usage_type: str, region: str) -> bool:
        """Whether a usage type may be one of this region: no code of another one stands before it.

        A code that is in no list may be that of a new region.
        """
        if self.is_global or "{region}" in self.usage:
            return True
        code = PREFIX.match(usage_type)
        codes = load("billing_codes").entries
        home = codes.get(code[0][:-1], region) if code else DEFAULT_REGION
        return bool(home == region)


def _rds(engine: str, deployment: str, **where: str) -> dict[str, str]:
    return {"Database Engine": engine, "Deployment Option": deployment, **where}


def _database(engine: str, usage: str, deployment: str = "Single-AZ") -> Query:
    return Query(
        service="AmazonRDS",
        usage=usage,
        where={
            "Product Family": "Database Instance",
            "License Model": "No license required",
            **_rds(engine, deployment),
        },
    )


def _database_storage(volume: str, deployment: str) -> Query:
    where = {"Product Family": "Database Storage", "Volume Type": volume}
    return Query(service="AmazonRDS", where=where | _rds("PostgreSQL", deployment))


def _load_balancer(kind: str, usage: str) -> Query:
    where = {
        "Product Family": "Load Balancer" if kind == "Classic" else f"Load Balancer-{kind}",
        "operation": "LoadBalancing" if kind == "Classic" else f"LoadBalancing:{kind}",
    }
    return Query(service="AWSELB", usage=usage, where=where)


def _cache(engine: str) -> Query:
    return Query(
        service="AmazonElastiCache", usage="NodeUsage:{size}", where={"Cache Engine": engine}
    )


EXACT: Final[Mapping[str, Query]] = {
    "fargate/vcpu-hour/x86": Query(service="AmazonECS", usage="Fargate-vCPU-Hours:perCPU"),
    "fargate/gb-hour/x86": Query(service="AmazonECS", usage="Fargate-GB-Hours"),
    "fargate/vcpu-hour/arm64": Query(service="AmazonECS", usage="Fargate-ARM-vCPU-Hours:perCPU"),
    "fargate/gb-hour/arm64": Query(service="AmazonECS", usage="Fargate-ARM-GB-Hours"),
    "fargate/ephemeral-gb-hour": Query(
        service="AmazonECS", usage="Fargate-EphemeralStorage-GB-Hours"
    ),
    "rds/gb-month/gp2": _database_storage("General Purpose", "Single-AZ"),
    "rds/gb-month/gp2/multi-az": _database_storage("General Purpose", "Multi-AZ"),
    "rds/gb-month/gp3": _database_storage("General Purpose-GP3", "Single-AZ"),
    "rds/gb-month/gp3/multi-az": _database_storage("General Purpose-GP3", "Multi-AZ"),
    "rds/gb-month/io1": _database_storage("Provisioned IOPS", "Single-AZ"),
    "rds/gb-month/io1/multi-az": _database_storage("Provisioned IOPS", "Multi-AZ"),
    "rds/gb-month/standard": _database_storage("Magnetic", "Single-AZ"),
    "rds/iops-month/gp3": Query(
        service="AmazonRDS", usage="RDS:GP3-PIOPS", where=_rds("PostgreSQL", "Single-AZ")
    ),
    "rds/iops-month/io1": Query(
        service="AmazonRDS", usage="RDS:PIOPS", where=_rds("PostgreSQL", "Single-AZ")
    ),
    "aurora/acu-hour/standard": Query(
        service="AmazonRDS",
        usage="Aurora:ServerlessV2Usage",
        where={"Database Engine": "Aurora PostgreSQL"},
    ),
    "aurora/million-requests/standard": Query(
        service="AmazonRDS",
        usage="Aurora:StorageIOUsage",
        where={"Database Engine": "Aurora PostgreSQL"},
        scale=MILLION,
    ),
    "nat/hour": Query(
        service="AmazonEC2", usage="NatGateway-Hours", where={"Product Family": "NAT Gateway"}
    ),
    "nat/gb": Query(
        service="AmazonEC2", usage="NatGateway-Bytes", where={"Product Family": "NAT Gateway"}
    ),
    "elb/application-hour": _load_balancer("Application", "LoadBalancerUsage"),
    "elb/application-lcu-hour": _load_balancer("Application", "LCUUsage"),
    "elb/network-hour": _load_balancer("Network", "LoadBalancerUsage"),
    "elb/network-lcu-hour": _load_balancer("Network", "LCUUsage"),
    "elb/gateway-hour": _load_balancer("Gateway", "LoadBalancerUsage"),
    "elb/classic-hour": _load_balancer("Classic", "LoadBalancerUsage"),
    "public-ipv4/hour": Query(service="AmazonVPC", usage="PublicIPv4:InUseAddress"),
    "vpc-endpoint/hour": Query(service="AmazonVPC", usage="VpcEndpoint-Hours"),
    "vpc-endpoint/gb": Query(service="AmazonVPC", usage="VpcEndpoint-Bytes"),
    "route53/zone-month": Query(service="AmazonRoute53", usage="HostedZone", is_global=True),
    "secrets-manager/secret-month": Query(
        service="AWSSecretsManager", usage="AWSSecretsManager-Secrets"
    ),
    "kms/key-month": Query(service="awskms", usage="{region}-KMS-Keys"),
    "ecr/gb-month": Query(service="AmazonECR", usage="TimedStorage-ByteHrs"),
    "sqs/million-requests/standard": Query(
        service="AWSQueueService", where={"Queue Type": "Standard"}, scale=MILLION
    ),
    "sqs/million-requests/fifo": Query(
        service="AWSQueueService",
        where={"Queue Type": "FIFO (first-in, first-out)"},
        scale=MILLION,
    ),
    "lambda/gb-second/x86": Query(service="AWSLambda", usage="Lambda-GB-Second"),
    "lambda/gb-second/arm64": Query(service="AWSLambda", usage="Lambda-GB-Second-ARM"),
    "lambda/million-requests": Query(service="AWSLambda", usage="Request", scale=MILLION),
    "dynamodb/rcu-hour": Query(service="AmazonDynamoDB", usage="ReadCapacityUnit-Hrs"),
    "dynamodb/wcu-hour": Query(service="AmazonDynamoDB", usage="WriteCapacityUnit-Hrs"),
    "dynamodb/million-reads": Query(
        service="AmazonDynamoDB", usage="ReadRequestUnits", scale=MILLION
    ),
    "dynamodb/million-writes": Query(
        service="AmazonDynamoDB", usage="WriteRequestUnits", scale=MILLION
    ),
    "eks/cluster-hour": Query(service="AmazonEKS", usage="AmazonEKS-Hours:perCluster"),
    "s3/1k-puts": Query(service="AmazonS3", usage="Requests-Tier1", scale=THOUSAND),
    "s3/1k-gets": Query(service="AmazonS3", usage="Requests-Tier2", scale=THOUSAND),
    "cloudwatch/alarm-month/standard": Query(
        service="AmazonCloudWatch", usage="CW:AlarmMonitorUsage"
    ),
    "cloudwatch/alarm-month/high-resolution": Query(
        service="AmazonCloudWatch", usage="CW:HighResAlarmMonitorUsage"
    ),
    "cloudwatch/metric-month": Query(service="AmazonCloudWatch", usage="CW:MetricMonitorUsage"),
    "logs/ingested-gb/standard": Query(service="AmazonCloudWatch", usage="DataProcessing-Bytes"),
    "logs/vended-gb": Query(service="AmazonCloudWatch", usage="VendedLog-Bytes"),
}

SIZED: Final[Mapping[str, Query]] = {
    "rds/instance-hour/postgres/{size}/multi-az": _database(
        "PostgreSQL", "Multi-AZUsage:{size}", "Multi-AZ"
    ),
    "rds/instance-hour/mysql/{size}/multi-az": _database(
        "MySQL", "Multi-AZUsage:{size}", "Multi-AZ"
    ),
    "rds/instance-hour/postgres/{size}": _database("PostgreSQL", "InstanceUsage:{size}"),
    "rds/instance-hour/mysql/{size}": _database("MySQL", "InstanceUsage:{size}"),
    "aurora/instance-hour/standard/{size}": _database("Aurora PostgreSQL", "InstanceUsage:{size}"),
    "elasticache/node-hour/redis/{size}": _cache("Redis"),
    "elasticache/node-hour/valkey/{size}": _cache("Valkey"),
    "ec2/instance-hour/{size}": Query(
        service="AmazonEC2",
        usage="BoxUsage:{size}",
        where={
            "Operating System": "Linux",
            "Tenancy": "Shared",
            "Pre Installed S/W": "NA",
            "CapacityStatus": "Used",
        },
    ),
    "ebs/gb-month/{size}": Query(
        service="AmazonEC2", where={"Product Family": "Storage", "Volume API Name": "{size}"}
    ),
}
"""Queries for keys that end in, or hold, a class or type."""


SECOND: Final = "second"
HOUR: Final = "hour"
TIMES: Final[Mapping[str, str]] = {
    **dict.fromkeys(("s", "sec", "secs", "second", "seconds"), SECOND),
    **dict.fromkeys(("min", "mins", "minute", "minutes"), "minute"),
    **dict.fromkeys(("h", "hr", "hrs", "hour", "hours"), HOUR),
    **dict.fromkeys(("d", "day", "days"), "day"),
    **dict.fromkeys(("mo", "mos", "month", "months"), "month"),
    **dict.fromkeys(("yr", "yrs", "year", "years"), "year"),
}
"""The words for a time in the units of the list and in the keys of the table."""
OTHER_AMOUNTS: Final = frozenset(
    {
        *("byte", "bytes", "kb", "mb", "tb", "pb", "kib", "mib", "gib", "tib"),
        *("thousand", "million", "billion", "k", "m", "1k", "10k", "100k", "1m"),
    }
)
"""Words for other sizes than GB, and for other counts than one: the list has its units in these."""


def is_unit_of(key: str, unit: str) -> bool:
    """Whether a unit of the list may be the one that a key of the table is priced in.

    The second part of a key names it: `rds/gb-month/gp2`. The list names an hour and a second
    always, a month often (`GB-Mo`, but `Keys`), and never a vCPU (`hours`). No unit says nothing.
    """
    wanted, given = _words(key.split("/")[1]), _words(unit)
    times = {TIMES[word] for word in given if word in TIMES}
    time = next((TIMES[word] for word in wanted if word in TIMES), None)
    has_time = times == {time} if time in (SECOND, HOUR) else times <= {time}
    has_size = "gb" in given if "gb" in wanted and time not in (SECOND, HOUR) else True
    return not given or (has_time and has_size and given.isdisjoint(OTHER_AMOUNTS))


def _words(text: str) -> frozenset[str]:
    return frozenset(re.findall(r"[a-z0-9]+", text.lower()))


def query_for(key: str) -> Query | None:
    """The query behind a key of the price table; `None` where none is known."""
    if key in EXACT:
        return EXACT[key]
    for pattern, query in SIZED.items():
        before, after = pattern.split("{size}")
        match = re.fullmatch(f"{re.escape(before)}([a-z0-9.-]+){re.escape(after)}", key)
        if match:
            return _sized(query, match[1])
    return None


def _sized(query: Query, size: str) -> Query:
    where = {column: value.replace("{size}", size) for column, value in query.where.items()}
    return replace(query, usage=query.usage.replace("{size}", size), where=where)
