"""Roles and keys, and what containers run from, where, and what they print."""

from collections.abc import Mapping

from pulumi_loopback.embedded.api import Call, Entry, Tagging

_PUT_ROLE_POLICY = Call(
    "PutRolePolicy", "{RoleName: role, PolicyName: name, PolicyDocument: policy}"
)

SECURITY: Mapping[str, Entry] = {
    "aws:iam/role:Role": Entry(
        service="iam",
        create=(Call("CreateRole", by_name=True),),
        id="result.Role.RoleName",
        update=(
            Call(
                "UpdateAssumeRolePolicy",
                "{RoleName: id, PolicyDocument: assumeRolePolicy}",
                when=("assumeRolePolicy",),
            ),
            Call(
                "UpdateRole",
                "{RoleName: id, Description: description, MaxSessionDuration: maxSessionDuration}",
                when=("description", "maxSessionDuration"),
            ),
        ),
        read=(Call("GetRole", "{RoleName: id}", result="Role"),),
        delete=(Call("DeleteRole", "{RoleName: id}"),),
        names={
            "name": "RoleName",
            "assumeRolePolicy": "AssumeRolePolicyDocument",
            "uniqueId": "RoleId",
        },
        tagging=Tagging(
            put=Call("TagRole", "{RoleName: id, Tags: tags}"),
            remove=Call("UntagRole", "{RoleName: id, TagKeys: keys}"),
        ),
    ),
    "aws:iam/rolePolicy:RolePolicy": Entry(
        service="iam",
        create=(_PUT_ROLE_POLICY,),
        id="join(':', [role, name])",
        update=(_PUT_ROLE_POLICY,),
        read=(Call("GetRolePolicy", "{RoleName: role, PolicyName: name}"),),
        delete=(Call("DeleteRolePolicy", "{RoleName: role, PolicyName: name}"),),
        names={"role": "RoleName", "name": "PolicyName", "policy": "PolicyDocument"},
    ),
    "aws:kms/key:Key": Entry(
        service="kms",
        create=(Call("CreateKey", by_name=True),),
        id="result.KeyMetadata.KeyId",
        settings=(
            Call(
                "EnableKeyRotation",
                "enableKeyRotation && {KeyId: id, RotationPeriodInDays: rotationPeriodInDays}",
                when=("enableKeyRotation", "rotationPeriodInDays"),
            ),
        ),
        update=(
            Call(
                "DisableKeyRotation",
                "!enableKeyRotation && {KeyId: id}",
                when=("enableKeyRotation",),
            ),
            Call(
                "PutKeyPolicy",
                "{KeyId: id, PolicyName: 'default', Policy: policy}",
                when=("policy",),
            ),
            Call(
                "UpdateKeyDescription",
                "{KeyId: id, Description: description}",
                when=("description",),
            ),
        ),
        read=(
            Call(
                "DescribeKey",
                "{KeyId: id}",
                result="KeyMetadata.KeyState != 'PendingDeletion' && KeyMetadata",
            ),
            Call("GetKeyPolicy", "{KeyId: id, PolicyName: 'default'}", result="{policy: Policy}"),
            Call(
                "GetKeyRotationStatus",
                "{KeyId: id}",
                result="{enableKeyRotation: KeyRotationEnabled}",
            ),
        ),
        delete=(
            Call("ScheduleKeyDeletion", "{KeyId: id, PendingWindowInDays: deletionWindowInDays}"),
        ),
        tagging=Tagging(
            put=Call("TagResource", "{KeyId: id, Tags: tags}"),
            remove=Call("UntagResource", "{KeyId: id, TagKeys: keys}"),
            read=Call("ListResourceTags", "{KeyId: id}", result="Tags"),
        ),
    ),
    "aws:kms/alias:Alias": Entry(
        service="kms",
        create=(Call("CreateAlias", "{AliasName: name, TargetKeyId: targetKeyId}"),),
        id="name",
        update=(Call("UpdateAlias", "{AliasName: id, TargetKeyId: targetKeyId}"),),
        read=(
            Call(
                "ListAliases",
                "{KeyId: targetKeyId}",
                result="Aliases[?AliasName == '$id'] | [0]",
            ),
        ),
        delete=(Call("DeleteAlias", "{AliasName: id}"),),
        names={"name": "AliasName", "arn": "AliasArn"},
    ),
}


_TAGS = Tagging(
    put=Call("TagResource", "{resourceArn: arn, tags: tags}"),
    remove=Call("UntagResource", "{resourceArn: arn, tagKeys: keys}"),
    read=Call("ListTagsForResource", "{resourceArn: arn}", result="tags"),
)
_NETWORK = """networkConfiguration && {awsvpcConfiguration: {
    subnets: networkConfiguration.subnets,
    securityGroups: networkConfiguration.securityGroups,
    assignPublicIp: networkConfiguration.assignPublicIp && 'ENABLED' || 'DISABLED'
}}"""
_DEPLOYMENT = """{
    maximumPercent: deploymentMaximumPercent,
    minimumHealthyPercent: deploymentMinimumHealthyPercent,
    deploymentCircuitBreaker: deploymentCircuitBreaker
}"""
_PUT_LIFECYCLE = Call(
    "PutLifecyclePolicy", "{repositoryName: repository, lifecyclePolicyText: policy}"
)

