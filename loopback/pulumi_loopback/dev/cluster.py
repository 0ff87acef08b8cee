"""What ECS is told to run: the services of a deployed stack, and their containers."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from time import monotonic
from typing import Any

from pulumi_loopback.dev.environments import TASK_DEFINITION, Container, container
from pulumi_loopback.dev.processes import Apps
from pulumi_loopback.errors import CommandError
from pulumi_loopback.observe.deployment import Deployment
from pulumi_loopback.observe.services import described
from pulumi_loopback.project import OWN, Spelling
from pulumi_loopback.state.store import Store
from pulumi_loopback.target import Target

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


_SERVICE, _STACK = "aws:ecs/service:Service", "pulumi:pulumi:Stack"
_FIRST_WAIT, _LONGEST_WAIT = 2.0, 60.0
"""Seconds between two readings of the state, which is a command of the engine."""
_PATIENCE_SECONDS = 10.0
"""An `up` that is under way notes what it has made a little after it has made it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """The part of the state that decides what runs.

    Attributes:
        stack: The stack's name.
        services: Names of services in ECS to what people call them.
        revisions: ARNs of task definitions.
        images: URLs of repositories to the images that are in them, as the outputs have it.
    """

    stack: str
    services: Mapping[str, str]
    revisions: frozenset[str]
    images: Mapping[str, str]


def read_state(target: Target, stack: Deployment) -> State:
    """Reads the stack's state.

    Raises:
        CommandError: The state cannot be read.
    """
    resources: list[dict[str, Any]] = Store(target=target).deployment().get("resources") or []
    outputs = [(each["type"], each.get("outputs", {})) for each in resources]
    of_stack: dict[str, Any] = next((told for kind, told in outputs if kind == _STACK), {})
    known_as = replace(stack, outputs=of_stack).known_as
    return State(
        stack=stack.stack,
        services={
            told["name"]: known_as(told["name"]) for kind, told in outputs if kind == _SERVICE
        },
        revisions=frozenset(told["arn"] for kind, told in outputs if kind == TASK_DEFINITION),
        images={url: image for image, url in of_stack.get("repositoryUrls", {}).items()},
    )


class TaskAdmission:
    """Lets services through, and names each service that it keeps back once.

    Args:
        read: Reads the state.
        containers: Gives the containers of a task definition.
        say: Takes a service's name, and the rest of the sentence.
        apps: The applications in the images.
        spelling: How the user types a command.
    """

    def __init__(
        self,
        read: Callable[[], State],
        containers: Callable[[str], Sequence[Container]],
        say: Callable[[str, str], None],
        *,
        apps: Apps,
        spelling: Spelling = OWN,
    ) -> None:
        self._read = read
        self._containers = containers
        self._say = say
        self._apps = apps
        self._typed = spelling.of
        self._state = read()
        self._wait = _FIRST_WAIT
        self._next_reading = 0.0
        self._since: dict[Service, float] = {}
        self._told: set[str] = set()
        self._admitted: dict[str, Service] = {}

    def admitted(self, services: Sequence[Service]) -> list[Service]:
        """The services that may run, by the names that people use.

        Where a service's new revision is refused, its last admitted one goes on.

        Raises:
            CommandError: The state or a task definition cannot be read.
        """
        self._read_again(services)
        found = []
        for service in services:
            name = self._state.services.get(service.name, service.name)
            if problem := self._problem(service):
                self._tell(name, service, problem)
                if name in self._admitted:
                    found.append(replace(self._admitted[name], count=service.count))
            else:
                self._admitted[name] = replace(service, name=name)
                found.append(self._admitted[name])
        return found

    def programs(self, image: str) -> Path:
        """The folder of the programs of an image.

        Raises:
            CommandError: The programs cannot be made.
        """
        return self._apps.programs_of(self._state.images[_repository(image)])

    def _problem(self, service: Service) -> str | None:
        state = self._state
        if service.name not in state.services:
            return (
                f"is not run: the state of stack {state.stack} holds no such service; "
                "delete it, or let the program make it"
            )
        if service.definition not in state.revisions:
            return (
                f"{service.definition.rpartition('/')[2]} is refused: the state of stack "
                f"{state.stack} holds no such revision; `{self._typed('refresh')}` and "
                f"`{self._typed('up')}` put it right"
            )
        for each in self._containers(service.definition):
            if state.images.get(_repository(each.image)) not in self._apps.images:
                return (
                    f"is not run yet: no output of stack {state.stack} says what is in "
                    f"{each.image}; `{self._typed('up')}` has to end first"
                )
        return None

    def _read_again(self, services: Sequence[Service]) -> None:
        """Reads the state again for services that it lacks, at ever longer intervals."""
        unknown = [each for each in services if self._problem(each)]
        now = monotonic()
        if any(replace(each, count=0) not in self._since for each in unknown):
            self._wait, self._next_reading = _FIRST_WAIT, 0.0
        self._since = {
            key: self._since.get(key, now) for key in (replace(each, count=0) for each in unknown)
        }
        if unknown and now >= self._next_reading:
            self._state = self._read()
            self._next_reading = now + self._wait
            self._wait = min(2 * self._wait, _LONGEST_WAIT)

    def _tell(self, name: str, service: Service, problem: str) -> None:
        waited = monotonic() - self._since.get(replace(service, count=0), 0.0)
        if waited >= _PATIENCE_SECONDS and problem not in self._told:
            self._told.add(problem)
            self._say(name, problem)


def _repository(image: str) -> str:
    return image.rpartition(":")[0]
