"""What is the user's alone: files that nobody else reads, processes that end with their maker."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import mkdtemp

_FOLDER, _FILE = 0o700, 0o600
UMASK = 0o077
"""The mask that takes all rights of others from a process's new files."""


def make_folder(folder: Path) -> None:
    """Makes a folder that nobody else can look into; narrows an existing one."""
    folder.mkdir(mode=_FOLDER, parents=True, exist_ok=True)
    _narrow(folder, _FOLDER)


def narrow_file(file: Path) -> None:
    """Takes every right of other users from an existing file."""
    _narrow(file, _FILE)


def make_private(folder: Path) -> None:
    """Makes a private folder, and narrows everything in it."""
    make_folder(folder)
    for name, folders, files in os.walk(folder):
        for mode, names in ((_FOLDER, folders), (_FILE, files)):
            for each in names:
                path = Path(name, each)
                with suppress(FileNotFoundError):  # gone meanwhile
                    if not path.is_symlink():
                        _narrow(path, mode)


def opener(path: str, flags: int) -> int:
    """For `open`: nobody else can look into the file, even where the file exists already."""
    descriptor = os.open(path, flags, _FILE)
    os.fchmod(descriptor, _FILE)
    return descriptor


def write_file(file: Path, content: bytes) -> None:
    """Puts a file in its place, whole or not at all; the file is on the disk before this returns.

    Raises:
        OSError: The disk is full, or the folder cannot be written; the error names the file.
    """
    part = file.with_name(f"{file.name}.part")
    try:
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, _FILE), "wb") as stream:
            os.fchmod(stream.fileno(), _FILE)
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        part.replace(file)
    except OSError as error:
        with suppress(OSError):  # the first error tells more
            part.unlink(missing_ok=True)
        raise OSError(error.errno, error.strerror, str(file)) from error


def _narrow(path: Path, mode: int) -> None:
    if path.stat().st_mode & 0o777 != mode:
        path.chmod(mode)


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
