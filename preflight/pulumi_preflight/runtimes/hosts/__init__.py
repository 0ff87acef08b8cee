"""Language hosts that preflight brings as Go sources: built once with the user's `go`, and kept.

A folder here has a host's sources. What is built of them lies in the user's cache, under a name
that tells the sources, so that a newer preflight never runs an older host.
"""

import hashlib
import os
import shutil
import subprocess
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory, mkdtemp

from pulumi_preflight.errors import PreflightError

HOSTS = ("yaml",)
"""The hosts that can be built."""

_SOURCES = ("main.go", "go.mod", "go.sum")
_LAST_LINES = 5


class HostError(PreflightError):
    """A language host cannot be built here."""


def folder(variables: Mapping[str, str] = os.environ) -> Path:
    """The folder that built hosts are kept in: `XDG_CACHE_HOME`, or else `~/.cache`."""
    given = variables.get("XDG_CACHE_HOME", "")
    above = Path(given) if Path(given).is_absolute() else Path.home() / ".cache"
    return above / "pulumi-preflight"


def find(name: str, variables: Mapping[str, str] = os.environ) -> Path | None:
    """A host that was built of today's sources, `None` where there is none."""
    program = _program(name, variables)
    return program if program.is_file() else None


def build(
    name: str, tell: Callable[[str], object], variables: Mapping[str, str] = os.environ
) -> Path:
    """Builds a host, with modules of Go's module proxy; gives the program.

    Args:
        name: The host.
        tell: Takes a line for the user before what takes long.
        variables: Hold the PATH, and what `go` is told by.

    Raises:
        HostError: There is no `go`, a module cannot be had, or the cache cannot be written.
    """
    go = shutil.which("go", path=variables.get("PATH", ""))
    if go is None:
        raise HostError(
            f"the language host for {name} is built with Go, and there is no `go` on PATH",
            hint="install Go: https://go.dev/dl/",
        )
    program = _program(name, variables)
    try:
        program.parent.mkdir(parents=True, exist_ok=True)
        part = Path(mkdtemp(dir=program.parent))
    except OSError as error:
        raise HostError(
            f"{error.filename}: the built host cannot be kept there: {error.strerror}",
            hint="name another folder with XDG_CACHE_HOME",
        ) from error
    tell(f"Building the language host for {name} with {go}; the first time takes minutes ...\n")
    try:
        _compile(name, go, part / program.name, variables)
        # Another process may have been faster; its program is the same.
        (part / program.name).replace(program)
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return program


def _compile(name: str, go: str, target: Path, variables: Mapping[str, str]) -> None:
    # An installed package may lie where nobody may write, and in a Go workspace of the user's.
    with TemporaryDirectory() as sources:
        for file in _SOURCES:
            shutil.copy(_folder_of(name) / file, sources)
        told = subprocess.run(
            [go, "build", "-trimpath", "-buildvcs=false", "-ldflags", "-s -w", "-o", target, "."],
            cwd=sources,
            env={**variables, "GOWORK": "off"},
            check=False,
            capture_output=True,
            text=True,
        )
    if told.returncode:
        said = "\n  ".join(told.stderr.strip().splitlines()[-_LAST_LINES:])
        raise HostError(
            f"the language host for {name} cannot be built: go build said\n  {said}",
            hint="the modules come from Go's module proxy; GOPROXY names another one",
        )


def _program(name: str, variables: Mapping[str, str]) -> Path:
    return folder(variables) / f"{name}-{_hash(name)}" / f"pulumi-language-{name}"


@cache
def _hash(name: str) -> str:
    hashed = hashlib.sha256()
    for file in _SOURCES:
        hashed.update((_folder_of(name) / file).read_bytes())
    return hashed.hexdigest()[:16]


def _folder_of(name: str) -> Path:
    return Path(__file__).parent / name
