"""`runtime.options` of Pulumi.yaml, PulumiPolicy.yaml and PulumiPlugin.yaml."""

from collections.abc import Mapping
from dataclasses import dataclass

_CHOICES = {"toolchain": ("pip", "poetry", "uv"), "typechecker": ("mypy", "pyright")}


class OptionError(Exception):
    """An option has a value that it may not have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """The options that a project gives for its interpreter.

    Attributes:
        virtualenv: The environment's folder, relative to the project; empty where none is named.
        toolchain: `pip`, `poetry` or `uv`; empty where the project's lock file decides.
        typechecker: The checker of the program's types before each run: `mypy`, `pyright` or empty.
    """

    virtualenv: str = ""
    toolchain: str = ""
    typechecker: str = ""


def read_options(given: Mapping[str, object]) -> Options:
    """Reads the options that the host knows; the engine does not use any others.

    Raises:
        OptionError: An option is not a text, or has a value that it may not have.
    """
    read = {}
    for name in ("virtualenv", "toolchain", "typechecker"):
        value = given.get(name, "")
        choices = _CHOICES.get(name)
        if not isinstance(value, str):
            raise OptionError(f"runtime.options.{name} is {value!r}; wanted a text")
        if name in given and choices and value not in choices:
            raise OptionError(f"runtime.options.{name} is {value!r}; wanted {' or '.join(choices)}")
        read[name] = value
    return Options(**read)
