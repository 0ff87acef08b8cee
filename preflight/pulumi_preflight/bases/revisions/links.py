"""An environment at another place: links to what it holds, and paths into the repository moved.

An installed package stays where it is. One that is installed from the repository itself, such as a
member of a workspace, is that of the other work tree.
"""

import os
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

MODULES = "node_modules"
_VIRTUALENV = "pyvenv.cfg"
_PACKAGES = "site-packages"
_COMPILED = "__pycache__"
# A finder of editable packages is code: the paths stand in quotes.
_QUOTED = re.compile(r"""(["'])(/[^"'\n]*)\1""")


@dataclass(frozen=True, slots=True)
class Move:
    """What moves paths of one work tree into another.

    Attributes:
        source: The top folder of the one, which may be gone.
        target: The top folder of the other.
    """

    source: Path
    target: Path

    def of(self, path: str | Path) -> Path | None:
        """The path in the other work tree, `None` where that has none."""
        absolute = Path(os.path.normpath(path))
        if not absolute.is_relative_to(self.source):
            return None
        there = self.target / absolute.relative_to(self.source)
        return there if there.exists() else None


def is_virtualenv(folder: Path) -> bool:
    """Whether a folder is an environment of Python."""
    return (folder / _VIRTUALENV).is_file()


def link_virtualenv(environment: Path, to: Path, move: Move) -> None:
    """Makes an environment of Python that holds what another one holds.

    Args:
        environment: The one that is there.
        to: The folder of the new one.
        move: Moves what is installed from a work tree.
    """
    to.mkdir(parents=True)
    for entry in environment.iterdir():
        if entry.name == "lib":
            for python in entry.iterdir():
                _link_library(python, to / "lib" / python.name, move)
        elif entry.name == _VIRTUALENV:
            shutil.copy2(entry, to)
        elif entry.is_symlink() and not os.path.isabs(os.readlink(entry)):  # noqa: PTH115, PTH117 - the text of the link
            # `lib64` is `lib`.
            (to / entry.name).symlink_to(os.readlink(entry))  # noqa: PTH115 - as above
        else:
            (to / entry.name).symlink_to(entry)


def _link_library(library: Path, to: Path, move: Move) -> None:
    to.mkdir(parents=True)
    for entry in library.iterdir():
        if entry.name == _PACKAGES:
            (to / _PACKAGES).mkdir()
            for package in entry.iterdir():
                _link_package(package, to / _PACKAGES / package.name, move)
        else:
            (to / entry.name).symlink_to(entry)


def _link_package(package: Path, to: Path, move: Move) -> None:
    if package.name == _COMPILED:
        # The finders that are written anew would be compiled into it.
        return
    if package.suffix == ".pth" or (package.suffix == ".py" and package.name.startswith("_")):
        text = package.read_text(encoding="utf-8", errors="surrogateescape")
        moved = "".join(_moved_lines(text, move)) if package.suffix == ".pth" else text
        moved = _QUOTED.sub(lambda found: _moved_quote(found, move), moved)
        if moved != text:
            to.write_text(moved, encoding="utf-8", errors="surrogateescape")
            return
    to.symlink_to((package.is_symlink() and move.of(package.resolve())) or package)


def _moved_lines(text: str, move: Move) -> Iterator[str]:
    for line in text.splitlines(keepends=True):
        there = move.of(line.strip()) if line.startswith("/") else None
        yield f"{there}\n" if there else line


def _moved_quote(found: re.Match[str], move: Move) -> str:
    quote, path = found.groups()
    there = move.of(path)
    return f"{quote}{there}{quote}" if there else found[0]


def link_modules(modules: Path, to: Path, move: Move) -> None:
    """Makes a `node_modules` that holds what another one holds.

    Args:
        modules: The one that is there.
        to: The new one.
        move: Moves the packages of a workspace, each with its own `node_modules`.
    """
    to.mkdir(parents=True)
    for entry in modules.iterdir():
        place = to / entry.name
        if entry.name.startswith("@") and not entry.is_symlink():
            link_modules(entry, place, move)
            continue
        package = entry.resolve()
        member = move.of(package) if MODULES not in _below(package, move.source) else None
        place.symlink_to(member or entry)
        if member and (package / MODULES).is_dir() and not (member / MODULES).exists():
            link_modules(package / MODULES, member / MODULES, move)


def _below(path: Path, top: Path) -> tuple[str, ...]:
    return path.relative_to(top).parts if path.is_relative_to(top) else ()
