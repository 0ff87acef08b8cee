"""What git tells of a folder: what is ignored, what has changed, and what a commit held."""

import os
import subprocess
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from pulumi_preflight.errors import PreflightError
from pulumi_preflight.project import repository_of

# What a hook of git sets names the repository of the hook, which may be another one.
# Source: `git rev-parse --local-env-vars`.
_OF_ANOTHER = (
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_COMMON_DIR",
    "GIT_CONFIG",
    "GIT_DIR",
    "GIT_GRAFT_FILE",
    "GIT_IMPLICIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_INTERNAL_SUPER_PREFIX",
    "GIT_NO_REPLACE_OBJECTS",
    "GIT_OBJECT_DIRECTORY",
    "GIT_PREFIX",
    "GIT_REPLACE_REF_BASE",
    "GIT_SHALLOW_FILE",
    "GIT_WORK_TREE",
)
_NONE_FOUND = 1
CHANGED_SINCE = "--changed-since"
_WHOLE_HISTORY = (
    "fetch the whole history: `git fetch --unshallow`, `fetch-depth: 0` for actions/checkout, or "
    "GIT_DEPTH: 0 in GitLab"
)


class GitError(PreflightError):
    """Git cannot tell what is asked of it."""


@dataclass(frozen=True, slots=True)
class Repository:
    """A work tree of git.

    Attributes:
        top: Its top folder.
    """

    top: Path

    def ignored(self, paths: Iterable[Path]) -> set[Path]:
        """Those of some paths in the work tree that git ignores.

        Without git on PATH, nothing is ignored.

        Raises:
            GitError: Git refuses the work tree.
        """
        asked = {str(path.relative_to(self.top)): path for path in paths if path != self.top}
        if not asked:
            return set()
        try:
            told = self._asked("check-ignore", "-z", "--stdin", given="\0".join(asked))
        except FileNotFoundError:
            return set()
        return {asked[name] for name in told.stdout.split("\0") if name in asked}

    def files(self, *patterns: str) -> list[Path]:
        """The files of the work tree that git does not ignore, relative to its top.

        Args:
            patterns: Path specifications of git; without one, all files.

        Raises:
            GitError: Git refuses the work tree, or is not there.
        """
        told = self._told("ls-files", "-z", "--cached", "--others", "--exclude-standard", *patterns)
        return sorted(set(_paths(told)))

    def changed_since(self, reference: str) -> list[Path]:
        """What differs from the commit at which this branch and another parted, relative to top.

        Committed or not, new files too, but for new ones that Python compiles. A submodule is one
        path.

        Args:
            reference: A branch, a tag or a commit.

        Raises:
            GitError: There is no such commit, the two have none in common, git refuses the work
                tree, or git is not there.
        """
        base = self.parting(reference, CHANGED_SINCE)
        changed = self._told(
            # The user's settings may name other programs, or paths in another form.
            *("diff", "--name-only", "-z", "--no-renames", "--no-relative", "--no-ext-diff"),
            *("--ignore-submodules=none", base, "--"),
        )
        new = self._told("ls-files", "-z", "--others", "--exclude-standard")
        added = {each for each in _paths(new) if "__pycache__" not in each.parts}
        return sorted(added.union(_paths(changed)))

    def parting(self, reference: str, option: str) -> str:
        """The commit at which the work tree's branch and another parted.

        Args:
            reference: A branch, a tag or a commit.
            option: What names it, for messages.

        Raises:
            GitError: As for `changed_since`.
        """
        found = self._asked(
            "rev-parse", "--verify", "--quiet", "--end-of-options", f"{reference}^{{commit}}"
        )
        if found.returncode:
            shallow = self._is_shallow()
            raise GitError(
                f"{option} is {reference!r}, and the {_kind(shallow=shallow)} {self.top} "
                "has no such branch, tag or commit",
                hint=_WHOLE_HISTORY
                if shallow
                else "`git branch --all` lists what there is; `git fetch origin BRANCH` gets a "
                "branch, which is origin/BRANCH then",
            )
        base = self._asked("merge-base", found.stdout.strip(), "HEAD")
        if base.returncode:
            shallow = self._is_shallow()
            raise GitError(
                f"{option} is {reference!r}, which has no commit in common with HEAD in the "
                f"{_kind(shallow=shallow)} {self.top}",
                hint=_WHOLE_HISTORY if shallow else "name a branch that this one comes from",
            )
        return base.stdout.strip()

    def check_out(self, commit: str, folder: Path) -> None:
        """Makes a work tree of a commit in a new folder; no hook of the user runs.

        Raises:
            GitError: Git cannot make it.
        """
        without_hooks = ("-c", f"core.hooksPath={os.devnull}")
        self._told(*without_hooks, "worktree", "add", "--quiet", "--detach", str(folder), commit)

    def remove(self, folder: Path) -> None:
        """Removes a work tree that `check_out` has made.

        Raises:
            GitError: Git cannot remove it.
        """
        self._told("worktree", "remove", "--force", "--force", str(folder))

    def files_of(self, commit: str, folder: Path) -> list[Path]:
        """The files that a commit has below a folder, relative to the top.

        Args:
            commit: The commit.
            folder: A folder of the work tree, absolute.

        Raises:
            GitError: Git cannot read the commit.
        """
        below = folder.relative_to(self.top).as_posix()
        told = self._told("ls-tree", "-r", "--name-only", "-z", commit, "--", f":(literal){below}")
        return sorted(_paths(told))

    def text_of(self, commit: str, file: Path) -> str:
        """The text of a file in a commit.

        Args:
            commit: The commit.
            file: A path that `files_of` gave.

        Raises:
            GitError: Git cannot read it.
        """
        return self._told("cat-file", "blob", f"{commit}:{file.as_posix()}")

    def _is_shallow(self) -> bool:
        return self._told("rev-parse", "--is-shallow-repository").strip() == "true"

    def _asked(
        self, *arguments: str, given: str | None = None
    ) -> "subprocess.CompletedProcess[str]":
        """What git answers to a question that it may answer with none."""
        told = self._run(*arguments, given=given)
        if told.returncode not in (0, _NONE_FOUND):
            raise self._refusal(told)
        return told

    def _told(self, *arguments: str) -> str:
        told = self._run(*arguments)
        if told.returncode:
            raise self._refusal(told)
        return told.stdout

    def _refusal(self, told: "subprocess.CompletedProcess[str]") -> GitError:
        said = told.stderr.strip().splitlines() or [f"exit code {told.returncode}"]
        return GitError(
            f"git cannot read the repository {self.top}: {said[0].removeprefix('fatal: ')}",
            hint="\n".join(line.strip() for line in said[1:] if line.strip()) or None,
        )

    def _run(self, *arguments: str, given: str | None = None) -> "subprocess.CompletedProcess[str]":
        return _ran(self.top, *arguments, given=given)


