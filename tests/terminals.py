"""Real pseudo-terminals, and what a reader sees on them."""

import os
import pty
import subprocess
import sys
import termios
import threading
from collections.abc import Mapping
from pathlib import Path

from tests.waiting import wait_until

_OF_CI = ("CI", "NO_COLOR", "FORCE_COLOR", "COLUMNS")
WATCHED = {
    **{name: text for name, text in os.environ.items() if name not in _OF_CI},
    "TERM": "xterm",
}


_END = b"\0"


class Terminal:
    """A pseudo-terminal, and all that was written to it."""

    def __init__(self, columns: int = 80) -> None:
        self._ours, self.theirs = pty.openpty()
        termios.tcsetwinsize(self.theirs, (24, columns))
        self._read: list[bytes] = []
        self._reader = threading.Thread(target=self._follow, daemon=True)
        self._reader.start()

    def _follow(self) -> None:
        # The end of the last writer reads as an error.
        while True:
            try:
                part = os.read(self._ours, 65_536)
            except OSError:
                return
            if not part:
                return
            self._read.append(part)

    @property
    def written(self) -> str:
        return b"".join(self._read).decode()

    def close(self) -> None:
        os.close(self.theirs)
        self._reader.join()
        os.close(self._ours)

    def run(
        self,
        *arguments: str,
        environment: Mapping[str, str] = WATCHED,
        cwd: Path | None = None,
    ) -> tuple[int, str]:
        """Runs a command with stderr on the terminal, in a session of its own.

        Gives exit code and stdout.
        """
        # The terminal must be the session's, as for a shell: else the command is in its background.
        code = (
            "import fcntl, os, sys, termios; os.setsid(); fcntl.ioctl(2, termios.TIOCSCTTY, 0); "
            "os.execvp(sys.argv[1], sys.argv[1:])"
        )
        done = subprocess.run(
            [sys.executable, "-c", code, *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=self.theirs,
            env=environment,
            cwd=cwd,
            text=True,
            check=False,
        )
        # All that was written before this has been read when this has.
        os.write(self.theirs, _END)
        wait_until(lambda: b"".join(self._read).endswith(_END))
        self._read[:] = [b"".join(self._read).removesuffix(_END)]
        return done.returncode, done.stdout


def screen(written: str) -> list[str]:
    """The lines that a terminal shows after all that was written."""
    lines, column = [""], 0
    for character in written:
        if character == "\n":
            lines.append("")
            column = 0
        elif character == "\r":
            column = 0
        else:
            line = lines[-1].ljust(column)
            lines[-1] = line[:column] + character + line[column + 1 :]
            column += 1
    return [line.rstrip() for line in lines]
