"""Queues and databases."""

from collections.abc import Mapping

from pulumi_loopback.embedded.entry import Call, Entry, Tagging

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
