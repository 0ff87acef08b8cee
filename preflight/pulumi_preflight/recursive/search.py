"""Finds the projects below a folder."""

import os
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from pulumi_preflight.git import Repository
from pulumi_preflight.project import PROJECT_FILES, repository_of

PACK_FILES = frozenset({"PulumiPolicy.yaml", "PulumiPolicy.yml"})
INSTALLED = frozenset({"node_modules"})
_OF_A_VIRTUAL_ENVIRONMENT = "pyvenv.cfg"


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What is below a folder.

    Attributes:
        projects: The folders that hold a project file, in order.
        unreadable: The folders that cannot be looked into, in order, each with the reason.
    """

    projects: tuple[Path, ...]
    unreadable: tuple[tuple[Path, str], ...]


def projects_below(root: Path) -> Found:
    """Finds the projects in a folder and in all below it.

    Hidden folders, installed packages, virtual environments, folders that git ignores, policy
    packs, and links are left out, whatever they hold. The folder itself is looked into in any case.

    Raises:
        GitError: Git refuses the work tree.
    """
    projects, unreadable = [], []
    own = repository_of(root)
    # What is asked for by name is wanted, and so is what is in it.
    if own and own != root and Repository(own).ignored([root]):
        own = None
    level: list[tuple[Path, Path | None]] = [(root, own)]
    while level:
        below: list[tuple[Path, Path | None]] = []
        for folder, repository in level:
            try:
                entries = list(os.scandir(folder))
            except OSError as error:
                unreadable.append((folder, error.strerror or type(error).__name__))
                continue
            names = {entry.name for entry in entries}
            if not names.isdisjoint(PROJECT_FILES):
                projects.append(folder)
            elif folder != root and not names.isdisjoint(PACK_FILES):
                continue
            if _OF_A_VIRTUAL_ENVIRONMENT in names and folder != root:
                continue
            inside = folder if ".git" in names else repository
            below += [
                (folder / entry.name, inside)
                for entry in entries
                if entry.is_dir(follow_symlinks=False)
                and not entry.name.startswith(".")
                and entry.name not in INSTALLED
            ]
        level = _without_ignored(below)
    return Found(projects=tuple(sorted(projects)), unreadable=tuple(sorted(unreadable)))


def _without_ignored(
    folders: Iterable[tuple[Path, Path | None]],
) -> list[tuple[Path, Path | None]]:
    folders = list(folders)
    of_repository: defaultdict[Path, list[Path]] = defaultdict(list)
    for folder, repository in folders:
        if repository:
            of_repository[repository].append(folder)
    ignored: set[Path] = set()
    for repository, inside in of_repository.items():
        ignored |= Repository(repository).ignored(inside)
    return [(folder, repository) for folder, repository in folders if folder not in ignored]
