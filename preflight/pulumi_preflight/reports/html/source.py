"""The lines of the program that findings stand at, without what looks like a secret.

The files are the user's own, and who reads a report may not read them. So a line shows no secret
that the run knows, and no text that looks like one: by the name before it, or by its form.
"""

import os
import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from pulumi_preflight.printing import shortened
from pulumi_preflight.redaction import SHOWN_SECRET, Redactor

HIDDEN = "[hidden]"
_BEFORE = 2
_AFTER = 2
# A call or a block whose end is further down is cut.
_LONGEST_BLOCK = 14
_LONGEST_LINE = 300
_MOST_MARKED = 6
# Larger files are generated or data.
_MOST_BYTES = 2_000_000
_CLOSING = re.compile(r"\s*[)\]}]")

_NAMES = (
    "passw(?:or)?d|pwd|passphrase|secret|token|credential|private_?key|api_?key|access_?key"
    "|signing_?key|encryption_?key|license_?key|connection_?string|(?<![a-z])auth(?![a-z])"
)
_NAMED = re.compile(f"(?i)(?:{_NAMES.replace('_?', '[-_ .]?')})")
_LITERAL = re.compile(
    r"""(?P<quote>["'`])(?P<text>(?:\\.|(?!(?P=quote)).)+)(?P=quote)(?P<key>\s*\]?\s*:)?"""
)
# `password: hunter2` of YAML.
_PLAIN_FILES = (".yaml", ".yml")
_PLAIN = re.compile(
    r"""(?x)^(?P<before>\s*(?:-\s+)?(?P<key>[\w.:-]+):\s+)
    (?!(?:true|false|null)\b)[^\s"'`$*&!({\[|>\#].*"""
)
# `DB_PASSWORD`, `db-password` and `shop:dbPassword` name a secret where they are no value of one.
_NAME = re.compile(r"[A-Za-z]+(?:[_:./-][A-Za-z]+)*")
_ASSIGNED = re.compile(
    rf"""(?ix)(?:{_NAMES.replace("_?", "[-_.]?")})[\w.-]*["'`]?\s*\]?(?:\s*:\s*\w+)?
    \s*[=:]\s*\w?$"""
)
# The value of a variable that the line before names.
_VALUE = re.compile(r"""(?i)^\s*(?:-\s+)?["']?(?:default|value|text)["']?\s*[:=]""")
_FORMS = re.compile(
    r"""(?x)
    \b(?:AKIA|ASIA)[A-Z0-9]{16}\b | \bgh[pousr]_[A-Za-z0-9]{20,} | \bgithub_pat_\w{20,}
    | \bglpat-[\w-]{20,} | \bxox[abeoprs]-[\w-]{10,} | \b[rs]k_(?:live|test)_\w{16,}
    | \bAIza[\w-]{35} | \bpul-[0-9a-f]{40}\b | \bsk-[\w-]{20,}
    | \beyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]*
    | (?<=://)[^\s/@:"']*:[^\s/@"'{}]+(?=@)
    """
)
_KEY_BEGINS = re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY")
_KEY_ENDS = re.compile(r"-----END [A-Z ]*PRIVATE KEY")
_RUN = re.compile(r"[A-Za-z0-9+/_-]{20,}={0,2}")
_FEWEST_DIGITS = 3
_WORD = re.compile(r"[A-Za-z][a-z]{3,}")
# Names that hold words have more of them than random texts.
_MOST_IN_WORDS = 0.45


@dataclass(frozen=True, slots=True, kw_only=True)
class Excerpt:
    """Lines of a file that stand together.

    Attributes:
        first: The number of the first, from 1.
        lines: The lines.
        marked: The numbers of those that findings stand at.
    """

    first: int
    lines: tuple[str, ...]
    marked: tuple[int, ...]


