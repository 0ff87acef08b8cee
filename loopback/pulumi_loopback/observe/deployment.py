"""A deployed stack: its names, the way to its API, and the tasks of `dev` that run for it."""

import fcntl
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
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

from pulumi_loopback.credentials import Key, own_key
from pulumi_loopback.endpoint import url_in
from pulumi_loopback.errors import CommandError
from pulumi_loopback.guard import make_private, opener, write_file
from pulumi_loopback.project import OWN, Spelling
from pulumi_loopback.state.store import Store
from pulumi_loopback.target import Target

_FOLDER, _LOCK, _TASKS = ".dev", "lock", "tasks.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class RunningTask:
    """A task that has not stopped.

    Attributes:
        service: The service's name for people.
        task: Its id.
        revision: ARN of its task definition.
        status: The status in ECS's words.
        health: The health in ECS's words.
        started: The moment of the start.
    """

    service: str
    task: str
    revision: str
    status: str
    health: str
    started: datetime


class Notes:
    """Keeps the note up to date; writes only changes.

    Args:
        file: The file of the note.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self._written: list[RunningTask] | None = None

    def write(self, tasks: Iterable[RunningTask]) -> None:
        """Notes the tasks that run now.

        Raises:
            OSError: The note cannot be written.
        """
        found = list(tasks)
        if found != self._written:
            rows = [asdict(each) | {"started": each.started.isoformat()} for each in found]
            write_file(self._file, json.dumps(rows).encode())
            self._written = found


@contextmanager
def alone(project: Path, spelling: Spelling = OWN) -> Iterator[Notes]:
    """Lets one `dev` of a project run while the block runs.

    Args:
        project: The folder of Pulumi.yaml.
        spelling: How the user types a command.

    Raises:
        CommandError: Another one runs already.
    """
    folder = project / _FOLDER
    make_private(folder)
    with open(folder / _LOCK, "a", encoding="utf-8", opener=opener) as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise CommandError(
                f"`{spelling.of('dev')}` runs already on the stack in {project}",
                hint="use that one, or end it with Ctrl-C in its terminal",
            ) from None
        notes = Notes(folder / _TASKS)
        notes.write([])
        yield notes


def running_in(project: Path, spelling: Spelling = OWN) -> list[RunningTask] | None:
    """The tasks that run now, `None` where no `dev` runs.

    Args:
        project: The folder of Pulumi.yaml.
        spelling: How the user types a command.

    Raises:
        CommandError: The note is damaged.
    """
    folder = project / _FOLDER
    try:
        with (folder / _LOCK).open("rb") as lock:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except FileNotFoundError:
        return None
    except BlockingIOError:
        pass
    else:
        return None
    file = folder / _TASKS
    try:
        rows = json.loads(file.read_bytes())
        return [
            RunningTask(**{**row, "started": datetime.fromisoformat(row["started"])})
            for row in rows
        ]
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise CommandError(
            f"{file} does not say what `{spelling.of('dev')}` runs: {error}",
            hint=f"end `{spelling.of('dev')}` with Ctrl-C, and start it again",
        ) from error


_CONFIG = Config(connect_timeout=5, read_timeout=30, retries={"mode": "standard"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """The outputs in which a program tells what it has made.

    Two more are the same for every program: `clusterArn`, the cluster in ECS, and `logGroupNames`,
    log groups by what people call a service.

    Attributes:
        services: What people call a service, and the output that holds its name in ECS.
        queues: The outputs that hold URLs of queues; the first is always there.
    """

    services: Mapping[str, str] = field(default_factory=dict)
    queues: tuple[str, ...] = ()

    @property
    def needed(self) -> set[str]:
        """The outputs that every deployed stack has."""
        return {"clusterArn", "logGroupNames", *self.queues[:1]}


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployment:
    """A deployed stack.

    Attributes:
        stack: The stack's name.
        outputs: The stack's outputs.
        session: Gives boto3's clients their region and credentials.
        endpoint: URL of an emulator, `None` for the cloud.
        names: The outputs that hold the names of what it has made.
        running: The tasks of it that `dev` runs now, `None` where it does not run.
        spelling: How the user types a command.
    """

    stack: str
    outputs: Mapping[str, Any]
    session: boto3.Session
    endpoint: str | None = None
    names: Names = field(default_factory=Names)
    running: Sequence[RunningTask] | None = None
    spelling: Spelling = OWN

    @property
    def client_options(self) -> dict[str, Any]:
        """What every client is made with."""
        return {"endpoint_url": self.endpoint, "config": _CONFIG}

    @property
    def services(self) -> dict[str, str]:
        """Names in ECS by what people call the services; only those that are deployed."""
        return {
            name: self.outputs[output]
            for name, output in self.names.services.items()
            if output in self.outputs
        }

    def told_plainly(self) -> AbstractContextManager[None]:
        """See the function of this name."""
        return told_plainly(self.endpoint, self.spelling)

    def known_as(self, service: str) -> str:
        """What people call a service of ECS; its own name where it is none of the stack's."""
        called = {physical: known for known, physical in self.services.items()}
        return called.get(service, service)


def deployment(target: Target, names: Names) -> Deployment:
    """Reads a stack's outputs and finds its API: the endpoint in the settings, or AWS.

    An operation that is under way does no harm here, so a lock is not a hindrance.

    Args:
        target: The stack.
        names: The outputs that hold the names of what it has made.

    Raises:
        CommandError: There is no such stack, it has not been deployed, its settings name an
            endpoint that it may not have, or there is no such profile.
    """
    store = Store(target=target)
    if store.problem or not store.exists:
        store.check_present()
    outputs = json.loads(target.ask("stack", "output", "--json"))
    project = target.project
    endpoint = url_in(project)
    if missing := sorted(names.needed - outputs.keys()):
        raise CommandError(
            f"stack {target.stack} has no output {', '.join(missing)}: it is not deployed",
            hint=f"`{target.session('up')}` deploys it",
        )
    region = outputs["clusterArn"].split(":")[3]
    with told_plainly(endpoint, project.spelling):
        return Deployment(
            stack=target.stack,
            outputs=outputs,
            session=_session(
                region, own_key(project.folder, project.spelling) if endpoint else None
            ),
            endpoint=endpoint,
            names=names,
            running=running_in(project.folder, project.spelling) if endpoint else None,
            spelling=project.spelling,
        )


def _session(region: str, key: Key | None) -> boto3.Session:
    """A session with a key, or with the user's own credentials."""
    if key is None:
        return boto3.Session(region_name=region)
    return boto3.Session(
        region_name=region, aws_access_key_id=key.id, aws_secret_access_key=key.secret
    )


@contextmanager
def told_plainly(endpoint: str | None, spelling: Spelling = OWN) -> Iterator[None]:
    """Turns what boto3 raises in the block into one clear error.

    Args:
        endpoint: URL of the emulator that is asked, `None` for the cloud.
        spelling: How the user types a command.

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
            hint=f"`{spelling.of('endpoint:status')}` says whether it runs; "
            f"`{spelling.of('endpoint:start')}` starts it",
        ) from error
    except ClientError as error:
        told = error.response["Error"]
        raise CommandError(
            f"{error.operation_name} was refused: {told['Code']}: {told['Message']}",
            hint=f"`{spelling.of('refresh')}` brings the state up to what there really is"
            if "NotFound" in told["Code"] or "NonExistent" in told["Code"]
            else None,
        ) from error
    except BotoCoreError as error:
        raise CommandError(f"AWS cannot be asked: {error}") from error
