"""What keeps a database and its data: backups, logs, upgrades."""

from collections.abc import Mapping
from typing import Final

from pydantic import Field

from aws_policy_pack.config import RuleConfig
from aws_policy_pack.resource import Graph, Resource
from aws_policy_pack.rule import (
    Changes,
    Example,
    Finding,
    Findings,
    Kind,
    Severity,
    resource_rule,
    stack_rule,
)
from aws_policy_pack.rules.rds.access import CLUSTER_LOGS, INSTANCE_LOGS, fact_about, is_chosen
from aws_policy_pack.rules.rds.encryption import SERVERLESS
from aws_policy_pack.type_tokens import RDS_CLUSTER, RDS_CLUSTER_INSTANCE, RDS_INSTANCE
from aws_policy_pack.wording import listed, shown

DAYS_BY_DEFAULT: Final = {RDS_INSTANCE: 0, RDS_CLUSTER: 1}
"""The days for which backups are kept where none are given.

RDS takes 1 for both, but the provider sends 0 for an instance:
https://www.pulumi.com/registry/packages/aws/api-docs/rds/instance/
https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBCluster.html
"""

REPLICA_SOURCE: Final = "replicateSourceDb"


class Backups(RuleConfig):
    """How long backups are kept; RDS keeps them for 35 days at most.

    https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html
    """

    min_days: int = Field(default=7, ge=1, le=35, description="Fewest days of backups")
    max_days: int = Field(default=35, ge=1, le=35, description="Most days of backups")


@resource_rule(
    "rds-backups",
    RDS_INSTANCE,
    RDS_CLUSTER,
    kind=Kind.PRACTICE,
    severity=Severity.HIGH,
    summary="Databases keep backups for a number of days within bounds",
    why="Without backups a wrong statement is final; what is kept beyond the size of the "
    "database is billed by the GB.",
    url="https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_WorkingWithAutomatedBackups.BackupRetention.html",
    controls=("Security Hub RDS.11", "CKV_AWS_133"),
    good={"engine": "postgres", "backupRetentionPeriod": 7},
    bad={"engine": "postgres", "backupRetentionPeriod": 0},
)
def backups(database: Resource, config: Backups) -> Findings:
    """A read replica passes: its source has the backups."""
    if database.has(REPLICA_SOURCE):
        return
    given = database.number("backupRetentionPeriod")
    days = DAYS_BY_DEFAULT[database.type] if given is None else given
    if not config.min_days <= days <= config.max_days:
        meaning = f", which means {days}" if given is None else ""
        yield Finding(
            problem=f"`backupRetentionPeriod` is {shown(given)}{meaning}",
            wanted=f"{config.min_days} to {config.max_days} days (`minDays` and `maxDays` of "
            "rds-backups)",
            fix="Set `backupRetentionPeriod` to a number of days within the bounds",
        )


@resource_rule(
    "rds-deletion-protection",
    RDS_INSTANCE,
    RDS_CLUSTER,
    kind=Kind.PRACTICE,
    severity=Severity.HIGH,
    summary="Databases refuse to be deleted",
    why="A renamed resource or a `destroy` in the wrong stack deletes the database with its "
    "automatic backups.",
    url="https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_DeleteInstance.html",
    controls=("Security Hub RDS.7", "Security Hub RDS.8", "CKV_AWS_293", "CKV_AWS_139"),
    good={"engine": "postgres", "deletionProtection": True},
    bad={"engine": "postgres", "deletionProtection": False},
)
def deletion_protection(database: Resource) -> Findings:
    """Databases can be deleted unless protected."""
    if not database.flag("deletionProtection"):
        yield Finding(
            problem=f"`deletionProtection` is {shown(database.raw('deletionProtection'))}",
            wanted="true",
            fix="Set `deletionProtection` to true",
        )


@resource_rule(
    "rds-final-snapshot",
    RDS_INSTANCE,
    RDS_CLUSTER,
    kind=Kind.PRACTICE,
    severity=Severity.HIGH,
    summary="A database that is deleted leaves a snapshot",
    why="The automatic backups go with the database; the final snapshot is the only way back. "
    "Without a name for it the deletion fails half-way.",
    url="https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_DeleteInstance.html",
    good={"engine": "postgres", "finalSnapshotIdentifier": "orders-prod-final"},
    bad={"engine": "postgres", "skipFinalSnapshot": True},
)
def final_snapshot(database: Resource) -> Findings:
    """The provider wants a name unless the snapshot is skipped; replicas leave none."""
    if database.has(REPLICA_SOURCE):
        return
    if database.flag("skipFinalSnapshot"):
        yield Finding(
            problem="`skipFinalSnapshot` is true",
            wanted="false, and a `finalSnapshotIdentifier`",
            fix="Drop `skipFinalSnapshot` and name the snapshot in `finalSnapshotIdentifier`",
        )
    elif not database.has("finalSnapshotIdentifier"):
        yield Finding(
            problem="`finalSnapshotIdentifier` is not set, without which the database cannot be "
            "deleted",
            wanted="a name for the snapshot",
            fix="Name the snapshot in `finalSnapshotIdentifier`",
        )