class Sources:
    """Reads the program's files."""

    def __init__(self, folder: Path | None, redact: Redactor) -> None:
        """Takes the project's folder, and what takes the run's secrets out."""
        self._folder = os.path.realpath(folder) if folder else None
        self._redact = redact

    def excerpts(self, file: str, numbers: Collection[int]) -> tuple[Excerpt, ...]:
        """The lines around some of a file's, in order.

        Nothing where the file is not in the project's folder, or where it cannot be read.
        """
        lines = self._lines(file)
        there = sorted(number for number in set(numbers) if 0 < number <= len(lines))
        blocks = [(number, *_block(lines, number)) for number in there]
        return tuple(
            Excerpt(
                first=first, lines=tuple(lines[first - 1 : last]), marked=tuple(sorted(set(marked)))
            )
            for first, last, marked in _merged(blocks)
        )

    def _lines(self, file: str) -> Sequence[str]:
        text = self._text(file)
        if text is None:
            return ()
        lines = without_secrets(self._redact.lines(text), plain=Path(file).suffix in _PLAIN_FILES)
        return [shortened(line, _LONGEST_LINE) for line in lines]

    def _text(self, file: str) -> str | None:
        if self._folder is None:
            return None
        path = os.path.realpath(Path(self._folder) / file)
        if not Path(path).is_relative_to(self._folder):
            return None
        try:
            if not Path(path).is_file() or Path(path).stat().st_size > _MOST_BYTES:
                return None
            return Path(path).read_text(encoding="utf-8", errors="replace")
        except OSError:
            # The program may remove what it is made of; the rest of the report stands.
            return None


def _block(lines: Sequence[str], number: int) -> tuple[int, int]:
    """The first and the last line to show around one: what is indented below it belongs to it."""
    own = _indent(lines[number - 1])
    last = number
    for below in range(number + 1, min(number + _LONGEST_BLOCK, len(lines)) + 1):
        text = lines[below - 1]
        if text.strip() and _indent(text) <= own:
            last = below if _indent(text) == own and _CLOSING.match(text) else last
            break
        if text.strip():
            last = below
    return max(1, number - _BEFORE), min(len(lines), max(last, number + _AFTER))


def _indent(line: str) -> int:
    expanded = line.expandtabs()
    return len(expanded) - len(expanded.lstrip())


def _merged(blocks: Sequence[tuple[int, int, int]]) -> Iterator[tuple[int, int, list[int]]]:
    """Blocks that touch become one, up to a number of marks; no line is in two."""
    open_: tuple[int, int, list[int]] | None = None
    for number, first, last in blocks:
        if open_ and (
            number <= open_[1] or (first <= open_[1] + 1 and len(open_[2]) < _MOST_MARKED)
        ):
            open_ = (open_[0], max(open_[1], last), [*open_[2], number])
            continue
        if open_:
            yield open_
            open_ = (max(first, open_[1] + 1), last, [number])
        else:
            open_ = (first, last, [number])
    if open_:
        yield open_


def without_secrets(lines: Sequence[str], *, plain: bool = False) -> list[str]:
    """Lines of a program without what looks like a secret.

    Args:
        lines: The lines.
        plain: Whether texts stand in the file without quotes.
    """
    shown: list[str] = []
    in_key = is_named = False
    for line in lines:
        if in_key or _KEY_BEGINS.search(line):
            in_key = not _KEY_ENDS.search(line)
            shown.append(HIDDEN)
            continue
        was_named, is_named = is_named, bool(_NAMED.search(line.replace(SHOWN_SECRET, "")))
        told = _RUN.sub(_unless_random, _FORMS.sub(HIDDEN, line))
        if is_named or (was_named and _VALUE.match(line)):
            told = _LITERAL.sub(_hidden, told)
            key = _PLAIN.match(told) if plain else None
            if key and (_NAMED.search(key["key"]) or _VALUE.match(line)):
                told = f"{key['before']}{HIDDEN}"
        shown.append(told)
    return shown


def _hidden(literal: re.Match[str]) -> str:
    """A text beside the name of a secret; a key, and a name that is not a value, stays."""
    text = literal["text"]
    is_name = _NAME.fullmatch(text) and _NAMED.search(text)
    if literal["key"] or (is_name and not _ASSIGNED.search(literal.string[: literal.start()])):
        return literal[0]
    return f"{literal['quote']}{HIDDEN}{literal['quote']}"


def _unless_random(run: re.Match[str]) -> str:
    return HIDDEN if _is_random(run[0]) else run[0]


def _is_random(text: str) -> bool:
    """Whether a long text has the letters of a key that a program made."""
    digits = sum(map(str.isdigit, text))
    kinds = (any(map(str.isupper, text)), any(map(str.islower, text)), digits >= _FEWEST_DIGITS)
    in_words = sum(len(word) for word in _WORD.findall(text))
    return all(kinds) and in_words <= _MOST_IN_WORDS * len(text)
