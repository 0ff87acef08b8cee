"""Lets what a callback starts in other threads and processes belong to the callback."""

from __future__ import annotations

import concurrent.futures
import contextvars
import functools
import threading
import typing

from .clock import Stopped


def inherit(is_inside: typing.Callable[[], bool], check: typing.Callable[[str, str], None]) -> None:
    """Lets threads run in the context of the callback that starts them.

    Args:
        is_inside: Whether a callback runs in this context.
        check: Stops a callback that may not do something: its kind, and what it is.
    """
    start, submit = threading.Thread.start, concurrent.futures.ThreadPoolExecutor.submit

    def started(self: threading.Thread) -> None:
        if is_inside():
            run = functools.partial(_run, contextvars.copy_context(), self.run)
            self.run = run  # type: ignore[method-assign]
        start(self)

    def submitted(
        self: concurrent.futures.ThreadPoolExecutor,
        fn: typing.Callable[..., typing.Any],
        /,
        *arguments: typing.Any,  # noqa: ANN401 - the function's
        **named: typing.Any,  # noqa: ANN401 - the function's
    ) -> concurrent.futures.Future[typing.Any]:
        # A thread of the pool may have been started by another callback.
        context = contextvars.copy_context()
        return submit(self, context.run, fn, *arguments, **named)

    threading.Thread.start = started  # type: ignore[method-assign]
    concurrent.futures.ThreadPoolExecutor.submit = submitted  # type: ignore[method-assign, assignment]
    # The standard library starts some processes by this alone, which tells of no event.
    import _posixsubprocess  # noqa: PLC0415 - only where there are callbacks to look after

    fork = _posixsubprocess.fork_exec

    def forked(*arguments: typing.Any) -> int:  # noqa: ANN401 - the system call's
        check("process", "a program")
        return fork(*arguments)

    _posixsubprocess.fork_exec = forked


def _run(context: contextvars.Context, run: typing.Callable[[], object]) -> None:
    try:
        context.run(run)
    except Stopped:
        # Preflight was told already.
        return
