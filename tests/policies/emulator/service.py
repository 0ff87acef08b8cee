"""moto as a service on the loopback, and how to ask it for what a Pulumi resource declares."""

import json
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import boto3
from moto.server import ThreadedMotoServer

from aws_policy_pack.testing import Example

ACCOUNT = "111122223333"
"""The account in the examples' ARNs; each `Aws` has one of its own in its place."""

QUEUE = "aws:sqs/queue:Queue"
REPOSITORY = "aws:ecr/repository:Repository"
LOG_GROUP = "aws:cloudwatch/logGroup:LogGroup"
BUCKET = "aws:s3/bucket:Bucket"
DATABASE = "aws:rds/instance:Instance"
TARGET_GROUP = "aws:lb/targetGroup:TargetGroup"
SECURITY_GROUP = "aws:ec2/securityGroup:SecurityGroup"
ROLE = "aws:iam/role:Role"
POLICY = "aws:iam/policy:Policy"
TASK_DEFINITION = "aws:ecs/taskDefinition:TaskDefinition"
SECRET = "aws:secretsmanager/secret:Secret"  # noqa: S105 - a type token
SECRET_ROTATION = "aws:secretsmanager/secretRotation:SecretRotation"  # noqa: S105 - a type token
KEY_ALIAS = "aws:kms/alias:Alias"


# The stubs want the names of services as literals.
_NEW_CLIENT: Any = boto3.client


class Aws:
    """An empty account in moto; what it refuses raises botocore's `ClientError`."""

    def __init__(self, endpoint: str) -> None:
        self._endpoint = endpoint
        self._account = f"{uuid.uuid4().int % 10**12:012}"
        self._vpcs: dict[str, str] = {}

    def client(self, service: str) -> Any:  # noqa: ANN401 - boto3 makes its classes as it runs
        """A client for one service, in this account."""
        client = _NEW_CLIENT(
            service,
            endpoint_url=self._endpoint,
            region_name="us-east-1",
            aws_access_key_id="none",
            aws_secret_access_key="none",  # noqa: S106 - no key
        )
        client.meta.events.register("before-sign", self._choose_account)
        return client

    def create(self, resources: Sequence[Example]) -> None:
        """Creates resources one after the other, as the provider would."""
        for resource in resources:
            text = json.dumps(resource.properties).replace(ACCOUNT, self._account)
            _CREATE[resource.type](self, json.loads(text))

    def vpc(self, name: str) -> str:
        """The id of the VPC that the examples call by this name."""
        if name not in self._vpcs:
            created = self.client("ec2").create_vpc(CidrBlock="10.0.0.0/16")
            self._vpcs[name] = created["Vpc"]["VpcId"]
        return self._vpcs[name]

    def _choose_account(self, request: Any, **_: object) -> None:  # noqa: ANN401 - botocore's
        request.headers["x-moto-account-id"] = self._account


@contextmanager
def moto() -> Iterator[str]:
    """Runs moto on a free port; gives its URL."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        yield f"http://{host}:{port}"
    finally:
        server.stop()


def _queue(aws: Aws, given: Mapping[str, Any]) -> None:
    attributes = {name[0].upper() + name[1:]: _text(value) for name, value in given.items()}
    # The two attributes that the provider calls by other names.
    renamed = {"MaxMessageSize": "MaximumMessageSize"}
    name = attributes.pop("Name")
    aws.client("sqs").create_queue(
        QueueName=name,
        Attributes={renamed.get(key, key): value for key, value in attributes.items()},
    )


def _text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _database(aws: Aws, given: Mapping[str, Any]) -> None:
    aws.client("rds").create_db_instance(
        DBInstanceIdentifier=given["identifier"],
        DBInstanceClass="db.t4g.micro",
        Engine="postgres",
        AllocatedStorage=20,
        MasterUsername="app",
        ManageMasterUserPassword=True,
    )


def _target_group(aws: Aws, given: Mapping[str, Any]) -> None:
    aws.client("elbv2").create_target_group(
        Name=given["name"], Protocol="HTTP", Port=80, VpcId=aws.vpc("vpc")
    )


def _security_group(aws: Aws, given: Mapping[str, Any]) -> None:
    aws.client("ec2").create_security_group(
        GroupName=given["name"], Description="Web", VpcId=aws.vpc(given["vpcId"])
    )


def _role(aws: Aws, given: Mapping[str, Any]) -> None:
    aws.client("iam").create_role(RoleName=given["name"], AssumeRolePolicyDocument="{}")


def _policy(aws: Aws, given: Mapping[str, Any]) -> None:
    aws.client("iam").create_policy(PolicyName="policy", PolicyDocument=given["policy"])


def _task_definition(aws: Aws, given: Mapping[str, Any]) -> None:
    containers = json.loads(given["containerDefinitions"])
    aws.client("ecs").register_task_definition(
        family=given["family"], containerDefinitions=containers
    )


def _rotation(aws: Aws, given: Mapping[str, Any]) -> None:
    days = given["rotationRules"]["automaticallyAfterDays"]
    aws.client("secretsmanager").rotate_secret(
        SecretId=given["secretId"], RotationRules={"AutomaticallyAfterDays": days}
    )


def _alias(aws: Aws, given: Mapping[str, Any]) -> None:
    kms = aws.client("kms")
    key = kms.create_key()["KeyMetadata"]["KeyId"]
    kms.create_alias(AliasName=given["name"], TargetKeyId=key)


_CREATE: Mapping[str, Callable[[Aws, Mapping[str, Any]], object]] = {
    QUEUE: _queue,
    REPOSITORY: lambda aws, given: aws.client("ecr").create_repository(
        repositoryName=given["name"]
    ),
    LOG_GROUP: lambda aws, given: aws.client("logs").create_log_group(logGroupName=given["name"]),
    BUCKET: lambda aws, given: aws.client("s3").create_bucket(Bucket=given["bucket"]),
    DATABASE: _database,
    TARGET_GROUP: _target_group,
    SECURITY_GROUP: _security_group,
    ROLE: _role,
    POLICY: _policy,
    TASK_DEFINITION: _task_definition,
    SECRET: lambda aws, given: aws.client("secretsmanager").create_secret(
        Name=given["name"], SecretString="none"
    ),
    SECRET_ROTATION: _rotation,
    KEY_ALIAS: _alias,
}
