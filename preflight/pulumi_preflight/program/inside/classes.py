"""What properties the classes of the SDKs have that are loaded in this process."""

from __future__ import annotations

import enum
import inspect
import sys
import types
import typing
from collections import abc

# What a wire name is kept under by `pulumi.getter`, and what marks an output class.
_WIRE_NAME = "_pulumi_name"
_RESOURCE_CLASSES: dict[str, type] = {}


def _resource(token: str) -> object:
    """The outputs of the resource class that the program imported for a type token."""
    cls = _resource_class(token)
    if cls is None:
        return None
    initializer = vars(cls).get("_internal_init") or vars(cls).get("__init__")
    parameters = set(inspect.signature(initializer).parameters) if initializer else set()
    return {"properties": _properties(cls, parameters)}


def _required(token: str) -> object:
    """What a program must give a resource, by wire name; `None` where no arguments class tells."""
    cls = _resource_class(token)
    if cls is None:
        return None
    contents = _contents(sys.modules[cls.__module__])
    # Another name where a property of some type is of a class of the first one.
    names = (f"{cls.__name__}InitArgs", f"{cls.__name__}Args")
    arguments = next((contents[name] for name in names if name in contents), None)
    if not isinstance(arguments, type):
        return None
    parameters = inspect.signature(vars(arguments)["__init__"]).parameters.values()
    needed = {each.name for each in parameters if each.default is inspect.Parameter.empty}
    return [
        wire_name
        for name, member in vars(arguments).items()
        if name in needed
        and isinstance(member, property)
        and (wire_name := getattr(member.fget, _WIRE_NAME, None)) is not None
    ]


def _function(token: str) -> object:
    """The fields of the result class of a function such as `aws:ec2/getVpc:getVpc`.

    The generated SDKs put `getVpc` of the module `ec2` in `<package>.ec2.get_vpc`, with the result
    class `GetVpcResult` beside it. Other modules may have a class of that name, too.
    """
    package, module, member = token.split(":")
    wanted = f"{member[:1].upper()}{member[1:]}Result"
    sdk, part = _sdk(package), module.partition("/")[0]
    # Python's keywords get a dash below: `lambda_`. The module `index` is the SDK itself, which may
    # have a function of that name too.
    names = () if part == "index" else (part, f"{part}_")
    home = next((f"{sdk}.{name}" for name in names if f"{sdk}.{name}" in sys.modules), sdk)
    found = [
        candidate
        for name, loaded in list(sys.modules.items())
        if f"{name}.".startswith(f"{home}.")
        and isinstance(candidate := _contents(loaded).get(wanted), type)
        and candidate.__module__ == name
    ]
    found.sort(key=lambda cls: cls.__module__.count("."))
    return {"properties": _properties(found[0], set())} if found else None


def _class(reference: str) -> object:
    """The fields of an output class, named as `module:class` by an earlier answer."""
    module, _, name = reference.partition(":")
    return {"properties": _properties(_contents(sys.modules[module])[name], set())}


def _resource_class(token: str) -> type | None:
    """The class that the program imported for a type token."""
    cls = _registered_class(token)
    if cls is None and token not in _RESOURCE_CLASSES:
        _find_resource_classes()
    return cls or _RESOURCE_CLASSES.get(token)


def _registered_class(token: str) -> type | None:
    """The class that a generated SDK registered for a type token.

    Classes bear their token themselves (`pulumi.type_token`) only since the spring of 2025.
    Source: pulumi/pulumi, pkg/codegen/python/utilities.py, class Module.
    """
    from pulumi.runtime.rpc import get_resource_module  # noqa: PLC0415 - it may be missing

    package, _, rest = token.partition(":")
    module = get_resource_module(package, rest.rpartition(":")[0], "")
    told: dict[str, typing.Any] = getattr(module, "mod_info", {})
    loaded = sys.modules.get(told.get("fqn", ""))
    # The module has been loaded, since the program used the class.
    cls = None if loaded is None else _contents(loaded).get(told["classes"].get(token))
    return cls if isinstance(cls, type) else None


