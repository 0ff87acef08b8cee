"""Fills in every type and function of modules of the AWS SDK, and asks the sources of each value.

Each type is registered with its required inputs, each function is asked with its own. Every text,
number and flag that preflight fills in then, records' and lists' items too, is *held* where a
source takes it, *refused* where one does not, and *open* where none tells its form.
`python -m tests.sweep.sweep` prints how many there are, and writes `open.json`: by module, how
many values are open and how many refused. No change may add to either number.
"""

import gzip
import json
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache
from pathlib import Path
from types import ModuleType

from pulumi_preflight.outputs import Outputs, WantedOutputs
from pulumi_preflight.outputs.answers import Answers
from pulumi_preflight.outputs.answers.calls import Call, RefusedCallError
from pulumi_preflight.outputs.facts import words_of
from pulumi_preflight.outputs.inventions import Filling
from pulumi_preflight.outputs.names import name_properties
from pulumi_preflight.outputs.shapes import Kind, Shape, Shapes, in_kind
from pulumi_preflight.outputs.subject import Place, subject_kind
from pulumi_preflight.program.inside.classes import QUESTIONS
from pulumi_preflight.wire import Properties, PropertyValue, has_unknown
from tests.sweep import arns, responses, schemas, texts
from tests.sweep.inputs import made, members, required_of_class, required_of_function
from tests.sweep.rules import Rule, Source
from tools.tables.__main__ import WORDS
from tools.tables.sdk import functions_of, listed, module, modules, types_of

SDK = "pulumi_aws"
OPEN = Path(__file__).parent / "open.json"
_PLACE = Place(region="us-east-1", known_account="123456789012")


class Verdict(StrEnum):
    """What the sources say of a value."""

    HELD = "held to a source"
    REFUSED = "refused by a source"
    FREE = "open: its source calls it any text"
    OWN = "open: only the source that it was made of tells its form"
    UNKNOWN = "open: no source knows the property"
    WRONG = "not of the property's kind"


@dataclass(frozen=True, slots=True, order=True)
class Value:
    """One value that was filled in.

    Attributes:
        token: The type or function.
        property: Its path, without indexes: `identities.oidcs.issuer`.
        verdict: What the sources say of it.
        shown: The value, as JSON.
        sources: Who told its form.
    """

    token: str
    property: str
    verdict: Verdict
    shown: str
    sources: tuple[Source, ...] = ()


@dataclass(frozen=True, slots=True)
class Counts:
    """How much of one module is not held to a source."""

    open: int
    refused: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _About:
    """The type or function whose values are judged."""

    token: str
    texts: Mapping[str, str]
    shapes: Shapes

    @property
    def home(self) -> tuple[str, str]:
        """The module and the type, `ec2` and `Vpc` for `getVpc` too."""
        _, path, member = self.token.split(":")
        return path.partition("/")[0], member.removeprefix("get")

    def rules(self, path: tuple[str, ...], text: str = "") -> frozenset[Rule]:
        """What the sources say of a property."""
        said = responses.rules(*self.home, path) | schemas.rules(*self.home, path)
        return said | texts.rules(path[-1], text or self.texts.get(path[0], "") * (len(path) == 1))


def swept(name: str) -> list[Value]:
    """All values of all types and functions of a module."""
    imported = module(SDK, name)
    shapes = Shapes(lambda question, about: QUESTIONS[question](about))
    outputs = Outputs(shapes, keep_unknowns=False)
    return [*_of_types(imported, shapes, outputs), *_of_functions(imported, shapes, outputs)]


def counts(values: Sequence[Value]) -> Counts:
    """How many of the values are open, and how many are refused."""
    found = Counter(each.verdict for each in values)
    is_open = (Verdict.FREE, Verdict.OWN, Verdict.UNKNOWN)
    return Counts(sum(found[each] for each in is_open), found[Verdict.REFUSED])


