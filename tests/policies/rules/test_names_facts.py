"""What the pack believes of physical names."""

import pytest

from aws_policy_pack.rules.names.facts import FACTS, FACTS_BY_TYPE, NameFact

SOURCES = ("https://docs.aws.", "https://github.com/hashicorp/terraform-provider-aws/")


def test_every_fact_has_its_source() -> None:
    assert [fact.what for fact in FACTS if not fact.source.startswith(SOURCES)] == []


def test_each_kind_of_name_is_described_once() -> None:
    kinds = [(kind, fact.path) for kind, facts in FACTS_BY_TYPE.items() for fact in facts]
    assert len(kinds) == len(set(kinds))


FORMS = [
    pytest.param("aws:sqs/queue:Queue", "jobs_1-x", "jobs.std", id="SQS"),
    pytest.param("aws:sqs/queue:Queue", "jobs.fifo", ".fifo", id="SQS FIFO"),
    pytest.param("aws:sns/topic:Topic", "news.fifo", "news!", id="SNS"),
    pytest.param("aws:cloudwatch/eventRule:EventRule", "a.b-c_d", "a/b", id="EventBridge"),
    pytest.param("aws:cloudwatch/eventBus:EventBus", "default2/a.b", "default", id="event bus"),
    pytest.param("aws:scheduler/schedule:Schedule", "nightly.1", "nightly job", id="schedule"),
    pytest.param("aws:cloudwatch/metricAlarm:MetricAlarm", "CPU ü high!", "a\tb", id="alarm"),
    pytest.param("aws:lambda/function:Function", "handler-1_a", "a.b", id="Lambda"),
    pytest.param("aws:sfn/stateMachine:StateMachine", "flow-1", "flow 1", id="state machine"),
    pytest.param("aws:dynamodb/table:Table", "a.b", "a/b", id="DynamoDB"),
    pytest.param("aws:kinesis/stream:Stream", "s-1.a", "s 1", id="Kinesis"),
    pytest.param("aws:appautoscaling/policy:Policy", "scale: up", "scale\nup", id="scaling policy"),
    pytest.param(
        "aws:appautoscaling/scheduledAction:ScheduledAction", "a b", "a:b", id="scheduled action"
    ),
    pytest.param(
        "aws:appautoscaling/scheduledAction:ScheduledAction", "ab", " ab", id="a space before"
    ),
    pytest.param(
        "aws:appautoscaling/scheduledAction:ScheduledAction", "a", "ab ", id="a space after"
    ),
    pytest.param("aws:ecs/cluster:Cluster", "c_1-A", "c.1", id="ECS cluster"),
    pytest.param("aws:ecs/service:Service", "web-1", "web 1", id="ECS service"),
    pytest.param("aws:ecs/taskDefinition:TaskDefinition", "web_1", "web/1", id="family"),
    pytest.param(
        "aws:ecs/capacityProvider:CapacityProvider", "my-aws", "aws-mine", id="capacity provider"
    ),
    pytest.param("aws:eks/cluster:Cluster", "0a-_", "-a", id="EKS cluster"),
    pytest.param("aws:ecr/repository:Repository", "team/app-1.2__x--y", "Team/app", id="ECR case"),
    pytest.param("aws:ecr/repository:Repository", "a_b", "a___b", id="ECR underscores"),
    pytest.param("aws:ecr/repository:Repository", "a/b", "a/", id="ECR slash at the end"),
    pytest.param("aws:cloudwatch/logGroup:LogGroup", "/aws/rds/a#1", "aws/rds", id="log group"),
    pytest.param("aws:cloudwatch/logGroup:LogGroup", "a.b_c-d", "a b", id="log group space"),
    pytest.param(
        "aws:servicediscovery/privateDnsNamespace:PrivateDnsNamespace",
        "app-dev.internal",
        "app..internal",
        id="private namespace",
    ),
    pytest.param(
        "aws:servicediscovery/publicDnsNamespace:PublicDnsNamespace",
        "example.com",
        "-example.com",
        id="public namespace",
    ),
    pytest.param(
        "aws:servicediscovery/httpNamespace:HttpNamespace",
        "any.name_1",
        "any!",
        id="HTTP namespace",
    ),
    pytest.param(
        "aws:servicediscovery/service:Service", f"_http._tcp.{'a' * 63}", "a" * 64, id="Cloud Map"
    ),
    pytest.param("aws:rds/instance:Instance", "db-1", "db--1", id="two hyphens"),
    pytest.param("aws:rds/instance:Instance", "db", "db-", id="hyphen at the end"),
    pytest.param("aws:rds/cluster:Cluster", "db", "1db", id="digit in front"),
    pytest.param("aws:rds/clusterInstance:ClusterInstance", "db", "Db", id="RDS case"),
    pytest.param("aws:rds/subnetGroup:SubnetGroup", "default a_b.c", "default", id="subnet group"),
    pytest.param(
        "aws:rds/parameterGroup:ParameterGroup", "app-pg16.4", "pg_17", id="parameter group"
    ),
    pytest.param(
        "aws:rds/clusterParameterGroup:ClusterParameterGroup",
        "pg-17.5",
        "pg--17",
        id="cluster group",
    ),
    pytest.param("aws:rds/optionGroup:OptionGroup", "og-1", "og 1", id="option group"),
    pytest.param("aws:rds/proxy:Proxy", "proxy-1", "Proxy-1", id="proxy"),
    pytest.param("aws:elasticache/cluster:Cluster", "cache-1", "cache_1", id="cache"),
    pytest.param("aws:elasticache/replicationGroup:ReplicationGroup", "r-1", "1r", id="replicas"),
    pytest.param("aws:elasticache/subnetGroup:SubnetGroup", "1-A", "a_b", id="cache subnets"),
    pytest.param("aws:opensearch/domain:Domain", "logs-1", "Logs", id="OpenSearch"),
    pytest.param("aws:iam/role:Role", "a+=,.@-_", "a/b", id="IAM role"),
    pytest.param("aws:iam/policy:Policy", "Policy", "my policy", id="IAM policy"),
    pytest.param("aws:iam/user:User", "ann@example.com", "ann:1", id="IAM user"),
    pytest.param("aws:iam/group:Group", "ops", "ops!", id="IAM group"),
    pytest.param("aws:iam/instanceProfile:InstanceProfile", "web", "we#b", id="instance profile"),
    pytest.param("aws:kms/alias:Alias", "alias/a/b_c-1", "a", id="KMS without alias/"),
    pytest.param("aws:kms/alias:Alias", "alias/awsome", "alias/aws/s3", id="KMS reserved"),
    pytest.param("aws:secretsmanager/secret:Secret", "a/b_+=.@-", "a b", id="secret"),
    pytest.param("aws:ssm/parameter:Parameter", "/dev/db-1", "/AWS/db", id="SSM reserved"),
    pytest.param("aws:ssm/parameter:Parameter", "a.b", "a b", id="SSM space"),
    pytest.param("aws:s3/bucket:Bucket", "a.b-1", "a..b", id="S3 dots"),
    pytest.param("aws:s3/bucket:Bucket", "a1.2.3", "10.0.0.1", id="S3 address"),
    pytest.param("aws:s3/bucketV2:BucketV2", "abc", "Abc", id="S3 case"),
    pytest.param("aws:s3/bucket:Bucket", "axn--a", "xn--a", id="S3 reserved beginning"),
    pytest.param("aws:s3/bucket:Bucket", "a-s3alias1", "a-s3alias", id="S3 reserved ending"),
    pytest.param("aws:lb/loadBalancer:LoadBalancer", "a-internal", "internal-a", id="ALB"),
    pytest.param("aws:alb/loadBalancer:LoadBalancer", "a-1", "a_1", id="ALB underscore"),
    pytest.param("aws:elb/loadBalancer:LoadBalancer", "internal-a", "-a", id="classic"),
    pytest.param("aws:lb/targetGroup:TargetGroup", "a-1", "a-", id="target group"),
    pytest.param("aws:alb/targetGroup:TargetGroup", "A1", "-a", id="target group in front"),
    pytest.param("aws:ec2/securityGroup:SecurityGroup", "a sg-1 {x}", "sg-1", id="SG reserved"),
    pytest.param("aws:ec2/securityGroup:SecurityGroup", "a[b]$*!", "a'b", id="SG characters"),
    pytest.param("aws:ec2/keyPair:KeyPair", "my key!", "mÿ key", id="key pair"),
    pytest.param("aws:ec2/launchTemplate:LaunchTemplate", "a(b).c/d_", "a b c", id="template"),
    pytest.param("aws:autoscaling/group:Group", "a/b;c", "a:b", id="Auto Scaling group"),
]


