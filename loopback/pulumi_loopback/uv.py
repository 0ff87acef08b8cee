"""The uv that made the project's environment."""

import os
import shutil

from pulumi_loopback.errors import CommandError


def uv() -> str:
    """Its path: nox gives it in `UV`, anybody else has it on PATH.

    Raises:
        CommandError: There is none.
    """
    found = os.environ.get("UV") or shutil.which("uv")
    if found is None:
        raise CommandError("there is no uv on PATH", hint='install it: pip install "nox[uv]"')
    return found