def known_counts() -> Mapping[str, Counts]:
    """Module to what `open.json` says of it."""
    read = json.loads(OPEN.read_text(encoding="utf-8"))
    return {module: Counts(*numbers) for module, numbers in read.items()}


def _of_types(imported: ModuleType, shapes: Shapes, outputs: Outputs) -> Iterator[Value]:
    for token, cls in types_of(imported).items():
        about = _About(token=token, texts=_texts(cls), shapes=shapes)
        shape = shapes.resource(token) or ()
        given = made(shape, required_of_class(cls), shapes, about.rules)
        filled = outputs.of_resource(
            WantedOutputs(urn=f"urn:pulumi:dev::shop::{token}::thing", inputs=given, place=_PLACE)
        )
        # The name is what Pulumi makes of the logical one, whether AWS takes that or not.
        named = name_properties(subject_kind(token))
        own = {
            name
            for name, how in filled.fillings.items()
            if how is not Filling.EMPTY and name not in named
        }
        values = list(
            _judged(
                about, shape, {name: value for name, value in filled.outputs.items() if name in own}
            )
        )
        yield from values
        # An id is often the name that was given, which nobody made up.
        if filled.id not in (*given.values(), *(filled.outputs.get(name) for name in named)):
            yield _of_id(about, filled.id, values)


def _of_functions(imported: ModuleType, shapes: Shapes, outputs: Outputs) -> Iterator[Value]:
    answers = Answers(shapes, outputs)
    for token, cls in functions_of(imported).items():
        about = _About(token=token, texts=_texts(cls), shapes=shapes)
        # By the class itself, since other modules that are loaded may have one of its name.
        shape = shapes.nested(f"{cls.__module__}:{cls.__name__}") or ()
        given = made(shape, required_of_function(cls), shapes, about.rules)
        try:
            answered = answers.of(Call(token, given, _PLACE), {})
        except RefusedCallError:
            # The provider does not take such a text, or the required arguments alone.
            continue
        # What follows from the arguments is held to the real provider, by
        # `tests/preflight/answers/test_real_provider.py`.
        filled = {
            name: value
            for name, value in answered.outputs.items()
            if name not in given and name not in answered.follows
        }
        id_ = filled.pop("id", None)
        values = list(_judged(about, shape, filled))
        yield from values
        if isinstance(id_, str) and id_ not in given.values():
            yield _of_id(about, id_, values)


@cache
def _texts(cls: type) -> Mapping[str, str]:
    return {wire: text for _, wire, text in members(cls)}


def _of_id(about: _About, id_: str, others: Sequence[Value]) -> Value:
    """An id is the provider's own, so a source's form can only confirm that it is AWS's as well.

    Args:
        about: The type or function.
        id_: The id.
        others: Its other values; an id that is one of them, as an ARN, is what that is.
    """
    shown = json.dumps(id_)
    same = next((each for each in others if each.shown == shown), None)
    if same is not None:
        return replace(same, property="id")
    rules = [each for each in about.rules(("id",)) if each.tells_form and each.takes(id_)]
    verdict = Verdict.HELD if rules else Verdict.UNKNOWN
    return Value(about.token, "id", verdict, shown, _sources(rules))


def _judged(about: _About, shape: Shape, filled: Properties) -> Iterator[Value]:
    kinds = {each.name: each.kind for each in shape}
    for name, value in filled.items():
        if name in kinds:
            yield from _leaves(about, kinds[name], (name,), value, about.texts.get(name, ""))
        else:
            yield Value(about.token, name, Verdict.WRONG, "the SDK has no such property")


