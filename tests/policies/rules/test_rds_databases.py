"""What a database says of itself: encryption, backups, addresses, passwords, logs, upgrades."""

from collections.abc import Mapping

import pytest
from google.protobuf.json_format import MessageToDict
from pydantic import ValidationError

from aws_policy_pack.rule import AnyRule
from aws_policy_pack.rules.rds import (
    backups,
    deletion_protection,
    encrypted,
    final_snapshot,
    iam_authentication,
    log_exports,
    managed_password,
    minor_upgrades,
    not_public,
)
from aws_policy_pack.rules.rds.engines import (
    CLUSTER_LOGS,
    INSTANCE_LOGS,
    fact_about,
    version_in,
)
from aws_policy_pack.rules.rds.types import CLUSTER, CLUSTER_INSTANCE, INSTANCE
from aws_policy_pack.testing import UNKNOWN, Secret, analyze, remediate

GUIDE = "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide"
CONTROLS = "https://docs.aws.amazon.com/securityhub/latest/userguide/rds-controls.html"


def said(
    rule: AnyRule,
    properties: Mapping[str, object],
    *,
    type: str = INSTANCE,  # noqa: A002 - Pulumi's word
    config: Mapping[str, object] | None = None,
) -> list[str]:
    found = analyze(rule, properties, type=type, config=config)
    return [
        report.message.rpartition("during preview: ")[2].partition(". Fix: ")[0] for report in found
    ]


