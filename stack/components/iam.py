"""IAM roles with least-privilege policies, written as data."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_aws as aws

POLICY_VERSION = "2012-10-17"


@dataclass(frozen=True, slots=True, kw_only=True)
class Allow:
    """One statement that allows `actions` on `resources`."""

    sid: str
    actions: Sequence[str]
    resources: Sequence[pulumi.Input[str]]

    def document(self) -> dict[str, Any]:
        """The statement in the JSON shape of an IAM policy."""
        return {
            "Sid": self.sid,
            "Effect": "Allow",
            "Action": list(self.actions),
            "Resource": list(self.resources),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """A role and its inline policy, which users of the role wait for."""

    arn: pulumi.Output[str]
    policy: aws.iam.RolePolicy


def policy_json(statements: Sequence[Allow]) -> pulumi.Output[str]:
    """The policy document; unknown until every ARN in it is known."""
    return pulumi.Output.json_dumps(
        {
            "Version": POLICY_VERSION,
            "Statement": [statement.document() for statement in statements],
        }
    )


def create_service_role(
    name: str,
    *,
    physical_name: str,
    service: str,
    statements: Sequence[Allow],
    opts: pulumi.ResourceOptions,
) -> Role:
    """Creates a role that only the AWS service `service` may assume, with one inline policy."""
    role = aws.iam.Role(
        name,
        name=physical_name,
        assume_role_policy=pulumi.Output.json_dumps(
            {
                "Version": POLICY_VERSION,
                "Statement": [
                    {
                        "Effect": "Allow",
                        "Principal": {"Service": service},
                        "Action": "sts:AssumeRole",
                    }
                ],
            }
        ),
        opts=opts,
    )
    policy = aws.iam.RolePolicy(
        f"{name}-policy", role=role.name, policy=policy_json(statements), opts=opts
    )
    return Role(arn=role.arn, policy=policy)


def execution_role_statements(
    *,
    repository_arn: pulumi.Input[str],
    log_group_arn: pulumi.Output[str],
    secret_arns: Sequence[pulumi.Input[str]],
) -> list[Allow]:
    """What ECS itself does for a task: pull the image, write its logs, read its secrets."""
    statements = [
        # The only ECR action that cannot be limited to a repository:
        # https://docs.aws.amazon.com/AmazonECR/latest/userguide/security_iam_service-with-iam.html
        Allow(
            sid="LogInToRegistry",
            actions=["ecr:GetAuthorizationToken"],
            resources=["*"],
        ),
        Allow(
            sid="PullImage",
            actions=[
                "ecr:BatchCheckLayerAvailability",
                "ecr:BatchGetImage",
                "ecr:GetDownloadUrlForLayer",
            ],
            resources=[repository_arn],
        ),
        Allow(
            sid="WriteLogs",
            actions=["logs:CreateLogStream", "logs:PutLogEvents"],
            resources=[pulumi.Output.concat(log_group_arn, ":*")],
        ),
    ]
    if secret_arns:
        statements.append(
            Allow(
                sid="ReadSecrets",
                actions=["secretsmanager:GetSecretValue"],
                resources=secret_arns,
            )
        )
    return statements
