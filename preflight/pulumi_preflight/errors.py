"""Why there is no verdict. Every class here ends in exit code 2 with one message.

PreflightError
    ProjectError    the project, stack or config files
    ProgramError    the program raised, ended badly or did not end
    StateError      the state of a stack cannot be read
    BaseError       what the run is to be compared with cannot be read, or is of another stack
    PackError       a pack did not boot, refused its config, or a rule raised
    BaselineError   the file of the baseline is missing, wrong or another stack's
    ReportError     the report cannot be written in the format that is asked for
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pulumi_preflight.opened import Files


class PreflightError(Exception):
    """There is no verdict; the text says what is wrong, where, and what to do.

    Attributes:
        hint: What may help, shown on a line of its own; `None` where the text says it all.
    """

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message)
        self.hint = hint

    def hide(self, secrets: Iterable[str]) -> None:
        """Puts `[secret]` in place of each secret in the text and the hint."""
        from pulumi_preflight.redaction import Redactor  # noqa: PLC0415 - imports gRPC's messages

        redact = Redactor(secrets)
        self.args = (redact(str(self)),)
        self.hint = self.hint and redact(self.hint)


class ProjectError(PreflightError):
    """A project, stack or config file is missing or wrong."""


class ProgramError(PreflightError):
    """The program raised, exited with an error or did not end in time.

    Attributes:
        files: The files that it had opened, `None` where nobody told them.
        place: File and line of the innermost place of the program's own that the text names, `None`
            where it names none.
    """

    def __init__(
        self,
        message: str,
        *,
        hint: str | None = None,
        files: "Files | None" = None,
        place: tuple[str, int] | None = None,
    ) -> None:
        super().__init__(message, hint=hint)
        self.files = files
        self.place = place


class StateError(PreflightError):
    """The state of a stack is not there, or cannot be read."""


class BaseError(PreflightError):
    """What the run is to be compared with cannot be read, or is of another stack."""


class BaselineError(PreflightError):
    """The file of the baseline is missing, wrong or another stack's."""


class ReportError(PreflightError):
    """The report cannot be written in the format that is asked for."""


class PackError(PreflightError):
    """A policy pack did not boot, refused its config, or failed while it ran.

    Attributes:
        rule: The rule that raised, `None` where the pack failed in another way.
    """

    def __init__(self, message: str, *, hint: str | None = None, rule: str | None = None) -> None:
        super().__init__(message, hint=hint)
        self.rule = rule
