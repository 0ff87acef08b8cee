"""What all services of an environment stand on.

Creates the encryption key, the network with flow logs, the bucket, the database, the ECS cluster,
the private DNS domain, and the load balancer.
"""

import pulumi
import pulumi_aws as aws

from components.conventions import Naming
from components.ecr import Repository, create_repository
from components.ecs import create_cluster, create_namespace
from components.fargate_service import ServicePlatform
from components.kms import EncryptionKey, create_encryption_key
from components.load_balancer import Certificate, LoadBalancer, create_load_balancer
from components.logs import LogSettings
from components.network import (
    Network,
    allow_between,
    allow_to,
    create_flow_logs,
    create_interface_endpoints,
    create_network,
    create_security_group,
    existing_network,
)
from components.object_storage import Bucket, create_bucket
from components.rds_postgres import (
    InstanceSize,
    Placement,
    Postgres,
    PostgresSettings,
    ServerlessSize,
    create_postgres,
)
from config import DatabaseSettings, LoadBalancerSettings, NetworkSettings, StackSettings

ANYWHERE = "0.0.0.0/0"
HTTPS = 443
ACCESS_LOG_PREFIX = "load-balancer"
COMPUTE_LOG_PREFIX = "compute-logs"
KEPT_IMAGES = 20
LOCAL = "local"


