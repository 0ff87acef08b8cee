"""Tells which projects and stacks a base has that are there no more."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from pulumi_preflight.errors import PreflightError
from pulumi_preflight.project import PROJECT_FILES, repository_of, stacks_in
from pulumi_preflight.recursive.search import INSTALLED, PACK_FILES, projects_below
from pulumi_preflight.verdicts import Gone, StackResult

if TYPE_CHECKING:
    from pulumi_preflight.bases.revisions import Revision


def removed_projects(revision: "Revision", top: Path) -> list[Path]:
    """The folders in and below one that hold a project in a revision, and none today.

    Raises:
        GitError: Git cannot read the revision.
    """
    folders = _folders_with(files := revision.files_below(top), PROJECT_FILES)
    packs = _folders_with(files, PACK_FILES) - folders - {top}
    return sorted(
        folder
        for folder in folders
        if not any((folder / name).is_file() for name in PROJECT_FILES)
        and not any(
            part.startswith(".") or part in INSTALLED for part in folder.relative_to(top).parts
        )
        and packs.isdisjoint(folder.parents)
    )


def _folders_with(files: Iterable[Path], names: Iterable[str]) -> set[Path]:
    wanted = {*names}
    return {file.parent for file in files if file.name in wanted}


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
    everywhere = {*projects}
    repository = repository_of(top)
    if repository and repository != top:
        everywhere.update(projects_below(repository).projects)
    kept: dict[str, set[str]] = {}
    for folder in sorted(everywhere):
        try:
            name, found = stacks_in(folder)
        except PreflightError:
            if folder not in projects:
                # Elsewhere may stand templates, which are no projects yet.
                continue
            # Any of the missing ones may be its own. Its result says why there is no verdict.
            return ()
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