@pytest.mark.parametrize(
    ("rule", "properties", "level", "message"),
    [
        pytest.param(
            encrypted,
            {},
            "mandatory",
            "`storageEncrypted` is not set; wanted true. Fix: Set `storageEncrypted` to true, and "
            "`kmsKeyId` for a key of your own; a database that exists is replaced. "
            f"{GUIDE}/Overview.Encryption.html",
            id="encrypted",
        ),
        pytest.param(
            backups,
            {"backupRetentionPeriod": 1},
            "mandatory",
            "`backupRetentionPeriod` is 1; wanted 7 to 35 days (`minDays` and `maxDays` of "
            "rds-backups). Fix: Set `backupRetentionPeriod` to a number of days within the bounds. "
            f"{GUIDE}/USER_WorkingWithAutomatedBackups.BackupRetention.html",
            id="backups",
        ),
        pytest.param(
            deletion_protection,
            {},
            "advisory",
            "`deletionProtection` is not set; wanted true. Fix: Set `deletionProtection` to true. "
            f"{GUIDE}/USER_DeleteInstance.html",
            id="deletion protection",
        ),
        pytest.param(
            final_snapshot,
            {"skipFinalSnapshot": True},
            "advisory",
            "`skipFinalSnapshot` is true; wanted false, and a `finalSnapshotIdentifier`. Fix: Drop "
            "`skipFinalSnapshot` and name the snapshot in `finalSnapshotIdentifier`. "
            f"{GUIDE}/USER_DeleteInstance.html",
            id="snapshot skipped",
        ),
        pytest.param(
            final_snapshot,
            {},
            "advisory",
            "`finalSnapshotIdentifier` is not set, without which the database cannot be deleted; "
            "wanted a name for the snapshot. Fix: Name the snapshot in `finalSnapshotIdentifier`. "
            f"{GUIDE}/USER_DeleteInstance.html",
            id="snapshot without name",
        ),
        pytest.param(
            not_public,
            {"publiclyAccessible": True},
            "mandatory",
            "`publiclyAccessible` is true; wanted false. Fix: Set `publiclyAccessible` to false, "
            "and reach the database from inside the VPC. "
            f"{GUIDE}/USER_VPC.WorkingWithRDSInstanceinaVPC.html",
            id="public",
        ),
        pytest.param(
            managed_password,
            {"password": "hunter2"},
            "mandatory",
            "the program sets `password`; wanted `manageMasterUserPassword` true. Fix: Drop "
            "`password`, set `manageMasterUserPassword` to true, and read the secret that RDS "
            f"makes. {GUIDE}/rds-secrets-manager.html",
            id="password",
        ),
        pytest.param(
            managed_password,
            {},
            "mandatory",
            "`manageMasterUserPassword` is not set; wanted true. Fix: Set "
            f"`manageMasterUserPassword` to true. {GUIDE}/rds-secrets-manager.html",
            id="no password",
        ),
        pytest.param(
            iam_authentication,
            {"engine": "postgres"},
            "advisory",
            "`iamDatabaseAuthenticationEnabled` is not set; wanted true. Fix: Set "
            f"`iamDatabaseAuthenticationEnabled` to true. {GUIDE}/UsingWithRDS.IAMDBAuth.html",
            id="IAM",
        ),
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
        pytest.param(encrypted, INSTANCE, {"storageEncrypted": False}, 1, id="not encrypted"),
        pytest.param(encrypted, INSTANCE, {"storageEncrypted": None}, 1, id="encryption null"),
        pytest.param(encrypted, INSTANCE, {"storageEncrypted": True}, 0, id="encrypted"),
        pytest.param(encrypted, CLUSTER, {}, 1, id="cluster not encrypted"),
        pytest.param(encrypted, CLUSTER, {"storageEncrypted": "true"}, 0, id="cluster encrypted"),
        pytest.param(encrypted, CLUSTER, {"engineMode": "serverless"}, 0, id="serverless v1"),
        pytest.param(encrypted, CLUSTER, {"engineMode": "provisioned"}, 1, id="provisioned"),
        pytest.param(encrypted, CLUSTER, {"engineMode": "spare"}, 1, id="another mode"),
        pytest.param(
            encrypted,
            CLUSTER,
            {"engineMode": "serverless", "storageEncrypted": False},
            1,
            id="serverless v1 that says no",
        ),
        pytest.param(backups, INSTANCE, {"backupRetentionPeriod": 0}, 1, id="no backups"),
        pytest.param(backups, INSTANCE, {"backupRetentionPeriod": 6}, 1, id="a day too few"),
        pytest.param(backups, INSTANCE, {"backupRetentionPeriod": 7}, 0, id="fewest days"),
        pytest.param(backups, INSTANCE, {"backupRetentionPeriod": 35}, 0, id="most days"),
        pytest.param(backups, INSTANCE, {"backupRetentionPeriod": 36}, 1, id="a day too many"),
        pytest.param(backups, CLUSTER, {"backupRetentionPeriod": 7}, 0, id="cluster with backups"),
        pytest.param(
            backups,
            INSTANCE,
            {"replicateSourceDb": UNKNOWN, "backupRetentionPeriod": 0},
            0,
            id="backups of a replica",
        ),
        pytest.param(
            deletion_protection, INSTANCE, {"deletionProtection": False}, 1, id="not protected"
        ),
        pytest.param(deletion_protection, CLUSTER, {}, 1, id="cluster not protected"),
        pytest.param(
            deletion_protection, CLUSTER, {"deletionProtection": True}, 0, id="cluster protected"
        ),
        pytest.param(
            final_snapshot, INSTANCE, {"finalSnapshotIdentifier": UNKNOWN}, 0, id="snapshot named"
        ),
        pytest.param(
            final_snapshot,
            CLUSTER,
            {"skipFinalSnapshot": False, "finalSnapshotIdentifier": "last"},
            0,
            id="snapshot of a cluster",
        ),
        pytest.param(
            final_snapshot,
            CLUSTER,
            {"skipFinalSnapshot": True, "finalSnapshotIdentifier": "last"},
            1,
            id="snapshot named and skipped",
        ),
        pytest.param(
            final_snapshot,
            INSTANCE,
            {"replicateSourceDb": "orders", "skipFinalSnapshot": True},
            0,
            id="snapshot of a replica",
        ),
        pytest.param(not_public, INSTANCE, {}, 0, id="private by default"),
        pytest.param(not_public, INSTANCE, {"publiclyAccessible": None}, 0, id="public null"),
        pytest.param(not_public, INSTANCE, {"publiclyAccessible": False}, 0, id="private"),
        pytest.param(
            not_public, CLUSTER_INSTANCE, {"publiclyAccessible": True}, 1, id="member public"
        ),
        pytest.param(not_public, CLUSTER_INSTANCE, {}, 0, id="member private by default"),
        pytest.param(not_public, CLUSTER, {}, 0, id="Aurora has no address"),
        pytest.param(not_public, CLUSTER, {"publiclyAccessible": True}, 1, id="cluster public"),
        pytest.param(
            not_public,
            CLUSTER,
            {"dbClusterInstanceClass": "db.m7g.large", "publiclyAccessible": False},
            0,
            id="Multi-AZ cluster private",
        ),
        pytest.param(
            not_public,
            CLUSTER,
            {"dbClusterInstanceClass": "db.m7g.large", "dbSubnetGroupName": "private"},
            0,
            id="Multi-AZ cluster in its subnets",
        ),
        pytest.param(
            not_public,
            CLUSTER,
            {"dbClusterInstanceClass": "db.m7g.large", "dbSubnetGroupName": "data"},
            0,
            id="Multi-AZ cluster in other subnets",
        ),
        pytest.param(
            not_public,
            CLUSTER,
            {"dbClusterInstanceClass": "db.m7g.large", "dbSubnetGroupName": "default"},
            1,
            id="Multi-AZ cluster in the default subnets",
        ),
        pytest.param(iam_authentication, INSTANCE, {"engine": "mysql"}, 1, id="MySQL"),
        pytest.param(iam_authentication, INSTANCE, {"engine": "mariadb"}, 1, id="MariaDB"),
        pytest.param(
            iam_authentication, CLUSTER, {"engine": "aurora-postgresql"}, 1, id="Aurora PostgreSQL"
        ),
        pytest.param(iam_authentication, CLUSTER, {"engine": "aurora-mysql"}, 1, id="Aurora MySQL"),
        pytest.param(iam_authentication, INSTANCE, {"engine": "oracle-ee"}, 0, id="Oracle"),
        pytest.param(iam_authentication, INSTANCE, {"engine": "sqlserver-ex"}, 0, id="SQL Server"),
        pytest.param(iam_authentication, INSTANCE, {}, 1, id="no engine"),
        pytest.param(
            iam_authentication,
            INSTANCE,
            {"iamDatabaseAuthenticationEnabled": True, "engine": UNKNOWN},
            0,
            id="IAM, whatever the engine",
        ),
        pytest.param(minor_upgrades, INSTANCE, {}, 0, id="upgrades by default"),
        pytest.param(
            minor_upgrades, INSTANCE, {"autoMinorVersionUpgrade": None}, 0, id="upgrades null"
        ),
        pytest.param(minor_upgrades, INSTANCE, {"autoMinorVersionUpgrade": True}, 0, id="upgrades"),
        pytest.param(
            minor_upgrades, CLUSTER, {"autoMinorVersionUpgrade": False}, 1, id="cluster upgrades"
        ),
        pytest.param(
            minor_upgrades,
            CLUSTER_INSTANCE,
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


@pytest.mark.parametrize(
    ("type_", "days"),
    [pytest.param(INSTANCE, 0, id="instance"), pytest.param(CLUSTER, 1, id="cluster")],
)
def test_the_days_of_backups_that_nobody_has_set(type_: str, days: int) -> None:
    assert said(backups, {}, type=type_) == [
        (
            f"subject: `backupRetentionPeriod` is not set, which means {days}; wanted 7 to 35 days "
            "(`minDays` and `maxDays` of rds-backups)"
        )
    ]
    assert said(backups, {}, type=CLUSTER, config={"minDays": 1}) == []


@pytest.mark.parametrize(
    ("days", "count"),
    [pytest.param(1, 1), pytest.param(2, 0), pytest.param(3, 0), pytest.param(4, 1)],
)
def test_the_config_bounds_the_days_of_backups(days: int, count: int) -> None:
    found = said(backups, {"backupRetentionPeriod": days}, config={"minDays": 2, "maxDays": 3})
    assert len(found) == count
    assert all("wanted 2 to 3 days" in each for each in found)


@pytest.mark.parametrize("key", ["minDays", "maxDays"])
def test_days_of_backups_have_bounds(key: str) -> None:
    for days in (1, 35):
        assert backups.config.model_validate({key: days}).model_dump(by_alias=True)[key] == days
    for days in (0, 36):
        with pytest.raises(ValidationError):
            backups.config.model_validate({key: days})


@pytest.mark.parametrize("subnets", [{}, {"dbSubnetGroupName": None}])
def test_a_multi_az_cluster_is_public_by_default(subnets: Mapping[str, object]) -> None:
    given = {"dbClusterInstanceClass": "db.m7g.large", **subnets}
    assert said(not_public, given, type=CLUSTER) == [
        (
            "subject: `publiclyAccessible` is not set, which makes a Multi-AZ cluster in the "
            "default subnets public; wanted false"
        )
    ]


@pytest.mark.parametrize(
    ("type_", "path"),
    [
        pytest.param(INSTANCE, "password", id="instance"),
        pytest.param(INSTANCE, "passwordWo", id="instance, write-only"),
        pytest.param(CLUSTER, "masterPassword", id="cluster"),
        pytest.param(CLUSTER, "masterPasswordWo", id="cluster, write-only"),
    ],
)
@pytest.mark.parametrize(
    "value",
    [
        pytest.param("hunter2", id="in the open"),
        pytest.param(Secret("hunter2"), id="secret"),
        pytest.param(UNKNOWN, id="not known yet"),
    ],
)
def test_every_password_of_the_program_is_found(type_: str, path: str, value: object) -> None:
    given = {path: value, "snapshotIdentifier": "old"}
    assert said(managed_password, given, type=type_) == [
        f"subject: the program sets `{path}`; wanted `manageMasterUserPassword` true"
    ]


def test_the_first_of_two_passwords_is_named() -> None:
    [report] = analyze(managed_password, {"password": "a", "passwordWo": "b"})
    assert "the program sets `password`; " in report.message
    assert "Fix: Drop `password`, " in report.message


@pytest.mark.parametrize(
    ("type_", "properties", "count"),
    [
        pytest.param(INSTANCE, {"manageMasterUserPassword": True}, 0, id="managed"),
        pytest.param(
            CLUSTER, {"manageMasterUserPassword": True, "masterPassword": None}, 0, id="null"
        ),
        pytest.param(INSTANCE, {"manageMasterUserPassword": False}, 1, id="not managed"),
        pytest.param(INSTANCE, {"masterPassword": "x"}, 1, id="the other kind's password"),
        pytest.param(INSTANCE, {"replicateSourceDb": "a"}, 0, id="replica"),
        pytest.param(CLUSTER, {"replicationSourceIdentifier": "a"}, 0, id="replica cluster"),
        pytest.param(INSTANCE, {"snapshotIdentifier": "a"}, 0, id="from a snapshot"),
        pytest.param(INSTANCE, {"restoreToPointInTime": {}}, 0, id="from a point in time"),
        pytest.param(CLUSTER, {"globalClusterIdentifier": UNKNOWN}, 0, id="global cluster"),
    ],
)
def test_a_password_that_rds_makes_or_inherits_passes(
    type_: str, properties: Mapping[str, object], count: int
) -> None:
    assert len(said(managed_password, properties, type=type_)) == count


EXPORTS = "enabledCloudwatchLogsExports"


@pytest.mark.parametrize(
    ("type_", "engine", "wanted"),
    [
        pytest.param(INSTANCE, "postgres", "'postgresql', 'upgrade'", id="PostgreSQL"),
        pytest.param(INSTANCE, "mysql", "'audit', 'error', 'general', 'slowquery'", id="MySQL"),
        pytest.param(INSTANCE, "mariadb", "'audit', 'error', 'general', 'slowquery'", id="MariaDB"),
        pytest.param(INSTANCE, "oracle-se2", "'alert', 'audit', 'listener', 'trace'", id="Oracle"),
        pytest.param(INSTANCE, "sqlserver-web", "'agent', 'error'", id="SQL Server"),
        pytest.param(CLUSTER, "aurora-postgresql", "'postgresql'", id="Aurora PostgreSQL"),
        pytest.param(
            CLUSTER, "aurora-mysql", "'audit', 'error', 'general', 'slowquery'", id="Aurora MySQL"
        ),
        pytest.param(CLUSTER, "postgres", "'postgresql', 'upgrade'", id="Multi-AZ PostgreSQL"),
        pytest.param(CLUSTER, "mysql", "'error', 'general', 'slowquery'", id="Multi-AZ MySQL"),
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
        pytest.param(INSTANCE, {}, None, [], id="no engine"),
        pytest.param(INSTANCE, {"engine": "custom-oracle-ee"}, None, [], id="RDS Custom"),
        pytest.param(CLUSTER, {"engine": "neptune"}, None, [], id="Neptune"),
        pytest.param(INSTANCE, {"engine": "db2-se"}, None, [], id="an engine without demands"),
        pytest.param(
            INSTANCE,
            {"engine": "db2-se"},
            {"logs": {"db2-*": ["diag.log"]}},
            [f"`{EXPORTS}` has nothing; wanted 'diag.log' (`logs` of rds-log-exports)"],
            id="demands of the config",
        ),
        pytest.param(
            INSTANCE,
            {"engine": "postgres", EXPORTS: ["upgrade"]},
            {"logs": {"postgres": ["upgrade"], "*": ["postgresql"]}},
            [],
            id="the first match holds",
        ),
        pytest.param(
            CLUSTER,
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
            INSTANCE,
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


@pytest.mark.parametrize("facts", [INSTANCE_LOGS, CLUSTER_LOGS])
def test_no_engine_matches_two_rows(facts: Mapping[str, tuple[str, ...]]) -> None:
    for engine in facts:
        assert fact_about(engine, dict(sorted(facts.items(), reverse=True))) == facts[engine]


@pytest.mark.parametrize(
    ("text", "version"),
    [
        ("17.4", (17, 4)),
        ("17", (17,)),
        ("8.0.mysql_aurora.3.08.0", (8, 0)),
        ("postgres17", (17,)),
        ("default.mariadb11.8", (11, 8)),
        ("postgres", None),
        ("", None),
    ],
)
def test_a_version_is_read(text: str, version: tuple[int, ...] | None) -> None:
    assert version_in(text) == version


@pytest.mark.parametrize(
    ("rule", "properties", "changes"),
    [
        pytest.param(encrypted, {}, {"storageEncrypted": True}, id="encrypted"),
        pytest.param(
            not_public,
            {"publiclyAccessible": True},
            {"publiclyAccessible": False},
            id="public",
        ),
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
    given = {"engine": "postgres", **properties}
    mended = remediate(rule, given)
    assert mended is not None
    assert MessageToDict(mended) == {**given, **changes}
    assert remediate(rule, dict(mended)) is None
    assert analyze(rule, dict(mended)) == []


@pytest.mark.parametrize(
    "rule",
    [
        pytest.param(not_public, id="private by default"),
        pytest.param(minor_upgrades, id="upgrades by default"),
    ],
)
def test_a_fix_does_not_write_out_a_default_that_is_right(rule: AnyRule) -> None:
    assert remediate(rule, {"engine": "postgres"}) is None


def test_a_fix_hides_a_multi_az_cluster() -> None:
    mended = remediate(not_public, {"dbClusterInstanceClass": "db.m7g.large"}, type=CLUSTER)
    assert mended is not None
    assert mended["publiclyAccessible"] is False


@pytest.mark.parametrize(
    ("rule", "path"),
    [
        pytest.param(encrypted, "storageEncrypted", id="encrypted"),
        pytest.param(backups, "backupRetentionPeriod", id="backups"),
        pytest.param(deletion_protection, "deletionProtection", id="deletion protection"),
        pytest.param(final_snapshot, "skipFinalSnapshot", id="final snapshot"),
        pytest.param(not_public, "publiclyAccessible", id="public"),
        pytest.param(managed_password, "manageMasterUserPassword", id="password"),
        pytest.param(iam_authentication, "iamDatabaseAuthenticationEnabled", id="IAM"),
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