def limits_of(kind: str) -> NameFact:
    """The first name of a type, which is its own."""
    return FACTS_BY_TYPE[kind][0]


@pytest.mark.parametrize(("kind", "good", "bad"), FORMS)
def test_the_form_is_the_one_that_aws_describes(kind: str, good: str, bad: str) -> None:
    limits = limits_of(kind).limits
    assert limits is not None
    assert limits.pattern.fullmatch(good)
    assert not limits.pattern.fullmatch(bad)


@pytest.mark.parametrize("kind", ["aws:rds/instance:Instance", "aws:rds/cluster:Cluster"])
def test_a_database_also_names_its_final_snapshot(kind: str) -> None:
    (fact,) = (fact for fact in FACTS_BY_TYPE[kind] if fact.path == "finalSnapshotIdentifier")
    assert fact.limits is not None
    assert (fact.limits.shortest, fact.limits.longest) == (1, 255)
    assert fact.limits.pattern.fullmatch("Db-final-1")
    assert not fact.limits.pattern.fullmatch("db-final-")


LENGTHS = {
    "aws:sqs/queue:Queue": (1, 80),
    "aws:sns/topic:Topic": (1, 256),
    "aws:cloudwatch/eventRule:EventRule": (1, 64),
    "aws:cloudwatch/eventBus:EventBus": (1, 256),
    "aws:scheduler/schedule:Schedule": (1, 64),
    "aws:cloudwatch/metricAlarm:MetricAlarm": (1, 255),
    "aws:lambda/function:Function": (1, 64),
    "aws:sfn/stateMachine:StateMachine": (1, 80),
    "aws:dynamodb/table:Table": (3, 255),
    "aws:kinesis/stream:Stream": (1, 128),
    "aws:appautoscaling/policy:Policy": (1, 255),
    "aws:appautoscaling/scheduledAction:ScheduledAction": (1, 256),
    "aws:ecs/cluster:Cluster": (1, 255),
    "aws:ecs/service:Service": (1, 255),
    "aws:ecs/taskDefinition:TaskDefinition": (1, 255),
    "aws:ecs/capacityProvider:CapacityProvider": (1, 255),
    "aws:eks/cluster:Cluster": (1, 100),
    "aws:ecr/repository:Repository": (2, 256),
    "aws:cloudwatch/logGroup:LogGroup": (1, 512),
    "aws:servicediscovery/privateDnsNamespace:PrivateDnsNamespace": (1, 253),
    "aws:servicediscovery/publicDnsNamespace:PublicDnsNamespace": (1, 253),
    "aws:servicediscovery/httpNamespace:HttpNamespace": (1, 1024),
    "aws:servicediscovery/service:Service": (1, 127),
    "aws:rds/instance:Instance": (1, 63),
    "aws:rds/clusterInstance:ClusterInstance": (1, 63),
    "aws:docdb/clusterInstance:ClusterInstance": (1, 63),
    "aws:neptune/clusterInstance:ClusterInstance": (1, 63),
    "aws:rds/cluster:Cluster": (1, 63),
    "aws:docdb/cluster:Cluster": (1, 63),
    "aws:neptune/cluster:Cluster": (1, 63),
    "aws:rds/subnetGroup:SubnetGroup": (1, 255),
    "aws:docdb/subnetGroup:SubnetGroup": (1, 255),
    "aws:neptune/subnetGroup:SubnetGroup": (1, 255),
    "aws:rds/parameterGroup:ParameterGroup": (1, 255),
    "aws:rds/clusterParameterGroup:ClusterParameterGroup": (1, 255),
    "aws:rds/optionGroup:OptionGroup": (1, 255),
    "aws:rds/proxy:Proxy": (1, 63),
    "aws:elasticache/cluster:Cluster": (1, 50),
    "aws:elasticache/replicationGroup:ReplicationGroup": (1, 40),
    "aws:elasticache/subnetGroup:SubnetGroup": (1, 255),
    "aws:opensearch/domain:Domain": (3, 28),
    "aws:iam/role:Role": (1, 64),
    "aws:iam/policy:Policy": (1, 128),
    "aws:iam/user:User": (1, 64),
    "aws:iam/group:Group": (1, 128),
    "aws:iam/instanceProfile:InstanceProfile": (1, 128),
    "aws:kms/alias:Alias": (1, 256),
    "aws:secretsmanager/secret:Secret": (1, 512),
    "aws:ssm/parameter:Parameter": (1, 1011),
    "aws:s3/bucket:Bucket": (3, 63),
    "aws:s3/bucketV2:BucketV2": (3, 63),
    "aws:lb/loadBalancer:LoadBalancer": (1, 32),
    "aws:alb/loadBalancer:LoadBalancer": (1, 32),
    "aws:elb/loadBalancer:LoadBalancer": (1, 32),
    "aws:lb/targetGroup:TargetGroup": (1, 32),
    "aws:alb/targetGroup:TargetGroup": (1, 32),
    "aws:ec2/securityGroup:SecurityGroup": (1, 255),
    "aws:ec2/keyPair:KeyPair": (1, 255),
    "aws:ec2/launchTemplate:LaunchTemplate": (3, 125),
    "aws:autoscaling/group:Group": (1, 255),
}


