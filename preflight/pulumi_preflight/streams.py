"""Writes to stdout and stderr, even to a full disk, a closed pipe or an old encoding."""

import os
import sys
from collections.abc import Callable
from io import TextIOWrapper
from typing import TextIO

from pulumi_preflight.errors import PreflightError
from pulumi_preflight.printable import escaped


def tell(text: str) -> None:
    """Writes to stderr, with control characters escaped.

    Where stderr is closed or full, no message can arrive, and only the exit code remains.
    """
    # Python has no stderr where the descriptor was closed before Python started.
    stream: TextIO | None = sys.stderr
    if stream is None:
        return
    try:
        stream.write(escaped(text))
        stream.flush()
    except OSError:
        discard(stream)


def to_stdout(write: Callable[[TextIO], None]) -> None:
    """Writes to stdout; a reader such as `head` that stops early is not an error.

    Raises:
        PreflightError: Stdout is closed, or cannot be written to.
    """
    stream: TextIO | None = sys.stdout
    if stream is None:
        raise PreflightError("stdout is closed", hint="--output FILE writes the report to a file")
    if isinstance(stream, TextIOWrapper):
        # A character that the encoding does not have is written as its number.
        stream.reconfigure(errors="backslashreplace")
    try:
        write(stream)
        stream.flush()
    except BrokenPipeError:
        discard(stream)
    except OSError as error:
        discard(stream)
        raise PreflightError(
            f"the report cannot be written to stdout: {error.strerror}",
            hint="--output FILE writes it to a file",
        ) from error


def discard(stream: TextIO) -> None:
    """Sends the rest nowhere; else Python would flush it at its end, and fail again."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream.fileno())
    os.close(nowhere)
