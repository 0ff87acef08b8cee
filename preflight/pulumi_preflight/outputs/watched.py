"""Tells what follows from what was given from what was made up, by watching it be made."""

from dataclasses import dataclass, field
from typing import TypeVar

from pulumi_preflight.outputs.inventions import Filling
from pulumi_preflight.outputs.subject import Subject
from pulumi_preflight.wire import Properties, PropertyValue, json_text, without_secret

_Value = TypeVar("_Value")


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchedSubject(Subject):
    """A subject that notes whether anything was made up for it.

    Attributes:
        name_given: Whether the program gave the physical name.
        id_made_up: Whether the id was made up.
        draws: The paths of what was made up since `filling_of` was asked last.
    """

    name_given: bool
    id_made_up: bool = False
    draws: list[str] = field(default_factory=list, compare=False, repr=False)

    def digits(self, path: str, count: int) -> str:
        """Hexadecimal digits of a property's own."""
        self.draws.append(path)
        # A dataclass with slots is another class than `super()` would look at.
        return Subject.digits(self, path, count)

    def capitals(self, path: str, count: int) -> str:
        """Capital letters and digits of a property's own, as in access key ids."""
        self.draws.append(path)
        return Subject.capitals(self, path, count)

    def made_up(self, path: str, value: _Value) -> _Value:
        """A value that is made up without digits of its own, such as a time or a status."""
        self.draws.append(path)
        return value

    def filling_of(self, value: PropertyValue) -> Filling:
        """How a value came about that was made just now."""
        text = value if isinstance(value, str) else json_text(value)
        is_made_up = (
            bool(self.draws)
            or (self.id_made_up and self.id in text)
            or (not self.name_given and self.name in text)
            or (not self.place.account_known and self.place.account in text)
        )
        self.draws.clear()
        return Filling.MADE_UP if is_made_up else Filling.FOLLOWS


def is_given(name: str, inputs: Properties) -> bool:
    """Whether a physical name stands among the inputs."""
    return any(without_secret(value) == name for value in inputs.values())
