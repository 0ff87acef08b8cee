"""How the user types a command, for the hints that name one."""

from dataclasses import dataclass

LOCAL = "local"
"""The name of a stack that is not named."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spelling:
    """The words around a command's name.

    Attributes:
        before: The words before the name.
        between: The words between the name and its options, where it has any.
        always: The options that the user has to give with each command.
    """

    before: tuple[str, ...] = ("pulumi-loopback",)
    between: tuple[str, ...] = ()
    always: tuple[str, ...] = ()

    def of(self, name: str, *options: str) -> str:
        """The text that the user types for a command."""
        given = [*self.always, *options]
        return " ".join([*self.before, name, *([*self.between, *given] if given else [])])


OWN = Spelling()
"""The package's own command."""
