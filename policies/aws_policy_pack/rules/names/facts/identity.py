"""Names in IAM, KMS, Secrets Manager, Parameter Store and S3."""

import re
from typing import Final

from aws_policy_pack.rules.names.facts.model import ACCOUNT, AWS, Limits, NameFact

IAM: Final = "https://docs.aws.amazon.com/IAM/latest/APIReference"
BUCKET: Final = re.compile(
    r"(?!xn--|sthree-|amzn-s3-demo-)(?!\d+\.\d+\.\d+\.\d+$)(?!.*\.\.)"
    r"[a-z0-9][a-z0-9.-]*[a-z0-9]"
    r"(?<!-s3alias)(?<!--ol-s3)(?<!\.mrap)(?<!--x-s3)(?<!--table-s3)"
)


def iam(longest: int) -> Limits:
    """The form of all names in IAM."""
    return Limits(
        longest=longest,
        pattern=re.compile(r"[A-Za-z0-9_+=,.@-]+"),
        form="letters, digits and the characters _+=,.@-",
    )


FACTS: Final = (
    NameFact(
        what="IAM role",
        types=("aws:iam/role:Role",),
        prefix_path="namePrefix",
        scope=ACCOUNT,
        folds_case=True,
        limits=iam(64),
        source=f"{IAM}/API_CreateRole.html",
    ),
    NameFact(
        what="IAM policy",
        types=("aws:iam/policy:Policy",),
        prefix_path="namePrefix",
        scope=ACCOUNT,
        folds_case=True,
        limits=iam(128),
        source=f"{IAM}/API_CreatePolicy.html",
    ),
    NameFact(
        what="IAM user",
        types=("aws:iam/user:User",),
        scope=ACCOUNT,
        folds_case=True,
        limits=iam(64),
        source=f"{IAM}/API_CreateUser.html",
    ),
    NameFact(
        what="IAM group",
        types=("aws:iam/group:Group",),
        scope=ACCOUNT,
        folds_case=True,
        limits=iam(128),
        source=f"{IAM}/API_CreateGroup.html",
    ),
    NameFact(
        what="instance profile",
        types=("aws:iam/instanceProfile:InstanceProfile",),
        prefix_path="namePrefix",
        scope=ACCOUNT,
        folds_case=True,
        limits=iam(128),
        source=f"{IAM}/API_CreateInstanceProfile.html",
    ),
    NameFact(
        what="KMS alias",
        types=("aws:kms/alias:Alias",),
        prefix_path="namePrefix",
        limits=Limits(
            longest=256,
            pattern=re.compile(r"alias/(?!aws/)[A-Za-z0-9/_-]+"),
            form="`alias/`, then letters, digits, slashes, underscores and hyphens, but not `aws/`",
        ),
        source="https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateAlias.html",
    ),
    NameFact(
        what="secret",
        types=("aws:secretsmanager/secret:Secret",),
        prefix_path="namePrefix",
        limits=Limits(
            longest=512,
            pattern=re.compile(r"[A-Za-z0-9/_+=.@-]+"),
            form="letters, digits and the characters /_+=.@-",
        ),
        source="https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_CreateSecret.html",
    ),
    NameFact(
        what="SSM parameter",
        types=("aws:ssm/parameter:Parameter",),
        limits=Limits(
            longest=1011,
            pattern=re.compile(r"(?!/?(aws|ssm))[A-Za-z0-9_./-]+", re.IGNORECASE),
            form="letters, digits, dots, hyphens, underscores and slashes, without aws or ssm in "
            "front",
        ),
        source="https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_PutParameter.html",
    ),
    NameFact(
        what="S3 bucket",
        types=("aws:s3/bucket:Bucket", "aws:s3/bucketV2:BucketV2"),
        path="bucket",
        prefix_path="bucketPrefix",
        scope=AWS,
        limits=Limits(
            longest=63,
            shortest=3,
            pattern=BUCKET,
            form="lower-case letters, digits, single dots and hyphens, with a letter or digit at "
            "either end, and none of S3's reserved beginnings and endings",
        ),
        source="https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html",
    ),
)