def test_the_lengths_are_those_that_aws_describes() -> None:
    lengths = {
        kind: (facts[0].limits.shortest, facts[0].limits.longest)
        for kind, facts in FACTS_BY_TYPE.items()
        if facts[0].limits
    }
    assert lengths == LENGTHS


SCOPES = {
    "EventBridge rule": "eventBus",
    "schedule": "scheduleGroup",
    "scaling policy": "scalableResource",
    "scheduled action": "scalableResource",
    "ECS service": "cluster",
    "private DNS namespace": "vpc",
    "Cloud Map service": "namespace",
    "IAM role": "account",
    "IAM policy": "account",
    "IAM user": "account",
    "IAM group": "account",
    "instance profile": "account",
    "S3 bucket": "aws",
    "listener rule": "listener",
    "security group": "vpc",
    "inline policy of a role": "role",
    "inline policy of a user": "user",
    "inline policy of a group": "group",
    "SAML provider": "account",
    "server certificate": "account",
    "alias of a function": "function",
    "statement of a function's policy": "functionVersion",
    "consumer of a stream": "stream",
    "listener of a load balancer": "loadBalancer",
    "stage of an API": "api",
    "stage of an HTTP or WebSocket API": "api",
    "route of an API": "api",
    "path of an API": "apiResource",
    "method of an API": "apiResource",
    "model of an API": "api",
    "log stream": "logGroup",
    "metric filter": "logGroup",
    "subscription filter": "logGroup",
    "target of an EventBridge rule": "eventRule",
    "dashboard": "account",
    "lifecycle hook": "autoScalingGroup",
    "scaling policy of an Auto Scaling group": "autoScalingGroup",
    "scheduled action of an Auto Scaling group": "autoScalingGroup",
    "node group": "eksCluster",
    "Fargate profile": "eksCluster",
    "add-on of a cluster": "eksCluster",
    "group of a user pool": "userPool",
    "identity provider of a user pool": "userPool",
    "resource server of a user pool": "userPool",
    "object in a bucket": "bucket",
    "instance of a Cloud Map service": "cloudMapService",
    "web ACL": "firewallScope",
    "rule group of WAF": "firewallScope",
    "IP set of WAF": "firewallScope",
    "pattern set of WAF": "firewallScope",
    "Glue table": "catalogDatabase",
    "CloudFront function": "account",
    "cache policy": "account",
    "origin request policy": "account",
    "response headers policy": "account",
    "origin access control": "account",
    "budget": "account",
}


def test_a_name_is_unique_in_its_account_and_region_unless_aws_says_otherwise() -> None:
    assert {fact.what: fact.scope.name.value for fact in FACTS} == {
        fact.what: SCOPES.get(fact.what, "region") for fact in FACTS
    }
    assert {fact.what for fact in FACTS} >= SCOPES.keys()


CASE_DOES_NOT_TELL = {
    "private DNS namespace",
    "public DNS namespace",
    "Cloud Map service",
    "DB instance",
    "DB cluster",
    "final DB snapshot",
    "final DB cluster snapshot",
    "DB subnet group",
    "DB parameter group",
    "DB cluster parameter group",
    "option group",
    "DB proxy",
    "cache cluster",
    "replication group",
    "cache subnet group",
    "IAM role",
    "IAM policy",
    "IAM user",
    "IAM group",
    "instance profile",
    "security group",
    "Glue database",
    "Glue table",
}


def test_case_tells_names_apart_unless_aws_says_otherwise() -> None:
    assert {fact.what for fact in FACTS if fact.folds_case} == CASE_DOES_NOT_TELL
