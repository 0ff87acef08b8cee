"""Dagster's web server from outside, and what workers left behind."""

import json
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import boto3

from ops.dev import programs_of
from pulumi_loopback.credentials import DUMMY
from pulumi_loopback.dev.environments import Container
from pulumi_loopback.dev.processes import Running
from tests.waiting import wait_until
from tools.bench_apps import BUCKET, DEAD_LETTER_QUEUE, QUEUE, REGION, System, running_system

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_sqs import SQSClient

SLOTS = 4
"""Steps that a worker executes at a time, by its command in the task definition."""
VISIBILITY_TIMEOUT = 6
MAX_RECEIVE_COUNT = 3
SHORT = {"TASKIQ_VISIBILITY_TIMEOUT": str(VISIBILITY_TIMEOUT)}
SHORT_LEASE = 10
"""Seconds, for a test that loses a worker; in all others none is ever lost."""

LAUNCH = """
mutation ($parameters: ExecutionParams!) {
  launchRun(executionParams: $parameters) {
    __typename
    ... on LaunchRunSuccess { run { runId } }
  }
}"""
RUNS = "{ runsOrError { ... on Runs { results { runId parentRunId } } } }"
EVENTS = """
query ($id: ID!) {
  runOrError(runId: $id) { ... on Run { eventConnection(limit: 1) { cursor } } }
}"""
TERMINATE = "mutation ($id: String!) { terminateRun(runId: $id) { __typename } }"
STATUS = "query ($id: ID!) { runOrError(runId: $id) { ... on Run { status } } }"


