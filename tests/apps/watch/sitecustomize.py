"""Python loads this first where its folder is on PYTHONPATH: notes what a program writes to."""

import os
import sys

WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC
# Where an event's arguments hold each path that is changed, and the folder that it is relative to.
CHANGES: dict[str, list[tuple[int, int | None]]] = {
    "os.mkdir": [(0, 2)],
    "os.remove": [(0, 1)],
    "os.rename": [(0, 2), (1, 3)],
    "os.rmdir": [(0, 1)],
    "os.symlink": [(1, 2)],
    "os.truncate": [(0, None)],
}
NO_FOLDER = -1
_note = os.open(os.environ["WRITES_LOG"], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)


def _hook(event: str, given: tuple[object, ...]) -> None:
    if event == "open":
        path, _, flags = given
        if isinstance(flags, int) and flags & WRITES:
            _write_down(path, NO_FOLDER)
    for path, folder in CHANGES.get(event, ()):
        _write_down(given[path], NO_FOLDER if folder is None else given[folder])


def _write_down(path: object, folder: object) -> None:
    if isinstance(path, (str, os.PathLike)):
        # A tree is removed by names within folders that are open.
        parent = "" if folder == NO_FOLDER else os.readlink(f"/proc/self/fd/{folder}")  # noqa: PTH115 - see below
        os.write(_note, f"{os.path.abspath(os.path.join(parent, path))}\n".encode())  # noqa: PTH100, PTH118 - pathlib is not loaded yet


sys.addaudithook(_hook)
