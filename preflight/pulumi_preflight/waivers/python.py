"""Comments and statements of Python, by its tokens: a text in a string is never a comment."""

import io
import tokenize
from bisect import bisect_right

from pulumi_preflight.waivers.source import Comment, Source, UnreadableError, margin_of

# What stands between statements.
_NO_CODE = (tokenize.COMMENT, tokenize.NL, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER)


def read(content: bytes) -> Source:
    """Reads a file.

    A statement is a logical line: all of a call over several lines, and of `with` or `for` the line
    with the colon, not the block.

    Raises:
        UnreadableError: It is not Python of this version, or in no encoding that it names.
    """
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(content).readline)
        text = content.decode(encoding).replace("\r\n", "\n").replace("\r", "\n")
        return _source(text)
    except (SyntaxError, UnicodeDecodeError, tokenize.TokenError) as error:
        raise UnreadableError(str(error)) from error


def _source(text: str) -> Source:
    lines = text.split("\n")
    comments: list[Comment] = []
    firsts: list[int] = []
    lasts: list[int] = []
    inside = False
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        line, column = token.start
        if token.type == tokenize.COMMENT:
            margin = margin_of(lines[line - 1], column)
            comments.append(Comment(line=line, text=token.string, margin=margin))
        elif token.type == tokenize.NEWLINE and inside:
            lasts.append(line)
            inside = False
        elif token.type not in _NO_CODE and not inside:
            firsts.append(line)
            inside = True

    def statement(line: int) -> tuple[int, int]:
        number = bisect_right(firsts, line) - 1
        if number < 0 or number >= len(lasts) or lasts[number] < line:
            return line, line
        # Statements behind a semicolon are one logical line.
        return firsts[number], lasts[number]

    return Source(comments=tuple(comments), statement=statement, lines=lines)
