"""The containers of the stack's task definitions, made fit for this machine."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from pulumi_loopback.credentials import Key, free_port
from pulumi_loopback.errors import CommandError

TASK_DEFINITION = "aws:ecs/taskDefinition:TaskDefinition"
EVERYWHERE, LOOPBACK = "0.0.0.0", "127.0.0.1"  # noqa: S104 - what is never listened on here
STOP_SECONDS = 30
"""From SIGTERM to SIGKILL, where a task definition does not say."""

_HEALTH_PORT = re.compile(r"http://127\.0\.0\.1:(\d+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Container:
    """A container of a task definition.

    Attributes:
        name: Its name in the task.
        command: Command in exec form.
        environment: All variables; a secret has its name as value until it is given.
        health_check: Command in exec form.
        image: Reference of its image.
        secrets: Variables to where ECS takes their values from.
        mapped_ports: Ports on which others reach it.
        starts_after: Containers of the task that must be healthy first.
        stop_seconds: From SIGTERM to SIGKILL.
        log_options: Options of the log driver `awslogs`.
    """

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    health_check: Sequence[str]
    image: str = ""
    secrets: Mapping[str, str] = field(default_factory=dict)
    mapped_ports: Sequence[str] = ()
    starts_after: Sequence[str] = ()
    stop_seconds: float = STOP_SECONDS
    log_options: Mapping[str, str] = field(default_factory=dict)

    @property
    def health_ports(self) -> Sequence[str]:
        """The ports of the loopback that its health check asks over HTTP."""
        return _HEALTH_PORT.findall(" ".join(self.health_check))

    @property
    def pages(self) -> Sequence[str]:
        """The ports at which others read the container's pages, in HTTP."""
        return [port for port in self.mapped_ports if port in self.health_ports]

    @property
    def health_port(self) -> str:
        """The one port of the loopback that its health check asks over HTTP."""
        (port,) = self.health_ports
        return port

    def with_values(self, values: Mapping[str, str]) -> "Container":
        """The container with other values for variables that the container has.

        Raises:
            CommandError: The task definition does not set such a variable.
        """
        if unknown := set(values) - set(self.environment):
            raise CommandError(f"{self.name} is not told {', '.join(sorted(unknown))}")
        return replace(self, environment={**self.environment, **values})

    def with_key(self, key: Key) -> "Container":
        """The container with a key; on ECS a task's role gives the key."""
        return replace(self, environment={**key.variables, **self.environment})

    def on_a_free_port(self) -> "Container":
        """The container on the loopback, with a port of its own for the one that its check asks."""
        return self.with_texts({EVERYWHERE: LOOPBACK, self.health_port: str(free_port())})

    def with_texts(self, texts: Mapping[str, str]) -> "Container":
        """The container with words replaced in command, variables and check: ports, paths."""

        def changed(text: str) -> str:
            for old, new in texts.items():
                text = re.sub(rf"(?<![\w.]){re.escape(old)}(?![\w])", new, text)
            return text

        return replace(
            self,
            command=[changed(word) for word in self.command],
            environment={name: changed(value) for name, value in self.environment.items()},
            health_check=[changed(word) for word in self.health_check],
            mapped_ports=[changed(port) for port in self.mapped_ports],
        )


def containers(state: Path) -> dict[str, Container]:
    """The containers of a deployment, by their names.

    Args:
        state: A stack export, as `preflight --save-state` writes it.
    """
    resources = json.loads(state.read_text())["deployment"]["resources"]
    documents = [
        document
        for resource in resources
        if resource["type"] == TASK_DEFINITION
        for document in json.loads(resource["outputs"]["containerDefinitions"])
    ]
    return {document["name"]: container(document) for document in documents}


def container(document: Mapping[str, Any]) -> Container:
    """A container as its task definition has it; its health check is in exec form."""
    variables = {entry["name"]: entry["value"] for entry in document["environment"]}
    secrets = {entry["name"]: entry["valueFrom"] for entry in document.get("secrets", [])}
    return Container(
        name=document["name"],
        command=document["command"],
        environment=variables | {name: name for name in secrets},
        health_check=document["healthCheck"]["command"][1:],
        image=document["image"],
        secrets=secrets,
        mapped_ports=[str(each["containerPort"]) for each in document.get("portMappings", [])],
        starts_after=[each["containerName"] for each in document.get("dependsOn", [])],
        stop_seconds=document.get("stopTimeout", STOP_SECONDS),
        log_options=document.get("logConfiguration", {}).get("options", {}),
    )
