"""What ECS is told to run: the services of a deployed stack, and their containers."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import cache

from pulumi_loopback.dev.environments import Container, container
from pulumi_loopback.errors import CommandError
from pulumi_loopback.observe.deployment import Deployment
from pulumi_loopback.observe.services import described

_PARTS_OF_AN_ARN = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """A service, as ECS is told to run it now.

    Attributes:
        name: Its name in ECS, or what people call it.
        definition: ARN of its task definition. Each change makes a new ARN.
        count: How many tasks.
    """

    name: str
    definition: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Database:
    """What containers are told about their database: its user, and the user's password."""

    user: str
    password: str = field(repr=False)


class Cluster:
    """The cluster of a deployed stack.

    Each call raises `CommandError` where the endpoint does not answer, or refuses.

    Args:
        stack: The stack; what it was made with is asked at its endpoint.
        endpoint: URL of that endpoint.
    """

    def __init__(self, stack: Deployment, endpoint: str) -> None:
        self._stack = stack
        self._endpoint = endpoint
        self._ecs = stack.session.client("ecs", **stack.client_options)
        self._secrets = stack.session.client("secretsmanager", **stack.client_options)
        self.containers = cache(self._containers)

    def services(self) -> list[Service]:
        """The cluster's services by their names in ECS, as ECS is told to run them now."""
        with self._stack.told_plainly():
            return [
                Service(
                    name=each["serviceName"],
                    definition=each["taskDefinition"],
                    count=each["desiredCount"],
                )
                for each in described(self._stack)
                if each["status"] == "ACTIVE"
            ]

    def database(self, services: Iterable[Service]) -> Database:
        """The variables that tell the services' containers of their database.

        Raises:
            CommandError: None of them has one.
        """
        for service in services:
            for each in self.containers(service.definition):
                if {"POSTGRES_USER", "POSTGRES_PASSWORD"} <= each.environment.keys():
                    variables = each.environment
                    return Database(
                        user=variables["POSTGRES_USER"], password=variables["POSTGRES_PASSWORD"]
                    )
        raise CommandError(
            f"no container of stack {self._stack.stack} is told of a database",
            hint=f"`{self._stack.spelling.of('up')}` deploys the stack as it is in this checkout",
        )

    def _containers(self, definition: str) -> list[Container]:
        """The containers of a task definition, with the values of their secrets."""
        with self._stack.told_plainly():
            told = self._ecs.describe_task_definition(taskDefinition=definition)
            found = map(container, told["taskDefinition"]["containerDefinitions"])
            return [
                replace(
                    each,
                    environment={
                        **each.environment,
                        **{name: self._secret(place) for name, place in each.secrets.items()},
                    },
                )
                for each in found
            ]

    def _secret(self, place: str) -> str:
        """The value of a secret, as ECS hands it to a container.

        A place is the secret's ARN, and may go on with `:key:stage:version`. Source:
        https://docs.aws.amazon.com/AmazonECS/latest/developerguide/secrets-envvar-secrets-manager.html
        """
        parts = place.split(":")
        arn, key = ":".join(parts[:_PARTS_OF_AN_ARN]), "".join(parts[_PARTS_OF_AN_ARN:][:1])
        text = self._secrets.get_secret_value(SecretId=arn)["SecretString"]
        return str(json.loads(text)[key]) if key else text
