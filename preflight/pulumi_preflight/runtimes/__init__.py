"""Runtimes: a module here for each of preflight's own, an entry point for any other.

A package joins with an entry point of the group `pulumi_preflight.runtimes`: its name is that of
`runtime:` in Pulumi.yaml, and its object is a `Find`. The process that it tells of speaks with
preflight over a socket, as docs/runtimes.md says.
"""

import json
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from importlib import import_module
from pathlib import Path
from shutil import which
from typing import Any, TypeAlias

from pulumi_preflight.errors import ProjectError
from pulumi_preflight.startup import joined, names_in


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgramSource:
    """What a project's file says of its program.

    Attributes:
        file: The project's file.
        main: The program's folder or file, relative to that of the project's file.
        options: `runtime.options`.
    """

    file: Path
    main: str
    options: Mapping[str, Any]

    def folder(self) -> Path:
        """The program's folder, for languages whose `main` names no file.

        Raises:
            ProjectError: There is no such folder.
        """
        folder = self.file.parent / self.main
        if not folder.is_dir():
            raise ProjectError(f"{self.file}: main is {self.main!r}; wanted a folder that exists")
        return folder


@dataclass(frozen=True, slots=True, kw_only=True)
class Launch:
    """How a program's process is started.

    Attributes:
        command: The command's words; the number of the inherited socket is one more.
        program: The program's folder, or its file.
        compiled: The compiled file that runs in its place, `None` where there is none.
        working_directory: The folder in which the program runs.
        variables: The variables that differ from preflight's own; `None` for one to take away.
        bounds_callbacks: Whether the process keeps callbacks on filled-in values from acting, and
            goes on where one fails. Without that outputs stay unknown, as in a preview.
        template: The file in YAML that declares the resources, where the process tells no lines.
        loads_schemas: Whether the process asks for the schemas of packages.
        calls_by_socket: Whether the process makes its calls over one more inherited socket, whose
            number is the command's last word then, and not by gRPC.
        leaves_out_unset: Whether a resource that is given out as a whole leaves out what its
            provider gives nothing for; else null stands there.
    """

    command: tuple[str, ...]
    program: Path
    working_directory: Path
    variables: Mapping[str, str | None] = field(default_factory=dict)
    bounds_callbacks: bool = False
    template: Path | None = None
    loads_schemas: bool = False
    calls_by_socket: bool = False
    leaves_out_unset: bool = False
    compiled: Path | None = None


Find: TypeAlias = Callable[[ProgramSource, Mapping[str, str]], Launch]
"""Finds out how a program starts, by its source and preflight's own variables.

A `ProjectError` says what is missing or wrong.
"""

GROUP = "pulumi_preflight.runtimes"
HOST_RUNNER = Path(__file__).parents[1] / "program" / "inside_host" / "runner.py"
"""Runs a program by a language host; takes the runtime's options as JSON, and the host."""
OWN = ("python", "nodejs", "yaml", "go")


def runtimes() -> tuple[str, ...]:
    """The names of all runtimes, preflight's own first."""
    return names_in(GROUP, OWN)


def finder(runtime: str, file: Path) -> Find:
    """The function that finds a runtime's programs.

    Args:
        runtime: The runtime's name.
        file: The project's file, for messages.

    Raises:
        ProjectError: There is no such runtime, or its package cannot be loaded.
    """
    if runtime in OWN:
        own: Find = import_module(f"{__name__}.{runtime}").find
        return own
    other: Find | None = joined(GROUP, runtime, f"{file}: the runtime", ProjectError)
    return other or partial(_by_host, runtime)


def _by_host(runtime: str, source: ProgramSource, variables: Mapping[str, str]) -> Launch:
    """Finds Pulumi's own language host, and has it run the program.

    Raises:
        ProjectError: There is no such host, or no program.
    """
    name = f"pulumi-language-{runtime}"
    host = which(name, path=variables.get("PATH", ""))
    if host is None:
        raise ProjectError(
            f"{source.file}: runtime is {runtime!r}; preflight runs programs in "
            f"{', '.join(runtimes())}, and others by Pulumi's language host, but there is no "
            f"{name} on PATH",
            hint="install Pulumi's command line, which brings its hosts, or a package that adds "
            "the runtime, if there is one",
        )
    folder = source.folder()
    return Launch(
        command=(sys.executable, str(HOST_RUNNER), json.dumps(source.options), host),
        program=folder,
        working_directory=folder,
    )
