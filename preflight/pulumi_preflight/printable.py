"""Makes texts of programs and packs fit for a terminal: they can neither steer it nor hide."""

import re

# Controls of ASCII and Latin-1 except tab and newline; characters without width; marks that turn
# the direction of writing; other line ends; halves of characters that no encoding can write.
# Source: Unicode Standard Annex 9 for the directions.
_UNSAFE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff"
    "\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e007f]"
)
_COLOUR = re.compile(r"\x1b\[[0-9;:]*m")


def escaped(text: str) -> str:
    r"""Writes a character that a terminal could act on as its number, `\x1b`; lines stay lines."""
    return _UNSAFE.sub(_number, text)


def escaped_line(text: str) -> str:
    """Does the same for a text of one line, such as a name."""
    return escaped(text).replace("\n", "\\n").replace("\t", "\\t")


def escaped_json(document: str) -> str:
    r"""Does the same for a JSON document, in JSON's own way: `\u001b`."""
    return _UNSAFE.sub(_json_number, document)


def shortened(text: str, longest: int, rest: str = "") -> str:
    """Cuts a text too long to read, and says how much was cut; `rest` says where the rest is."""
    left_out = len(text) - longest
    if left_out <= 0:
        return text
    return f"{text[:longest]}... ({left_out:,} more characters{rest})"


def without_colour(text: str) -> str:
    """Removes colours, which carry no meaning."""
    return _COLOUR.sub("", text)


def _number(found: re.Match[str]) -> str:
    number = ord(found[0])
    if number > 0xFFFF:  # noqa: PLR2004 - what four digits can say
        return f"\\U{number:08x}"
    return f"\\x{number:02x}" if number <= 0xFF else f"\\u{number:04x}"  # noqa: PLR2004 - two digits


def _json_number(found: re.Match[str]) -> str:
    digits = found[0].encode("utf-16-be", errors="surrogatepass").hex()
    return "".join(f"\\u{digits[start : start + 4]}" for start in range(0, len(digits), 4))
