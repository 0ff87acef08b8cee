"""The configuration that a program sees: project file, stack file, command line, in one map.

Source: pulumi/pulumi, pkg/workspace/config.go and sdk/go/common/resource/config.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import Any

from pulumi_preflight.errors import ProjectError
from pulumi_preflight.project.declarations import Declaration, read_declaration
from pulumi_preflight.project.go_values import Moment, NoJsonError, json_text
from pulumi_preflight.project.yaml_files import OtherKey

_SEGMENT = re.compile(
    r"""
    (?:^|\.)(?P<name>[^.\[\]"]+)
    | \[(?P<index>\d+)\]
    | (?:^|\.)?\["(?P<quoted>(?:[^"\\]|\\.)*)"\]
    """,
    re.VERBOSE,
)

Path = tuple[str | int, ...]
_INTEGER = re.compile(r"(?P<sign>[-+]?)[0-9]+", re.ASCII)
_LEAST, _GREATEST, _GREATEST_UNSIGNED = -(2**63), 2**63 - 1, 2**64 - 1
_LONGEST_GAP = 10_000
_NOTHING = object()


def parse_path(text: str) -> Path | None:
    """Takes a path apart; `None` where it is none."""
    segments: list[str | int] = []
    end = 0
    for found in _SEGMENT.finditer(text):
        if found.start() != end:
            return None
        end = found.end()
        if found["index"] is not None:
            segments.append(int(found["index"]))
        elif found["quoted"] is not None:
            segments.append(found["quoted"].replace('\\"', '"'))
        else:
            segments.append(found["name"])
    return tuple(segments) if segments and end == len(text) else None


def is_set(container: Any, path: Path) -> bool:  # noqa: ANN401 - any config value
    """Whether a value has something at a path."""
    return _find(container, path) is not _NOTHING


def value_at(container: Any, path: Path) -> Any:  # noqa: ANN401 - any config value
    """The part of a value at a path, `None` where there is none."""
    found = _find(container, path)
    return None if found is _NOTHING else found


def _find(container: Any, path: Path) -> Any:  # noqa: ANN401 - any config value
    for segment in path:
        match container, segment:
            case dict(), str() if segment in container:
                container = container[segment]
            case list(), int() if segment < len(container):
                container = container[segment]
            case _:
                return _NOTHING
    return container


def with_value(container: Any, path: Path, value: Any) -> Any:  # noqa: ANN401 - any config value
    """Gives a value with something put at a path.

    Raises:
        ValueError: The path goes through something that is neither list nor mapping, or leaves a
            gap in a list.
    """
    if not path:
        return value
    segment, *rest = path
    match container, segment:
        case ((dict() | None), str()):
            members = dict(container or {})
            members[segment] = with_value(members.get(segment), tuple(rest), value)
            return members
        case None, int() if segment <= _LONGEST_GAP:
            # Where there was no list, the engine makes one, with empty items in front.
            return [*[None] * segment, with_value(None, tuple(rest), value)]
        case list(), int() if segment <= len(container):
            items = [*container, None][: max(len(container), segment + 1)]
            items[segment] = with_value(items[segment], tuple(rest), value)
            return items
        case _:
            raise ValueError(f"{segment!r} has no place in a {type(container).__name__}")


def coerced(value: Any) -> Any:  # noqa: ANN401 - any config value
    """Turns text that looks like a boolean or a whole number into one, as inside of objects."""
    if not isinstance(value, str):
        return value
    if value in ("true", "false"):
        return value == "true"
    found = _INTEGER.fullmatch(value)
    if found is None or (len(value) > 1 and value.startswith("0")):
        return value
    number = int(value)
    greatest = _GREATEST if found["sign"] else _GREATEST_UNSIGNED
    return number if _LEAST <= number <= greatest else value


PLACEHOLDER = "[secret]"
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
class ConfigSecret:
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
        self._overridden: set[str] = set()

    def add_stack(self, values: Mapping[str, Any], decrypt: Decrypt, *, source: str) -> None:
        """Takes the `config:` of a stack file.

        Raises:
            ProjectError: A key is malformed, or a secure value cannot be decrypted.
        """
        for raw, value in values.items():
            if isinstance(raw, OtherKey):
                raise ProjectError(
                    f"{source}: the config key {raw} is not text; wanted `<namespace>:<name>`"
                )
            key = self._key(raw, source)
            self._values[key] = _decrypted(value, key, decrypt)

    def add_environment(self, values: Mapping[str, Any], *, source: str) -> None:
        """Takes the values of ESC environments, below those of the stack's file.

        Raises:
            ProjectError: A key is malformed.
        """
        for raw, value in values.items():
            key = self._key(raw, source)
            has = key in self._values
            self._values[key] = merged(self._values[key], value) if has else value

    def add_overrides(self, values: Mapping[str, str]) -> None:
        """Takes `--config key=value`; a dot in a key is part of its name, as in the CLI.

        A value in place of a secret is one. Nobody can give an encrypted one here.

        Raises:
            ProjectError: A key is malformed.
        """
        for raw, value in values.items():
            key = self._key(raw, "--config")
            was_secret = any(True for _ in _secrets(self._values.get(key)))
            self._values[key] = ConfigSecret(text=value) if was_secret else value
            self._overridden.add(key)

    def add_project(
        self,
        declared: Mapping[str, Any],
        *,
        source: str,
        stack: str,
        decrypt: Decrypt = lambda _, text: text,
    ) -> None:
        """Takes the `config:` of the project file: values, defaults and types.

        Raises:
            ProjectError: The engine would refuse a declaration, a required value is missing, or
                a value does not have the declared type.
        """
        declarations = {
            raw: read_declaration(
                declared[raw],
                f"{source}: config {raw!r}",
                own=":" not in raw or raw.startswith(f"{self._project}:"),
            )
            for raw in sorted(declared)
        }
        missing = []
        for raw, declaration in declarations.items():
            root, path = self._path(raw, source)
            if root in self._values and is_set(self._values[root], path):
                continue
            if declaration.given is not None:
                value = _as_config(declaration.given, f"{source}: config {raw!r}")
                value = _decrypted(value, root, decrypt)
                self._set(root, path, value, where=f"{source}: config {raw!r}")
            elif root.startswith(f"{self._project}:"):
                missing.append(raw)
        if missing:
            names = ", ".join(repr(key) for key in missing)
            raise ProjectError(
                f"stack {stack!r} has no value for {names}, which {source} requires",
                hint=f"set it under config: in Pulumi.{stack}.yaml, or with --config KEY=VALUE",
            )
        for raw, declaration in declarations.items():
            root, path = self._path(raw, source)
            if declaration.secret and not path and root in self._overridden:
                self._values[root] = ConfigSecret(text=str(_plain(self._values[root])))
            if declaration.type is not None:
                self._check(raw, declaration, source=source, stack=stack)

    def values(self) -> dict[str, ConfigValue]:
        """All values as the program reads them.

        Raises:
            ProjectError: A number is infinite or NaN, and the engine cannot hand such a number on.
        """
        return {
            key: ConfigValue(
                text=_text(value, f"config {key!r}"), secret=bool(secrets), secret_texts=secrets
            )
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
        raise ProjectError(f"{source}: {raw!r} is not a config key; wanted `<namespace>:<name>`")

    def _path(self, raw: str, source: str) -> tuple[str, tuple[str | int, ...]]:
        """The key that a project file's key belongs to, and the path inside that key's value."""
        namespace, _, name = self._key(raw, source).partition(":")
        path = parse_path(name)
        if path is None or not isinstance(path[0], str):
            raise ProjectError(f"{source}: config {raw!r} is not a key and not a path of one")
        return f"{namespace}:{path[0]}", path[1:]

    def _check(self, raw: str, declaration: Declaration, *, source: str, stack: str) -> None:
        root, path = self._path(raw, source)
        value = value_at(self._values.get(root), path)
        secrets = tuple(_secrets(value))
        if declaration.secret and not secrets:
            raise ProjectError(
                f"stack {stack!r}: config {raw!r} is in plain text; {source} declares it as a "
                "secret, so the engine takes it encrypted only",
                hint=f"set it anew: pulumi config set --secret {raw}",
            )
        if PLACEHOLDER in secrets:
            return
        plain = _plain(value)
        # A single value is text by now, whatever its kind was in the file.
        typed = plain if isinstance(plain, dict | list) else _text(value, f"config {raw!r}")
        if declaration.type is not None and not declaration.type.takes(typed):
            raise ProjectError(
                f"stack {stack!r}: config {raw!r} is {_shown(value)}; "
                f"{source} declares it as {declaration.type}"
            )


def merged(above: Any, below: Any) -> Any:  # noqa: ANN401 - any config value
    """Lays one value over another: mappings member by member, any other value as a whole."""
    if not isinstance(above, dict) or not isinstance(below, dict):
        return above
    members = {name: merged(item, below.get(name)) for name, item in above.items()}
    return {**below, **members}


def _as_config(value: Any, where: str) -> Any:  # noqa: ANN401 - any YAML value
    # The engine keeps texts, whole numbers and booleans of the project file as text.
    match value:
        case bool() | int():
            return json_text(value)
        case Moment():
            return value.json
        case dict() | list():
            return _object(value, where)
        case _:
            return value


def _object(value: Any, where: str) -> Any:  # noqa: ANN401 - any YAML value
    match value:
        case dict():
            for name in value:
                if isinstance(name, OtherKey):
                    raise ProjectError(f"{where} has the key {name}, which is not text; quote it")
            return {str(name): _object(item, where) for name, item in value.items()}
        case list():
            return [_object(item, where) for item in value]
        case Moment():
            return value.json
        case _:
            return value


def _decrypted(value: Any, key: str, decrypt: Decrypt) -> Any:  # noqa: ANN401 - any YAML value
    match value:
        case {"secure": str(ciphertext)} if len(value) == 1:
            return ConfigSecret(text=decrypt(key, ciphertext))
        case dict():
            return {str(name): _decrypted(item, key, decrypt) for name, item in value.items()}
        case list():
            return [_decrypted(item, key, decrypt) for item in value]
        case _:
            return value


def _secrets(value: Any) -> Iterator[str]:  # noqa: ANN401 - any config value
    match value:
        case ConfigSecret(text=text):
            yield text
        case dict():
            yield from chain.from_iterable(map(_secrets, value.values()))
        case list():
            yield from chain.from_iterable(map(_secrets, value))
        case _:
            return


def _plain(value: Any) -> Any:  # noqa: ANN401 - any config value
    match value:
        case ConfigSecret(text=text):
            return text
        case dict():
            return {name: _plain(item) for name, item in value.items()}
        case list():
            return [_plain(item) for item in value]
        case Moment():
            return str(value)
        case _:
            return value


def _text(value: Any, where: str) -> str:  # noqa: ANN401 - any config value
    plain = _plain(value)
    if plain is None:
        return ""
    if isinstance(plain, str):
        return plain
    if isinstance(plain, int) and not isinstance(plain, bool):
        # A nested number passes through JSON, which keeps 64 bits; this number does not.
        return str(plain)
    try:
        return json_text(plain)
    except NoJsonError as error:
        raise ProjectError(f"{where}: {error}", hint="quote it") from error


def _shown(value: Any) -> str:  # noqa: ANN401 - any config value
    return "[secret]" if any(True for _ in _secrets(value)) else repr(_plain(value))
