"""Work done in forked children, so that no change of code outlives its trial."""

import os
import signal
from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

Work = TypeVar("Work")

SECONDS_FOR_ONE = 60


def in_children(
    work: Iterable[Work], do: Callable[[Work], int], *, jobs: int
) -> Iterator[tuple[Work, int | None]]:
    """Does each piece of work in a silent child, `jobs` at a time.

    Yields:
        The work and what `do` returned, in the order in which they end; None for a child that
        crashed or ran for more than a minute.
    """
    running: dict[int, Work] = {}
    for piece in work:
        child = os.fork()
        if child == 0:
            _in_silence(do, piece)
        running[child] = piece
        if len(running) == jobs:
            yield _ended(running)
    while running:
        yield _ended(running)


def _in_silence(do: Callable[[Work], int], piece: Work) -> None:
    """Never returns: what the parent would do next is not the child's to do."""
    signal.alarm(SECONDS_FOR_ONE)
    silent = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silent, 1)
    os.dup2(silent, 2)
    code = 255
    try:
        code = do(piece)
    finally:
        os._exit(code)


def _ended(running: dict[int, Work]) -> tuple[Work, int | None]:
    child, status = os.wait()
    return running.pop(child), os.WEXITSTATUS(status) if os.WIFEXITED(status) else None
