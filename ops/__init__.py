"""What the nox sessions call."""

import sys
from types import TracebackType


def _told(kind: type[BaseException], error: BaseException, traceback: TracebackType | None) -> None:
    """Tells of an exception that nobody caught; Ctrl-C while modules load is not a mistake."""
    if issubclass(kind, KeyboardInterrupt):
        sys.stderr.write("interrupted\n")
    else:
        sys.__excepthook__(kind, error, traceback)


sys.excepthook = _told

# Before any session's modules load: some of them import what Windows does not have.
if sys.platform == "win32":
    sys.stderr.write(
        "error: the sessions run on Linux and macOS, and this is Windows\n"
        "hint: run them in WSL (https://learn.microsoft.com/windows/wsl/install)\n"
    )
    sys.exit(2)
