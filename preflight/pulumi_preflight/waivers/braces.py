"""Comments and statements of JavaScript, TypeScript and Go: a string is never a comment.

A statement is told by lines and brackets: from the line of the resource to the line on which the
brackets that this line opens are closed, and before it the lines that end in the middle of it, such
as `const queue =`.
"""

import re
from bisect import bisect_right

from pulumi_preflight.waivers.source import Comment, Source, UnreadableError, margin_of

_LINE_COMMENT = re.compile(r"//[^\n]*")
_BLOCK_COMMENT = re.compile(r"/\*.*?(?P<end>\*/|\Z)", re.DOTALL)
_DOUBLE = re.compile(r'"(?:\\.|[^"\\\n])*"?', re.DOTALL)
_SINGLE = re.compile(r"'(?:\\.|[^'\\\n])*'?", re.DOTALL)
_RAW = re.compile(r"`[^`]*(?P<end>`|\Z)")
_TEMPLATE_PART = re.compile(r"(?:\\.|\$(?!\{)|[^`\\$])*(?P<end>`|\$\{|\Z)", re.DOTALL)
_REGEX = re.compile(r"/(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\[\n])+/")
_WORD = re.compile(r"[A-Za-z0-9_$]+")
# Behind these a slash begins a pattern; behind a value it divides.
_BEFORE_PATTERN = "(,=:[!&|?{;+-*%^~<>"
_WORDS_BEFORE_PATTERN = frozenset(
    ("await", "case", "delete", "do", "else", "in", "of", "return", "throw", "typeof", "void")
)
_GOES_ON = re.compile(r"(?:=|=>|\(|\breturn|\bawait)\s*$")
# A semicolon ends a statement, and the opening brace of a block does.
_ENDS_BEFORE = re.compile(r";|(?:\)|=>|\belse|\btry|\bdo)\s*\{")
_SAYS_SOMETHING = re.compile(r"[\w(\[{]")
_OPEN, _CLOSED = "([{", ")]}"


def read_javascript(content: bytes) -> Source:
    """Reads a file in JavaScript or TypeScript.

    Raises:
        UnreadableError: It is not text in UTF-8, or something in it does not end.
    """
    return _read(content, has_templates=True)


def read_go(content: bytes) -> Source:
    """Reads a file in Go.

    Raises:
        UnreadableError: It is not text in UTF-8, or something in it does not end.
    """
    return _read(content, has_templates=False)


def _read(content: bytes, *, has_templates: bool) -> Source:
    try:
        text = content.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError as error:
        raise UnreadableError(str(error)) from error
    lexer = _Lexer(text, has_templates=has_templates)
    lexer.run()
    code, lines = lexer.code().split("\n"), text.split("\n")
    begins = [0]
    begins.extend(found.end() for found in re.finditer("\n", text))
    comments = []
    for offset, comment in lexer.comments:
        number = bisect_right(begins, offset)
        margin = margin_of(lines[number - 1], offset - begins[number - 1])
        comments.append(Comment(line=number, text=comment, margin=margin))
    return Source(
        comments=tuple(comments), statement=lambda line: _statement(code, line), lines=lines
    )


class _Lexer:
    """Tells comments, strings and code apart."""

    def __init__(self, text: str, *, has_templates: bool) -> None:
        self._text = text
        self._has_templates = has_templates
        self._kept: list[str] = []
        self._last = ""
        # For each template that is open, how many braces are open in its code.
        self._templates: list[int] = []
        self.comments: list[tuple[int, str]] = []

    def code(self) -> str:
        """The text with spaces for comments and underscores for strings; lines stay lines."""
        return "".join(self._kept)

    def run(self) -> None:
        at, text = 0, self._text
        while at < len(text):
            at = self._step(at)

    def _step(self, at: int) -> int:
        """Takes what stands at an offset; gives the offset behind it."""
        letter = self._text[at]
        if letter == "/":
            return self._slash(at)
        if letter in "\"'":
            found = (_DOUBLE if letter == '"' else _SINGLE).match(self._text, at)
            return self._string(found[0] if found else letter, at)
        if letter == "`":
            return self._backtick(at)
        if self._templates and letter in "{}":
            if letter == "}" and self._templates[-1] == 0:
                self._templates.pop()
                return self._template(at + 1, begun=letter)
            self._templates[-1] += 1 if letter == "{" else -1
        word = _WORD.match(self._text, at)
        return self._code(word[0] if word else letter, at)

    def _slash(self, at: int) -> int:
        found = _BLOCK_COMMENT.match(self._text, at)
        if found:
            self._check_end(found, "a comment of `/*`")
        if found := found or _LINE_COMMENT.match(self._text, at):
            self.comments.append((at, found[0]))
            return self._blank(found[0], " ", at)
        if self._has_templates and self._is_pattern() and (found := _REGEX.match(self._text, at)):
            return self._string(found[0], at)
        return self._code("/", at)

    def _code(self, text: str, at: int) -> int:
        if not text.isspace():
            self._last = text
        self._kept.append(text)
        return at + len(text)

    def _backtick(self, at: int) -> int:
        if self._has_templates:
            return self._template(at + 1, begun="`")
        found = _RAW.match(self._text, at)
        self._check_end(found, "a text in backticks")
        return self._string(found[0] if found else "`", at)

    def _template(self, at: int, *, begun: str) -> int:
        """The text of a template up to its end or to code inside it."""
        found = _TEMPLATE_PART.match(self._text, at)
        self._check_end(found, "a text in backticks")
        part = found[0] if found else ""
        if found and found["end"] == "${":
            self._templates.append(0)
        self._blank(begun + part, "_", at)
        self._last = "(" if part.endswith("${") else "_"
        return at + len(part)

    def _check_end(self, found: re.Match[str] | None, what: str) -> None:
        """Refuses what goes on to the end of the file: comments below it would be lost."""
        if found and not found["end"]:
            line = self._text.count("\n", 0, found.start()) + 1
            raise UnreadableError(f"{what} in line {line} does not end")

    def _string(self, text: str, at: int) -> int:
        self._last = "_"
        return self._blank(text, "_", at)

    def _blank(self, text: str, letter: str, at: int) -> int:
        self._kept.append("".join(each if each == "\n" else letter for each in text))
        return at + len(text)

    def _is_pattern(self) -> bool:
        return (
            not self._last or self._last in _BEFORE_PATTERN or self._last in _WORDS_BEFORE_PATTERN
        )


def _statement(code: list[str], line: int) -> tuple[int, int]:
    if line > len(code):
        return line, line
    first = above = line
    while above > 1:
        above -= 1
        if _GOES_ON.search(code[above - 1]):
            first = above
        elif code[above - 1].strip():
            break
    return first, _last_line(code, line)


def _last_line(code: list[str], line: int) -> int:
    *before, rest = _ENDS_BEFORE.split(code[line - 1])
    if before and not _SAYS_SOMETHING.search(rest):
        # The statement ends on this line, or opens a block on it, whose lines are others'.
        return line
    depth = 0
    for number, text in enumerate((rest, *code[line:]), line):
        depth += sum(text.count(each) for each in _OPEN)
        depth -= sum(text.count(each) for each in _CLOSED)
        if depth <= 0:
            return number
    return line
