"""Comments of a program in YAML, and the lines of each resource: its key with all that is below."""

import re

import yaml

from pulumi_preflight.waivers.source import Comment, Source, UnreadableError, margin_of

_COMMENT = re.compile(r"(?:^|(?<=\s))#.*")
_BREAK = re.compile("\r\n|[\r\n\x85\u2028\u2029]")


def read(content: bytes) -> Source:
    """Reads a file.

    Raises:
        UnreadableError: It is not YAML, or not text in UTF-8.
    """
    try:
        text = content.decode("utf-8-sig")
        tokens = list(yaml.scan(text, Loader=yaml.SafeLoader))
    except (UnicodeDecodeError, yaml.YAMLError) as error:
        raise UnreadableError(" ".join(str(error).split())) from error
    code = [_Line(line) for line in _BREAK.split(text)]
    for token in tokens:
        if isinstance(token, yaml.ScalarToken):
            _keep(code, token)
    return _source(code)


def _source(code: list["_Line"]) -> Source:
    lines = [line.text for line in code]
    comments = []
    for number, line in enumerate(code, 1):
        if comment := line.comment():
            margin = margin_of(line.text, comment.start())
            comments.append(Comment(line=number, text=comment[0], margin=margin))
    alone = {comment.line for comment in comments if comment.margin is not None}

    def statement(line: int) -> tuple[int, int]:
        depth, last = _depth(lines, line), line
        for number in range(line + 1, len(lines) + 1):
            if not lines[number - 1].strip():
                continue
            if _depth(lines, number) > depth or code[number - 1].is_inside:
                last = number
            elif number not in alone:
                break
        return line, last

    return Source(comments=tuple(comments), statement=statement, lines=lines)


class _Line:
    """A line, and the columns of it that belong to scalars."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.is_inside = False
        self._kept: list[tuple[int, int]] = []

    def keep(self, begin: int, end: int) -> None:
        self._kept.append((begin, end))

    def comment(self) -> re.Match[str] | None:
        for found in _COMMENT.finditer(self.text):
            if not any(begin <= found.start() < end for begin, end in self._kept):
                return found
        return None


def _keep(code: list[_Line], token: yaml.ScalarToken) -> None:
    begin, end = token.start_mark, token.end_mark
    for number in range(begin.line, min(end.line + 1, len(code))):
        line = code[number]
        column = end.column if number == end.line else len(line.text) + 1
        line.keep(begin.column if number == begin.line else 0, column)
        # What goes on here began above, however far to the left it stands.
        line.is_inside |= number > begin.line and column > 0


def _depth(lines: list[str], line: int) -> int:
    text = lines[line - 1] if line <= len(lines) else ""
    return len(text) - len(text.lstrip(" "))
