"""What the endpoint holds, over a stop and a start."""

import json
import os
import signal
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from pulumi_loopback.credentials import free_port
from pulumi_loopback.embedded.endpoint import EmbeddedEndpoint
from tests.loopback.observe.deployed import Client, clients_of, key_of

TRUST = json.dumps({"Version": "2012-10-17", "Statement": []})
MANAGED = "arn:aws:iam::aws:policy/ReadOnlyAccess"


@pytest.fixture
def endpoint(tmp_path: Path) -> Iterator[EmbeddedEndpoint]:
    made = EmbeddedEndpoint(port=free_port(), folder=tmp_path / "endpoint")
    made.start()
    yield made
    made.stop()


@pytest.fixture
def client(endpoint: EmbeddedEndpoint) -> Client:
    return clients_of(endpoint.url, key_of(endpoint))


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """An endpoint that was stopped and started, and what was noted before."""

    client: Client
    queue: str
    taken: Mapping[str, str]
    hidden: bytes


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kept]:
    made = EmbeddedEndpoint(port=free_port(), folder=tmp_path_factory.mktemp("kept"))
    made.start()
    client = clients_of(made.url, key_of(made))
    url = queue(client)
    for body in ("one", "two"):
        client("sqs").send_message(QueueUrl=url, MessageBody=body)
    (taken,) = client("sqs").receive_message(QueueUrl=url, VisibilityTimeout=600)["Messages"]
    key = client("kms").create_key()["KeyMetadata"]["KeyId"]
    hidden = client("kms").encrypt(KeyId=key, Plaintext=b"secret")["CiphertextBlob"]
    client("s3").create_bucket(Bucket="storage")
    client("s3").put_object(Bucket="storage", Key="a/b", Body=b"content")
    client("logs").create_log_group(logGroupName="group")
    client("logs").create_log_stream(logGroupName="group", logStreamName="stream")
    client("iam").create_role(RoleName="role", AssumeRolePolicyDocument=TRUST)
    client("iam").attach_role_policy(RoleName="role", PolicyArn=MANAGED)
    made.stop()
    made.start()
    yield Kept(client=client, queue=url, taken=taken, hidden=hidden)
    made.stop()


def queue(client: Client) -> str:
    return str(client("sqs").create_queue(QueueName="orders")["QueueUrl"])


def kill(endpoint: EmbeddedEndpoint) -> None:
    os.kill(int((endpoint.folder / "pid").read_text().split()[0]), signal.SIGKILL)
    while endpoint.runs():
        pass


def test_messages_that_wait_and_those_in_flight_are_kept(kept: Kept) -> None:
    (left,) = kept.client("sqs").receive_message(QueueUrl=kept.queue)["Messages"]
    assert {kept.taken["Body"], left["Body"]} == {"one", "two"}
    handle = kept.taken["ReceiptHandle"]
    kept.client("sqs").delete_message(QueueUrl=kept.queue, ReceiptHandle=handle)


def test_a_key_reads_what_it_has_encrypted_before(kept: Kept) -> None:
    assert kept.client("kms").decrypt(CiphertextBlob=kept.hidden)["Plaintext"] == b"secret"


def test_objects_logs_and_managed_policies_are_kept(kept: Kept) -> None:
    stored = kept.client("s3").get_object(Bucket="storage", Key="a/b")
    assert stored["Body"].read() == b"content"
    (stream,) = kept.client("logs").describe_log_streams(logGroupName="group")["logStreams"]
    assert stream["logStreamName"] == "stream"
    attached = kept.client("iam").list_attached_role_policies(RoleName="role")
    assert [each["PolicyArn"] for each in attached["AttachedPolicies"]] == [MANAGED]


def test_a_killed_endpoint_starts_with_nothing(endpoint: EmbeddedEndpoint, client: Client) -> None:
    queue(client)
    endpoint.stop()
    endpoint.start()
    assert client("sqs").list_queues()["QueueUrls"]
    kill(endpoint)
    endpoint.start()
    assert "QueueUrls" not in client("sqs").list_queues()


@pytest.mark.parametrize(
    ("damage", "told"),
    [
        pytest.param(lambda kept: kept[: len(kept) // 2], "it is damaged: ", id="cut off"),
        pytest.param(lambda _: b"", "it is damaged: ", id="empty"),
        pytest.param(
            lambda kept: kept.replace(b"moto 5.", b"moto 4."), "it is of moto 4.", id="older moto"
        ),
    ],
)
def test_what_cannot_be_taken_up_is_put_aside_and_said(
    damage: Callable[[bytes], bytes],
    told: str,
    endpoint: EmbeddedEndpoint,
    client: Client,
    capfd: pytest.CaptureFixture[str],
) -> None:
    queue(client)
    endpoint.stop()
    data = endpoint.folder / "data"
    damaged = damage(data.read_bytes())
    data.write_bytes(damaged)
    endpoint.start()
    assert "QueueUrls" not in client("sqs").list_queues()
    (aside,) = endpoint.folder.glob("data.*")
    assert aside.read_bytes() == damaged
    said = capfd.readouterr().err
    assert said.startswith(f"warning: what the endpoint held cannot be taken up: {told}")
    assert said.endswith(f"it lies in {aside}\n")
    assert not data.exists()


def test_what_is_cleaned_is_not_kept(endpoint: EmbeddedEndpoint, client: Client) -> None:
    queue(client)
    endpoint.clean()
    endpoint.start()
    assert "QueueUrls" not in client("sqs").list_queues()
