"""Starts a process that leaves nothing behind when it is ended, or when preflight is killed.

A process may start others that leave its session and outlive it. All of them inherit its
environment, so a mark there finds them where the system has /proc. On other systems the guard
ends the process group.

When this file runs by path, with a mark, a folder and perhaps a process group, it ends and removes
these. The file imports nothing of this package, so it starts at once.
"""

import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from pathlib import Path
from threading import Lock
from typing import IO

_MARK = "PULUMI_PREFLIGHT_MARK"
# A shell starts in a millisecond, and its pipe ends when preflight does, by SIGKILL too. Python
# starts only when there is something to do.
_WAIT_THEN_CLEAR = 'read -r group; read -r _; exec "$@" $group'
_FIRST_TURN_SECONDS, _LONGEST_TURN_SECONDS = 0.001, 0.05
# A killed process may hang in the kernel and ends when it can; the guard waits no longer.
_CLEARING_SECONDS = 2.0
# A process that was starting when preflight was killed has its mark a moment later.
_STARTING_SECONDS = 0.2


class Together:
    """The processes that the guards of several threads have started, to be killed by another one.

    Each thread goes on then, finds its process dead, and clears up as it always does.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._guards: list[Guard] = []
        self._killed = False

    @contextmanager
    def entered(self) -> Iterator[None]:
        """While it is entered, the guards that this thread makes belong to it."""
        token = _TOGETHER.set(self)
        try:
            yield
        finally:
            _TOGETHER.reset(token)

    def add(self, guard: "Guard") -> None:
        """Takes a guard whose process has started; kills it where the others are killed already."""
        with self._lock:
            self._guards.append(guard)
            killed = self._killed
        if killed:
            guard.kill()

    def remove(self, guard: "Guard") -> None:
        """Forgets a guard whose process has ended."""
        with self._lock:
            if guard in self._guards:
                self._guards.remove(guard)

    def kill(self) -> None:
        """Kills all processes, and each that starts from here on."""
        with self._lock:
            self._killed = True
            guards = tuple(self._guards)
        for guard in guards:
            guard.kill()


_TOGETHER: ContextVar[Together | None] = ContextVar("together", default=None)


class Guard:
    """A process, all that it starts, and a folder; all go when it is closed, or with preflight.

    The caller must call `close`.
    """

    def __init__(self) -> None:
        """Starts the shell that waits for preflight's end."""
        self._token = secrets.token_hex(16)
        self._folder = Path(tempfile.gettempdir()) / f"preflight-{self._token}"
        self._process: subprocess.Popen[bytes] | None = None
        self._together = _TOGETHER.get()
        self._reaping = Lock()
        clear = [sys.executable, "-I", "-S", __file__, self._token, str(self._folder)]
        self._watcher = subprocess.Popen(
            ["/bin/sh", "-c", _WAIT_THEN_CLEAR, "preflight-guard", *clear],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd="/",
            env={},
            start_new_session=True,
        )

    def new_folder(self) -> Path:
        """Makes the folder, which no other user can read."""
        self._folder.mkdir(mode=0o700)
        return self._folder

    def start(
        self,
        arguments: Sequence[str | Path],
        *,
        cwd: Path,
        environment: Mapping[str, str],
        output: tuple[int | IO[bytes], int | IO[bytes]],
        pass_fds: Sequence[int] = (),
    ) -> subprocess.Popen[bytes]:
        """Starts the process in a session of its own, without input.

        Args:
            arguments: Program and arguments.
            cwd: Its working directory.
            environment: All its variables.
            output: The place of its stdout and stderr.
            pass_fds: More descriptors that it inherits.

        Raises:
            OSError: The process cannot be started.
        """
        stdout, stderr = output
        self._process = subprocess.Popen(
            arguments,
            cwd=cwd,
            env={**environment, _MARK: self._token},
            stdin=subprocess.DEVNULL,
            stdout=stdout,
            stderr=stderr,
            pass_fds=pass_fds,
            start_new_session=True,
        )
        assert self._watcher.stdin is not None  # noqa: S101 - it was started with a pipe
        self._watcher.stdin.write(f"{self._process.pid}\n".encode())
        self._watcher.stdin.flush()
        if self._together:
            self._together.add(self)
        return self._process

    def has_ended(self, within_seconds: float = 0) -> bool:
        """Whether the process has ended, or ends in time; true where none was started.

        The process is not reaped, so its process group keeps its number.
        """
        deadline = time.monotonic() + within_seconds
        turn = _FIRST_TURN_SECONDS
        while not self._is_zombie():
            left = deadline - time.monotonic()
            if left <= 0:
                return False
            time.sleep(min(turn, left))
            turn = min(turn * 2, _LONGEST_TURN_SECONDS)
        return True

    def end(self, grace_seconds: float = 0) -> int | None:
        """Ends the process and all that it started; gives its exit code, negative for a signal.

        Args:
            grace_seconds: The time in which the process may end by itself after SIGTERM.
        """
        if self._process is None:
            return None
        if self._process.returncode is None:
            group = self._process.pid
            if grace_seconds:
                _signal(group, signal.SIGTERM)
                self.has_ended(grace_seconds)
            with self._reaping:
                _signal(group, signal.SIGKILL)
                self._process.wait()
        _end_marked(self._token)
        return self._process.returncode

    def close(self, grace_seconds: float = 0) -> None:
        """Ends the process and all that it started, as `end` does, and removes the folder."""
        self.end(grace_seconds)
        shutil.rmtree(self._folder, ignore_errors=True)
        self._watcher.kill()
        self._watcher.communicate()
        if self._together:
            self._together.remove(self)

    def kill(self) -> None:
        """Kills the process and its group; any thread may call it, and the owner still closes."""
        # A number that nobody has reaped names this process and no other.
        with self._reaping:
            if self._process and self._process.returncode is None:
                _signal(self._process.pid, signal.SIGKILL)

    def _is_zombie(self) -> bool:
        if self._process is None or self._process.returncode is not None:
            return True
        return _has_ended(self._process.pid)


