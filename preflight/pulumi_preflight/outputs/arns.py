"""ARNs by type, as AWS writes them.

Source: the service authorization reference, "Resource types defined by ...", of each service
(https://docs.aws.amazon.com/service-authorization/latest/reference/).
"""

from dataclasses import dataclass

# AWS's own documentation writes this account; it stands where nobody knows the real one.
ACCOUNT = "123456789012"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where resources live.

    Attributes:
        region: Such as `eu-west-1`.
        known_account: The account of 12 digits, `None` where nobody told it.
        made_up_account: The account that stands where nobody told it.
    """

    region: str
    known_account: str | None = None
    made_up_account: str = ACCOUNT

    @property
    def account(self) -> str:
        """The account; where nobody knows it, one that is made up."""
        return self.known_account or self.made_up_account

    @property
    def account_known(self) -> bool:
        """Whether somebody told the account."""
        return self.known_account is not None

    @property
    def partition(self) -> str:
        """The partition of the region."""
        if self.region.startswith("cn-"):
            return "aws-cn"
        return "aws-us-gov" if self.region.startswith("us-gov-") else "aws"

    @property
    def dns_suffix(self) -> str:
        """The domain of the partition's endpoints."""
        return "amazonaws.com.cn" if self.partition == "aws-cn" else "amazonaws.com"

    def arn(self, service: str, resource: str) -> str:
        """Writes an ARN; what a service leaves out of it is left out."""
        region = "" if service in _WITHOUT_REGION else self.region
        account = "" if service in _WITHOUT_ACCOUNT else self.account
        return f"arn:{self.partition}:{service}:{region}:{account}:{resource}"


_WITHOUT_REGION = frozenset({"iam", "s3", "route53", "cloudfront", "globalaccelerator", "budgets"})
_WITHOUT_ACCOUNT = frozenset({"s3", "route53", "apigateway"})

