"""What the classes of an installed Pulumi SDK say: properties, their kinds, their texts.

`python -m tools.tables.sdk aws` prints all texts, by token, as one JSON object; it runs in an
environment of the SDK's own.
"""

import importlib
import inspect
import json
import pkgutil
import sys
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from types import ModuleType
from typing import Any

from pulumi_preflight.outputs.shapes import Kind, Shape, Shapes
from pulumi_preflight.program.inside.classes import QUESTIONS


def modules(package: str) -> list[str]:
    """The modules of an SDK, in order; what has no module is in the one of the package's name."""
    path = importlib.import_module(package).__path__
    return sorted([package, *(each.name for each in pkgutil.iter_modules(path) if each.ispkg)])


def module(package: str, name: str) -> ModuleType:
    """A module of an SDK, imported."""
    with warnings.catch_warnings():
        # The SDK warns of deprecated types in its own modules.
        warnings.simplefilter("ignore", DeprecationWarning)
        found = importlib.import_module(package if name == package else f"{package}.{name}")
        # The SDK loads a module when something in it is looked at.
        getattr(found, "__all__", None)
        return found


def types_of(imported: ModuleType) -> Mapping[str, type]:
    """The tokens of a module's resources to their classes."""
    package = imported.__name__.partition(".")[0]
    found: dict[str, type] = {}
    with warnings.catch_warnings():
        # The SDK loads a class when it is first asked for, and warns of deprecated ones.
        warnings.simplefilter("ignore", DeprecationWarning)
        for token, (path, name) in listed(package).items():
            if path == imported.__name__:
                found[token] = getattr(imported, name)
    return found


def functions_of(imported: ModuleType) -> Mapping[str, type]:
    """The tokens of a module's functions to the classes of their results."""
    package, _, name = imported.__name__.partition(".")
    folder = name.removesuffix("_") or "index"
    found: dict[str, type] = {}
    for cls in sorted(vars(imported)):
        if cls.startswith("Get") and cls.endswith("Result"):
            member = f"g{cls[1:].removesuffix('Result')}"
            token = f"{package.removeprefix('pulumi_')}:{folder}/{member}:{member}"
            found[token] = vars(imported)[cls]
    return found


Texts = Mapping[str, str]
"""Property to what the SDK writes of it."""

_SHAPES = Shapes(lambda question, about: QUESTIONS[question](about))


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourceClass:
    """One resource class of the SDK.

    Attributes:
        token: The type token.
        shape: Its properties.
        required: Those that a program must give.
        texts: What the SDK writes of each.
    """

    token: str
    shape: Shape
    required: frozenset[str]
    texts: Texts

    @property
    def short(self) -> str:
        """The token without package and class name, such as `ec2/vpc`."""
        return self.token.split(":")[1]

    def kind(self, name: str) -> Kind:
        """The kind of a property; that of text where there is none of the name."""
        return next((each.kind for each in self.shape if each.name == name), Kind(name="string"))

    @property
    def unset(self) -> frozenset[str]:
        """What a program may leave out and AWS may fill in: optional and computed."""
        return frozenset(
            each.name
            for each in self.shape
            if each.settable and not each.optional and each.name not in self.required
        )


def listed(package: str) -> Mapping[str, tuple[str, str]]:
    """Each resource token of an SDK to the module and name of its class."""
    source = inspect.getsource(importlib.import_module(package))
    modules = source.split('resource_modules="""', 1)[1].split('"""', 1)[0]
    return {
        token: (module["fqn"], name)
        for module in json.loads(modules)
        for token, name in module["classes"].items()
    }


@cache
def classes(package: str) -> Mapping[str, ResourceClass]:
    """All resource classes of an SDK, by token."""
    found = {
        token: getattr(importlib.import_module(module), name)
        for token, (module, name) in listed(package).items()
    }
    return {token: _read(token, cls) for token, cls in found.items()}


def shape_of_record(reference: str) -> Shape:
    """The shape of a record that a property holds, such as one block of a list."""
    return _SHAPES.nested(reference) or ()


def _read(token: str, cls: type) -> ResourceClass:
    name = arguments_class(cls)
    home = vars(importlib.import_module(cls.__module__))
    parameters = inspect.signature(home[name]).parameters if name else {}
    missing = inspect.Parameter.empty
    needed = {name for name, each in parameters.items() if each.default is missing}
    members = dict(_members(cls))
    return ResourceClass(
        token=token,
        shape=_SHAPES.resource(token) or (),
        required=frozenset(wire for wire, (name, _) in members.items() if name in needed),
        texts={wire: text for wire, (_, text) in members.items()},
    )


def arguments_class(cls: type) -> str:
    """The name of the class of a resource's inputs, in the resource's own module; or nothing.

    Where a record of the SDK has the usual name, the inputs have the longer one.
    """
    home = vars(importlib.import_module(cls.__module__))
    names = (f"{cls.__name__}InitArgs", f"{cls.__name__}Args")
    return next((each for each in names if each in home), "")


def _members(cls: Any) -> Iterator[tuple[str, tuple[str, str]]]:  # noqa: ANN401 - a class of the SDK
    for base in reversed(cls.__mro__):
        for name, member in vars(base).items():
            getter = member.fget if isinstance(member, property) else None
            wire = getattr(getter, "_pulumi_name", None)
            if wire is not None:
                yield wire, (name, inspect.getdoc(getter) or "")


if __name__ == "__main__":
    found = classes(f"pulumi_{sys.argv[1]}")
    sys.stdout.write(json.dumps({token: dict(cls.texts) for token, cls in found.items()}))
