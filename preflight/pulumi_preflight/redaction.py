"""Keeps secrets out of reports."""

import json
import re
from collections.abc import Collection, Iterable, Iterator
from itertools import zip_longest

from google.protobuf.struct_pb2 import Struct

from pulumi_preflight.stack_context import is_urn, name_of
from pulumi_preflight.wire import (
    MARK,
    SECRET,
    UNKNOWN,
    Properties,
    PropertyValue,
    from_struct,
    is_marked,
    mark_of,
    without_references,
)

SHOWN_SECRET = "[secret]"  # noqa: S105 - what stands in place of one
SHOWN_UNKNOWN = "[unknown]"

# The engine's own filter leaves texts shorter than this, which occur everywhere, as they are.
# Source: pulumi/pulumi, sdk/go/common/util/logging/log.go.
_SHORTEST = 3

# A text as long as this does not stand inside an ordinary word by chance; a shorter one is hidden
# only as a word: `test` is not a part of `latest`.
_LONG = 8


class Redactor:
    """Replaces known secrets in texts, such as a rule's message that quotes a value.

    Logical names are typed in the open, and Pulumi shows them everywhere. So a secret that is a
    short word, which a name may hold by chance, does not make it unreadable: `orders` and
    `orders-web`. Any other secret stands there because the program put it there, and is hidden.
    """

    def __init__(self, secrets: Iterable[str], names: Iterable[str] = ()) -> None:
        """Takes the secrets, and the logical names that texts may quote."""
        written = {form for text in secrets for form in _forms(text)}
        known = sorted((text for text in written if len(text) >= _SHORTEST), key=len, reverse=True)
        self._pattern = _any_of(map(_pattern, known))
        self._open: re.Pattern[str] | None = None
        self._telling = _any_of(_pattern(text) for text in known if not _is_short_word(text))
        # A name that is a secret as a whole may stand for the secret in a text.
        self._open = _any_of(
            rf"(?<![\w-]){re.escape(name)}(?![\w-])"
            for name in sorted({*names} - written, key=len, reverse=True)
            if self(name) != name == self.name(name)
        )

    def __call__(self, text: str, spoken_of: Collection[str] = ()) -> str:
        """Gives `text` without secrets; names that hold one by chance stay as they are.

        Args:
            text: The text.
            spoken_of: The names of resources that the text speaks of. They stay as well where a
                short word is both such a name and a secret.
        """
        pattern = self._pattern
        if not pattern:
            return text

        def hidden(match: re.Match[str]) -> str:
            is_name = match[0] in spoken_of and _is_short_word(match[0]) and _stands_alone(match)
            return match[0] if is_name else SHOWN_SECRET

        if not self._open:
            return pattern.sub(hidden, text)
        kept = self._open.findall(text)
        return "".join(
            pattern.sub(hidden, part) + name
            for part, name in zip_longest(self._open.split(text), kept, fillvalue="")
        )

    def lines(self, text: str) -> list[str]:
        """Gives the lines of a file without secrets; one of several lines leaves as many."""

        def hidden(match: re.Match[str]) -> str:
            breaks = match[0].count("\n")
            return "\n".join([SHOWN_SECRET] * (breaks + 1)) if breaks else match[0]

        if self._pattern:
            text = self._pattern.sub(hidden, text)
        return [self(line) for line in text.split("\n")]

    def name(self, name: str) -> str:
        """Gives a logical name without what the program put into it as a secret."""
        return self._telling.sub(SHOWN_SECRET, name) if self._telling else name

    def urn(self, urn: str) -> str:
        """Gives a URN, or a provider reference, without secrets in the resource's name.

        Stack, project and types stay, since the user types them in the open.
        """
        if not self._telling or not is_urn(urn):
            return urn
        name = name_of(urn)
        return urn.removesuffix(name) + self.name(name)

    def about(self, urn: str, text: str, related: Iterable[str] = ()) -> str:
        """Gives a text that may begin with the name of the resource that it is about.

        The text may name the `related` resources, which are URNs.
        """
        subject = f"{name_of(urn)}: " if is_urn(urn) else ""
        spoken_of = {name_of(each) for each in related if is_urn(each)}
        if not subject or not text.startswith(subject):
            return self(text, spoken_of)
        return self.name(subject) + self(text.removeprefix(subject), spoken_of)

    def inside(self, value: PropertyValue) -> PropertyValue:
        """Gives a value whose texts hold no secrets, names of properties included."""
        match value:
            case str():
                return self(value)
            case list():
                return [self.inside(item) for item in value]
            case dict():
                return self.within(value)
            case _:
                return value

    def within(self, properties: Properties) -> Properties:
        """Gives properties without secrets in the same way."""
        return {self(name): self.inside(value) for name, value in properties.items()}


def _forms(secret: str) -> Iterator[str]:
    """The forms of a secret in a text: as it is, quoted by Python or JSON, or line by line."""
    yield secret
    yield repr(secret)[1:-1]
    yield json.dumps(secret)[1:-1]
    yield json.dumps(secret, ensure_ascii=False)[1:-1]
    # A short line, such as a brace, is not a secret by itself.
    yield from (line for line in secret.splitlines() if len(line) >= _LONG)


