"""Versions, licenses and default groups are those of the engine."""

import re

import pytest

from pulumi_preflight.outputs.inventions import Filling
from pulumi_preflight.wire import Properties
from tests.preflight.filling import fill

INSTANCE = "aws:rds/instance:Instance"
CLUSTER = "aws:rds/cluster:Cluster"


@pytest.mark.parametrize(
    ("engine", "given", "pattern"),
    [
        pytest.param("postgres", None, r"1\d\.\d+", id="postgres"),
        pytest.param("postgres", "15", r"15\.\d+", id="postgres-major"),
        pytest.param("mysql", "5.7", r"5\.7\.\d+", id="mysql-major"),
        pytest.param("sqlserver-ex", None, r"15\.00\.\d{4}\.1\.v1", id="sqlserver"),
        pytest.param("sqlserver-se", "16.00", r"16\.00\.\d{4}\.1\.v\d", id="sqlserver-major"),
        pytest.param("oracle-se2", None, r"19\.0\.0\.0\.ru-\d{4}-\d\d\.rur-.+\.r1", id="oracle"),
        pytest.param("custom-oracle-ee", "21", r"21\.0\.0\.0\.ru-.+", id="oracle-major"),
        pytest.param("db2-se", None, r"11\.5\.\d\.0\.sb\d{8}\.r1", id="db2"),
        pytest.param("aurora-mysql", "5.7", r"5\.7\.mysql_aurora\.\d\.\d+\.\d+", id="aurora-mysql"),
    ],
)
def test_a_version_is_one_of_the_engine(engine: str, given: str | None, pattern: str) -> None:
    inputs: Properties = {"engine": engine}
    if given:
        inputs["engineVersion"] = given
    filled = fill(INSTANCE, inputs)
    assert re.fullmatch(pattern, str(filled.outputs["engineVersionActual"]))
    assert filled.fillings["engineVersionActual"] is Filling.MADE_UP


def test_a_whole_version_is_the_one_that_runs() -> None:
    filled = fill(INSTANCE, {"engine": "postgres", "engineVersion": "16.3"})
    assert filled.outputs["engineVersionActual"] == "16.3"
    assert filled.fillings["engineVersionActual"] is Filling.FOLLOWS


@pytest.mark.parametrize(
    ("engine", "version", "parameters", "options"),
    [
        pytest.param("postgres", "16.3", "default.postgres16", "default:postgres-16", id="one"),
        pytest.param("postgres", "9.6.24", "default.postgres9.6", "default:postgres-9-6", id="old"),
        pytest.param("mysql", "8.0.39", "default.mysql8.0", "default:mysql-8-0", id="two"),
        pytest.param(
            "sqlserver-ex",
            "15.00.4335.1.v1",
            "default.sqlserver-ex-15.0",
            "default:sqlserver-ex-15-00",
            id="sqlserver",
        ),
        pytest.param(
            "oracle-ee",
            "19.0.0.0.ru-2025-07.rur-2025-07.r1",
            "default.oracle-ee-19",
            "default:oracle-ee-19",
            id="oracle",
        ),
    ],
)
def test_default_groups_are_named_by_engine_and_major_version(
    engine: str, version: str, parameters: str, options: str
) -> None:
    outputs = fill(INSTANCE, {"engine": engine, "engineVersion": version}).outputs
    assert outputs["parameterGroupName"] == parameters
    assert outputs["optionGroupName"] == options


@pytest.mark.parametrize(
    ("engine", "license_"),
    [
        pytest.param("postgres", "postgresql-license", id="postgres"),
        pytest.param("mariadb", "general-public-license", id="mariadb"),
        pytest.param("sqlserver-web", "license-included", id="sqlserver"),
        pytest.param("oracle-ee", "bring-your-own-license", id="oracle"),
    ],
)
def test_a_license_is_one_of_the_engine(engine: str, license_: str) -> None:
    assert fill(INSTANCE, {"engine": engine}).outputs["licenseModel"] == license_


@pytest.mark.parametrize(
    ("token", "inputs", "port"),
    [
        pytest.param(INSTANCE, {"engine": "sqlserver-ex"}, 1433.0, id="sqlserver"),
        pytest.param(INSTANCE, {"engine": "db2-ae"}, 50000.0, id="db2"),
        pytest.param(INSTANCE, {"replicateSourceDb": "main"}, 3306.0, id="replica"),
        pytest.param("aws:elasticache/cluster:Cluster", {"engine": "valkey"}, 6379.0, id="valkey"),
    ],
)
def test_a_port_is_that_of_the_engine(token: str, inputs: Properties, port: float) -> None:
    assert fill(token, inputs).outputs["port"] == port


@pytest.mark.parametrize(
    ("engine", "version", "name"),
    [
        pytest.param("redis", "7.0", "default.redis7", id="redis"),
        pytest.param("redis", "6.x", "default.redis6.x", id="redis-newest-6"),
        pytest.param("redis", "5.0.6", "default.redis5.0", id="redis-old"),
        pytest.param("valkey", "8.0", "default.valkey8", id="valkey"),
        pytest.param("memcached", "1.6.22", "default.memcached1.6", id="memcached"),
    ],
)
def test_a_caches_group_is_named_by_its_engine(engine: str, version: str, name: str) -> None:
    inputs: Properties = {"engine": engine, "engineVersion": version}
    outputs = fill("aws:elasticache/cluster:Cluster", inputs).outputs
    assert outputs["parameterGroupName"] == name


def test_the_managed_secrets_key_is_the_one_that_was_given() -> None:
    key = "arn:aws:kms:us-east-1:111111111111:key/12345678-1234-4234-8234-123456789012"
    inputs: Properties = {"manageMasterUserPassword": True, "masterUserSecretKmsKeyId": key}
    secrets = fill(CLUSTER, inputs).outputs["masterUserSecrets"]
    assert isinstance(secrets, list)
    assert [each["kmsKeyId"] for each in secrets if isinstance(each, dict)] == [key]
