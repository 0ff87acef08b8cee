"""Dagster and its workers on this machine, as the stack's task definitions have them."""

import shutil
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from ops.apps import APPS
from pulumi_loopback.credentials import DUMMY
from pulumi_loopback.dev.environments import Container
from pulumi_loopback.dev.machine import Machine
from pulumi_loopback.dev.ports import free_port
from pulumi_loopback.dev.postgres import Postgres, running_postgres
from pulumi_loopback.dev.processes import Running, running

WEB_PORT, HEALTH_PORT = "3000", "8080"
START_SECONDS = 120
QUEUE = "steps.fifo"
DEAD_LETTER_QUEUE = "steps-dead.fifo"
BUCKET = "dagster-data"
REGION = "us-east-1"


@dataclass(slots=True, kw_only=True)
class System:
    """What runs, and where; `start` adds to it.

    Attributes:
        containers: Those of the stack, by name.
        programs: Folder of the image's programs.
        folder: For data and logs.
        postgres: The database.
        endpoint: URL of the AWS endpoint.
    """

    containers: Mapping[str, Container]
    programs: Path
    folder: Path
    postgres: Postgres
    endpoint: str
    code_port: str = field(default_factory=lambda: str(free_port()))
    web_port: str = field(default_factory=lambda: str(free_port()))
    _exits: ExitStack = field(default_factory=ExitStack)
    _made: int = 0

    @property
    def graphql(self) -> str:
        """URL of the web server's GraphQL."""
        return f"http://127.0.0.1:{self.web_port}/graphql"

    def start(self, name: str, values: Mapping[str, str] | None = None) -> Running:
        """Starts a container's command; it stops with the system at the latest.

        Args:
            name: The container's.
            values: Other values for its variables.
        """
        container = self.container(name, values)
        log = self.folder / f"{name}-{self._made}.log"
        return self._exits.enter_context(running(container, self.programs, log))

    def container(self, name: str, values: Mapping[str, str] | None = None) -> Container:
        """A container of the stack with what it needs to run here; arguments as for `start`."""
        self._made += 1
        machine = Machine(
            postgres=self.postgres,
            endpoint=self.endpoint,
            key=DUMMY,
            code=self.code_port,
            dagster=APPS / "dagster_app",
        )
        return machine.fit(
            self.containers[name],
            self.folder / f"{name}-{self._made}",
            {WEB_PORT: self.web_port, HEALTH_PORT: str(free_port())},
            {"S3_BUCKET": BUCKET, "TASKIQ_QUEUE_NAME": QUEUE, **(values or {})},
        )

    def start_all(self, values: Mapping[str, str] | None = None) -> dict[str, Running]:
        """Starts one of each and waits until all are healthy; arguments as for `start`."""
        started = {"code-server": self.start("code-server", values)}
        started["code-server"].wait_until_healthy(START_SECONDS)
        started |= {name: self.start(name, values) for name in ("webserver", "daemon", "worker")}
        for process in started.values():
            process.wait_until_healthy(START_SECONDS)
        return started

    def close(self) -> None:
        """Stops all that was started, the last first."""
        self._exits.close()


@contextmanager
def running_system(
    containers: Mapping[str, Container], programs: Path, folder: Path
) -> Iterator[System]:
    """A database and an AWS endpoint while the block runs, and what is started inside.

    Queues and bucket are the caller's to create.

    Args:
        containers: Those of the stack.
        programs: Folder of the image's programs.
        folder: For data and logs; empty, and readable for others (PostgreSQL is not root).
    """
    with (
        running_postgres(folder / "database", user="dagster", password="pass/word") as postgres,  # noqa: S106 - of a database that lives as long as this block
        moto(folder / "endpoint.log") as endpoint,
    ):
        system = System(
            containers=containers,
            programs=programs,
            folder=folder,
            postgres=postgres,
            endpoint=endpoint,
        )
        try:
            yield system
        finally:
            system.close()
            shutil.rmtree(folder / "database")


@contextmanager
def moto(log: Path) -> Iterator[str]:
    """An AWS endpoint in a process of its own; gives its URL."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    server = Container(
        name="moto",
        command=["moto_server", "-H", "127.0.0.1", "-p", str(port)],
        environment={},
        health_check=["python", "-c", f"import urllib.request as u; u.urlopen('{url}/moto-api/')"],
    )
    with running(server, Path(sys.executable).parent, log) as process:
        process.wait_until_healthy(START_SECONDS)
        yield url
