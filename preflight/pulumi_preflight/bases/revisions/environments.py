"""What a revision's program and packs run in: today's environments, or such as its lock says."""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from pulumi_preflight.bases.revisions.links import (
    MODULES,
    Move,
    is_virtualenv,
    link_modules,
    link_virtualenv,
)
from pulumi_preflight.errors import BaseError
from pulumi_preflight.runtimes.hosts import folder as cache_folder

_MANIFESTS = ("package.json", ".npmrc", ".yarnrc.yml", "pnpm-workspace.yaml")
_MADE = "made-of"
_ACTIVE = "VIRTUAL_ENV"
_SECONDS = 900
_UV_ENVIRONMENT = "UV_PROJECT_ENVIRONMENT"


@dataclass(frozen=True, slots=True, kw_only=True)
class Manager:
    """What makes an environment of a lock.

    Attributes:
        lock: The lock's file.
        command: The command, run in the lock's folder; `{python}` is the new environment's Python.
        usual: The environment's usual folder.
    """

    lock: str
    command: tuple[str, ...]
    usual: str = ".venv"

    @property
    def is_node(self) -> bool:
        """Whether the environment is a `node_modules`."""
        return self.usual == MODULES


# Scripts of packages do not run: they are those of another commit.
MANAGERS = (
    Manager(lock="uv.lock", command=("uv", "sync", "--frozen", "--all-packages", "--quiet")),
    Manager(lock="poetry.lock", command=("poetry", "install", "--no-interaction", "--quiet")),
    Manager(
        lock="requirements.txt",
        command=("{python}", "-m", "pip", "install", "--quiet", "-r", "requirements.txt"),
        usual="venv",
    ),
    Manager(
        lock="package-lock.json",
        command=("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"),
        usual=MODULES,
    ),
    Manager(
        lock="pnpm-lock.yaml",
        command=("pnpm", "install", "--frozen-lockfile", "--ignore-scripts"),
        usual=MODULES,
    ),
    Manager(
        lock="yarn.lock",
        command=("yarn", "install", "--frozen-lockfile", "--ignore-scripts"),
        usual=MODULES,
    ),
    Manager(
        lock="bun.lock",
        command=("bun", "install", "--frozen-lockfile", "--ignore-scripts"),
        usual=MODULES,
    ),
)


