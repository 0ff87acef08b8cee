"""The leftovers that a command must not leave: processes, and files in its temporary folder."""

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

MARK = "CHAOS"
"""A variable that every process of a struck command inherits."""
GRACE = 60.0
"""Seconds in which processes may end by themselves: an engine without its parent still saves."""
_POLL_SECONDS = 0.1
# uv leaves its locks where they are, for whoever makes the same environment next.
_LOCK_OF_UV = re.compile(r"uv-[0-9a-f]+\.lock")


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """The places that are searched after a command.

    Attributes:
        mark: The value of `MARK` that its processes have.
        temporary: The command's folder for temporary files.
        endpoint: The folder of the endpoint, whose process goes on.
    """

    mark: str
    temporary: Path
    endpoint: Path

    @property
    def variables(self) -> dict[str, str]:
        """The variables of a command that mark its leftovers."""
        return {MARK: self.mark, "TMPDIR": str(self.temporary)}

    def leftovers(self, grace: float = GRACE) -> list[str]:
        """The leftovers after the grace, a line each; waits no longer than it must."""
        end = time.monotonic() + grace
        while (found := [*self._processes(), *self._files()]) and time.monotonic() < end:
            time.sleep(_POLL_SECONDS)
        return found

    def pids(self) -> Iterator[int]:
        """The marked processes, without the endpoint's."""
        wanted = f"{MARK}={self.mark}".encode()
        kept = self._endpoint_pid()
        for folder in Path("/proc").glob("[0-9]*"):
            if wanted in _read(folder / "environ").split(b"\0") and folder.name != kept:
                yield int(folder.name)

    def _processes(self) -> Iterator[str]:
        for pid in self.pids():
            command = _read(Path("/proc", str(pid), "cmdline")).replace(b"\0", b" ").decode()
            if command:  # without a command line the process has just ended
                yield f"process: {command[:200]}"

    def _files(self) -> Iterator[str]:
        for file in self.temporary.iterdir():
            if not _LOCK_OF_UV.fullmatch(file.name):
                yield f"file: {file.name}"

    def _endpoint_pid(self) -> str:
        return _read(self.endpoint / "pid").decode().partition(" ")[0]


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError:  # the process has ended meanwhile, or is somebody else's
        return b""
