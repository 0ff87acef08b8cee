"""Ends processes when the one that started them ends, however that happens."""

import subprocess

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
