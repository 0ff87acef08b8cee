"""Whether the storage of a database is encrypted: by its own setting, or as what it comes from."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from aws_policy_pack.resource import Graph, Resource, Unreadable, is_given, read_of
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
from aws_policy_pack.rules.rds.access import ORIGINS, is_chosen
from aws_policy_pack.type_tokens import RDS_CLUSTER, RDS_INSTANCE
from aws_policy_pack.wording import shown

FLAG: Final = "storageEncrypted"
KEY: Final = "kmsKeyId"
SERVERLESS: Final = "serverless"
"""The engine mode of Aurora Serverless v1, which is always encrypted and fails over by itself."""


def encrypt(database: Resource) -> Changes:
    """Switches encryption on; a database that exists has to be replaced for it."""
    return {} if _has_origin(database) or _is_encrypted(database) else {FLAG: True}


@resource_rule(
    "rds-encrypted",
    RDS_INSTANCE,
    RDS_CLUSTER,
    kind=Kind.PRACTICE,
    severity=Severity.HIGH,
    summary="Databases encrypt their storage",
    why="Storage, backups and snapshots that are not encrypted can be read by whoever gets hold "
    "of a copy; encryption cannot be switched on later without a new database.",
    url="https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Overview.Encryption.html",
    controls=("Security Hub RDS.3", "Security Hub RDS.27", "CKV_AWS_16", "CKV_AWS_96"),
    good={"engine": "postgres", "storageEncrypted": True},
    bad={"engine": "postgres", "storageEncrypted": False},
    fix=encrypt,
)
def encrypted(database: Resource) -> Findings:
    """Storage is not encrypted unless asked for; an instance of Aurora has that of its cluster.

    A database that comes from another one is left to `rds-copy-encrypted`.
    """
    if not _has_origin(database) and not _is_encrypted(database):
        yield Finding(
            problem=f"`{FLAG}` is {shown(database.raw(FLAG))}",
            wanted="true",
            fix=f"Set `{FLAG}` to true, and `{KEY}` for a key of your own; a database "
            "that exists is replaced",
        )


def _has_origin(database: Resource) -> bool:
    return any(database.values.get(path) not in (None, "") for path in ORIGINS)


def _is_encrypted(database: Resource) -> bool:
    return database.flag(FLAG, default=_is_always_encrypted(database))


def _is_always_encrypted(database: Resource) -> bool:
    return database.text("engineMode") == SERVERLESS


GLOBAL_CLUSTER: Final = "aws:rds/globalCluster:GlobalCluster"
SNAPSHOT: Final = "aws:rds/snapshot:Snapshot"
SNAPSHOT_COPY: Final = "aws:rds/snapshotCopy:SnapshotCopy"
CLUSTER_SNAPSHOT: Final = "aws:rds/clusterSnapshot:ClusterSnapshot"
CLUSTER_SNAPSHOT_COPY: Final = "aws:rds/clusterSnapshotCopy:ClusterSnapshotCopy"


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where what is in a database or a snapshot comes from.

    Attributes:
        path: The property that names the origin.
        types: What the origin may be.
        takes_key: Whether a key that is given beside it encrypts a copy of a plain origin.
        takes_flag: Whether `storageEncrypted` beside it does.
    """

    path: str
    types: tuple[str, ...]
    takes_key: bool = False
    takes_flag: bool = False


_CLUSTERS: Final = (CLUSTER_SNAPSHOT, CLUSTER_SNAPSHOT_COPY)
OF_TYPE: Final[Mapping[str, tuple[Origin, ...]]] = {
    RDS_INSTANCE: (
        Origin(path="replicateSourceDb", types=(RDS_INSTANCE, RDS_CLUSTER)),
        Origin(path="snapshotIdentifier", types=(SNAPSHOT, SNAPSHOT_COPY, *_CLUSTERS)),
        Origin(path="restoreToPointInTime", types=(RDS_INSTANCE,)),
    ),
    RDS_CLUSTER: (
        Origin(
            path="snapshotIdentifier",
            types=(*_CLUSTERS, SNAPSHOT, SNAPSHOT_COPY),
            takes_key=True,
        ),
        Origin(path="restoreToPointInTime", types=(RDS_CLUSTER,), takes_key=True),
        Origin(
            path="replicationSourceIdentifier",
            types=(RDS_CLUSTER, RDS_INSTANCE),
            takes_key=True,
            takes_flag=True,
        ),
        Origin(
            path="globalClusterIdentifier",
            types=(GLOBAL_CLUSTER,),
            takes_key=True,
            takes_flag=True,
        ),
    ),
    GLOBAL_CLUSTER: (Origin(path="sourceDbClusterIdentifier", types=(RDS_CLUSTER,)),),
    SNAPSHOT: (Origin(path="dbInstanceIdentifier", types=(RDS_INSTANCE,)),),
    SNAPSHOT_COPY: (
        Origin(path="sourceDbSnapshotIdentifier", types=(SNAPSHOT, SNAPSHOT_COPY), takes_key=True),
    ),
    CLUSTER_SNAPSHOT: (Origin(path="dbClusterIdentifier", types=(RDS_CLUSTER,)),),
    CLUSTER_SNAPSHOT_COPY: (
        Origin(path="sourceDbClusterSnapshotIdentifier", types=_CLUSTERS, takes_key=True),
    ),
}
"""By type, the origins in the order in which the provider asks for them.

What each takes is what the operation behind it takes: the restores of instances neither, those of
clusters a key, `CreateDBCluster` both. `CreateDBInstanceReadReplica` takes the key of another
region, and refuses one for a replica of a plain instance.
https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstanceReadReplica.html
"""
NAMES: Final = (
    "identifier",
    "resourceId",
    "clusterIdentifier",
    "clusterResourceId",
    "globalClusterIdentifier",
    "dbSnapshotIdentifier",
    "dbClusterSnapshotIdentifier",
    "targetDbSnapshotIdentifier",
    "targetDbClusterSnapshotIdentifier",
)
"""What databases and snapshots are called, beside the names that the graph knows."""


