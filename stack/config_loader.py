"""Reads the settings of a stack out of Pulumi configuration, and checks all of them."""

import json
import re
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

import yaml
from pulumi.runtime.config import CONFIG
from pydantic import ValidationError

from caps import Caps, cap_problems
from config import StackSettings
from config_checks import Problem, SettingsError, consistency_problems, problems_in

PROGRAM: Final = Path(__file__).resolve().parent
STACK_NAME: Final = re.compile(r"[a-z][a-z0-9-]{0,10}[a-z0-9]")
"""The stack's name is part of physical names; AWS allows 32 characters for a load balancer's."""


def load_settings(stack: str, configuration: Mapping[str, Any], caps: Caps) -> StackSettings:
    """Checks the settings of `stack`, against each other and against its caps.

    Raises:
        SettingsError: Names every mistake in a line of its own: file, setting, actual value,
            what is wanted, what to do.
    """
    if not STACK_NAME.fullmatch(stack):
        raise SettingsError(
            f"Pulumi.{stack}.yaml: the stack's name {stack} is part of all physical names; wanted 2"
            " to 12 lower-case letters, digits and hyphens. Fix: rename the stack."
        )
    try:
        settings = StackSettings.model_validate(configuration)
    except ValidationError as error:
        raise _settings_error(stack, problems_in(error, StackSettings)) from None
    problems = [*consistency_problems(settings, stack), *cap_problems(settings, caps)]
    if problems:
        raise _settings_error(stack, problems)
    return settings


def read_configuration(project: str) -> dict[str, Any]:
    """The project's own keys in Pulumi configuration, with JSON values read.

    A key with dots is a path, as with `pulumi config set --path`, also where `--path` was left out.
    """
    prefix = f"{project}:"
    configuration: dict[str, Any] = {}
    for key in sorted(CONFIG.get()):  # an object comes before the paths into it
        if key.startswith(prefix):
            *groups, leaf = key.removeprefix(prefix).split(".")
            owner = configuration
            for group in groups:
                owner = owner.setdefault(group, {})
                if not isinstance(owner, dict):
                    break  # the group itself is wrong, which its own check tells
            else:
                owner[leaf] = _value(CONFIG.get()[key])
    return configuration


def _value(text: object) -> object:
    """Reads an object or a list; plain values stay text, of which pydantic makes numbers."""
    if not isinstance(text, str) or not text.startswith(("{", "[")):
        return text
    try:
        return json.loads(text)
    except ValueError:
        return text


def _settings_error(stack: str, problems: Iterable[Problem]) -> SettingsError:
    return SettingsError(
        "\n".join(problem.line(_file(stack, problem.path)) for problem in problems)
    )


def _file(stack: str, path: str) -> str:
    """The file to change: the stack's, unless only the project file has the setting."""
    stack_file = f"Pulumi.{stack}.yaml"
    if path in _paths(PROGRAM / "Pulumi.yaml") and path not in _paths(PROGRAM / stack_file):
        return "Pulumi.yaml"
    return stack_file


@cache
def _paths(file: Path) -> set[str]:
    """The dotted paths of all settings in a project's or stack's file.

    Only names count here; the engine has read the values. Without types, every name is text.
    """
    if not file.exists():
        return set()
    content = yaml.load(file.read_text(encoding="utf-8"), yaml.BaseLoader) or {}  # noqa: S506 - makes text, lists and mappings alone
    config = content.get("config") or {}
    return {path for key, value in config.items() for path in _leaves(key.split(":")[-1], value)}


def _leaves(path: str, value: object) -> Iterable[str]:
    yield path
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _leaves(f"{path}.{key}", inner)
