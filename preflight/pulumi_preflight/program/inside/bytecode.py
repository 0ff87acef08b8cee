"""Keeps Python's own cache of compiled files right while somebody edits.

Python takes a compiled file for that of any source with the same size and the same whole second of
change. What is saved twice within a second could so run as it was before the second save.
"""

from __future__ import annotations

import importlib.util
import os
import time
import typing
from importlib.machinery import SourceFileLoader

# The second is over by then, also where two clocks differ a little.
_FRESH_SECONDS = 2.0


def keep_none_of_fresh_files() -> None:
    """Lets Python keep the compiled form of a file only when its second of change is over."""
    write = SourceFileLoader.set_data

    def set_data(self: SourceFileLoader, path: str, data: bytes, **mode: typing.Any) -> None:  # noqa: ANN401 - Python's own
        if not _is_fresh(path):
            write(self, path, data, **mode)

    SourceFileLoader.set_data = set_data  # type: ignore[assignment, method-assign]


def _is_fresh(compiled: str) -> bool:
    try:
        changed = os.stat(importlib.util.source_from_cache(compiled)).st_mtime  # noqa: PTH116 - a path as text
    except (OSError, ValueError, NotImplementedError):
        # The file is gone, or is not one of the cache.
        return False
    return changed > time.time() - _FRESH_SECONDS
