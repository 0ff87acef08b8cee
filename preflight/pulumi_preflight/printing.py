"""What leaves the process: texts fit for a terminal, streams that may be closed, whole files."""

import os
import re
import sys
from collections.abc import Callable
from io import TextIOWrapper
from pathlib import Path
from stat import S_IRUSR, S_IWUSR
from typing import TextIO

from pulumi_preflight.errors import PreflightError

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


def tell(text: str) -> None:
    """Writes to stderr, with control characters escaped.

    Where stderr is closed or full, no message can arrive, and only the exit code remains.
    """
    # Python has no stderr where the descriptor was closed before Python started.
    stream: TextIO | None = sys.stderr
    if stream is None:
        return
    try:
        stream.write(escaped(text))
        stream.flush()
    except OSError:
        discard(stream)


def to_stdout(write: Callable[[TextIO], None]) -> None:
    """Writes to stdout; a reader such as `head` that stops early is not an error.

    Raises:
        PreflightError: Stdout is closed, or cannot be written to.
    """
    stream: TextIO | None = sys.stdout
    if stream is None:
        raise PreflightError("stdout is closed", hint="--output FILE writes the report to a file")
    if isinstance(stream, TextIOWrapper):
        # A character that the encoding does not have is written as its number.
        stream.reconfigure(errors="backslashreplace")
    try:
        write(stream)
        stream.flush()
    except BrokenPipeError:
        discard(stream)
    except OSError as error:
        discard(stream)
        raise PreflightError(
            f"the report cannot be written to stdout: {error.strerror}",
            hint="--output FILE writes it to a file",
        ) from error


def discard(stream: TextIO) -> None:
    """Sends the rest nowhere; else Python would flush it at its end, and fail again."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream.fileno())
    os.close(nowhere)


_OWNER_ONLY = S_IRUSR | S_IWUSR


def write_whole(path: Path, write: Callable[[TextIO], None], *, private: bool = False) -> None:
    """Writes a text file beside `path` and renames it into place.

    An existing pipe or device is written to as it is; a link stays a link.

    Args:
        path: The file.
        write: Writes the text.
        private: Whether only the owner may read the file.

    Raises:
        PreflightError: The folder is missing or cannot be written to.
    """
    try:
        if path.exists() and not path.is_file():
            with path.open("w", encoding="utf-8") as stream:
                write(stream)
        else:
            _replace(Path(os.path.realpath(path)), write, private=private)
    except OSError as error:
        missing = isinstance(error, FileNotFoundError) and not path.parent.exists()
        hint = f"make the folder {path.parent} first" if missing else None
        raise PreflightError(f"{path} cannot be written: {error.strerror}", hint=hint) from error


def _replace(path: Path, write: Callable[[TextIO], None], *, private: bool) -> None:
    part = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with part.open("x", encoding="utf-8") as stream:
            if private:
                os.fchmod(stream.fileno(), _OWNER_ONLY)
            write(stream)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
