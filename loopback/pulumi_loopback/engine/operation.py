"""One operation of the engine on a stack, shown as it goes."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import nullcontext, suppress
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, SimpleQueue
from types import FrameType
from typing import IO, Literal, Self

from pulumi_loopback.engine.display import Display, Places
from pulumi_loopback.engine.refusals import refusal
from pulumi_loopback.errors import CommandError
from pulumi_loopback.guard import UMASK
from pulumi_loopback.project import Gate
from pulumi_loopback.target import Target
from pulumi_preflight.findings import Finding, Level
from pulumi_preflight.progress import waiting

_FORWARDED = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_TIMES_TO_KILL = 2
_SECONDS_TO_END = 5.0
_SECONDS_BETWEEN_LOOKS = 0.2
_GUARD = 'read -r _; kill -s INT "$1"; exec cat "/dev/fd/$2" >/dev/null'
"""The guard's shell reads a pipe that nobody writes to: `read` ends when this process does."""
_WAITING = b"\ninterrupted; waiting for what is under way (Ctrl-C once more ends it at once)\n"


def run(
    command: Sequence[str | Path],
    *,
    cwd: Path,
    environment: Mapping[str, str],
    on_line: Callable[[str], None] | None = None,
    with_errors: bool = False,
) -> int:
    """Runs a command to its end and gives its exit code, or minus the signal that killed it.

    Args:
        command: Program and arguments.
        cwd: The working directory.
        environment: Its variables.
        on_line: Gets each line that the command prints on its standard output, as it comes; where
            not given, the output goes where this process's goes.
        with_errors: Whether it gets the lines of the standard error as well.

    Raises:
        KeyboardInterrupt: The user interrupted; the command has ended.
        Exception: What `on_line` raised; the command was interrupted then, and has ended.
    """
    with _Interrupts() as interrupts:
        process = subprocess.Popen(
            command,
            cwd=cwd,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE if on_line else None,
            stderr=subprocess.STDOUT if with_errors else None,
            text=True,
            encoding="utf-8",
            errors="replace",
            process_group=0,
            umask=UMASK,  # only the user can read states and their copies
        )
        interrupts.forward_to(process)
        guard = _guard(process)
        try:
            if process.stdout is not None and on_line is not None:
                for line in _lines(process.stdout):
                    on_line(line)
        except BaseException:
            # Its output is still read: a closed pipe would end it in the middle of something.
            interrupts.interrupt_once(process)
            raise
        finally:
            _wait(process)
            guard.kill()
            guard.communicate()
        if interrupts.arrived:
            raise KeyboardInterrupt
    return process.returncode


def _guard(process: subprocess.Popen[str]) -> subprocess.Popen[bytes]:
    """Starts the process that interrupts the engine when this one is gone, on SIGKILL too."""
    output = 0 if process.stdout is None else process.stdout.fileno()
    return subprocess.Popen(
        ["/bin/sh", "-c", _GUARD, "guard", str(process.pid), str(output)],
        stdin=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        pass_fds=[output] if output else [],
        start_new_session=True,
    )


def _lines(stream: IO[str]) -> Iterator[str]:
    """The lines of a stream as they come, read in a thread of their own to the very end."""
    lines: SimpleQueue[str | None] = SimpleQueue()

    def read() -> None:
        with stream:
            for line in stream:
                lines.put(line)
        lines.put(None)

    threading.Thread(target=read, daemon=True).start()
    while True:
        try:
            line = lines.get(timeout=_SECONDS_BETWEEN_LOOKS)
        except Empty:
            continue
        if line is None:
            return
        yield line


def _wait(process: subprocess.Popen[str]) -> None:
    """Waits for the end of a process."""
    while process.poll() is None:
        try:
            process.wait(_SECONDS_BETWEEN_LOOKS)
        except subprocess.TimeoutExpired:
            continue


class _Interrupts:
    """While it is entered, interrupts go to the engine and not into this process's code."""

    def __init__(self) -> None:
        self.arrived = 0
        self._forwarded = 0
        self._process: subprocess.Popen[str] | None = None
        self._killing: threading.Timer | None = None

    def __enter__(self) -> Self:
        # `nohup` sets one of them to be ignored, and wants that.
        heard = [each for each in _FORWARDED if signal.getsignal(each) is not signal.SIG_IGN]
        self._before = {number: signal.signal(number, self._arrive) for number in heard}
        return self

    def __exit__(self, *_: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)
        if self._killing is not None:
            self._killing.cancel()

    def forward_to(self, process: subprocess.Popen[str]) -> None:
        """Names the process; what arrived before it had started reaches it now."""
        self._process = process
        self._forward(process)

    def interrupt_once(self, process: subprocess.Popen[str]) -> None:
        """Interrupts the process unless a signal already has.

        A terminal that closes sends a signal, and its output fails.
        """
        if not self.arrived:
            process.send_signal(signal.SIGINT)

    def _arrive(self, _signal: int, _frame: FrameType | None) -> None:
        self.arrived += 1
        if self._process is not None:
            self._forward(self._process)

    def _forward(self, process: subprocess.Popen[str]) -> None:
        while self._forwarded < self.arrived:
            self._forwarded += 1
            process.send_signal(signal.SIGINT)
            if self._forwarded == 1:
                # Not through `sys.stderr`, which this may have interrupted in the middle; and
                # nothing goes wrong where nobody reads it.
                with suppress(OSError):
                    os.write(sys.stderr.fileno(), _WAITING)
            if self._forwarded == _TIMES_TO_KILL:
                self._killing = threading.Timer(_SECONDS_TO_END, process.kill)
                self._killing.start()


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
        with judging as packs, waiting(display.waits_for) as aside:

            def follow(line: str) -> None:
                with aside():
                    display.follow(line)

            status = run(
                target.command(operation, "--json", *doing, *packs, *options),
                cwd=target.folder,
                # A preview prints its events, and findings, only when it is told to.
                environment={
                    **target.variables,
                    "PULUMI_ENABLE_STREAMING_JSON_PREVIEW": "true",
                },
                on_line=follow,
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
