"""The files that a program reads and writes, so that a change of one is known to concern it."""

from __future__ import annotations

import importlib.util
import os
import sys
import typing

_FOLDER = os.path.dirname(__file__)  # noqa: PTH120 - compared with texts
_LIBRARY = os.path.dirname(os.__file__)  # noqa: PTH120 - the same
# Python looks for modules there, whether it exists or not.
_ZIPPED = f"python{sys.version_info[0]}{sys.version_info[1]}.zip"
_OF_THE_SYSTEM = ("/proc/", "/sys/", "/dev/")
_NOT_WRITTEN_BY_HAND = ("site-packages", "dist-packages", "__pycache__")
_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT
# Their second argument is the new name.
_MOVES = ("os.rename", "os.link", "os.symlink")
_LISTS = ("os.listdir", "os.scandir")


class Files:
    """What the program has opened so far."""

    def __init__(self) -> None:
        """Begins to listen; nothing can end that."""
        self._read: set[str] = set()
        self._written: set[str] = set()
        sys.addaudithook(self._hear)

    def _hear(self, event: str, arguments: tuple[typing.Any, ...]) -> None:
        if event == "open":
            path, _, flags = arguments
            self._note(path, self._written if flags & _WRITES else self._read)
        elif event in _MOVES:
            self._note(arguments[1], self._written)
        elif event in _LISTS:
            self._note("." if arguments[0] is None else arguments[0], self._read)

    def _note(self, path: typing.Any, files: set[str]) -> None:  # noqa: ANN401 - of any call
        if isinstance(path, (str, bytes)):
            text = os.fsdecode(path)
            # The working directory may be another one later, or gone by now.
            try:
                full = os.path.abspath(text)  # noqa: PTH100 - as text
            except OSError:
                return
            # No file has such a name, and the call is about to fail.
            if "\0" not in full:
                files.add(full)

    def told(self) -> dict[str, list[str]]:
        """The program's own files: what no installer and no system put in its place.

        Written is what the program wrote, be it read as well.
        """
        read = {_source(path) for path in self._read.copy()}
        modules = [vars(module).get("__file__") for module in list(sys.modules.values())]
        read.update(
            os.path.abspath(file)  # noqa: PTH100 - as text
            for file in modules
            if isinstance(file, str)
        )
        written = {path for path in self._written.copy() if _is_own(path)}
        return {
            "read": sorted({path for path in read if _is_own(path)} - written),
            "written": sorted(written),
        }


def _source(path: str) -> str:
    """The source of a compiled module; a path of anything else as it is."""
    try:
        return importlib.util.source_from_cache(path)
    except ValueError:
        return path


def _is_own(path: str) -> bool:
    return not (
        f"{path}{os.sep}".startswith((f"{_LIBRARY}{os.sep}", f"{_FOLDER}{os.sep}"))
        or path.startswith(_OF_THE_SYSTEM)
        or path.endswith(_ZIPPED)
        or any(part in path for part in _NOT_WRITTEN_BY_HAND)
    )
