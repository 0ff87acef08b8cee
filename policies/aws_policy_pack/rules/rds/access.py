"""Who reaches a database, how they log in, and whether they speak TLS."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Final, TypeVar

from aws_policy_pack.lists import load
from aws_policy_pack.resource import Graph, Resource, Unreadable, is_given, survey
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
from aws_policy_pack.type_tokens import RDS_CLUSTER, RDS_CLUSTER_INSTANCE, RDS_INSTANCE
from aws_policy_pack.wording import shown

PARAMETER_GROUP: Final = "aws:rds/parameterGroup:ParameterGroup"
CLUSTER_PARAMETER_GROUP: Final = "aws:rds/clusterParameterGroup:ClusterParameterGroup"


def is_chosen(resource: Resource, key: str) -> bool:
    """Whether the program gives a property of a resource that a stack rule sees, and not empty.

    What a program leaves out stands in the outputs as an empty value until AWS has chosen.
    """
    return is_given(resource, key) and resource.values.get(key) not in ("", [])


Fact = TypeVar("Fact")
Version = tuple[int, ...]

_ENGINES: Final = load("database_engines").entries
INSTANCE_LOGS: Final[Mapping[str, Sequence[str]]] = _ENGINES["instance_logs"]
"""The logs that an instance can export."""
CLUSTER_LOGS: Final[Mapping[str, Sequence[str]]] = _ENGINES["cluster_logs"]
"""The logs that a cluster can export."""
IAM_ENGINES: Final[Sequence[str]] = _ENGINES["iam"]
"""The engines whose users can log in through IAM."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TlsParameter:
    """The parameter with which a server refuses connections without TLS.

    Attributes:
        name: The parameter; 1 switches it on.
        on_since: First version in which it is on by default; `None` if there is none.
    """

    name: str
    on_since: Version | None


TLS_PARAMETERS: Final[Mapping[str, TlsParameter]] = {
    engine: TlsParameter(name=row["name"], on_since=row["on_since"] and tuple(row["on_since"]))
    for engine, row in _ENGINES["tls"].items()
}

VERSION: Final = re.compile(r"\d+(\.\d+)*", re.ASCII)


def fact_about(engine: str, facts: Mapping[str, Fact]) -> Fact | None:
    """What a table says of an engine; `None` if it says nothing."""
    return next((fact for glob, fact in facts.items() if fnmatchcase(engine, glob)), None)


def version_in(text: str) -> Version | None:
    """The first version in a text such as `17.4`, `8.0.mysql_aurora.3.08.0` or `postgres17`."""
    match = VERSION.search(text)
    return tuple(int(part) for part in match[0].split(".")) if match else None


PASSWORDS: Final = {
    RDS_INSTANCE: ("password", "passwordWo"),
    RDS_CLUSTER: ("masterPassword", "masterPasswordWo"),
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
    RDS_INSTANCE,
    RDS_CLUSTER,
    RDS_CLUSTER_INSTANCE,
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
    RDS_INSTANCE,
    RDS_CLUSTER,
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
    RDS_INSTANCE,
    RDS_CLUSTER,
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


GROUP_NAME: Final = {RDS_INSTANCE: "parameterGroupName", RDS_CLUSTER: "dbClusterParameterGroupName"}
GROUP_TYPE: Final = {RDS_INSTANCE: PARAMETER_GROUP, RDS_CLUSTER: CLUSTER_PARAMETER_GROUP}
DEFAULT_PREFIX: Final = "default."
ON: Final = ("1", "on", "true")


@stack_rule(
    "rds-parameter-tls",
    RDS_INSTANCE,
    RDS_CLUSTER,
    kind=Kind.PRACTICE,
    severity=Severity.HIGH,
    summary="Databases refuse connections without TLS",
    why="A client that does not ask for TLS sends its password and its data in the clear, and "
    "nobody notices, because it works.",
    url="https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.SSL.html",
    good=(
        Example(
            type=PARAMETER_GROUP,
            name="tls",
            properties={
                "family": "postgres14",
                "parameters": [{"name": "rds.force_ssl", "value": "1"}],
            },
        ),
        Example(
            type=RDS_INSTANCE,
            name="orders",
            properties={"engine": "postgres", "parameterGroupName": "${tls.name}"},
            references={"parameterGroupName": ("tls",)},
        ),
    ),
    bad=(
        Example(
            type=PARAMETER_GROUP,
            name="plain",
            properties={
                "family": "postgres17",
                "parameters": [{"name": "rds.force_ssl", "value": "0"}],
            },
        ),
        Example(
            type=RDS_INSTANCE,
            name="orders",
            properties={"engine": "postgres", "parameterGroupName": "${plain.name}"},
            references={"parameterGroupName": ("plain",)},
        ),
    ),
)
def parameter_tls(database: Resource, graph: Graph) -> Findings:
    """Looks for the engine's parameter in the parameter group, else for its default."""
    parameter = fact_about(database.text("engine") or "", TLS_PARAMETERS)
    if parameter is None:
        return
    path = GROUP_NAME[database.type]
    if not is_chosen(database, path):
        yield from _judge_default(database, parameter, database.text("engineVersion"))
        return
    groups = graph.referenced(database, path, GROUP_TYPE[database.type])
    read, unread = survey(groups, lambda group: _setting(group, parameter))
    yield from unread
    for group, setting in read:
        yield from _judge_group(database, group, setting, parameter)
    if not groups:
        name = database.text(path) or ""
        if not name.startswith(DEFAULT_PREFIX):
            raise Unreadable(path, f"is {name!r}, which the stack does not declare")
        yield from _judge_default(database, parameter, name)


def _setting(group: Resource, parameter: TlsParameter) -> str | None:
    """What a parameter group sets the parameter to; `None` if it does not."""
    values = [
        entry.text("value")
        for entry in group.objects("parameters")
        if entry.text("name") == parameter.name
    ]
    return values[-1] if values else None


def _judge_group(
    database: Resource, group: Resource, setting: str | None, parameter: TlsParameter
) -> Findings:
    if setting is None:
        version = group.text("family") or database.text("engineVersion")
        yield from _judge_default(database, parameter, version)
    elif setting.lower() not in ON:
        yield Finding(
            problem=f"`{parameter.name}` is {shown(setting)} in parameter group {group.name!r}",
            wanted="1",
            fix=f"Set `{parameter.name}` to 1 in the parameter group",
        )


def _judge_default(database: Resource, parameter: TlsParameter, versioned: str | None) -> Findings:
    """Judges what the parameter is where no group sets it, by a text that has the version."""
    version = version_in(versioned or "")
    if parameter.on_since is not None:
        if version is None:
            raise Unreadable(
                "engineVersion", f"is not set, so the default of `{parameter.name}` is not known"
            )
        if version >= parameter.on_since:
            return
    engine = " ".join([database.text("engine") or "", ".".join(map(str, version or ()))]).strip()
    yield Finding(
        problem=f"`{parameter.name}` is not set, which means 0 for {engine}",
        wanted="1",
        fix=f"Set `{parameter.name}` to 1 in a parameter group, and name the group in "
        f"`{GROUP_NAME[database.type]}`",
    )
