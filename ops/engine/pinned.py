"""Which engine the project is tested with, and the stamp on the one in `engine/bin`."""

import hashlib
import json
import re
from dataclasses import asdict, dataclass
from typing import Literal

from ops.paths import ROOT

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