def _leaves(
    about: _About, kind: Kind, path: tuple[str, ...], value: PropertyValue, text: str
) -> Iterator[Value]:
    if has_unknown(value) or kind.name in ("any", "map"):
        return
    if not _is_of(value, kind):
        yield Value(about.token, ".".join(path), Verdict.WRONG, json.dumps(value))
    elif isinstance(value, list) and kind.item is not None:
        for item in value:
            yield from _leaves(about, kind.item, path, item, text)
    elif isinstance(value, dict):
        shape = {each.name: each.kind for each in about.shapes.nested(kind.reference) or ()}
        inner = _texts(_class(kind.reference))
        for name, item in value.items():
            yield from _leaves(about, shape[name], (*path, name), item, inner.get(name, ""))
    elif value is not None:
        yield _leaf(about, kind, path, value, text)


def _class(reference: str) -> type:
    module, _, name = reference.partition(":")
    found: type = vars(sys.modules[module])[name]
    return found


def _leaf(
    about: _About, kind: Kind, path: tuple[str, ...], value: PropertyValue, text: str
) -> Value:
    name = ".".join(path)
    plain = {"integer": "number"}.get(kind.name, kind.name)
    # A source that has another kind of value under the name speaks of something else.
    said = [each for each in about.rules(path, text) if each.plain == plain]
    if isinstance(value, str) and value.startswith("arn:") and path[-1].lower().endswith("arn"):
        said += arns.rules(path[-1], value)
    telling = [each for each in said if each.tells_form]
    # Most ARNs are made of the reference, and some words and forms of botocore's responses.
    makers = {Source.ARNS}
    kind_ = subject_kind(about.token)
    if name in words_of(kind_):
        makers.add(Source.SCHEMAS if name in _of_schemas().get(kind_, ()) else Source.RESPONSES)
    judging = [each for each in telling if each.source not in makers]
    is_taken = all(
        any(each.takes(value) for each in telling if each.source is source)
        for source in _sources(telling)
    )
    if not is_taken:
        verdict = Verdict.REFUSED
    elif judging:
        verdict = Verdict.HELD
    elif telling:
        verdict = Verdict.OWN
    else:
        verdict = Verdict.FREE if said else Verdict.UNKNOWN
    return Value(about.token, name, verdict, json.dumps(value), _sources(telling))


@cache
def _of_schemas() -> Mapping[str, Sequence[str]]:
    """Kind to the paths whose word CloudFormation's schemas told."""
    page: Mapping[str, Mapping[str, Sequence[str]]] = json.loads(
        gzip.decompress(WORDS.read_bytes())
    )
    return page.get("schemas", {})


def _sources(rules: list[Rule]) -> tuple[Source, ...]:
    return tuple(sorted({each.source for each in rules}))


_PLAIN: Mapping[str, type | tuple[type, ...]] = {
    "boolean": bool,
    "integer": (int, float),
    "list": list,
    "map": dict,
    "number": (int, float),
    "object": dict,
    "string": str,
}


def _is_of(value: PropertyValue, kind: Kind) -> bool:
    """Whether a value is of a property's kind."""
    expected = _PLAIN.get(kind.name)
    if expected is None or value is None:
        return True
    if not isinstance(value, expected) or in_kind(value, kind) != value:
        return False
    return not kind.choices or value in kind.choices


def main() -> None:
    """Prints what is held to which source, and writes `open.json`."""
    found = {name: swept(name) for name in modules(SDK)}
    lines = {
        name: [each.open, each.refused]
        for name, each in ((name, counts(values)) for name, values in found.items())
    }
    OPEN.write_text(
        "{\n"
        + ",\n".join(f"  {json.dumps(name)}: {json.dumps(two)}" for name, two in lines.items())
        + "\n}\n",
        encoding="utf-8",
    )
    values = [each for several in found.values() for each in several]
    functions = sum(len(functions_of(module(SDK, name))) for name in found)
    sys.stdout.write(f"{len(listed(SDK))} types, {functions} functions, {len(values)} values\n")
    for verdict, count in Counter(each.verdict for each in values).most_common():
        sys.stdout.write(f"{count:6} {verdict}\n")
    for source, count in Counter(source for each in values for source in each.sources).items():
        sys.stdout.write(f"{count:6} told by {source}\n")


if __name__ == "__main__":
    main()
