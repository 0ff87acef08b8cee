"""Where a stack's state is kept, whether it can be used, and copies of it.

A file backend keeps each stack in one JSON file, which is read and copied here byte for byte: that
works for a broken state as well. Any other backend is asked through the engine.
Source: pulumi/pulumi, pkg/backend/diy (stacks, locks, backups).
"""

import json
import os
import socket
from dataclasses import dataclass
from pathlib import Path
from shutil import disk_usage
from typing import Any
from urllib.parse import unquote, urlsplit

from pulumi_loopback.engine.refusals import broken, locked
from pulumi_loopback.errors import CommandError
from pulumi_loopback.guard import make_folder, narrow_file, write_file
from pulumi_loopback.state.copies import (
    Copy,
    as_state_file,
    copies_in,
    latest_in,
    name_for,
    objection,
    problem_of,
)
from pulumi_loopback.target import Target
from pulumi_preflight.stack_context import name_of

BEFORE_DELETE = "before delete"
BEFORE_REPAIR = "before repair"
BEFORE_RESTORE = "before restore"

_MEGABYTE = 2**20
_ROOM = 16 * _MEGABYTE
"""Bytes for what a deployment makes: a hundred resources take half a megabyte."""
_COPIES = 4
"""Files of the state's size: its successor, the engine's copy from before and after, and ours."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lock:
    """A mark that a command of the engine works on the stack.

    Attributes:
        file: The lock's file.
        pid: The process that made the lock, 0 where the file does not say.
        host: The machine of that process.
    """

    file: Path
    pid: int
    host: str

    @property
    def stale(self) -> bool:
        """Whether its process is known to be gone."""
        if self.host != socket.gethostname():
            return False
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return True
        except PermissionError:
            return False
        return False


@dataclass(frozen=True, slots=True, kw_only=True)
class Store:
    """The state of one stack."""

    target: Target

    @property
    def exists(self) -> bool:
        """Whether the stack has been made."""
        if self.file is not None:
            return self.file.exists()
        try:
            self.target.ask("stack", "export")
        except CommandError as error:
            if "no stack named" in str(error):
                return False
            raise
        return True

    @property
    def file(self) -> Path | None:
        """The state file, `None` where the backend keeps none."""
        folder = self._folder
        if folder is None:
            return None
        return folder / "stacks" / self.target.name / f"{self.target.stack}.json"

    @property
    def problem(self) -> str | None:
        """Why the state file cannot be read, `None` where it can or there is none."""
        file = self.file
        if file is None or not file.exists():
            return None
        return problem_of(file, may_be_export=False)

    def check(self) -> None:
        """Makes sure that a command can work on the state.

        Raises:
            CommandError: The state cannot be read, or another command holds it.
        """
        if problem := self.problem:
            raise CommandError(
                f"the state of stack {self.target.stack} cannot be read: {problem}",
                hint=f"`{self.target.session('state:restore')}` brings the newest good copy back; "
                f"`{self.target.session('reset:hard')}` starts without one",
            )
        self.check_unlocked()

    def check_present(self) -> None:
        """Makes sure that there is a state, and that a command can work on it.

        Raises:
            CommandError: There is no stack, or see `check`.
        """
        self.check()
        if self.exists:
            return
        if copy := self.forgotten:
            raise CommandError(
                f"stack {self.target.stack} was deleted, and its resources "
                f"({len(copy.resources)}) were left where they are",
                hint=f"`{self.target.session('state:restore')}` brings the state back; where they "
                f"are gone, `{self.target.session('state:init')}` begins anew",
            )
        raise CommandError(
            f"there is no stack {self.target.stack}",
            hint=f"`{self.target.session('state:init')}` makes it",
        )

    def check_room(self) -> None:
        """Makes sure that the engine can save what it makes, where the state is a file.

        The engine saves the state anew after each step, and renames a file that it could write in
        part only into the state's place.

        Raises:
            CommandError: The disk is full, or nearly.
        """
        if self._folder is None:
            return
        there = next(each for each in (self._folder, *self._folder.parents) if each.exists())
        held = self.file.stat().st_size if self.file and self.file.exists() else 0
        wanted = _ROOM + _COPIES * held
        if (left := disk_usage(there).free) < wanted:
            raise CommandError(
                f"{there}: {left / _MEGABYTE:.1f} MB are left on this disk, and the engine needs "
                f"{wanted / _MEGABYTE:.0f} to save the state of stack {self.target.stack}",
                hint="make room, and try again",
            )

    def check_unlocked(self) -> None:
        """Makes sure that no command of the engine works on the stack.

        Raises:
            CommandError: It is locked.
        """
        for lock in self.locks():
            if lock.stale:
                raise CommandError(
                    f"stack {self.target.stack} is locked by process {lock.pid}, which is gone",
                    hint=f"`{self.target.session('state:repair')}` unlocks and repairs it",
                )
            raise locked(self.target, lock.pid, lock.host)

    def check_whole(self) -> None:
        """Makes sure that the engine takes the state, where the state is a file.

        Raises:
            CommandError: The engine does not take it.
        """
        if self.file is not None and (why := objection(self.file, self.target)):
            raise broken(self.target, why)

    def check_settled(self) -> None:
        """Makes sure that no operation was begun and never finished.

        Going on could make a second time what was made already.

        Raises:
            CommandError: There is one.
        """
        if pending := self.pending():
            raise CommandError(
                f"stack {self.target.stack} has operations that were begun and never finished: "
                f"{', '.join(pending)}",
                hint=f"`{self.target.session('state:repair')}` settles them",
            )

    def pending(self) -> list[str]:
        """The operations that were begun and never finished, such as `creating orders`."""
        content = latest_in(self.file) if self.file is not None else self.deployment()
        return [
            f"{each['type']} {name_of(each['resource']['urn'])}"
            for each in content.get("pending_operations") or []
        ]

    def deployment(self) -> dict[str, Any]:
        """The state as `pulumi stack export` gives it; secrets stay encrypted.

        Empty where nothing has ever been deployed: the export holds `null` then.
        """
        content: dict[str, Any] | None = json.loads(self.target.ask("stack", "export"))[
            "deployment"
        ]
        return content or {}

    def locks(self) -> list[Lock]:
        """The locks on the stack; none where the backend is not a folder."""
        folder = self._folder
        if folder is None:
            return []
        locks = folder / "locks" / "organization" / self.target.name / self.target.stack
        # A full disk leaves an unfinished lock with another name; the engine stops at it.
        files = (file for file in locks.glob("*") if file.suffix != ".attrs")
        return [lock for file in files if (lock := _lock(file))]

    def unlock(self) -> None:
        """Removes the locks of all holders."""
        for lock in self.locks():
            lock.file.unlink(missing_ok=True)

    @property
    def forgotten(self) -> Copy | None:
        """The copy from before the stack was deleted, where the deletion was its last event."""
        last = None if self.exists else next(iter(self.copies()), None)
        return last if last and last.reason == BEFORE_DELETE and last.resources else None

    def make(self) -> None:
        """Makes the stack, unless another command is faster.

        Raises:
            CommandError: The stack cannot be made.
        """
        try:
            self.target.ask("stack", "init", "--no-select")
        except CommandError:
            if not self.exists:
                raise

    def save(self, reason: str) -> Path | None:
        """Keeps a dated copy of the state as it is; `None` where there is no state.

        Args:
            reason: The copy's reason, such as `before destroy`.
        """
        if not self.exists:
            return None
        make_folder(self._saved)
        copy = self._saved / name_for(self.target.stack, reason)
        if self.file is not None:
            write_file(copy, self.file.read_bytes())
        else:
            self.target.ask("stack", "export", "--file", copy)
            narrow_file(copy)
        return copy

    def copies(self) -> list[Copy]:
        """The copies of the state, newest first: ours, and the engine's own."""
        folders = [self._saved]
        if self._folder is not None:
            folders.append(self._folder / "backups" / self.target.name / self.target.stack)
        return copies_in(folders, self.target.stack)

    def objection(self, copy: Path) -> str | None:
        """Why a copy cannot take the state's place, `None` where it can.

        Where the backend keeps no file, the engine judges an export when it takes it.
        """
        if self.file is None:
            return None
        return problem_of(copy) or objection(copy, self.target)

    def restore(self, copy: Path) -> None:
        """Puts a copy in the state's place; see `objection`."""
        if self.file is None:
            self.target.ask("stack", "import", "--file", copy)
            return
        make_folder(self.file.parent)
        name = f"organization/{self.target.name}/{self.target.stack}"
        write_file(self.file, as_state_file(copy, name))

    def delete(self) -> None:
        """Removes the stack and its state; its settings and its resources stay."""
        if self.file is not None and self.problem:
            # The engine would have to read the state to delete it.
            self.file.unlink()
            return
        self.target.ask("stack", "rm", "--force", "--yes", "--preserve-config")

    @property
    def _folder(self) -> Path | None:
        """The folder `.pulumi` of a file backend."""
        url = urlsplit(self.target.variables.get("PULUMI_BACKEND_URL", ""))
        if url.scheme != "file":
            return None
        path = Path(unquote(url.netloc + url.path)).expanduser()
        return self.target.folder.joinpath(path) / ".pulumi"

    @property
    def _saved(self) -> Path:
        return (self._folder or self.target.project.home / ".pulumi") / "saved" / self.target.name


def _lock(file: Path) -> Lock | None:
    """The lock in a file, `None` where it has gone meanwhile."""
    try:
        content = json.loads(file.read_bytes())
        return Lock(file=file, pid=int(content["pid"]), host=str(content["hostname"]))
    except FileNotFoundError:
        return None
    except (ValueError, TypeError, KeyError):
        # Cut off when its machine went down; it locks all the same.
        return Lock(file=file, pid=0, host="an unknown machine")
