"""Versions whose age AWS bills: the calendar, and what a stack pays for it."""

import datetime as dt

import pytest

from aws_policy_pack.cost.estimate import estimate
from aws_policy_pack.cost.pricing.rds import extended_support
from aws_policy_pack.lists import load
from aws_policy_pack.testing import UNKNOWN, Example
from tests.policies.cost.stacks import PRICES, graph_of, make, shown

NOW = dt.date(2026, 11, 28)
INSTANCE = "aws:rds/instance:Instance"
CLUSTER = "aws:rds/cluster:Cluster"
CLUSTER_INSTANCE = "aws:rds/clusterInstance:ClusterInstance"
MICRO = {"instanceClass": "db.t4g.micro", "allocatedStorage": 20}


def priced(what: str, since: str, hours: int, usd: str, total: int) -> str:
    """The line of an engine and version that bill their vCPUs."""
    line = f"it Extended Support of {what} since {since}"
    return f"{line}: {hours} vCPU-hour at {usd} = {total} / {total}"


def named(engine: str, version: str, since: str, *, state: str = "is") -> str:
    """What is said of a version whose age has no price."""
    support = f"which {state} in Extended Support since {since}, and that has no price here"
    return f"it runs {engine} {version!r}, {support}"


SUPPORT = priced("postgres 13.20", "2026-03-01", 1460, "0.10", 146)


def support_of(*stack: Example, day: dt.date = NOW) -> list[str]:
    """What is billed, or not priced, for the age of versions, on a day."""
    result = estimate(graph_of(*stack), region="us-east-1", tables=lambda _: PRICES, day=day)
    return [line for line in shown(result) if "Extended Support" in line or "version" in line]


@pytest.mark.parametrize(
    ("engine", "version", "day", "since"),
    [
        ("mysql", "8.0.40", "2026-11-28", "2026-08-01"),
        ("mysql", "8.0.40", "2026-07-31", None),
        ("mysql", "8.0", "2026-08-01", "2026-08-01"),
        ("mysql", "8.4.5", "2026-11-28", None),
        ("mysql", "5.6.51", "2026-11-28", "2024-03-01"),
        ("postgres", "13.20", "2026-11-28", "2026-03-01"),
        ("postgres", "14", "2026-11-28", None),
        ("postgres", "14", "2027-03-01", "2027-03-01"),
        ("postgres", "9.6.24", "2026-11-28", "2024-04-01"),
        ("postgres", "19.1", "2026-11-28", None),
        ("aurora-mysql", "5.7.mysql_aurora.2.11.5", "2026-11-28", "2024-12-01"),
        ("aurora-mysql", "8.0.mysql_aurora.3.08.0", "2026-11-28", None),
        ("aurora-postgresql", "13.12", "2026-11-28", "2026-03-01"),
        ("kubernetes", "1.33", "2026-11-28", "2026-07-30"),
        ("kubernetes", "1.34", "2026-11-28", None),
        ("kubernetes", "1.34", "2026-12-03", "2026-12-03"),
        ("kubernetes", "1.20", "2026-11-28", "2023-02-17"),
        ("kubernetes", "1", "2026-11-28", "2023-02-17"),
        ("redis", "5.0.6", "2026-11-28", "2026-02-01"),
        ("redis", "6.x", "2026-11-28", None),
        ("redis", "7.1", "2026-11-28", None),
        ("opensearch", "2.11", "2026-11-28", None),
        ("opensearch", "2.9", "2026-11-28", "2025-11-08"),
        ("elasticsearch", "7.10", "2026-11-28", None),
        ("elasticsearch", "7.1", "2026-11-28", "2025-11-08"),
        ("docdb", "3.6.0", "2026-11-28", "2026-03-31"),
        ("docdb", "5.0.0", "2026-11-28", None),
        ("mariadb", "10.4", "2026-11-28", None),
        ("postgres", "latest", "2026-11-28", None),
        ("postgres", "latest.9", "2026-11-28", None),
    ],
)
def test_a_version_is_in_extended_support_from_its_day_on(
    engine: str, version: str, day: str, since: str | None
) -> None:
    found = extended_support(engine, version, dt.date.fromisoformat(day))
    assert (str(found.since) if found else None) == since


