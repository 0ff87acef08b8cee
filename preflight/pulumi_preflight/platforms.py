"""The systems that preflight runs on; docs/platforms.md says what runs where.

Whoever starts something checks the system first: processes, signals and sockets here are those of
POSIX.
"""

import sys

from pulumi_preflight.errors import PreflightError


def check_platform() -> None:
    """Stops where preflight cannot run.

    Raises:
        PreflightError: This is Windows.
    """
    if sys.platform == "win32":
        raise PreflightError(
            "preflight runs on Linux and macOS, and this is Windows",
            hint="run it in WSL (https://learn.microsoft.com/windows/wsl/install)",
        )
