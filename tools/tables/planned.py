"""What the real provider's plan knows of a new resource that nobody gave.

Source: Terraform's AWS provider, asked over its plugin protocol for planned creations with the
required arguments alone. pulumi-aws is bridged from it: a property is an attribute in camelCase,
and a list of several has a plural's name. Which type is which is not written down there, so it is
told by the properties that they share and by the words of their names.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

from tools.tables.sdk import ResourceClass

_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z0-9]+")
_NAME_WEIGHT = 0.35
_MODULE_WEIGHT = 0.3
_LEAST_SHARED = 0.5
# Types that the SDK has under two modules.
_TWINS = {"aws:lb/": "aws:alb/"}

_Row = TypeVar("_Row")
Planned = Mapping[str, Mapping[str, Any]]


def planned(
    tokens: Mapping[str, str], defaults: Mapping[str, Any], types: Mapping[str, ResourceClass]
) -> Planned:
    """Token to property to the value that the plan knows.

    Args:
        tokens: Terraform's type to its token.
        defaults: Terraform's type to what its plan said: `defaults` is path to value.
        types: The SDK's classes.
    """
    found: dict[str, Mapping[str, Any]] = {}
    for name, token in tokens.items():
        known = defaults.get(name, {}).get("defaults", {})
        properties = {each.name for each in types[token].shape} - types[token].required
        values = {
            wire: _as_bridged(value)
            for path, value in known.items()
            if value not in ("", [], {}) and (wire := same_property(path, properties))
        }
        if values:
            found[token] = values
    return with_twins(found, types)


def with_twins(found: Mapping[str, _Row], types: Mapping[str, ResourceClass]) -> dict[str, _Row]:
    """The rows, and those of types that the SDK has under a second module."""
    twins = {
        token.replace(module, twin, 1): row
        for token, row in found.items()
        for module, twin in _TWINS.items()
        if token.startswith(module)
    }
    return {**found, **{token: row for token, row in twins.items() if token in types}}


def same_types(schema: Mapping[str, Any], types: Mapping[str, ResourceClass]) -> Mapping[str, str]:
    """Terraform's type to the token that is bridged from it, as far as that is told.

    Args:
        schema: Terraform's type to its block: attributes under `a`, nested blocks under `b`.
        types: The SDK's classes.
    """
    found = {
        name: _same_type(name, [*block["a"], *block.get("b", ())], types)
        for name, block in schema.items()
    }
    return {name: token for name, token in found.items() if token is not None}


def _as_bridged(value: Any) -> Any:  # noqa: ANN401 - JSON
    """The value that pulumi-aws plans in the place of Terraform's.

    Source: pulumi/pulumi-aws, provider/resources.go (managedByPulumi).
    """
    return "Managed by Pulumi" if value == "Managed by Terraform" else value


def same_property(attribute: str, properties: Iterable[str]) -> str | None:
    """The property that is bridged from an attribute, `None` where none is."""
    return next((each for each in _spellings(attribute) if each in properties), None)


def _spellings(attribute: str) -> list[str]:
    first, *rest = attribute.split("_")
    name = first + "".join(word.capitalize() for word in rest)
    return [name, f"{name}s", f"{name}es", f"{name.removesuffix('y')}ies"]


def _same_type(name: str, attributes: list[str], types: Mapping[str, ResourceClass]) -> str | None:
    best, best_token = 0.0, None
    words = set(name.split("_")[1:])
    spelled = {attribute: _spellings(attribute) for attribute in attributes if attribute != "id"}
    for token, cls in types.items():
        properties = {each.name for each in cls.shape}
        shared = sum(any(each in properties for each in forms) for forms in spelled.values())
        share = shared / max(1, len(properties) + len(spelled) - shared)
        module, type_ = cls.short.split("/")
        own = {word.lower() for word in _WORDS.findall(type_)}
        likeness = len(own & words) / len(own | words)
        likeness += _MODULE_WEIGHT * (module.lower() in name.replace("_", ""))
        if share >= _LEAST_SHARED and share + _NAME_WEIGHT * likeness > best:
            best, best_token = share + _NAME_WEIGHT * likeness, token
    return best_token
