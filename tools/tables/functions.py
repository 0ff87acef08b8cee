"""The modules of an installed Pulumi SDK, with the classes of their types and functions."""

import importlib
import pkgutil
import warnings
from collections.abc import Mapping
from types import ModuleType

from tools.tables.sdk import listed


def modules(package: str) -> list[str]:
    """The modules of an SDK, in order; what has no module is in the one of the package's name."""
    path = importlib.import_module(package).__path__
    return sorted([package, *(each.name for each in pkgutil.iter_modules(path) if each.ispkg)])


def module(package: str, name: str) -> ModuleType:
    """A module of an SDK, imported."""
    with warnings.catch_warnings():
        # The SDK warns of deprecated types in its own modules.
        warnings.simplefilter("ignore", DeprecationWarning)
        return importlib.import_module(package if name == package else f"{package}.{name}")


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
