"""One operation of the engine on a stack, shown as it goes."""

import signal
import sys
from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Literal

from pulumi_loopback.engine.display import Display, Places
from pulumi_loopback.engine.process import run
from pulumi_loopback.engine.refusals import refusal
from pulumi_loopback.errors import CommandError
from pulumi_loopback.gate import Gate
from pulumi_loopback.target import Target
from pulumi_preflight.findings import Finding, Level

Operation = Literal["preview", "up", "refresh", "destroy"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How an operation ended.

    Attributes:
        succeeded: Whether the engine did all that it meant to.
        findings: What the packs found.
        changes: How many resources each kind of step was taken on.
    """

    succeeded: bool
    findings: tuple[Finding, ...]
    changes: Mapping[str, int]

    @property
    def mandatory(self) -> tuple[Finding, ...]:
        """The findings that stop an operation."""
        return tuple(each for each in self.findings if each.level is Level.MANDATORY)


def operate(
    operation: Operation,
    target: Target,
    *options: str,
    enforced: Gate | None = None,
    places: Places | None = None,
) -> Outcome:
    """Runs an operation to its end.

    Args:
        operation: What to do. All but a preview is done without asking and without a preview.
        target: The stack.
        options: More options for the engine.
        enforced: What has to agree.
        places: Where in the program each resource is made, to tell with the findings.

    Raises:
        CommandError: The engine was killed, or has refused to begin.
        KeyboardInterrupt: The user interrupted, and the engine has ended.
    """
    told = f"{operation.capitalize()} of {target.name} stack {target.stack}"
    sys.stdout.write(f"\n{told}, Pulumi {target.engine.version}\n")
    doing = [] if operation == "preview" else ["--yes", "--skip-preview"]
    display = Display(places or {}, settles=target.project.spelling.of("state:repair"))
    judging = enforced.for_the_engine() if enforced else nullcontext(())
    try:
        with judging as packs:
            status = run(
                target.command(operation, "--json", *doing, *packs, *options),
                cwd=target.folder,
                # A preview prints its events, and the findings among them, only when it is told to.
                environment={**target.variables, "PULUMI_ENABLE_STREAMING_JSON_PREVIEW": "true"},
                on_line=display.follow,
                with_errors=True,
            )
    finally:
        display.end()
    if status < 0:
        raise CommandError(
            f"the engine was killed ({signal.Signals(-status).name})",
            hint=f"`{target.session('state:repair')}` settles what was under way",
        )
    if status and (error := refusal(display.refused, target)):
        raise error
    return Outcome(
        succeeded=status == 0,
        findings=tuple(display.findings),
        changes=display.summary.changes if display.summary else {},
    )
