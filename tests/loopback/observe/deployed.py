"""A stack that looks deployed: a project, its outputs, and an endpoint with what they name."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3

from ops.engine.locate import pinned_version
from ops.paths import ROOT
from pulumi_loopback.credentials import DUMMY, Key, read_key
from pulumi_loopback.embedded.endpoint import EmbeddedEndpoint

Client = Callable[[str], Any]
PROJECT = "orders"
# Answers as the engine's command line does, with outputs from a file.
PULUMI = """\
#!/bin/sh
case "$1" in
version) echo v{version} ;;
stack) cat {outputs} ;;
esac
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployed:
    """A project on an endpoint.

    Attributes:
        folder: The folder of Pulumi.yaml.
        url: Its endpoint.
        outputs: The stack's outputs.
    """

    folder: Path
    url: str
    outputs: Mapping[str, Any]

    def with_outputs(self, folder: Path, outputs: Mapping[str, Any]) -> "Deployed":
        """The same endpoint, and a stack with other outputs."""
        return make_project(folder, self.url, outputs)

    @property
    def variables(self) -> dict[str, str]:
        """What a command runs with: the stand-in for the engine, a backend, no credentials."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
        return {
            **kept,
            "PATH": f"{self.folder}{os.pathsep}{os.environ['PATH']}",
            "PULUMI_BACKEND_URL": self.folder.as_uri(),
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_CONFIG_FILE": str(self.folder / "none"),
            "AWS_SHARED_CREDENTIALS_FILE": str(self.folder / "none"),
            "COLUMNS": "80",
            "NO_COLOR": "1",
        }

    def command(self, *arguments: str) -> list[str]:
        """The command line behind a session."""
        name, *rest = arguments
        return [sys.executable, "-m", "ops.lifecycle", name, "--project", str(self.folder), *rest]

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Runs what is behind a session."""
        return subprocess.run(
            self.command(*arguments),
            cwd=ROOT,
            env=self.variables,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )

    def rows(self, *arguments: str) -> dict[str, Any]:
        """Runs it with `--format json` and reads that."""
        told = self.run(*arguments, "--format", "json")
        assert told.returncode == 0, told.stderr
        read: dict[str, Any] = json.loads(told.stdout)
        return read


def clients_of(url: str, key: Key = DUMMY) -> Client:
    """Makes clients of boto3, each for one service of the endpoint."""
    return lambda service: boto3.client(
        service,  # type: ignore[call-overload]
        endpoint_url=url,
        region_name="us-east-1",
        aws_access_key_id=key.id,
        aws_secret_access_key=key.secret,
    )


def key_of(endpoint: EmbeddedEndpoint) -> Key:
    """The key that signs requests to the endpoint."""
    key = read_key(endpoint.profile)
    assert key is not None
    return key


def make_project(folder: Path, url: str, outputs: Mapping[str, Any]) -> Deployed:
    """A project whose local and dev stacks have these outputs."""
    folder.mkdir(parents=True)
    (folder / "Pulumi.yaml").write_text(f"name: {PROJECT}\nruntime: python\n", encoding="utf-8")
    settings = json.dumps({"config": {f"{PROJECT}:aws": {"endpoint": url}}})
    (folder / "Pulumi.local.yaml").write_text(settings, encoding="utf-8")
    states = folder / ".pulumi" / "stacks" / PROJECT
    states.mkdir(parents=True)
    for stack in ("local", "dev"):
        (states / f"{stack}.json").write_text('{"version": 3, "checkpoint": {}}', encoding="utf-8")
    (folder / "outputs.json").write_text(json.dumps(outputs), encoding="utf-8")
    pulumi = folder / "pulumi"
    text = PULUMI.format(version=pinned_version(), outputs=folder / "outputs.json")
    pulumi.write_text(text, encoding="utf-8")
    pulumi.chmod(0o755)
    return Deployed(folder=folder, url=url, outputs=outputs)


def fill(url: str) -> dict[str, Any]:
    """Makes two services, a task, queues and logs; gives the outputs that name them."""
    outputs = {**_cluster(url), **_queues(url)}
    group = "/orders/local/daemon"
    logs = clients_of(url)("logs")
    logs.create_log_group(logGroupName=group)
    logs.create_log_group(logGroupName="/orders/local/auto-scaler")
    for task in ("aaaaaaaa1111", "bbbbbbbb2222"):
        logs.create_log_stream(logGroupName=group, logStreamName=f"daemon/daemon/{task}")
    write_log(url, group, "daemon/daemon/aaaaaaaa1111", "an hour ago", age_seconds=3600)
    write_log(url, group, "daemon/daemon/bbbbbbbb2222", "Run failed: no such asset", age_seconds=60)
    write_log(url, group, "daemon/daemon/aaaaaaaa1111", "Checking for new runs", age_seconds=120)
    names = {"dagster-daemon": group, "auto-scaler": "/orders/local/auto-scaler"}
    return {**outputs, "logGroupNames": names}


def write_log(url: str, group: str, stream: str, text: str, *, age_seconds: int = 0) -> None:
    """Writes one event."""
    moment = int((time.time() - age_seconds) * 1000)
    clients_of(url)("logs").put_log_events(
        logGroupName=group,
        logStreamName=stream,
        logEvents=[{"timestamp": moment, "message": text}],
    )


def _cluster(url: str) -> dict[str, Any]:
    ecs = clients_of(url)("ecs")
    cluster = ecs.create_cluster(clusterName="orders")["cluster"]["clusterArn"]
    ecs.register_task_definition(
        family="orders-daemon",
        containerDefinitions=[{"name": "daemon", "image": "daemon:1", "memory": 128}],
    )
    for name, desired in (("orders-daemon-local", 1), ("orders-worker-local", 3), ("by-hand", 0)):
        ecs.create_service(
            cluster="orders",
            serviceName=name,
            taskDefinition="orders-daemon:1",
            desiredCount=desired,
        )
    subnet = clients_of(url)("ec2").describe_subnets()["Subnets"][0]["SubnetId"]
    ecs.run_task(
        cluster="orders",
        taskDefinition="orders-daemon:1",
        launchType="FARGATE",
        group="service:orders-daemon-local",
        networkConfiguration={"awsvpcConfiguration": {"subnets": [subnet]}},
    )
    return {
        "clusterArn": cluster,
        "daemonServiceName": "orders-daemon-local",
        "workerServiceName": "orders-worker-local",
    }


def _queues(url: str) -> dict[str, Any]:
    sqs = clients_of(url)("sqs")
    dead = sqs.create_queue(QueueName="steps-dead")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=dead, AttributeNames=["QueueArn"])["Attributes"]
    policy = json.dumps({"deadLetterTargetArn": arn["QueueArn"], "maxReceiveCount": 3})
    steps = sqs.create_queue(QueueName="steps", Attributes={"RedrivePolicy": policy})["QueueUrl"]
    for _ in range(5):
        sqs.send_message(QueueUrl=steps, MessageBody="{}")
    sqs.receive_message(QueueUrl=steps, MaxNumberOfMessages=2, VisibilityTimeout=3600)
    sqs.send_message(QueueUrl=steps, MessageBody="{}", DelaySeconds=900)
    for _ in range(4):
        sqs.send_message(QueueUrl=dead, MessageBody="{}")
    return {"queueUrl": steps, "deadLetterQueueUrl": dead}
