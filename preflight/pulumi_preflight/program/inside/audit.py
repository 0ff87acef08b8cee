"""What a callback does to the world outside the program, by the events that Python tells of.

Source: https://docs.python.org/3/library/audit_events.html.
"""

from __future__ import annotations

import fcntl
import os
import tempfile
import typing

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
    "os.link": ((1, 3),),
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
