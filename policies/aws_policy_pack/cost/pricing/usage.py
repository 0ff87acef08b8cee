"""What bills its use: no input says how much, so it is named and counts 0."""

from typing import Final

from aws_policy_pack.cost.charges import Charges, Missing, Pricing, Situation, monthly, usage
from aws_policy_pack.cost.reading import given_text, needed_text
from aws_policy_pack.resource import Resource
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


PRICING: Final[dict[str, Pricing]] = {
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
