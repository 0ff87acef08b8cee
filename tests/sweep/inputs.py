"""Inputs that a type or function of the SDK cannot do without, made up from their kinds."""

import importlib
import inspect
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from pulumi_preflight.outputs.shapes import Kind, Shape, Shapes
from pulumi_preflight.wire import Properties, PropertyValue
from tests.sweep.rules import Rule
from tools.tables.sdk import arguments_class

RulesOf = Callable[[tuple[str, ...]], frozenset[Rule]]
"""Gives what the sources say of a property, by its path."""

# Texts to try, the plainest first; a source's form decides which one is given.
_ARN = "arn:aws:iam::123456789012:role/thing"
_TEXTS = (
    "thing",
    _ARN,
    "12345678-1234-4234-8234-123456789012",
    "0123456789abcdef0123456789abcdef",
    "123456789012",
    "a@example.com",
    "www.example.com",
    "https://example.com/thing",
    "10.0.0.0/16",
    "10.0.0.1",
    "2026-01-01T00:00:00Z",
    "1.0.0",
    "1",
    "/thing",
    "alias/thing",
    "vpc-0123456789abcdef0",
    "subnet-0123456789abcdef0",
    "sg-0123456789abcdef0",
    "us-east-1",
    "A" * 40,
)
# An SDK's function takes `name: pulumi.Input[Optional[str]]` where it needs one, and
# `pulumi.Input[Optional[Optional[str]]]` where it does not.
_NEEDED = re.compile(
    r"^(?:def \w+_output\(|\s+)(\w+): pulumi\.Input\[Optional\[(?!Optional)", re.MULTILINE
)
_DEPTH = 6


def required_of_class(cls: type) -> frozenset[str]:
    """The names on the wire of what a resource's class needs."""
    home, name = vars(importlib.import_module(cls.__module__)), arguments_class(cls)
    parameters = inspect.signature(home[name]).parameters if name else {}
    missing = inspect.Parameter.empty
    needed = {name for name, each in parameters.items() if each.default is missing}
    return frozenset(wire for name, wire, _ in members(cls) if name in needed)


def required_of_function(result: type) -> frozenset[str]:
    """The names on the wire of what a function needs, by the class of its result."""
    source = inspect.getsource(importlib.import_module(result.__module__))
    _, _, function = source.partition(f"-> pulumi.Output[{result.__name__}]")
    head = source[: len(source) - len(function)]
    needed = set(_NEEDED.findall(head[head.rfind("\ndef ") + 1 :]))
    return frozenset(wire for name, wire, _ in members(result) if name in needed)


def members(cls: Any) -> Iterator[tuple[str, str, str]]:  # noqa: ANN401 - a class of the SDK
    """Each property of a class: its name in Python, on the wire, and its text."""
    for base in reversed(cls.__mro__):
        for name, member in vars(base).items():
            getter = member.fget if isinstance(member, property) else None
            wire = getattr(getter, "_pulumi_name", None)
            if wire is not None:
                yield name, wire, inspect.getdoc(getter) or ""


def made(shape: Shape, names: frozenset[str], shapes: Shapes, rules_of: RulesOf) -> Properties:
    """Values for the named properties of a shape, and for what they need inside."""
    kinds: Mapping[str, Kind] = {each.name: each.kind for each in shape if each.name in names}
    return {name: _value(kind, (name,), shapes, rules_of) for name, kind in kinds.items()}


def _value(kind: Kind, path: tuple[str, ...], shapes: Shapes, rules_of: RulesOf) -> PropertyValue:
    if kind.choices:
        return kind.choices[0]
    value: PropertyValue = {}
    match kind.name:
        case "boolean":
            value = True
        case "integer" | "number":
            value = max((rule.least or 1.0 for rule in rules_of(path)), default=1.0)
        case "list" if kind.item is not None:
            deeper = len(path) < _DEPTH
            value = [_value(kind.item, path, shapes, rules_of)] if deeper else []
        case "object" if len(path) < _DEPTH:
            value = {
                each.name: _value(each.kind, (*path, each.name), shapes, rules_of)
                for each in shapes.nested(kind.reference) or ()
                if not each.optional
            }
        case "string":
            value = _text(path[-1], rules_of(path))
        case _:
            # Nobody knows the keys of a map, nor what is in an asset.
            pass
    return value


def _text(name: str, rules: frozenset[Rule]) -> str:
    choices = [min(rule.choices) for rule in rules if rule.choices]
    # Functions that take ARNs apart refuse any other text.
    likely = (_ARN,) if name.lower().endswith("arn") else ()
    tried: tuple[str, ...] = (*choices, *likely, *_TEXTS)
    return max(tried, key=lambda text: sum(rule.takes(text) for rule in rules))
