"""A program that is not ours, through its life with the package's own command alone."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import pytest

from pulumi_loopback.credentials import FOLDER, PROFILE, free_port, profile_of
from pulumi_loopback.engine import Engine
from tests.engine.lifecycle import PACK, RUNTIME
from tests.preflight import hosts
from tests.waiting import LONG

DEFAULT_PROVIDER = """\
import json, pulumi, pulumi_aws as aws

service = {"Service": "ecs.amazonaws.com"}
trusted = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": service}
queue = aws.sqs.Queue("jobs", name="jobs", visibility_timeout_seconds=45)
bucket = aws.s3.Bucket("files", bucket="files")
role = aws.iam.Role(
    "worker",
    name="worker",
    assume_role_policy=json.dumps({"Version": "2012-10-17", "Statement": [trusted]}),
)
pulumi.export("made", [queue.name, bucket.bucket, role.name])
"""
OWN_PROVIDER = """\
import json, pulumi, pulumi_aws as aws

settings = pulumi.Config()
opts = pulumi.ResourceOptions(provider=aws.Provider("own", region=settings.require("place")))
service = {"Service": "ec2.amazonaws.com"}
trusted = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": service}
queue = aws.sqs.Queue("orders", name="jobs", visibility_timeout_seconds=45, opts=opts)
bucket = aws.s3.Bucket("files", bucket="files", opts=opts)
role = aws.iam.Role(
    "orders",
    name="worker",
    assume_role_policy=json.dumps({"Version": "2012-10-17", "Statement": [trusted]}),
    opts=opts,
)
pulumi.export("made", [queue.name, bucket.bucket, role.name])
"""
IN_YAML = """\
name: tiny
runtime: yaml
resources:
  jobs: {type: "aws:sqs:Queue", properties: {name: jobs, visibilityTimeoutSeconds: 45}}
  files: {type: "aws:s3:Bucket", properties: {bucket: files}}
  worker:
    type: aws:iam:Role
    properties:
      name: worker
      assumeRolePolicy:
        fn::toJSON:
          Version: "2012-10-17"
          Statement:
            - Effect: Allow
              Action: sts:AssumeRole
              Principal: {Service: ecs.amazonaws.com}
outputs: {made: ["${jobs.name}", "${files.bucket}", "${worker.name}"]}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tiny:
    """A small project in a folder of its own.

    Attributes:
        folder: The folder of Pulumi.yaml, in which the commands run.
        options: What each command is given.
        variables: What each command runs with.
    """

    folder: Path
    options: tuple[str, ...]
    variables: Mapping[str, str]

    def run(self, name: str, *options: str, status: int = 0) -> str:
        """Runs a command that must end as expected; gives all that it printed, its result last."""
        command = Path(sys.executable).parent / "pulumi-loopback"
        ran = subprocess.run(
            [command, name, *self.options, *options],
            cwd=self.folder,
            env=dict(self.variables),
            capture_output=True,
            text=True,
            check=False,
            timeout=LONG,
        )
        assert ran.returncode == status, ran.stdout + ran.stderr
        # How a command goes stands on stderr: more lines, the slower the machine.
        return ran.stderr + ran.stdout

    def client(self, service: str, monkeypatch: pytest.MonkeyPatch) -> Any:  # noqa: ANN401
        """A client with the profile that `endpoint:env` tells of."""
        monkeypatch.setenv("AWS_CONFIG_FILE", str(profile_of(self.folder)))
        session = boto3.Session(profile_name=PROFILE)
        region = "eu-west-1" if "dev" in self.options else None  # the profile's
        return session.client(service, region_name=region)  # type: ignore[call-overload]

    def there(self, monkeypatch: pytest.MonkeyPatch) -> list[str]:
        """The names of what the endpoint holds."""
        queues = self.client("sqs", monkeypatch).list_queues().get("QueueUrls", [])
        buckets = self.client("s3", monkeypatch).list_buckets()["Buckets"]
        roles = self.client("iam", monkeypatch).list_roles()["Roles"]
        return [
            *(url.rpartition("/")[2] for url in queues),
            *(each["Name"] for each in buckets),
            *(each["RoleName"] for each in roles),
        ]


@pytest.fixture
def tiny(tmp_path: Path, engine: Engine, request: pytest.FixtureRequest) -> Iterator[Tiny]:
    """The project, in a shell that names AWS, an engine and another backend for other work."""
    program, options = request.param
    folder, pack, elsewhere = tmp_path / "tiny", tmp_path / "pack", tmp_path / "elsewhere"
    for each in (folder, pack, elsewhere):
        each.mkdir()
    if program is IN_YAML:
        # Kept in the cache, where the command finds it.
        hosts.built("yaml")
    (folder / "Pulumi.yaml").write_text(program if program is IN_YAML else f"name: tiny\n{RUNTIME}")
    if "dev" in options:
        (folder / "Pulumi.dev.yaml").write_text("config: {'tiny:place': eu-west-1}\n")
    (folder / "__main__.py").write_text(program)
    (pack / "PulumiPolicy.yaml").write_text(RUNTIME)
    (pack / "__main__.py").write_text(PACK)
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    made = Tiny(
        folder=folder,
        options=options,
        variables={
            **kept,
            "PATH": f"{engine.pulumi.parent}{os.pathsep}{os.environ['PATH']}",
            "PULUMI_HOME": str(tmp_path / "home"),
            "PULUMI_BACKEND_URL": elsewhere.as_uri(),
            "AWS_ACCESS_KEY_ID": "somebody",
            "AWS_SECRET_ACCESS_KEY": "planted",
            "NO_COLOR": "1",
        },
    )
    try:
        yield made
    finally:
        made.run("endpoint:stop")
    assert list(elsewhere.iterdir()) == [], "the state of a loopback's stack is its own"


@pytest.mark.parametrize(
    "tiny",
    [
        pytest.param((DEFAULT_PROVIDER, ()), id="the default provider"),
        pytest.param(
            (OWN_PROVIDER, ("--stack", "dev", "--policy-pack", "../pack")),
            id="a provider of its own, another stack and a pack",
            marks=pytest.mark.nightly,
        ),
        pytest.param((IN_YAML, ()), id="a program in YAML", marks=pytest.mark.nightly),
    ],
    indirect=True,
)
def test_any_program_is_deployed_refreshed_and_destroyed(
    tiny: Tiny, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = tiny.run("up", "--port", str(free_port()))
    assert "create, " in told.splitlines()[-1]
    assert tiny.there(monkeypatch) == ["jobs", "files", "worker"]
    assert json.loads(tiny.run("outputs", "made", "--json")) == ["jobs", "files", "worker"]

    queues = tiny.client("sqs", monkeypatch)
    url = queues.get_queue_url(QueueName="jobs")["QueueUrl"]
    queues.set_queue_attributes(QueueUrl=url, Attributes={"VisibilityTimeout": "60"})
    assert "changed outside of the program" in tiny.run("refresh")

    tiny.run("destroy", "--yes")
    assert tiny.there(monkeypatch) == []
    assert "planted" not in (tiny.folder / FOLDER / "log").read_text()
