"""Queues, databases and buckets."""

from collections.abc import Mapping

from pulumi_loopback.embedded.api import Call, Entry, Tagging

_QUEUE_ATTRIBUTES = """{
    VisibilityTimeout: visibilityTimeoutSeconds, MessageRetentionPeriod: messageRetentionSeconds,
    MaximumMessageSize: maxMessageSize, DelaySeconds: delaySeconds,
    ReceiveMessageWaitTimeSeconds: receiveWaitTimeSeconds, RedrivePolicy: redrivePolicy,
    FifoQueue: fifoQueue && 'true', ContentBasedDeduplication: contentBasedDeduplication,
    DeduplicationScope: deduplicationScope, FifoThroughputLimit: fifoThroughputLimit,
    SqsManagedSseEnabled: sqsManagedSseEnabled, KmsMasterKeyId: kmsMasterKeyId,
    KmsDataKeyReusePeriodSeconds: kmsDataKeyReusePeriodSeconds
}"""
_INSTANCE = """{
    DBInstanceIdentifier: identifier, DBInstanceClass: instanceClass,
    DBParameterGroupName: parameterGroupName, PreferredBackupWindow: backupWindow,
    PreferredMaintenanceWindow: maintenanceWindow,
    EnableIAMDatabaseAuthentication: iamDatabaseAuthenticationEnabled
}"""
_PUT_PARAMETERS = Call(
    "ModifyDBParameterGroup",
    "{DBParameterGroupName: id, Parameters: parameters[].{ParameterName: name,"
    " ParameterValue: value, ApplyMethod: applyMethod}}",
    when=("parameters",),
)
_DATABASE_TAGS = Tagging(
    put=Call("AddTagsToResource", "{ResourceName: arn, Tags: tags}"),
    remove=Call("RemoveTagsFromResource", "{ResourceName: arn, TagKeys: keys}"),
    read=Call("ListTagsForResource", "{ResourceName: arn}", result="TagList"),
)


def _queue_attribute(attribute: str, property_: str) -> Entry:
    """One attribute of a queue that Pulumi has as a resource of its own."""
    put = Call(
        "SetQueueAttributes", f"{{QueueUrl: queueUrl, Attributes: {{{attribute}: {property_}}}}}"
    )
    return Entry(
        service="sqs",
        create=(put,),
        id="queueUrl",
        update=(put,),
        read=(
            Call(
                "GetQueueAttributes",
                f"{{QueueUrl: id, AttributeNames: ['{attribute}']}}",
                result=f"Attributes.{attribute} && Attributes.merge(@, {{queueUrl: '$id'}})",
            ),
        ),
        delete=(Call("SetQueueAttributes", f"{{QueueUrl: id, Attributes: {{{attribute}: ''}}}}"),),
    )


