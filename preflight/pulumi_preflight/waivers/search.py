"""Finds the program's files that may hold waivers; the others cost one look at their bytes."""

import os
import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePath

from pulumi_preflight.verdict import Verdict

PYTHON = (".py", ".pyi")
JAVASCRIPT = (".cjs", ".cts", ".js", ".jsx", ".mjs", ".mts", ".ts", ".tsx")
YAML = (".yaml", ".yml")
GO = (".go",)
_KINDS = frozenset((*PYTHON, *JAVASCRIPT, *YAML, *GO))
_LIBRARIES = frozenset(("dist-packages", "node_modules", "site-packages"))
_GO_LIBRARIES = "vendor"
# Every waiver holds this.
_MARK = re.compile(rb"preflight\s*:")


@dataclass(frozen=True, slots=True, kw_only=True)
class Marked:
    """A file of the program that may hold waivers.

    Attributes:
        name: The file, relative to the project.
        created: The URNs of the resources that are created in it, by line.
        content: What it holds.
        problem: Why it cannot be read, empty where it can.
    """

    name: str
    created: Mapping[int, set[str]]
    content: bytes = b""
    problem: str = ""


def marked(verdict: Verdict, root: Path) -> tuple[Marked, ...]:
    """The files in which resources are created and that may hold waivers, by name.

    Args:
        verdict: The verdict.
        root: The project's folder, to which its files are relative.
    """
    created: defaultdict[str, defaultdict[int, set[str]]] = defaultdict(lambda: defaultdict(set))
    for resource in verdict.resources:
        place = resource.position
        if place is not None:
            created[place.file][place.line].add(resource.urn)
    found = (_marked(root, file, created[file]) for file in sorted(created) if is_own(file))
    return tuple(filter(None, found))


def kind_of(file: str) -> str:
    """The ending of a file's name."""
    return PurePath(file).suffix.lower()


def is_own(file: str) -> bool:
    """Whether a file is the program's, not one of a library, and may hold waivers."""
    path, kind = PurePath(file), kind_of(file)
    return (
        kind in _KINDS
        and not path.is_absolute()
        and os.pardir not in path.parts
        and not _LIBRARIES.intersection(path.parts)
        and not (kind in GO and _GO_LIBRARIES in path.parts)
    )


def _marked(root: Path, name: str, created: Mapping[int, set[str]]) -> Marked | None:
    try:
        content = (root / name).read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        # A program that was compiled elsewhere names files that are not here.
        return None
    except OSError as error:
        return Marked(name=name, created=created, problem=error.strerror or str(error))
    return Marked(name=name, created=created, content=content) if _MARK.search(content) else None
