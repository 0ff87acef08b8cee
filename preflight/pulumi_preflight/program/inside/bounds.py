"""What a callback may not do: take too long, or act on the world outside the program."""

from __future__ import annotations

import asyncio
import concurrent.futures
import contextvars
import fcntl
import functools
import os
import signal
import sys
import tempfile
import threading
import time
import types
import typing

import pulumi.runtime.sync_await

from .frames import FOLDER


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


Action = typing.Tuple[str, str]  # noqa: UP006 - Python 3.9 reads this
"""A kind, which is `process`, `network` or `write`, and what was to be done."""

_PROCESS = {
    "os.exec": 0,
    "os.fork": None,
    "os.forkpty": None,
    "os.posix_spawn": 0,
    "os.spawn": 1,
    "os.startfile": 0,
    "os.system": 0,
    "pty.spawn": 0,
    "subprocess.Popen": 0,
}
# MAXPATHLEN of macOS, which `F_GETPATH` writes at most.
_LONGEST_PATH = 1024
# The event to the argument that says where to.
_NETWORK = {
    "socket.connect": 1,
    "socket.getaddrinfo": 0,
    "socket.gethostbyaddr": 0,
    "socket.gethostbyname": 0,
    "socket.sendmsg": 1,
    "socket.sendto": 1,
}
# The event to its arguments that are changed, each with the descriptor of the folder it is in.
_WRITE: dict[str, tuple[tuple[int, int | None], ...]] = {
    "os.chmod": ((0, 2),),
    "os.chown": ((0, 3),),
    "os.link": ((0, 2), (1, 3)),
    "os.mkdir": ((0, 2),),
    "os.remove": ((0, 1),),
    "os.removexattr": ((0, None),),
    "os.rename": ((0, 2), (1, 3)),
    "os.rmdir": ((0, 1),),
    "os.setxattr": ((0, None),),
    "os.symlink": ((1, 2),),
    "os.truncate": ((0, None),),
    "os.utime": ((0, 3),),
    "sqlite3.connect": ((0, None),),
}
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_NO_FILES = (":memory:", "")


class Actions:
    """Tells what an event of Python does."""

    def __init__(self, project: str) -> None:
        """Takes the project's folder: what lies in it is not temporary, wherever it is."""
        self._project = os.path.realpath(project)
        self._temporary = os.path.realpath(tempfile.gettempdir())

    def of(self, event: str, arguments: typing.Sequence[typing.Any]) -> Action | None:
        """What an event does outside the program; `None` where it does nothing there."""
        if event in _WRITE:
            return self._change(arguments, _WRITE[event])
        if event in _PROCESS:
            return "process", _program(arguments, _PROCESS[event])
        if event in _NETWORK:
            target = arguments[_NETWORK[event]]
            return None if target is None else ("network", _address(target))
        if event == "open" and isinstance(arguments[2], int) and arguments[2] & _WRITING:
            return self._write(arguments[0], None)
        return None

    def _change(
        self,
        arguments: typing.Sequence[typing.Any],
        changed: typing.Sequence[tuple[int, int | None]],
    ) -> Action | None:
        for path, folder in changed:
            descriptor = arguments[folder] if folder is not None else None
            if (found := self._write(arguments[path], descriptor)) is not None:
                return found
        return None

    def _write(self, path: typing.Any, folder: int | None) -> Action | None:  # noqa: ANN401 - an event's
        if isinstance(path, int) or path in _NO_FILES:
            # It was opened before, or is memory.
            return None
        name = os.fsdecode(path)
        if folder is not None and folder >= 0 and not os.path.isabs(name):  # noqa: PTH117 - compared as text
            name = os.path.join(_opened(folder), name)  # noqa: PTH118 - compared as text
        real = os.path.realpath(name)
        if _within(real, self._temporary) and not _within(real, self._project):
            return None
        # Python keeps what it compiled.
        if real.startswith("/dev/") or "__pycache__" in real or ".pyc" in real:
            return None
        return "write", name


def _opened(descriptor: int) -> str:
    """The path of an open folder."""
    try:
        if hasattr(fcntl, "F_GETPATH"):  # macOS, which has no /proc
            found = fcntl.fcntl(descriptor, fcntl.F_GETPATH, bytes(_LONGEST_PATH))
            return os.fsdecode(found.rstrip(b"\0"))
        return os.readlink(f"/proc/self/fd/{descriptor}")  # noqa: PTH115 - as above
    except OSError:
        return os.curdir


def _within(path: str, folder: str) -> bool:
    return path == folder or path.startswith(folder.rstrip(os.sep) + os.sep)


def _program(arguments: typing.Sequence[typing.Any], index: int | None) -> str:
    """The program that was to start; its arguments may be anything, and secret."""
    if index is None or index >= len(arguments):
        return "a copy of itself"
    given = arguments[index]
    if isinstance(given, (list, tuple)):
        given = given[0] if given else ""
    words = os.fsdecode(given).split() if isinstance(given, (str, bytes, os.PathLike)) else []
    return os.path.basename(words[0]) if words else "a program"  # noqa: PTH119 - of a text


def _address(target: typing.Any) -> str:  # noqa: ANN401 - an event's
    if isinstance(target, (tuple, list)):
        return ":".join(str(part) for part in target[:2])
    return os.fsdecode(target) if isinstance(target, (str, bytes)) else str(target)


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
