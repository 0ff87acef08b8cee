"""Fills in every type and function of modules of the AWS SDK, and asks the sources of each value.

`python -m tests.sweep.sweep` writes `open.json`: by module, how many filled values no source
knows, and how many all sources of their name refuse. A service often has one name for several
things, so what is refused need not be wrong; but no change may add to either number.
"""

import importlib
import json
import sys
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

from ops.tables.sdk import listed
from pulumi_preflight.outputs import Outputs, Wanted
from pulumi_preflight.outputs.answers import Answers
from pulumi_preflight.outputs.arns import Place
from pulumi_preflight.outputs.aws_answers import Call
from pulumi_preflight.outputs.kinds import in_kind
from pulumi_preflight.outputs.shapes import Kind, Shape, Shapes
from pulumi_preflight.program.inside.classes import QUESTIONS
from pulumi_preflight.wire import Properties, PropertyValue, has_unknown
from tests.sweep.sources import rules_for

SDK = "pulumi_aws"
OPEN = Path(__file__).parent / "open.json"
_PLACE = Place(region="us-east-1")


@dataclass(frozen=True, slots=True, order=True)
class Value:
    """One value that was filled in.

    Attributes:
        token: The type or function.
        property: The name on the wire.
        problem: What is wrong with it, empty where nothing is.
        open: Whether no source knows the form of such a value.
        refused: Whether all sources of the name refuse the value.
    """

    token: str
    property: str
    problem: str = ""
    open: bool = False
    refused: bool = False


@dataclass(frozen=True, slots=True)
class Counts:
    """How much of one module is not held to a source."""

    open: int
    refused: int


def modules() -> list[str]:
    """The SDK's modules that have resources, in order."""
    names = {module for module, _ in listed(SDK).values()}
    return sorted(name.removeprefix(f"{SDK}.") for name in names)


def swept(module: str) -> list[Value]:
    """All values of all types and functions of a module."""
    imported = _imported(module)
    shapes = Shapes(lambda question, about: QUESTIONS[question](about))
    outputs = Outputs(shapes, keep_unknowns=False)
    return [*_of_types(module, shapes, outputs), *_of_functions(imported, shapes, outputs)]


def counts(values: list[Value]) -> Counts:
    """How many of the values are open, and how many are refused."""
    return Counts(sum(each.open for each in values), sum(each.refused for each in values))


def known_counts() -> Mapping[str, Counts]:
    """Module to what `open.json` says of it."""
    read = json.loads(OPEN.read_text(encoding="utf-8"))
    return {module: Counts(*numbers) for module, numbers in read.items()}


def types_of(module: str) -> list[str]:
    """The tokens of a module's resources."""
    name = SDK if module == SDK else f"{SDK}.{module}"
    return [token for token, (known, _) in listed(SDK).items() if known == name]


def _imported(module: str) -> ModuleType:
    with warnings.catch_warnings():
        # The SDK warns of deprecated types in its own modules.
        warnings.simplefilter("ignore", DeprecationWarning)
        imported = importlib.import_module(SDK if module == SDK else f"{SDK}.{module}")
        for token in types_of(module):
            getattr(imported, listed(SDK)[token][1])
        return imported


def _of_types(module: str, shapes: Shapes, outputs: Outputs) -> Iterator[Value]:
    for token in types_of(module):
        shape = shapes.resource(token) or ()
        given: Properties = {}
        filled = outputs.of_resource(
            Wanted(urn=f"urn:pulumi:dev::shop::{token}::thing", inputs=given, place=_PLACE)
        )
        yield from _judged(token, shape, filled.outputs)


def _of_functions(imported: ModuleType, shapes: Shapes, outputs: Outputs) -> Iterator[Value]:
    answers = Answers(shapes, outputs)
    folder = imported.__name__.removeprefix(SDK).removeprefix(".").removesuffix("_") or "index"
    for name in sorted(vars(imported)):
        if name.startswith("Get") and name.endswith("Result"):
            member = f"g{name[1:].removesuffix('Result')}"
            token = f"aws:{folder}/{member}:{member}"
            cls = vars(imported)[name]
            # By the class itself, since other modules that are loaded may have one of its name.
            shape = shapes.nested(f"{cls.__module__}:{name}") or ()
            yield from _judged(token, shape, answers.of(Call(token, {}, _PLACE), {}))


def _judged(token: str, shape: Shape, filled: Properties) -> Iterator[Value]:
    kinds = {each.name: each.kind for each in shape}
    _, path, type_ = token.split(":")
    module = path.partition("/")[0]
    for name, value in filled.items():
        if name not in kinds:
            yield Value(token, name, problem="the SDK has no such property")
        elif problem := _problem(value, kinds[name]):
            yield Value(token, name, problem=problem)
        elif isinstance(value, str):
            rules = rules_for(module, type_.removeprefix("get"), name)
            is_taken = any(rule.takes(value) for rule in rules)
            yield Value(token, name, open=not rules, refused=bool(rules) and not is_taken)


_PLAIN: Mapping[str, type | tuple[type, ...]] = {
    "boolean": bool,
    "integer": (int, float),
    "list": list,
    "map": dict,
    "number": (int, float),
    "object": dict,
    "string": str,
}


def _problem(value: PropertyValue, kind: Kind) -> str:
    expected = _PLAIN.get(kind.name)
    if expected is None or has_unknown(value):
        return ""
    if not isinstance(value, expected) or in_kind(value, kind) != value:
        return f"{value!r} is not of the kind {kind.name}"
    return (
        f"{value!r} is none of {kind.choices}" if kind.choices and value not in kind.choices else ""
    )


def main() -> None:
    """Writes `open.json`."""
    found = {module: counts(swept(module)) for module in modules()}
    lines = {module: [each.open, each.refused] for module, each in found.items()}
    OPEN.write_text(
        "{\n"
        + ",\n".join(f"  {json.dumps(module)}: {json.dumps(two)}" for module, two in lines.items())
        + "\n}\n",
        encoding="utf-8",
    )
    total = Counts(
        sum(each.open for each in found.values()), sum(each.refused for each in found.values())
    )
    sys.stdout.write(f"{total.open} values are held to no source, {total.refused} are refused\n")


if __name__ == "__main__":
    main()