DATA: Mapping[str, Entry] = {
    "aws:sqs/queue:Queue": Entry(
        service="sqs",
        create=(Call("CreateQueue", f"{{Attributes: {_QUEUE_ATTRIBUTES}}}", by_name=True),),
        id="result.QueueUrl",
        update=(
            Call(
                "SetQueueAttributes",
                f"{{QueueUrl: id, Attributes: merge({_QUEUE_ATTRIBUTES},"
                " {FifoQueue: `null`, RedrivePolicy: redrivePolicy || ''})}",
            ),
        ),
        read=(
            Call(
                "GetQueueAttributes",
                "{QueueUrl: id, AttributeNames: ['All']}",
                result="Attributes.merge(@, {url: '$id', redrivePolicy: RedrivePolicy || ''})",
            ),
        ),
        delete=(Call("DeleteQueue", "{QueueUrl: id}"),),
        names={
            "name": "QueueName",
            "arn": "QueueArn",
            "visibilityTimeoutSeconds": "VisibilityTimeout",
            "messageRetentionSeconds": "MessageRetentionPeriod",
            "maxMessageSize": "MaximumMessageSize",
            "receiveWaitTimeSeconds": "ReceiveMessageWaitTimeSeconds",
            # Resources of their own, see below.
            "policy": None,
            "redriveAllowPolicy": None,
        },
        tagging=Tagging(
            put=Call("TagQueue", "{QueueUrl: id, Tags: tags}"),
            remove=Call("UntagQueue", "{QueueUrl: id, TagKeys: keys}"),
            read=Call("ListQueueTags", "{QueueUrl: id}", result="Tags"),
        ),
    ),
    "aws:sqs/queuePolicy:QueuePolicy": _queue_attribute("Policy", "policy"),
    "aws:sqs/redriveAllowPolicy:RedriveAllowPolicy": _queue_attribute(
        "RedriveAllowPolicy", "redriveAllowPolicy"
    ),
    "aws:rds/instance:Instance": Entry(
        service="rds",
        create=(
            Call(
                "CreateDBInstance",
                f"merge({_INSTANCE}, {{MasterUsername: username,"
                " EnableCloudwatchLogsExports: enabledCloudwatchLogsExports})",
                by_name=True,
            ),
        ),
        id="result.DBInstance.DbiResourceId",
        update=(
            Call(
                "ModifyDBInstance",
                f"merge({_INSTANCE}, {{ApplyImmediately: `true`}})",
                by_name=True,
            ),
        ),
        read=(
            Call(
                "DescribeDBInstances",
                "{DBInstanceIdentifier: identifier}",
                result="""DBInstances[].merge(@, {
                    address: Endpoint.Address, port: Endpoint.Port,
                    hostedZoneId: Endpoint.HostedZoneId,
                    endpoint: Endpoint && join(':', [Endpoint.Address, to_string(Endpoint.Port)]),
                    dbSubnetGroupName: DBSubnetGroup.DBSubnetGroupName,
                    parameterGroupName: DBParameterGroups[0].DBParameterGroupName,
                    vpcSecurityGroupIds: VpcSecurityGroups[].VpcSecurityGroupId,
                    masterUserSecrets: MasterUserSecret && [MasterUserSecret]
                }) | [0]""",
            ),
        ),
        delete=(
            Call(
                "DeleteDBInstance",
                "{DBInstanceIdentifier: identifier, SkipFinalSnapshot: skipFinalSnapshot,"
                " FinalDBSnapshotIdentifier: finalSnapshotIdentifier}",
            ),
        ),
        names={
            "identifier": "DBInstanceIdentifier",
            "arn": "DBInstanceArn",
            "resourceId": "DbiResourceId",
            "instanceClass": "DBInstanceClass",
            "username": "MasterUsername",
            "backupWindow": "PreferredBackupWindow",
            "maintenanceWindow": "PreferredMaintenanceWindow",
            "status": "DBInstanceStatus",
            "latestRestorableTime": None,
        },
        tagging=_DATABASE_TAGS,
    ),
    "aws:rds/parameterGroup:ParameterGroup": Entry(
        service="rds",
        create=(Call("CreateDBParameterGroup", by_name=True),),
        id="result.DBParameterGroup.DBParameterGroupName",
        settings=(_PUT_PARAMETERS,),
        read=(
            Call(
                "DescribeDBParameterGroups",
                "{DBParameterGroupName: id}",
                result="DBParameterGroups[0]",
            ),
            Call(
                "DescribeDBParameters",
                "{DBParameterGroupName: id, Source: 'user'}",
                result="{parameters: Parameters[].{name: ParameterName, value: ParameterValue,"
                " applyMethod: ApplyMethod}}",
            ),
        ),
        delete=(Call("DeleteDBParameterGroup", "{DBParameterGroupName: id}"),),
        names={
            "name": "DBParameterGroupName",
            "arn": "DBParameterGroupArn",
            "family": "DBParameterGroupFamily",
        },
        tagging=_DATABASE_TAGS,
    ),
    "aws:rds/subnetGroup:SubnetGroup": Entry(
        service="rds",
        create=(Call("CreateDBSubnetGroup", by_name=True),),
        id="result.DBSubnetGroup.DBSubnetGroupName",
        update=(Call("ModifyDBSubnetGroup", by_name=True),),
        read=(
            Call(
                "DescribeDBSubnetGroups",
                "{DBSubnetGroupName: id}",
                result="DBSubnetGroups[].merge(@, {subnetIds: Subnets[].SubnetIdentifier}) | [0]",
            ),
        ),
        delete=(Call("DeleteDBSubnetGroup", "{DBSubnetGroupName: id}"),),
        names={
            "name": "DBSubnetGroupName",
            "arn": "DBSubnetGroupArn",
            "description": "DBSubnetGroupDescription",
        },
        tagging=_DATABASE_TAGS,
    ),
}


