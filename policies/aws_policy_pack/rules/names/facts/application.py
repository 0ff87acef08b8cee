"""Names of queues, topics, functions, tables, schedules and what scales."""

import re
from typing import Final

from aws_policy_pack.rules.names.facts.model import (
    Limits,
    NameFact,
    Scope,
    ScopeName,
    dotted_words,
    words,
)

EVENT_BUS: Final = Scope(
    name=ScopeName.EVENT_BUS,
    words="the event bus",
    paths=("eventBusName",),
    types=("aws:cloudwatch/eventBus:EventBus",),
)
SCHEDULE_GROUP: Final = Scope(
    name=ScopeName.SCHEDULE_GROUP,
    words="the schedule group",
    paths=("groupName",),
    types=("aws:scheduler/scheduleGroup:ScheduleGroup",),
)
SCALABLE_RESOURCE: Final = Scope(
    name=ScopeName.SCALABLE_RESOURCE,
    words="the scalable resource",
    paths=("resourceId",),
    types=("aws:appautoscaling/target:Target",),
)
WITH_FIFO: Final = re.compile(r"[A-Za-z0-9_-]+(\.fifo)?")
WITH_FIFO_FORM: Final = (
    "letters, digits, hyphens and underscores, and at the end `.fifo` if it is FIFO"
)
APPLICATION_AUTO_SCALING: Final = (
    "https://docs.aws.amazon.com/autoscaling/application/APIReference/API_PutScalingPolicy.html"
)

FACTS: Final = (
    NameFact(
        what="SQS queue",
        types=("aws:sqs/queue:Queue",),
        prefix_path="namePrefix",
        limits=Limits(longest=80, pattern=WITH_FIFO, form=WITH_FIFO_FORM),
        source="https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_CreateQueue.html",
    ),
    NameFact(
        what="SNS topic",
        types=("aws:sns/topic:Topic",),
        prefix_path="namePrefix",
        limits=Limits(longest=256, pattern=WITH_FIFO, form=WITH_FIFO_FORM),
        source="https://docs.aws.amazon.com/sns/latest/api/API_CreateTopic.html",
    ),
    NameFact(
        what="EventBridge rule",
        types=("aws:cloudwatch/eventRule:EventRule",),
        prefix_path="namePrefix",
        scope=EVENT_BUS,
        limits=dotted_words(64),
        source="https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutRule.html",
    ),
    NameFact(
        what="event bus",
        types=("aws:cloudwatch/eventBus:EventBus",),
        limits=Limits(
            longest=256,
            pattern=re.compile(r"(?!default$)[A-Za-z0-9_./-]+"),
            form="letters, digits, hyphens, underscores, dots and slashes, and not 'default'",
        ),
        source="https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_CreateEventBus.html",
    ),
    NameFact(
        what="schedule",
        types=("aws:scheduler/schedule:Schedule",),
        prefix_path="namePrefix",
        scope=SCHEDULE_GROUP,
        limits=dotted_words(64),
        source="https://docs.aws.amazon.com/scheduler/latest/APIReference/API_CreateSchedule.html",
    ),
    NameFact(
        what="CloudWatch alarm",
        types=("aws:cloudwatch/metricAlarm:MetricAlarm",),
        limits=Limits(
            longest=255,
            pattern=re.compile(r"[^\x00-\x1f\x7f]+"),
            form="no control characters",
        ),
        source="https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html",
    ),
    NameFact(
        what="Lambda function",
        types=("aws:lambda/function:Function",),
        limits=words(64),
        source="https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html",
    ),
    NameFact(
        what="state machine",
        types=("aws:sfn/stateMachine:StateMachine",),
        prefix_path="namePrefix",
        limits=words(80),
        source="https://docs.aws.amazon.com/step-functions/latest/apireference/API_CreateStateMachine.html",
    ),
    NameFact(
        what="DynamoDB table",
        types=("aws:dynamodb/table:Table",),
        limits=dotted_words(255, shortest=3),
        source="https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html",
    ),
    NameFact(
        what="Kinesis stream",
        types=("aws:kinesis/stream:Stream",),
        limits=dotted_words(128),
        source="https://docs.aws.amazon.com/kinesis/latest/APIReference/API_CreateStream.html",
    ),
    NameFact(
        what="scaling policy",
        types=("aws:appautoscaling/policy:Policy",),
        scope=SCALABLE_RESOURCE,
        limits=Limits(
            longest=256,
            pattern=re.compile(r"[^\x00-\x1f\x7f]+"),
            form="printable characters",
        ),
        source=APPLICATION_AUTO_SCALING,
    ),
    NameFact(
        what="scheduled action",
        types=("aws:appautoscaling/scheduledAction:ScheduledAction",),
        scope=SCALABLE_RESOURCE,
        limits=Limits(
            longest=256,
            pattern=re.compile(r"(?! )[^\x00-\x1f\x7f:/|]+(?<! )"),
            form="no colons, slashes, bars or control characters, and no space at either end",
        ),
        source="https://docs.aws.amazon.com/autoscaling/application/APIReference/API_PutScheduledAction.html",
    ),
)
