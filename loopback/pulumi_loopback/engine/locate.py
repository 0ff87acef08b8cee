"""Finds an engine on PATH, or where the user says that there is one."""

import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

OLDEST = "3.276.0"
"""The oldest engine that is taken: the one that the package is tested with."""
_VERSION = re.compile(r"v?(?P<numbers>\d+\.\d+\.\d+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Engine:
    """An engine that can be run.

    Attributes:
        pulumi: The command line; its language hosts stand in the same folder.
        version: Such as `3.276.0`.
        origin: Where it comes from, for people: such as `PATH`.
    """

    pulumi: Path
    version: str
    origin: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """Why there is no engine in one of the places."""

    reason: str


def on_path() -> Engine | Missing:
    """The engine on PATH, if it is not too old."""
    command = shutil.which("pulumi")
    if command is None:
        return Missing(reason="`pulumi` is not on PATH")
    return at(Path(command), origin="PATH")


def at(command: Path, *, origin: str = "") -> Engine | Missing:
    """The engine whose command line is a file.

    Args:
        command: The file.
        origin: Where it comes from, for people; its folder where not given.
    """
    told = _version_of(command)
    if told is None:
        return Missing(reason=f"{command} does not say its version")
    if _numbers(told) < _numbers(OLDEST):
        return Missing(reason=f"{command} is {told}; wanted {OLDEST} or newer")
    return Engine(pulumi=command, version=told, origin=origin or str(command.parent))


def _version_of(command: Path) -> str | None:
    told = subprocess.run([command, "version"], capture_output=True, text=True, check=False)
    found = _VERSION.match(told.stdout)
    return found["numbers"] if found else None


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(map(int, version.split(".")))
