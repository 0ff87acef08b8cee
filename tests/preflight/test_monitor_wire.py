"""What a program in any language gets: registrations on the wire alone, without an SDK."""

import json
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import grpc
import pytest
from pulumi.runtime.proto.resource_pb2 import (
    ReadResourceRequest,
    RegisterPackageRequest,
    RegisterResourceRequest,
    ResourceInvokeRequest,
)
from pulumi.runtime.proto.resource_pb2_grpc import (
    ResourceMonitorStub,
    add_ResourceMonitorServicer_to_server,
)

from pulumi_preflight.model import Positions
from pulumi_preflight.monitor import Monitor
from pulumi_preflight.monitor.run import Run
from pulumi_preflight.outputs.schemas import nearest
from pulumi_preflight.project import load_project
from pulumi_preflight.wire import SECRET, UNKNOWN, mark_of, to_struct
from tests.preflight.running import RunProgram, plain, write_files

# Types with records, with secrets, with a document, with another package's reference.
PROGRAM = """
import pulumi_aws as aws
queue = aws.sqs.Queue("queue", fifo_queue=True)
aws.sqs.QueuePolicy("policy", queue_url=queue.url, policy={"Statement": []})
aws.ec2.Vpc("vpc", cidr_block="10.0.0.0/16", tags={"a": "b"})
aws.rds.Instance("database", engine="postgres", instance_class="db.t4g.micro", password="hunter22")
aws.eks.Cluster(
    "cluster", role_arn="arn:aws:iam::123456789012:role/a", vpc_config={"subnet_ids": ["subnet-1"]}
)
aws.secretsmanager.SecretVersion("secret", secret_id="a", secret_string="hunter22")
aws.cloudfront.OriginAccessIdentity("identity")
"""
AWS = newest.version if (newest := nearest("aws", "")) else ""
INVOKES = """
import json, pulumi
# The classes of the answers.
import pulumi_aws.ec2.get_vpc, pulumi_aws.iam.get_role, pulumi_aws.rds.get_instance
results = {}
def result(token, arguments):
    results[token] = pulumi.runtime.invoke(token, arguments).value
"""
CALLS = {
    "aws:ec2/getVpc:getVpc": {"id": "vpc-1"},
    "aws:iam/getRole:getRole": {"name": "a"},
    "aws:rds/getInstance:getInstance": {"dbInstanceIdentifier": "a"},
}


