"""The AWS endpoint of the local stack: what is behind 127.0.0.1:4566."""

import os
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

from pulumi_loopback.credentials import FOLDER, PROFILE, is_loopback, profile_of, write_profile
from pulumi_loopback.embedded.endpoint import EmbeddedEndpoint
from pulumi_loopback.errors import CommandError
from pulumi_loopback.project import LOCAL, OWN, Project, Spelling
from pulumi_loopback.target import mapping_in

COMMANDS = ("start", "stop", "status", "logs", "env")
"""What a user can do with an endpoint."""
SERVICE = "localstack"
TOKEN = "LOCALSTACK_AUTH_TOKEN"  # noqa: S105 - the variable's name
DEFAULT_PORT = 4566
DEFAULT_URL = f"http://127.0.0.1:{DEFAULT_PORT}"
DEFAULT_REGION = "us-east-1"


class Endpoint(Protocol):
    """Something that answers as AWS does, with data of its own.

    Each call raises `CommandError` where it cannot do what it says.
    """

    def start(self) -> None:
        """Starts it, and returns when it answers; does nothing where it runs."""

    def stop(self) -> None:
        """Stops it and keeps its data, or says why not and goes on; nothing where it is stopped."""

    def clean(self) -> None:
        """Ends it and deletes its data."""

    def status(self) -> str:
        """Says in one line whether it runs, and where."""

    def logs(self) -> str:
        """What it has printed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ComposeEndpoint:
    """LocalStack, as the service `localstack` of docker-compose.yml.

    Attributes:
        folder: The folder of docker-compose.yml.
        url: The address at which it answers.
        profile: The file with the key of its clients. LocalStack looks at no key: any program that
            reaches the loopback can ask it.
        region: The region of its clients, where they name none.
        spelling: How the user types a command.
    """

    folder: Path
    url: str
    profile: Path
    region: str
    spelling: Spelling = OWN

    def start(self) -> None:
        """Starts the container and waits until it is healthy."""
        write_profile(self.profile, url=self.url, region=self.region, spelling=self.spelling)
        self._compose("up", "--detach", "--wait", SERVICE)

    def stop(self) -> None:
        """Stops the container."""
        self._compose("stop", SERVICE)

    def clean(self) -> None:
        """Ends and removes the container and its volumes."""
        self._compose("down", "--volumes", SERVICE)

    def status(self) -> str:
        """The container's state in Docker's words."""
        state = self._compose("ps", "--all", "--format", "{{.Status}}", SERVICE).strip()
        return f"LocalStack, in Docker: {state or 'not started'}"

    def logs(self) -> str:
        """The container's log."""
        return self._compose("logs", "--no-color", "--no-log-prefix", SERVICE)

    def _compose(self, *arguments: str) -> str:
        told = subprocess.run(
            ["docker", "compose", *arguments],  # noqa: S607 - Docker is the user's own, on PATH
            cwd=self.folder,
            capture_output=True,
            text=True,
            check=False,
        )
        if told.returncode:
            raise CommandError(f"docker compose {arguments[0]} failed: {told.stderr.strip()}")
        return told.stdout


def endpoint(project: Project) -> Endpoint:
    """LocalStack where Docker runs and a token for it is given, moto otherwise."""
    url, region = url_in(project) or DEFAULT_URL, _region_in(project)
    if project.compose and os.environ.get(TOKEN) and shutil.which("docker") and _answers():
        return ComposeEndpoint(
            folder=project.compose,
            url=url,
            profile=profile_of(project.folder),
            region=region,
            spelling=project.spelling,
        )
    return _embedded(project, url, region)


def url_in(project: Project) -> str | None:
    """The endpoint that a stack is made at, `None` where that is AWS.

    Raises:
        CommandError: The file of settings cannot be read, or the stack may not have this endpoint.
    """
    return named_url(project) or (project.endpoint if project.local else None)