def _about_bucket(
    name: str, put: str, *, shown: str, get: str = "", delete: Call | None = None
) -> Entry:
    """A setting of a bucket.

    Args:
        name: Its name in `PutBucket...` and `GetBucket...`.
        put: The arguments of the call that puts it, but for the bucket.
        shown: What its read tells, nothing where it is not set.
        get: The name in `Get...`, where that differs.
        delete: What deletes it; `DeleteBucket...` where not given.
    """
    call = Call(f"Put{name}", f"{{Bucket: bucket, {put}}}")
    return Entry(
        service="s3",
        create=(call,),
        id="bucket",
        update=(call,),
        read=(Call(f"Get{get or name}", "{Bucket: id}", result=shown),),
        delete=(delete or Call(f"Delete{name}", "{Bucket: id}"),),
    )


# us-east-1 is the region of a bucket that names none, and must not be named. Source: Amazon S3 API
# reference, CreateBucket.
_WHERE = (
    "{Bucket: bucket, CreateBucketConfiguration:"
    " (place != 'us-east-1' && {LocationConstraint: place}) || `null`}"
)


STORAGE: Mapping[str, Entry] = {
    "aws:s3/bucket:Bucket": Entry(
        service="s3",
        create=(Call("CreateBucket", _WHERE),),
        id="bucket",
        read=(Call("HeadBucket", "{Bucket: id}", result="{bucket: '$id', region: BucketRegion}"),),
        delete=(
            Call("ListObjectVersions", "forceDestroy && {Bucket: id}"),
            Call(
                "DeleteObjects",
                "result.[Versions, DeleteMarkers][] && {Bucket: id, Delete: {Objects:"
                " result.[Versions, DeleteMarkers][][].{Key: Key, VersionId: VersionId}}}",
            ),
            Call("DeleteBucket", "{Bucket: id}"),
        ),
        tagging=Tagging(
            put=Call("PutBucketTagging", "{Bucket: id, Tagging: {TagSet: tags}}"),
            # Putting replaces all of them.
            remove=Call("DeleteBucketTagging", "{Bucket: id}"),
            read=Call("GetBucketTagging", "{Bucket: id}", result="TagSet"),
        ),
    ),
    "aws:s3/bucketPolicy:BucketPolicy": _about_bucket("BucketPolicy", "Policy: policy", shown="@"),
    "aws:s3/bucketVersioning:BucketVersioning": _about_bucket(
        "BucketVersioning",
        "VersioningConfiguration: versioningConfiguration",
        shown="Status && {versioningConfiguration: {status: Status}}",
        delete=Call(
            "PutBucketVersioning",
            "{Bucket: id, VersioningConfiguration: {Status: 'Suspended'}}",
        ),
    ),
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": _about_bucket(
        "BucketLifecycleConfiguration",
        "LifecycleConfiguration: {Rules: rules}",
        shown="@",
        delete=Call("DeleteBucketLifecycle", "{Bucket: id}"),
    ),
    "aws:s3/bucketOwnershipControls:BucketOwnershipControls": _about_bucket(
        "BucketOwnershipControls",
        "OwnershipControls: {Rules: [rule]}",
        shown="{rule: OwnershipControls.Rules[0]}",
    ),
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": _about_bucket(
        "PublicAccessBlock",
        "PublicAccessBlockConfiguration: {BlockPublicAcls: blockPublicAcls,"
        " IgnorePublicAcls: ignorePublicAcls, BlockPublicPolicy: blockPublicPolicy,"
        " RestrictPublicBuckets: restrictPublicBuckets}",
        shown="PublicAccessBlockConfiguration",
    ),
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": (
        _about_bucket(
            "BucketEncryption",
            "ServerSideEncryptionConfiguration: {Rules: rules}",
            shown="{rules: ServerSideEncryptionConfiguration.Rules}",
        )
    ),
}
