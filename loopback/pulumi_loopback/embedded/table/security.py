"""Roles and keys."""

from collections.abc import Mapping

from pulumi_loopback.embedded.entry import Call, Entry, Tagging

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
