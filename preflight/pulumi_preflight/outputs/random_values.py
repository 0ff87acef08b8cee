"""Outputs of the `random` provider, which programs build names of: of the length they asked for.

Sources: https://www.pulumi.com/registry/packages/random/api-docs/, and for the ids
hashicorp/terraform-provider-random, internal/provider, and pulumi/pulumi-random,
provider/resources.go.
"""

from base64 import b64encode, urlsafe_b64encode
from collections.abc import Callable
from itertools import cycle, islice

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


def _text(subject: Subject, inputs: Properties) -> str:
    # One digit and both cases, as most rules for passwords want.
    text = f"Aa1{subject.digits('result', 61)}"
    return "".join(islice(cycle(text), _whole(inputs.get("length"), _DEFAULT_LENGTH)))


def _string(subject: Subject, inputs: Properties) -> Properties:
    text = _text(subject, inputs)
    return {"id": text, "result": text}


def _password(subject: Subject, inputs: Properties) -> Properties:
    return {
        "id": "none",
        "result": _text(subject, inputs),
        "bcryptHash": f"$2a$10${subject.digits('bcryptHash', 53)}",
    }


def _integer(_subject: Subject, inputs: Properties) -> Properties:
    number = _whole(inputs.get("min"), 0)
    return {"id": str(number), "result": float(number)}


def _hex(subject: Subject, count: PropertyValue) -> str:
    """The digits of so many bytes, of one at least."""
    return "".join(islice(cycle(subject.digits("hex", 64)), 2 * max(1, _whole(count, 8))))


def _id(subject: Subject, inputs: Properties) -> Properties:
    digits = _hex(subject, inputs.get("byteLength"))
    prefix = without_secret(inputs.get("prefix")) or ""
    own = bytes.fromhex(digits)
    short = urlsafe_b64encode(own).decode().rstrip("=")
    return {
        "id": short,
        "hex": f"{prefix}{digits}",
        "dec": f"{prefix}{int.from_bytes(own, 'big')}",
        "b64Std": f"{prefix}{b64encode(own).decode()}",
        "b64Url": f"{prefix}{short}",
    }


def _bytes(subject: Subject, inputs: Properties) -> Properties:
    digits = _hex(subject, inputs.get("length"))
    text = b64encode(bytes.fromhex(digits)).decode()
    return {"id": text, "hex": digits, "base64": text}


def _pet(subject: Subject, inputs: Properties) -> Properties:
    words = [_WORDS[subject.number("word", len(_WORDS))], _ANIMALS[subject.number("pet", 10)]]
    separator = without_secret(inputs.get("separator"))
    prefix = without_secret(inputs.get("prefix"))
    parts = [prefix, *words] if isinstance(prefix, str) else words
    return {"id": (separator if isinstance(separator, str) else "-").join(parts)}


def _uuid(subject: Subject, _inputs: Properties) -> Properties:
    text = resource_id(subject)
    if subject.token == _UUID7:
        # The third group begins with the version.
        text = f"{text[:14]}7{text[15:]}"
    return {"id": text, "result": text}


def _shuffle(_subject: Subject, inputs: Properties) -> Properties:
    given = without_secret(inputs.get("inputs"))
    items = given if isinstance(given, list) else []
    return {"id": "-", "results": items[: _whole(inputs.get("resultCount"), len(items))]}


_UUID7 = "random:index/randomUuid7:RandomUuid7"
_MAKERS: dict[str, Callable[[Subject, Properties], Properties]] = {
    "random:index/randomBytes:RandomBytes": _bytes,
    "random:index/randomId:RandomId": _id,
    "random:index/randomInteger:RandomInteger": _integer,
    "random:index/randomPassword:RandomPassword": _password,
    "random:index/randomPet:RandomPet": _pet,
    "random:index/randomShuffle:RandomShuffle": _shuffle,
    "random:index/randomString:RandomString": _string,
    "random:index/randomUuid4:RandomUuid4": _uuid,
    _UUID7: _uuid,
    "random:index/randomUuid:RandomUuid": _uuid,
}
