"""Writes files whole: a reader sees the old content or the new, never a part."""

import os
from collections.abc import Callable
from pathlib import Path
from stat import S_IRUSR, S_IWUSR
from typing import TextIO

from pulumi_preflight.errors import PreflightError

_OWNER_ONLY = S_IRUSR | S_IWUSR


def write_whole(path: Path, write: Callable[[TextIO], None], *, private: bool = False) -> None:
    """Writes a text file beside `path` and renames it into place.

    An existing pipe or device is written to as it is; a link stays a link.

    Args:
        path: The file.
        write: Writes the text.
        private: Whether only the owner may read the file.

    Raises:
        PreflightError: The folder is missing or cannot be written to.
    """
    try:
        if path.exists() and not path.is_file():
            with path.open("w", encoding="utf-8") as stream:
                write(stream)
        else:
            _replace(Path(os.path.realpath(path)), write, private=private)
    except OSError as error:
        raise PreflightError(f"{path} cannot be written: {error.strerror}") from error


def _replace(path: Path, write: Callable[[TextIO], None], *, private: bool) -> None:
    part = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with part.open("x", encoding="utf-8") as stream:
            if private:
                os.fchmod(stream.fileno(), _OWNER_ONLY)
            write(stream)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
