"""PostgreSQL on RDS: one instance, or Aurora Serverless v2.

Both are encrypted, private, backed up, reachable over TLS alone, and keep their password in
Secrets Manager, where RDS itself makes and rotates it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.conventions import Naming
from components.logs import LogSettings, create_log_group

PORT = 5432
BACKUP_WINDOW = "03:00-04:00"
MAINTENANCE_WINDOW = "sun:04:30-sun:05:30"


@dataclass(frozen=True, slots=True, kw_only=True)
class PostgresSettings:
    """What both kinds of database share.

    Attributes:
        engine_version: Major version; RDS chooses and upgrades the minor one.
        database_name: Database that is created with the server.
        username: Master user.
        backup_retention_days: 1 to 35.
        multi_az: Whether a second zone takes over when the first fails.
        deletion_protection: Whether AWS refuses to delete the database.
        final_snapshot: Whether deleting it leaves a snapshot.
    """

    engine_version: str
    database_name: str
    username: str
    backup_retention_days: int
    multi_az: bool
    deletion_protection: bool
    final_snapshot: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement:
    """Where a database lives, and how its data and logs are kept."""

    subnet_ids: Sequence[pulumi.Output[str]]
    security_group_id: pulumi.Output[str]
    key_arn: pulumi.Output[str]
    logs: LogSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class InstanceSize:
    """Size of a single instance; storage in GiB grows by itself up to the maximum."""

    instance_class: str
    allocated_storage_gib: int
    max_allocated_storage_gib: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerlessSize:
    """Bounds of Aurora Serverless v2 in capacity units of about 2 GiB of memory each."""

    min_capacity_acu: float
    max_capacity_acu: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Postgres:
    """A running server; `secret_arn` holds JSON with the keys `username` and `password`."""

    host: pulumi.Output[str]
    port: int
    database_name: str
    username: str
    secret_arn: pulumi.Output[str]


def create_postgres(
    naming: Naming,
    *,
    settings: PostgresSettings,
    size: InstanceSize | ServerlessSize,
    placement: Placement,
    opts: pulumi.ResourceOptions,
) -> Postgres:
    """Creates the server of the kind that `size` describes."""
    subnets = aws.rds.SubnetGroup(
        "database-subnets",
        name=naming.physical("database"),
        description="Private subnets of the database",
        subnet_ids=list(placement.subnet_ids),
        opts=opts,
    )
    if isinstance(size, InstanceSize):
        return _create_instance(
            naming,
            settings=settings,
            size=size,
            placement=placement,
            subnet_group=subnets.name,
            opts=opts,
        )
    return _create_serverless(
        naming,
        settings=settings,
        size=size,
        placement=placement,
        subnet_group=subnets.name,
        opts=opts,
    )


def _create_instance(
    naming: Naming,
    *,
    settings: PostgresSettings,
    size: InstanceSize,
    placement: Placement,
    subnet_group: pulumi.Output[str],
    opts: pulumi.ResourceOptions,
) -> Postgres:
    """Creates an RDS instance."""
    identifier = naming.physical("database")
    exports = ["postgresql", "upgrade"]
    parameters = aws.rds.ParameterGroup(
        "database-parameters",
        name=naming.physical("postgres"),
        description="TLS alone",
        family=f"postgres{settings.engine_version}",
        parameters=[aws.rds.ParameterGroupParameterArgs(name="rds.force_ssl", value="1")],
        opts=opts,
    )
    instance = aws.rds.Instance(
        "database",
        identifier=identifier,
        engine="postgres",
        engine_version=settings.engine_version,
        auto_minor_version_upgrade=True,
        instance_class=size.instance_class,
        storage_type="gp3",
        allocated_storage=size.allocated_storage_gib,
        max_allocated_storage=size.max_allocated_storage_gib,
        storage_encrypted=True,
        kms_key_id=placement.key_arn,
        db_name=settings.database_name,
        port=PORT,
        username=settings.username,
        manage_master_user_password=True,
        iam_database_authentication_enabled=True,
        parameter_group_name=parameters.name,
        db_subnet_group_name=subnet_group,
        vpc_security_group_ids=[placement.security_group_id],
        publicly_accessible=False,
        multi_az=settings.multi_az,
        backup_retention_period=settings.backup_retention_days,
        backup_window=BACKUP_WINDOW,
        maintenance_window=MAINTENANCE_WINDOW,
        copy_tags_to_snapshot=True,
        enabled_cloudwatch_logs_exports=exports,
        deletion_protection=settings.deletion_protection,
        skip_final_snapshot=not settings.final_snapshot,
        final_snapshot_identifier=_final_snapshot(naming, settings),
        opts=_after_log_groups(f"/aws/rds/instance/{identifier}", exports, placement, opts),
    )
    return _postgres(settings, instance.address, instance.master_user_secrets)


def _create_serverless(
    naming: Naming,
    *,
    settings: PostgresSettings,
    size: ServerlessSize,
    placement: Placement,
    subnet_group: pulumi.Output[str],
    opts: pulumi.ResourceOptions,
) -> Postgres:
    """Creates an Aurora cluster with one serverless instance, or two in two zones."""
    identifier = naming.physical("database")
    exports = ["postgresql"]
    parameters = aws.rds.ClusterParameterGroup(
        "database-parameters",
        name=naming.physical("postgres"),
        description="TLS alone",
        family=f"aurora-postgresql{settings.engine_version}",
        parameters=[aws.rds.ClusterParameterGroupParameterArgs(name="rds.force_ssl", value="1")],
        opts=opts,
    )
    cluster = aws.rds.Cluster(
        "database",
        cluster_identifier=identifier,
        engine="aurora-postgresql",
        engine_mode="provisioned",
        engine_version=settings.engine_version,
        serverlessv2_scaling_configuration=aws.rds.ClusterServerlessv2ScalingConfigurationArgs(
            min_capacity=size.min_capacity_acu, max_capacity=size.max_capacity_acu
        ),
        storage_encrypted=True,
        kms_key_id=placement.key_arn,
        database_name=settings.database_name,
        port=PORT,
        master_username=settings.username,
        manage_master_user_password=True,
        iam_database_authentication_enabled=True,
        db_cluster_parameter_group_name=parameters.name,
        db_subnet_group_name=subnet_group,
        vpc_security_group_ids=[placement.security_group_id],
        backup_retention_period=settings.backup_retention_days,
        preferred_backup_window=BACKUP_WINDOW,
        preferred_maintenance_window=MAINTENANCE_WINDOW,
        copy_tags_to_snapshot=True,
        enabled_cloudwatch_logs_exports=exports,
        deletion_protection=settings.deletion_protection,
        skip_final_snapshot=not settings.final_snapshot,
        final_snapshot_identifier=_final_snapshot(naming, settings),
        opts=_after_log_groups(f"/aws/rds/cluster/{identifier}", exports, placement, opts),
    )
    for number in (1, 2) if settings.multi_az else (1,):
        aws.rds.ClusterInstance(
            f"database-instance-{number}",
            identifier=naming.physical(f"database-{number}"),
            cluster_identifier=cluster.id,
            engine=aws.rds.EngineType.AURORA_POSTGRESQL,
            instance_class="db.serverless",
            db_subnet_group_name=subnet_group,
            publicly_accessible=False,
            auto_minor_version_upgrade=True,
            copy_tags_to_snapshot=True,
            opts=opts,
        )
    return _postgres(settings, cluster.endpoint, cluster.master_user_secrets)


def _final_snapshot(naming: Naming, settings: PostgresSettings) -> str | None:
    """Name of the snapshot that deleting the database leaves."""
    return naming.physical("database-final") if settings.final_snapshot else None


def _after_log_groups(
    path: str, exports: Sequence[str], placement: Placement, opts: pulumi.ResourceOptions
) -> pulumi.ResourceOptions:
    """Creates the exported logs' groups first: those that RDS makes itself never expire."""
    groups = [
        create_log_group(
            f"database-{export}-logs",
            physical_name=f"{path}/{export}",
            settings=placement.logs,
            opts=opts,
        ).resource
        for export in exports
    ]
    return pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(depends_on=groups))


def _postgres(
    settings: PostgresSettings,
    host: pulumi.Output[str],
    secrets: pulumi.Output[Sequence[aws.rds.outputs.InstanceMasterUserSecret]]
    | pulumi.Output[Sequence[aws.rds.outputs.ClusterMasterUserSecret]],
) -> Postgres:
    """What users of either kind need to know."""
    return Postgres(
        host=host,
        port=PORT,
        database_name=settings.database_name,
        username=settings.username,
        secret_arn=secrets[0].secret_arn,
    )
