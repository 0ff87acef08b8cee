"""The image that daemon, code server, web server and workers share."""

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi

from components.ecr import Repository
from config import AwsSettings, StackSettings
from modules.foundation import Foundation


def aws_environment(settings: AwsSettings) -> dict[str, str]:
    """Variables that the AWS SDK reads by itself; the endpoint is that of the local emulator."""
    environment = {"AWS_DEFAULT_REGION": settings.region}
    if settings.endpoint is not None:
        environment["AWS_ENDPOINT_URL"] = settings.endpoint
    return environment


HOME = "/opt/dagster/home"
"""DAGSTER_HOME: `dagster.yaml` and `workspace.yaml` of the image, and what Dagster writes."""
WRITABLE_PATHS = (HOME, "/tmp")  # noqa: S108 - the container's own, on a volume of its own
DATA_PREFIX = "dagster"
"""Key prefix of what steps hand to each other."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DagsterImage:
    """The image, and what each container of it is told about its data stores.

    Attributes:
        repository: Where the image lives.
        image: Reference with one tag.
        environment: Region, database, bucket.
        secrets: The database's password, out of the secret that RDS keeps.
        secret_arn: That secret.
    """

    repository: Repository
    image: pulumi.Output[str]
    environment: Mapping[str, pulumi.Input[str]]
    secrets: Mapping[str, pulumi.Input[str]]
    secret_arn: pulumi.Output[str]


def create_dagster_image(foundation: Foundation, settings: StackSettings) -> DagsterImage:
    """Creates the image's repository and collects what its containers need to know."""
    repository = foundation.repository("dagster")
    database = foundation.database
    return DagsterImage(
        repository=repository,
        image=repository.image(settings.services.image_tag),
        environment={
            **aws_environment(settings.aws),
            "DAGSTER_HOME": HOME,
            "POSTGRES_HOST": database.host,
            "POSTGRES_PORT": str(database.port),
            "POSTGRES_USER": database.username,
            "POSTGRES_DB": database.database_name,
            # A PostgreSQL on the developer's machine has no certificate.
            "POSTGRES_SSLMODE": "prefer" if foundation.is_local else "require",
            "S3_BUCKET": foundation.bucket.name,
        },
        secrets={
            "POSTGRES_PASSWORD": pulumi.Output.concat(database.secret_arn, ":password::"),
        },
        secret_arn=database.secret_arn,
    )
