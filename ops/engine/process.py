"""Runs the engine so that Ctrl-C ends it well.

The engine saves its state when it is interrupted once: it begins nothing more, and waits for what
is under way. Interrupted again it still waits for a provider that does not answer, so it is killed
a little later. A terminal sends Ctrl-C to every process of the foreground group, and what stands
between the user and the engine (nox, uv) sends more. So the engine gets a group of its own, and
exactly one interrupt for each that arrives here.
"""

import signal
import subprocess
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import FrameType
from typing import Self

_FORWARDED = (signal.SIGINT, signal.SIGTERM)
_TIMES_TO_KILL = 2
_SECONDS_TO_END = 5.0


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
        KeyboardInterrupt: The user interrupted; the command has ended by itself.
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
            process_group=0,
        )
        interrupts.forward_to(process)
        with process:
            if process.stdout is not None and on_line is not None:
                for line in process.stdout:
                    on_line(line)
        if interrupts.arrived:
            raise KeyboardInterrupt
    return process.returncode


class _Interrupts:
    """While it is entered, interrupts go to the engine and not into this process's code."""

    def __init__(self) -> None:
        self.arrived = 0
        self._process: subprocess.Popen[str] | None = None
        self._killing: threading.Timer | None = None

    def __enter__(self) -> Self:
        self._before = {number: signal.signal(number, self._arrive) for number in _FORWARDED}
        return self

    def __exit__(self, *_: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)
        if self._killing is not None:
            self._killing.cancel()

    def forward_to(self, process: subprocess.Popen[str]) -> None:
        """Names the process; what arrived before it had started reaches it now."""
        self._process = process
        if self.arrived:
            process.send_signal(signal.SIGINT)

    def _arrive(self, _signal: int, _frame: FrameType | None) -> None:
        self.arrived += 1
        if self._process is None:
            return
        self._process.send_signal(signal.SIGINT)
        if self.arrived == _TIMES_TO_KILL:
            self._killing = threading.Timer(_SECONDS_TO_END, self._process.kill)
            self._killing.start()
