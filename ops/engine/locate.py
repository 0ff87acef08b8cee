"""Finds an engine: the user's own on PATH, else the project's in `engine/bin`.

The user's comes first, so that `nox` and a plain `pulumi` on the same machine are one engine. One
that is older than what the pack and preflight are tested with is passed over.
"""

import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ops.engine.launcher import renew_launcher
from ops.engine.pinned import BIN, current_stamp, pinned_version, read_stamp

_VERSION = re.compile(r"v?(?P<numbers>\d+\.\d+\.\d+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Engine:
    """An engine that can be run.

    Attributes:
        pulumi: The command line; its language hosts stand in the same folder.
        version: Such as `3.276.0`.
        origin: Where it comes from, for people: `PATH` or the project's `engine/bin`.
    """

    pulumi: Path
    version: str
    origin: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """Why there is no engine in one of the places."""

    reason: str


def find() -> Engine | None:
    """The engine that the sessions run on, `None` where there is none."""
    return next((found for found in look() if isinstance(found, Engine)), None)


def look() -> Iterator[Engine | Missing]:
    """What is found in each place, best place first."""
    yield _on_path()
    yield _in_project()


def _on_path() -> Engine | Missing:
    command = shutil.which("pulumi")
    if command is None:
        return Missing(reason="`pulumi` is not on PATH")
    told = _version_of(Path(command))
    if told is None:
        return Missing(reason=f"{command} does not say its version")
    if _numbers(told) < _numbers(pinned_version()):
        return Missing(reason=f"{command} is {told}; wanted {pinned_version()} or newer")
    return Engine(pulumi=Path(command), version=told, origin="PATH")


def _in_project() -> Engine | Missing:
    stamp = read_stamp()
    if stamp is None:
        return Missing(reason="the project's engine/bin has none")
    if stamp != current_stamp(stamp.origin):
        return Missing(reason="the one in engine/bin was made from other sources than today's")
    if stamp.origin == "built":
        renew_launcher()
    origin = f"engine/bin, {stamp.origin}"
    return Engine(pulumi=BIN / "pulumi", version=stamp.version, origin=origin)


def _version_of(command: Path) -> str | None:
    told = subprocess.run([command, "version"], capture_output=True, text=True, check=False)
    found = _VERSION.match(told.stdout)
    return found["numbers"] if found else None


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(map(int, version.split(".")))
