"""A deployed stack: its names, from its outputs, and the way to the API that it was made at."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    HTTPClientError,
    NoCredentialsError,
    PartialCredentialsError,
)
from botocore.exceptions import (
    ConnectionError as NoConnection,
)

from ops.credentials import Key, own_key
from ops.endpoint import url_in
from ops.errors import CommandError
from ops.running import RunningTask, running_in
from ops.state.store import Store
from ops.target import Target

SERVICES = {
    "dagster-daemon": "daemonServiceName",
    "dagster-webserver": "webserverServiceName",
    "taskiq-worker": "workerServiceName",
    "auto-scaler": "autoScalerServiceName",
    "taskiq-demo-api": "taskiqDemoApiServiceName",
    "taskiq-demo-worker": "taskiqDemoWorkerServiceName",
}
"""What people call a service, and the output that holds its name in ECS."""

_NEEDED = {"clusterArn", "queueUrl", "logGroupNames"}
_CONFIG = Config(connect_timeout=5, read_timeout=30, retries={"mode": "standard"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployment:
    """A deployed stack.

    Attributes:
        stack: The stack's name.
        outputs: The stack's outputs.
        session: Gives boto3's clients their region and credentials.
        endpoint: URL of an emulator, `None` for the cloud.
        running: The tasks of it that `nox -s dev` runs now, `None` where it does not run.
    """

    stack: str
    outputs: Mapping[str, Any]
    session: boto3.Session
    endpoint: str | None = None
    running: Sequence[RunningTask] | None = None

    @property
    def client_options(self) -> dict[str, Any]:
        """What every client is made with."""
        return {"endpoint_url": self.endpoint, "config": _CONFIG}

    @property
    def services(self) -> dict[str, str]:
        """Names in ECS by what people call the services; only those that are deployed."""
        return {
            name: self.outputs[output]
            for name, output in SERVICES.items()
            if output in self.outputs
        }

    def known_as(self, service: str) -> str:
        """What people call a service of ECS; its own name where it is none of the stack's."""
        called = {physical: known for known, physical in self.services.items()}
        return called.get(service, service)


def deployment(target: Target) -> Deployment:
    """Reads a stack's outputs and finds its API: the endpoint in the settings, or AWS.

    An operation that is under way does no harm here, so a lock is no hindrance.

    Raises:
        CommandError: There is no such stack, it has not been deployed, its settings name an
            endpoint that it may not have, or there is no such profile.
    """
    store = Store(target=target)
    if store.problem or not store.exists:
        store.check_present()
    outputs = json.loads(target.ask("stack", "output", "--json"))
    endpoint = url_in(target.project, target.stack)
    if missing := sorted(_NEEDED - outputs.keys()):
        raise CommandError(
            f"stack {target.stack} has no output {', '.join(missing)}: it is not deployed",
            hint=f"`{target.session('up')}` deploys it",
        )
    region = outputs["clusterArn"].split(":")[3]
    with told_plainly(endpoint):
        return Deployment(
            stack=target.stack,
            outputs=outputs,
            session=_session(region, own_key(target.project) if endpoint else None),
            endpoint=endpoint,
            running=running_in(target.project) if endpoint else None,
        )


def _session(region: str, key: Key | None) -> boto3.Session:
    """A session with a key, or with the user's own credentials."""
    if key is None:
        return boto3.Session(region_name=region)
    return boto3.Session(
        region_name=region, aws_access_key_id=key.id, aws_secret_access_key=key.secret
    )


@contextmanager
def told_plainly(endpoint: str | None) -> Iterator[None]:
    """Turns what boto3 raises in the block into one clear error.

    Args:
        endpoint: URL of the emulator that is asked, `None` for the cloud.

    Raises:
        CommandError: Something was raised.
    """
    try:
        yield
    except (NoCredentialsError, PartialCredentialsError) as error:
        raise CommandError(
            f"AWS cannot be asked: {error}",
            hint="`aws sso login`, AWS_PROFILE or AWS_ACCESS_KEY_ID give credentials",
        ) from error
    except (NoConnection, HTTPClientError) as error:
        if endpoint is None:
            raise CommandError(f"AWS does not answer: {error}") from error
        raise CommandError(
            f"the endpoint {endpoint} does not answer",
            hint="`nox -s endpoint:status` says whether it runs; `nox -s endpoint:start` starts it",
        ) from error
    except ClientError as error:
        told = error.response["Error"]
        raise CommandError(
            f"{error.operation_name} was refused: {told['Code']}: {told['Message']}",
            hint="`nox -s refresh` brings the state up to what there really is"
            if "NotFound" in told["Code"] or "NonExistent" in told["Code"]
            else None,
        ) from error
    except BotoCoreError as error:
        raise CommandError(f"AWS cannot be asked: {error}") from error
