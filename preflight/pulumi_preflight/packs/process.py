"""The process of one pack: starts it, waits for its port, relays what it prints, ends it."""

import os
import re
import subprocess
import threading
import time
from collections import deque
from collections.abc import Mapping
from concurrent.futures import Future, InvalidStateError, wait
from contextlib import suppress
from io import TextIOWrapper
from itertools import takewhile
from pathlib import Path
from typing import IO

from pulumi_preflight.errors import PackError
from pulumi_preflight.guard import Guard, how_it_ended
from pulumi_preflight.packs.commands import PackCommand
from pulumi_preflight.stack_context import why_not_started

_COLOUR = re.compile(r"\x1b\[[0-9;]*m")
_PYTHON_FRAME = re.compile(r'File "(?P<file>[^"]+)", line (?P<line>\d+)')
_NODE_FRAME = re.compile(r"(?P<file>/[^\s():]+\.[cm]?[jt]s):(?P<line>\d+)")
_NODE_RAISED = re.compile(r"^\s*(?P<cause>[\w.]*(?:Error|Exception): .*)$")
_PYTHON_RAISED = re.compile(r"^(?P<cause>[A-Za-z_][\w.]*(?:: .*)?)$")
# Frames that say nothing of a rule: the SDKs, gRPC, and the languages' own machinery.
_MACHINERY = ("node_modules", "pulumi", "pulumi_policy", "grpc", "asyncio", "concurrent")
# What follows the message of an error in Node: its frames, its properties, the runtime's version.
_NODE_REST = re.compile(r"^(\s+at |\s*\{?$|\}|Node\.js v)")
_LINES_OF_OTHER_KINDS = 3
_MOST_LINES = 20


def cause_of(text: str, directory: Path) -> str:
    """Gives the error that a pack wrote to stderr, empty if it wrote nothing.

    A message of several lines, such as a compiler's, has each in a line of its own.

    Args:
        text: The pack's own words: a traceback of Python or Node, or anything else.
        directory: The pack's folder; the innermost frame inside it is named, relative to it.
    """
    lines = [_COLOUR.sub("", line).rstrip() for line in text.splitlines()]
    cause = _python_cause(lines) or _node_cause(lines)
    if cause is None:
        return " / ".join([line.strip() for line in lines if line.strip()][-_LINES_OF_OTHER_KINDS:])
    place = _place(lines, directory)
    first, *rest = cause
    return "\n  ".join([f"{first} ({place})" if place else first, *rest])


def _python_cause(lines: list[str]) -> list[str] | None:
    """The last traceback's last line; an exception may have any name, so its place decides."""
    starts = [i for i, line in enumerate(lines) if "Traceback (most recent call last)" in line]
    if not starts:
        return None
    for line in lines[starts[-1] + 1 :]:
        if match := _PYTHON_RAISED.match(line):
            return [match["cause"]]
    return None


def _node_cause(lines: list[str]) -> list[str] | None:
    """The first error's message, whose lines go on until its frames."""
    for number, line in enumerate(lines, start=1):
        if match := _NODE_RAISED.match(line):
            rest = list(
                takewhile(lambda text: not text or not _NODE_REST.match(text), lines[number:])
            )
            more = [text.strip() for text in rest if text]
            left_out = [f"... {len(more) - _MOST_LINES} more lines"] * (len(more) > _MOST_LINES)
            return [match["cause"], *more[:_MOST_LINES], *left_out]
    return None


def _place(lines: list[str], directory: Path) -> str | None:
    """The innermost frame in the pack, or else in a library that holds its rules."""
    # Python prints the innermost frame last, Node first.
    frames = [match for line in reversed(lines) for match in _PYTHON_FRAME.finditer(line)]
    frames += [match for line in lines for match in _NODE_FRAME.finditer(line)]
    for frame in frames:
        file = Path(frame["file"])
        for folder in (directory, directory.resolve()):
            if file.is_relative_to(folder) and "node_modules" not in file.parts:
                return f"{file.relative_to(folder)}:{frame['line']}"
    for frame in frames:
        file = Path(frame["file"])
        if file.is_absolute() and not set(_MACHINERY).intersection(file.parts):
            return f"{file}:{frame['line']}"
    return None


_KEPT_LINES, _LAST_LINES = 400, 20
_GRACE_SECONDS = 3.0
_HIGHEST_PORT = 65_535
# `dotnet run` prints it in front of the port.
_DOTNET_PROGRESS = ("\x1b]9;4;3;\x1b\\", "\x1b]9;4;0;\x1b\\")
_TRACEBACK = "Traceback (most recent call last)"
_SECONDS_A_TURN = 0.2
# A process's last output is read this soon after its end; another process may hold its pipe.
_LAST_WORDS_SECONDS = 1.0


