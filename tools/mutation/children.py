"""Work done in forked children, so that no change of code outlives its trial."""

import os
import resource
import signal
import time
from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

Work = TypeVar("Work")

_SECONDS_BETWEEN_LOOKS = 0.01
LONGEST = 600
"""Seconds after which even a child that sleeps is ended; a busy machine makes all of them slow."""


def in_children(
    work: Iterable[Work], do: Callable[[Work], int], *, jobs: int, seconds: Callable[[Work], int]
) -> Iterator[tuple[Work, int | None]]:
    """Does each piece of work in a silent child.

    Args:
        work: What to do.
        do: How; called in the child.
        jobs: Children at a time.
        seconds: How much of the processor's time a piece of work gets.

    Yields:
        The work and what `do` returned, in the order in which they end; None for a child that
        crashed or took too long.
    """
    running: dict[int, Work] = {}
    for piece in work:
        child = os.fork()
        if child == 0:
            _in_silence(do, piece, seconds(piece))
        running[child] = piece
        if len(running) == jobs:
            yield _ended(running)
    while running:
        yield _ended(running)


def _in_silence(do: Callable[[Work], int], piece: Work, seconds: int) -> None:
    """Never returns: what the parent would do next is not the child's to do."""
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    signal.alarm(LONGEST)
    silent = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silent, 1)
    os.dup2(silent, 2)
    code = 255
    try:
        code = do(piece)
    finally:
        os._exit(code)


def _ended(running: dict[int, Work]) -> tuple[Work, int | None]:
    # Not `os.wait`, which also takes the end of a child that somebody else waits for.
    while True:
        for child in running:
            ended, status = os.waitpid(child, os.WNOHANG)
            if ended:
                code = os.WEXITSTATUS(status) if os.WIFEXITED(status) else None
                return running.pop(child), code
        time.sleep(_SECONDS_BETWEEN_LOOKS)
