"""Finds an engine: the user's own on PATH, else the project's in `engine/bin` with its stamp."""

import hashlib
import json
import os
import re
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

from ops.paths import ROOT
from pulumi_loopback.engine.locate import Engine, Missing, on_path
from pulumi_loopback.errors import CommandError

SOURCES = ROOT / "engine"
BIN = SOURCES / "bin"
STAMP = BIN / "stamp.json"
_REQUIRED = re.compile(r"github\.com/pulumi/pulumi/pkg/v3 v(?P<version>\d+\.\d+\.\d+)")

Origin = Literal["built", "installed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamp:
    """What stands in `engine/bin`.

    Attributes:
        version: The engine's version.
        origin: Built here from Go modules, or installed from Pulumi's download site.
        sources: A hash of what it was built from, empty for an installed one.
    """

    version: str
    origin: Origin
    sources: str


def pinned_version() -> str:
    """The version in `engine/go.mod`: what is built, installed, and the oldest that is taken."""
    found = _REQUIRED.search((SOURCES / "go.mod").read_text(encoding="utf-8"))
    if found is None:
        raise ValueError("engine/go.mod requires no version of github.com/pulumi/pulumi/pkg/v3")
    return found["version"]


def current_stamp(origin: Origin) -> Stamp:
    """The stamp that an engine made today gets."""
    sources = _hash_of_sources() if origin == "built" else ""
    return Stamp(version=pinned_version(), origin=origin, sources=sources)


def read_stamp() -> Stamp | None:
    """The stamp in `engine/bin`, `None` where nothing was finished there."""
    try:
        return Stamp(**json.loads(STAMP.read_text(encoding="utf-8")))
    except (FileNotFoundError, json.JSONDecodeError, TypeError):
        return None


def write_stamp(origin: Origin) -> None:
    """Says that `engine/bin` is whole."""
    STAMP.write_text(json.dumps(asdict(current_stamp(origin)), indent=2) + "\n", encoding="utf-8")


def _hash_of_sources() -> str:
    """Covers the sources that are compiled, but not the project's place."""
    hashed = hashlib.sha256()
    for file in ("go.mod", "go.sum", "tools.go"):
        hashed.update((SOURCES / file).read_bytes())
    return hashed.hexdigest()


LANGUAGES = ("python", "nodejs")


def renew_launchers() -> None:
    """Writes each launcher that is missing, or belongs to another project or environment."""
    for language in LANGUAGES:
        name, wanted = f"pulumi-language-{language}", _launcher(language)
        file = BIN / name
        if not file.exists() or file.read_text(encoding="utf-8", errors="replace") != wanted:
            put_program(name, wanted)


def put_program(name: str, text: str) -> None:
    """Puts a script into `engine/bin` in one step, so that nobody starts half of it."""
    part = BIN / f"{name}.{os.getpid()}"
    part.write_text(text, encoding="utf-8")
    part.chmod(0o755)
    part.replace(BIN / name)


def _launcher(language: str) -> str:
    python = Path(sys.prefix) / "bin" / "python"
    return f'#!/bin/sh\nexec "{python}" "{SOURCES}" {language} {pinned_version()} "$@"\n'


def find() -> Engine | None:
    """The engine that the sessions run on, `None` where there is none."""
    return next((found for found in look() if isinstance(found, Engine)), None)


def needed() -> Engine:
    """The engine that the sessions run on.

    Raises:
        CommandError: There is none.
    """
    engine = find()
    if engine is None:
        raise CommandError("there is no Pulumi engine here", hint="`nox -s engine` gets one")
    return engine


def look() -> Iterator[Engine | Missing]:
    """What is found in each place, best place first."""
    yield on_path()
    yield _in_project()


def _in_project() -> Engine | Missing:
    stamp = read_stamp()
    if stamp is None:
        return Missing(reason="the project's engine/bin has none")
    if stamp != current_stamp(stamp.origin):
        return Missing(reason="the one in engine/bin was made from other sources than today's")
    if stamp.origin == "built":
        renew_launchers()
    origin = f"engine/bin, {stamp.origin}"
    return Engine(pulumi=BIN / "pulumi", version=stamp.version, origin=origin)
