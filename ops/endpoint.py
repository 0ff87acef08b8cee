"""The AWS endpoint of the local stack: what is behind 127.0.0.1:4566."""

import shutil
import subprocess
from typing import Protocol

from ops.errors import CommandError
from ops.paths import ROOT

SERVICE = "localstack"


class Endpoint(Protocol):
    """Something that answers as AWS does, with data of its own.

    Each call raises `CommandError` where it cannot do what it says.
    """

    def start(self) -> None:
        """Starts it, and returns when it answers; does nothing where it runs."""

    def stop(self) -> None:
        """Stops it and keeps its data; does nothing where it does not run."""

    def clean(self) -> None:
        """Deletes its data; it must be stopped."""

    def status(self) -> str:
        """Says in one line whether it runs, and where."""


class ComposeEndpoint:
    """LocalStack, as the service `localstack` of docker-compose.yml."""

    def start(self) -> None:
        """Starts the container and waits until it is healthy."""
        _compose("up", "--detach", "--wait", SERVICE)

    def stop(self) -> None:
        """Stops the container."""
        _compose("stop", SERVICE)

    def clean(self) -> None:
        """Removes the container and its volumes."""
        _compose("down", "--volumes", SERVICE)

    def status(self) -> str:
        """The container's state in Docker's words."""
        return _compose("ps", "--all", SERVICE).strip()


def endpoint() -> Endpoint:
    """The endpoint that can run here.

    Raises:
        CommandError: There is no Docker that runs.
    """
    if shutil.which("docker") is None or not _answers():
        raise CommandError(
            "the local stack's endpoint cannot be reached: no Docker runs here",
            hint="start Docker (https://docs.docker.com/get-started/)",
        )
    return ComposeEndpoint()


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