def _is_short_word(secret: str) -> bool:
    return len(secret) < _LONG and secret.isalpha()


def _stands_alone(match: re.Match[str]) -> bool:
    """Whether no hyphen and no letter joins what was found to the text beside it."""
    before, after = match.string[: match.start()][-1:], match.string[match.end() :][:1]
    return not re.search(r"[\w-]", before + after)


def _any_of(patterns: Iterable[str]) -> re.Pattern[str] | None:
    joined = "|".join(patterns)
    return re.compile(joined) if joined else None


def _pattern(secret: str) -> str:
    text = re.escape(secret)
    return text if len(secret) >= _LONG else rf"(?<![A-Za-z0-9]){text}(?![A-Za-z0-9])"


def shown(properties: Struct) -> Properties:
    """Properties for a reader: secrets and unknown values are words, whole numbers have no point.

    A resource reads as its id, or as its URN if it is a component.
    """
    return {name: shown_value(value) for name, value in from_struct(properties).items()}


def shown_value(value: PropertyValue) -> PropertyValue:
    """One value for a reader; see `shown`."""
    return _shown(without_references(value))


PARAMETER = "aws:ssm/parameter:Parameter"
PLAIN_TYPES = ("String", "StringList")
# `remote.Command` and its kin, whose SDK marks the whole connection as a secret.
_REMOTE = "command:remote:"
_ADDRESS = frozenset(
    {"agentSocketPath", "dialErrorLimit", "host", "hostKey", "perDialTimeout", "port", "user"}
)


def secret_texts(properties: Struct, type_token: str = "") -> Iterator[str]:
    """Every text inside a secret, at any depth, and every number as its digits.

    The SDK marks the value of each parameter of Systems Manager as a secret. The value of a plain
    one, of the type `String` or `StringList`, all may read who may read the parameters.
    https://docs.aws.amazon.com/systems-manager/latest/userguide/sysman-paramstore-securestring.html
    Of a connection to a machine, the passwords and keys are secrets; the address is not.

    Args:
        properties: The properties of a resource, or others.
        type_token: The type of the resource.
    """
    for _, text in _secrets_by_property(properties, type_token):
        yield text


def secret_texts_of_outputs(
    outputs: Struct, type_token: str, inputs: Struct, added: Properties
) -> Iterator[str]:
    """Every secret text of a resource's outputs, without what other inputs say in the open.

    Some SDKs mark an output as a secret that repeats plain inputs, such as `tagsAll` of AWS. The
    words in it, such as the stack's name, stand all over a report, and nobody means to hide them.

    Args:
        outputs: The outputs.
        type_token: The type of the resource.
        inputs: The inputs.
        added: What the provider adds in the open, such as its default tags.
    """
    if not is_marked(outputs):
        return
    in_the_open = {name: {*_plain_texts(value)} for name, value in from_struct(inputs).items()}
    in_the_open[""] = {*_plain_texts(added)}
    for name, text in _secrets_by_property(outputs, type_token):
        if not any(text in texts for other, texts in in_the_open.items() if other != name):
            yield text


def _secrets_by_property(properties: Struct, type_token: str) -> Iterator[tuple[str, str]]:
    """Every secret text, behind the name of the property that holds it."""
    if not is_marked(properties):
        return
    given = from_struct(properties)
    is_plain = type_token == PARAMETER and given.get("type") in PLAIN_TYPES
    for name, value in given.items():
        if is_plain and name == "value":
            continue
        is_connection = name == "connection" and type_token.startswith(_REMOTE)
        held = _without_address(value) if is_connection else value
        for text in _secret_texts(held, secret=False):
            yield name, text


def _plain_texts(value: PropertyValue) -> Iterator[str]:
    match value:
        case dict() if mark_of(value) is None:
            for inner in value.values():
                yield from _plain_texts(inner)
        case list():
            for inner in value:
                yield from _plain_texts(inner)
        case str():
            yield value
        case _:
            return


def _without_address(connection: PropertyValue) -> PropertyValue:
    if not isinstance(connection, dict):
        return connection
    return {
        name: _without_address(value) for name, value in connection.items() if name not in _ADDRESS
    }


def _shown(value: PropertyValue) -> PropertyValue:
    match value:
        case dict() if mark_of(value) == SECRET:
            return SHOWN_SECRET
        case dict():
            # The wire keeps no order, and two runs are to show the same.
            return {name: _shown(inner) for name, inner in sorted(value.items()) if name != MARK}
        case list():
            return [_shown(inner) for inner in value]
        case str():
            return SHOWN_UNKNOWN if value == UNKNOWN else value
        case float() if value.is_integer():
            return int(value)
        case _:
            return value


def _secret_texts(value: PropertyValue, *, secret: bool) -> Iterator[str]:
    match value:
        case dict():
            hidden = secret or mark_of(value) == SECRET
            for name, inner in value.items():
                if name != MARK:
                    yield from _secret_texts(inner, secret=hidden)
        case list():
            for inner in value:
                yield from _secret_texts(inner, secret=secret)
        case str() if secret and value != UNKNOWN:
            yield value
        case float() if secret:
            yield str(value)
            if value.is_integer():
                yield str(int(value))
        case _:
            return
