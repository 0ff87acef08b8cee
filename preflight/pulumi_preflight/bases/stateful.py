"""Which types of AWS hold data, and the finding that a change loses it."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from pulumi_preflight.acceptance import REPLACES_STATEFUL
from pulumi_preflight.changes.comparing import Operation, PropertyChange, ResourceChange
from pulumi_preflight.findings import Finding, Level
from pulumi_preflight.model import SourcePosition
from pulumi_preflight.stack_context import name_of, type_of
from pulumi_preflight.verdict import OWN_PACK

_PAGE = "https://www.pulumi.com/docs/iac/concepts/resources/options/protect/"

# What a type holds, as a reader calls it.
HOLDS_DATA: Final[Mapping[str, str]] = {
    "aws:amp/workspace:Workspace": "metrics workspace",
    "aws:backup/logicallyAirGappedVault:LogicallyAirGappedVault": "backup vault",
    "aws:backup/vault:Vault": "backup vault",
    "aws:cloudhsmv2/cluster:Cluster": "HSM cluster",
    "aws:cloudsearch/domain:Domain": "search domain",
    "aws:cloudtrail/eventDataStore:EventDataStore": "event data store",
    "aws:cloudwatch/logGroup:LogGroup": "log group",
    "aws:codeartifact/domain:Domain": "package domain",
    "aws:codeartifact/repository:Repository": "package repository",
    "aws:codecommit/repository:Repository": "repository",
    "aws:cognito/identityPool:IdentityPool": "identity pool",
    "aws:cognito/userPool:UserPool": "user pool",
    "aws:customerprofiles/domain:Domain": "profile domain",
    "aws:dax/cluster:Cluster": "cache",
    "aws:docdb/cluster:Cluster": "database cluster",
    "aws:docdb/elasticCluster:ElasticCluster": "database cluster",
    "aws:docdb/globalCluster:GlobalCluster": "database cluster",
    "aws:dsql/cluster:Cluster": "database cluster",
    "aws:dynamodb/globalTable:GlobalTable": "table",
    "aws:dynamodb/table:Table": "table",
    "aws:ebs/snapshot:Snapshot": "snapshot",
    "aws:ebs/volume:Volume": "volume",
    "aws:ecr/repository:Repository": "image repository",
    "aws:ecrpublic/repository:Repository": "image repository",
    "aws:efs/fileSystem:FileSystem": "file system",
    "aws:elasticache/cluster:Cluster": "cache",
    "aws:elasticache/globalReplicationGroup:GlobalReplicationGroup": "cache",
    "aws:elasticache/replicationGroup:ReplicationGroup": "cache",
    "aws:elasticache/serverlessCache:ServerlessCache": "cache",
    "aws:elasticsearch/domain:Domain": "search domain",
    "aws:finspace/kxDatabase:KxDatabase": "database",
    "aws:finspace/kxVolume:KxVolume": "volume",
    "aws:fsx/lustreFileSystem:LustreFileSystem": "file system",
    "aws:fsx/ontapFileSystem:OntapFileSystem": "file system",
    "aws:fsx/ontapVolume:OntapVolume": "volume",
    "aws:fsx/openZfsFileSystem:OpenZfsFileSystem": "file system",
    "aws:fsx/openZfsVolume:OpenZfsVolume": "volume",
    "aws:fsx/windowsFileSystem:WindowsFileSystem": "file system",
    "aws:glacier/vault:Vault": "vault",
    "aws:keyspaces/keyspace:Keyspace": "keyspace",
    "aws:keyspaces/table:Table": "table",
    "aws:kinesis/stream:Stream": "stream",
    "aws:kinesis/videoStream:VideoStream": "video stream",
    "aws:kms/externalKey:ExternalKey": "encryption key",
    "aws:kms/key:Key": "encryption key",
    "aws:kms/replicaKey:ReplicaKey": "encryption key",
    "aws:lightsail/bucket:Bucket": "bucket",
    "aws:lightsail/database:Database": "database",
    "aws:lightsail/disk:Disk": "disk",
    "aws:memorydb/cluster:Cluster": "database cluster",
    "aws:memorydb/multiRegionCluster:MultiRegionCluster": "database cluster",
    "aws:mq/broker:Broker": "broker",
    "aws:msk/cluster:Cluster": "Kafka cluster",
    "aws:msk/serverlessCluster:ServerlessCluster": "Kafka cluster",
    "aws:neptune/cluster:Cluster": "database cluster",
    "aws:neptune/globalCluster:GlobalCluster": "database cluster",
    "aws:odb/autonomousDatabase:AutonomousDatabase": "database",
    "aws:opensearch/domain:Domain": "search domain",
    "aws:opensearch/serverlessCollection:ServerlessCollection": "search collection",
    "aws:qldb/ledger:Ledger": "ledger",
    "aws:rds/cluster:Cluster": "database cluster",
    "aws:rds/globalCluster:GlobalCluster": "database cluster",
    "aws:rds/instance:Instance": "database",
    "aws:redshift/cluster:Cluster": "data warehouse",
    "aws:redshiftserverless/namespace:Namespace": "data warehouse",
    "aws:s3/bucket:Bucket": "bucket",
    "aws:s3/bucketV2:BucketV2": "bucket",
    "aws:s3/directoryBucket:DirectoryBucket": "bucket",
    "aws:s3/vectorsVectorBucket:VectorsVectorBucket": "bucket",
    "aws:s3control/bucket:Bucket": "bucket",
    "aws:s3tables/table:Table": "table",
    "aws:s3tables/tableBucket:TableBucket": "bucket",
    "aws:secretsmanager/secret:Secret": "secret",
    "aws:sqs/queue:Queue": "queue",
    "aws:ssm/parameter:Parameter": "parameter",
    "aws:storagegateway/cachesIscsiVolume:CachesIscsiVolume": "volume",
    "aws:storagegateway/storedIscsiVolume:StoredIscsiVolume": "volume",
    "aws:timestreaminfluxdb/dbCluster:DbCluster": "database cluster",
    "aws:timestreaminfluxdb/dbInstance:DbInstance": "database",
    "aws:timestreamwrite/database:Database": "database",
    "aws:timestreamwrite/table:Table": "table",
}

_MOST_NAMED = 5
LOSING = (Operation.REPLACE, Operation.DELETE, Operation.MAY_REPLACE)
"""What loses the data of a resource that holds some, or may."""


def findings_of(
    changes: Iterable[ResourceChange],
    positions: Mapping[str, SourcePosition | None],
    *,
    is_state: bool,
) -> Iterator[Finding]:
    """What is found at the resources whose data a change loses, or may lose.

    Args:
        changes: What becomes of the resources.
        positions: Where the program creates each.
        is_state: Whether the base is what is deployed, so that there surely is such a resource.
    """
    for change in changes:
        held = HOLDS_DATA.get(type_of(change.urn))
        if held is not None and change.operation in LOSING:
            yield _finding(change, held, positions.get(change.urn), is_state=is_state)


def _finding(
    change: ResourceChange, held: str, position: SourcePosition | None, *, is_state: bool
) -> Finding:
    is_sure = is_state and change.operation is not Operation.MAY_REPLACE and not change.retained
    return Finding(
        rule=REPLACES_STATEFUL,
        pack=OWN_PACK,
        level=Level.MANDATORY if is_sure else Level.ADVISORY,
        severity="high",
        urn=change.urn,
        places=(position,) if position else (),
        problem=f"{_cause(change)}{_outcome(change, held)}",
        wanted=f"a change that keeps the {held}",
        fix=_fix(change),
        url=_PAGE,
        related=tuple(each.follows for each in change.replacing if each.follows)[:1],
    )


def _cause(change: ResourceChange) -> str:
    if change.operation is Operation.DELETE:
        return "it is deleted, since the program has it no more"
    verb = "is" if change.operation is Operation.REPLACE else "may be"
    first = change.replacing[0]
    more = len(change.replacing) - 1
    rest = f" and {more} more of its inputs" if more else ""
    return f"it {verb} replaced, since {_reason(first)}{rest}"


def _reason(first: PropertyChange) -> str:
    if first.follows:
        return f"`{first.path}` follows {name_of(first.follows)}, which is replaced"
    return f"`{first.path}` changes"


def _outcome(change: ResourceChange, held: str) -> str:
    if change.protected:
        return f"; the {held} is protected, so the engine refuses and the deployment stops"
    if change.retained:
        return f"; the {held} stays in the cloud (`retainOnDelete`), and the program loses it"
    verb = "may go" if change.operation is Operation.MAY_REPLACE else "go"
    return f", and the {held} and what it holds {verb}"


def _fix(change: ResourceChange) -> str:
    if change.operation is Operation.DELETE:
        return (
            "Keep it in the program, or name the old URN under `aliases` where it was renamed."
            if change.retained
            else "Keep it in the program, name the old URN under `aliases` where it was renamed, "
            "or set `retainOnDelete` before it goes."
        )
    first = change.replacing[0]
    if first.follows:
        return f"Keep {name_of(first.follows)} as it is, or move the data first."
    if len(change.replacing) > 1:
        paths = ", ".join(f"`{each.path}`" for each in change.replacing[:_MOST_NAMED])
        rest = len(change.replacing) - _MOST_NAMED
        more = f" and {rest} more" if rest > 0 else ""
        return f"Set {paths}{more} back, add them to `ignoreChanges`, or move the data first."
    return f"Set `{first.path}` back, add it to `ignoreChanges`, or move the data first."