def named_url(project: Project) -> str | None:
    """The endpoint that a stack's settings name, `None` where they name none.

    Raises:
        CommandError: See `url_in`.
    """
    file = project.folder / f"Pulumi.{project.stack}.yaml"
    url = _aws_setting(file, "endpoint")
    if url is not None and not project.local:
        raise CommandError(
            f"{file}: aws.endpoint is {url}; {LOCAL} alone may have one",
            hint="remove it: this stack is made at AWS, with your own credentials",
        )
    if url is not None and not is_loopback(url):
        raise CommandError(
            f"{file}: aws.endpoint is {url}; wanted a loopback address: the stack {project.stack} "
            "is made on this machine alone",
            hint=f"give it {DEFAULT_URL}, or another port there",
        )
    return url


def written_profile(project: Project) -> Path:
    """Writes the profile of the local stack's endpoint, with a key if it has none; gives the file.

    Raises:
        CommandError: The file is damaged, or cannot be written; or moto runs with a key that was in
            the file, and the file is gone.
    """
    profile = profile_of(project.folder)
    url, region = url_in(project) or DEFAULT_URL, _region_in(project)
    _embedded(project, url, region).check_key()
    write_profile(profile, url=url, region=region, spelling=project.spelling)
    return profile


def _embedded(project: Project, url: str, region: str) -> EmbeddedEndpoint:
    named = named_url(project) is not None or project.endpoint is None
    return EmbeddedEndpoint(
        port=urlsplit(url).port or DEFAULT_PORT,
        folder=project.folder / FOLDER,
        region=region,
        spelling=project.spelling,
        other_port=f"give aws.endpoint in Pulumi.{project.stack}.yaml another port"
        if named
        else "name another port with --port",
    )


def _region_in(project: Project) -> str:
    """The local stack's region, as the stack's own file or the project's file names it."""
    files = (project.folder / f"Pulumi.{project.stack}.yaml", project.folder / "Pulumi.yaml")
    named = (_aws_setting(file, "region") for file in files)
    return next((region for region in named if region), DEFAULT_REGION)


def _aws_setting(file: Path, name: str) -> str | None:
    """The setting `aws.<name>` in a file, as a leaf or a member of a group, or `aws:<name>`.

    Raises:
        CommandError: The file cannot be read.
    """
    if not file.exists():
        return None
    settings = mapping_in(file).get("config")
    given = settings if isinstance(settings, dict) else {}
    # A stack's file needs `shop:aws.region`; in the project's file `aws.region` is enough.
    leaves = {str(each).rpartition(":")[2]: value for each, value in given.items()}
    group = leaves.get("aws")
    in_group = group.get(name) if isinstance(group, dict) else None
    value = leaves.get(f"aws.{name}", given.get(f"aws:{name}", in_group))
    return None if value is None else str(value)


def show(command: str, project: Project) -> int:
    """Carries out one of `COMMANDS` on a project's endpoint, and prints what there is to say.

    Returns:
        0; what it cannot do is a `CommandError`.
    """
    if command == "env":
        sys.stdout.write(f"{how_to_use(project)}\n")
        return 0
    shown = endpoint(project)
    match command:
        case "start":
            shown.start()
        case "stop":
            shown.stop()
        case _:
            pass
    told = shown.logs().rstrip() if command == "logs" else shown.status()
    sys.stdout.write(f"{told}\n" if told else "")
    return 0


def how_to_use(project: Project) -> str:
    """Writes the profile file, and says how a client uses it; only the file holds the key."""
    profile = written_profile(project)
    given = f"AWS_CONFIG_FILE={shlex.quote(str(profile))} AWS_PROFILE={PROFILE}"
    return (
        f"URL and key of the local stack's endpoint are in {profile}, which you alone can read.\n"
        f"For one command:\n  {given} aws sqs list-queues\n"
        f"For this shell:\n  export {given}"
    )


def _answers() -> bool:
    command = ["docker", "info"]
    return not subprocess.run(command, capture_output=True, check=False).returncode
