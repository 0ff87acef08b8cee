"""Forms of values, as texts with places, and other values of the same form."""

import json
import re
from collections.abc import Callable, Iterator

from pulumi_preflight.outputs.names import name_properties
from pulumi_preflight.outputs.subject import Subject
from pulumi_preflight.wire import UNKNOWN, PropertyValue, with_leaves, without_secret

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
        if word in _WRITERS and count:
            return _WRITERS[word](subject, more or path, int(count))
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
_WRITERS: dict[str, Callable[[Subject, str, int], str]] = {
    "hex": lambda subject, path, count: subject.digits(path, count),
    "HEX": lambda subject, path, count: subject.digits(path, count).upper(),
    "cap": lambda subject, path, count: subject.capitals(path, count),
    "low": lambda subject, path, count: subject.capitals(path, count).lower(),
    "num": _decimal,
}


_FIGURES, _LETTERS = "0123456789", "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
# Each digit and letter becomes another of its kind, so hexadecimal text stays hexadecimal.
_TURNS = [(_FIGURES, 3), ("abcdef", 1), (_LETTERS, 1)]
_TURNED = str.maketrans(
    {
        kind[index]: kind[(index + turn) % len(kind)]
        for kind, turn in _TURNS
        for index in range(len(kind))
    }
)
_RETURNED = {ord(other): digit for digit, other in _TURNED.items()}
# Shorter runs of digits occur by chance.
WINDOW = 8
RUN = re.compile(rf"[0-9a-f]{{{WINDOW},}}|[0-9A-Z]{{{WINDOW},}}")
# Numbers of answers, which come with no dependencies: a program holds one of these by chance only.
NUMBERS = range(10_000, 65_536)
_NUMBER = re.compile(r"(?<![0-9A-Za-z])\d{5}(?![0-9A-Za-z])")
_YEAR = re.compile(r"\b(20\d\d)(?=-\d\d-\d\d)")
_ADDRESS = re.compile(r"\b(\d{1,3})\.(\d{1,3})(?=\.\d{1,3}\.\d{1,3}\b)")
_NETWORK = re.compile(r"\b2001:db8:")
_LAST_NUMBER = re.compile(r"\d+(?=\D*$)")


def turned(digits: str) -> str:
    """Other digits of the same kinds, one for one."""
    return digits.translate(_TURNED)


def returned(digits: str) -> str:
    """The digits that `turned` made these of."""
    return digits.translate(_RETURNED)


def windows(run: str) -> Iterator[str]:
    """Each part of a run of digits that is long enough to tell where the run comes from."""
    return (run[start : start + WINDOW] for start in range(len(run) - WINDOW + 1))


def changed(run: str, change: Callable[[str], str], is_made_up: Callable[[str], bool]) -> str:
    """A run of digits with those changed that stand in a made-up window."""
    places = {
        start + step
        for start, window in enumerate(windows(run))
        if is_made_up(window)
        for step in range(WINDOW)
    }
    return "".join(change(digit) if place in places else digit for place, digit in enumerate(run))


def shares_digits(text: str, other: str) -> bool:
    """Whether two texts hold the same part of a run of digits."""
    found = {window for run in RUN.findall(text) for window in windows(run)}
    return any(window in found for run in RUN.findall(other) for window in windows(run))


def numbers_in(value: PropertyValue) -> list[str]:
    """The numbers of five digits that a value without parts holds."""
    if isinstance(value, str):
        return _NUMBER.findall(value)
    is_one = isinstance(value, int | float) and NUMBERS.start <= value < NUMBERS.stop
    return [f"{value:.0f}"] if is_one else []


def is_document(text: str) -> bool:
    """Whether a text is an object or a list of JSON."""
    if not text.startswith(("{", "[")):
        return False
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


def varied(value: PropertyValue) -> PropertyValue:
    """Another value of the same kind and form; secrets stay secret, and what is empty stays empty.

    Dates, addresses and versions stay such; a word gets a number.
    """
    return with_leaves(value, _varied_leaf)


def opened(value: PropertyValue) -> PropertyValue:
    """The value with all unknown in it that may be anything; a truth becomes the other one."""
    return with_leaves(value, _opened_leaf)


def _opened_leaf(leaf: PropertyValue) -> PropertyValue:
    match leaf:
        case bool():
            return not leaf
        case None | "":
            return leaf
        case _:
            return UNKNOWN


def _varied_leaf(leaf: PropertyValue) -> PropertyValue:
    match leaf:
        case bool():
            return not leaf
        case float() | int():
            return leaf + 1
        case str() if leaf:
            return _varied_text(leaf)
        case _:
            return leaf


def _varied_text(text: str) -> str:
    if _YEAR.search(text):
        return _YEAR.sub(lambda year: str(int(year[1]) + 1), text)
    if _ADDRESS.search(text):
        return _ADDRESS.sub(lambda found: f"{found[1]}.{(int(found[2]) + 1) % 256}", text)
    if _NETWORK.search(text):
        return _NETWORK.sub("2001:db9:", text)
    if _LAST_NUMBER.search(text):
        return _LAST_NUMBER.sub(lambda number: str(int(number[0]) + 1), text)
    return f"{text}-2"
