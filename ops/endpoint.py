"""The AWS endpoint of the local stack: what is behind 127.0.0.1:4566."""

import argparse
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit

import yaml

from ops.embedded.endpoint import EmbeddedEndpoint
from ops.engine.variables import LOCAL
from ops.errors import CommandError, carried_out
from ops.loopback import is_loopback
from ops.paths import ROOT, STACK

SERVICE = "localstack"
TOKEN = "LOCALSTACK_AUTH_TOKEN"  # noqa: S105 - the variable's name
DEFAULT_PORT = 4566


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


class ComposeEndpoint:
    """LocalStack, as the service `localstack` of docker-compose.yml."""

    def start(self) -> None:
        """Starts the container and waits until it is healthy."""
        _compose("up", "--detach", "--wait", SERVICE)

    def stop(self) -> None:
        """Stops the container."""
        _compose("stop", SERVICE)

    def clean(self) -> None:
        """Ends and removes the container, with its volumes."""
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
    if os.environ.get(TOKEN) and shutil.which("docker") and _answers():
        return ComposeEndpoint()
    port = urlsplit(url_in(project) or "").port or DEFAULT_PORT
    return EmbeddedEndpoint(port=port, folder=project / ".endpoint")


def url_in(project: Path, stack: str = LOCAL) -> str | None:
    """The endpoint that a stack's settings name, `None` where they do not: then it is AWS.

    Raises:
        CommandError: The file of settings cannot be read, or the stack may not have this endpoint.
    """
    file = project / f"Pulumi.{stack}.yaml"
    try:
        content: Any = yaml.safe_load(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, yaml.YAMLError) as error:
        raise CommandError(f"{file} cannot be read: {' '.join(str(error).split())}") from error
    url = _endpoint_in(content.get("config") if isinstance(content, dict) else None)
    if url is not None and stack != LOCAL:
        raise CommandError(
            f"{file}: aws.endpoint is {url}; {LOCAL} alone may have one",
            hint="remove it: this stack is made at AWS, with your own credentials",
        )
    if url is not None and not is_loopback(url):
        raise CommandError(
            f"{file}: aws.endpoint is {url}; wanted a loopback address: the stack {LOCAL} sends "
            "dummy keys",
            hint=f"give it http://127.0.0.1:{DEFAULT_PORT}, or another port there",
        )
    return url


def _endpoint_in(settings: object) -> str | None:
    """The setting `aws.endpoint`, as a leaf or as a member of a group."""
    given = settings if isinstance(settings, dict) else {}
    leaves = {str(name).partition(":")[2]: value for name, value in given.items()}
    group = leaves.get("aws")
    url = leaves.get("aws.endpoint", group.get("endpoint") if isinstance(group, dict) else None)
    return None if url is None else str(url)


def main(given: Sequence[str]) -> int:
    """Starts, stops or shows the endpoint.

    Returns:
        0 if it did, 2 if it could not.
    """
    parser = argparse.ArgumentParser(prog="nox -s endpoint:", description=__doc__)
    parser.add_argument("command", choices=["start", "stop", "status", "logs"])
    parser.add_argument(
        "--project", type=Path, default=STACK, help="the Pulumi project (default: stack/)"
    )
    options = parser.parse_args(given)
    return carried_out(lambda: _carry_out(options.command, endpoint(options.project.resolve())))


def _carry_out(command: str, shown: Endpoint) -> int:
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
    sys.exit(main(sys.argv[1:]))
