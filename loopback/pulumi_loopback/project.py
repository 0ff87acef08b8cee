"""One stack of one project, and what belongs to it on this machine."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from pulumi_loopback.engine import Engine
from pulumi_loopback.gate import Gate, Packs
from pulumi_loopback.spelling import LOCAL, OWN, Spelling


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """One stack of one project; nothing of it has been read yet.

    Attributes:
        folder: The folder of Pulumi.yaml, which also gets the endpoint's key and data.
        stack: The stack's name.
        home: The folder whose `.pulumi` holds copies of states, and the state of a local stack.
        engine: Finds the engine; raises `CommandError` where there is none.
        local: Whether the stack is the user's alone, and made on this machine. Another one is made
            where its settings say, keeps its state in the user's own backend, and is changed only
            after a question.
        endpoint: URL of the endpoint for a local stack whose settings name none. Then nothing of
            the stack leaves this machine: neither its state nor a request of the program's own to
            AWS. `None` where such a stack is made at AWS.
        gate: What has to agree before the stack is changed.
        compose: The folder whose docker-compose.yml has a service `localstack`, which takes moto's
            place where Docker and a token are there; `None` where there is no such file.
        spelling: How the user types a command.
    """

    folder: Path
    stack: str = LOCAL
    home: Path
    engine: Callable[[], Engine]
    local: bool = True
    endpoint: str | None = None
    gate: Gate = field(default_factory=Packs)
    compose: Path | None = None
    spelling: Spelling = OWN

    def typed(self, name: str, *options: str) -> str:
        """How the user types a command on this stack."""
        named = [] if self.stack == LOCAL else ["--stack", self.stack]
        return self.spelling.of(name, *named, *options)
