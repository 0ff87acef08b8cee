"""Functions, keys, secrets, alarms, firewall rules and other things with a monthly price."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from aws_policy_pack.cost.charges import (
    ONE,
    Charge,
    Charges,
    Missing,
    Pricing,
    Situation,
    amount,
    declared_count,
    given_text,
    hourly,
    length,
    monthly,
    needed_amount,
    needed_text,
    usage,
)
from aws_policy_pack.cost.pricing.rds import extended_support
from aws_policy_pack.resource import Resource, Unreadable
from aws_policy_pack.type_tokens import FUNCTION
from aws_policy_pack.wording import shown

BUCKET: Final = (("objects", "s3/gb-month"), ("PUTs", "s3/1k-puts"), ("GETs", "s3/1k-gets"))
BY_TYPE: Final = {
    "aws:s3/bucket:Bucket": BUCKET,
    "aws:s3/bucketV2:BucketV2": BUCKET,
    "aws:cloudwatch/eventBus:EventBus": (("events", "eventbridge/million-events"),),
    "aws:ec2/flowLog:FlowLog": (("flow logs", "logs/vended-gb"),),
    "aws:ecr/repository:Repository": (("image storage", "ecr/gb-month"),),
    "aws:cloudtrail/trail:Trail": (
        ("management events, second copy", "cloudtrail/100k-management-events"),
        ("data events", "cloudtrail/100k-data-events"),
    ),
    "aws:cfg/recorder:Recorder": (("recorded items", "config/item"),),
    "aws:cfg/rule:Rule": (("evaluations", "config/evaluation"),),
    "aws:codebuild/project:Project": (
        ("build minutes, small", "codebuild/minute/small"),
        ("build minutes, medium", "codebuild/minute/medium"),
    ),
    "aws:apigateway/restApi:RestApi": (("calls", "api-gateway/million-calls/rest"),),
    "aws:docdb/cluster:Cluster": (("DocumentDB storage", "docdb/gb-month"),),
    "aws:rds/snapshot:Snapshot": (("snapshot storage", "rds/backup-gb-month"),),
    "aws:rds/snapshotCopy:SnapshotCopy": (("snapshot storage", "rds/backup-gb-month"),),
    "aws:rds/clusterSnapshot:ClusterSnapshot": (("snapshot storage", "aurora/backup-gb-month"),),
}
"""Items and their prices, by type."""
HTTP: Final = ("HTTP deliveries", "sns/100k-http-deliveries")
EMAIL: Final = ("emails", "sns/100k-emails")
DELIVERIES: Final = {
    "http": HTTP,
    "https": HTTP,
    "email": EMAIL,
    "email-json": EMAIL,
    "sms": ("text messages", "sns/text-message"),
    "application": ("mobile push notifications", "sns/million-pushes"),
    "firehose": ("deliveries to Firehose", "sns/million-firehose-deliveries"),
}
"""What a subscription bills, by its protocol; deliveries to SQS and Lambda are free.

https://aws.amazon.com/sns/pricing/
"""
FREE_DELIVERIES: Final = ("sqs", "lambda")


def always(resource: Resource, situation: Situation) -> Charges:
    """What a type bills, whatever its inputs say."""
    del situation
    for item, price in BY_TYPE[resource.type]:
        yield usage(item, price)


def event_target(resource: Resource, situation: Situation) -> Charges:
    """A target is free; the tasks of ECS that it starts are not."""
    del situation
    if resource.objects("ecsTarget"):
        yield from _started_tasks()


def schedule(resource: Resource, situation: Situation) -> Charges:
    """How often a schedule invokes its target, and the tasks of ECS that it starts."""
    del situation
    yield usage("invocations", "scheduler/million-invocations")
    if resource.object("target").objects("ecsParameters"):
        yield from _started_tasks()


def _started_tasks() -> Charges:
    yield usage("vCPU of tasks that it starts", "fargate/vcpu-hour/x86")
    yield usage("memory of tasks that it starts", "fargate/gb-hour/x86")


def distribution(resource: Resource, situation: Situation) -> Charges:
    """What a distribution sends, and the addresses of its own that an old kind of TLS needs."""
    del situation
    if given_text(resource, "viewerCertificate.sslSupportMethod") == "vip":
        yield from monthly("dedicated IP for TLS", "cloudfront/dedicated-ip-month")
    yield usage("data sent", "cloudfront/gb")
    yield usage("HTTPS requests", "cloudfront/10k-requests")


def queue(resource: Resource, situation: Situation) -> Charges:
    """A queue's requests; those of FIFO queues are dearer."""
    del situation
    kind = "fifo" if resource.flag("fifoQueue") else "standard"
    yield usage(f"{kind} queue requests", f"sqs/million-requests/{kind}")


def topic(resource: Resource, situation: Situation) -> Charges:
    """What is published to a topic."""
    del situation
    kind = "fifo" if resource.flag("fifoTopic") else "standard"
    yield usage(f"{kind} topic publishes", f"sns/million-publishes/{kind}")


