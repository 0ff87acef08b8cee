"""Answers about engines and classes of RDS."""

import re
from typing import Any

import pytest

from pulumi_preflight.outputs.answers.machines import family_of
from tests.preflight.answers.asked import asked, followed


@pytest.mark.parametrize(
    ("engine", "version", "family"),
    [
        ("postgres", "16.8", "postgres16"),
        ("postgres", "9.6.24", "postgres9.6"),
        ("mysql", "8.0.36", "mysql8.0"),
        ("mariadb", "10.11.6", "mariadb10.11"),
        ("aurora-postgresql", "16.4", "aurora-postgresql16"),
        ("aurora-mysql", "8.0.mysql_aurora.3.08.2", "aurora-mysql8.0"),
        ("oracle-ee", "19.0.0.0.ru-2024-01.rur-2024-01.r1", "oracle-ee-19"),
        ("sqlserver-ex", "16.00.4185.3.v1", "sqlserver-ex-16.0"),
        ("db2-se", "11.5.9.0.sb00054200.r1", "db2-se-11.5"),
    ],
)
def test_a_family_is_named_by_engine_and_version(engine: str, version: str, family: str) -> None:
    assert family_of(engine, version) == family
    answer = followed("rds:getEngineVersion", engine=engine, version=version)
    assert answer["parameterGroupFamily"] == family


@pytest.mark.parametrize("engine", ["postgres", "aurora-mysql", "oracle-ee", "sqlserver-se"])
def test_a_version_that_nobody_named_agrees_with_its_family(engine: str) -> None:
    answer = asked("rds:getEngineVersion", engine=engine)
    assert answer["parameterGroupFamily"] == family_of(engine, answer["versionActual"])
    assert followed("rds:getEngineVersion", engine=engine) == {"region": "us-east-1"}


def test_the_version_begins_as_the_given_one_does() -> None:
    answer = asked("rds:getEngineVersion", engine="postgres", version="14")
    assert answer["versionActual"].startswith("14.")
    assert answer["parameterGroupFamily"] == "postgres14"


def test_the_version_is_of_the_family_that_was_given() -> None:
    answer = asked("rds:getEngineVersion", engine="mysql", parameterGroupFamily="mysql8.0")
    assert answer["versionActual"].startswith("8.0.")


def test_the_first_preferred_version_is_taken() -> None:
    answer = asked("rds:getEngineVersion", engine="postgres", preferredVersions=["15.4", "14.9"])
    assert (answer["version"], answer["parameterGroupFamily"]) == ("15.4", "postgres15")


@pytest.mark.parametrize(
    ("arguments", "wanted"),
    [
        pytest.param(
            {"engine": "mysql", "preferredInstanceClasses": ["db.r6g.large", "db.t3.micro"]},
            {"instanceClass": "db.r6g.large", "licenseModel": "general-public-license"},
            id="preferred-class",
        ),
        pytest.param(
            {"engine": "postgres", "instanceClass": "db.t3.micro", "engineVersion": "16.1"},
            {
                "instanceClass": "db.t3.micro",
                "engineVersion": "16.1",
                "licenseModel": "postgresql-license",
            },
            id="given",
        ),
        pytest.param(
            {"engine": "aurora-postgresql", "preferredEngineVersions": ["15.4"]},
            {"engineVersion": "15.4", "storageType": "aurora", "supportsClusters": True},
            id="aurora",
        ),
    ],
)
def test_a_class_that_can_be_ordered_is_the_one_that_was_asked_for(
    arguments: dict[str, Any], wanted: dict[str, Any]
) -> None:
    answer = asked("rds:getOrderableDbInstance", **arguments)
    assert {name: answer.get(name) for name in wanted} == wanted


def test_an_existing_database_is_reached_at_its_address_and_port() -> None:
    answer = asked("rds:getInstance", dbInstanceIdentifier="main")
    assert answer["endpoint"] == f"{answer['address']}:{answer['port']:.0f}"
    assert re.fullmatch(r"main\.[0-9a-f]{12}\.us-east-1\.rds\.amazonaws\.com", answer["address"])


def test_a_warehouse_tells_its_host_alone() -> None:
    endpoint = asked("redshift:getCluster", clusterIdentifier="main")["endpoint"]
    assert re.fullmatch(r"main\.[0-9a-f]{12}\.us-east-1\.redshift\.amazonaws\.com", endpoint)


def test_a_cache_is_reached_at_the_address_of_all_its_nodes() -> None:
    answer = asked("elasticache:getCluster", clusterId="main")
    assert re.fullmatch(r"main\.\w{6}\.cfg\.use1\.cache\.amazonaws\.com", answer["clusterAddress"])
    assert re.fullmatch(rf"{answer['clusterAddress']}:\d+", answer["configurationEndpoint"])
