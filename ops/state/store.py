"""Where a stack's state is kept, whether it can be used, and copies of it.

A file backend keeps each stack in one JSON file, which is read and copied here byte for byte: that
works for a broken state as well. Any other backend is asked through the engine.
Source: pulumi/pulumi, pkg/backend/diy (stacks, locks, backups).
"""

import json
import os
import shutil
import socket
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from ops.errors import CommandError
from ops.paths import ROOT
from ops.target import Target
from pulumi_preflight.urns import name_of

_STAMP = "%Y%m%dT%H%M%S.%fZ"


@dataclass(frozen=True, slots=True, kw_only=True)
class Lock:
    """A mark that a command of the engine works on the stack.

    Attributes:
        pid: The process that made it.
        host: The machine of that process.
    """

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
        return _problem(file) if file is not None and file.exists() else None

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
        if not self.exists:
            raise CommandError(
                f"there is no stack {self.target.stack}",
                hint=f"`{self.target.session('state:init')}` makes it",
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
            raise CommandError(
                f"stack {self.target.stack} is locked: process {lock.pid} on {lock.host} works "
                "on it",
                hint="wait for it to end; where you know that it has, "
                f"`{self.target.session('state:repair', '--unlock')}`",
            )

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
        if self.file is not None:
            content = json.loads(self.file.read_bytes())["checkpoint"].get("latest") or {}
        else:
            content = self.deployment()
        return [
            f"{each['type']} {name_of(each['resource']['urn'])}"
            for each in content.get("pending_operations") or []
        ]

    def deployment(self) -> dict[str, Any]:
        """The state as `pulumi stack export` gives it; secrets stay encrypted."""
        content: dict[str, Any] = json.loads(self.target.ask("stack", "export"))["deployment"]
        return content

    def locks(self) -> list[Lock]:
        """The locks on the stack; none where the backend is not a folder."""
        folder = self._folder
        if folder is None:
            return []
        locks = folder / "locks" / "organization" / self.target.name / self.target.stack
        return [lock for file in locks.glob("*.json") if (lock := _lock(file))]

    def save(self) -> Path | None:
        """Keeps a dated copy of the state, as it is; `None` where there is no state."""
        if not self.exists:
            return None
        folder = self._saved
        folder.mkdir(parents=True, exist_ok=True)
        copy = folder / f"{self.target.stack}.{datetime.now(UTC).strftime(_STAMP)}.json"
        if self.file is not None:
            shutil.copyfile(self.file, copy)
        else:
            self.target.ask("stack", "export", "--file", copy)
        return copy

    def copies(self) -> list[Path]:
        """Copies of the state that can be read, newest first: ours, and the engine's own."""
        folders = [self._saved]
        if self._folder is not None:
            folders.append(self._folder / "backups" / self.target.name / self.target.stack)
        names = f"{self.target.stack}.*.json"
        found = (copy for folder in folders for copy in folder.glob(names))
        return sorted(_readable(found), key=lambda copy: copy.stat().st_mtime_ns, reverse=True)

    def restore(self, copy: Path) -> None:
        """Puts a copy in the state's place.

        Raises:
            CommandError: The copy is no state.
        """
        if self.file is None:
            self.target.ask("stack", "import", "--file", copy)
            return
        if problem := _problem(copy):
            raise CommandError(f"this is no state to bring back: {problem}")
        self.file.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(copy, self.file)

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
        return self.target.project.joinpath(path) / ".pulumi"

    @property
    def _saved(self) -> Path:
        return (self._folder or ROOT / ".pulumi") / "saved" / self.target.name


def _lock(file: Path) -> Lock | None:
    """The lock in a file, `None` where it has gone meanwhile."""
    try:
        content = json.loads(file.read_bytes())
        return Lock(pid=int(content["pid"]), host=str(content["hostname"]))
    except FileNotFoundError:
        return None
    except (ValueError, TypeError, KeyError):
        # Cut off when its machine went down; it locks all the same.
        return Lock(pid=0, host="an unknown machine")


def _readable(files: Iterable[Path]) -> list[Path]:
    return [file for file in files if _problem(file) is None]


def _problem(file: Path) -> str | None:
    """Why a file is no state, `None` where it is one."""
    try:
        content = json.loads(file.read_bytes())
    except OSError as error:
        return f"{file}: {error.strerror}"
    except ValueError as error:
        return f"{file}: {error}"
    if not isinstance(content, dict) or "checkpoint" not in content:
        return f"{file}: it holds no checkpoint"
    return None
