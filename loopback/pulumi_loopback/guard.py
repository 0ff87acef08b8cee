"""Ends processes and removes folders when the process that made them ends, however that happens."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp

_WAIT_THEN_REMOVE = (
    'read -r _; for _ in 1 2 3 4 5 6 7 8 9; do rm -rf -- "$@" && exit; sleep 1; done'
)
"""The shell removes more than once, since a process that was just killed may still write."""
WAIT_THEN_KILL = 'read -r _; kill -s KILL -- "-$1"'
"""The shell reads a pipe that nobody writes to: it ends when this process does."""


class Guard:
    """A process that kills a session once this process is gone, on SIGKILL too.

    Args:
        session: Id of the session's leader.
    """

    def __init__(self, session: int) -> None:
        self._process = subprocess.Popen(
            ["/bin/sh", "-c", WAIT_THEN_KILL, "guard", str(session)],
            stdin=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    def dismiss(self) -> None:
        """Ends the guard itself; the session is left alone."""
        self._process.kill()
        self._process.communicate()


@contextmanager
def temporary_folder(prefix: str) -> Iterator[Path]:
    """A folder that only the user can read; the folder goes with this process, on SIGKILL too.

    Args:
        prefix: The beginning of the folder's name.
    """
    folder = Path(mkdtemp(prefix=prefix))
    with subprocess.Popen(
        ["/bin/sh", "-c", _WAIT_THEN_REMOVE, "guard", folder],
        stdin=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    ) as guard:
        try:
            yield folder
        finally:
            guard.communicate()
