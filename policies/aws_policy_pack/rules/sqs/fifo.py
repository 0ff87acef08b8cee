"""What makes a queue or a topic FIFO, and what AWS demands of one that is."""

from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Final

from pydantic import Field

from aws_policy_pack.config import RuleConfig
from aws_policy_pack.resource import Graph, Resource
from aws_policy_pack.rule import (
    Example,
    Finding,
    Findings,
    Kind,
    Severity,
    resource_rule,
    stack_rule,
)
from aws_policy_pack.rules.sqs.links import redrives_to, takes_failures
from aws_policy_pack.type_tokens import QUEUE, TOPIC
from aws_policy_pack.wording import shown

SUFFIX: Final = ".fifo"


class FifoRequired(RuleConfig):
    """Which queues must be FIFO."""

    patterns: tuple[str, ...] = Field(
        default=(),
        description="Globs over the logical or the physical name of queues that must be FIFO",
    )


@resource_rule(
    "sqs-fifo-required",
    QUEUE,
    kind=Kind.CONFIGURED,
    severity=Severity.HIGH,
    summary="Queues whose order matters are FIFO queues",
    why="A standard queue may deliver a message twice and in any order, and it can never be turned "
    "into a FIFO queue: it has to be replaced.",
    url="https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-queue-types.html",
    good={"name": "orders-dev.fifo", "fifoQueue": True},
    bad={"name": "orders-dev"},
    example_config={"patterns": ["orders-*"]},
)
def fifo_required(queue: Resource, config: FifoRequired) -> Findings:
    """Compares both names, the physical one only where the logical one does not match."""
    pattern = _match(queue.name, config.patterns)
    if pattern is None:
        pattern = _match(queue.text("name") or "", config.patterns)
    if pattern is not None and not queue.flag("fifoQueue"):
        yield Finding(
            problem=f"`fifoQueue` is {shown(queue.raw('fifoQueue'))}",
            wanted=f"true, since the name matches {shown(pattern)} (`patterns` of "
            "sqs-fifo-required)",
            fix="Set `fifoQueue` to true and end the name in '.fifo'; the queue is then replaced",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Fifo:
    """What may be FIFO.

    Attributes:
        what: What a finding calls it.
        flag: The property that makes it FIFO.
        attributes: Properties that only a FIFO one has, besides `contentBasedDeduplication`.
    """

    what: str
    flag: str
    attributes: tuple[str, ...]


FIFO: Final[Mapping[str, Fifo]] = {
    QUEUE: Fifo(
        what="queue", flag="fifoQueue", attributes=("deduplicationScope", "fifoThroughputLimit")
    ),
    TOPIC: Fifo(
        what="topic", flag="fifoTopic", attributes=("fifoThroughputScope", "archivePolicy")
    ),
}


@resource_rule(
    "sqs-fifo-name-suffix",
    QUEUE,
    TOPIC,
    kind=Kind.REFUSED,
    severity=Severity.HIGH,
    summary="The name of a queue or a topic ends in .fifo exactly when it is FIFO",
    why="AWS refuses to create the queue or the topic otherwise.",
    url="https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/fifo-queue-message-identifiers.html",
    controls=("cfn-lint E3501",),
    good={"name": "orders-dev.fifo", "fifoQueue": True},
    bad={"name": "orders-dev", "fifoQueue": True},
)
def fifo_name_suffix(resource: Resource) -> Findings:
    """Looks at the name and the prefix; names that the provider makes up have the right ending.

    The provider puts what makes a prefix unique behind it, and the suffix of a FIFO one last:
    https://www.pulumi.com/registry/packages/aws/api-docs/sqs/queue/.
    """
    kind = FIFO[resource.type]
    is_fifo = resource.flag(kind.flag)
    name = resource.text("name")
    if name and is_fifo and not name.endswith(SUFFIX):
        yield Finding(
            problem=f"`name` is {shown(name)} while `{kind.flag}` is true",
            wanted="a name that ends in '.fifo'",
            part="name",
            fix="Add '.fifo' to `name`",
        )
    if name and not is_fifo and name.endswith(SUFFIX):
        given = shown(resource.raw(kind.flag))
        yield Finding(
            problem=f"`name` is {shown(name)} while `{kind.flag}` is {given}",
            wanted=f"'.fifo' at the end of the name of a FIFO {kind.what} only",
            part="name",
            fix=f"Set `{kind.flag}` to true, or take '.fifo' off `name`",
        )
    prefix = resource.text("namePrefix")
    if prefix and SUFFIX in prefix:
        yield Finding(
            problem=f"`namePrefix` is {shown(prefix)}, and the provider adds to it",
            wanted="a prefix without '.fifo'",
            part="namePrefix",
            fix="Take '.fifo' off `namePrefix`; the provider ends the name of a FIFO "
            f"{kind.what} in it",
        )


@resource_rule(
    "sqs-fifo-only-attributes",
    QUEUE,
    TOPIC,
    kind=Kind.REFUSED,
    severity=Severity.HIGH,
    summary="Only FIFO queues and topics have attributes of deduplication and throughput",
    why="AWS refuses these attributes on a standard queue or topic, so that the deployment stops "
    "there.",
    url="https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_CreateQueue.html",
    controls=("cfn-lint E3501",),
    good={"fifoQueue": True, "contentBasedDeduplication": True},
    bad={"contentBasedDeduplication": True},
)
def fifo_only_attributes(resource: Resource) -> Findings:
    """Lists what is set on a standard one; `contentBasedDeduplication` false is not sent."""
    kind = FIFO[resource.type]
    if resource.flag(kind.flag):
        return
    given: dict[str, object] = {
        key: value for key in kind.attributes if (value := resource.text(key))
    }
    if resource.flag("contentBasedDeduplication"):
        given["contentBasedDeduplication"] = True
    if given:
        attributes = " and ".join(f"`{key}` is {shown(value)}" for key, value in given.items())
        yield Finding(
            problem=f"{attributes} while `{kind.flag}` is {shown(resource.raw(kind.flag))}",
            wanted=f"none of it on a standard {kind.what}",
            fix=f"Make the {kind.what} FIFO with `{kind.flag}` true and a name that ends in "
            "'.fifo', or drop what is for FIFO alone",
        )


class FifoDeduplication(RuleConfig):
    """Which queues have producers that send deduplication ids."""

    queues_with_producer_ids: tuple[str, ...] = Field(
        default=(),
        description="Logical names or globs of queues whose producers send a deduplication id "
        "with every message",
    )


@stack_rule(
    "sqs-fifo-deduplication",
    QUEUE,
    kind=Kind.PRACTICE,
    severity=Severity.HIGH,
    summary="FIFO queues deduplicate by content, or their producers are known to send ids",
    why="Without content based deduplication SQS refuses every message that comes without a "
    "deduplication id, and no deployment shows it: only the first producer that sends none.",
    url="https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/using-messagededuplicationid-property.html",
    good=(
        Example(
            type=QUEUE,
            name="orders",
            properties={"fifoQueue": True, "contentBasedDeduplication": True},
        ),
    ),
    bad=(Example(type=QUEUE, name="orders", properties={"fifoQueue": True}),),
)
def fifo_deduplication(queue: Resource, graph: Graph, config: FifoDeduplication) -> Findings:
    """Compares the attribute with what is declared of the producers.

    A dead-letter queue that only redrives feed has no producer: SQS moves the messages itself.
    """
    if not queue.flag("fifoQueue") or queue.flag("contentBasedDeduplication"):
        return
    if redrives_to(queue, graph) and not takes_failures(queue, graph):
        return
    if _match(queue.name, config.queues_with_producer_ids) is None:
        yield Finding(
            problem="`contentBasedDeduplication` is "
            f"{shown(queue.raw('contentBasedDeduplication'))}",
            wanted="true, or the queue's logical name in `queuesWithProducerIds` of "
            "sqs-fifo-deduplication",
            fix="Set `contentBasedDeduplication` to true, or declare the queue if each of its "
            "producers sends a deduplication id",
        )


@resource_rule(
    "sqs-fifo-throughput-scope",
    QUEUE,
    kind=Kind.REFUSED,
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


def _match(name: str, patterns: tuple[str, ...]) -> str | None:
    return next((pattern for pattern in patterns if fnmatchcase(name, pattern)), None)
