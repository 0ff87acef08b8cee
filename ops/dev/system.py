"""Dagster and its workers on this machine, as the stack's task definitions have them."""

import shutil
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from ops.dev.environments import CREDENTIALS, Container
from ops.dev.ports import free_port
from ops.dev.postgres import Postgres, running_postgres
from ops.dev.processes import Running, running
from ops.dev.programs import APPS

HOME = "/opt/dagster/home"
"""Where the image keeps dagster.yaml and workspace.yaml."""
WEB_PORT, CODE_PORT, HEALTH_PORT = "3000", "4266", "8080"
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
        return self._fit(name, self.folder / f"{name}-{self._made}", values or {})

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

    def _fit(self, name: str, home: Path, values: Mapping[str, str]) -> Container:
        home.mkdir()
        for file in ("dagster.yaml", "workspace.yaml"):
            text = (APPS / "dagster_app" / file).read_text().replace(CODE_PORT, self.code_port)
            (home / file).write_text(text)
        texts = {
            HOME: str(home),
            WEB_PORT: self.web_port,
            CODE_PORT: self.code_port,
            HEALTH_PORT: str(free_port()),
        }
        places = {
            "AWS_ENDPOINT_URL": self.endpoint,
            "DAGSTER_CODE_HOST": "127.0.0.1",
            "POSTGRES_HOST": "127.0.0.1",
            "POSTGRES_PORT": str(self.postgres.port),
            "POSTGRES_USER": self.postgres.user,
            "POSTGRES_DB": self.postgres.user,
            "POSTGRES_PASSWORD": self.postgres.password,
            "S3_BUCKET": BUCKET,
            "TASKIQ_QUEUE_NAME": QUEUE,
        }
        container = self.containers[name]
        told = places | dict(values)
        return container.with_texts(texts).with_values(
            {name: told[name] for name in told if name in container.environment}
        )


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
        environment=CREDENTIALS,
        health_check=["python", "-c", f"import urllib.request as u; u.urlopen('{url}/moto-api/')"],
    )
    with running(server, Path(sys.executable).parent, log) as process:
        process.wait_until_healthy(START_SECONDS)
        yield url
