"""The demo of the stack's task definitions: API and workers as processes, against moto."""

import json
import re
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen
from uuid import UUID, uuid4

import boto3
import pytest

from ops.dev import programs_of
from pulumi_loopback.credentials import DUMMY
from pulumi_loopback.dev import environments
from pulumi_loopback.dev.processes import Running, running
from tests.apps.aws import Aws
from tests.apps.permissions import asked, refused
from tests.apps.writes import watched, written_outside
from tests.waiting import wait_until
from tools.bench_apps import START_SECONDS

SLOTS = 4
"""Tasks that a worker executes at a time, by its command in the task definition."""
VISIBILITY_TIMEOUT = 6


@dataclass(frozen=True, slots=True)
class Answer:
    """What the API said."""

    status: int
    location: str | None
    body: Any


@dataclass(frozen=True)
class Demo:
    """A queue, a bucket, an API, and workers as they are started."""

    queue_url: str
    bucket: str
    api: Running
    start_worker: Callable[..., Running]

    def ask(self, method: str, path: str, body: object = None) -> Answer:
        """One request to the API."""
        request = Request(
            f"http://127.0.0.1:{self.api.container.health_port}{path}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Content-Type": "application/json"},
        )
        try:
            with urlopen(request, timeout=60) as answer:  # noqa: S310 - the same
                return Answer(answer.status, answer.headers["Location"], json.load(answer))
        except HTTPError as error:
            with error:
                return Answer(error.code, None, json.load(error))

    def post(self, seconds: float) -> str:
        """Enqueues a task; gives the page of its result."""
        answer = self.ask("POST", "/api/tasks", {"duration_seconds": seconds})
        assert answer.status == 202
        assert answer.location == f"/api/tasks/{UUID(answer.body['task_id'])}"
        return answer.location

    def is_done(self, page: str) -> bool:
        """Whether a task has ended."""
        state = self.ask("GET", page).body["status"]
        assert state != "failed"
        return bool(state == "done")

    def depth(self) -> tuple[int, int]:
        """Messages that wait and messages in flight."""
        found = boto3.client("sqs").get_queue_attributes(
            QueueUrl=self.queue_url, AttributeNames=["All"]
        )["Attributes"]
        return (
            int(found["ApproximateNumberOfMessages"]),
            int(found["ApproximateNumberOfMessagesNotVisible"]),
        )


@pytest.fixture
def demo(
    aws: Aws, containers: dict[str, dict[str, Any]], tmp_path: Path, writes: Path
) -> Iterator[Demo]:
    """The API, and no worker yet."""
    name = uuid4().hex
    queue = boto3.client("sqs").create_queue(
        QueueName=f"{name}.fifo",
        Attributes={"FifoQueue": "true", "ContentBasedDeduplication": "true"},
    )
    boto3.client("s3").create_bucket(Bucket=name)
    values = {
        "AWS_ENDPOINT_URL": aws.url,
        "TASKIQ_DEMO_QUEUE_NAME": f"{name}.fifo",
        "RESULTS_BUCKET": name,
    }
    with ExitStack() as programs:

        def start(name: str, **changes: str) -> Running:
            container = environments.container(containers[name]).on_a_free_port()
            program = programs.enter_context(
                running(
                    watched(container.with_values(values | changes).with_key(DUMMY), writes),
                    programs_of("taskiq_demo"),
                    tmp_path / uuid4().hex,
                )
            )
            program.wait_until_healthy(START_SECONDS)
            return program

        def start_worker(visibility_timeout: int = VISIBILITY_TIMEOUT) -> Running:
            changes = {"TASKIQ_VISIBILITY_TIMEOUT": str(visibility_timeout)}
            return start("taskiq-demo-worker/worker", **changes)

        yield Demo(queue["QueueUrl"], name, start("taskiq-demo-api/api"), start_worker)


def executions(*workers: Running) -> Counter[str]:
    """How often each task was executed, by what the workers' logs say."""
    found = r"Executing task demo\.sleep with ID: (\S+)"
    return Counter(task for worker in workers for task in re.findall(found, worker.printed()))


def test_a_hundred_tasks_are_done_once_each_and_each_result_is_found_by_its_id(demo: Demo) -> None:
    first, second = demo.start_worker(), demo.start_worker()

    pages = [demo.post((number + 1) / 1000) for number in range(100)]
    wait_until(lambda: all(map(demo.is_done, reversed(pages))), "all done", seconds=240)

    assert [demo.ask("GET", page).body["result"] for page in pages] == [
        (number + 1) / 1000 for number in range(100)
    ]
    once_each = {page.removeprefix("/api/tasks/"): 1 for page in pages}
    assert executions(first, second) == once_each
    assert executions(first), "both workers had their share"
    assert executions(second), "both workers had their share"
    assert demo.depth() == (0, 0)


def test_a_task_is_a_message_group_of_its_own_and_its_id_deduplicates_it(demo: Demo) -> None:
    task_id = demo.post(0.01).removeprefix("/api/tasks/")

    (message,) = boto3.client("sqs").receive_message(
        QueueUrl=demo.queue_url, MessageSystemAttributeNames=["All"]
    )["Messages"]

    assert message["Attributes"]["MessageGroupId"] == task_id
    assert message["Attributes"]["MessageDeduplicationId"] == task_id


def test_a_task_is_pending_until_a_worker_has_done_it(demo: Demo) -> None:
    page = demo.post(0.01)
    task_id = page.removeprefix("/api/tasks/")
    assert demo.ask("GET", page).body == {"task_id": task_id, "status": "pending"}

    demo.start_worker()
    wait_until(lambda: demo.is_done(page), "done")

    assert demo.ask("GET", page).body == {"task_id": task_id, "status": "done", "result": 0.01}


