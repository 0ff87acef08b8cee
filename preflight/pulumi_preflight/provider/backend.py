"""What stands behind a provider: where resources are created, read, changed and deleted."""

from dataclasses import dataclass, field
from typing import Protocol

from pulumi_preflight.outputs import Filled
from pulumi_preflight.outputs.arns import Place
from pulumi_preflight.outputs.settings import DEFAULT_REGION, account_in, region_in
from pulumi_preflight.urns import name_of, type_of
from pulumi_preflight.wire import Properties


class BackendError(Exception):
    """The backend refuses; the text says what and why, as a cloud's own error would."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """A resource that a backend is asked about.

    Attributes:
        urn: Its URN.
        inputs: Its checked inputs: of the program, or of the state where it is read or deleted.
        settings: The configuration of the provider that it belongs to.
        id: The provider's id; empty while it is not created.
        outputs: What the state knows of it; empty while it is not created.
    """

    urn: str
    inputs: Properties
    settings: Properties = field(default_factory=dict)
    id: str = ""
    outputs: Properties = field(default_factory=dict)

    @property
    def type(self) -> str:
        """The type token."""
        return type_of(self.urn)

    @property
    def name(self) -> str:
        """The logical name."""
        return name_of(self.urn)

    @property
    def place(self) -> Place:
        """Where it lives."""
        return Place(
            region=region_in(self.inputs, self.settings) or DEFAULT_REGION,
            known_account=account_in(self.settings),
        )


class Backend(Protocol):
    """Carries out what the engine decided. Each call may come from several threads at once.

    Raises:
        BackendError: The resource cannot be had as it is wanted.
    """

    def create(self, resource: Resource) -> Filled:
        """Creates a resource; gives its id and all its outputs, the inputs among them."""

    def read(self, resource: Resource) -> Filled | None:
        """The resource as it is now; `None` where it is gone."""

    def update(self, resource: Resource) -> Properties:
        """Changes a resource to its new inputs; gives all its outputs."""

    def delete(self, resource: Resource) -> None:
        """Deletes a resource; one that is gone already is not an error."""
