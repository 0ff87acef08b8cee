"""Programs in Go: a compiled file that the project names, or one that `go` builds.

Source: pulumi/pulumi, sdk/go/pulumi-language-go/main.go (parseOptions, Run).
"""

import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from shutil import which

from pulumi_preflight.errors import ProjectError
from pulumi_preflight.runtimes import Launch, ProgramSource

_RUNNER = Path(__file__).parents[1] / "program" / "inside_host" / "binary.py"


def find(source: ProgramSource, variables: Mapping[str, str]) -> Launch:
    """Finds a program, and `go` where it has to be built.

    Raises:
        ProjectError: There is no program, or no `go` to build it with.
    """
    folder = source.folder()
    binary = _binary(source)
    go = which("go", path=variables.get("PATH", ""))
    if binary is None and go is None:
        raise ProjectError(
            f"{source.file}: the program is one in Go, and there is no `go` on PATH to build it",
            hint="install Go: https://go.dev/dl/; or build the program elsewhere, and name it with "
            "binary under runtime.options",
        )
    what = {"binary": binary and str(binary), "go": go}
    return Launch(
        command=(sys.executable, str(_RUNNER), json.dumps(what)),
        program=folder,
        compiled=binary,
        working_directory=folder,
    )


def _binary(source: ProgramSource) -> Path | None:
    """The compiled program that the project names; its path starts at the project's folder."""
    named = source.options.get("binary")
    if named is None:
        return None
    if not isinstance(named, str):
        raise ProjectError(f"{source.file}: runtime.options.binary is {named!r}; wanted a text")
    binary = source.file.parent / named
    if not binary.is_file() or not os.access(binary, os.X_OK):
        raise ProjectError(
            f"{source.file}: runtime.options.binary is {named!r}; wanted a program, and "
            f"{binary} is none",
            hint="build it, or take `binary` away so that preflight builds the program with `go`",
        )
    return binary
