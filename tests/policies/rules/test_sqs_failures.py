"""Dead-letter queues of what is not a queue: functions, topics, schedules and the like."""

from collections.abc import Mapping

import pytest

from aws_policy_pack.rules.sqs.dead_letters import dead_letter_queue_required
from aws_policy_pack.testing import UNKNOWN, Example, analyze_stack
from tests.policies.rules.reading import problems
from tests.policies.rules.sqs_stacks import ACCOUNT, queue

LONE = "the queue has no redrive policy, and nothing sends its failures to it"


def failing(
    kind: str, properties: Mapping[str, object], *queues: str, known: bool = True
) -> Example:
    """A resource whose one property comes from these queues."""
    [(key, value)] = properties.items()
    return Example(
        type=kind,
        name="sender",
        properties={key: value if known else UNKNOWN},
        references={key: queues},
    )


DEAD = f"{ACCOUNT}dead"
JOBS = f"{ACCOUNT}jobs"
SENDERS = [
    pytest.param(
        "aws:cloudwatch/eventTarget:EventTarget", {"deadLetterConfig": {"arn": DEAD}}, id="event"
    ),
    pytest.param("aws:cloudwatch/eventBus:EventBus", {"deadLetterConfig": {"arn": DEAD}}, id="bus"),
    pytest.param(
        "aws:lambda/function:Function", {"deadLetterConfig": {"targetArn": DEAD}}, id="function"
    ),
    pytest.param(
        "aws:sns/topicSubscription:TopicSubscription",
        {"redrivePolicy": f'{{"deadLetterTargetArn": "{DEAD}"}}'},
        id="subscription",
    ),
    pytest.param(
        "aws:scheduler/schedule:Schedule",
        {"target": {"arn": JOBS, "deadLetterConfig": {"arn": DEAD}}},
        id="schedule",
    ),
    pytest.param(
        "aws:pipes/pipe:Pipe",
        {"sourceParameters": {"kinesisStreamParameters": {"deadLetterConfig": {"arn": DEAD}}}},
        id="pipe-of-a-stream",
    ),
    pytest.param(
        "aws:pipes/pipe:Pipe",
        {"sourceParameters": {"dynamodbStreamParameters": {"deadLetterConfig": {"arn": DEAD}}}},
        id="pipe-of-a-table",
    ),
    pytest.param(
        "aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig",
        {
            "destinationConfig": {
                "onFailure": {"destination": DEAD},
                "onSuccess": {"destination": JOBS},
            }
        },
        id="invocation",
    ),
    pytest.param(
        "aws:lambda/eventSourceMapping:EventSourceMapping",
        {"destinationConfig": {"onFailure": {"destinationArn": DEAD}}},
        id="mapping",
    ),
    pytest.param(
        "aws:iot/topicRule:TopicRule",
        {"errorAction": {"sqs": {"queueUrl": "https://sqs/dead"}}},
        id="things",
    ),
    pytest.param(
        "aws:customerprofiles/domain:Domain",
        {"deadLetterQueueUrl": "https://sqs/dead"},
        id="profiles",
    ),
]


@pytest.mark.parametrize(("kind", "properties"), SENDERS)
def test_a_queue_that_takes_failures_of_something_else_passes(
    kind: str, properties: Mapping[str, object]
) -> None:
    sender = failing(kind, properties, "dead")
    found = analyze_stack(dead_letter_queue_required, [queue("dead"), sender])
    assert found == []


@pytest.mark.parametrize(("kind", "properties"), SENDERS)
def test_failures_go_by_the_arn_where_nothing_tells_the_reference(
    kind: str, properties: Mapping[str, object]
) -> None:
    sender = failing(kind, properties)
    found = analyze_stack(dead_letter_queue_required, [queue("dead"), queue("other"), sender])
    assert problems(found) == [f"other: {LONE}"]


@pytest.mark.parametrize(
    ("kind", "properties"), [param for param in SENDERS if param.id in {"schedule", "invocation"}]
)
def test_a_queue_that_takes_the_work_itself_needs_a_dead_letter_queue(
    kind: str, properties: Mapping[str, object]
) -> None:
    stack = [queue("dead"), queue("jobs"), failing(kind, properties, "dead", "jobs")]
    found = analyze_stack(dead_letter_queue_required, stack)
    assert problems(found) == [f"jobs: {LONE}"]


