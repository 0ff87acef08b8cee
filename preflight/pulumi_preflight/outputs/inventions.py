"""What preflight makes up, as values: where it stood first, and what else it may be."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum

from pulumi_preflight.outputs.completions import Completion
from pulumi_preflight.urns import is_urn, name_of
from pulumi_preflight.wire import Properties


class Filling(StrEnum):
    """How preflight came by an output that the program did not give.

    Attributes:
        TOLD: The user gave it, in `preflight.yaml`.
        FOLLOWS: It follows from what was given, as an ARN does from account, region and name.
        MADE_UP: Nobody knows it before the deployment; it has the form that AWS gives it.
        EMPTY: It was left out, and no table says that AWS leaves it empty.
    """

    TOLD = "told"
    FOLLOWS = "follows"
    MADE_UP = "made-up"
    EMPTY = "empty"


@dataclass(frozen=True, slots=True, order=True)
class Origin:
    """Where a made-up value stood first.

    Attributes:
        urn: The resource, or the token of the function that was answered.
        property: The output, `id` for the resource's id.
    """

    urn: str
    property: str

    def owner(self) -> str:
        """The resource's name, or the function's; empty for the account."""
        return name_of(self.urn) if is_urn(self.urn) else self.urn.rpartition(":")[2]

    def __str__(self) -> str:
        """For a reader: `id of web`."""
        return f"{self.property} of {self.owner()}" if self.urn else self.property


@dataclass(frozen=True, slots=True, kw_only=True)
class Invented:
    """What one resource, or answer, has.

    Attributes:
        urn: The resource, or the function's token.
        id: The resource's id.
        outputs: What it shows.
        fillings: How each output came about that was not given.
        completions: What was added to blocks that the program gave.
        given: What the program gave.
        empty: Gives what the outputs that were left empty might be.
    """

    urn: str
    id: str = ""
    outputs: Properties
    fillings: Mapping[str, Filling]
    given: Properties
    completions: tuple[Completion, ...] = ()
    empty: Callable[[], Properties] = dict


@dataclass(frozen=True, slots=True, kw_only=True)
class Other:
    """What is to be made up in another way.

    Attributes:
        origins: The values.
        account: What the made-up account becomes.
        unknown: Whether values that may be anything become unknown: all but those of a known form,
            and truths, which are one of two. Else they become others of their kind.
    """

    origins: Collection[Origin]
    account: str
    unknown: bool = True


ACCOUNT_ORIGIN = Origin("", "account")
