"""The keys of Pulumi.yaml, Pulumi.<stack>.yaml and PulumiPolicy.yaml, with preflight's use.

Preflight uses a key, or a note in the report says that preflight leaves it to the engine. The
shapes are those of the engine, which refuses any other content.
Source: pulumi/pulumi, sdk/go/common/workspace/{project.json,project.go}; options of the runtime:
sdk/python/cmd/pulumi-language-python/main.go (parseOptions).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from pulumi_preflight.errors import ProjectError
from pulumi_preflight.project.go_values import Moment

_TEXT, _NULL, _MAPPING, _LIST, _BOOLEAN, _SINGLE = (
    "text",
    "nothing",
    "keys and values",
    "a list",
    "true or false",
    # Go's decoder, where it reads a file by itself, takes any single value as text.
    "a single value",
)
_KINDS: dict[str, type | tuple[type, ...]] = {
    _TEXT: str,
    _NULL: type(None),
    _MAPPING: dict,
    _LIST: list,
    _BOOLEAN: bool,
    _SINGLE: (str, int, float, Moment, type(None)),
}
_DESCRIBES = "nothing but its shape: it describes the project, and no verdict depends on it"
_CHECKED = "its shape; what stands above it says the rest"


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """One key of a file.

    Attributes:
        kinds: The kinds of its value; any kind where this is empty.
        used: The purpose for which preflight uses it, empty where it is noted.
        noted: The report's text where a file has the key, empty where it is used.
        keys: The keys below it.
        closed: Whether the engine refuses any other key below it.
        each: The shape of every item of a list, or of every value of a mapping with free names.
        required: The keys below it that a file must have.
        choices: The values that it may have; any value where this is empty.
    """

    kinds: tuple[str, ...] = ()
    used: str = ""
    noted: str = ""
    keys: Mapping[str, "Key"] = field(default_factory=dict)
    closed: bool = False
    each: "Key | None" = None
    required: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()


def _describes(*, null: bool = True) -> Key:
    return Key(kinds=(_TEXT, _NULL) if null else (_TEXT,), used=_DESCRIBES)


def _inner(*kinds: str, **more: Any) -> Key:  # noqa: ANN401 - the attributes of Key
    return Key(kinds=kinds, used=_CHECKED, **more)


_PLUGIN = _inner(
    _MAPPING,
    keys={"name": _inner(_TEXT), "path": _inner(_TEXT), "version": _inner(_TEXT)},
    closed=True,
    required=("name", "path"),
)
_PLUGINS = _inner(_LIST, each=_PLUGIN)
_PACKAGE = _inner(
    _TEXT,
    _MAPPING,
    keys={
        "source": _inner(_TEXT),
        "version": _inner(_TEXT),
        "parameters": _inner(_LIST, each=_inner(_TEXT)),
        "pluginDownloadURL": _inner(_TEXT),
        "checksums": _inner(_MAPPING, each=_inner(_TEXT)),
        "extensions": _inner(_LIST, each=_inner(_TEXT)),
    },
    closed=True,
    required=("source",),
)
_DECLARED = "`declarations`, which refuses what the engine refuses"
_ITEMS = Key(used=_DECLARED, keys={"type": Key(used=_DECLARED), "items": Key(used=_DECLARED)})
_DECLARATION = Key(
    used=_DECLARED,
    keys={
        **{
            name: Key(used=_DECLARED)
            for name in ("type", "description", "secret", "default", "value")
        },
        "items": _ITEMS,
    },
)
_ANY = Key(used=_CHECKED)
_OPTIONS = {
    "toolchain": Key(
        kinds=(_TEXT,), used="finding the interpreter", choices=("pip", "poetry", "uv")
    ),
    "virtualenv": Key(kinds=(_TEXT,), used="finding the interpreter"),
    "typechecker": Key(
        kinds=(_TEXT,),
        noted="was not run: the engine checks the program's types before it runs it",
        choices=("mypy", "pyright"),
    ),
}
_RUNTIME = Key(
    kinds=(_TEXT, _MAPPING),
    used="which program or pack can be run, and by which interpreter",
    keys={"name": _inner(_TEXT), "options": _inner(_MAPPING, keys=_OPTIONS)},
    closed=True,
)
_TEMPLATE = Key(
    kinds=(_MAPPING, _NULL),
    used="nothing but its shape: `pulumi new` reads it",
    closed=True,
    keys={
        "displayName": _describes(),
        "description": _describes(),
        "quickstart": _describes(),
        "important": _inner(_BOOLEAN, _NULL),
        "metadata": _inner(_MAPPING, _NULL, each=_inner(_TEXT)),
        "config": _inner(
            _MAPPING,
            _NULL,
            each=Key(
                used=_CHECKED,
                keys={
                    "description": _describes(),
                    "default": _ANY,
                    "secret": _inner(_BOOLEAN, _NULL),
                },
            ),
        ),
    },
)

PROJECT_KEYS: Mapping[str, Key] = {
    "name": Key(kinds=(_TEXT,), used="URNs, and the namespace of the configuration"),
    "description": _describes(),
    "author": _describes(),
    "website": _describes(),
    "license": _describes(),
    "runtime": _RUNTIME,
    "main": Key(kinds=(_TEXT, _NULL), used="where the program is"),
    "config": Key(
        kinds=(_MAPPING, _TEXT, _NULL),
        used="values, types and defaults of the configuration; as text it is stackConfigDir",
        each=_DECLARATION,
    ),
    "stackConfigDir": Key(kinds=(_TEXT, _NULL), used="where the stack files are"),
    "backend": Key(
        kinds=(_MAPPING, _NULL),
        used="where a file backend keeps the stack's tags",
        keys={"url": _inner(_TEXT)},
        closed=True,
    ),
    "options": Key(
        kinds=(_MAPPING, _NULL),
        noted="were not followed: preflight has no state that could be refreshed",
        keys={"refresh": _inner(_TEXT, choices=("always",))},
        closed=True,
    ),
    "template": _TEMPLATE,
    "packages": Key(
        kinds=(_MAPPING,),
        noted="were not installed: the program ran with what its environment holds",
        each=_PACKAGE,
    ),
    "plugins": Key(
        kinds=(_MAPPING,),
        noted="were not started: preflight fills in what providers would answer",
        keys={"providers": _PLUGINS, "analyzers": _PLUGINS, "languages": _PLUGINS},
    ),
    "requiredPulumiVersion": Key(
        kinds=(_TEXT,), noted="was not checked: no Pulumi runs in preflight"
    ),
}

STACK_KEYS: Mapping[str, Key] = {
    "secretsprovider": Key(kinds=(_TEXT, _NULL), used="who can decrypt the secure values"),
    "encryptedkey": Key(kinds=(_SINGLE,), used="nothing: only its secrets provider reads it"),
    "encryptionsalt": Key(kinds=(_TEXT, _NULL), used="decrypting the secure values"),
    "config": Key(kinds=(_MAPPING, _NULL), used="the values of the configuration"),
    "environment": Key(used="`environment:` of preflight.yaml stands for it, and a note if none"),
}

_TOLD = Key(kinds=(_SINGLE,), used=_DESCRIBES)

PACK_KEYS: Mapping[str, Key] = {
    "runtime": Key(
        kinds=(_TEXT, _MAPPING),
        used="how to start the pack",
        keys={"name": _inner(_SINGLE), "options": _inner(_MAPPING, _NULL)},
    ),
    "version": Key(kinds=(_SINGLE,), used="nothing but its shape: `pulumi policy publish`"),
    "main": Key(
        kinds=(_SINGLE,), used="nothing but its shape: the engine starts the pack's folder"
    ),
    "description": _TOLD,
    "author": _TOLD,
    "website": _TOLD,
    "license": _TOLD,
}


def paths_of(keys: Mapping[str, Key], above: str = "") -> Iterator[tuple[str, Key]]:
    """Every key with its path; `*` stands for any name or item."""
    for name, key in keys.items():
        path = f"{above}.{name}" if above else name
        yield path, key
        yield from paths_of(key.keys, path)
        if key.each is not None:
            yield f"{path}.*", key.each
            yield from paths_of(key.each.keys, f"{path}.*")


def check_keys(content: Mapping[str, Any], keys: Mapping[str, Key], where: str) -> list[str]:
    """Checks the shape of a file, and gives the notes on it.

    Args:
        content: The file's content.
        keys: The file's possible keys; the engine ignores other keys at the top.
        where: The file, for messages.

    Raises:
        ProjectError: The engine would refuse a key or a value.
    """
    return list(_checked(content, keys, f"{where}:", ""))


def _checked(
    content: Mapping[str, Any], keys: Mapping[str, Key], where: str, path: str
) -> Iterator[str]:
    for name, value in content.items():
        if (key := keys.get(name)) is not None:
            yield from _of_key(value, key, where, f"{path}.{name}" if path else name)


def _of_key(value: Any, key: Key, where: str, path: str) -> Iterator[str]:  # noqa: ANN401 - any YAML value
    wanted = " or ".join(key.kinds)
    if key.kinds and not any(isinstance(value, _KINDS[kind]) for kind in key.kinds):
        raise ProjectError(f"{where} {path} is {_shown(value)}; wanted {wanted}")
    if key.choices and value not in key.choices:
        raise ProjectError(f"{where} {path} is {_shown(value)}; wanted {' or '.join(key.choices)}")
    if key.noted and value is not None:
        yield f"{path} {key.noted}"
    match value:
        case dict():
            if key.closed:
                _check_names(value, key, where, path)
            yield from _checked(value, key.keys, where, path)
            if key.each is not None:
                for name, inner in value.items():
                    yield from _of_key(inner, key.each, where, f"{path}.{name}")
        case list() if key.each is not None:
            for index, inner in enumerate(value):
                yield from _of_key(inner, key.each, where, f"{path}[{index}]")
        case _:
            return


def _check_names(value: Mapping[str, Any], key: Key, where: str, path: str) -> None:
    for name in value:
        if name not in key.keys:
            allowed = ", ".join(key.keys)
            raise ProjectError(f"{where} {path} has the key {name!r}; wanted one of {allowed}")
    for name in key.required:
        if name not in value:
            raise ProjectError(f"{where} {path} has no {name}; wanted one")


def _shown(value: Any) -> str:  # noqa: ANN401 - any YAML value
    return "null" if value is None else repr(value)