def test_a_queue_named_by_what_is_not_known_yet_is_not_evaluated() -> None:
    schedule = failing("aws:scheduler/schedule:Schedule", {"target": {}}, "jobs", known=False)
    stack = [queue("jobs"), queue("c"), schedule]
    assert problems(analyze_stack(dead_letter_queue_required, stack)) == [
        f"c: {LONE}",
        "not evaluated: sender: `target` is not known yet",
    ]


@pytest.mark.parametrize(
    ("target", "problems_found"),
    [
        pytest.param({"arn": JOBS, "deadLetterConfig": {"arn": UNKNOWN}}, [], id="the work known"),
        pytest.param(
            {"arn": "arn:aws:lambda:::a", "deadLetterConfig": {"arn": UNKNOWN}},
            [],
            id="the work elsewhere",
        ),
        pytest.param(
            {"arn": UNKNOWN, "deadLetterConfig": {"arn": f"{ACCOUNT}elsewhere"}},
            [f"dead: {LONE}"],
            id="failures elsewhere",
        ),
        pytest.param({"arn": UNKNOWN}, [f"dead: {LONE}"], id="no queue for failures"),
        pytest.param(
            {"arn": "arn:aws:lambda:::a", "input": DEAD},
            [f"dead: {LONE}"],
            id="the work elsewhere and no queue for failures",
        ),
        pytest.param(
            {"arn": DEAD, "deadLetterConfig": {"arn": UNKNOWN}},
            [f"dead: {LONE}"],
            id="the work itself",
        ),
        pytest.param(
            {"arn": UNKNOWN, "deadLetterConfig": {"arn": UNKNOWN}},
            ["not evaluated: sender: `target.deadLetterConfig.arn` is not known yet"],
            id="nothing known",
        ),
    ],
)
def test_what_is_known_of_the_work_tells_where_failures_go(
    target: Mapping[str, object], problems_found: list[str]
) -> None:
    schedule = failing("aws:scheduler/schedule:Schedule", {"target": target}, "dead")
    found = analyze_stack(dead_letter_queue_required, [queue("dead"), schedule])
    assert problems(found) == problems_found


def test_one_sender_that_is_known_is_enough() -> None:
    stack = [
        failing("aws:scheduler/schedule:Schedule", {"target": {}}, known=False),
        failing("aws:lambda/function:Function", {"deadLetterConfig": {"targetArn": DEAD}}, "dead"),
        queue("dead"),
    ]
    assert analyze_stack(dead_letter_queue_required, stack) == []


@pytest.mark.parametrize(
    "sender",
    [
        pytest.param(
            failing("aws:s3/bucketNotification:BucketNotification", {"queues": [DEAD]}, "dead"),
            id="notifications-of-a-bucket",
        ),
        pytest.param(
            failing("aws:sns/topicSubscription:TopicSubscription", {"endpoint": DEAD}, "dead"),
            id="messages-of-a-topic",
        ),
        pytest.param(
            failing("aws:cloudwatch/eventTarget:EventTarget", {"arn": DEAD}, "dead"), id="events"
        ),
        pytest.param(failing("aws:pipes/pipe:Pipe", {"target": DEAD}, "dead"), id="pipe"),
    ],
)
def test_what_is_delivered_to_a_queue_is_not_a_failure(sender: Example) -> None:
    found = analyze_stack(dead_letter_queue_required, [queue("dead"), sender])
    assert problems(found) == [f"dead: {LONE}"]


def test_of_senders_that_are_not_known_the_first_is_told() -> None:
    senders = [
        Example(
            type="aws:scheduler/schedule:Schedule",
            name=name,
            properties={"target": UNKNOWN},
            references={"target": ("jobs",)},
        )
        for name in ("nightly", "weekly")
    ]
    assert problems(analyze_stack(dead_letter_queue_required, [*senders, queue("jobs")])) == [
        "not evaluated: nightly: `target` is not known yet"
    ]
