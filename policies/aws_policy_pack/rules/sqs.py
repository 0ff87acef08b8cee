"""FIFO queues, their dead-letter queues and what AWS demands of both."""

from aws_policy_pack.resource import Resource
from aws_policy_pack.rule import Finding, Findings, Level, Severity, resource_rule
from aws_policy_pack.wording import shown

QUEUE = "aws:sqs/queue:Queue"


@resource_rule(
    "sqs-fifo-throughput-scope",
    QUEUE,
    level=Level.MANDATORY,
    severity=Severity.HIGH,
    summary="High throughput FIFO needs deduplication per message group",
    why="SQS refuses the throughput limit perMessageGroupId unless deduplicationScope is "
    "messageGroup, so the queue cannot be created.",
    url="https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/high-throughput-fifo.html",
    good={
        "fifoQueue": True,
        "fifoThroughputLimit": "perMessageGroupId",
        "deduplicationScope": "messageGroup",
    },
    bad={"fifoQueue": True, "fifoThroughputLimit": "perMessageGroupId"},
)
def fifo_throughput_scope(queue: Resource) -> Findings:
    """Compares the two attributes; a queue without a throughput limit passes."""
    if queue.text("fifoThroughputLimit") != "perMessageGroupId":
        return
    scope = queue.text("deduplicationScope")
    if scope != "messageGroup":
        yield Finding(
            problem=f"`deduplicationScope` is {shown(scope)} while `fifoThroughputLimit` is "
            "'perMessageGroupId'",
            wanted="`deduplicationScope` 'messageGroup'",
            fix="Set `deduplicationScope` to 'messageGroup', or drop `fifoThroughputLimit`",
        )
