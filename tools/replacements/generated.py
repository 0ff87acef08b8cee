"""CloudFormation's create-only properties under the names that Pulumi's AWS SDK has for them."""

import importlib
import inspect
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from importlib.resources import files

from cfnlint.schema.manager import (  # type: ignore[import-untyped] # it has no types
    PROVIDER_SCHEMA_MANAGER,
)

from tools.replacements.exceptions import EXCEPTIONS, SAME_SERVICE, SAME_TYPE

_REGION = "us-east-1"
_SEPARATORS = 2
_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z][a-z0-9]*")


def schema_date() -> str:
    """The day of the schemas, as `YYYY-MM-DD`."""
    told = files("cfnlint.data.schemas").joinpath("version.json").read_text(encoding="utf-8")
    return str(json.loads(told)["schema_date"])[:10]


def table() -> Mapping[str, Sequence[str]]:
    """Pulumi's type tokens to the paths of properties that replace a resource of the type.

    Raises:
        ValueError: An exception names a type or property that the SDK does not have.
    """
    classes = _classes()
    replacing: dict[str, set[str]] = {}
    for type_, paths in _create_only():
        token = _token(type_, classes)
        if token is not None:
            names = _settable(*classes[token])
            found = {_path(path, type_, names) for path in paths} - {None}
            replacing.setdefault(token, set()).update(path for path in found if path)
    for token, difference in EXCEPTIONS.items():
        if token not in classes:
            raise ValueError(f"exceptions.py: pulumi_aws has no {token}")
        names = _settable(*classes[token])
        for path in difference.added:
            if path.partition(".")[0] not in names:
                raise ValueError(f"exceptions.py: {token} has no property {path}")
        known = names if difference.every else replacing.get(token, set()) | difference.added
        replacing[token] = set(known - difference.removed)
    return {
        token: _with_prefixes(paths, _settable(*classes[token]))
        for token, paths in replacing.items()
        if paths
    }


def _with_prefixes(paths: set[str], names: frozenset[str]) -> Sequence[str]:
    """Adds `namePrefix` to `name`, and leaves out what is inside a property that is there."""
    prefixes = {f"{path}Prefix" for path in paths if f"{path}Prefix" in names}
    outer = {path for path in paths if path.partition(".")[0] not in paths or "." not in path}
    return sorted(outer | prefixes)


def _create_only() -> Iterator[tuple[str, Sequence[str]]]:
    for type_ in sorted(PROVIDER_SCHEMA_MANAGER.get_resource_types(_REGION)):
        schema = PROVIDER_SCHEMA_MANAGER.get_resource_schema(_REGION, type_).schema
        if type_.count("::") == _SEPARATORS and (paths := schema.get("createOnlyProperties")):
            yield type_, paths


def _classes() -> Mapping[str, tuple[str, str]]:
    """Each token of the SDK to the module and name of its class."""
    source = inspect.getsource(importlib.import_module("pulumi_aws"))
    listed = source.split('resource_modules="""', 1)[1].split('"""', 1)[0]
    return {
        token: (module["fqn"], name)
        for module in json.loads(listed)
        for token, name in module["classes"].items()
    }


def _token(type_: str, classes: Mapping[str, tuple[str, str]]) -> str | None:
    """Pulumi's token of a CloudFormation type: named alike, or as `SAME_TYPE` says."""
    if type_ in SAME_TYPE:
        return SAME_TYPE[type_]
    _, service, name = type_.split("::")
    module = SAME_SERVICE.get(service, service.lower())
    wanted = f"aws:{module}/{name}:{name}".lower()
    return next((token for token in classes if token.lower() == wanted), None)


def _settable(module: str, name: str) -> frozenset[str]:
    """The properties that a program can give to a class, by their names on the wire."""
    cls = getattr(importlib.import_module(module), name)
    parameters = inspect.signature(vars(cls)["_internal_init"]).parameters
    getters = ((key, getattr(member, "fget", None)) for key, member in vars(cls).items())
    return frozenset(
        wire_name
        for key, getter in getters
        if key in parameters and (wire_name := getattr(getter, "_pulumi_name", None))
    )


def _path(path: str, type_: str, names: frozenset[str]) -> str | None:
    """`/properties/EncryptionConfiguration/KmsKey` as a path of Pulumi's; `None` for none."""
    _, _, first, *rest = path.split("/")
    wanted = {name.lower() for name in _names(first, type_.rpartition("::")[2])}
    found = [name for name in sorted(names) if name.lower() in wanted]
    if not found:
        return None
    inner = [part[:1].lower() + part[1:] for part in rest if part != "*"]
    return ".".join([min(found, key=len), *inner])


def _names(name: str, type_: str) -> Iterator[str]:
    """What Pulumi may call a property: as it is, in the plural, or without its type's name."""
    yield name
    yield f"{name}s"
    words = _WORDS.findall(type_)
    for start in range(len(words)):
        yield name.removeprefix("".join(words[start:]))