def subscription(resource: Resource, situation: Situation) -> Charges:
    """What a topic delivers to a subscription, by its protocol."""
    del situation
    protocol = needed_text(resource, "protocol")
    if protocol in DELIVERIES:
        yield usage(*DELIVERIES[protocol])
    elif protocol not in FREE_DELIVERIES:
        yield Missing(reason=f"delivers by {shown(protocol)}, which has no price here")


def log_group(resource: Resource, situation: Situation) -> Charges:
    """What is written to a log group, by its class, and what it keeps."""
    del situation
    is_infrequent = given_text(resource, "logGroupClass") == "INFREQUENT_ACCESS"
    kind = "infrequent-access" if is_infrequent else "standard"
    yield usage("logs ingested", f"logs/ingested-gb/{kind}")
    yield usage("logs stored", "logs/stored-gb-month")


def state_machine(resource: Resource, situation: Situation) -> Charges:
    """Transitions of a standard machine, requests of an express one."""
    del situation
    if given_text(resource, "type") == "EXPRESS":
        yield usage("express requests", "step-functions/million-express-requests")
    else:
        yield usage("transitions", "step-functions/1k-transitions")


def http_api(resource: Resource, situation: Situation) -> Charges:
    """Calls of an HTTP API, messages of a WebSocket API."""
    del situation
    kind = "websocket" if given_text(resource, "protocolType") == "WEBSOCKET" else "http"
    yield usage("calls", f"api-gateway/million-calls/{kind}")


SECONDS: Final = 3600
HIGH_RESOLUTION: Final = 60
"""Seconds below which an alarm is one of high resolution."""
DEFAULT_MEMORY: Final = 128
"""MiB of a function where nothing is said."""
MIB: Final = 1024
FREE_FILES: Final = 512
"""MiB of ephemeral storage of a function that are free: https://aws.amazon.com/lambda/pricing/."""
BAND_METRICS: Final = 3
"""Metrics of an alarm on an anomaly: the metric and both bounds of its band.

https://aws.amazon.com/cloudwatch/pricing/
"""


def function(resource: Resource, situation: Situation) -> Charges:
    """A function bills its requests and the time that they take."""
    del situation
    yield usage("requests", "lambda/million-requests")
    yield usage("duration", f"lambda/gb-second/{_architecture(resource)}")
    if amount(resource, "ephemeralStorage.size") > FREE_FILES:
        yield usage(f"storage above {FREE_FILES} MiB", "lambda/ephemeral-gb-second")


def provisioned_concurrency(resource: Resource, situation: Situation) -> Charges:
    """Instances of a function that are kept ready, by the memory of the function."""
    path = "functionName"
    functions = situation.graph.referenced(resource, path, FUNCTION) if resource.has(path) else ()
    if not functions:
        given = shown(given_text(resource, path))
        raise Unreadable(path, f"is {given}, which is not a function of this stack")
    owner, *_ = functions
    memory = amount(owner, "memorySize", default=DEFAULT_MEMORY) / MIB
    path = "provisionedConcurrentExecutions"
    count = needed_amount(resource, path)
    yield from hourly(
        "provisioned concurrency",
        f"lambda/provisioned-gb-second/{_architecture(owner)}",
        declared_count(resource, path, count) * memory * SECONDS,
        count * memory * SECONDS,
    )


def _architecture(resource: Resource) -> str:
    architectures = resource.texts("architectures")
    return "arm64" if "arm64" in architectures else "x86"


def key(resource: Resource, situation: Situation) -> Charges:
    """A key that one manages oneself."""
    del resource, situation
    yield from monthly("key", "kms/key-month")
    yield usage("key requests", "kms/10k-requests")


def secret(resource: Resource, situation: Situation) -> Charges:
    """A secret, and each of its replicas, which bill like secrets."""
    del situation
    yield from monthly("secret", "secrets-manager/secret-month", ONE + length(resource, "replicas"))
    yield usage("secret reads", "secrets-manager/10k-calls")


def parameter(resource: Resource, situation: Situation) -> Charges:
    """A parameter of the advanced tier; one of the intelligent tier may become that."""
    del situation
    tier = given_text(resource, "tier") or "Standard"
    declared = ONE if tier == "Advanced" else Decimal(0)
    if tier != "Standard":
        yield from monthly("advanced parameter", "ssm/advanced-parameter-month", declared, ONE)


def metric_alarm(resource: Resource, situation: Situation) -> Charges:
    """An alarm bills each metric that it looks at."""
    del situation
    queries = resource.objects("metricQueries")
    metrics = [query.object("metric") for query in queries if query.has("metric")]
    periods = [amount(metric, "period") for metric in metrics] or [amount(resource, "period")]
    is_high = any(period and period < HIGH_RESOLUTION for period in periods)
    kind = "high-resolution" if is_high else "standard"
    count = Decimal(len(metrics) or 1)
    expressions = [given_text(query, "expression") or "" for query in queries]
    if any(expression.lstrip().upper().startswith("SELECT") for expression in expressions):
        yield Missing(reason="asks for metrics by a query, whose number is not known here")
        return
    if any("ANOMALY_DETECTION_BAND" in expression for expression in expressions):
        count *= BAND_METRICS
    yield from monthly(f"{kind} alarm, by metric", f"cloudwatch/alarm-month/{kind}", count)


