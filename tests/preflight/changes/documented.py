"""What pages say of the change of properties of types that hold data.

Each page calls its properties by its own names, on the left; on the right stands Pulumi's. What
CloudFormation's pages say, Terraform's provider may do otherwise. The quotes of CloudFormation are
those of the pages' last public source, of 2023-09-19:
https://github.com/awsdocs/aws-cloudformation-user-guide/tree/19dc52cd/doc_source
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

REPLACEMENT = "Update requires: Replacement"
IN_PLACE = "Update requires: No interruption"
INTERRUPTED = "Update requires: Some interruptions"
NEW_RESOURCE = "Forces new resource"

_CLOUDFORMATION = "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/"
_TERRAFORM = "https://registry.terraform.io/providers/hashicorp/aws/5.100.0/docs/resources/"
_REPLACING = frozenset({REPLACEMENT, NEW_RESOURCE})


@dataclass(frozen=True, slots=True)
class Said:
    """What a page says of one property.

    Attributes:
        page: The page's address.
        name: What the page calls the property.
        quote: What it says of a change.
        type: Pulumi's type token.
        path: Pulumi's path.
    """

    page: str
    name: str
    quote: str
    type: str
    path: str

    @property
    def replaces(self) -> bool:
        """Whether the page says that a change replaces."""
        return self.quote in _REPLACING

    @property
    def id(self) -> str:
        """What a test calls it."""
        return f"{self.type.split(':')[1]}.{self.path}"


_PAGES: Mapping[tuple[str, str], Mapping[str, Mapping[str, str]]] = {
    (f"{_CLOUDFORMATION}aws-resource-rds-dbinstance.html", "aws:rds/instance:Instance"): {
        REPLACEMENT: {
            "CharacterSetName": "characterSetName",
            "CustomIAMInstanceProfile": "customIamInstanceProfile",
            "DBName": "dbName",
            "KmsKeyId": "kmsKeyId",
            "MasterUsername": "username",
            "NcharCharacterSetName": "ncharCharacterSetName",
            "StorageEncrypted": "storageEncrypted",
            "Timezone": "timezone",
        },
        IN_PLACE: {
            "AllocatedStorage": "allocatedStorage",
            "AllowMajorVersionUpgrade": "allowMajorVersionUpgrade",
            "CACertificateIdentifier": "caCertIdentifier",
            "CopyTagsToSnapshot": "copyTagsToSnapshot",
            "DeleteAutomatedBackups": "deleteAutomatedBackups",
            "DeletionProtection": "deletionProtection",
            "EnableCloudwatchLogsExports": "enabledCloudwatchLogsExports",
            "EnableIAMDatabaseAuthentication": "iamDatabaseAuthenticationEnabled",
            "EnablePerformanceInsights": "performanceInsightsEnabled",
            "Iops": "iops",
            "LicenseModel": "licenseModel",
        },
        INTERRUPTED: {
            "AutoMinorVersionUpgrade": "autoMinorVersionUpgrade",
            "BackupRetentionPeriod": "backupRetentionPeriod",
            "DBInstanceClass": "instanceClass",
            "EngineVersion": "engineVersion",
        },
    },
    (f"{_CLOUDFORMATION}aws-resource-rds-dbcluster.html", "aws:rds/cluster:Cluster"): {
        REPLACEMENT: {
            "AvailabilityZones": "availabilityZones",
            "DBClusterIdentifier": "clusterIdentifier",
            "DBSubnetGroupName": "dbSubnetGroupName",
            "DBSystemId": "dbSystemId",
            "DatabaseName": "databaseName",
            "EngineMode": "engineMode",
            "KmsKeyId": "kmsKeyId",
            "RestoreType": "restoreToPointInTime.restoreType",
            "SnapshotIdentifier": "snapshotIdentifier",
            "SourceDBClusterIdentifier": "restoreToPointInTime.sourceClusterIdentifier",
            "SourceRegion": "sourceRegion",
            "StorageEncrypted": "storageEncrypted",
        },
        IN_PLACE: {
            "EnableCloudwatchLogsExports": "enabledCloudwatchLogsExports",
            "EnableIAMDatabaseAuthentication": "iamDatabaseAuthenticationEnabled",
            "MasterUserPassword": "masterPassword",
            "Port": "port",
            "PreferredBackupWindow": "preferredBackupWindow",
            "PreferredMaintenanceWindow": "preferredMaintenanceWindow",
            "Tags": "tags",
            "VpcSecurityGroupIds": "vpcSecurityGroupIds",
        },
    },
    (f"{_CLOUDFORMATION}aws-resource-dynamodb-table.html", "aws:dynamodb/table:Table"): {
        REPLACEMENT: {
            "KeySchema, HASH": "hashKey",
            "KeySchema, RANGE": "rangeKey",
            "TableName": "name",
        },
        IN_PLACE: {
            "PointInTimeRecoverySpecification": "pointInTimeRecovery.enabled",
            "ProvisionedThroughput, ReadCapacityUnits": "readCapacity",
            "ProvisionedThroughput, WriteCapacityUnits": "writeCapacity",
            "Tags": "tags",
            "TimeToLiveSpecification": "ttl.attributeName",
        },
    },
    (f"{_TERRAFORM}dynamodb_table", "aws:dynamodb/table:Table"): {
        NEW_RESOURCE: {"local_secondary_index": "localSecondaryIndexes"},
    },
    (f"{_CLOUDFORMATION}aws-resource-sqs-queue.html", "aws:sqs/queue:Queue"): {
        REPLACEMENT: {"FifoQueue": "fifoQueue", "QueueName": "name"},
        IN_PLACE: {
            "ContentBasedDeduplication": "contentBasedDeduplication",
            "DelaySeconds": "delaySeconds",
            "KmsDataKeyReusePeriodSeconds": "kmsDataKeyReusePeriodSeconds",
            "KmsMasterKeyId": "kmsMasterKeyId",
            "MaximumMessageSize": "maxMessageSize",
            "MessageRetentionPeriod": "messageRetentionSeconds",
            "ReceiveMessageWaitTimeSeconds": "receiveWaitTimeSeconds",
            "RedrivePolicy": "redrivePolicy",
            "Tags": "tags",
            "VisibilityTimeout": "visibilityTimeoutSeconds",
        },
    },
    (f"{_CLOUDFORMATION}aws-resource-efs-filesystem.html", "aws:efs/fileSystem:FileSystem"): {
        REPLACEMENT: {
            "Encrypted": "encrypted",
            "KmsKeyId": "kmsKeyId",
            "PerformanceMode": "performanceMode",
        },
        IN_PLACE: {
            "FileSystemTags": "tags",
            "ProvisionedThroughputInMibps": "provisionedThroughputInMibps",
            "ThroughputMode": "throughputMode",
        },
    },
    (f"{_CLOUDFORMATION}aws-resource-ec2-volume.html", "aws:ebs/volume:Volume"): {
        IN_PLACE: {"Iops": "iops", "Size": "size", "Tags": "tags", "VolumeType": "type"},
    },
    (f"{_CLOUDFORMATION}aws-resource-redshift-cluster.html", "aws:redshift/cluster:Cluster"): {
        REPLACEMENT: {
            "ClusterIdentifier": "clusterIdentifier",
            "ClusterSubnetGroupName": "clusterSubnetGroupName",
            "MasterUsername": "masterUsername",
        },
        IN_PLACE: {
            "AllowVersionUpgrade": "allowVersionUpgrade",
            "AutomatedSnapshotRetentionPeriod": "automatedSnapshotRetentionPeriod",
            "ClusterParameterGroupName": "clusterParameterGroupName",
            "IamRoles": "iamRoles",
            "MasterUserPassword": "masterPassword",
            "NodeType": "nodeType",
            "NumberOfNodes": "numberOfNodes",
            "PreferredMaintenanceWindow": "preferredMaintenanceWindow",
        },
    },
    (f"{_CLOUDFORMATION}aws-resource-kinesis-stream.html", "aws:kinesis/stream:Stream"): {
        REPLACEMENT: {"Name": "name"},
        IN_PLACE: {
            "RetentionPeriodHours": "retentionPeriod",
            "ShardCount": "shardCount",
            "StreamEncryption, KeyId": "kmsKeyId",
            "Tags": "tags",
        },
    },
    (
        f"{_CLOUDFORMATION}aws-resource-elasticache-replicationgroup.html",
        "aws:elasticache/replicationGroup:ReplicationGroup",
    ): {
        REPLACEMENT: {
            "CacheSubnetGroupName": "subnetGroupName",
            "GlobalReplicationGroupId": "globalReplicationGroupId",
            "KmsKeyId": "kmsKeyId",
            "Port": "port",
            "ReplicationGroupId": "replicationGroupId",
        },
        IN_PLACE: {
            "AutomaticFailoverEnabled": "automaticFailoverEnabled",
            "CacheNodeType": "nodeType",
            "CacheParameterGroupName": "parameterGroupName",
            "NotificationTopicArn": "notificationTopicArn",
            "NumCacheClusters": "numCacheClusters",
            "PreferredMaintenanceWindow": "maintenanceWindow",
            "ReplicationGroupDescription": "description",
        },
    },
    (
        f"{_CLOUDFORMATION}aws-properties-elasticache-cache-cluster.html",
        "aws:elasticache/cluster:Cluster",
    ): {
        REPLACEMENT: {
            "CacheSubnetGroupName": "subnetGroupName",
            "ClusterName": "clusterId",
            "Engine": "engine",
            "Port": "port",
            "SnapshotArns": "snapshotArns",
            "SnapshotName": "snapshotName",
        },
        IN_PLACE: {
            "NotificationTopicArn": "notificationTopicArn",
            "PreferredMaintenanceWindow": "maintenanceWindow",
            "SnapshotRetentionLimit": "snapshotRetentionLimit",
            "SnapshotWindow": "snapshotWindow",
            "Tags": "tags",
            "VpcSecurityGroupIds": "securityGroupIds",
        },
    },
    (f"{_CLOUDFORMATION}aws-resource-docdb-dbcluster.html", "aws:docdb/cluster:Cluster"): {
        REPLACEMENT: {
            "AvailabilityZones": "availabilityZones",
            "DBClusterIdentifier": "clusterIdentifier",
            "DBSubnetGroupName": "dbSubnetGroupName",
            "KmsKeyId": "kmsKeyId",
            "MasterUsername": "masterUsername",
            "SnapshotIdentifier": "snapshotIdentifier",
            "StorageEncrypted": "storageEncrypted",
        },
        IN_PLACE: {
            "BackupRetentionPeriod": "backupRetentionPeriod",
            "DBClusterParameterGroupName": "dbClusterParameterGroupName",
            "MasterUserPassword": "masterPassword",
            "PreferredBackupWindow": "preferredBackupWindow",
            "PreferredMaintenanceWindow": "preferredMaintenanceWindow",
            "Tags": "tags",
            "VpcSecurityGroupIds": "vpcSecurityGroupIds",
        },
    },
    (f"{_CLOUDFORMATION}aws-resource-neptune-dbcluster.html", "aws:neptune/cluster:Cluster"): {
        REPLACEMENT: {
            "AvailabilityZones": "availabilityZones",
            "DBClusterIdentifier": "clusterIdentifier",
            "DBSubnetGroupName": "neptuneSubnetGroupName",
            "KmsKeyId": "kmsKeyArn",
            "SnapshotIdentifier": "snapshotIdentifier",
            "StorageEncrypted": "storageEncrypted",
        },
        IN_PLACE: {
            "DBClusterParameterGroupName": "neptuneClusterParameterGroupName",
            "IamAuthEnabled": "iamDatabaseAuthenticationEnabled",
            "PreferredBackupWindow": "preferredBackupWindow",
            "Tags": "tags",
            "VpcSecurityGroupIds": "vpcSecurityGroupIds",
        },
    },
    **{
        (f"{_CLOUDFORMATION}aws-resource-fsx-filesystem.html", token): {
            REPLACEMENT: {
                "BackupId": "backupId",
                "KmsKeyId": "kmsKeyId",
                "SecurityGroupIds": "securityGroupIds",
                "SubnetIds": "subnetIds",
            },
            IN_PLACE: {"Tags": "tags"},
        }
        for token in (
            "aws:fsx/lustreFileSystem:LustreFileSystem",
            "aws:fsx/windowsFileSystem:WindowsFileSystem",
        )
    },
    (f"{_TERRAFORM}cloudwatch_log_group", "aws:cloudwatch/logGroup:LogGroup"): {
        NEW_RESOURCE: {"name": "name", "name_prefix": "namePrefix"},
    },
    (f"{_TERRAFORM}s3_bucket", "aws:s3/bucket:Bucket"): {
        NEW_RESOURCE: {"bucket": "bucket", "bucket_prefix": "bucketPrefix"},
    },
}


# What the provider does otherwise than CloudFormation.
_OTHERWISE: Mapping[tuple[str, str], Mapping[str, Mapping[str, str]]] = {
    (f"{_CLOUDFORMATION}aws-resource-rds-dbinstance.html", "aws:rds/instance:Instance"): {
        REPLACEMENT: {
            # The provider renames it: hashicorp/terraform-provider-aws, pull request 32687.
            "DBInstanceIdentifier": "identifier",
            "DBSubnetGroupName": "dbSubnetGroupName",
            "PerformanceInsightsKMSKeyId": "performanceInsightsKmsKeyId",
            "Port": "port",
        },
        INTERRUPTED: {
            "AvailabilityZone": "availabilityZone",
            "DBSnapshotIdentifier": "snapshotIdentifier",
            "Engine": "engine",
        },
    },
    (f"{_CLOUDFORMATION}aws-resource-rds-dbcluster.html", "aws:rds/cluster:Cluster"): {
        INTERRUPTED: {"Engine": "engine", "MasterUsername": "masterUsername"},
    },
    # `database_name` has no `ForceNew`: the provider plans an update, which changes nothing.
    (f"{_CLOUDFORMATION}aws-resource-redshift-cluster.html", "aws:redshift/cluster:Cluster"): {
        REPLACEMENT: {"DBName": "databaseName"},
    },
}


def said() -> Iterator[Said]:
    """All that the pages say of changes that the provider makes likewise."""
    return _of(_PAGES)


def said_otherwise() -> Iterator[Said]:
    """What the pages of CloudFormation say, and the provider does not do."""
    return _of(_OTHERWISE)


def _of(pages: Mapping[tuple[str, str], Mapping[str, Mapping[str, str]]]) -> Iterator[Said]:
    for (page, type_), quotes in pages.items():
        for quote, names in quotes.items():
            for name, path in names.items():
                yield Said(page, name, quote, type_, path)
