"""Texts in Markdown that stay texts: no markup, no HTML, no mention, no reference, no link.

GitHub looks for mentions, issues, commits, emoji and addresses in what Markdown has made of a text,
so a backslash keeps none of them away. Inside code it looks for nothing. So a plain word stands as
it is, and all else is code.
"""

import re
from collections.abc import Iterator
from itertools import groupby

from pulumi_preflight.printing import escaped

# What a pack marks as code itself.
_MARKED = re.compile(r"(`[^`]+`)")
_SPACE = re.compile(r"(\s+)")
_WORD = r"[^\W\d_]+(?:['\N{RIGHT SINGLE QUOTATION MARK}-][^\W\d_]+)*"
_NUMBER = r"\d{1,6}(?:[.,]\d{1,6})*%?"
_PLAIN = re.compile(rf"(?:{_WORD}|{_NUMBER})?")
# The signs around a word, which stay out of the code.
_AROUND = re.compile(r"([(\"']*)(.*?)([)\"',.;:!?]*)")
# What may be the name of a commit.
_HASH = re.compile(r"[0-9a-f]{7,}", re.IGNORECASE)


def code(text: str) -> str:
    """A text of one line as code; empty where it has nothing to show."""
    shown = " ".join(escaped(text).split())
    if not shown:
        return ""
    fence = "`" * (max(map(len, re.findall("`+", shown)), default=0) + 1)
    pad = " " if shown.startswith("`") or shown.endswith("`") else ""
    return f"{fence}{pad}{shown}{pad}{fence}"


def cell(text: str) -> str:
    """Code for a cell of a table, which a bar would end."""
    return code(text).replace("|", r"\|")


def prose(text: str) -> str:
    """A text of one line; it may not begin a line of the document."""
    told = (piece for piece in _pieces(text) if piece[1])
    pieces = groupby(told, key=lambda piece: piece[0])
    return "".join(
        code(joined) if is_code else joined
        for is_code, joined in ((kind, "".join(text for _, text in run)) for kind, run in pieces)
    )


def _pieces(text: str) -> Iterator[tuple[bool, str]]:
    """The parts of a text, and whether each is to be code."""
    for part in _MARKED.split(" ".join(escaped(text).split())):
        if _MARKED.fullmatch(part):
            yield True, part[1:-1]
            continue
        for token in filter(None, _SPACE.split(part)):
            around = _AROUND.fullmatch(token)
            before, core, after = around.groups() if around else ("", token, "")
            while ")" in after and core.count("(") > core.count(")"):
                inner, _, after = after.partition(")")
                core = f"{core}{inner})"
            yield False, before
            yield not (core.isspace() or _is_plain(core)), core
            yield False, after


def _is_plain(text: str) -> bool:
    return _PLAIN.fullmatch(text) is not None and not _HASH.search(text)