class Environments:
    """The environments of a work tree, made as far as programs and packs need them."""

    def __init__(self, move: Move) -> None:
        """Takes the repository's own work tree, and the other one."""
        self._move = move
        self._made: dict[str, str] = {}

    def settle(self, folder: Path, environment: Path | None = None) -> None:
        """Makes what a program or a pack runs in.

        Args:
            folder: Its folder; what lies outside of the repository needs nothing.
            environment: Its environment of Python, where that is known; otherwise the nearest one.

        Raises:
            BaseError: The environment of another lock cannot be made.
        """
        real = Path(os.path.realpath(folder))
        chain = [each for each in (real, *real.parents) if each.is_relative_to(self._move.source)]
        found = [each for above in chain for each in _environments_in(above)]
        pythons = [each for each in found if each.name != MODULES]
        if environment is None:
            environment = next(iter(pythons), None)
        elif environment.is_relative_to(self._move.source):
            pythons.append(environment)
        self._settle_python(chain, environment)
        for each in pythons:
            self._link(each)
        for each in found:
            if each.name == MODULES:
                self._settle_modules(each)

    def variables(self, beside: Path) -> dict[str, str]:
        """What names the environment of programs and packs that have none of their own.

        Args:
            beside: A folder for the links, where it lies outside of the repository.
        """
        active = os.environ.get(_ACTIVE) or (sys.prefix if sys.prefix != sys.base_prefix else "")
        if not active or not is_virtualenv(Path(active)):
            return self._made
        there = self._move.of(active)
        if there is None:
            there = beside / "environment"
            if not there.exists():
                link_virtualenv(Path(active), there, self._move)
        return {_ACTIVE: str(there), **self._made}

    def _settle_python(self, chain: Iterable[Path], environment: Path | None) -> None:
        """Makes the environment of the nearest lock, where that is another one than today's."""
        for folder in chain:
            there = self._move.of(folder)
            if there is None or not _locks_in((folder, there), node=False):
                continue
            manager = _manager_of_other_lock(folder, there, node=False)
            if manager is None:
                return
            if environment is not None and environment.is_relative_to(self._move.source):
                place = self._place_of(environment)
            else:
                place = there / manager.usual
                self._made[_ACTIVE] = str(place)
            if not place.exists():
                made, made_for = self._of_lock(manager, there)
                link_virtualenv(made, place, Move(made_for, self._move.target))
            return

    def _settle_modules(self, modules: Path) -> None:
        there = self._move.of(modules.parent)
        if there is None:
            return
        manager = _manager_of_other_lock(modules.parent, there, node=True)
        if manager is None:
            self._link(modules)
        elif not (there / MODULES).exists():
            made, made_for = self._of_lock(manager, there)
            link_modules(made, there / MODULES, Move(made_for, self._move.target))

    def _link(self, environment: Path) -> None:
        place = self._place_of(environment)
        if place.exists():
            return
        if environment.name == MODULES:
            link_modules(environment, place, self._move)
        else:
            link_virtualenv(environment, place, self._move)

    def _place_of(self, environment: Path) -> Path:
        return self._move.target / environment.relative_to(self._move.source)

    def _of_lock(self, manager: Manager, folder: Path) -> tuple[Path, Path]:
        """The environment of a lock from the cache, and the work tree that it was made for."""
        files = [folder / manager.lock, folder / "pyproject.toml"]
        if manager.is_node:
            files += sorted(_manifests(self._move.target))
        key = hashlib.sha256(repr((manager, sys.version)).encode())
        for file in files:
            if file.is_file():
                key.update(file.read_bytes())
        kept = Path(os.path.realpath(cache_folder())) / f"base-{key.hexdigest()[:16]}"
        kept.parent.mkdir(parents=True, exist_ok=True)
        with _locked(kept.with_suffix(".lock")):
            if not (kept / _MADE).is_file():
                shutil.rmtree(kept, ignore_errors=True)
                kept.mkdir()
                self._make(manager, folder, kept)
        made_for = Path((kept / _MADE).read_text(encoding="utf-8"))
        if manager.is_node:
            return made_for / folder.relative_to(self._move.target) / MODULES, made_for
        return kept / manager.usual, made_for

    def _make(self, manager: Manager, folder: Path, kept: Path) -> None:
        if manager.is_node:
            # Of a workspace, the manifests alone are enough to install what they name.
            tree = kept / "tree"
            for file in (*_manifests(self._move.target), folder / manager.lock):
                to = tree / file.relative_to(self._move.target)
                to.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(file, to)
            _called(manager.command, tree / folder.relative_to(self._move.target), os.environ)
            made_for = tree
        else:
            environment = kept / manager.usual
            python = environment / "bin" / "python"
            variables = {
                **os.environ,
                _ACTIVE: str(environment),
                _UV_ENVIRONMENT: str(environment),
            }
            if manager.lock != "uv.lock":
                _called([sys.executable, "-m", "venv", str(environment)], folder, variables)
            command = [part.format(python=python) for part in manager.command]
            _called(command, folder, variables)
            made_for = self._move.target
        (kept / _MADE).write_text(str(made_for), encoding="utf-8")


def _environments_in(folder: Path) -> Iterator[Path]:
    if folder.is_dir():
        for each in sorted(folder.iterdir()):
            if is_virtualenv(each) or (each.name == MODULES and each.is_dir()):
                yield each


def _locks_in(folders: Iterable[Path], *, node: bool) -> list[Path]:
    files = [folder / each.lock for folder in folders for each in MANAGERS if each.is_node == node]
    return [each for each in files if each.is_file()]


def _manager_of_other_lock(folder: Path, there: Path, *, node: bool) -> Manager | None:
    """What makes the environment of a revision's folder; `None` where its lock is today's."""
    managers = [each for each in MANAGERS if each.is_node == node]
    if all(_content(folder / each.lock) == _content(there / each.lock) for each in managers):
        return None
    # Without any lock there is nothing to go by, and today's environment is the best guess.
    return next((each for each in managers if (there / each.lock).is_file()), None)


def _content(file: Path) -> bytes | None:
    return file.read_bytes() if file.is_file() else None


def _manifests(top: Path) -> Iterator[Path]:
    for folder, folders, files in os.walk(top):
        folders[:] = [each for each in folders if each not in (MODULES, ".git")]
        yield from (Path(folder) / name for name in files if name in _MANIFESTS)


def _called(command: Sequence[str], folder: Path, variables: Mapping[str, str]) -> None:
    try:
        subprocess.run(
            command,
            cwd=folder,
            env=variables,
            check=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            timeout=_SECONDS,
        )
    except subprocess.CalledProcessError as error:
        said = error.output.strip().splitlines()[-1:] or [f"exit code {error.returncode}"]
        raise BaseError(f"its environment cannot be made: {' '.join(command)}: {said[0]}") from None
    except (OSError, subprocess.TimeoutExpired) as error:
        raise BaseError(f"its environment cannot be made: {error}") from None


@contextmanager
def _locked(file: Path) -> Iterator[None]:
    with file.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield
