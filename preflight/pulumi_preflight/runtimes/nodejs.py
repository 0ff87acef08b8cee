"""Programs in JavaScript and TypeScript, which the found `node` runs on the program's own SDK.

Source: pulumi/pulumi, sdk/nodejs/cmd/pulumi-language-nodejs/main.go (parseOptions, execRuntime).
"""

import shlex
from collections.abc import Mapping
from pathlib import Path
from shutil import which
from typing import Any

from pulumi_preflight.errors import ProjectError
from pulumi_preflight.runtimes import Launch, ProgramSource

_RUNNER = Path(__file__).parents[1] / "program" / "inside_node" / "runner.js"
MODULES = "node_modules"
_SDK = Path("@pulumi", "pulumi")
PACKAGE_MANAGERS = ("auto", "npm", "yarn", "pnpm", "bun")
_MANAGERS = {
    "package-lock.json": "npm ci",
    "pnpm-lock.yaml": "pnpm install",
    "yarn.lock": "yarn install",
    "bun.lock": "bun install",
    "bun.lockb": "bun install",
}
_KINDS: Mapping[str, tuple[type, str]] = {
    "typescript": (bool, "true or false"),
    "tsconfig": (str, "a text"),
    "nodeargs": (str, "a text"),
    "packagemanager": (str, "a text"),
}


def find(source: ProgramSource, variables: Mapping[str, str]) -> Launch:
    """Finds a program, its SDK, and the `node` that runs it.

    Raises:
        ProjectError: There is no program, no SDK or no `node`; an option is wrong.
    """
    options = source.options
    _check_options(options, source.file)
    program = source.file.parent / source.main
    if not program.exists():
        raise ProjectError(f"{source.file}: main is {source.main!r}, but there is no {program}")
    folder = program if program.is_dir() else program.parent
    node = which("node", path=variables.get("PATH", ""))
    if node is None:
        raise ProjectError(
            f"{source.file}: the program is one for Node, and there is no `node` on PATH",
            hint="install Node: https://nodejs.org",
        )
    sdk_of(folder, source.file)
    changed: dict[str, str | None] = {
        "PULUMI_NODEJS_TYPESCRIPT": None if options.get("typescript") is False else "true"
    }
    if tsconfig := options.get("tsconfig"):
        changed["PULUMI_NODEJS_TSCONFIG_PATH"] = str(tsconfig)
    arguments = shlex.split(str(options.get("nodeargs", "")))
    return Launch(
        command=(node, *arguments, str(_RUNNER)),
        program=program,
        working_directory=folder,
        variables=changed,
        bounds_callbacks=True,
        leaves_out_unset=True,
    )


def _check_options(options: Mapping[str, Any], file: Path) -> None:
    for name, (kind, wanted) in _KINDS.items():
        if name in options and not isinstance(options[name], kind):
            raise ProjectError(
                f"{file}: runtime.options.{name} is {options[name]!r}; wanted {wanted}"
            )
    manager = options.get("packagemanager", PACKAGE_MANAGERS[0])
    if manager not in PACKAGE_MANAGERS:
        raise ProjectError(
            f"{file}: runtime.options.packagemanager is {manager!r}; wanted "
            f"{' or '.join(PACKAGE_MANAGERS)}"
        )


def sdk_of(folder: Path, file: Path) -> Path:
    """The folder of the SDK that Node would find from a program's folder.

    Raises:
        ProjectError: There is none; the text names the project's file.
    """
    for above in (folder, *folder.parents):
        if (above / MODULES / _SDK / "package.json").is_file():
            return above / MODULES / _SDK
    raise ProjectError(
        f"{file}: there is no @pulumi/pulumi in {folder / MODULES} or a folder above",
        hint=f"install the program's packages: `{install_command(folder)}` in {folder}",
    )


def install_command(folder: Path) -> str:
    """The command that installs the packages of a folder, by the lock file in it or above it."""
    return next(
        (
            command
            for each in (folder, *folder.parents)
            for lock, command in _MANAGERS.items()
            if (each / lock).exists()
        ),
        "npm install",
    )