class Client:
    """A program in no language in particular."""

    def __init__(self, monitor: ResourceMonitorStub, run: Run) -> None:
        self._monitor = monitor
        self.run = run

    def register(self, type_: str, name: str, inputs: Mapping[str, Any], **more: Any) -> Any:  # noqa: ANN401
        request: dict[str, Any] = {
            "custom": True,
            "acceptSecrets": True,
            "object": to_struct(dict(inputs)),
        } | more
        return self._monitor.RegisterResource(
            RegisterResourceRequest(type=type_, name=name, **request)
        )

    def read(self, type_: str, name: str, id_: str) -> Any:  # noqa: ANN401
        return self._monitor.ReadResource(ReadResourceRequest(type=type_, name=name, id=id_))

    def package(self, name: str, version: str) -> str:
        request = RegisterPackageRequest(name=name, version=version)
        return str(self._monitor.RegisterPackage(request).ref)

    def call(self, token: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
        request = ResourceInvokeRequest(tok=token, args=to_struct(dict(arguments)))
        return plain(getattr(self._monitor.Invoke(request), "return"))

    @property
    def notes(self) -> list[str]:
        return [note.text for note in self.run.registry.notes]


@pytest.fixture
def client(tmp_path: Path) -> Iterator[Client]:
    """A client of a monitor whose program has no SDK to ask."""
    root = write_files(tmp_path, "", {"config": {"aws:region": "us-east-1"}}, {})
    run = Run.of(
        load_project(root, stack="dev"),
        lambda request, _: request.properties,
        lambda _question, _of: None,
        keep_unknowns=False,
    )
    failures: list[BaseException] = []
    server = grpc.server(ThreadPoolExecutor(2))
    monitor = Monitor(run, Positions(root), failures.append)
    add_ResourceMonitorServicer_to_server(monitor, server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
        yield Client(ResourceMonitorStub(channel), run)
    server.stop(None).wait()
    assert not failures


def test_the_outputs_are_those_that_an_sdk_gives(run: RunProgram, client: Client) -> None:
    ran = run(PROGRAM, config="{aws:region: us-east-1}")
    expected = [each for each in ran.deployment.resources if each.type.startswith("aws:")]
    for each in expected:
        client.register(each.type, each.name, plain(each.inputs), version=AWS)
    shown = {each.name: each for each in client.run.registry.resources}
    for each in expected:
        same = shown[each.name]
        assert plain(same.outputs) == plain(each.outputs), each.name
        assert (same.id, same.made_up) == (each.id, each.made_up)
    assert client.notes == []


def test_the_answers_are_those_that_an_sdk_gives(run: RunProgram, client: Client) -> None:
    calls = "\n".join(f"result({token!r}, {arguments!r})" for token, arguments in CALLS.items())
    ran = run(f"{INVOKES}{calls}\nprint(json.dumps(results))", config="{aws:region: us-east-1}")
    for token, arguments in CALLS.items():
        assert client.call(token, arguments) == ran.printed[token]


def test_a_document_becomes_text(client: Client) -> None:
    document = {"Version": "2012-10-17", "Statement": []}
    given = {"policy": document, "queueUrl": "https://sqs.us-east-1.amazonaws.com/123456789012/a"}
    client.register("aws:sqs/queuePolicy:QueuePolicy", "policy", given)
    policy = client.run.registry.resources[-1]
    assert json.loads(plain(policy.inputs)["policy"]) == document


def test_what_the_provider_marks_secret_is_secret(client: Client) -> None:
    response = client.register(
        "random:index/randomPassword:RandomPassword", "password", {"length": 20.0}
    )
    outputs = plain(response.object)
    assert mark_of(outputs["result"]) == mark_of(outputs["bcryptHash"]) == SECRET
    assert len(outputs["result"]["value"]) == 20
    assert outputs["length"] == 20.0


def test_what_an_sdk_marks_secret_is_marked_once(client: Client) -> None:
    response = client.register(
        "tls:index/privateKey:PrivateKey",
        "key",
        {"algorithm": "ED25519"},
        additionalSecretOutputs=["privateKeyPem"],
    )
    key = plain(response.object)["privateKeyPem"]
    assert mark_of(key) == SECRET
    assert isinstance(key["value"], str)


def test_what_is_read_has_what_all_of_its_type_have(client: Client) -> None:
    response = client.read("aws:ec2/vpc:Vpc", "vpc", "vpc-0570a1d2d725c16be")
    outputs = plain(response.properties)
    assert outputs["arn"] == "arn:aws:ec2:us-east-1:123456789012:vpc/vpc-0570a1d2d725c16be"
    assert outputs["enableDnsHostnames"] == UNKNOWN


@pytest.mark.parametrize(
    ("options", "has_region"),
    [
        pytest.param({"version": "6.50.0"}, False, id="default-provider"),
        pytest.param({"provider": True}, False, id="its-own-provider"),
        pytest.param({"packageRef": True}, False, id="its-own-package"),
        pytest.param({"version": AWS}, True, id="the-newest"),
        pytest.param({}, True, id="none"),
    ],
)
def test_the_version_of_the_plugin_decides_what_a_type_has(
    client: Client, options: dict[str, Any], *, has_region: bool
) -> None:
    if "provider" in options:
        provider = client.register("pulumi:providers:aws", "old", {}, version="6.50.0")
        options = {"provider": f"{provider.urn}::{provider.id}"}
    if "packageRef" in options:
        options = {"packageRef": client.package("aws", "6.50.0")}
    response = client.register("aws:sqs/queue:Queue", "queue", {}, **options)
    assert ("region" in plain(response.object)) == has_region
    assert any("asks for aws 6.50.0" in note for note in client.notes) != has_region


@pytest.mark.parametrize(
    ("version", "is_kept"),
    [
        pytest.param(AWS, False, id="the-same"),
        pytest.param("7.999.0", True, id="newer"),
        pytest.param("", True, id="none"),
    ],
)
def test_a_property_that_another_version_may_have_is_kept(
    client: Client, version: str, *, is_kept: bool
) -> None:
    response = client.register("aws:sqs/queue:Queue", "queue", {"novel": 1.0}, version=version)
    assert ("novel" in plain(response.object)) == is_kept


def test_a_component_of_a_plugin_stays_unknown(client: Client) -> None:
    response = client.register("awsx:ec2:Vpc", "vpc", {}, custom=False, remote=True)
    assert plain(response.object) == {}
    assert ["a component that its provider's plugin builds" in note for note in client.notes] == [
        True
    ]


def test_a_type_that_nobody_knows_echoes_its_inputs(client: Client) -> None:
    response = client.register("demo:index:Thing", "thing", {"size": 1.0}, version="1.0.0")
    assert plain(response.object) == {"size": 1.0}
