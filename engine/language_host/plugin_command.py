"""The command that starts a plugin or policy pack in Python.

Source: pulumi/pulumi, sdk/python/cmd/pulumi-language-python/main.go, RunPlugin.
"""

import tomllib
from collections.abc import Iterable
from pathlib import Path


class NotRunnableError(Exception):
    """A folder holds nothing that can be started; the text says what the folder should hold."""


def plugin_command(folder: Path, arguments: Iterable[str], *, is_pack: bool) -> list[str]:
    """The arguments after the interpreter: for a folder with `__main__.py`, or for a package.

    Raises:
        NotRunnableError: The folder is neither of them.
    """
    if not (folder / "__main__.py").exists():
        return ["-m", "pulumi.run.plugin", _package(folder), *arguments]
    if is_pack:
        return ["-m", "pulumi.policy", *arguments, str(folder)]
    return [str(folder), *arguments]


def _package(folder: Path) -> str:
    """The name of the package that the folder builds."""
    file = folder / "pyproject.toml"
    try:
        content = tomllib.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        content = {}
    except tomllib.TOMLDecodeError as error:
        raise NotRunnableError(f"{file} cannot be read: {error}") from error
    match content:
        case {"project": {"name": str(name)}, "build-system": {"build-backend": str()}}:
            return name
        case _:
            raise NotRunnableError(
                f"{folder} has nothing to run: neither __main__.py nor a pyproject.toml with a "
                "project.name and a build-system.build-backend"
            )
