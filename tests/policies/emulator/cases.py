"""What a rule forbids and moto refuses, and what both take."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from aws_policy_pack.testing import Example
from tests.policies.emulator.service import (
    ACCOUNT,
    BUCKET,
    DATABASE,
    KEY_ALIAS,
    LOG_GROUP,
    POLICY,
    QUEUE,
    REPOSITORY,
    ROLE,
    SECRET,
    SECRET_ROTATION,
    SECURITY_GROUP,
    TARGET_GROUP,
    TASK_DEFINITION,
)

Resources = tuple[Example, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One input that a rule forbids.

    Attributes:
        about: What is wrong with it.
        rule: The rule's id.
        bad: The resources; the last is the one that is refused.
        good: The same as the rule wants it.
        code: The error that AWS documents for it and moto answers with.
    """

    about: str
    rule: str
    bad: Resources
    good: Resources
    code: str

    @property
    def id(self) -> str:
        """The rule, and what is wrong."""
        return f"{self.rule}: {self.about}"


def resource(type_: str, properties: Mapping[str, object], *, called: str = "subject") -> Example:
    """A resource of an example."""
    return Example(type=type_, name=called, properties=properties)


def queue(name: str, **attributes: object) -> Resources:
    """A queue alone."""
    return (resource(QUEUE, {"name": name, **attributes}),)


def named(type_: str, bad: str, good: str, *, code: str, key: str = "name") -> Case:
    """A case of a name that AWS does not take."""
    return Case(
        about=f"{type_.rpartition(':')[2]} {bad if len(bad) < LONG else f'of {len(bad)}'}",
        rule="names-within-limits",
        bad=(resource(type_, {key: bad}),),
        good=(resource(type_, {key: good}),),
        code=code,
    )


def twice(type_: str, *, code: str, key: str = "name", form: str = "{}", **more: object) -> Case:
    """A case of two resources of one name.

    Args:
        type_: Their type.
        code: What the second is refused with.
        key: The property that holds the name.
        form: What a name of this type looks like.
        more: What a second resource has beside its name.
    """
    one, other = form.format("orders"), form.format("returns")
    first = resource(type_, {**NEEDED.get(type_, {}), key: one}, called="first")
    second = {**NEEDED.get(type_, {}), **more}
    return Case(
        about=f"two of {type_.rpartition(':')[2]}",
        rule="names-unique-physical",
        bad=(first, resource(type_, {**second, key: one})),
        good=(first, resource(type_, {**second, key: other})),
        code=code,
    )


def redriving(policy: Mapping[str, object], *, dead: str = "dead", fifo: bool = False) -> Resources:
    """A queue and its dead-letter queue."""
    suffix, attributes = (".fifo", {"fifoQueue": True}) if fifo else ("", {})
    source = Example(
        type=QUEUE,
        name="subject",
        properties={
            "name": f"orders{suffix}",
            "redrivePolicy": json.dumps(policy),
            **attributes,
        },
        references={"redrivePolicy": ("dead",)},
    )
    fifo_dead = {"fifoQueue": True} if dead.endswith(".fifo") else {}
    return (resource(QUEUE, {"name": dead, **fifo_dead}, called="dead"), source)


def redrive(**changes: object) -> dict[str, object]:
    """A sound redrive policy but for what is changed; `None` drops a key."""
    policy = {"deadLetterTargetArn": arn("dead"), "maxReceiveCount": 3, **changes}
    return {key: value for key, value in policy.items() if value is not None}


def arn(queue: str) -> str:
    """The ARN of a queue."""
    return f"arn:aws:sqs:us-east-1:{ACCOUNT}:{queue}"


def document(about: str, changes: Mapping[str, object], **whole: object) -> Case:
    """A case of a policy document; `None` drops a key of its statement."""
    statement = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}
    changed = {key: value for key, value in {**statement, **changes}.items() if value is not None}
    bad = {"Version": "2012-10-17", "Statement": [changed], **whole}
    good = {"Version": "2012-10-17", "Statement": [statement]}
    return Case(
        about=about,
        rule="iam-policy-document-valid",
        bad=(resource(POLICY, {"policy": json.dumps(bad)}),),
        good=(resource(POLICY, {"policy": json.dumps(good)}),),
        code="MalformedPolicyDocument",
    )


def containers(about: str, container: Mapping[str, object]) -> Case:
    """A case of one container definition."""
    good = {"name": "web", "image": "web:1", "memory": 512}
    return Case(
        about=about,
        rule="ecs-container-definitions-valid",
        bad=(_task(container),),
        good=(_task(good),),
        code="ClientException",
    )


def _task(container: Mapping[str, object]) -> Example:
    definitions = json.dumps([container])
    return resource(TASK_DEFINITION, {"family": "web", "containerDefinitions": definitions})