@stack_rule(
    "rds-multi-az",
    RDS_INSTANCE,
    RDS_CLUSTER,
    kind=Kind.PRACTICE,
    severity=Severity.MEDIUM,
    summary="A database lives on when one zone fails",
    why="With one instance, maintenance and every failure of hardware or zone is downtime, "
    "until AWS or somebody has made a new one.",
    url="https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Concepts.MultiAZ.html",
    controls=("Security Hub RDS.5", "Security Hub RDS.15", "CKV_AWS_157"),
    good=(Example(type=RDS_INSTANCE, name="orders", properties={"multiAz": True}),),
    bad=(Example(type=RDS_INSTANCE, name="orders", properties={"multiAz": False}),),
)
def multi_az(database: Resource, graph: Graph) -> Findings:
    """An instance needs a standby, an Aurora cluster a second instance in the stack.

    Replicas are copies themselves, and a Multi-AZ cluster has its instances in three zones.
    """
    if database.type == RDS_CLUSTER:
        yield from _judge_cluster(database, graph)
        return
    has_standby = is_chosen(database, "multiAz") and database.flag("multiAz")
    if not has_standby and not is_chosen(database, REPLICA_SOURCE):
        yield Finding(
            problem="`multiAz` is false",
            wanted="true",
            fix="Set `multiAz` to true",
        )


def _judge_cluster(cluster: Resource, graph: Graph) -> Findings:
    is_multi_az = is_chosen(cluster, "dbClusterInstanceClass")
    if is_multi_az or (
        is_chosen(cluster, "engineMode") and cluster.text("engineMode") == SERVERLESS
    ):
        return
    owned = graph.links("clusterIdentifier", of=(RDS_CLUSTER_INSTANCE,), to=(RDS_CLUSTER,))
    count = len(owned.to(cluster))
    if count >= 2:  # noqa: PLR2004 - one that fails and one that takes over
        return
    if owned.missed:
        yield from owned.missed
        return
    yield Finding(
        problem=f"has {'only one' if count else 'no'} instance in the stack",
        wanted="at least 2, which AWS puts in different zones",
        fix="Add a cluster instance",
    )


EXPORTS = "enabledCloudwatchLogsExports"
UPGRADES = "autoMinorVersionUpgrade"
LOGS = {RDS_INSTANCE: INSTANCE_LOGS, RDS_CLUSTER: CLUSTER_LOGS}


class LogExports(RuleConfig):
    """Which logs are exported; the defaults are those that Security Hub asks for."""

    logs: Mapping[str, tuple[str, ...]] = Field(
        default={
            "postgres": ("postgresql", "upgrade"),
            "aurora-postgresql": ("postgresql",),
            "mysql": ("audit", "error", "general", "slowquery"),
            "mariadb": ("audit", "error", "general", "slowquery"),
            "aurora-mysql": ("audit", "error", "general", "slowquery"),
            "oracle-*": ("alert", "audit", "listener", "trace"),
            "sqlserver-*": ("agent", "error"),
        },
        description="Logs that a database must export, by engine or glob; the first match holds, "
        "and logs that the engine cannot export do not count",
    )


@resource_rule(
    "rds-log-exports",
    RDS_INSTANCE,
    RDS_CLUSTER,
    kind=Kind.PRACTICE,
    severity=Severity.MEDIUM,
    summary="Databases export their logs to CloudWatch",
    why="RDS throws the logs on an instance away after a few days, and nobody can set an alarm "
    "on them.",
    url="https://docs.aws.amazon.com/securityhub/latest/userguide/rds-controls.html#rds-9",
    controls=(
        "Security Hub RDS.9",
        "Security Hub RDS.36",
        "Security Hub RDS.37",
        "CKV_AWS_129",
        "CKV_AWS_324",
    ),
    good={"engine": "postgres", "enabledCloudwatchLogsExports": ["postgresql", "upgrade"]},
    bad={"engine": "postgres", "enabledCloudwatchLogsExports": ["postgresql"]},
)
def log_exports(database: Resource, config: LogExports) -> Findings:
    """A replica or restored database that names no engine passes, as do engines without logs."""
    engine = database.text("engine") or ""
    legal = fact_about(engine, LOGS[database.type])
    if legal is None:
        return
    exports = database.texts(EXPORTS)
    wanted = [log for log in fact_about(engine, config.logs) or () if log in legal]
    if not set(wanted) <= set(exports):
        yield Finding(
            problem=f"`{EXPORTS}` has {listed(exports)}",
            part="missing logs",
            wanted=f"{listed(wanted)} (`logs` of rds-log-exports)",
            fix=f"Add what is missing to `{EXPORTS}`, and declare the log groups with a retention",
        )
    strange = [log for log in exports if log not in legal]
    if strange:
        yield Finding(
            problem=f"`{EXPORTS}` has {listed(strange)}, which {engine} does not export",
            wanted=f"logs among {listed(legal)}",
            part="other logs",
            fix=f"Take them out of `{EXPORTS}`",
        )


def upgrade_by_itself(database: Resource) -> Changes:
    """Switches the upgrades on."""
    return {} if database.flag(UPGRADES, default=True) else {UPGRADES: True}


@resource_rule(
    "rds-minor-upgrades",
    RDS_INSTANCE,
    RDS_CLUSTER,
    RDS_CLUSTER_INSTANCE,
    kind=Kind.PRACTICE,
    severity=Severity.MEDIUM,
    summary="Databases take minor versions by themselves",
    why="Minor versions bring the fixes of security holes; without the setting they wait for "
    "somebody to think of them.",
    url="https://docs.aws.amazon.com/securityhub/latest/userguide/rds-controls.html#rds-13",
    controls=("Security Hub RDS.13", "Security Hub RDS.35", "CKV_AWS_226"),
    good={"engine": "postgres", "autoMinorVersionUpgrade": True},
    bad={"engine": "postgres", "autoMinorVersionUpgrade": False},
    fix=upgrade_by_itself,
)
def minor_upgrades(database: Resource) -> Findings:
    """Upgrades are on unless switched off."""
    if not database.flag(UPGRADES, default=True):
        yield Finding(
            problem=f"`{UPGRADES}` is false",
            wanted="true",
            fix=f"Set `{UPGRADES}` to true; upgrades happen in the maintenance window",
        )
