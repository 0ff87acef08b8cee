"""What the verdict on a project rests on: the folders and files to be watched."""

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from pulumi_preflight.errors import PreflightError
from pulumi_preflight.git import Repository
from pulumi_preflight.opened import Files
from pulumi_preflight.packs import PackChoice, choices_of
from pulumi_preflight.project import load_project, repository_of
from pulumi_preflight.recursive.uses import Reader


@dataclass(frozen=True, slots=True)
class Places:
    """What is watched.

    Attributes:
        folders: Each with all that is in it.
        files: Full paths: of a file, of one without its ending, or of a folder of which the names
            count that come and go.
    """

    folders: frozenset[Path]
    files: frozenset[str]

    def place_of(self, path: str, *, comes_or_goes: bool) -> str | None:
        """The part of a path that names it in what is watched; `None` where nothing watches it.

        Args:
            path: The full path.
            comes_or_goes: Whether it was made or removed.
        """
        for folder in self.folders:
            if path == str(folder):
                return folder.name
            if path.startswith(f"{folder}/"):
                return path.removeprefix(f"{folder}/")
        above, name = os.path.split(path)
        is_listed = comes_or_goes and above in self.files
        is_named = path in self.files or any(path.startswith(f"{file}.") for file in self.files)
        return name if is_listed or is_named else None


def places_of(
    folder: Path,
    stack: str | None,
    packs: Sequence[PackChoice] | None,
    more: Iterable[Path],
    files: Files | None,
) -> Places:
    """What the verdict on a project rests on.

    Args:
        folder: The project's folder.
        stack: The stack, `None` where the project is to say it.
        packs: The packs; `None` stands for those that the project names.
        more: Other files that count, such as a baseline.
        files: The files that the program opened; `None` where nobody tells them, so that all counts
            which its own files name, and which its manifest lets it load.
    """
    root = _real(folder)
    choices = list(packs or ())
    whole = [root]
    try:
        project = load_project(folder, stack=stack, environment=_without_passphrase())
    except (PreflightError, OSError):
        # The run itself tells of that, and what puts it right is in the project's folder.
        pass
    else:
        choices += choices_of(project.packs) if packs is None else ()
        whole.append(_real(project.launch.program))
    whole += [_real(each.directory) for each in choices]
    used = {path for each in whole[len(whole) - len(choices) :] for path in _used(each)}
    single = [_real(each) for each in more]
    for config in (_real(each.config) for each in choices if each.config):
        # A config may extend others beside it.
        beside = not root.is_relative_to(config.parent)
        (whole if beside else single).append(config.parent if beside else config)
    if files is None:
        used |= set(_used(root))
    else:
        single += [_real(each) for each in files.read]
    # What looks like a path in a text may be far too long for one.
    folders = {path for path in (*whole, *used) if os.path.isdir(path)}  # noqa: PTH112 - never raises
    folders = {path for path in folders if not folders.intersection(path.parents)}
    named = {*whole, *used, *single} - folders
    return Places(
        folders=frozenset(folders),
        files=frozenset(str(path) for path in named if not folders.intersection(path.parents)),
    )


def _without_passphrase() -> dict[str, str]:
    """The variables without what opens secrets: that takes long, and nothing here needs it."""
    return {name: text for name, text in os.environ.items() if "PASSPHRASE" not in name}


def _real(path: Path | str) -> Path:
    return Path(os.path.realpath(path))


def _used(folder: Path) -> list[Path]:
    """What a project or a pack uses outside of its folder, as far as its repository goes."""
    top = repository_of(folder)
    if top is None:
        return []
    try:
        uses = Reader(Repository(top)).uses(folder)
    except (PreflightError, FileNotFoundError):
        # Without git, or where it refuses the work tree, nobody knows.
        return []
    return [Path(os.path.normpath(top / path)) for path in uses.paths]
