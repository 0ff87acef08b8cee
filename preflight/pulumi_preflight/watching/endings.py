"""Signals that end a `--watch`, of which none is lost.

Python drops what a signal's handler raises while it clears memory up: a single run ends by itself
soon after, and a `--watch` would go on.
"""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType, TracebackType
from typing import Any, Self

from pulumi_preflight.startup import ENDING, Terminated


class Endings:
    """While it is entered, a signal is raised where it arrives, and again by `check`."""

    def __init__(self) -> None:
        """Has heard of no signal yet."""
        self._heard: int | None = None
        self._waits = False
        self._before: dict[int, Any] = {}

    def __enter__(self) -> Self:
        """Begins to listen; only the main thread may."""
        if threading.current_thread() is threading.main_thread():
            for number in (signal.SIGINT, *ENDING):
                # `nohup` sets one of them to be ignored, and wants that.
                if signal.getsignal(number) is not signal.SIG_IGN:
                    self._before[number] = signal.signal(number, self._hear)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Gives the signals back."""
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def _hear(self, number: int, _frame: FrameType | None) -> None:
        self._heard = number
        if not self._waits:
            self.check()

    def check(self) -> None:
        """Raises where a signal has arrived.

        Raises:
            KeyboardInterrupt: It is Ctrl-C.
            Terminated: It is another one.
        """
        if self._heard == signal.SIGINT:
            raise KeyboardInterrupt
        if self._heard is not None:
            raise Terminated(self._heard)

    @contextmanager
    def waiting(self) -> Iterator[None]:
        """While it is entered, a signal waits for the end."""
        self._waits = True
        try:
            yield
        finally:
            self._waits = False
        self.check()