def rotating(days: int) -> Resources:
    """A secret that is rotated."""
    return (
        resource(SECRET, {"name": "token"}, called="secret"),
        Example(
            type=SECRET_ROTATION,
            name="subject",
            properties={"secretId": "token", "rotationRules": {"automaticallyAfterDays": days}},
            references={"secretId": ("secret",)},
        ),
    )


# From here on a name is told by its length.
LONG = 40
SHAPE = "sqs-redrive-policy-shape"
NEEDED: Mapping[str, Mapping[str, object]] = {SECURITY_GROUP: {"vpcId": "vpc"}}

CASES = (
    Case(
        about="a FIFO queue without the suffix",
        rule="sqs-fifo-name-suffix",
        bad=queue("orders", fifoQueue=True),
        good=queue("orders.fifo", fifoQueue=True),
        code="InvalidParameterValue",
    ),
    Case(
        about="a FIFO queue redrives to a standard one",
        rule="sqs-dead-letter-queue-same-type",
        bad=redriving(redrive(), fifo=True),
        good=redriving(redrive(deadLetterTargetArn=arn("dead.fifo")), dead="dead.fifo", fifo=True),
        code="InvalidParameterCombination",
    ),
    Case(
        about="the ARN in a list",
        rule=SHAPE,
        bad=redriving(redrive(deadLetterTargetArn=[arn("dead")])),
        good=redriving(redrive()),
        code="AWS.SimpleQueueService.NonExistentQueue",
    ),
    Case(
        about="no ARN",
        rule=SHAPE,
        bad=redriving(redrive(deadLetterTargetArn=None)),
        good=redriving(redrive()),
        code="InvalidParameterValue",
    ),
    Case(
        about="no count",
        rule=SHAPE,
        bad=redriving(redrive(maxReceiveCount=None)),
        good=redriving(redrive()),
        code="InvalidParameterValue",
    ),
    Case(
        about="messages of 100 bytes",
        rule="sqs-message-limits",
        bad=queue("orders", maxMessageSize=100),
        good=queue("orders", maxMessageSize=1024),
        code="InvalidAttributeValue",
    ),
    named(QUEUE, "or ders", "orders", code="InvalidParameterValue"),
    named(QUEUE, "a" * 81, "a" * 80, code="InvalidParameterValue"),
    named(DATABASE, "a_b", "a-b", code="InvalidParameterValue", key="identifier"),
    named(DATABASE, "a--b", "a-b", code="InvalidParameterValue", key="identifier"),
    named(DATABASE, "a" * 64, "a" * 63, code="InvalidParameterValue", key="identifier"),
    named(TARGET_GROUP, "a_b", "a-b", code="ValidationError"),
    named(TARGET_GROUP, "-ab", "ab", code="ValidationError"),
    named(TARGET_GROUP, "a" * 33, "a" * 32, code="ValidationError"),
    named(REPOSITORY, "Web", "web", code="InvalidParameterException"),
    named(LOG_GROUP, "a" * 513, "a" * 512, code="InvalidParameterException"),
    named(BUCKET, "ab", "orders-eu", code="InvalidBucketName", key="bucket"),
    named(BUCKET, "a" * 64, "a" * 63, code="InvalidBucketName", key="bucket"),
    named(KEY_ALIAS, "orders", "alias/orders", code="ValidationException"),
    # To create a queue again with the same attributes gives the one that is there.
    twice(QUEUE, code="QueueAlreadyExists", delaySeconds=5),
    twice(DATABASE, code="DBInstanceAlreadyExists", key="identifier"),
    twice(TARGET_GROUP, code="DuplicateTargetGroupName"),
    twice(REPOSITORY, code="RepositoryAlreadyExistsException"),
    twice(LOG_GROUP, code="ResourceAlreadyExistsException"),
    twice(ROLE, code="EntityAlreadyExists"),
    twice(SECRET, code="ResourceExistsException"),
    twice(SECURITY_GROUP, code="InvalidGroup.Duplicate"),
    twice(KEY_ALIAS, code="AlreadyExistsException", form="alias/{}"),
    containers("no name", {"image": "web:1", "memory": 512}),
    containers("no image", {"name": "web", "memory": 512}),
    document("another effect", {"Effect": "Permit"}),
    document("no resource", {"Resource": None}),
    document("no action", {"Action": None}),
    document("an action without a service", {"Action": "GetObject"}),
    document("a resource that is not an ARN", {"Resource": "orders"}),
    document("an unknown element", {"Reason": "none"}),
    document("Action beside NotAction", {"NotAction": "s3:*"}),
    document("an unknown condition", {"Condition": {"Like": {"aws:PrincipalTag/a": "b"}}}),
    document("another version", {}, Version="2024-01-01"),
    document("no statement", {}, Statement=[]),
    Case(
        about="2,000 days",
        rule="secrets-rotation",
        bad=rotating(2000),
        good=rotating(30),
        code="InvalidParameterException",
    ),
)
