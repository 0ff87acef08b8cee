"""Who reaches a database, and how they log in."""

from typing import Final

from aws_policy_pack.resource import Resource
from aws_policy_pack.rule import Changes, Finding, Findings, Kind, Severity, resource_rule
from aws_policy_pack.rules.rds.engines import IAM_ENGINES
from aws_policy_pack.rules.rds.types import CLUSTER, CLUSTER_INSTANCE, INSTANCE
from aws_policy_pack.wording import shown

PASSWORDS: Final = {
    INSTANCE: ("password", "passwordWo"),
    CLUSTER: ("masterPassword", "masterPasswordWo"),
}
ORIGINS: Final = (
    "replicateSourceDb",
    "replicationSourceIdentifier",
    "snapshotIdentifier",
    "restoreToPointInTime",
    "globalClusterIdentifier",
)
"""What a database may come from; it then has the password of its origin."""


def hide(database: Resource) -> Changes:
    """Takes the public address away."""
    return {"publiclyAccessible": False} if _is_public(database) else {}


@resource_rule(
    "rds-not-public",
    INSTANCE,
    CLUSTER,
    CLUSTER_INSTANCE,
    kind=Kind.EXPOSES,
    severity=Severity.CRITICAL,
    summary="Databases have no public address",
    why="A database with a public address is one wrong security group rule away from the "
    "internet, where passwords are tried all day.",
    url="https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_VPC.WorkingWithRDSInstanceinaVPC.html",
    controls=("Security Hub RDS.2", "CKV_AWS_17"),
    good={"engine": "postgres", "publiclyAccessible": False},
    bad={"engine": "postgres", "publiclyAccessible": True},
    fix=hide,
)
def not_public(database: Resource) -> Findings:
    """The provider makes instances private unless told otherwise; for Multi-AZ clusters see below.

    https://www.pulumi.com/registry/packages/aws/api-docs/rds/instance/
    """
    if _is_public(database):
        given = database.raw("publiclyAccessible")
        meaning = "" if given else ", which makes a Multi-AZ cluster in the default subnets public"
        yield Finding(
            problem=f"`publiclyAccessible` is {shown(given)}{meaning}",
            wanted="false",
            fix="Set `publiclyAccessible` to false, and reach the database from inside the VPC",
        )


def _is_public(database: Resource) -> bool:
    """A Multi-AZ cluster without a subnet group, or in that called default, is public by default.

    https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBCluster.html
    """
    if database.has("publiclyAccessible") or not database.has("dbClusterInstanceClass"):
        return database.flag("publiclyAccessible")
    return (database.text("dbSubnetGroupName") or "default") == "default"


@resource_rule(
    "rds-managed-password",
    INSTANCE,
    CLUSTER,
    kind=Kind.PRACTICE,
    severity=Severity.CRITICAL,
    summary="RDS makes and keeps the master password",
    why="A password that the program knows stands in its settings, in the state and in the heads "
    "of those who set it, and is never changed; RDS keeps its own in Secrets Manager and rotates "
    "it.",
    url="https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-secrets-manager.html",
    good={"engine": "postgres", "username": "orders", "manageMasterUserPassword": True},
    bad={"engine": "postgres", "username": "orders", "password": "orders"},
)
def managed_password(database: Resource) -> Findings:
    """Looks only whether a password is given, secret or not; it is never read."""
    given = [path for path in PASSWORDS[database.type] if database.has(path)]
    if given:
        yield Finding(
            problem=f"the program sets `{given[0]}`",
            wanted="`manageMasterUserPassword` true",
            fix=f"Drop `{given[0]}`, set `manageMasterUserPassword` to true, and read the secret "
            "that RDS makes",
        )
    elif not database.flag("manageMasterUserPassword") and not any(map(database.has, ORIGINS)):
        yield Finding(
            problem="`manageMasterUserPassword` is "
            f"{shown(database.raw('manageMasterUserPassword'))}",
            wanted="true",
            fix="Set `manageMasterUserPassword` to true",
        )


@resource_rule(
    "rds-iam-authentication",
    INSTANCE,
    CLUSTER,
    kind=Kind.PRACTICE,
    severity=Severity.MEDIUM,
    summary="Users can log in to a database through IAM",
    why="With passwords alone nobody can give a person or a task access for an hour, or see in "
    "CloudTrail who had it.",
    url="https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.IAMDBAuth.html",
    controls=("Security Hub RDS.10", "Security Hub RDS.12", "CKV_AWS_161", "CKV_AWS_162"),
    good={"engine": "postgres", "iamDatabaseAuthenticationEnabled": True},
    bad={"engine": "postgres", "iamDatabaseAuthenticationEnabled": False},
)
def iam_authentication(database: Resource) -> Findings:
    """Engines that cannot do it pass; a replica, which names no engine, is judged."""
    path = "iamDatabaseAuthenticationEnabled"
    if not database.flag(path) and database.text("engine") in (None, *IAM_ENGINES):
        yield Finding(
            problem=f"`{path}` is {shown(database.raw(path))}",
            wanted="true",
            fix=f"Set `{path}` to true",
        )
