"""What a language host prints of mistakes in a program, read back into message, file and line.

Source of the form: hashicorp/hcl, diagnostic_text.go.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from textwrap import indent

_COLOUR = re.compile(r"\x1b\[[0-9;]*m")
_START = re.compile(r"^(Error|Warning): ", re.MULTILINE)
_PLACE = re.compile(
    r"^  on (?P<file>.+?) line (?P<line>\d+)(, in .*)?:\n(^ *\d+: .*\n?)*", re.MULTILINE
)
# As Go shows a list of errors, and the library an error in one line.
_LIST = re.compile(r"^\d+ errors? occurred:\n|^\t\* |^-error: ", re.MULTILINE)
# How a program in Go says that it fails by its own mistake.
_PANIC = re.compile(r"^panic: (.*)", re.MULTILINE)
_SHORT = re.compile(
    r"(?P<file>[^\s:]+):(?P<line>\d+),\d+-(\d+,)?\d+: (?P<summary>.*?);(?P<detail>.*)", re.DOTALL
)
# The host says these of what holds a mistake that it has told by then.
_REPEATED = re.compile(r"Error registering (config|output|resource|variable) \[")


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnostic:
    """One mistake, or something to take note of.

    Attributes:
        is_error: Whether the host stops at it.
        summary: What is wrong.
        detail: What else is known; may be empty.
        file: The file, relative to the program's folder; empty where none is told.
        line: The line, from 1; 0 where none is told.
    """

    is_error: bool
    summary: str
    detail: str
    file: str
    line: int

    def message(self, folder: str = "") -> str:
        """The mistake with its place.

        Args:
            folder: The program's folder, with a slash, before the file; empty for the project's.
        """
        place = f"{folder}{self.file}:{self.line}: " if self.file else ""
        detail = f"\n{indent(self.detail, '  ')}" if self.detail else ""
        return f"{place}{self.summary}{detail}"


def printed_diagnostics(text: str) -> Iterator[Diagnostic]:
    """All that a host's output holds, in its order."""
    plain = _COLOUR.sub("", text)
    _, *parts = _START.split(plain)
    for severity, block in zip(parts[::2], parts[1::2], strict=True):
        yield _read(block, is_error=severity == "Error")


def crash(text: str) -> str | None:
    """What a host's output says of a crash of the host, `None` where there was none."""
    found = _PANIC.search(text)
    return found[1].strip() if found else None


def listed_errors(texts: Iterable[str]) -> list[Diagnostic]:
    """The errors that a host logged, or gave as its answer, each once."""
    items = (item for text in texts for item in _LIST.split(_COLOUR.sub("", text)) if item.strip())
    read = [_read(item, is_error=True) for item in dict.fromkeys(items)]
    return [each for each in read if not _REPEATED.match(each.summary)] or read


def _read(block: str, *, is_error: bool) -> Diagnostic:
    if short := _SHORT.match(block):
        return Diagnostic(
            is_error=is_error,
            summary=short["summary"].strip(),
            detail=short["detail"].strip(),
            file=short["file"],
            line=int(short["line"]),
        )
    place = _PLACE.search(block)
    before, after = (block[: place.start()], block[place.end() :]) if place else (block, "")
    summary, _, rest = before.strip().partition("\n\n")
    details = (part.strip() for part in (rest, after))
    return Diagnostic(
        is_error=is_error,
        summary=summary.strip(),
        detail="\n".join(filter(None, details)),
        file=place["file"] if place else "",
        line=int(place["line"]) if place else 0,
    )
