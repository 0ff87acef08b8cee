"""A function as a program: what stands in place of Pulumi.yaml and the files beside it."""

import inspect
import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from pulumi_preflight.errors import ProjectError
from pulumi_preflight.project import Function, Project, region_variable, stack_name
from pulumi_preflight.project.autonaming import read_autonaming
from pulumi_preflight.project.stack_config import Files, read_config, stack_tags
from pulumi_preflight.runtimes.python import launch

NAME = "project"
_INSIDE_ANOTHER = "<locals>"


def load_function(
    function: Callable[[], object],
    *,
    stack: str,
    config: Mapping[str, str],
    tags: Mapping[str, str],
    environment: Mapping[str, str] = os.environ,
) -> Project:
    """Makes a project of a function, which runs in the Python of this process.

    Args:
        function: The program; it stands at the top level of a module, so that another process can
            load it.
        stack: A stack's name, or `organization/project/name`.
        config: The stack's configuration; a key without a namespace is one of the project.
        tags: Tags of the stack.
        environment: May name a backend.

    Raises:
        ProjectError: The function cannot be loaded by another process, or a name is wrong.
    """
    file, found = _found(function)
    organization, stack = stack_name(stack)
    source = f"config of {found.name}"
    read = read_config(
        Files(project=file, declared={}, name=NAME, stack=stack, found=None),
        config,
        {},
        environment,
    )
    return Project(
        root=file.parent,
        file=file,
        name=NAME,
        stack=stack,
        organization=organization,
        runtime="python",
        launch=launch(Path(sys.executable), file, Path.cwd(), environment),
        function=found,
        config=read.values,
        autonaming=read_autonaming(
            read.values, project=NAME, stack=stack, organization=organization, source=source
        ),
        overrides=None,
        tags=stack_tags(NAME, stack, root=file.parent, backend="", given=tags),
        environment={},
        environment_secrets=(),
        notes=(),
        region_variable=region_variable(environment),
    )


def _found(function: Callable[[], object]) -> tuple[Path, Function]:
    """The file of a function, and the way to it."""
    name = getattr(function, "__qualname__", "")
    file = inspect.getsourcefile(function) if inspect.isfunction(function) else None
    if file is None or not Path(file).is_file():
        raise ProjectError(
            f"the program is {function!r}, which no file defines",
            hint="give a function that a module defines with `def`, or a project's folder",
        )
    if _INSIDE_ANOTHER in name or name == "<lambda>":
        raise ProjectError(
            f"the program is {name}, which another process cannot load",
            hint="define it with `def` at the top level of its module",
        )
    return Path(file).resolve(), Function(
        name=name,
        module=function.__module__,
        path=tuple(str(Path(each).absolute()) for each in sys.path),
    )