def _has_ended(pid: int) -> bool:
    """Whether a child has ended; it stays a zombie, which keeps its number."""
    if hasattr(os, "waitid"):
        ended = os.WEXITED | os.WNOHANG | os.WNOWAIT
        return os.waitid(os.P_PID, pid, ended) is not None
    # Python has no waitid on macOS before 3.13.
    state = ["/bin/ps", "-o", "stat=", "-p", str(pid)]
    told = subprocess.run(state, capture_output=True, text=True, check=False).stdout.strip()
    return not told or told.startswith("Z")


def how_it_ended(code: int) -> str:
    """An exit code in words; negative ones are signals, as `subprocess` has them."""
    if code >= 0:
        return f"exit code {code}"
    try:
        return f"signal {-code}, {signal.Signals(-code).name}"
    except ValueError:
        return f"signal {-code}"


def _signal(group: int, number: signal.Signals) -> None:
    # macOS refuses where only an ended process is left.
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(group, number)


def _end_marked(token: str) -> None:
    """Kills all processes with the mark until there are none: one may start another meanwhile."""
    deadline = time.monotonic() + _CLEARING_SECONDS
    while (found := tuple(_marked(token))) and time.monotonic() < deadline:
        for pid in found:
            with suppress(ProcessLookupError, PermissionError):
                os.kill(pid, signal.SIGKILL)
        time.sleep(_FIRST_TURN_SECONDS)


def _marked(token: str) -> Iterator[int]:
    mark = f"{_MARK}={token}".encode()
    # Without /proc there are no processes to look through.
    for name in os.listdir("/proc") if os.path.isdir("/proc") else ():  # noqa: PTH112, PTH208 - hundreds of names, each time
        if not name.isdecimal():
            continue
        # The process may belong to another user, or be just gone.
        with suppress(OSError), open(f"/proc/{name}/environ", "rb", buffering=0) as environment:  # noqa: PTH123 - as above
            if mark in environment.read():
                yield int(name)


def _clear(token: str, folder: str, *groups: str) -> None:
    """The work of the guard when preflight has been killed."""
    for group in groups:
        _signal(int(group), signal.SIGKILL)
    _end_marked(token)
    time.sleep(_STARTING_SECONDS)
    _end_marked(token)
    shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    _clear(*sys.argv[1:])
