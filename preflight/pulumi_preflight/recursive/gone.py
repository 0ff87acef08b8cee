"""Tells which projects and stacks a base has that are there no more."""

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from pulumi_preflight.errors import PreflightError
from pulumi_preflight.project import PROJECT_FILES, holds_project, repository_of, stacks_in
from pulumi_preflight.recursive.search import INSTALLED, PACK_FILES, projects_below
from pulumi_preflight.verdicts import Gone, StackResult

if TYPE_CHECKING:
    from pulumi_preflight.bases.revisions import Revision

# A project's name has no other characters.
_NAME = re.compile(r"""^["']?name["']?\s*:\s*["']?([\w.-]+)""", re.MULTILINE)


def removed_projects(revision: "Revision", top: Path) -> list[Path]:
    """The folders in and below one that hold a project in a revision, which is gone today.

    One that has moved is not gone.

    Raises:
        GitError: Git cannot read the revision.
    """
    files = revision.files_below(top)
    project_files = {file.parent: file for file in files if file.name in PROJECT_FILES}
    packs = {file.parent for file in files if file.name in PACK_FILES} - {*project_files, top}
    removed = sorted(
        folder
        for folder in project_files
        if not holds_project(folder)
        and not any(
            part.startswith(".") or part in INSTALLED for part in folder.relative_to(top).parts
        )
        and packs.isdisjoint(folder.parents)
    )
    if not removed:
        return []
    today = {name for name, _ in _readable(_everywhere(top))}
    texts = ((folder, revision.text_of(project_files[folder])) for folder in removed)
    return [
        folder for folder, text in texts if not ((name := _NAME.search(text)) and name[1] in today)
    ]


def _everywhere(top: Path) -> tuple[Path, ...]:
    """The projects of the repository that a folder is in; those below it, where it is in none."""
    return projects_below(repository_of(top) or top).projects


def _readable(projects: Iterable[Path]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Names and stacks of projects; what cannot be read may be a template, or is told elsewhere."""
    for folder in projects:
        with suppress(PreflightError):
            yield stacks_in(folder)


def gone_stacks(
    known: Iterable[Gone],
    results: Sequence[StackResult],
    *,
    projects: Sequence[Path],
    top: Path,
    stack: str | None,
) -> tuple[Gone, ...]:
    """The stacks that a base knows, and that neither the run nor the repository has any more.

    A stack that the run leaves out is not gone: one of a project without a change, of a project
    elsewhere in the repository, or another one than that which is asked for.

    Args:
        known: The stacks of the base.
        results: What became of the stacks that are judged.
        projects: The folders of all projects that were found.
        top: The folder that was looked through.
        stack: The stack that is asked for; `None` for all.
    """
    judged = {(each.project, each.stack) for each in results}
    missing = [each for each in known if (each.project, each.stack) not in judged]
    if not missing:
        return ()
    if len([*_readable(projects)]) < len(projects):
        # Any of the missing ones may be one whose result says why there is no verdict.
        return ()
    kept: dict[str, set[str]] = {}
    for name, found in _readable({*projects, *_everywhere(top)}):
        kept.setdefault(name, set()).update(found)
    return tuple(
        sorted(
            (each for each in missing if _is_gone(each, kept, judged, stack)),
            key=lambda each: (each.project, each.stack),
        )
    )


def _is_gone(
    known: Gone,
    kept: dict[str, set[str]],
    judged: set[tuple[str | None, str | None]],
    stack: str | None,
) -> bool:
    if known.project not in kept:
        return True
    # Of a project without a stack file, whoever runs preflight names the stacks.
    was_judged = any(project == known.project for project, _ in judged)
    has_files = bool(kept[known.project])
    return stack is None and was_judged and has_files and known.stack not in kept[known.project]
