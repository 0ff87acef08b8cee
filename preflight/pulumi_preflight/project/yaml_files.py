"""Reads YAML files as the engine does, which is Go's YAML 1.2 and not Python's YAML 1.1.

`yes` and `1:30` are text, `1e3` is a number, a date is the text that Go prints for a time, and a
key given twice is an error.
Source: gopkg.in/yaml.v3, resolve.go.
"""

import re
from collections.abc import Hashable
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from pulumi_preflight.errors import ProjectError

_BOOLEAN = re.compile(r"^(?:true|True|TRUE|false|False|FALSE)$")
_INTEGER = re.compile(r"^[-+]?(?:0b[01_]+|0o?[0-7_]+|0x[0-9a-fA-F_]+|[1-9][0-9_]*|0)$")
_NUMBER = re.compile(
    r"^[-+]?(?:(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?|\.(?:inf|Inf|INF))$"
    r"|^\.(?:nan|NaN|NAN)$"
)
_DATE = re.compile(r"^[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}$")
_OCTAL = re.compile(r"^([-+]?)0([0-7]+)$")


class _Loader(yaml.SafeLoader):
    """PyYAML with the scalars of YAML 1.2."""

    yaml_implicit_resolvers = {  # noqa: RUF012 - the base class declares it so
        first: [
            (tag, pattern)
            for tag, pattern in resolvers
            if tag in ("tag:yaml.org,2002:null", "tag:yaml.org,2002:merge")
        ]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:  # noqa: FBT001, FBT002 - the base class's signature
        """Refuses a key that is given twice."""
        seen: set[str] = set()
        for key, _ in node.value:
            if key.value in seen and key.tag != "tag:yaml.org,2002:merge":
                raise yaml.constructor.ConstructorError(
                    problem=f"the key {key.value!r} is given twice", problem_mark=key.start_mark
                )
            seen.add(str(key.value))
        return super().construct_mapping(node, deep=deep)

    def construct_integer(self, node: yaml.ScalarNode) -> int:
        """Reads a whole number; a leading 0 means octal."""
        return int(_OCTAL.sub(r"\g<1>0o\2", node.value.replace("_", "")), 0)

    def construct_date(self, node: yaml.ScalarNode) -> str:
        """Reads a date as the text of its first moment; one that does not exist stays as it is."""
        year, month, day = (int(part) for part in node.value.split("-"))
        try:
            return f"{date(year, month, day)} 00:00:00 +0000 UTC"
        except ValueError:
            return str(node.value)


_Loader.add_implicit_resolver("tag:yaml.org,2002:timestamp", _DATE, list("0123456789"))
_Loader.add_constructor("tag:yaml.org,2002:timestamp", _Loader.construct_date)
_Loader.add_implicit_resolver("tag:yaml.org,2002:bool", _BOOLEAN, list("tTfF"))
_Loader.add_implicit_resolver("tag:yaml.org,2002:int", _INTEGER, list("-+0123456789"))
_Loader.add_implicit_resolver("tag:yaml.org,2002:float", _NUMBER, list("-+.0123456789"))
_Loader.add_constructor("tag:yaml.org,2002:int", _Loader.construct_integer)


def read_yaml(path: Path) -> Any:  # noqa: ANN401 - any document
    """Reads a YAML file.

    Raises:
        ProjectError: It cannot be read or is not YAML; the text gives file and line.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise ProjectError(f"{path}: cannot be read: {error}") from error
    try:
        return yaml.load(text, Loader=_Loader)  # noqa: S506 - _Loader is a safe loader
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = f"{path}:{mark.line + 1}" if mark else str(path)
        raise ProjectError(f"{where}: is not YAML: {error.problem or error.context}") from error
    except (yaml.YAMLError, ValueError) as error:
        raise ProjectError(f"{path}: is not YAML: {error}") from error


def read_mapping(path: Path) -> dict[str, Any]:
    """Reads a YAML file that holds keys and values; an empty one holds none.

    Raises:
        ProjectError: It cannot be read, is not YAML, or holds something else.
    """
    document = read_yaml(path)
    if document is None:
        return {}
    if not isinstance(document, dict):
        raise ProjectError(
            f"{path}: holds a {type(document).__name__}; wanted keys and values, such as `name: x`"
        )
    return {str(key): value for key, value in document.items()}
