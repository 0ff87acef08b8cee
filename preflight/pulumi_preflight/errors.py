"""Why there is no verdict. Every class here ends in exit code 2 with one message.

PreflightError
    ProjectError    the project, stack or config files
    ProgramError    the program raised, ended badly or did not end
    PackError       a pack did not boot, refused its config, or a rule raised
"""


class PreflightError(Exception):
    """There is no verdict; the text says what is wrong, where, and what to do.

    Attributes:
        hint: What may help, shown on a line of its own; `None` where the text says it all.
    """

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message)
        self.hint = hint


class ProjectError(PreflightError):
    """A project, stack or config file is missing or wrong."""


class ProgramError(PreflightError):
    """The program raised, exited with an error or did not end in time."""


class PackError(PreflightError):
    """A policy pack did not boot, refused its config, or failed while it ran.

    Attributes:
        rule: The rule that raised, `None` where the pack failed in another way.
    """

    def __init__(self, message: str, *, hint: str | None = None, rule: str | None = None) -> None:
        super().__init__(message, hint=hint)
        self.rule = rule