def _contents(module: types.ModuleType) -> dict[str, typing.Any]:
    """What a module holds.

    `vars` would load each module of an SDK that waits for its first use: minutes, for AWS.
    """
    contents: dict[str, typing.Any] = object.__getattribute__(module, "__dict__")
    return contents


def _package(token: str) -> bool:
    """Whether the program imported the SDK that a token belongs to."""
    return _sdk(token.partition(":")[0]) in sys.modules


def _sdk(package: str) -> str:
    """The name of the Python package that is the SDK of a Pulumi package."""
    return f"pulumi_{package.replace('-', '_')}"


def _find_resource_classes() -> None:
    import pulumi  # noqa: PLC0415 - it may be missing, which the runner tells

    waiting: list[type] = [pulumi.CustomResource]
    while waiting:
        cls = waiting.pop()
        waiting.extend(cls.__subclasses__())
        token = vars(cls).get("pulumi_type")
        if isinstance(token, str):
            _RESOURCE_CLASSES.setdefault(token, cls)


def _properties(cls: type, parameters: set[str]) -> list[list[object]]:
    """Lists wire name, kind, whether optional, and whether it may be set, of each property."""
    properties: list[list[object]] = []
    for base in reversed(cls.__mro__):
        for name, member in vars(base).items():
            getter = member.fget if isinstance(member, property) else None
            wire_name = getattr(getter, _WIRE_NAME, None)
            if getter is None or wire_name is None:
                continue
            # A namespace of its own keeps `typing` from giving the class that another module of
            # the SDK has under the same name: it remembers what a name stood for.
            annotation = typing.get_type_hints(getter, localns={}).get("return", typing.Any)
            kind, optional = kind_of(annotation)
            properties.append([wire_name, kind, optional, name in parameters])
    return properties


def kind_of(annotation: typing.Any) -> tuple[list[object], bool]:  # noqa: ANN401 - any annotation
    """The kind of a value, and whether it may be missing."""
    import pulumi  # noqa: PLC0415 - it may be missing, which the runner tells

    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    if type(None) in arguments:
        rest = [argument for argument in arguments if argument is not type(None)]
        return kind_of(rest[0])[0], True
    if origin is pulumi.Output or origin is typing.Union:
        return kind_of(arguments[0])
    if isinstance(origin, type) and issubclass(origin, abc.Mapping):
        return ["map", kind_of(arguments[-1])[0]], False
    if isinstance(origin, type) and issubclass(origin, abc.Sequence):
        return ["list", kind_of(arguments[0])[0]], False
    return _class_kind(annotation), False


def _class_kind(annotation: typing.Any) -> list[object]:  # noqa: ANN401 - any annotation
    import pulumi  # noqa: PLC0415 - it may be missing, which the runner tells

    if not isinstance(annotation, type):
        return ["any"]
    if issubclass(annotation, enum.Enum):
        return [_plain_kind(annotation), [member.value for member in annotation]]
    if issubclass(annotation, pulumi.Resource):
        return ["resource", vars(annotation).get("pulumi_type", "")]
    if issubclass(annotation, (pulumi.Asset, pulumi.Archive)):
        return ["asset" if issubclass(annotation, pulumi.Asset) else "archive"]
    getters = (getattr(member, "fget", None) for member in vars(annotation).values())
    if any(hasattr(getter, _WIRE_NAME) for getter in getters):
        return ["object", f"{annotation.__module__}:{annotation.__name__}"]
    return [_plain_kind(annotation)]


def _plain_kind(cls: type) -> str:
    # bool comes before int, which it is to Python.
    kinds = ((bool, "boolean"), (int, "integer"), (float, "number"), (str, "string"))
    return next((kind for plain, kind in kinds if issubclass(cls, plain)), "any")


QUESTIONS: dict[str, typing.Callable[[str], object]] = {
    "resource": _resource,
    "required": _required,
    "function": _function,
    "class": _class,
    "package": _package,
}
