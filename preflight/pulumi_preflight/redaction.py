"""Keeps secrets out of reports.

Source: pulumi/pulumi, sdk/go/common/resource/properties.go (the signature keys) and
sdk/go/common/util/logging (texts shorter than three characters are not filtered).
"""

import re
from collections.abc import Iterable, Iterator

from google.protobuf.struct_pb2 import Struct, Value

SECRET = "[secret]"  # noqa: S105 - what is shown in place of a secret
UNKNOWN = "[unknown]"

_SIGNATURE_KEY = "4dabf18193072939515e22adb298388d"
_SECRET_SIGNATURE = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105 - marks a secret, is none
_UNKNOWN_TEXTS = frozenset(
    {
        "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",  # boolean
        "3eeb2bf0-c639-47a8-9e75-3b44932eb421",  # number
        "04da6b54-80e4-46f7-96ec-b56ff0331ba9",  # string, and whatever has no kind of its own
        "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",  # array
        "030794c1-ac77-496b-92df-f27374a8bd58",  # asset
        "e48ece36-62e2-4504-bad9-02848725956a",  # archive
        "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",  # object
    }
)
_SHORTEST = 3

Json = None | bool | float | str | list["Json"] | dict[str, "Json"]


def readable(properties: Struct) -> dict[str, Json]:
    """Gives properties as JSON, with secrets and unknown values replaced by a word for them."""
    return {name: _readable(value) for name, value in properties.fields.items()}


def secret_texts(properties: Struct) -> Iterator[str]:
    """Every text inside a secret, at any depth."""
    for value in properties.fields.values():
        yield from _secret_texts(value, secret=False)


class Redactor:
    """Replaces known secrets in texts, such as a rule's message that quotes a value."""

    def __init__(self, secrets: Iterable[str]) -> None:
        known = sorted({text for text in secrets if len(text) >= _SHORTEST}, key=len, reverse=True)
        self._pattern = re.compile("|".join(map(re.escape, known))) if known else None

    def __call__(self, text: str) -> str:
        """Gives `text` without secrets."""
        return self._pattern.sub(SECRET, text) if self._pattern else text


def _readable(value: Value) -> Json:
    match value.WhichOneof("kind"):
        case "struct_value":
            return SECRET if _is_secret(value.struct_value) else readable(value.struct_value)
        case "list_value":
            return [_readable(item) for item in value.list_value.values]
        case "string_value":
            return UNKNOWN if value.string_value in _UNKNOWN_TEXTS else value.string_value
        case "number_value":
            number = value.number_value
            return int(number) if number.is_integer() else number
        case "bool_value":
            return value.bool_value
        case _:
            return None


def _secret_texts(value: Value, *, secret: bool) -> Iterator[str]:
    match value.WhichOneof("kind"):
        case "struct_value":
            fields = value.struct_value.fields
            if _is_secret(value.struct_value):
                yield from _secret_texts(fields["value"], secret=True)
            else:
                for inner in fields.values():
                    yield from _secret_texts(inner, secret=secret)
        case "list_value":
            for inner in value.list_value.values:
                yield from _secret_texts(inner, secret=secret)
        case "string_value" if secret and value.string_value not in _UNKNOWN_TEXTS:
            yield value.string_value
        case _:
            return


def _is_secret(properties: Struct) -> bool:
    fields = properties.fields
    return _SIGNATURE_KEY in fields and fields[_SIGNATURE_KEY].string_value == _SECRET_SIGNATURE
