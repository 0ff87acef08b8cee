"""Writes a waiver at a resource, with the reason left to fill in."""

from collections.abc import Sequence
from pathlib import PurePath

from pulumi_preflight.language_server.texts import Edit
from pulumi_preflight.waivers.directive import Directive, MistakeError, parse, written
from pulumi_preflight.waivers.files import read_source
from pulumi_preflight.waivers.search import PYTHON, YAML, is_own, kind_of
from pulumi_preflight.waivers.source import Source, UnreadableError

_REASON = 'reason="'


def waiver_at(file: PurePath, lines: Sequence[str], line: int, waiver: Directive) -> Edit | None:
    """What puts a waiver above a resource; `None` where none would count there.

    Args:
        file: The file, relative to its project.
        lines: Its lines.
        line: The line of the resource, from 1.
        waiver: What it is to say; the reason may be empty.
    """
    if not is_own(str(file)) or "\n" in waiver.target + waiver.owner:
        return None
    source = _read(file, lines)
    if source is None or line > len(lines):
        return None
    first, _ = source.statement(line)
    above = lines[first - 1]
    margin = above[: len(above) - len(above.lstrip())]
    mark = "#" if kind_of(file.name) in (*PYTHON, *YAML) else "//"
    comment = f"{margin}{mark} {written(waiver)}\n"
    title = f"Waive {waiver.target} until {waiver.until}"
    edit = Edit(first - 1, 0, first - 1, 0, comment, title)
    return edit if _counts(file, edit.applied(lines), (first, line + 1), waiver) else None


def _read(file: PurePath, lines: Sequence[str]) -> Source | None:
    try:
        return read_source(file.name, "\n".join(lines).encode(errors="surrogatepass"))
    except UnreadableError:
        return None


def _counts(file: PurePath, text: str, lines: tuple[int, int], waiver: Directive) -> bool:
    """Whether a waiver is read as it is meant, and stands at the resource.

    Args:
        file: The file.
        text: What it holds.
        lines: The line of the waiver, and that of the resource.
        waiver: What it is to say.
    """
    at, line = lines
    source = _read(file, text.split("\n"))
    if source is None or at not in source.lines_of(line):
        return False
    comment = next((each for each in source.comments if each.line == at), None)
    if comment is None:
        return False
    try:
        return parse(comment.text) == waiver
    except MistakeError:
        return False


def snippet_of(text: str) -> str:
    """The text of a waiver as a snippet, with the cursor in the empty reason."""
    head, _, tail = text.rpartition(_REASON)
    return f"{_escaped(head + _REASON)}$0{_escaped(tail)}"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("$", "\\$").replace("}", "\\}")