class PackProcess:
    """A running pack that leaves nothing behind.

    Its output is kept and explains an error; a failed run shows nothing else.
    """

    def __init__(self, command: PackCommand, stack_environment: Mapping[str, str]) -> None:
        self.command = command
        self._first_line: Future[str] = Future()
        self._output: deque[str] = deque(maxlen=_KEPT_LINES)
        self._errors: deque[str] = deque(maxlen=_KEPT_LINES)
        self._writing = threading.Lock()
        self._traceback = threading.Event()
        self._stopped = False
        self._guard = Guard()
        environment = {**os.environ, **stack_environment, **command.environment}
        try:
            process = self._guard.start(
                command.arguments,
                cwd=command.working_directory,
                environment=environment,
                output=(subprocess.PIPE, subprocess.PIPE),
            )
        except OSError as error:
            self._guard.close()
            raise PackError(
                f"policy pack {command.path} did not start: "
                f"{command.arguments[0]}: {why_not_started(error, environment)}"
            ) from error
        self._readers = [
            threading.Thread(target=read, args=(stream,), daemon=True)
            for read, stream in (
                (self._read_output, process.stdout),
                (self._read_errors, process.stderr),
            )
        ]
        for reader in self._readers:
            reader.start()

    def port(self, timeout_seconds: float) -> int:
        """Waits for the port, which a pack prints as its first line.

        Raises:
            PackError: The pack printed something else, ended, or printed nothing in time.
        """
        path = self.command.path
        deadline = time.monotonic() + timeout_seconds
        while not self._first_line.done() and (left := deadline - time.monotonic()) > 0:
            died = self._guard.has_ended()
            wait([self._first_line], _LAST_WORDS_SECONDS if died else min(left, _SECONDS_A_TURN))
            if died:
                self._give_up_waiting()
        if not self._first_line.done():
            raise PackError(
                f"policy pack {path} did not boot within {timeout_seconds:g} s",
                hint="look for a call that waits at the top of the pack, or raise --timeout",
            )
        line = self._first_line.result()
        if not line:
            raise self._boot_failure()
        port = _port_in(line)
        if port is None:
            raise PackError(
                f"policy pack {path} printed {line.rstrip()!r} before it booted; "
                "the first line on stdout must be its port",
                hint="print to stderr, or only inside rules",
            )
        return port

    def error_text(self, *, timeout_seconds: float) -> str:
        """The pack's stderr, once a traceback begins there or the time is over."""
        self._traceback.wait(timeout_seconds)
        with self._writing:
            return "".join(self._errors)

    def printed(self) -> str:
        """What the pack printed after its port and on stderr, its last lines if it is much."""
        return "".join((*self._output, *self._errors))

    def death(self) -> str | None:
        """The way in which the process ended by itself, in words; `None` where it did not."""
        if self._stopped or not self._guard.has_ended(_LAST_WORDS_SECONDS):
            return None
        code = self._guard.end()
        self._readers[1].join(_LAST_WORDS_SECONDS)
        return how_it_ended(code or 0)

    def last_words(self) -> list[str]:
        """The last lines of the pack's stderr."""
        with self._writing:
            return "".join(self._errors).splitlines()[-_LAST_LINES:]

    def stop(self) -> None:
        """Ends the pack and whatever it started."""
        self._stopped = True
        self._guard.close(_GRACE_SECONDS)
        for reader in self._readers:
            reader.join(_LAST_WORDS_SECONDS)
        self._give_up_waiting()

    def _give_up_waiting(self) -> None:
        with suppress(InvalidStateError):
            self._first_line.set_result("")

    def _boot_failure(self) -> PackError:
        path = self.command.path
        ended = self.death()
        if ended is None:
            return PackError(
                f"policy pack {path} closed its stdout before it booted",
                hint="the first line on stdout must be its port",
            )
        cause = cause_of("".join(self._errors), self.command.directory)
        if not cause:
            return PackError(
                f"policy pack {path} ended ({ended}) before it booted",
                hint="an executable pack must print its port and serve there"
                if self.command.is_executable
                else "a pack must end with PolicyPack(...) at its top",
            )
        return PackError(
            f"policy pack {path} did not boot: {cause}",
            hint=f"it runs on {self.command.arguments[0]}" if "No module named" in cause else None,
        )

    def _read_output(self, pipe: IO[bytes] | None) -> None:
        with _text(pipe) as stream:
            first = stream.readline()
            with suppress(InvalidStateError):
                self._first_line.set_result(first)
            self._output.extend(stream)

    def _read_errors(self, pipe: IO[bytes] | None) -> None:
        with _text(pipe) as stream:
            for line in stream:
                with self._writing:
                    self._errors.append(line)
                if _TRACEBACK in line:
                    self._traceback.set()


def _port_in(line: str) -> int | None:
    """The port that a line is, `None` where it is none.

    Source: pulumi/pulumi, pkg/resource/plugin/plugin.go (parsePort).
    """
    for progress in _DOTNET_PROGRESS:
        line = line.replace(progress, "")
    text = line.strip()
    if not (text.isascii() and text.isdecimal()):
        return None
    port = int(text)
    return port if 0 < port <= _HIGHEST_PORT else None


def _text(pipe: IO[bytes] | None) -> TextIOWrapper:
    if pipe is None:
        raise AssertionError("the pack's process was started without its pipes")
    return TextIOWrapper(pipe, encoding="utf-8", errors="replace")
