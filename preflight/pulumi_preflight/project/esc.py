"""The ESC environments of a stack file: values from `preflight.yaml`, and notes of the rest.

Only Pulumi Cloud can open an environment. The engine lays the `pulumiConfig` of environments under
the stack file's own values, and sets their variables; among environments a later one wins.
Source: pulumi/pulumi, pkg/workspace/config.go (mergeConfig); pulumi/esc, eval.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pulumi_preflight.project.config_values import Secret, merged

if TYPE_CHECKING:
    from pulumi_preflight.project.overrides import EnvironmentValues


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """The values that a stack's environments give.

    Attributes:
        config: Values below the stack's own; a secret one is a `Secret`.
        variables: Variables for the program and the packs.
        secrets: The secret texts in these values.
        notes: Notes on what was not read.
        source: The origin of the values, for messages.
    """

    config: Mapping[str, Any]
    variables: Mapping[str, str]
    secrets: tuple[str, ...]
    notes: tuple[str, ...]
    source: str


def opened(
    named: Any,  # noqa: ANN401 - any YAML value
    known: "Mapping[str, EnvironmentValues]",
    stack_file: Path,
) -> Opened:
    """Gives the values for a stack file's `environment:`, as far as they are known.

    Args:
        named: The content of that key: a list of names, or a definition with `imports`.
        known: The environments in `preflight.yaml`, by name.
        stack_file: The stack file, for messages.
    """
    config: dict[str, Any] = {}
    variables: dict[str, str] = {}
    secrets: list[str] = []
    unknown: list[str] = []
    for name in _names(named):
        values = known.get(name) or known.get(name.partition("@")[0])
        if values is None:
            unknown.append(name)
            continue
        config = merged(_marked(values.pulumi_config), config)
        for variable, text in _marked(values.environment_variables).items():
            variables[variable] = text.text if isinstance(text, Secret) else text
            secrets.extend([text.text] if isinstance(text, Secret) else [])
    if isinstance(named, dict) and named.get("values"):
        unknown.append("its own values")
    note = (
        f"{stack_file.name}: environment: (Pulumi ESC) was not read, since it needs Pulumi Cloud; "
        f"the program ran without {', '.join(unknown)}, which preflight.yaml can give under "
        "environments"
    )
    return Opened(
        config=config,
        variables=variables,
        secrets=tuple(secrets),
        notes=(note,) if unknown else (),
        source=f"environments of {stack_file.with_name('preflight.yaml')}",
    )


def _names(named: Any) -> Iterator[str]:  # noqa: ANN401 - any YAML value
    imports = named.get("imports") if isinstance(named, dict) else named
    for each in imports if isinstance(imports, list) else []:
        # An import may have settings, as `- shared: {merge: false}`.
        yield next(iter(each), "") if isinstance(each, dict) else str(each)


def _marked(value: Any) -> Any:  # noqa: ANN401 - any JSON value
    match value:
        case {"fn::secret": secret} if len(value) == 1:
            return Secret(text=str(secret))
        case dict():
            return {name: _marked(item) for name, item in value.items()}
        case list():
            return [_marked(item) for item in value]
        case _:
            return value