class Foundation(pulumi.ComponentResource):
    """Network, data stores and cluster; the modules put their services on top."""

    def __init__(
        self, name: str, *, settings: StackSettings, naming: Naming, opts: pulumi.ResourceOptions
    ) -> None:
        super().__init__("dagster-taskiq:modules:Foundation", name, None, opts)
        self._naming = naming
        self._settings = settings
        self._opts = pulumi.ResourceOptions(parent=self)
        self.is_local = naming.environment == LOCAL

        self._key: EncryptionKey = create_encryption_key(
            "data-key",
            physical_name=naming.physical("data"),
            region=settings.aws.region,
            opts=self._opts,
        )
        self._logs = LogSettings(retention_days=settings.logs.retention_days, key_arn=self._key.arn)
        self.network = self._create_network(settings.network)
        self.bucket = self._create_bucket()
        self._database_group = self.security_group("database", "Database")
        self.database = self._create_database(settings.database)
        self.namespace = create_namespace(
            "namespace", domain=naming.domain(), vpc_id=self.network.vpc_id, opts=self._opts
        )
        self.load_balancer = self._create_load_balancer(settings.load_balancer)
        self.platform = ServicePlatform(
            naming=naming,
            region=settings.aws.region,
            cluster=create_cluster(
                "cluster", physical_name=naming.physical("cluster"), opts=self._opts
            ),
            subnet_ids=self.network.private_subnet_ids,
            logs=self._logs,
        )
        self.register_outputs({})

    def security_group(
        self, name: str, description: str, opts: pulumi.ResourceOptions | None = None
    ) -> aws.ec2.SecurityGroup:
        """Creates a security group in the network."""
        return create_security_group(
            name,
            naming=self._naming,
            vpc_id=self.network.vpc_id,
            description=description,
            opts=opts or self._opts,
        )

    def repository(self, name: str, opts: pulumi.ResourceOptions | None = None) -> Repository:
        """Creates an image repository; local tags may be pushed again."""
        return create_repository(
            f"{name}-images",
            physical_name=self._naming.physical(name),
            key_arn=self._key.arn,
            mutable_tags=self.is_local,
            kept_images=KEPT_IMAGES,
            opts=opts or self._opts,
        )

    def allow_aws(
        self, name: str, group_id: pulumi.Output[str], opts: pulumi.ResourceOptions
    ) -> None:
        """Lets the tasks of a group call AWS, whose addresses change."""
        allow_to(
            f"{name}-aws",
            group_id=group_id,
            cidr_block=ANYWHERE,
            port=HTTPS,
            description="AWS services",
            opts=opts,
        )

    def allow_database(
        self, name: str, group_id: pulumi.Output[str], opts: pulumi.ResourceOptions
    ) -> None:
        """Lets the tasks of a group connect to the database."""
        allow_between(
            f"{name}-database",
            source_id=group_id,
            target_id=self._database_group.id,
            port=self.database.port,
            description=f"PostgreSQL from {name}",
            opts=opts,
        )

    def allow_load_balancer(
        self, name: str, group_id: pulumi.Output[str], port: int, opts: pulumi.ResourceOptions
    ) -> None:
        """Lets the load balancer connect to the tasks of a group."""
        allow_between(
            f"load-balancer-{name}",
            source_id=self.load_balancer.security_group_id,
            target_id=group_id,
            port=port,
            description=f"Load balancer to {name}",
            opts=opts,
        )

    def _create_network(self, settings: NetworkSettings) -> Network:
        if (vpc := settings.existing_vpc) is not None:
            return existing_network(
                vpc_id=vpc.id,
                cidr_block=vpc.cidr_block,
                public_subnet_ids=vpc.public_subnet_ids,
                private_subnet_ids=vpc.private_subnet_ids,
            )
        region = self._settings.aws.region
        network = create_network(
            self._naming,
            region=region,
            cidr_block=settings.cidr_block,
            zones=settings.availability_zones or (f"{region}a", f"{region}b"),
            nat_gateways=settings.nat_gateways,
            opts=self._opts,
        )
        create_flow_logs(self._naming, vpc_id=network.vpc_id, settings=self._logs, opts=self._opts)
        if settings.nat_gateways == 0:
            create_interface_endpoints(
                self._naming, network=network, region=region, opts=self._opts
            )
        return network

    def _create_bucket(self) -> Bucket:
        days = self._settings.logs.retention_days
        return create_bucket(
            self._naming,
            part="storage",
            access_log_prefix=ACCESS_LOG_PREFIX,
            expiration_days={ACCESS_LOG_PREFIX: days, COMPUTE_LOG_PREFIX: days},
            # What is worth protecting in the database is so in the bucket.
            deletable=not self._settings.database.deletion_protection,
            opts=self._opts,
        )

    def _create_database(self, settings: DatabaseSettings) -> Postgres:
        return create_postgres(
            self._naming,
            settings=PostgresSettings(
                engine_version=settings.engine_version,
                database_name=settings.name,
                username=settings.username,
                backup_retention_days=settings.backup_retention_days,
                multi_az=settings.multi_az,
                deletion_protection=settings.deletion_protection,
                final_snapshot=settings.final_snapshot,
            ),
            size=_database_size(settings),
            placement=Placement(
                subnet_ids=self.network.private_subnet_ids,
                security_group_id=self._database_group.id,
                key_arn=self._key.arn,
                logs=self._logs,
            ),
            opts=self._opts,
        )

    def _create_load_balancer(self, settings: LoadBalancerSettings) -> LoadBalancer:
        return create_load_balancer(
            self._naming,
            vpc_id=self.network.vpc_id,
            subnet_ids=(
                self.network.private_subnet_ids
                if settings.internal
                else self.network.public_subnet_ids
            ),
            internal=settings.internal,
            allowed_cidr_blocks=settings.allowed_cidr_blocks,
            certificate=_certificate(settings),
            deletion_protection=settings.deletion_protection,
            access_logs=self.bucket,
            access_log_prefix=ACCESS_LOG_PREFIX,
            opts=self._opts,
        )


def _database_size(settings: DatabaseSettings) -> InstanceSize | ServerlessSize:
    """Size in the terms of the chosen kind."""
    if settings.kind == "instance":
        return InstanceSize(
            instance_class=settings.instance_class,
            allocated_storage_gib=settings.allocated_storage_gib,
            max_allocated_storage_gib=settings.max_allocated_storage_gib,
        )
    return ServerlessSize(
        min_capacity_acu=settings.min_capacity_acu, max_capacity_acu=settings.max_capacity_acu
    )


def _certificate(settings: LoadBalancerSettings) -> Certificate | None:
    """The certificate, where both of its settings are given."""
    if settings.certificate_arn is None or settings.domain_name is None:
        return None
    return Certificate(arn=settings.certificate_arn, domain_name=settings.domain_name)
