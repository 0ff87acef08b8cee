"""The part of what ECS is told to run that runs here: services that the stack's state holds.

A client that may write to the endpoint could name any command in a task definition. The state
holds what `up` has made. The state is read again where ECS names something that it lacks.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from time import monotonic
from typing import Any

from pulumi_loopback.dev.cluster import Service
from pulumi_loopback.dev.environments import TASK_DEFINITION, Container
from pulumi_loopback.dev.programs import Apps
from pulumi_loopback.observe.deployment import Deployment
from pulumi_loopback.spelling import OWN, Spelling
from pulumi_loopback.state.store import Store
from pulumi_loopback.target import Target

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


class Admission:
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
        for container in self._containers(service.definition):
            if state.images.get(_repository(container.image)) not in self._apps.images:
                return (
                    f"is not run yet: no output of stack {state.stack} says what is in "
                    f"{container.image}; `{self._typed('up')}` has to end first"
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