def test_the_third_year_is_dearer() -> None:
    before = extended_support("postgres", "11", dt.date(2026, 3, 31))
    after = extended_support("postgres", "11", dt.date(2026, 4, 1))
    assert before is not None
    assert after is not None
    assert (before.is_dear, after.is_dear) == (False, True)


def test_a_version_that_may_mean_several_is_not_certain() -> None:
    found = extended_support("mysql", "8", NOW)
    assert found is not None
    assert not found.is_certain


def test_a_short_version_that_means_one_is_certain() -> None:
    found = extended_support("mysql", "5", NOW)
    assert found is not None
    assert found.is_certain


@pytest.mark.parametrize(
    ("properties", "expected"),
    [
        pytest.param(
            {"engine": "mysql", "engineVersion": "8.0.40"},
            [priced("mysql 8.0.40", "2026-08-01", 1460, "0.10", 146)],
            id="MySQL 8.0",
        ),
        pytest.param({"engine": "mysql", "engineVersion": "8.4.5"}, [], id="MySQL 8.4"),
        pytest.param(
            {"engine": "postgres", "engineVersion": "13.20", "multiAz": True},
            [priced("postgres 13.20", "2026-03-01", 2920, "0.10", 292)],
            id="PostgreSQL 13 with a standby",
        ),
        pytest.param(
            {"engine": "postgres", "engineVersion": "11.22"},
            [priced("postgres 11.22", "2024-04-01", 1460, "0.20", 292)],
            id="PostgreSQL 11 in its third year",
        ),
        pytest.param(
            {
                "engine": "postgres",
                "engineVersion": "13.20",
                "engineLifecycleSupport": "open-source-rds-extended-support-disabled",
            },
            [],
            id="a database that is upgraded instead",
        ),
        pytest.param({"engine": "postgres", "engineVersion": UNKNOWN}, [], id="left to AWS"),
        pytest.param(
            {"engine": "postgres", "engineVersion": "13.20", "instanceClass": "db.x9.giant"},
            [named("postgres", "13.20", "2026-03-01")],
            id="a class whose vCPUs are not known",
        ),
        pytest.param(
            {"engine": "mysql", "engineVersion": "8"},
            [named("mysql", "8", "2026-08-01", state="may be")],
            id="a version that may mean two",
        ),
        pytest.param(
            {"engine": "postgres", "snapshotIdentifier": "snap"},
            ["it has the engine version of what it is restored from"],
            id="the version of a snapshot",
        ),
        pytest.param(
            {"engine": "oracle-se2", "snapshotIdentifier": "snap"},
            [],
            id="an engine whose age nobody bills",
        ),
        pytest.param(
            {"engine": "postgres", "snapshotIdentifier": UNKNOWN},
            [],
            id="no snapshot is given",
        ),
        pytest.param(
            {"engine": "postgres", "engineVersion": "12.1", "instanceClass": "db.m5.4xlarge"},
            [priced("postgres 12.1", "2025-03-01", 11680, "0.10", 1168)],
            id="a large class",
        ),
        pytest.param(
            {"engine": "postgres", "engineVersion": "13.20", "instanceClass": "db.t3.xlarge"},
            [priced("postgres 13.20", "2026-03-01", 2920, "0.10", 292)],
            id="a large class of a small family",
        ),
    ],
)
def test_an_old_database_pays_for_its_vcpus(
    properties: dict[str, object], expected: list[str]
) -> None:
    assert support_of(Example(type=INSTANCE, name="it", properties=MICRO | properties)) == expected


