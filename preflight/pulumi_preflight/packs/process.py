"""The process of one pack: starts it, waits for its port, relays what it prints, ends it."""

import os
import signal
import subprocess
import threading
from collections import deque
from collections.abc import Mapping
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeoutError
from contextlib import suppress
from typing import IO

from pulumi_preflight.errors import PackError
from pulumi_preflight.packs.failures import cause_of
from pulumi_preflight.packs.files import PackCommand

_KEPT_LINES = 400
_GRACE_SECONDS = 3.0


class PackProcess:
    """A running pack, in a process group of its own so that nothing of it is left behind.

    What it prints is kept: an error is explained by it, and nothing else of a failed run is shown.
    """

    def __init__(self, command: PackCommand, stack_environment: Mapping[str, str]) -> None:
        self.directory = command.directory
        self._command = command
        self._first_line: Future[str] = Future()
        self._output: deque[str] = deque(maxlen=_KEPT_LINES)
        self._errors: deque[str] = deque(maxlen=_KEPT_LINES)
        self._new_error = threading.Condition()
        try:
            self._process = subprocess.Popen(
                command.arguments,
                cwd=command.directory,
                env={**os.environ, **stack_environment, **command.environment},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
                encoding="utf-8",
                errors="replace",
                start_new_session=True,
            )
        except OSError as error:
            raise PackError(
                f"policy pack {command.directory} did not start: "
                f"{command.arguments[0]}: {error.strerror}"
            ) from error
        self._readers = [
            threading.Thread(target=self._read_output, daemon=True),
            threading.Thread(target=self._read_errors, daemon=True),
        ]
        for reader in self._readers:
            reader.start()

    def port(self, timeout_seconds: float) -> int:
        """Waits for the port, which a pack prints as its first line.

        Raises:
            PackError: The pack printed something else, ended, or printed nothing in time.
        """
        directory = self._command.directory
        try:
            line = self._first_line.result(timeout_seconds)
        except FutureTimeoutError:
            raise PackError(
                f"policy pack {directory} did not boot within {timeout_seconds:g} s",
                hint="look for a call that waits at the top of the pack, or raise --timeout",
            ) from None
        if not line:
            raise self._boot_failure()
        if not line.strip().isdigit():
            raise PackError(
                f"policy pack {directory} printed {line.rstrip()!r} before it booted; "
                "the first line on stdout must be its port",
                hint="print to stderr, or only inside rules",
            )
        return int(line)

    def error_text(self, *, containing: str, timeout_seconds: float) -> str:
        """What the pack wrote to stderr, once `containing` is in it or the time is over."""
        with self._new_error:
            self._new_error.wait_for(
                lambda: any(containing in line for line in self._errors), timeout_seconds
            )
            return "".join(self._errors)

    def printed(self) -> str:
        """What the pack printed after its port and on stderr, its last lines if it is much."""
        return "".join((*self._output, *self._errors))

    def stop(self) -> None:
        """Ends the pack and whatever it started."""
        self._signal(signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(_GRACE_SECONDS)
        self._signal(signal.SIGKILL)
        self._process.wait()
        for reader in self._readers:
            reader.join()

    def _signal(self, number: signal.Signals) -> None:
        try:
            os.killpg(self._process.pid, number)
        except ProcessLookupError:
            return

    def _boot_failure(self) -> PackError:
        code = self._process.wait()
        self._readers[1].join(_GRACE_SECONDS)
        directory = self._command.directory
        cause = cause_of("".join(self._errors), directory)
        if not cause:
            return PackError(
                f"policy pack {directory} ended with code {code} before it booted",
                hint="a pack must end with PolicyPack(...) at its top",
            )
        return PackError(
            f"policy pack {directory} did not boot: {cause}",
            hint=f"it runs on {self._command.arguments[0]}" if "No module named" in cause else None,
        )

    def _read_output(self) -> None:
        with _opened(self._process.stdout) as stream:
            self._first_line.set_result(stream.readline())
            self._output.extend(stream)

    def _read_errors(self) -> None:
        with _opened(self._process.stderr) as stream:
            for line in stream:
                with self._new_error:
                    self._errors.append(line)
                    self._new_error.notify_all()


def _opened(stream: IO[str] | None) -> IO[str]:
    if stream is None:
        raise AssertionError("the pack's process was started without its pipes")
    return stream
