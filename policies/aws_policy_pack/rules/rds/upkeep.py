"""What runs a database from day to day: its logs and its upgrades."""

from collections.abc import Mapping

from pydantic import Field

from aws_policy_pack.config import RuleConfig
from aws_policy_pack.resource import Resource
from aws_policy_pack.rule import Changes, Finding, Findings, Kind, Severity, resource_rule
from aws_policy_pack.rules.rds.engines import CLUSTER_LOGS, INSTANCE_LOGS, fact_about
from aws_policy_pack.rules.rds.types import CLUSTER, CLUSTER_INSTANCE, INSTANCE
from aws_policy_pack.wording import listed

EXPORTS = "enabledCloudwatchLogsExports"
UPGRADES = "autoMinorVersionUpgrade"
LOGS = {INSTANCE: INSTANCE_LOGS, CLUSTER: CLUSTER_LOGS}


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
    INSTANCE,
    CLUSTER,
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
    INSTANCE,
    CLUSTER,
    CLUSTER_INSTANCE,
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
