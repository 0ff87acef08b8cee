"""The script `pulumi-language-python` in `engine/bin`: the project's host, on its own Python.

The engine starts it by name. After a move of the project, or under another environment, the script
is written anew without a build: none of it is compiled.
"""

import os
import sys
from pathlib import Path

from ops.engine.pinned import BIN, SOURCES, pinned_version

_NAME = "pulumi-language-python"


def renew_launcher() -> None:
    """Writes the launcher where it is missing, or belongs to another project or environment."""
    wanted = _launcher()
    file = BIN / _NAME
    if not file.exists() or file.read_text(encoding="utf-8", errors="replace") != wanted:
        put_program(_NAME, wanted)


def put_program(name: str, text: str) -> None:
    """Puts a script into `engine/bin` in one step, so that nobody starts half of it."""
    part = BIN / f"{name}.{os.getpid()}"
    part.write_text(text, encoding="utf-8")
    part.chmod(0o755)
    part.replace(BIN / name)


def _launcher() -> str:
    python = Path(sys.prefix) / "bin" / "python"
    return f'#!/bin/sh\nexec "{python}" "{SOURCES}" {pinned_version()} "$@"\n'
