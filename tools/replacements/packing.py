"""JSON in MessagePack, as Terraform's protocol has values.

Source: https://github.com/msgpack/msgpack/blob/master/spec.md.
"""

import struct
from collections.abc import Iterator
from typing import Any, Final


class _Untold:
    """A value that only a deployment tells; the protocol has it as an extension type."""


UNTOLD: Final = _Untold()


def packed(content: Any) -> bytes:  # noqa: ANN401, PLR0911 - JSON, one for each of its kinds
    """Packs JSON, in the longest forms alone: every reader takes these.

    Raises:
        TypeError: The content is nothing that JSON has.
    """
    match content:
        case None:
            return b"\xc0"
        case bool():
            return b"\xc3" if content else b"\xc2"
        case int():
            return b"\xd3" + struct.pack(">q", content)
        case float():
            return b"\xcb" + struct.pack(">d", content)
        case str():
            encoded = content.encode()
            return b"\xdb" + struct.pack(">I", len(encoded)) + encoded
        case list() | tuple():
            return b"\xdd" + struct.pack(">I", len(content)) + b"".join(map(packed, content))
        case dict():
            members = (packed(key) + packed(value) for key, value in content.items())
            return b"\xdf" + struct.pack(">I", len(content)) + b"".join(members)
        case _:
            raise TypeError(f"{type(content).__name__} is nothing that JSON has")


def unpacked(data: bytes) -> Any:  # noqa: ANN401 - JSON
    """Unpacks one value; nothing at all is `None`."""
    return _Reader(data).value() if data else None


_NUMBERS = {
    0xCA: ">f",
    0xCB: ">d",
    0xCC: ">B",
    0xCD: ">H",
    0xCE: ">I",
    0xCF: ">Q",
    0xD0: ">b",
    0xD1: ">h",
    0xD2: ">i",
    0xD3: ">q",
}
_CONSTANTS = {0xC0: None, 0xC2: False, 0xC3: True}
# Of each form that names its length: how the length is written.
_TEXTS = {0xD9: ">B", 0xDA: ">H", 0xDB: ">I", 0xC4: ">B", 0xC5: ">H", 0xC6: ">I"}
_LISTS = {0xDC: ">H", 0xDD: ">I"}
_MAPS = {0xDE: ">H", 0xDF: ">I"}
_EXTENSIONS = {0xC7: ">B", 0xC8: ">H", 0xC9: ">I"}
_FIXED_EXTENSIONS = {0xD4: 1, 0xD5: 2, 0xD6: 4, 0xD7: 8, 0xD8: 16}


# Forms that hold a small number: the first one, and how many there are of each.
_MAP, _LIST, _TEXT, _NEGATIVE = 0x80, 0x90, 0xA0, 0xE0
_BEHIND_TEXTS, _MAP_LENGTH, _TEXT_LENGTH, _BYTE = 0xC0, 0x0F, 0x1F, 0x100


class _Reader:
    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def value(self) -> Any:  # noqa: ANN401 - JSON
        form = self._taken(1)[0]
        if form < _BEHIND_TEXTS:
            return self._small(form)
        if form >= _NEGATIVE:
            return form - _BYTE
        if form in _CONSTANTS:
            return _CONSTANTS[form]
        if form in _NUMBERS:
            return self._number(_NUMBERS[form])
        return self._long(form)

    def _small(self, form: int) -> Any:  # noqa: ANN401 - JSON
        if form < _MAP:
            return form
        if form < _LIST:
            return self._map(form & _MAP_LENGTH)
        if form < _TEXT:
            return list(self._items(form & _MAP_LENGTH))
        return self._text(form & _TEXT_LENGTH)

    def _long(self, form: int) -> Any:  # noqa: ANN401 - JSON
        if form in _TEXTS:
            return self._text(self._number(_TEXTS[form]))
        if form in _LISTS:
            return list(self._items(self._number(_LISTS[form])))
        if form in _MAPS:
            return self._map(self._number(_MAPS[form]))
        if form in _FIXED_EXTENSIONS:
            length = _FIXED_EXTENSIONS[form]
        elif form in _EXTENSIONS:
            length = self._number(_EXTENSIONS[form])
        else:
            raise ValueError(f"0x{form:02x} is no form of MessagePack")
        self._taken(1 + length)
        return UNTOLD

    def _taken(self, count: int) -> bytes:
        start, self._at = self._at, self._at + count
        return self._data[start : self._at]

    def _number(self, form: str) -> Any:  # noqa: ANN401 - an integer or a float
        return struct.unpack(form, self._taken(struct.calcsize(form)))[0]

    def _text(self, length: int) -> str:
        return self._taken(length).decode()

    def _items(self, count: int) -> Iterator[Any]:
        return (self.value() for _ in range(count))

    def _map(self, count: int) -> dict[Any, Any]:
        return {self.value(): self.value() for _ in range(count)}
