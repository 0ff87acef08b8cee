"""Texts of programs and packs, made fit for a terminal: nothing in them can steer it or hide."""

import re

# Controls of ASCII and Latin-1 but tab and newline, what has no width, what turns the direction of
# writing, other line ends, and halves of characters that no encoding can write.
# Source: Unicode Standard Annex 9 for the directions.
_UNSAFE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff"
    "\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e007f]"
)
_COLOUR = re.compile(r"\x1b\[[0-9;:]*m")


def escaped(text: str) -> str:
    r"""Writes what a terminal could act on as its number, such as `\x1b`; lines stay lines."""
    return _UNSAFE.sub(_number, text)


def escaped_line(text: str) -> str:
    """The same for what is one line, such as a name."""
    return escaped(text).replace("\n", "\\n").replace("\t", "\\t")


def escaped_json(document: str) -> str:
    r"""The same for a JSON document, in JSON's own way: `\u001b`."""
    return _UNSAFE.sub(_json_number, document)


def shortened(text: str, longest: int, rest: str = "") -> str:
    """Cuts what nobody reads, and says how much that was; `rest` says where it is."""
    left_out = len(text) - longest
    if left_out <= 0:
        return text
    return f"{text[:longest]}... ({left_out:,} more characters{rest})"


def without_colour(text: str) -> str:
    """Leaves colours out, which say nothing."""
    return _COLOUR.sub("", text)


def _number(found: re.Match[str]) -> str:
    number = ord(found[0])
    if number > 0xFFFF:  # noqa: PLR2004 - what four digits can say
        return f"\\U{number:08x}"
    return f"\\x{number:02x}" if number <= 0xFF else f"\\u{number:04x}"  # noqa: PLR2004 - two digits


def _json_number(found: re.Match[str]) -> str:
    digits = found[0].encode("utf-16-be", errors="surrogatepass").hex()
    return "".join(f"\\u{digits[start : start + 4]}" for start in range(0, len(digits), 4))