@pytest.mark.parametrize(
    ("stack", "expected"),
    [
        pytest.param(
            (
                make(CLUSTER, "db", engine="aurora-postgresql", engineVersion="13.12"),
                make(
                    CLUSTER_INSTANCE, "it", clusterIdentifier="{db}", instanceClass="db.r6g.large"
                ),
            ),
            [priced("aurora-postgresql 13.12", "2026-03-01", 1460, "0.10", 146)],
            id="Aurora, by the version of its cluster",
        ),
        pytest.param(
            (
                make(CLUSTER, "db", engineVersion="13.12"),
                make(
                    CLUSTER_INSTANCE,
                    "it",
                    clusterIdentifier="{db}",
                    engine="aurora-postgresql",
                    instanceClass="db.r6g.large",
                ),
            ),
            [priced("aurora-postgresql 13.12", "2026-03-01", 1460, "0.10", 146)],
            id="Aurora, by the engine of the instance where the cluster tells none",
        ),
        pytest.param(
            (
                make(
                    CLUSTER,
                    "db",
                    engine="aurora-mysql",
                    engineVersion="5.7.mysql_aurora.2.11.5",
                    serverlessv2ScalingConfiguration={"minCapacity": 1, "maxCapacity": 2},
                ),
                make(
                    CLUSTER_INSTANCE, "it", clusterIdentifier="{db}", instanceClass="db.serverless"
                ),
            ),
            [named("aurora-mysql", "5.7.mysql_aurora.2.11.5", "2024-12-01")],
            id="serverless Aurora bills capacity units",
        ),
        pytest.param(
            (
                make(
                    CLUSTER,
                    "it",
                    engine="mysql",
                    engineVersion="8.0.40",
                    dbClusterInstanceClass="db.m6gd.large",
                    allocatedStorage=100,
                ),
            ),
            [priced("mysql 8.0.40", "2026-08-01", 4380, "0.10", 438)],
            id="the three nodes of a Multi-AZ cluster",
        ),
        pytest.param(
            (
                make(INSTANCE, "source", engine="postgres", engineVersion="13.20", **MICRO),
                make(INSTANCE, "it", replicateSourceDb="{source}", **MICRO),
            ),
            [
                SUPPORT.replace("it ", "source ", 1),
                SUPPORT,
            ],
            id="a replica has its source's version",
        ),
        pytest.param(
            (make("aws:eks/cluster:Cluster", "it", version="1.33"),),
            [
                "it control plane, Extended Support since 2026-07-30: 730 hour at 0.60 = 438 / 438",
            ],
            id="a control plane",
        ),
        pytest.param(
            (
                make(
                    "aws:eks/cluster:Cluster",
                    "it",
                    version="1.33",
                    upgradePolicy={"supportType": "STANDARD"},
                ),
            ),
            [],
            id="a control plane that is upgraded instead",
        ),
        pytest.param(
            (
                make(
                    "aws:elasticache/replicationGroup:ReplicationGroup",
                    "it",
                    engineVersion="5.0.6",
                    nodeType="cache.t3.micro",
                ),
            ),
            [named("redis", "5.0.6", "2026-02-01")],
            id="a cache",
        ),
        pytest.param(
            (
                make(
                    "aws:elasticache/replicationGroup:ReplicationGroup",
                    "it",
                    engine="valkey",
                    engineVersion="7.2",
                    nodeType="cache.t3.micro",
                ),
            ),
            [],
            id="Valkey has no old version",
        ),
        pytest.param(
            (
                make(
                    "aws:opensearch/domain:Domain",
                    "it",
                    engineVersion="Elasticsearch_7.1",
                    clusterConfig={"instanceType": "t3.small.search"},
                ),
            ),
            [named("elasticsearch", "7.1", "2025-11-08")],
            id="a search domain with an old engine",
        ),
        pytest.param(
            (
                make(
                    "aws:elasticsearch/domain:Domain",
                    "it",
                    elasticsearchVersion="6.3",
                    clusterConfig={"instanceType": "t3.small.search"},
                ),
            ),
            [named("elasticsearch", "6.3", "2025-11-08")],
            id="a domain of the older type",
        ),
        pytest.param(
            (
                make("aws:docdb/cluster:Cluster", "db", engineVersion="3.6.0"),
                make(
                    "aws:docdb/clusterInstance:ClusterInstance",
                    "it",
                    clusterIdentifier="{db}",
                    instanceClass="db.t3.medium",
                ),
            ),
            [named("docdb", "3.6.0", "2026-03-31")],
            id="DocumentDB",
        ),
    ],
)
def test_old_versions_are_billed_or_named(stack: tuple[Example, ...], expected: list[str]) -> None:
    assert support_of(*stack) == expected


def test_a_version_costs_more_from_its_day_on() -> None:
    database = Example(
        type=INSTANCE,
        name="it",
        properties=MICRO | {"engine": "postgres", "engineVersion": "14.1"},
    )
    assert support_of(database, day=dt.date(2027, 2, 28)) == []
    assert len(support_of(database, day=dt.date(2027, 3, 1))) == 1


def test_each_engine_names_its_page() -> None:
    for engine in load("engine_support").entries.values():
        assert engine["source"].startswith("https://docs.aws.amazon.com/")
