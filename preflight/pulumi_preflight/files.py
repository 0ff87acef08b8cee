"""Writes files whole: a reader sees the old content or the new, never a part."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import TextIO

from pulumi_preflight.errors import PreflightError


def write_whole(path: Path, write: Callable[[TextIO], None]) -> None:
    """Writes a text file beside `path` and renames it into place.

    Raises:
        PreflightError: The folder is missing or cannot be written to.
    """
    part = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with part.open("x", encoding="utf-8") as stream:
            write(stream)
        part.replace(path)
    except OSError as error:
        raise PreflightError(f"{path} cannot be written: {error.strerror}") from error
    finally:
        part.unlink(missing_ok=True)