# Module and resource of the type token, in lower case, to service and resource part. `{name}` is
# the physical name or the id, `{short}` 16 and `{uuid}` 32 hexadecimal digits of its own,
# `{revision}` counts what replaced what.
ARN_FORMATS: dict[str, tuple[str, str]] = {
    "acm/certificate": ("acm", "certificate/{uuid}"),
    "alb/listener": ("elasticloadbalancing", "listener/app/{name}/{short}/{short}"),
    "alb/listenerrule": (
        "elasticloadbalancing",
        "listener-rule/app/{name}/{short}/{short}/{short}",
    ),
    "alb/loadbalancer": ("elasticloadbalancing", "loadbalancer/app/{name}/{short}"),
    "alb/targetgroup": ("elasticloadbalancing", "targetgroup/{name}/{short}"),
    "apigateway/restapi": ("apigateway", "/restapis/{name}"),
    "apigatewayv2/api": ("apigateway", "/apis/{name}"),
    "appautoscaling/policy": ("autoscaling", "scalingPolicy:{uuid}:policyName/{name}"),
    "appautoscaling/target": ("application-autoscaling", "scalable-target/{short}"),
    "autoscaling/group": ("autoscaling", "autoScalingGroup:{uuid}:autoScalingGroupName/{name}"),
    "cloudfront/distribution": ("cloudfront", "distribution/{name}"),
    "cloudfront/function": ("cloudfront", "function/{name}"),
    "cloudtrail/trail": ("cloudtrail", "trail/{name}"),
    "cloudwatch/eventbus": ("events", "event-bus/{name}"),
    "cloudwatch/eventrule": ("events", "rule/{name}"),
    "cloudwatch/loggroup": ("logs", "log-group:{name}"),
    "cloudwatch/metricalarm": ("cloudwatch", "alarm:{name}"),
    "codebuild/project": ("codebuild", "project/{name}"),
    "codepipeline/pipeline": ("codepipeline", "{name}"),
    "cognito/userpool": ("cognito-idp", "userpool/{name}"),
    "dynamodb/table": ("dynamodb", "table/{name}"),
    "ecr/repository": ("ecr", "repository/{name}"),
    "ecs/capacityprovider": ("ecs", "capacity-provider/{name}"),
    "ecs/cluster": ("ecs", "cluster/{name}"),
    "ecs/service": ("ecs", "service/{name}"),
    "ecs/taskdefinition": ("ecs", "task-definition/{name}:{revision}"),
    "efs/accesspoint": ("elasticfilesystem", "access-point/{name}"),
    "efs/filesystem": ("elasticfilesystem", "file-system/{name}"),
    "eks/cluster": ("eks", "cluster/{name}"),
    "elasticache/cluster": ("elasticache", "cluster:{name}"),
    "elasticache/replicationgroup": ("elasticache", "replicationgroup:{name}"),
    "iam/group": ("iam", "group/{name}"),
    "iam/instanceprofile": ("iam", "instance-profile/{name}"),
    "iam/policy": ("iam", "policy/{name}"),
    "iam/role": ("iam", "role/{name}"),
    "iam/user": ("iam", "user/{name}"),
    "kinesis/firehosedeliverystream": ("firehose", "deliverystream/{name}"),
    "kinesis/stream": ("kinesis", "stream/{name}"),
    "kms/alias": ("kms", "{name}"),
    "kms/key": ("kms", "key/{name}"),
    "lambda/alias": ("lambda", "function:{name}"),
    "lambda/function": ("lambda", "function:{name}"),
    "lambda/layerversion": ("lambda", "layer:{name}:{revision}"),
    "lb/listener": ("elasticloadbalancing", "listener/app/{name}/{short}/{short}"),
    "lb/listenerrule": ("elasticloadbalancing", "listener-rule/app/{name}/{short}/{short}/{short}"),
    "lb/loadbalancer": ("elasticloadbalancing", "loadbalancer/app/{name}/{short}"),
    "lb/targetgroup": ("elasticloadbalancing", "targetgroup/{name}/{short}"),
    "msk/cluster": ("kafka", "cluster/{name}/{uuid}"),
    "rds/cluster": ("rds", "cluster:{name}"),
    "rds/clusterinstance": ("rds", "db:{name}"),
    "rds/clusterparametergroup": ("rds", "cluster-pg:{name}"),
    "rds/instance": ("rds", "db:{name}"),
    "rds/parametergroup": ("rds", "pg:{name}"),
    "rds/subnetgroup": ("rds", "subgrp:{name}"),
    "route53/zone": ("route53", "hostedzone/{name}"),
    "s3/bucket": ("s3", "{name}"),
    "s3/bucketv2": ("s3", "{name}"),
    "secretsmanager/secret": ("secretsmanager", "secret:{name}-{six}"),
    "secretsmanager/secretversion": ("secretsmanager", "secret:{name}-{six}"),
    "servicediscovery/privatednsnamespace": ("servicediscovery", "namespace/{name}"),
    "servicediscovery/service": ("servicediscovery", "service/{name}"),
    "sfn/statemachine": ("states", "stateMachine:{name}"),
    "sns/topic": ("sns", "{name}"),
    "sns/topicsubscription": ("sns", "{name}:{uuid}"),
    "sqs/queue": ("sqs", "{name}"),
    "ssm/parameter": ("ssm", "parameter/{name}"),
    "wafv2/webacl": ("wafv2", "regional/webacl/{name}/{uuid}"),
}

# The stem of a property such as `roleArn` or `kmsKeyArn` to the type it names; the longest fits.
ARN_STEMS: dict[str, str] = {
    "alarm": "cloudwatch/metricalarm",
    "bucket": "s3/bucket",
    "certificate": "acm/certificate",
    "cluster": "ecs/cluster",
    "function": "lambda/function",
    "key": "kms/key",
    "listener": "lb/listener",
    "loadbalancer": "lb/loadbalancer",
    "loggroup": "cloudwatch/loggroup",
    "policy": "iam/policy",
    "queue": "sqs/queue",
    "repository": "ecr/repository",
    "role": "iam/role",
    "secret": "secretsmanager/secret",
    "stream": "kinesis/stream",
    "table": "dynamodb/table",
    "targetgroup": "lb/targetgroup",
    "taskdefinition": "ecs/taskdefinition",
    "topic": "sns/topic",
    "user": "iam/user",
}
