"""The AWS endpoint of the local stack: what is behind 127.0.0.1:4566."""

import argparse
import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

from ops.credentials import FOLDER, PROFILE, profile_of, write_profile
from ops.embedded.endpoint import EmbeddedEndpoint
from ops.engine.variables import LOCAL
from ops.errors import CommandError, carried_out, exit_with
from ops.loopback import is_loopback
from ops.paths import ROOT, STACK
from ops.target import mapping_in

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
        url: The address at which it answers.
        profile: The file with the key of its clients. LocalStack looks at no key: any program that
            reaches the loopback can ask it.
        region: The region of its clients, where they name none.
    """

    url: str
    profile: Path
    region: str

    def start(self) -> None:
        """Starts the container and waits until it is healthy."""
        write_profile(self.profile, url=self.url, region=self.region)
        _compose("up", "--detach", "--wait", SERVICE)

    def stop(self) -> None:
        """Stops the container."""
        _compose("stop", SERVICE)

    def clean(self) -> None:
        """Ends and removes the container and its volumes."""
        _compose("down", "--volumes", SERVICE)

    def status(self) -> str:
        """The container's state in Docker's words."""
        state = _compose("ps", "--all", "--format", "{{.Status}}", SERVICE).strip()
        return f"LocalStack, in Docker: {state or 'not started'}"

    def logs(self) -> str:
        """The container's log."""
        return _compose("logs", "--no-color", "--no-log-prefix", SERVICE)


def endpoint(project: Path) -> Endpoint:
    """LocalStack where Docker runs and a token for it is given, moto otherwise.

    Args:
        project: The folder of Pulumi.yaml, whose local stack names the endpoint's port.
    """
    url, region = url_in(project) or DEFAULT_URL, _region_in(project)
    if os.environ.get(TOKEN) and shutil.which("docker") and _answers():
        return ComposeEndpoint(url=url, profile=profile_of(project), region=region)
    return _embedded(project, url, region)


def url_in(project: Path, stack: str = LOCAL) -> str | None:
    """The endpoint that a stack's settings name, `None` where they do not: then it is AWS.

    Raises:
        CommandError: The file of settings cannot be read, or the stack may not have this endpoint.
    """
    file = project / f"Pulumi.{stack}.yaml"
    url = _aws_setting(file, "endpoint")
    if url is not None and stack != LOCAL:
        raise CommandError(
            f"{file}: aws.endpoint is {url}; {LOCAL} alone may have one",
            hint="remove it: this stack is made at AWS, with your own credentials",
        )
    if url is not None and not is_loopback(url):
        raise CommandError(
            f"{file}: aws.endpoint is {url}; wanted a loopback address: the stack {LOCAL} is made "
            "on this machine alone",
            hint=f"give it {DEFAULT_URL}, or another port there",
        )
    return url


def written_profile(project: Path) -> Path:
    """Writes the profile of the local stack's endpoint, with a key if it has none; gives the file.

    Raises:
        CommandError: The file is damaged, or cannot be written; or moto runs with a key that was in
            the file, and the file is gone.
    """
    profile = profile_of(project)
    url, region = url_in(project) or DEFAULT_URL, _region_in(project)
    _embedded(project, url, region).check_key()
    write_profile(profile, url=url, region=region)
    return profile


def _embedded(project: Path, url: str, region: str) -> EmbeddedEndpoint:
    port = urlsplit(url).port or DEFAULT_PORT
    return EmbeddedEndpoint(port=port, folder=project / FOLDER, region=region)


def _region_in(project: Path) -> str:
    """The local stack's region, as the stack's own file or the project's file names it."""
    files = (project / f"Pulumi.{LOCAL}.yaml", project / "Pulumi.yaml")
    named = (_aws_setting(file, "region") for file in files)
    return next((region for region in named if region), DEFAULT_REGION)


def _aws_setting(file: Path, name: str) -> str | None:
    """The setting `aws.<name>` in a file, as a leaf or as a member of a group.

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
    value = leaves.get(f"aws.{name}", group.get(name) if isinstance(group, dict) else None)
    return None if value is None else str(value)


def main(given: Sequence[str]) -> int:
    """Starts, stops or shows the endpoint.

    Returns:
        0 if it did, 2 if it could not.
    """
    prog = ":".join(["nox -s endpoint", *given[:1]])
    parser = argparse.ArgumentParser(prog=prog, description=__doc__)
    parser.add_argument("command", choices=["start", "stop", "status", "logs", "env"])
    parser.add_argument(
        "--project", type=Path, default=STACK, help="the Pulumi project (default: stack/)"
    )
    options = parser.parse_args(given)
    return carried_out(lambda: _carry_out(options.command, options.project.resolve()))


def _carry_out(command: str, project: Path) -> int:
    if command == "env":
        sys.stdout.write(f"{_how_to_use(project)}\n")
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


def _how_to_use(project: Path) -> str:
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


def _compose(*arguments: str) -> str:
    told = subprocess.run(
        ["docker", "compose", *arguments],  # noqa: S607 - Docker is the user's own, on PATH
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if told.returncode:
        raise CommandError(f"docker compose {arguments[0]} failed: {told.stderr.strip()}")
    return told.stdout


if __name__ == "__main__":
    exit_with(lambda: main(sys.argv[1:]))
