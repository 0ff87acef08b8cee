"""`pulumi:autonaming` of the configuration: the way in which resources without a name get one.

Source: pulumi/pulumi, pkg/cmd/pulumi/autonaming/{config,pattern}.go and
pkg/resource/autonaming/strategy.go.
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from pulumi_preflight.errors import ProjectError
from pulumi_preflight.project.config_values import ConfigValue, parse_path, value_at
from pulumi_preflight.project.go_values import json_text

KEY = "pulumi:autonaming"
_MODES = ("default", "verbatim", "disabled")
_CONFIG = re.compile(r"\$\{config\.([^}]+)\}")
_COUNTED = re.compile(r"\$\{(?:hex|alphanum|string|num)\((\d+)\)\}", re.ASCII)
_LONGEST = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Naming:
    """One way to name.

    Attributes:
        mode: `default`, `verbatim`, `disabled` or `pattern`.
        pattern: The pattern, with every part filled in that is the same for all resources.
        enforce: Whether the provider must take the pattern's name as it is.
    """

    mode: str = "default"
    pattern: str = ""
    enforce: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderNaming:
    """The ways of one provider's resources; a type with a way of its own has an entry."""

    default: Naming
    resources: Mapping[str, Naming]


@dataclass(frozen=True, slots=True, kw_only=True)
class Autonaming:
    """The ways of all resources."""

    default: Naming = field(default_factory=Naming)
    providers: Mapping[str, ProviderNaming] = field(default_factory=dict)

    def of(self, type_: str) -> Naming:
        """The way of a resource's type, such as `aws:sqs/queue:Queue`."""
        provider = self.providers.get(type_.partition(":")[0])
        return provider.resources.get(type_, provider.default) if provider else self.default


def read_autonaming(
    config: Mapping[str, ConfigValue], *, project: str, stack: str, organization: str, source: str
) -> Autonaming:
    """Reads the setting; without the setting, providers make the names.

    Args:
        config: The stack's configuration.
        project: The project's name, for `${project}`.
        stack: The stack's name, for `${stack}`.
        organization: The organization's name, for `${organization}`.
        source: The stack's file, for messages.

    Raises:
        ProjectError: The engine would refuse the setting.
    """
    value = config.get(KEY)
    if value is None:
        return Autonaming()
    where = f"{source}: {KEY}"
    try:
        content = json.loads(value.text)
    except ValueError:
        content = value.text

    def fill(pattern: str, place: str) -> str:
        for name, text in (("organization", organization), ("project", project), ("stack", stack)):
            pattern = pattern.replace(f"${{{name}}}", text)
        return _CONFIG.sub(lambda found: _value(found[1], config, project, place), pattern)

    reader = _Reader(fill)
    default = reader.naming(content, where, ("providers",)) or Naming()
    return Autonaming(
        default=default,
        providers={
            name: reader.provider(each, f"{where}.providers.{name}", default)
            for name, each in _members(content, "providers", where).items()
        },
    )


def _value(key: str, config: Mapping[str, ConfigValue], project: str, where: str) -> str:
    """The text of a config value, which may be a part of another value."""
    path = parse_path(key)
    value = config.get(f"{project}:{path[0]}") if path else None
    found: Any = value.text if value else None
    if value is not None and path and path[1:]:
        try:
            found = value_at(json.loads(value.text), path[1:])
        except ValueError:
            found = None
    if found is None:
        raise ProjectError(f"{where} names ${{config.{key}}}, and there is no such config value")
    return found if isinstance(found, str) else json_text(found)


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads sections; `fill` puts the stack's own values into a pattern."""

    fill: Callable[[str, str], str]

    def provider(self, section: Any, where: str, default: Naming) -> ProviderNaming:  # noqa: ANN401 - any JSON
        own = self.naming(section, where, ("resources",))
        resources = {}
        for type_, each in _members(section, "resources", where).items():
            place = f"{where}.resources.{type_}"
            naming = self.naming(each, place, ())
            if naming is None:
                raise ProjectError(f"{place} has neither mode nor pattern; wanted one of them")
            resources[type_] = naming
        return ProviderNaming(default=own or default, resources=resources)

    def naming(self, section: Any, where: str, more: tuple[str, ...]) -> Naming | None:  # noqa: ANN401 - any JSON
        """The way that a section sets, `None` where it sets none."""
        if not isinstance(section, dict):
            raise ProjectError(f"{where} is {section!r}; wanted keys and values")
        allowed = ("mode", "pattern", "enforce", *more)
        for key in section:
            if key not in allowed:
                raise ProjectError(f"{where} has the key {key!r}; wanted {', '.join(allowed)}")
        mode, pattern, enforce = (section.get(each) for each in ("mode", "pattern", "enforce"))
        if mode is not None and (pattern is not None or enforce is not None):
            raise ProjectError(f"{where} has mode beside pattern or enforce; wanted one of them")
        if mode is not None and mode not in _MODES:
            raise ProjectError(f"{where}: mode is {mode!r}; wanted {', '.join(_MODES)}")
        if not isinstance(enforce, bool | None):
            raise ProjectError(f"{where}: enforce is {enforce!r}; wanted true or false")
        if pattern is None:
            if enforce is not None:
                raise ProjectError(f"{where} has enforce without a pattern; wanted one")
            return None if mode is None else Naming(mode=mode)
        return Naming(mode="pattern", pattern=self._pattern(pattern, where), enforce=bool(enforce))

    def _pattern(self, pattern: Any, where: str) -> str:  # noqa: ANN401 - any JSON
        if not isinstance(pattern, str):
            raise ProjectError(f"{where}: pattern is {pattern!r}; wanted text")
        for count in _COUNTED.findall(pattern):
            if len(count) > len(str(_LONGEST)) or int(count) > _LONGEST:
                raise ProjectError(
                    f"{where}: pattern asks for {count} characters; wanted at most {_LONGEST}"
                )
        return self.fill(pattern, f"{where}: pattern")


def _members(section: Any, key: str, where: str) -> Mapping[str, Any]:  # noqa: ANN401 - any JSON
    members = section.get(key) or {}
    if not isinstance(members, dict):
        raise ProjectError(f"{where}.{key} is {members!r}; wanted keys and values")
    return members
