"""Finds an engine on PATH, or where the user says that there is one."""

import os
import re
import shutil
import subprocess
from collections.abc import Mapping
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


# The one that the salt in Pulumi.local.yaml was made with.
LOCAL_PASSPHRASE = "local"  # noqa: S105 - no secret


def environment(
    engine: Engine,
    *,
    backend: Path | None,
    alone: bool = False,
    keeps_passphrase: bool = False,
    outer: Mapping[str, str] | None = None,
) -> dict[str, str]:
    """The variables that the engine runs with on a stack.

    Args:
        engine: The engine; its folder comes first on PATH, so that it finds its language hosts.
        backend: The folder that keeps the state where PULUMI_BACKEND_URL names no other backend;
            the engine makes a folder `.pulumi` in there. `None` for the user's own backend.
        alone: Whether the state is in that folder, whatever PULUMI_BACKEND_URL names: that may be
            the state of what there is at AWS.
        keeps_passphrase: Whether a passphrase in the user's shell is for this stack's settings.
        outer: The user's own variables; those of this process where not given.
    """
    own = dict(os.environ if outer is None else outer)
    path = os.pathsep.join([str(engine.pulumi.parent), own.get("PATH", os.defpath)])
    variables = {**own, "PATH": path, "PULUMI_SKIP_UPDATE_CHECK": "true"}
    if backend is None:
        return variables
    if alone or "PULUMI_BACKEND_URL" not in own:
        variables["PULUMI_BACKEND_URL"] = backend.as_uri()
        if not keeps_passphrase:
            # A passphrase in the user's shell belongs to another stack.
            variables.pop("PULUMI_CONFIG_PASSPHRASE_FILE", None)
            variables["PULUMI_CONFIG_PASSPHRASE"] = LOCAL_PASSPHRASE
    if "PULUMI_CONFIG_PASSPHRASE_FILE" not in own:
        variables.setdefault("PULUMI_CONFIG_PASSPHRASE", LOCAL_PASSPHRASE)
    return variables
