"""Programs in JavaScript and TypeScript, which the found `node` runs on the program's own SDK.

Source: pulumi/pulumi, sdk/nodejs/cmd/pulumi-language-nodejs/main.go (parseOptions, execRuntime).
"""

import json
import re
import shlex
import subprocess
from collections.abc import Mapping
from pathlib import Path
from shutil import which
from typing import Any

from pulumi_preflight.errors import ProjectError
from pulumi_preflight.runtimes import Launch, ProgramSource

_RUNNER = Path(__file__).parents[1] / "program" / "inside_node" / "runner.js"
_SDK = Path("node_modules", "@pulumi", "pulumi", "package.json")
_CHOICES = ("auto", "npm", "yarn", "pnpm", "bun")
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
_LEAST = re.compile(r">=\s*(\d+)(?:\.[\d.]+)?")
_SECONDS = 60


def find(source: ProgramSource, variables: Mapping[str, str]) -> Launch:
    """Finds a program, its SDK, and the `node` that runs it.

    Raises:
        ProjectError: There is no program, no SDK, no `node`, or one that is too old for the SDK;
            an option is wrong.
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
    _check_version(_sdk_of(folder, source.file), Path(node), variables)
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
    )


def _check_options(options: Mapping[str, Any], file: Path) -> None:
    for name, (kind, wanted) in _KINDS.items():
        if name in options and not isinstance(options[name], kind):
            raise ProjectError(
                f"{file}: runtime.options.{name} is {options[name]!r}; wanted {wanted}"
            )
    manager = options.get("packagemanager", _CHOICES[0])
    if manager not in _CHOICES:
        raise ProjectError(
            f"{file}: runtime.options.packagemanager is {manager!r}; wanted {' or '.join(_CHOICES)}"
        )


def _sdk_of(folder: Path, file: Path) -> Mapping[str, Any]:
    """What the SDK says of itself, which Node would find from the program's folder."""
    for above in (folder, *folder.parents):
        if (above / _SDK).is_file():
            told: Mapping[str, Any] = json.loads((above / _SDK).read_text(encoding="utf-8"))
            return told
    install = next(
        (
            command
            for above in (folder, *folder.parents)
            for lock, command in _MANAGERS.items()
            if (above / lock).exists()
        ),
        "npm install",
    )
    raise ProjectError(
        f"{file}: there is no @pulumi/pulumi in {folder / 'node_modules'} or a folder above",
        hint=f"install the program's packages: `{install}` in {folder}",
    )


def _check_version(sdk: Mapping[str, Any], node: Path, variables: Mapping[str, str]) -> None:
    wanted = _LEAST.fullmatch(str((sdk.get("engines") or {}).get("node", "")))
    if wanted is None:
        return
    told = subprocess.run(
        [node, "--version"],
        env=dict(variables),
        check=False,
        capture_output=True,
        text=True,
        timeout=_SECONDS,
    ).stdout.strip()
    version = told.removeprefix("v").partition(".")[0]
    if version.isdecimal() and int(version) < int(wanted[1]):
        raise ProjectError(
            f"@pulumi/pulumi {sdk.get('version')} needs Node {wanted[1]} or later, and {node} is "
            f"{told}",
            hint=f"install a newer Node, or an older @pulumi/pulumi that runs on {told}",
        )
