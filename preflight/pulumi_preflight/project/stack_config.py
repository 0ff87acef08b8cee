"""The configuration of one stack: its file, its ESC environments, the project's declarations."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pulumi_preflight.project.config_secrets import decrypter, why_not
from pulumi_preflight.project.config_values import PLACEHOLDER, Config, ConfigValue
from pulumi_preflight.project.esc import Opened, opened
from pulumi_preflight.project.keys import STACK_KEYS, check_keys
from pulumi_preflight.project.yaml_files import read_mapping

if TYPE_CHECKING:
    from pulumi_preflight.project.overrides import EnvironmentValues


@dataclass(frozen=True, slots=True, kw_only=True)
class Files:
    """The places of a stack's configuration.

    Attributes:
        project: The project file.
        declared: Its `config:`.
        name: The project's name.
        stack: The stack's name.
        found: The stack's file, `None` where it has none.
    """

    project: Path
    declared: Mapping[str, Any]
    name: str
    stack: str
    found: Path | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StackConfig:
    """The values of a stack's files.

    Attributes:
        source: The stack's file, or the place where the file would be.
        values: Full key, such as `aws:region`, to value.
        environment: Variables of its ESC environments.
        environment_secrets: The secret texts in these variables.
        notes: The notes for the user on the reading.
    """

    source: Path
    values: Mapping[str, ConfigValue]
    environment: Mapping[str, str]
    environment_secrets: tuple[str, ...]
    notes: tuple[str, ...]


def read_config(
    files: Files,
    overrides: Mapping[str, str],
    environments: "Mapping[str, EnvironmentValues]",
    variables: Mapping[str, str],
) -> StackConfig:
    """Reads a stack's configuration.

    Args:
        files: The places of the configuration.
        overrides: Values over the stack's own.
        environments: The ESC environments in `preflight.yaml`.
        variables: May hold the passphrase.

    Raises:
        ProjectError: A file cannot be read, or the engine would refuse its content.
    """
    config = Config(files.name)
    stack_file = files.found or files.project.with_name(f"Pulumi.{files.stack}.yaml")
    content = read_mapping(stack_file) if files.found else {}
    check_keys(content, STACK_KEYS, str(stack_file))
    environment = opened(content.get("environment"), environments, stack_file)
    decrypt = decrypter(content, variables, stack_file)
    config.add_stack(content.get("config") or {}, decrypt, source=str(stack_file))
    config.add_environment(environment.config, source=environment.source)
    config.add_overrides(overrides)
    config.add_project(
        files.declared, source=str(files.project), stack=files.stack, decrypt=decrypt
    )
    values = config.values()
    return StackConfig(
        source=stack_file,
        values=values,
        environment=environment.variables,
        environment_secrets=environment.secrets,
        notes=tuple(_notes(values, why_not(content, variables), environment)),
    )


def _notes(values: Mapping[str, ConfigValue], why: str, environment: Opened) -> list[str]:
    hidden = sorted(
        key for key, value in values.items() if value.secret and PLACEHOLDER in value.text
    )
    told = [f"{', '.join(hidden)}: not decrypted, since {why}; the program saw a placeholder"]
    return [*(told if hidden else []), *environment.notes]
