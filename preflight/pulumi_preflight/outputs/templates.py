"""Forms of values, as texts with places for what a resource has of its own.

`{hex17}` stands for 17 hexadecimal digits, `{HEX32}` for 32 with capitals, `{cap13}` for 13
capitals and digits, `{low10}` for 10 small letters and digits, `{num9}` for 9 decimal digits,
`{uuid}` for a UUID. Digits are the property's own; `{hex12@account}` are those of all that name
`account`. `{=vpcId}` is the input `vpcId`, `{=topicArn|name}` the part of an ARN that names its
resource, `{=groupName|default}` the input or the word `default`. All other places are what `_WORDS`
says.
"""

import re
from collections.abc import Callable

from pulumi_preflight.outputs.names import name_properties
from pulumi_preflight.outputs.subject import Subject
from pulumi_preflight.wire import UNKNOWN, PropertyValue, without_secret

_PLACE = re.compile(r"\{(=?)([A-Za-z]+?)(\d*)(?:([|@])(\w+))?\}")


def filled(template: str, subject: Subject, path: str, words: "Words") -> str:
    """A value of a form.

    Args:
        template: The form.
        subject: What the value belongs to.
        path: The property's path, which its digits come from.
        words: Further words and what they stand for.
    """

    def replacement(found: re.Match[str]) -> str:
        mark, word, count, _, more = found.groups()
        if mark:
            return _input(subject, f"{word}{count}", more, path)
        if word in _DIGITS and count:
            return _DIGITS[word](subject, more or path, int(count))
        if word == "uuid":
            return uuid_of(subject, more or path)
        return words[word](subject)

    value, places = _PLACE.subn(replacement, template)
    return value if places else subject.made_up(path, value)


Words = dict[str, Callable[[Subject], str]]
"""Words of templates to what they stand for."""


def uuid_of(subject: Subject, path: str) -> str:
    """A UUID of version 4 and variant 1, so that a parser takes it."""
    digits = subject.digits(path, 32)
    return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-a{digits[17:20]}-{digits[20:]}"


def input_text(subject: Subject, name: str) -> str:
    """A text that the program gave, empty where it gave none that is known."""
    value: PropertyValue = without_secret(subject.inputs.get(name))
    return value if isinstance(value, str) and value != UNKNOWN else ""


def last_part(text: str) -> str:
    """What an ARN, URL or id names last."""
    return re.split(r"[/:]", text)[-1]


def _input(subject: Subject, name: str, part: str | None, path: str) -> str:
    text = input_text(subject, name)
    if not text and name in name_properties(subject.kind):
        return subject.name
    if not text and part not in (None, "name"):
        return part
    if not text:
        return f"{subject.name}-{subject.digits(f'{path}/{name}', 8)}"
    return last_part(text) if part == "name" else text


def _decimal(subject: Subject, path: str, count: int) -> str:
    return str(10 ** (count - 1) + subject.number(path, 9 * 10 ** (count - 1)))


# Asked of the subject each time, which may note that it was asked.
_DIGITS: dict[str, Callable[[Subject, str, int], str]] = {
    "hex": lambda subject, path, count: subject.digits(path, count),
    "HEX": lambda subject, path, count: subject.digits(path, count).upper(),
    "cap": lambda subject, path, count: subject.capitals(path, count),
    "low": lambda subject, path, count: subject.capitals(path, count).lower(),
    "num": _decimal,
}
