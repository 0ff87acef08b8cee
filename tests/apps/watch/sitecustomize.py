"""Python loads this first where its folder is on PYTHONPATH: notes what a program writes to."""

import os
import sys

WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC
CHANGES = {"os.mkdir", "os.remove", "os.rename", "os.rmdir", "os.symlink", "os.truncate"}
_note = os.open(os.environ["WRITES_LOG"], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)


def _hook(event: str, given: tuple[object, ...]) -> None:
    if event == "open":
        path, _, flags = given
        if not (isinstance(flags, int) and flags & WRITES):
            return
    elif event in CHANGES:
        path = given[0]
    else:
        return
    if isinstance(path, (str, os.PathLike)):
        os.write(_note, f"{os.path.abspath(path)}\n".encode())  # noqa: PTH100 - pathlib is not loaded yet


sys.addaudithook(_hook)