@stack_rule(
    "rds-copy-encrypted",
    RDS_INSTANCE,
    RDS_CLUSTER,
    kind=Kind.PRACTICE,
    severity=Severity.HIGH,
    summary="Replicas and restored databases are encrypted as what they come from",
    why="A replica or a restored database has no setting of its own for encryption: one of a plain "
    "database is plain, whatever its `storageEncrypted` says.",
    remedy="Set `storageEncrypted` of the origin to true, which replaces a database that exists, "
    "or restore an encrypted copy of its snapshot",
    url="https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Overview.Encryption.html",
    controls=("Security Hub RDS.3", "Security Hub RDS.27"),
    good=(
        Example(type=RDS_INSTANCE, name="orders", properties={"storageEncrypted": True}),
        Example(
            type=RDS_INSTANCE,
            name="reports",
            properties={"replicateSourceDb": "orders"},
            references={"replicateSourceDb": ("orders",)},
        ),
    ),
    bad=(
        Example(type=RDS_INSTANCE, name="orders", properties={"storageEncrypted": False}),
        Example(
            type=RDS_INSTANCE,
            name="reports",
            properties={"replicateSourceDb": "orders", "storageEncrypted": True},
            references={"replicateSourceDb": ("orders",)},
        ),
    ),
)
def copy_encrypted(database: Resource, graph: Graph) -> Findings:
    """Judges the origin where the stack declares it.

    A database of another origin passes where it has a key, or says that it is encrypted.
    """
    origin = origin_of(database)
    if origin is None:
        return
    try:
        plain = plain_origin(database, graph)
    except Unreadable:
        if is_chosen(database, KEY) or (is_given(database, FLAG) and database.flag(FLAG)):
            return
        raise
    if plain is not None:
        yield Finding(
            problem=f"`{origin.path}` leads to {plain.name!r}, which is not encrypted",
            wanted="a source that is encrypted",
            fix=f"Set `{FLAG}` of {plain.name!r} to true, which replaces a database that exists, "
            "or restore an encrypted copy of its snapshot",
            part=origin.path,
            related=(plain,),
        )


def origin_of(resource: Resource) -> Origin | None:
    """The origin that a database or a snapshot names; `None` where it begins empty."""
    origins = OF_TYPE[resource.type]
    return next((each for each in origins if is_chosen(resource, each.path)), None)


def plain_origin(
    resource: Resource, graph: Graph, seen: tuple[Resource, ...] = ()
) -> Resource | None:
    """The database that makes a copy of it a plain one; `None` where a copy is encrypted.

    Raises:
        Unreadable: What a copy comes from, or its encryption, is not known.
    """
    origin = origin_of(resource)
    if origin is None:
        judge = _is_encrypted if is_given(resource, FLAG) else _is_always_encrypted
        return None if read_of(resource, judge) else resource
    if origin.takes_key and is_chosen(resource, KEY):
        return None
    if origin.takes_flag and is_given(resource, FLAG) and resource.flag(FLAG):
        return None
    sources = () if resource in seen else _sources(resource, origin, graph)
    if not sources:
        raise Unreadable(
            origin.path,
            "names what the stack does not declare, so nobody knows whether it is encrypted",
            resource,
        )
    source, *_ = sources
    return plain_origin(source, graph, (*seen, resource))


def _sources(resource: Resource, origin: Origin, graph: Graph) -> tuple[Resource, ...]:
    found = read_of(resource, lambda copy: graph.referenced(copy, origin.path, *origin.types))
    if found:
        return found
    named = resource.raw(origin.path)
    texts = tuple(named.values()) if isinstance(named, Mapping) else (named,)
    return tuple(
        other
        for other in graph.of_type(*origin.types)
        if other is not resource and any(other.values.get(key) in texts for key in NAMES)
    )
