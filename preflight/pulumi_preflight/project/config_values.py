"""The configuration that a program sees: project file, stack file, command line, in one map.

Source: pulumi/pulumi, pkg/workspace/config.go and sdk/go/common/resource/config.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import Any

from pulumi_preflight.errors import ProjectError
from pulumi_preflight.project.config_paths import coerced, is_set, parse_path, with_value

_KEY_PARTS = 2
_OLD_KEY_PARTS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfigValue:
    """One value.

    Attributes:
        text: What the program reads; JSON for lists and objects.
        secret: Whether anything in it is secret.
        secret_texts: The secrets in it, which no message may show.
    """

    text: str
    secret: bool
    secret_texts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Secret:
    """A decrypted value, anywhere inside a config value."""

    text: str


Decrypt = Callable[[str, str], str]
"""Gives the plain text of a ciphertext; the first argument is the key, for messages."""


class Config:
    """Collects values; what is set first, wins over what the project file declares."""

    def __init__(self, project: str) -> None:
        """Takes the project's name, the namespace of keys that have none."""
        self._project = project
        self._values: dict[str, Any] = {}

    def add_stack(self, values: Mapping[str, Any], decrypt: Decrypt, *, source: str) -> None:
        """Takes the `config:` of a stack file.

        Raises:
            ProjectError: A key is malformed, or a secure value cannot be decrypted.
        """
        for raw, value in values.items():
            key = self._key(raw, source)
            self._values[key] = _decrypted(value, key, decrypt)

    def add_overrides(self, values: Mapping[str, str]) -> None:
        """Takes `--config key=value`; a dot in a key is part of its name, as in the CLI.

        Raises:
            ProjectError: A key is malformed.
        """
        for raw, value in values.items():
            self._values[self._key(raw, "--config")] = value

    def add_project(self, declared: Mapping[str, Any], *, source: str, stack: str) -> None:
        """Takes the `config:` of the project file: values, defaults and types.

        Raises:
            ProjectError: A required value is missing, or one has not the declared type.
        """
        missing = []
        for raw in sorted(declared):
            declaration = _declaration(declared[raw], f"{source}: config {raw!r}")
            key = self._key(raw, source)
            namespace, _, name = key.partition(":")
            path = parse_path(name)
            if path is None or not isinstance(path[0], str):
                raise ProjectError(f"{source}: config {raw!r} is no key and no path of one")
            root = f"{namespace}:{path[0]}"
            if root in self._values and is_set(self._values[root], path[1:]):
                continue
            given = declaration.get("default", declaration.get("value"))
            if given is not None:
                self._set(root, path[1:], _as_config(given), where=f"{source}: config {raw!r}")
            elif namespace == self._project:
                missing.append(raw)
        if missing:
            names = ", ".join(repr(key) for key in missing)
            raise ProjectError(
                f"stack {stack!r} has no value for {names}, which {source} requires",
                hint=f"set it under config: in Pulumi.{stack}.yaml, or with --config KEY=VALUE",
            )
        self._check_types(declared, source=source, stack=stack)

    def values(self) -> dict[str, ConfigValue]:
        """All values as the program reads them."""
        return {
            key: ConfigValue(text=_text(value), secret=bool(secrets), secret_texts=secrets)
            for key, value in self._values.items()
            for secrets in [tuple(_secrets(value))]
        }

    def _set(self, root: str, path: tuple[str | int, ...], value: Any, *, where: str) -> None:  # noqa: ANN401 - any config value
        before = self._values.get(root)
        if path and not isinstance(before, dict | list | None):
            before = None
        try:
            self._values[root] = with_value(before, path, coerced(value) if path else value)
        except ValueError as error:
            raise ProjectError(f"{where} cannot be merged into {root!r}: {error}") from error

    def _key(self, raw: str, source: str) -> str:
        parts = raw.split(":")
        if len(parts) == 1:
            return f"{self._project}:{raw}"
        if len(parts) == _KEY_PARTS and all(parts):
            return raw
        if len(parts) == _OLD_KEY_PARTS and parts[1] == "config":
            return f"{parts[0]}:{parts[2]}"
        raise ProjectError(f"{source}: {raw!r} is no config key; wanted `<namespace>:<name>`")

    def _check_types(self, declared: Mapping[str, Any], *, source: str, stack: str) -> None:
        for raw, declaration in declared.items():
            if not isinstance(declaration, dict) or "type" not in declaration:
                continue
            value = self._values.get(self._key(raw, source))
            wanted = str(declaration["type"])
            if value is not None and not _is_of(value, declaration):
                raise ProjectError(
                    f"stack {stack!r}: config {raw!r} is {_shown(value)}; "
                    f"{source} declares it as {wanted}"
                )


def _declaration(declared: Any, where: str) -> dict[str, Any]:  # noqa: ANN401 - any YAML value
    """Writes the short form `key: value` in full."""
    if isinstance(declared, dict):
        return declared
    if isinstance(declared, float):
        raise ProjectError(
            f"{where} is the number {declared}; the engine takes text, whole numbers, booleans "
            "and lists there",
            hint=f'quote it: "{declared}"',
        )
    return {"default": declared}


def _as_config(value: Any) -> Any:  # noqa: ANN401 - any YAML value
    # The engine keeps single values of the project file as text, whatever their type.
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, int) else value


def _decrypted(value: Any, key: str, decrypt: Decrypt) -> Any:  # noqa: ANN401 - any YAML value
    match value:
        case {"secure": str(ciphertext)} if len(value) == 1:
            return Secret(text=decrypt(key, ciphertext))
        case dict():
            return {str(name): _decrypted(item, key, decrypt) for name, item in value.items()}
        case list():
            return [_decrypted(item, key, decrypt) for item in value]
        case _:
            return value


def _secrets(value: Any) -> Iterator[str]:  # noqa: ANN401 - any config value
    match value:
        case Secret(text=text):
            yield text
        case dict():
            yield from chain.from_iterable(map(_secrets, value.values()))
        case list():
            yield from chain.from_iterable(map(_secrets, value))
        case _:
            return


def _plain(value: Any) -> Any:  # noqa: ANN401 - any config value
    match value:
        case Secret(text=text):
            return text
        case dict():
            return {name: _plain(item) for name, item in value.items()}
        case list():
            return [_plain(item) for item in value]
        case float() if value.is_integer():
            return int(value)
        case _:
            return value


def _text(value: Any) -> str:  # noqa: ANN401 - any config value
    plain = _plain(value)
    if plain is None:
        return ""
    if isinstance(plain, str):
        return plain
    # The engine writes objects anew, with sorted keys; a program that loops over one sees them so.
    text = json.dumps(plain, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    for character in "<>&":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text


def _is_of(value: Any, declaration: Mapping[str, Any]) -> bool:  # noqa: ANN401 - any config value
    plain = _plain(value)
    match str(declaration["type"]):
        case "string":
            return not isinstance(plain, dict | list)
        case "integer":
            return isinstance(plain, int) or (isinstance(plain, str) and _is_integer(plain))
        case "boolean":
            return isinstance(plain, bool) or plain in ("true", "false")
        case "object":
            return isinstance(plain, dict)
        case "array":
            items = declaration.get("items") or {}
            return isinstance(plain, list) and all(
                "type" not in items or _is_of(item, items) for item in plain
            )
        case _:
            return True


def _is_integer(text: str) -> bool:
    try:
        int(text)
    except ValueError:
        return False
    return True


def _shown(value: Any) -> str:  # noqa: ANN401 - any config value
    return "[secret]" if any(True for _ in _secrets(value)) else repr(_plain(value))
