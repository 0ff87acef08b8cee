"""The containers of the stack's task definitions, made fit for this machine."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ops.dev.ports import free_port
from ops.errors import CommandError

TASK_DEFINITION = "aws:ecs/taskDefinition:TaskDefinition"
CREDENTIALS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}
"""What a task's role gives a container on ECS; no key of anybody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Container:
    """A container of a task definition.

    Attributes:
        name: Its name in the task.
        command: Command in exec form.
        environment: All variables; a secret has its name as value until it is given.
        health_check: Command in exec form.
    """

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    health_check: Sequence[str]

    @property
    def health_port(self) -> str:
        """The port of the loopback that its health check asks over HTTP."""
        (port,) = re.findall(r"http://127\.0\.0\.1:(\d+)", " ".join(self.health_check))
        return str(port)

    def with_values(self, values: Mapping[str, str]) -> "Container":
        """The container with a task's credentials, and other values for variables that it has.

        Raises:
            CommandError: The task definition does not set such a variable.
        """
        if unknown := set(values) - set(self.environment):
            raise CommandError(f"{self.name} is not told {', '.join(sorted(unknown))}")
        return replace(self, environment={**CREDENTIALS, **self.environment, **values})

    def on_a_free_port(self) -> "Container":
        """The container with a port of its own in place of the one that its check asks."""
        return self.with_texts({self.health_port: str(free_port())})

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
    secrets = {entry["name"]: entry["name"] for entry in document.get("secrets", [])}
    return Container(
        name=document["name"],
        command=document["command"],
        environment=variables | secrets,
        health_check=document["healthCheck"]["command"][1:],
    )
