"""The project file's declarations of its configuration: types, defaults, values, secrets.

Source: pulumi/pulumi, sdk/go/common/workspace/project.go (Validate, ValidateConfigValue) and
pkg/workspace/config.go; the shapes: sdk/go/common/workspace/project.json.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pulumi_preflight.errors import ProjectError
from pulumi_preflight.project.go_values import Moment

_TYPES = ("string", "integer", "boolean", "array", "object")
_KEYS = ("type", "items", "description", "secret", "default", "value")
_WHOLE = re.compile(r"[-+]?[0-9]+", re.ASCII)
_LEAST, _GREATEST = -(2**63), 2**63 - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfigType:
    """The type of a value; `items` is the type of an array's items."""

    name: str
    items: "ConfigType | None" = None

    def __str__(self) -> str:
        """The type as the engine names it, such as `array<string>`."""
        return f"array<{self.items}>" if self.items else self.name

    def takes(self, value: Any) -> bool:  # noqa: ANN401 - any config value
        """Whether a value is of this type; whole numbers and booleans may be given as text."""
        match self.name:
            case "string":
                return isinstance(value, str)
            case "integer":
                return _is_whole(value)
            case "boolean":
                return isinstance(value, bool) or value in ("true", "false")
            case "object":
                return isinstance(value, dict)
            case _:
                items = self.items
                return (
                    items is not None
                    and isinstance(value, list)
                    and all(items.takes(item) for item in value)
                )


@dataclass(frozen=True, slots=True, kw_only=True)
class Declaration:
    """The declaration of one key of `config:` in the project file.

    Attributes:
        type: The type of its value, `None` where none is declared.
        given: The default or value, `None` where there is none.
        secret: Whether a stack's value must be encrypted; the engine asks for a type with it.
    """

    type: ConfigType | None = None
    given: Any = None
    secret: bool = False


def read_declaration(declared: Any, where: str, *, own: bool) -> Declaration:  # noqa: ANN401 - any YAML value
    """Reads the project file's declaration of one key.

    Args:
        declared: The content behind the key.
        where: File and key, for messages.
        own: Whether the key is in the project's own namespace; only such keys have types.

    Raises:
        ProjectError: The engine would refuse the declaration.
    """
    if not isinstance(declared, dict):
        return Declaration(given=_short(declared, where))
    for key in declared:
        if key not in _KEYS:
            raise ProjectError(f"{where} has the key {key!r}; wanted one of {', '.join(_KEYS)}")
    type_ = _type(declared, where)
    _check_kind(declared, "description", str, "text", where)
    _check_kind(declared, "secret", bool, "true or false", where)
    default, value = declared.get("default"), declared.get("value")
    if default is not None and value is not None:
        raise ProjectError(f"{where} has both default and value; wanted one of them")
    if not own:
        _check_foreign(type_, default, value, where)
    elif type_ and default is not None and not type_.takes(default):
        raise ProjectError(f"{where}: default is {_shown(default)}, which is not of type {type_}")
    return Declaration(
        type=type_,
        given=value if default is None else default,
        secret=declared.get("secret", False),
    )


def _short(declared: Any, where: str) -> Any:  # noqa: ANN401 - any YAML value
    """The short form, `key: value`."""
    if isinstance(declared, float):
        raise ProjectError(
            f"{where} is the number {declared}; the engine takes text, whole numbers, booleans "
            "and lists there",
            hint=f'quote it: "{declared}"',
        )
    if declared is None or isinstance(declared, Moment):
        raise ProjectError(
            f"{where} is {_shown(declared)}; wanted text, a whole number, true, false, a list, or "
            "type, default or value as keys"
        )
    if isinstance(declared, int) and not _LEAST <= declared <= _GREATEST:
        raise ProjectError(f"{where} is {declared}; wanted a whole number of 64 bits")
    return declared


def _type(declared: Mapping[str, Any], where: str) -> ConfigType | None:
    items = declared.get("items")
    item_type = None if "items" not in declared else _item_type(items, f"{where}: items")
    if "type" not in declared:
        return None
    name = _type_name(declared["type"], where)
    if name != "array":
        return ConfigType(name=name)
    if item_type is None:
        raise ProjectError(f"{where} is an array without items; wanted items: {{type: TYPE}}")
    return ConfigType(name=name, items=item_type)


def _item_type(items: Any, where: str) -> ConfigType:  # noqa: ANN401 - any YAML value
    if not isinstance(items, dict) or "type" not in items:
        raise ProjectError(f"{where} is {_shown(items)}; wanted {{type: TYPE}}")
    type_ = _type(items, where)
    return type_ or ConfigType(name="")


def _type_name(name: Any, where: str) -> str:  # noqa: ANN401 - any YAML value
    if name not in _TYPES:
        raise ProjectError(f"{where}: type is {_shown(name)}; wanted one of {', '.join(_TYPES)}")
    return str(name)


def _check_kind(declared: Mapping[str, Any], key: str, kind: type, wanted: str, where: str) -> None:
    if key in declared and not isinstance(declared[key], kind):
        raise ProjectError(f"{where}: {key} is {_shown(declared[key])}; wanted {wanted}")


def _check_foreign(type_: ConfigType | None, default: Any, value: Any, where: str) -> None:  # noqa: ANN401 - any YAML value
    """Refuses all but a value: only the owner of another namespace, as `aws`, knows its types."""
    if type_ is not None:
        raise ProjectError(
            f"{where} has a type, and is not of the project's own namespace; wanted value alone"
        )
    if default is not None:
        raise ProjectError(
            f"{where} has a default, and is not of the project's own namespace; wanted value"
        )
    if value is None:
        raise ProjectError(
            f"{where} has no value; wanted `value:` above what it is, since it is not of the "
            "project's own namespace"
        )


def _is_whole(value: Any) -> bool:  # noqa: ANN401 - any config value
    if isinstance(value, bool):
        return False
    if isinstance(value, str):
        return bool(_WHOLE.fullmatch(value)) and _LEAST <= int(value) <= _GREATEST
    if isinstance(value, float):
        return value.is_integer()
    return isinstance(value, int) and _LEAST <= value <= _GREATEST


def _shown(value: Any) -> str:  # noqa: ANN401 - any YAML value
    return "null" if value is None else repr(str(value) if isinstance(value, Moment) else value)
