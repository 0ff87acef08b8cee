"""The logs that a database exports, and its upgrades."""

from collections.abc import Mapping

import pytest

from aws_policy_pack.rule import AnyRule
from aws_policy_pack.rules.rds.durability import log_exports, minor_upgrades
from aws_policy_pack.testing import UNKNOWN, analyze, remediate
from aws_policy_pack.type_tokens import RDS_CLUSTER, RDS_CLUSTER_INSTANCE, RDS_INSTANCE
from tests.policies.rules.rds_databases import CONTROLS, assert_mends, said


@pytest.mark.parametrize(
    ("rule", "properties", "level", "message"),
    [
        pytest.param(
            log_exports,
            {"engine": "postgres"},
            "advisory",
            "`enabledCloudwatchLogsExports` has nothing; wanted 'postgresql', 'upgrade' (`logs` of "
            "rds-log-exports). Fix: Add what is missing to `enabledCloudwatchLogsExports`, and "
            f"declare the log groups with a retention. {CONTROLS}#rds-9",
            id="logs",
        ),
        pytest.param(
            log_exports,
            {
                "engine": "postgres",
                "enabledCloudwatchLogsExports": ["postgresql", "upgrade", "audit"],
            },
            "advisory",
            "`enabledCloudwatchLogsExports` has 'audit', which postgres does not export; wanted "
            "logs among 'postgresql', 'upgrade', 'iam-db-auth-error'. Fix: Take them out of "
            f"`enabledCloudwatchLogsExports`. {CONTROLS}#rds-9",
            id="strange logs",
        ),
        pytest.param(
            minor_upgrades,
            {"autoMinorVersionUpgrade": False},
            "advisory",
            "`autoMinorVersionUpgrade` is false; wanted true. Fix: Set `autoMinorVersionUpgrade` "
            f"to true; upgrades happen in the maintenance window. {CONTROLS}#rds-13",
            id="upgrades",
        ),
    ],
)
def test_a_finding_is_told_whole(
    rule: AnyRule, properties: Mapping[str, object], level: str, message: str
) -> None:
    [report] = analyze(rule, properties)
    assert report.level == level
    assert report.message == f"subject: {message}"


@pytest.mark.parametrize(
    ("rule", "type_", "properties", "count"),
    [
        pytest.param(minor_upgrades, RDS_INSTANCE, {}, 0, id="upgrades by default"),
        pytest.param(
            minor_upgrades, RDS_INSTANCE, {"autoMinorVersionUpgrade": None}, 0, id="upgrades null"
        ),
        pytest.param(
            minor_upgrades, RDS_INSTANCE, {"autoMinorVersionUpgrade": True}, 0, id="upgrades"
        ),
        pytest.param(
            minor_upgrades,
            RDS_CLUSTER,
            {"autoMinorVersionUpgrade": False},
            1,
            id="cluster upgrades",
        ),
        pytest.param(
            minor_upgrades,
            RDS_CLUSTER_INSTANCE,
            {"autoMinorVersionUpgrade": False},
            1,
            id="member upgrades",
        ),
    ],
)
def test_each_kind_of_database_is_judged(
    rule: AnyRule, type_: str, properties: Mapping[str, object], count: int
) -> None:
    assert len(analyze(rule, properties, type=type_)) == count


EXPORTS = "enabledCloudwatchLogsExports"


@pytest.mark.parametrize(
    ("type_", "engine", "wanted"),
    [
        pytest.param(RDS_INSTANCE, "postgres", "'postgresql', 'upgrade'", id="PostgreSQL"),
        pytest.param(RDS_INSTANCE, "mysql", "'audit', 'error', 'general', 'slowquery'", id="MySQL"),
        pytest.param(
            RDS_INSTANCE, "mariadb", "'audit', 'error', 'general', 'slowquery'", id="MariaDB"
        ),
        pytest.param(
            RDS_INSTANCE, "oracle-se2", "'alert', 'audit', 'listener', 'trace'", id="Oracle"
        ),
        pytest.param(RDS_INSTANCE, "sqlserver-web", "'agent', 'error'", id="SQL Server"),
        pytest.param(RDS_CLUSTER, "aurora-postgresql", "'postgresql'", id="Aurora PostgreSQL"),
        pytest.param(
            RDS_CLUSTER,
            "aurora-mysql",
            "'audit', 'error', 'general', 'slowquery'",
            id="Aurora MySQL",
        ),
        pytest.param(RDS_CLUSTER, "postgres", "'postgresql', 'upgrade'", id="Multi-AZ PostgreSQL"),
        pytest.param(RDS_CLUSTER, "mysql", "'error', 'general', 'slowquery'", id="Multi-AZ MySQL"),
    ],
)
def test_the_logs_that_each_engine_has_to_export(type_: str, engine: str, wanted: str) -> None:
    given = {"engine": engine, EXPORTS: []}
    assert said(log_exports, given, type=type_) == [
        f"subject: `{EXPORTS}` has nothing; wanted {wanted} (`logs` of rds-log-exports)"
    ]
    logs = [log.strip("'") for log in wanted.split(", ")]
    assert said(log_exports, {"engine": engine, EXPORTS: logs}, type=type_) == []


