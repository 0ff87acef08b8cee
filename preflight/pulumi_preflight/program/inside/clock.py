"""Ends a callback that takes too long, whatever it does: computes, sleeps or waits.

Callbacks run on the event loop's thread, which is the main one, so a signal reaches them anywhere.
"""

from __future__ import annotations

import asyncio
import signal
import sys
import threading
import time
import types
import typing

import pulumi.runtime.sync_await

from .frames import FOLDER

# A callback that swallows the exception gets it again, until it ends.
_AGAIN_SECONDS = 0.1
# While the event loop runs inside a callback, an exception would break the loop.
_LOOPS = frozenset(
    {
        asyncio.BaseEventLoop._run_once.__code__,  # type: ignore[attr-defined] # noqa: SLF001 - its code alone
        pulumi.runtime.sync_await._sync_await.__code__,  # noqa: SLF001 - its code alone
    }
)
_Result = typing.TypeVar("_Result")


class Stopped(BaseException):
    """Ends a callback that may not go on; no `except Exception` of the program's takes it."""


class Timed(typing.Protocol):
    """A callback whose time is measured.

    Attributes:
        left: The seconds that it may still take.
        stopped: Whether it must end at once.
    """

    left: float
    stopped: bool


class Clock:
    """Measures the callbacks that run, one inside the other."""

    def __init__(self, is_overdue: typing.Callable[[typing.Any, types.FrameType], bool]) -> None:
        """Takes what decides whether a callback whose time is over ends, by callback and frame."""
        self._is_overdue = is_overdue
        self._running: list[Timed] = []
        self._since = 0.0
        self._thread = threading.get_ident()
        signal.signal(signal.SIGALRM, self._ring)

    def within(self, callback: Timed, act: typing.Callable[[], _Result]) -> _Result:
        """Runs a part of a callback; the time of the callback around it stands still meanwhile.

        Raises:
            Stopped: The callback took too long.
        """
        # A signal is carried out by the main thread, and a program may use the timer itself.
        if threading.get_ident() != self._thread or signal.getsignal(signal.SIGALRM) != self._ring:
            return act()
        self._charge()
        self._running.append(callback)
        self._arm()
        try:
            return act()
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
            if callback.stopped:
                sys.settrace(None)
            self._charge()
            self._running.pop()
            self._arm()

    def hurry(self) -> None:
        """Lets the callback that runs end soon."""
        if self._running and threading.get_ident() == self._thread:
            signal.setitimer(signal.ITIMER_REAL, _AGAIN_SECONDS, _AGAIN_SECONDS)

    def _charge(self) -> None:
        now = time.monotonic()
        if self._running:
            self._running[-1].left -= now - self._since
        self._since = now

    def _arm(self) -> None:
        if self._running:
            left = max(self._running[-1].left, _AGAIN_SECONDS)
            signal.setitimer(signal.ITIMER_REAL, left, _AGAIN_SECONDS)

    def _ring(self, _number: int, frame: types.FrameType | None) -> None:
        if frame is None or not self._running or not _is_in_callback(frame):
            # It rings again.
            return
        callback = self._running[-1]
        if callback.stopped:
            _insist(frame)
            raise Stopped
        if self._is_overdue(callback, frame):
            raise Stopped
        signal.setitimer(signal.ITIMER_REAL, 0)


def _insist(frame: types.FrameType) -> None:
    """Lets the exception be raised once more on the way out, where an `except` has taken it."""
    if sys.gettrace() is not None:
        return

    def trace(_frame: types.FrameType, event: str, _argument: object) -> typing.Any:  # noqa: ANN401 - itself
        if event != "line":
            return trace
        # Python stops the tracing here.
        raise Stopped

    at: types.FrameType | None = frame
    while at is not None and not at.f_code.co_filename.startswith(FOLDER):
        at.f_trace = trace
        at = at.f_back
    sys.settrace(trace)


def _is_in_callback(frame: types.FrameType) -> bool:
    """Whether the program's own code was interrupted: neither preflight's nor the event loop's."""
    at: types.FrameType | None = frame
    while at is not None and not at.f_code.co_filename.startswith(FOLDER):
        if at.f_code in _LOOPS:
            return False
        at = at.f_back
    return at is not None and at is not frame and at.f_code is Clock.within.__code__
