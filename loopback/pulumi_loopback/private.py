"""Files and folders that only the user can read, even where they had wider modes before."""

import os
from contextlib import suppress
from pathlib import Path

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
