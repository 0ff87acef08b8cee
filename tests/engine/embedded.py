"""Projects on the embedded endpoint and provider, and the sessions run on them as a user would."""

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import boto3
import yaml

from ops.paths import PACK as REFERENCE_PACK
from ops.paths import ROOT, STACK
from pulumi_loopback.credentials import free_port, own_key
from pulumi_loopback.engine import Engine
from tests.engine.conftest import alone
from tests.engine.lifecycle import PACK, RUNTIME

# Stands in for a stack that names the loopback's endpoint, as the reference stack does.
PROGRAM = """\
import pulumi, pulumi_aws as aws

settings = pulumi.Config()
services = ("ec2", "logs", "s3", "sqs", "sts")
opts = pulumi.ResourceOptions(provider=aws.Provider(
    "aws", region="us-east-1", access_key="loopback", secret_key="loopback",
    endpoints=[dict.fromkeys(services, settings.require_object("aws")["endpoint"])],
    skip_credentials_validation=True, skip_metadata_api_check=True,
))
dead = aws.sqs.Queue("dead", opts=opts)
orders = aws.sqs.Queue(
    "orders",
    name="orders",
    visibility_timeout_seconds=settings.get_int("timeout") or 60,
    redrive_policy=pulumi.Output.json_dumps(
        {"deadLetterTargetArn": dead.arn, "maxReceiveCount": 3}
    ),
    tags={"Team": settings.get("team") or "shop"},
    opts=opts,
)
network = aws.ec2.Vpc("network", cidr_block="10.0.0.0/16", enable_dns_hostnames=True, opts=opts)
pulumi.export("orders", orders.url)
pulumi.export("network", network.id)
"""
_ENDPOINT = r"127\.0\.0\.1:\d+"


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployment:
    """A project with a backend and an endpoint of its own, and no plugin in reach.

    Attributes:
        folder: The folder of Pulumi.yaml.
        port: Where its endpoint listens.
        variables: What the sessions run with.
    """

    folder: Path
    port: int
    variables: Mapping[str, str]

    def run(self, module: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Runs what a session runs."""
        return subprocess.run(
            [sys.executable, "-m", module, *arguments, "--project", str(self.folder)],
            cwd=ROOT,
            env=dict(self.variables),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )

    def session(self, name: str, *options: str, status: int = 0) -> str:
        """Runs a session on the stack, which must end as expected.

        Returns:
            All that it printed, its result last.
        """
        ran = self.run("ops.lifecycle", name, *options)
        # How a session goes stands on stderr: more lines, the slower the machine.
        output = ran.stderr + ran.stdout
        assert ran.returncode == status, output
        return output

    def endpoint(self, command: str, status: int = 0) -> str:
        """The same for a session on the endpoint."""
        ran = self.run("ops.endpoint", command)
        output = ran.stderr + ran.stdout
        assert ran.returncode == status, output
        return output

    def kill_endpoint(self) -> None:
        """Kills the endpoint, which loses what it holds."""
        pid_file = self.folder / ".endpoint" / "pid"
        os.kill(int(pid_file.read_text().split()[0]), signal.SIGKILL)

    def with_variables(self, **variables: str) -> "Deployment":
        """The same, whose sessions run with other variables."""
        return replace(self, variables={**self.variables, **variables})

    def moved(self) -> "Deployment":
        """The same after its endpoint was stopped and the settings got another port."""
        self.endpoint("stop")
        port = free_port()
        file = self.folder / "Pulumi.local.yaml"
        file.write_text(file.read_text().replace(f":{self.port}", f":{port}"))
        return replace(self, port=port)

    def set(self, name: str, value: object) -> None:
        """Changes a setting of the stack."""
        file = self.folder / "Pulumi.local.yaml"
        content = yaml.safe_load(file.read_text())
        content["config"][name] = value
        file.write_text(yaml.safe_dump(content))

    def client(self, service: str) -> Any:  # noqa: ANN401 - a client of whatever service
        """A client of the endpoint, of nobody else's making."""
        key = own_key(self.folder)
        return boto3.client(
            service,  # type: ignore[call-overload]
            endpoint_url=f"http://127.0.0.1:{self.port}",
            region_name="us-east-1",
            aws_access_key_id=key.id,
            aws_secret_access_key=key.secret,
        )


@contextmanager
def shop(folder: Path, engine: Engine, program: str = PROGRAM) -> Iterator[Deployment]:
    """A small project with queues and a network, under a pack that allows all."""
    project, pack = folder / "project", folder / "project" / "policies"
    pack.mkdir(parents=True)
    port = free_port()
    (project / "Pulumi.yaml").write_text(f"name: shop\n{RUNTIME}")
    settings = {"config": {"shop:aws": {"endpoint": f"http://127.0.0.1:{port}"}}}
    (project / "Pulumi.local.yaml").write_text(yaml.safe_dump(settings))
    (project / "__main__.py").write_text(program)
    (pack / "PulumiPolicy.yaml").write_text(RUNTIME)
    (pack / "__main__.py").write_text(PACK)
    (pack / "profile.json").write_text("{}")
    with _deployment(folder, project, port, engine) as made:
        yield made


@contextmanager
def reference_stack(folder: Path, engine: Engine) -> Iterator[Deployment]:
    """A copy of the reference stack, with an endpoint of its own."""
    project = folder / "project"
    port = free_port()
    folder.mkdir(exist_ok=True)
    shutil.copytree(STACK, project, ignore=shutil.ignore_patterns("__pycache__", ".endpoint"))
    (folder / REFERENCE_PACK.name).symlink_to(
        REFERENCE_PACK
    )  # the stack reads its caps from beside itself
    for name, old, new in (
        ("Pulumi.yaml", r"\.\./\.venv", sys.prefix),
        ("Pulumi.local.yaml", _ENDPOINT, f"127.0.0.1:{port}"),
    ):
        file = project / name
        file.write_text(re.sub(old, new, file.read_text()))
    with _deployment(folder, project, port, engine) as made:
        yield made


def deployed_once(
    folder: Path, engine: Engine, make: Callable[[Path, Engine], AbstractContextManager[Deployment]]
) -> Path:
    """Deploys a stack and stops its endpoint, once for all processes of the tests.

    Returns:
        The folder to copy from.
    """
    with alone(folder):
        if not (folder / "done").exists():
            with make(folder / "made", engine) as made:
                made.session("up")
            (folder / "done").touch()
    return folder / "made"


@contextmanager
def copied(deployed: Path, folder: Path, engine: Engine) -> Iterator[Deployment]:
    """A copy of a deployed stack whose endpoint was stopped: its own state, endpoint and port.

    Args:
        deployed: The folder that it was made in.
        folder: For the copy.
        engine: The engine.
    """
    shutil.copytree(deployed, folder, symlinks=True)
    settings = folder / "project" / "Pulumi.local.yaml"
    kept = folder / "project" / ".endpoint" / "data"
    (before,) = re.findall(_ENDPOINT, settings.read_text())
    port = free_port()
    here = f"127.0.0.1:{port}"
    # As many digits, since the endpoint's file is a binary one.
    assert len(before) == len(here)
    # It stands in ids of queues and in environments of containers.
    for file in (settings, kept, *folder.glob("backend/.pulumi/stacks/**/local.json")):
        file.write_bytes(file.read_bytes().replace(before.encode(), here.encode()))
    with _deployment(folder, folder / "project", port, engine) as made:
        yield made


@contextmanager
def _deployment(folder: Path, project: Path, port: int, engine: Engine) -> Iterator[Deployment]:
    backend, home = folder / "backend", folder / "home"
    backend.mkdir(exist_ok=True)
    own = {
        "PATH": f"{engine.pulumi.parent}{os.pathsep}{os.environ['PATH']}",
        "PULUMI_BACKEND_URL": backend.as_uri(),
        "PULUMI_HOME": str(home),  # no plugin in there
        "NO_COLOR": "1",
    }
    unwanted = ("PULUMI_DEBUG_PROVIDERS", "LOCALSTACK_AUTH_TOKEN")
    outer = {name: value for name, value in os.environ.items() if name not in unwanted}
    made = Deployment(folder=project, port=port, variables={**outer, **own})
    try:
        yield made
    finally:
        made.endpoint("stop")
