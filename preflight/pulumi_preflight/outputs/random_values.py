"""Outputs of the `random` provider, which programs build names of: of the length they asked for.

Source: https://www.pulumi.com/registry/packages/random/api-docs/.
"""

from collections.abc import Callable

from pulumi_preflight.outputs.ids import resource_id
from pulumi_preflight.outputs.subject import Subject
from pulumi_preflight.wire import Properties, PropertyValue, without_secret

_DEFAULT_LENGTH = 16
_WORDS = ("amber", "brave", "calm", "eager", "fair", "gentle", "kind", "lively", "proud", "quiet")
_ANIMALS = ("ant", "bear", "crane", "deer", "eagle", "fox", "goose", "hare", "ibis", "jay")


def random_outputs(subject: Subject, inputs: Properties) -> Properties:
    """The outputs of a resource of that provider; none for any other."""
    make = _MAKERS.get(subject.token) if subject.package == "random" else None
    return make(subject, inputs) if make else {}


def _whole(value: PropertyValue, default: int) -> int:
    plain = without_secret(value)
    return int(plain) if isinstance(plain, float) else default


def _text(subject: Subject, inputs: Properties) -> Properties:
    length = _whole(inputs.get("length"), _DEFAULT_LENGTH)
    # One digit and both cases, as most rules for passwords want.
    text = f"Aa1{subject.digits('result', 61)}" * (length // 64 + 1)
    return {"result": text[:length]}


def _integer(_subject: Subject, inputs: Properties) -> Properties:
    return {"result": float(_whole(inputs.get("min"), 0))}


def _bytes(subject: Subject, inputs: Properties) -> Properties:
    digits = subject.digits("hex", 64)[: 2 * _whole(inputs.get("byteLength"), 8)]
    prefix = without_secret(inputs.get("prefix")) or ""
    return {"hex": f"{prefix}{digits}", "dec": f"{prefix}{int(digits, 16)}"}


def _pet(subject: Subject, inputs: Properties) -> Properties:
    words = [_WORDS[subject.number("word", len(_WORDS))], _ANIMALS[subject.number("pet", 10)]]
    separator = without_secret(inputs.get("separator"))
    prefix = without_secret(inputs.get("prefix"))
    parts = [prefix, *words] if isinstance(prefix, str) else words
    return {"id": (separator if isinstance(separator, str) else "-").join(parts)}


def _uuid(subject: Subject, _inputs: Properties) -> Properties:
    return {"result": resource_id(subject)}


def _shuffle(_subject: Subject, inputs: Properties) -> Properties:
    given = without_secret(inputs.get("inputs"))
    items = given if isinstance(given, list) else []
    return {"results": items[: _whole(inputs.get("resultCount"), len(items))]}


_MAKERS: dict[str, Callable[[Subject, Properties], Properties]] = {
    "random:index/randomId:RandomId": _bytes,
    "random:index/randomInteger:RandomInteger": _integer,
    "random:index/randomPassword:RandomPassword": _text,
    "random:index/randomPet:RandomPet": _pet,
    "random:index/randomShuffle:RandomShuffle": _shuffle,
    "random:index/randomString:RandomString": _text,
    "random:index/randomUuid:RandomUuid": _uuid,
}
