"""Tells a save that changes something from one that does not."""

import hashlib
import os
from collections.abc import Collection, Iterable
from pathlib import Path

_LARGEST = 50_000_000
_GONE = "gone"


class Contents:
    """The contents of files, as far as they have been looked at."""

    def __init__(self) -> None:
        """Begins with none: the first save of a file counts, whatever it holds."""
        self._known: dict[str, str] = {}

    def changed(self, saved: Iterable[str], made: Collection[str]) -> list[str]:
        """Those of some paths that hold something else than before, in order.

        Args:
            saved: The paths at which something has happened.
            made: Those of them that were made.
        """
        return [path for path in sorted(saved) if self._differs(path, is_new=path in made)]

    def _differs(self, path: str, *, is_new: bool) -> bool:
        now = _mark(path)
        before = self._known.get(path)
        self._known[path] = now
        if now == _GONE:
            # An editor's own file comes and goes within one save.
            return before != _GONE and not (is_new and before is None)
        return now != before


def _mark(path: str) -> str:
    """What stands for the content of a path."""
    try:
        status = os.stat(path)  # noqa: PTH116 - a path as text
        if Path(path).is_dir():
            return "folder"
        if status.st_size > _LARGEST:
            return f"{status.st_size} {status.st_mtime_ns}"
        return hashlib.sha256(Path(path).read_bytes()).hexdigest()
    except FileNotFoundError:
        return _GONE
    except OSError as error:
        return f"error {error.errno}"