@dataclass(frozen=True)
class Dagster:
    """The system on this machine, with queues and a bucket."""

    system: System

    @cached_property
    def sqs(self) -> "SQSClient":
        """A client of its queues."""
        return self._session.client("sqs", endpoint_url=self.system.endpoint)

    @cached_property
    def s3(self) -> "S3Client":
        """A client of its bucket."""
        return self._session.client("s3", endpoint_url=self.system.endpoint)

    @property
    def _session(self) -> boto3.Session:
        return boto3.Session(
            aws_access_key_id=DUMMY.id,
            aws_secret_access_key=DUMMY.secret,
            region_name=REGION,
        )

    def create_queues_and_bucket(self) -> None:
        """What the stack creates in AWS."""
        dead = self.sqs.create_queue(QueueName=DEAD_LETTER_QUEUE, Attributes={"FifoQueue": "true"})
        arn = self.sqs.get_queue_attributes(QueueUrl=dead["QueueUrl"], AttributeNames=["QueueArn"])
        redrive = {
            "deadLetterTargetArn": arn["Attributes"]["QueueArn"],
            "maxReceiveCount": MAX_RECEIVE_COUNT,
        }
        self.sqs.create_queue(
            QueueName=QUEUE,
            Attributes={
                "FifoQueue": "true",
                "VisibilityTimeout": str(VISIBILITY_TIMEOUT),
                "RedrivePolicy": json.dumps(redrive),
            },
        )
        self.s3.create_bucket(Bucket=BUCKET)

    def send(self, bodies: Mapping[str, str]) -> None:
        """Puts messages into the queue, by their ids, each in a group of its own."""
        url = self.sqs.get_queue_url(QueueName=QUEUE)["QueueUrl"]
        waiting = list(bodies.items())
        while waiting:
            batch, waiting = waiting[:10], waiting[10:]
            self.sqs.send_message_batch(
                QueueUrl=url,
                Entries=[
                    {
                        "Id": name,
                        "MessageBody": body,
                        "MessageGroupId": name,
                        "MessageDeduplicationId": name,
                    }
                    for name, body in batch
                ],
            )

    def messages(self, queue: str = QUEUE) -> tuple[int, int]:
        """How many messages wait, and how many are in flight."""
        found = self.sqs.get_queue_attributes(
            QueueUrl=self.sqs.get_queue_url(QueueName=queue)["QueueUrl"],
            AttributeNames=[
                "ApproximateNumberOfMessages",
                "ApproximateNumberOfMessagesNotVisible",
            ],
        )["Attributes"]
        return (
            int(found["ApproximateNumberOfMessages"]),
            int(found["ApproximateNumberOfMessagesNotVisible"]),
        )

    def keys(self, prefix: str) -> list[str]:
        """What the bucket has under a prefix."""
        found = self.s3.list_objects_v2(Bucket=BUCKET, Prefix=prefix)
        return [entry["Key"] for entry in found.get("Contents", [])]

    def ask(self, query: str, **variables: object) -> dict[str, Any]:
        """A GraphQL request to the web server; gives the one field of its answer."""
        body = json.dumps({"query": query, "variables": variables}).encode()
        request = Request(  # noqa: S310 - the loopback
            self.system.graphql, data=body, headers={"Content-Type": "application/json"}
        )
        with urlopen(request, timeout=30) as answer:  # noqa: S310 - the same
            (field,) = json.load(answer)["data"].values()
        assert isinstance(field, dict)
        return field

    def launch(self, job: str, ops: Mapping[str, object], *, lease: int = 120) -> str:
        """Launches a run with settings for its ops; gives its id."""
        config = {
            "execution": {"config": {"lease_seconds": lease, "health_interval_seconds": 1}},
            "ops": {name: {"config": value} for name, value in ops.items()},
        }
        answer = self.ask(
            LAUNCH,
            parameters={
                "selector": {
                    "repositoryLocationName": "dagster_app",
                    "repositoryName": "__repository__",
                    "pipelineName": job,
                },
                "mode": "default",
                "runConfigData": json.dumps(config),
            },
        )
        assert answer["__typename"] == "LaunchRunSuccess", answer
        run_id: str = answer["run"]["runId"]
        return run_id

    def terminate(self, run_id: str) -> None:
        """Cancels a run, as its page does."""
        answer = self.ask(TERMINATE, id=run_id)
        assert answer["__typename"] == "TerminateRunSuccess"

    def runs_after(self, run_id: str) -> list[str]:
        """The runs that were started in place of a run."""
        runs = self.ask(RUNS)["results"]
        return [run["runId"] for run in runs if run["parentRunId"] == run_id]

    def find_database_again(self, run_id: str) -> None:
        """Asks for runs and events until the web server has given up its old connections."""

        def answers(query: str) -> bool:
            try:
                return bool(self.ask(query, id=run_id))
            except HTTPError as error:
                error.close()  # it holds the server's answer
                return False

        for query in (RUNS, EVENTS):
            wait_until(partial(answers, query), "an answer without an error")

    def status(self, run_id: str) -> str:
        """A run's status in Dagster's words."""
        status: str = self.ask(STATUS, id=run_id)["status"]
        return status

    def wait_for(self, run_id: str, status: str, seconds: float = 180) -> None:
        """Waits until a run has a status; fails where it ends with another."""
        ends = {"SUCCESS", "FAILURE", "CANCELED"}
        wait_until(lambda: self.status(run_id) in ends | {status}, f"{status} of the run", seconds)
        assert self.status(run_id) == status

    def claims(self, run_id: str) -> dict[str, str]:
        """The attempts of a run that workers have claimed, as `<step>:<number>`, and which did."""
        rows = self.system.postgres.query(
            f"SELECT label, worker FROM taskiq_step WHERE label LIKE '{run_id}:%'"  # noqa: S608 - ids of our own
            " AND worker IS NOT NULL"
        )
        pairs = [row.split("|") for row in rows.splitlines()]
        return {
            label.removeprefix(f"{run_id}:"): delivery.partition("#")[0]
            for label, delivery in pairs
        }

    def wait_for_claim(self, run_id: str, attempt: str) -> str:
        """Waits until a worker has claimed an attempt; gives its name."""
        wait_until(lambda: attempt in self.claims(run_id), f"a claim of {attempt}")
        return self.claims(run_id)[attempt]


def process_of(name: str) -> int:
    """The process of a worker that calls itself `<host>:<process id>`."""
    return int(name.rpartition(":")[2])


def owner(name: str, workers: list[Running]) -> Running:
    """The worker that calls itself so."""
    session = os.getsid(process_of(name))
    (found,) = [worker for worker in workers if worker.process.pid == session]
    return found


def step_process(worker: Running) -> int:
    """The process of the step that a worker started last."""
    return int(re.findall(r"runs in process (\d+)", worker.printed())[-1])


def executions(workers: list[Running]) -> list[str]:
    """The keys of the steps for which workers started processes."""
    return [
        key
        for worker in workers
        for key in re.findall(r"step (\w+) runs in process \d+", worker.printed())
    ]


@contextmanager
def dagster(containers: Mapping[str, Container], endpoint: str | None = None) -> Iterator[Dagster]:
    """An empty system; what is started in it ends with the block.

    Args:
        containers: Those of the stack.
        endpoint: URL of an AWS, where it is not the system's own.
    """
    with TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)  # PostgreSQL does not run as root, and must get through.
        with running_system(containers, programs_of("dagster_app"), folder) as system:
            system.endpoint = endpoint or system.endpoint
            made = Dagster(system)
            made.create_queues_and_bucket()
            yield made