CONTAINERS: Mapping[str, Entry] = {
    "aws:ecr/repository:Repository": Entry(
        service="ecr",
        create=(
            Call(
                "CreateRepository",
                "{encryptionConfiguration: encryptionConfigurations[0]}",
                by_name=True,
            ),
        ),
        id="result.repository.repositoryName",
        update=(
            Call(
                "PutImageScanningConfiguration",
                "{repositoryName: id, imageScanningConfiguration: imageScanningConfiguration}",
                when=("imageScanningConfiguration",),
            ),
            Call(
                "PutImageTagMutability",
                "{repositoryName: id, imageTagMutability: imageTagMutability}",
                when=("imageTagMutability",),
            ),
        ),
        read=(Call("DescribeRepositories", "{repositoryNames: [id]}", result="repositories[0]"),),
        delete=(Call("DeleteRepository", "{repositoryName: id, force: forceDelete}"),),
        names={
            "name": "repositoryName",
            "arn": "repositoryArn",
            "repositoryUrl": "repositoryUri",
            "encryptionConfigurations": "encryptionConfiguration",
        },
        tagging=_TAGS,
    ),
    "aws:ecr/lifecyclePolicy:LifecyclePolicy": Entry(
        service="ecr",
        create=(_PUT_LIFECYCLE,),
        id="repository",
        update=(_PUT_LIFECYCLE,),
        read=(Call("GetLifecyclePolicy", "{repositoryName: id}"),),
        delete=(Call("DeleteLifecyclePolicy", "{repositoryName: id}"),),
        names={"policy": "lifecyclePolicyText", "repository": "repositoryName"},
    ),
    "aws:ecs/cluster:Cluster": Entry(
        service="ecs",
        create=(Call("CreateCluster", by_name=True),),
        id="result.cluster.clusterArn",
        update=(Call("UpdateCluster", "{cluster: id}", by_name=True),),
        read=(
            Call(
                "DescribeClusters",
                "{clusters: [id], include: ['SETTINGS', 'CONFIGURATIONS']}",
                result="clusters[?status == 'ACTIVE'] | [0]",
            ),
        ),
        delete=(Call("DeleteCluster", "{cluster: id}"),),
        names={"name": "clusterName", "arn": "clusterArn"},
        tagging=_TAGS,
    ),
    "aws:ecs/taskDefinition:TaskDefinition": Entry(
        service="ecs",
        create=(Call("RegisterTaskDefinition", by_name=True),),
        id="result.taskDefinition.family",
        read=(
            Call(
                "DescribeTaskDefinition",
                "{taskDefinition: arn || result.taskDefinition.taskDefinitionArn || id}",
                result="taskDefinition.status == 'ACTIVE' && taskDefinition",
            ),
        ),
        delete=(Call("DeregisterTaskDefinition", "{taskDefinition: arn}"),),
        names={"arn": "taskDefinitionArn"},
        tagging=_TAGS,
    ),
    "aws:ecs/service:Service": Entry(
        service="ecs",
        create=(
            Call(
                "CreateService",
                f"{{networkConfiguration: {_NETWORK}, deploymentConfiguration: {_DEPLOYMENT}}}",
                by_name=True,
            ),
        ),
        id="result.service.serviceArn",
        update=(
            Call(
                "UpdateService",
                "{service: id, cluster: cluster,"
                f" networkConfiguration: {_NETWORK}, deploymentConfiguration: {_DEPLOYMENT}}}",
                by_name=True,
            ),
        ),
        read=(
            Call(
                "DescribeServices",
                "{cluster: cluster, services: [id]}",
                result="""services[?status == 'ACTIVE'].merge(@, {
                    networkConfiguration: networkConfiguration.awsvpcConfiguration.{
                        subnets: subnets, securityGroups: securityGroups,
                        assignPublicIp: assignPublicIp == 'ENABLED'
                    },
                    deploymentMaximumPercent: deploymentConfiguration.maximumPercent,
                    deploymentMinimumHealthyPercent: deploymentConfiguration.minimumHealthyPercent,
                    deploymentCircuitBreaker: deploymentConfiguration.deploymentCircuitBreaker
                }) | [0]""",
            ),
        ),
        delete=(Call("DeleteService", "{cluster: cluster, service: id, force: `true`}"),),
        names={"name": "serviceName", "arn": "serviceArn", "cluster": "clusterArn"},
        tagging=_TAGS,
    ),
    "aws:cloudwatch/logGroup:LogGroup": Entry(
        service="logs",
        create=(Call("CreateLogGroup", by_name=True),),
        id="name",
        settings=(
            Call(
                "PutRetentionPolicy",
                "retentionInDays && {logGroupName: id, retentionInDays: retentionInDays}",
                when=("retentionInDays",),
            ),
        ),
        update=(
            Call("AssociateKmsKey", "{logGroupName: id, kmsKeyId: kmsKeyId}", when=("kmsKeyId",)),
        ),
        read=(
            Call(
                "DescribeLogGroups",
                "{logGroupNamePrefix: id}",
                result="logGroups[?logGroupName == '$id'] | [0]",
            ),
        ),
        delete=(Call("DeleteLogGroup", "{logGroupName: id}"),),
        # The API writes `:*` behind the ARN, Pulumi's provider does not.
        names={"name": "logGroupName", "arn": None},
        tagging=Tagging(
            put=Call("TagLogGroup", "{logGroupName: id, tags: tags}"),
            remove=Call("UntagLogGroup", "{logGroupName: id, tags: keys}"),
            read=Call("ListTagsLogGroup", "{logGroupName: id}", result="tags"),
        ),
    ),
}
