"""Which projects a commit's files belong to, for a hook that gets files and judges projects."""

from collections.abc import Iterable
from pathlib import Path

from pulumi_preflight.project import holds_project


def projects_of(files: Iterable[Path]) -> list[Path]:
    """The nearest folder above each file that holds a project file, each once and in order.

    Files are relative to this folder, the root of the repository; no folder above it counts.
    """
    found = (_project_of(file) for file in files)
    return sorted({project for project in found if project is not None})


def _project_of(file: Path) -> Path | None:
    return next((folder for folder in file.parents if holds_project(folder)), None)
