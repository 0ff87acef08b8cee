"""What may run: programs and packs in folders of the workspace that the editor trusts."""

import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from urllib.parse import unquote, urlsplit

from pulumi_preflight.packs import PackChoice
from pulumi_preflight.project import Project, holds_project
from pulumi_preflight.roots import Roots

HOW_TO_TRUST = (
    "preflight runs programs, and so nothing in a workspace that the editor has not declared "
    "trusted: set `trusted` in initializationOptions to true, or to a list of folders"
)
OUTSIDE = (
    "preflight runs nothing outside of the folders of the workspace: open the project's folder"
)


def path_of(uri: str) -> Path | None:
    """The path of a file, `None` where a URI is not that of a file of this machine."""
    parts = urlsplit(uri)
    if parts.scheme != "file" or parts.netloc not in ("", "localhost"):
        return None
    path = unquote(parts.path)
    return None if "\0" in path or not path.startswith("/") else Path(os.path.normpath(path))


class Trust:
    """The folders of a workspace, and those that are trusted."""

    def __init__(self, folders: Iterable[Path], *, trusted: bool | Sequence[str]) -> None:
        """Takes them.

        Args:
            folders: The folders of the workspace.
            trusted: Whether all are trusted, or else the trusted folders, as paths or URIs.
        """
        self._workspace = Roots(list(folders))
        declared = self._workspace.folders
        if isinstance(trusted, bool):
            declared = declared if trusted else ()
        else:
            named = Roots([_folder(each) for each in trusted])
            inside = (each for each in named.folders if self._workspace.hold(each))
            declared = (*(each for each in declared if named.hold(each)), *inside)
        self._trusted = Roots(
            declared,
            called="the trusted folders of the workspace",
            hint="add its folder to the workspace, and to `trusted` where that is a list",
        )

    def project_of(self, file: Path) -> Path | None:
        """The nearest folder above a file that holds a project, as far as the workspace goes.

        Outside of the workspace it is the nearest of all.
        """
        return next((folder for folder in file.parents if holds_project(folder)), None)

    def refusal(self, project: Path) -> str | None:
        """Why a project may not run, `None` where it may."""
        if not self._workspace.hold(project):
            return OUTSIDE
        return None if self._trusted.hold(project) else HOW_TO_TRUST

    def find(self, named: str, what: str, project: Path) -> Path:
        """The path that a setting names; a relative one begins at the project's workspace folder.

        Raises:
            PreflightError: It leads out of the trusted folders.
        """
        real = Path(os.path.realpath(project))
        around = (each for each in self._workspace.folders if real.is_relative_to(each))
        return self._trusted.find(named, what, next(around, project))

    def admit(self, project: Project, choices: Sequence[PackChoice]) -> None:
        """Refuses a run in which anything outside of the trusted folders would be run.

        Raises:
            PreflightError: The program, a pack or its config leads out of them.
        """
        self._trusted.admit(project, choices)


def _folder(named: str) -> Path:
    return path_of(named) or Path(os.path.expanduser(named))  # noqa: PTH111 - never raises
