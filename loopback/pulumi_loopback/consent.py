"""Whether the user means it: asked before anything is deleted, or deployed to a shared stack."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass

from pulumi_loopback.errors import CommandError
from pulumi_loopback.spelling import LOCAL


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """What the user has said already.

    Attributes:
        stack: The stack that the command is about.
        local: Whether the stack is the user's alone.
        yes: `--yes` was given, so nothing is asked.
        confirmed: The stack's name once more (`--confirm`), empty where it was not given.
    """

    stack: str
    local: bool
    yes: bool
    confirmed: str

    def to_delete(self, consequences: Sequence[str]) -> None:
        """Asks before something is deleted; a shared stack must be named twice.

        Raises:
            CommandError: The user does not want it, or has not named the stack twice.
        """
        if not self.local and self.stack != self.confirmed:
            raise CommandError(
                f"this deletes from stack {self.stack}, which is not {LOCAL}",
                hint=f"name it twice if you mean it: --stack {self.stack} --confirm {self.stack}",
            )
        self._ask(consequences)

    def to_deploy(self) -> None:
        """Asks before a shared stack is changed.

        Raises:
            CommandError: The user does not want it.
        """
        if not self.local:
            self._ask(["The changes above will be made."])

    def _ask(self, consequences: Sequence[str]) -> None:
        if self.yes:
            return
        listed = "".join(f"  - {each}\n" for each in consequences)
        sys.stdout.write(f"Stack {self.stack}:\n{listed}Go on? [y/N] ")
        sys.stdout.flush()
        line = sys.stdin.readline()
        if not line.endswith("\n"):
            sys.stdout.write("\n")
            sys.stdout.flush()
        answer = line.strip().lower()
        if answer not in ("y", "yes"):
            raise CommandError(
                "nothing was done", hint=None if answer else "--yes answers beforehand"
            )
