"""What looks like a way out of a folder in a text: paths with `..`, and code that climbs."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

# In the paths of `preflight.yaml` a name in braces stands for the stack's.
_PATH = re.compile(r"(?<![\w.])(?:\.\.[\\/]+)+[\w@.+\\/-]*(?P<placeholder>[{}$*%<])?")
_ALONE = re.compile(
    r"""(?:["'`]|[:=>]\s*|-e\s+)((?:\.\./)*\.\.)/?(?=["'`\s,)\]}]|$)""", re.MULTILINE
)
_IN_TURN = re.compile(r"""(["'])\.\.\1(?:\s*,\s*(["'])\.\.\2)+""")
# Code that asks where it stands.
_PLACE = re.compile(r"__file__|__dirname|import\.meta|\bcwd\b|\bgetcwd\b")
_IN_A_FOLDER = re.compile(r"__dirname|import\.meta\.dirname|\bcwd\b|\bgetcwd\b")
_STEPS = re.compile(r"\.parent\b|\bdirname\s*\(|\bpardir\b|\.parents\[\s*(?P<number>[-\w]+)")
_FROM_ABOVE = re.compile(r"^\s*from\s+\.(?P<dots>\.+)", re.MULTILINE)
# Where code computes how far it climbs.
_ANY = 99


@dataclass(frozen=True, slots=True)
class References:
    """The ways out of a folder.

    Attributes:
        paths: Paths with `..` and a name, relative to the file's folder or to the project's.
        climbs: Folders above the file's own, such as `../..`.
    """

    paths: tuple[str, ...]
    climbs: tuple[str, ...]


def references_in(text: str, *, is_python: bool = False) -> References:
    """Finds the ways out in the text of a file."""
    paths = dict.fromkeys(_paths(text))
    climbs = dict.fromkeys(_climbs(text, is_python=is_python))
    return References(paths=tuple(paths), climbs=tuple(climbs))


def _paths(text: str) -> Iterator[str]:
    if ".." not in text:
        return
    for found in _PATH.finditer(text):
        path = found[0].replace("\\", "/")
        if found["placeholder"]:
            path = path.rpartition("/")[0]
        # A sentence may end behind a path.
        yield path.rstrip("/.") or path


def _climbs(text: str, *, is_python: bool) -> Iterator[str]:
    if ".." in text:
        yield from (found[1] for found in _ALONE.finditer(text))
        yield from (_up(found[0].count("..")) for found in _IN_TURN.finditer(text))
    if is_python:
        yield from (_up(len(found["dots"])) for found in _FROM_ABOVE.finditer(text))
    if not _PLACE.search(text):
        return
    steps = [found["number"] for found in _STEPS.finditer(text)]
    # The first step goes from a file to its folder. Several names may share the steps.
    count = sum(map(_length, steps)) - (0 if _IN_A_FOLDER.search(text) else 1)
    if count > 0:
        yield _up(count)


def _length(number: str | None) -> int:
    if number is None:
        return 1
    return int(number) + 1 if number.isdecimal() else _ANY


def _up(steps: int) -> str:
    return "/".join([".."] * min(steps, _ANY))