def _ran(
    folder: Path, *arguments: str, given: str | None = None
) -> "subprocess.CompletedProcess[str]":
    environment = {name: text for name, text in os.environ.items() if name not in _OF_ANOTHER}
    return subprocess.run(
        _command(folder, arguments),
        env={**environment, "LC_ALL": "C", "GIT_OPTIONAL_LOCKS": "0"},
        input=given,
        stdin=subprocess.DEVNULL if given is None else None,
        capture_output=True,
        encoding="utf-8",
        # Names of files may have any bytes.
        errors="surrogateescape",
        check=False,
    )


def _paths(told: str) -> list[Path]:
    return [Path(name) for name in told.split("\0") if name]


def _kind(*, shallow: bool) -> str:
    return "shallow clone" if shallow else "repository"


def _command(top: Path, arguments: Sequence[str]) -> list[str]:
    return ["git", "-C", str(top), *arguments]


def changed_since(reference: str, folder: Path) -> tuple[Repository, list[Path]]:
    """The repository that a folder is in, and what has changed in it; see `Repository`.

    Raises:
        GitError: The folder is in no repository, or git cannot tell.
    """
    repository = repository_around(folder, CHANGED_SINCE)
    with needing_git(CHANGED_SINCE):
        return repository, repository.changed_since(reference)


def user_of(folder: Path) -> str:
    """The name that commits in a folder get, or else the address; empty where git knows neither."""
    for key in ("user.name", "user.email"):
        with suppress(FileNotFoundError):
            if told := _ran(folder, "config", "--get", key).stdout.strip():
                return told
    return ""


def repository_around(folder: Path, option: str) -> Repository:
    """The repository that a folder is in.

    Args:
        folder: An absolute path.
        option: What needs it, for messages.

    Raises:
        GitError: There is none.
    """
    top = repository_of(folder)
    if top is None:
        raise GitError(
            f"{option} compares commits of git, and {folder} is in no repository",
            hint=f"leave {option} out, or name a folder in a clone as PROJECT",
        )
    return Repository(top)


@contextmanager
def needing_git(option: str) -> Iterator[None]:
    """Says of a `git` that is missing what needs it.

    Raises:
        GitError: There is none on PATH.
    """
    try:
        yield
    except FileNotFoundError:
        raise GitError(
            f"{option} needs `git`, and there is none on PATH",
            hint=f"install git, or leave {option} out",
        ) from None
