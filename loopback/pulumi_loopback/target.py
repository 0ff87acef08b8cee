"""What a command is about: one stack of one project, on one engine."""

import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pulumi_loopback.engine import Engine, environment
from pulumi_loopback.engine.refusals import refusal
from pulumi_loopback.errors import CommandError
from pulumi_loopback.guard import UMASK
from pulumi_loopback.project import LOCAL, Project
from pulumi_preflight.errors import ProjectError
from pulumi_preflight.project.yaml_files import read_mapping
from pulumi_preflight.runtimes import hosts

Command = list[str | Path]


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """One stack of one project, on one engine.

    Attributes:
        project: The project, and what belongs to it.
        name: The project's name.
        engine: The engine that works on it.
        variables: What the engine runs with: backend, passphrase, PATH.
        embedded: Whether the embedded provider stands in for the plugin of AWS.
    """

    project: Project
    name: str
    engine: Engine
    variables: Mapping[str, str]
    embedded: bool = False

    @property
    def stack(self) -> str:
        """The stack's name."""
        return self.project.stack

    @property
    def folder(self) -> Path:
        """The folder of Pulumi.yaml."""
        return self.project.folder

    def command(self, *arguments: str | Path) -> Command:
        """The engine's command line for this stack; it asks nothing back."""
        return [self.engine.pulumi, *arguments, "--stack", self.stack, "--non-interactive"]

    def session(self, name: str, *options: str) -> str:
        """How the user types a command for this stack."""
        return self.project.typed(name, *options)

    def ask(self, *arguments: str | Path) -> str:
        """Runs a short command of the engine and gives what it prints.

        Raises:
            CommandError: The command failed. The text is `refusal`'s, or else the engine's own.
        """
        told = subprocess.run(
            self.command(*arguments),
            cwd=self.folder,
            env=dict(self.variables),
            capture_output=True,
            text=True,
            check=False,
            umask=UMASK,
        )
        if told.returncode:
            said = told.stderr.strip() or told.stdout.strip()
            raise refusal(said, self) or CommandError(said.removeprefix("error: "))
        return told.stdout


def target(project: Project) -> Target:
    """Reads the project's name, and finds an engine for it.

    Raises:
        CommandError: There is no engine, or no project in the folder.
    """
    name = _project_name(project.folder)
    engine = project.engine()
    variables = environment(
        engine,
        backend=project.home if project.local else None,
        alone=project.endpoint is not None,
        keeps_passphrase=project.stack != LOCAL,
    )
    path = os.pathsep.join([*_own_hosts(project.folder), variables["PATH"]])
    return Target(project=project, name=name, engine=engine, variables={**variables, "PATH": path})


def _own_hosts(project: Path) -> list[str]:
    """The folder of the host that preflight has built for the program's language, if it has.

    Such a host takes the schemas of packages from the engine, which has that of AWS from the
    embedded provider; Pulumi's own asks plugins.
    """
    runtime = mapping_in(project / "Pulumi.yaml").get("runtime")
    name = runtime.get("name") if isinstance(runtime, dict) else runtime
    built = hosts.find(name) if name in hosts.HOSTS else None
    return [str(built.parent)] if built else []


def _project_name(project: Path) -> str:
    file = project / "Pulumi.yaml"
    if not file.is_file():
        raise CommandError(
            f"{project} is not a Pulumi project: there is no {file}",
            hint="--project takes the folder that holds Pulumi.yaml",
        )
    name = mapping_in(file).get("name")
    if not isinstance(name, str):
        raise CommandError(f"{file}: name is {name!r}; wanted the project's name")
    return name


def mapping_in(file: Path) -> dict[str, Any]:
    """Reads a project's or a stack's file as the engine does.

    Raises:
        CommandError: The file cannot be read, or the engine would not read it.
    """
    try:
        return read_mapping(file)
    except ProjectError as error:
        raise CommandError(str(error), hint=error.hint) from error
