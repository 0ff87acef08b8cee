"""Container image repositories: what is pushed, and who can pull it."""

from aws_policy_pack.policy_documents import is_public, named_actions, statements
from aws_policy_pack.resource import Properties, Resource
from aws_policy_pack.rule import Changes, Finding, Findings, Kind, Severity, resource_rule
from aws_policy_pack.type_tokens import REPOSITORY
from aws_policy_pack.wording import shown

REPOSITORY_POLICY = "aws:ecr/repositoryPolicy:RepositoryPolicy"
REGISTRY_POLICY = "aws:ecr/registryPolicy:RegistryPolicy"

IMMUTABLE = ("IMMUTABLE", "IMMUTABLE_WITH_EXCLUSION")
KMS = ("KMS", "KMS_DSSE")
NO_KEY = (None, "")


def scan_what_is_pushed(repository: Resource) -> Changes:
    """Switches the scan on."""
    if repository.flag("imageScanningConfiguration.scanOnPush"):
        return {}
    return {"imageScanningConfiguration": {"scanOnPush": True}}


@resource_rule(
    "ecr-scan-on-push",
    REPOSITORY,
    kind=Kind.PRACTICE,
    severity=Severity.HIGH,
    summary="Repositories scan the images that are pushed",
    why="A known hole in a base image is only found if somebody looks.",
    url="https://docs.aws.amazon.com/securityhub/latest/userguide/ecr-controls.html#ecr-1",
    controls=("Security Hub ECR.1", "CKV_AWS_163", "NIST.800-53.r5 RA-5"),
    good={"imageScanningConfiguration": {"scanOnPush": True}},
    bad={"imageScanningConfiguration": {"scanOnPush": False}},
    fix=scan_what_is_pushed,
)
def scan_on_push(repository: Resource) -> Findings:
    """Without the setting, only the registry's own configuration can make ECR scan.

    Most registries are configured outside the stack:
    https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-scanning.html
    """
    if not repository.flag("imageScanningConfiguration.scanOnPush"):
        yield Finding(
            problem="`imageScanningConfiguration.scanOnPush` is "
            f"{shown(repository.raw('imageScanningConfiguration.scanOnPush'))}",
            wanted="true, unless the registry scans what is pushed to it",
            fix="Set `imageScanningConfiguration.scanOnPush` to true",
        )


@resource_rule(
    "ecr-immutable-tags",
    REPOSITORY,
    kind=Kind.PRACTICE,
    severity=Severity.MEDIUM,
    summary="Image tags cannot be pushed again",
    why="A tag that moves lets the same task definition start another image tomorrow.",
    url="https://docs.aws.amazon.com/securityhub/latest/userguide/ecr-controls.html#ecr-2",
    controls=("Security Hub ECR.2", "CKV_AWS_51"),
    good={"imageTagMutability": "IMMUTABLE"},
    bad={"imageTagMutability": "MUTABLE"},
)
def immutable_tags(repository: Resource) -> Findings:
    """Tags are mutable unless the repository says otherwise; exclusions from immutability pass."""
    mutability = repository.text("imageTagMutability")
    if mutability not in IMMUTABLE:
        yield Finding(
            problem=f"`imageTagMutability` is {shown(mutability)}",
            wanted="'IMMUTABLE', or 'IMMUTABLE_WITH_EXCLUSION' for the tags that have to move",
            fix="Set `imageTagMutability` to 'IMMUTABLE', and push each image under a tag of "
            "its own",
        )


@resource_rule(
    "ecr-encrypted",
    REPOSITORY,
    kind=Kind.PRACTICE,
    severity=Severity.LOW,
    summary="Images are encrypted with a key of the account",
    why="With the registry's own key, nobody can see or withdraw who reads the images.",
    url="https://docs.aws.amazon.com/securityhub/latest/userguide/ecr-controls.html#ecr-5",
    controls=("Security Hub ECR.5", "CKV_AWS_136"),
    good={
        "encryptionConfigurations": [
            {
                "encryptionType": "KMS",
                "kmsKey": "arn:aws:kms:eu-west-1:111122223333:alias/images",
            }
        ]
    },
    bad={"encryptionConfigurations": [{"encryptionType": "AES256"}]},
)
def encrypted(repository: Resource) -> Findings:
    """ECR takes AES256 with a key of its own unless told otherwise.

    The provider sends the first configuration, and no key for an empty text:
    https://github.com/hashicorp/terraform-provider-aws/blob/main/internal/service/ecr/repository.go
    """
    configurations = repository.objects("encryptionConfigurations")
    configuration = next(iter(configurations), Properties(dict))
    kind = configuration.text("encryptionType")
    if kind not in KMS:
        yield Finding(
            problem=f"`encryptionType` is {shown(kind)}",
            wanted="'KMS' or 'KMS_DSSE', with a `kmsKey` of the account",
            fix="Set `encryptionConfigurations` to KMS with a `kmsKey`; ECR then makes a new "
            "repository",
        )
    elif configuration.values.get("kmsKey") in NO_KEY:
        yield Finding(
            problem=f"`encryptionType` is {shown(kind)} without `kmsKey`, so the key is AWS's",
            wanted="a `kmsKey` of the account",
            fix="Set `kmsKey` to the ARN of a key; ECR then makes a new repository",
        )


@resource_rule(
    "ecr-policy-not-public",
    REPOSITORY_POLICY,
    REGISTRY_POLICY,
    kind=Kind.EXPOSES,
    severity=Severity.CRITICAL,
    summary="Images are pulled and pushed only by those whom the policy names",
    why="Everyone who can pull an image reads the code in it; everyone who can push one runs code "
    "in the account.",
    remedy="Name the accounts or roles in `Principal`, or add a condition on `aws:PrincipalOrgID`",
    url="https://docs.aws.amazon.com/AmazonECR/latest/userguide/repository-policies.html",
    controls=("CKV_AWS_32",),
    good={
        "policy": '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": '
        '{"AWS": "arn:aws:iam::111122223333:root"}, "Action": "ecr:BatchGetImage"}]}'
    },
    bad={
        "policy": '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": "*", '
        '"Action": "ecr:BatchGetImage"}]}'
    },
)
def policy_not_public(policy: Resource) -> Findings:
    """A condition that holds the caller to an account, an organisation or the like passes."""
    document = statements(policy.object("policy"))
    for number, statement in enumerate(document, start=1):
        if is_public(statement, document):
            yield Finding(
                part=f"statement {shown(statement.sid or number)} of `policy`",
                problem=f"statement {shown(statement.sid or number)} of `policy` allows "
                f"{named_actions(statement)} to everyone",
                wanted="the accounts or roles that need it",
                fix="Name them in `Principal`, or add a condition on `aws:PrincipalOrgID`",
            )
