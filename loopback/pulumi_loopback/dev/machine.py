"""What containers find on this machine in place of what they would find in AWS."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pulumi_loopback.credentials import Key
from pulumi_loopback.dev.environments import EVERYWHERE, LOOPBACK, Container
from pulumi_loopback.dev.ports import listens
from pulumi_loopback.dev.postgres import Postgres
from pulumi_loopback.private import make_folder

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
