"""The waivers that stand in a file, each with the lines of the resources that it is at."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from pulumi_preflight.model import SourcePosition
from pulumi_preflight.waivers import braces, python, yaml
from pulumi_preflight.waivers.directive import Directive, MistakeError, parse
from pulumi_preflight.waivers.search import GO, JAVASCRIPT, PYTHON, YAML, Marked, kind_of
from pulumi_preflight.waivers.source import Source

_READERS: Mapping[str, Callable[[bytes], Source]] = {
    **dict.fromkeys(PYTHON, python.read),
    **dict.fromkeys(JAVASCRIPT, braces.read_javascript),
    **dict.fromkeys(YAML, yaml.read),
    **dict.fromkeys(GO, braces.read_go),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiver:
    """A comment that is a waiver, or is meant to be one.

    Attributes:
        place: Where it stands.
        said: What it says, or why that cannot be read.
        lines: The lines of resources at whose statement it stands.
    """

    place: SourcePosition
    said: Directive | MistakeError
    lines: tuple[int, ...]


def read_source(name: str, content: bytes) -> Source:
    """Reads a file whose name has an ending that may hold waivers.

    Raises:
        UnreadableError: Its comments cannot be told from its code.
    """
    return _READERS[kind_of(name)](content)


def waivers_in(file: Marked) -> Iterator[Waiver]:
    """The waivers of a file, in the order of lines.

    Raises:
        UnreadableError: Its comments cannot be told from its code.
    """
    source = read_source(file.name, file.content)
    spans = {line: source.lines_of(line) for line in sorted(file.created)}
    for comment in source.comments:
        said: Directive | MistakeError | None
        try:
            said = parse(comment.text)
        except MistakeError as error:
            said = error
        if said is not None:
            yield Waiver(
                place=SourcePosition(file=file.name, line=comment.line),
                said=said,
                lines=tuple(line for line, span in spans.items() if comment.line in span),
            )
