"""Reduces what a failing pack prints to the error, its message and the place in the pack."""

import re
from itertools import takewhile
from pathlib import Path

_COLOUR = re.compile(r"\x1b\[[0-9;]*m")
_PYTHON_FRAME = re.compile(r'File "(?P<file>[^"]+)", line (?P<line>\d+)')
_NODE_FRAME = re.compile(r"(?P<file>/[^\s():]+\.[cm]?[jt]s):(?P<line>\d+)")
_NODE_RAISED = re.compile(r"^\s*(?P<cause>[\w.]*(?:Error|Exception): .*)$")
_PYTHON_RAISED = re.compile(r"^(?P<cause>[A-Za-z_][\w.]*(?:: .*)?)$")
# Frames that say nothing of a rule: the SDKs, gRPC, and the languages' own machinery.
_MACHINERY = ("node_modules", "pulumi", "pulumi_policy", "grpc", "asyncio", "concurrent")
# What follows the message of an error in Node: its frames, its properties, the runtime's version.
_NODE_REST = re.compile(r"^(\s+at |\s*\{?$|\}|Node\.js v)")
_LAST_LINES = 3
_MOST_LINES = 20


def cause_of(text: str, directory: Path) -> str:
    """Gives the error that a pack wrote to stderr, empty if it wrote nothing.

    A message of several lines, such as a compiler's, has each in a line of its own.

    Args:
        text: The pack's own words: a traceback of Python or Node, or anything else.
        directory: The pack's folder; the innermost frame inside it is named, relative to it.
    """
    lines = [_COLOUR.sub("", line).rstrip() for line in text.splitlines()]
    cause = _python_cause(lines) or _node_cause(lines)
    if cause is None:
        return " / ".join([line.strip() for line in lines if line.strip()][-_LAST_LINES:])
    place = _place(lines, directory)
    first, *rest = cause
    return "\n  ".join([f"{first} ({place})" if place else first, *rest])


def _python_cause(lines: list[str]) -> list[str] | None:
    """The last traceback's last line; an exception may have any name, so its place decides."""
    starts = [i for i, line in enumerate(lines) if "Traceback (most recent call last)" in line]
    if not starts:
        return None
    for line in lines[starts[-1] + 1 :]:
        if match := _PYTHON_RAISED.match(line):
            return [match["cause"]]
    return None


def _node_cause(lines: list[str]) -> list[str] | None:
    """The first error's message, whose lines go on until its frames."""
    for number, line in enumerate(lines, start=1):
        if match := _NODE_RAISED.match(line):
            rest = list(
                takewhile(lambda text: not text or not _NODE_REST.match(text), lines[number:])
            )
            more = [text.strip() for text in rest if text]
            left_out = [f"... {len(more) - _MOST_LINES} more lines"] * (len(more) > _MOST_LINES)
            return [match["cause"], *more[:_MOST_LINES], *left_out]
    return None


def _place(lines: list[str], directory: Path) -> str | None:
    """The innermost frame in the pack, or else in a library that holds its rules."""
    # Python prints the innermost frame last, Node first.
    frames = [match for line in reversed(lines) for match in _PYTHON_FRAME.finditer(line)]
    frames += [match for line in lines for match in _NODE_FRAME.finditer(line)]
    for frame in frames:
        file = Path(frame["file"])
        for folder in (directory, directory.resolve()):
            if file.is_relative_to(folder) and "node_modules" not in file.parts:
                return f"{file.relative_to(folder)}:{frame['line']}"
    for frame in frames:
        file = Path(frame["file"])
        if file.is_absolute() and not set(_MACHINERY).intersection(file.parts):
            return f"{file}:{frame['line']}"
    return None