@pytest.mark.parametrize(
    ("type_", "properties", "config", "expected"),
    [
        pytest.param(RDS_INSTANCE, {}, None, [], id="no engine"),
        pytest.param(RDS_INSTANCE, {"engine": "custom-oracle-ee"}, None, [], id="RDS Custom"),
        pytest.param(RDS_CLUSTER, {"engine": "neptune"}, None, [], id="Neptune"),
        pytest.param(RDS_INSTANCE, {"engine": "db2-se"}, None, [], id="an engine without demands"),
        pytest.param(
            RDS_INSTANCE,
            {"engine": "db2-se"},
            {"logs": {"db2-*": ["diag.log"]}},
            [f"`{EXPORTS}` has nothing; wanted 'diag.log' (`logs` of rds-log-exports)"],
            id="demands of the config",
        ),
        pytest.param(
            RDS_INSTANCE,
            {"engine": "postgres", EXPORTS: ["upgrade"]},
            {"logs": {"postgres": ["upgrade"], "*": ["postgresql"]}},
            [],
            id="the first match holds",
        ),
        pytest.param(
            RDS_CLUSTER,
            {"engine": "aurora-postgresql", EXPORTS: ["upgrade"]},
            None,
            [
                f"`{EXPORTS}` has 'upgrade'; wanted 'postgresql' (`logs` of rds-log-exports)",
                (
                    f"`{EXPORTS}` has 'upgrade', which aurora-postgresql does not export; wanted "
                    "logs among 'postgresql', 'instance', 'iam-db-auth-error'"
                ),
            ],
            id="a log of another engine",
        ),
        pytest.param(
            RDS_INSTANCE,
            {"engine": "postgres", EXPORTS: ["postgresql"]},
            None,
            [
                (
                    f"`{EXPORTS}` has 'postgresql'; wanted 'postgresql', 'upgrade' (`logs` of "
                    "rds-log-exports)"
                )
            ],
            id="one of two",
        ),
    ],
)
def test_demands_on_logs(
    type_: str,
    properties: Mapping[str, object],
    config: Mapping[str, object] | None,
    expected: list[str],
) -> None:
    found = said(log_exports, properties, type=type_, config=config)
    assert found == [f"subject: {each}" for each in expected]


@pytest.mark.parametrize(
    ("rule", "properties", "changes"),
    [
        pytest.param(
            minor_upgrades,
            {"autoMinorVersionUpgrade": False},
            {"autoMinorVersionUpgrade": True},
            id="upgrades",
        ),
    ],
)
def test_a_fix_sets_one_property_and_keeps_the_others(
    rule: AnyRule, properties: Mapping[str, object], changes: Mapping[str, object]
) -> None:
    assert_mends(rule, {"engine": "postgres", **properties}, changes)


@pytest.mark.parametrize(
    "rule",
    [
        pytest.param(minor_upgrades, id="upgrades by default"),
    ],
)
def test_a_fix_does_not_write_out_a_default_that_is_right(rule: AnyRule) -> None:
    assert remediate(rule, {"engine": "postgres"}) is None


@pytest.mark.parametrize(
    ("rule", "path"),
    [
        pytest.param(log_exports, EXPORTS, id="logs"),
        pytest.param(minor_upgrades, "autoMinorVersionUpgrade", id="upgrades"),
    ],
)
@pytest.mark.parametrize(
    ("value", "reason"),
    [
        pytest.param(UNKNOWN, "is not known yet", id="unknown"),
        pytest.param({"a": 1}, "is an object, not ", id="wrong kind"),
    ],
)
def test_what_cannot_be_read_is_not_evaluated(
    rule: AnyRule, path: str, value: object, reason: str
) -> None:
    [found] = said(rule, {"engine": "postgres", path: value})
    assert found.startswith(f"not evaluated: subject: `{path}` {reason}")


def test_a_log_in_the_list_that_is_not_known_is_not_evaluated() -> None:
    given = {"engine": "postgres", EXPORTS: ["postgresql", UNKNOWN]}
    assert said(log_exports, given) == [f"not evaluated: subject: `{EXPORTS}[1]` is not known yet"]