def composite_alarm(resource: Resource, situation: Situation) -> Charges:
    """An alarm over other alarms."""
    del resource, situation
    yield from monthly("composite alarm", "cloudwatch/composite-alarm-month")


def dashboard(resource: Resource, situation: Situation) -> Charges:
    """A dashboard."""
    del resource, situation
    yield from monthly("dashboard", "cloudwatch/dashboard-month")


def web_acl(resource: Resource, situation: Situation) -> Charges:
    """A web ACL and each of its rules and rule groups."""
    del situation
    yield from monthly("web ACL", "waf/acl-month")
    rules = length(resource, "rules") + len(resource.objects("ruleJson"))
    yield from monthly("web ACL rule", "waf/rule-month", rules)
    yield usage("web ACL requests", "waf/million-requests")


def rule_group(resource: Resource, situation: Situation) -> Charges:
    """The rules of a group of one's own: https://aws.amazon.com/waf/pricing/."""
    del situation
    rules = length(resource, "rules") + len(resource.objects("rulesJson"))
    yield from monthly("rule of the group", "waf/rule-month", rules)


def web_acl_rule(resource: Resource, situation: Situation) -> Charges:
    """A rule that is added to a web ACL apart from it."""
    del resource, situation
    yield from monthly("web ACL rule", "waf/rule-month")


def private_ca(resource: Resource, situation: Situation) -> Charges:
    """A private certificate authority, in either mode."""
    del situation
    is_short = given_text(resource, "usageMode") == "SHORT_LIVED_CERTIFICATE"
    mode = "short-lived" if is_short else "general-purpose"
    yield from monthly(f"private CA, {mode}", f"private-ca/month/{mode}")


def kubernetes_cluster(resource: Resource, situation: Situation) -> Charges:
    """A control plane, which costs more while its version is in Extended Support.

    A cluster that is held to standard support is upgraded instead:
    https://docs.aws.amazon.com/eks/latest/userguide/view-support-policy.html.
    """
    if resource.texts("enabledClusterLogTypes"):
        yield usage("logs of the control plane", "logs/vended-gb")
    version = given_text(resource, "version")
    is_held = given_text(resource, "upgradePolicy.supportType") == "STANDARD"
    extended = (
        None if is_held or not version else extended_support("kubernetes", version, situation.today)
    )
    if extended is None:
        yield from hourly("control plane", "eks/cluster-hour")
    else:
        item = f"control plane, Extended Support since {extended.since}"
        yield from hourly(item, "eks/extended-support-cluster-hour")


def api_stage(resource: Resource, situation: Situation) -> Iterator[Charge]:
    """A stage of a REST API bills its cache, by size."""
    del situation
    if resource.flag("cacheClusterEnabled"):
        size = given_text(resource, "cacheClusterSize") or "0.5"
        yield from hourly(f"cache of {size} GB", f"api-gateway/cache-hour/{size}")


PRICING: Final[dict[str, Pricing]] = {
    FUNCTION: function,
    "aws:lambda/provisionedConcurrencyConfig:ProvisionedConcurrencyConfig": provisioned_concurrency,
    "aws:kms/key:Key": key,
    "aws:kms/externalKey:ExternalKey": key,
    "aws:kms/replicaKey:ReplicaKey": key,
    "aws:kms/replicaExternalKey:ReplicaExternalKey": key,
    "aws:secretsmanager/secret:Secret": secret,
    "aws:ssm/parameter:Parameter": parameter,
    "aws:cloudwatch/metricAlarm:MetricAlarm": metric_alarm,
    "aws:cloudwatch/compositeAlarm:CompositeAlarm": composite_alarm,
    "aws:cloudwatch/dashboard:Dashboard": dashboard,
    "aws:wafv2/ruleGroup:RuleGroup": rule_group,
    "aws:wafv2/webAcl:WebAcl": web_acl,
    "aws:wafv2/webAclRule:WebAclRule": web_acl_rule,
    "aws:wafv2/webAclRuleGroupAssociation:WebAclRuleGroupAssociation": web_acl_rule,
    "aws:acmpca/certificateAuthority:CertificateAuthority": private_ca,
    "aws:eks/cluster:Cluster": kubernetes_cluster,
    "aws:apigateway/stage:Stage": api_stage,
    **dict.fromkeys(BY_TYPE, always),
    "aws:cloudfront/distribution:Distribution": distribution,
    "aws:cloudwatch/eventTarget:EventTarget": event_target,
    "aws:scheduler/schedule:Schedule": schedule,
    "aws:sqs/queue:Queue": queue,
    "aws:sns/topic:Topic": topic,
    "aws:sns/topicSubscription:TopicSubscription": subscription,
    "aws:cloudwatch/logGroup:LogGroup": log_group,
    "aws:sfn/stateMachine:StateMachine": state_machine,
    "aws:apigatewayv2/api:Api": http_api,
}