@pytest.mark.parametrize(
    ("body", "what"),
    [
        pytest.param({}, "Field required", id="nothing"),
        pytest.param({"duration_seconds": 0}, "Input should be greater than 0", id="zero"),
        pytest.param(
            {"duration_seconds": 301}, "Input should be less than or equal to 300", id="too-long"
        ),
        pytest.param(
            {"duration_seconds": "soon"},
            "Input should be a valid number, unable to parse string as a number",
            id="no-number",
        ),
    ],
)
def test_a_task_that_makes_no_sense_is_refused_with_422(
    demo: Demo, body: dict[str, Any], what: str
) -> None:
    answer = demo.ask("POST", "/api/tasks", body)

    assert answer.status == 422
    assert [problem["msg"] for problem in answer.body["detail"]] == [what]
    assert demo.depth() == (0, 0)


def test_an_id_that_is_none_is_refused_with_422(demo: Demo) -> None:
    assert demo.ask("GET", "/api/tasks/latest").status == 422


def test_an_outage_of_aws_is_told_by_the_api_and_loses_no_task(demo: Demo, aws: Aws) -> None:
    worker = demo.start_worker(visibility_timeout=300)
    page = demo.post(3)
    wait_until(lambda: demo.depth() == (0, 1), "taken")
    aws.stop()
    refused = demo.ask("POST", "/api/tasks", {"duration_seconds": 1})
    unread = demo.ask("GET", f"/api/tasks/{uuid4()}")
    wait_until(lambda: "could not be written" in worker.printed(), "a result without a place")
    aws.start()
    wait_until(lambda: demo.is_done(page), "done")
    after = demo.post(0.01)
    wait_until(lambda: demo.is_done(after), "done as before")
    wait_until(lambda: demo.depth() == (0, 0), "an empty queue")

    assert executions(worker).total() == 2, "each once"
    assert refused.status == 503
    assert refused.body == {"detail": "the queue takes no task now: SendTaskError"}
    assert unread.status == 503
    assert unread.body == {"detail": "no result can be read now: EndpointConnectionError"}


def test_a_worker_takes_no_more_messages_than_it_executes(demo: Demo) -> None:
    for _ in range(3 * SLOTS):
        demo.post(2.5)
    demo.start_worker()

    in_flight = set()
    while sum(depth := demo.depth()):
        in_flight.add(depth[1])
        time.sleep(0.05)

    assert max(in_flight) == SLOTS


def test_a_task_longer_than_the_visibility_timeout_is_executed_once(demo: Demo) -> None:
    first, second = demo.start_worker(), demo.start_worker()

    page = demo.post(2.5 * VISIBILITY_TIMEOUT)
    wait_until(lambda: demo.is_done(page), "done")

    assert executions(first, second).total() == 1


def test_a_stopping_worker_ends_its_tasks_and_keeps_no_message(demo: Demo) -> None:
    pages = [demo.post(5) for _ in range(SLOTS + 2)]
    worker = demo.start_worker()
    wait_until(lambda: demo.depth() == (2, SLOTS), "all slots taken")

    assert worker.stop() == 0

    assert [demo.is_done(page) for page in pages].count(True) == SLOTS
    assert demo.depth() == (2, 0)


def test_what_a_killed_worker_had_taken_is_done_by_another(demo: Demo) -> None:
    page = demo.post(2)
    worker = demo.start_worker()
    wait_until(lambda: demo.depth() == (0, 1), "taken")
    worker.kill()

    demo.start_worker()
    wait_until(lambda: demo.is_done(page), "done")


def test_api_and_worker_keep_to_the_folders_and_rights_of_their_tasks(
    demo: Demo,
    writes: Path,
    requests: Path,
    containers: dict[str, dict[str, Any]],
    policies: dict[str, list[dict[str, Any]]],
) -> None:
    page = demo.post(0.5 * VISIBILITY_TIMEOUT)
    demo.start_worker()
    wait_until(lambda: demo.is_done(page), "done")
    wait_until(lambda: demo.depth() == (0, 0), "an empty queue")

    wanted = {
        "api": {"sqs:GetQueueUrl", "sqs:SendMessage", "s3:GetObject"},
        "worker": {
            "sqs:ChangeMessageVisibility",
            "sqs:DeleteMessage",
            "sqs:GetQueueUrl",
            "sqs:ReceiveMessage",
            "s3:PutObject",
        },
    }
    for name, actions in wanted.items():
        task = f"taskiq-demo-{name}"
        mounted = [mount["containerPath"] for mount in containers[f"{task}/{name}"]["mountPoints"]]
        assert written_outside(writes, *mounted) == set()
        own = {one for one in asked(requests) if one.who == name}
        stack = environments.container(containers[f"{task}/{name}"]).environment
        names = {
            demo.queue_url.rpartition("/")[2]: stack["TASKIQ_DEMO_QUEUE_NAME"],
            demo.bucket: stack["RESULTS_BUCKET"],
        }
        assert {one.action for one in own} == actions
        assert refused(own, policies[task], names) == set()


def test_the_results_lie_where_the_roles_of_the_stack_may_use_them(demo: Demo) -> None:
    page = demo.post(0.01)
    demo.start_worker()
    wait_until(lambda: demo.is_done(page), "done")

    (found,) = boto3.client("s3").list_objects_v2(Bucket=demo.bucket)["Contents"]

    assert found["Key"] == f"taskiq-demo/{page.removeprefix('/api/tasks/')}"
