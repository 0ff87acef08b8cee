"""The tasks of `dev`: noted in the project, for the sessions that look.

A lock tells whether `dev` still runs, however it ended. So a note that is left over says nothing.
"""

import fcntl
import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from pulumi_loopback.errors import CommandError
from pulumi_loopback.private import make_private, opener, write_file
from pulumi_loopback.spelling import OWN, Spelling

_FOLDER, _LOCK, _TASKS = ".dev", "lock", "tasks.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class RunningTask:
    """A task that has not stopped.

    Attributes:
        service: The service's name for people.
        task: Its id.
        revision: ARN of its task definition.
        status: The status in ECS's words.
        health: The health in ECS's words.
        started: The moment of the start.
    """

    service: str
    task: str
    revision: str
    status: str
    health: str
    started: datetime


class Notes:
    """Keeps the note up to date; writes only changes.

    Args:
        file: The file of the note.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self._written: list[RunningTask] | None = None

    def write(self, tasks: Iterable[RunningTask]) -> None:
        """Notes the tasks that run now.

        Raises:
            OSError: The note cannot be written.
        """
        found = list(tasks)
        if found != self._written:
            rows = [asdict(each) | {"started": each.started.isoformat()} for each in found]
            write_file(self._file, json.dumps(rows).encode())
            self._written = found


@contextmanager
def alone(project: Path, spelling: Spelling = OWN) -> Iterator[Notes]:
    """Lets one `dev` of a project run while the block runs.

    Args:
        project: The folder of Pulumi.yaml.
        spelling: How the user types a command.

    Raises:
        CommandError: Another one runs already.
    """
    folder = project / _FOLDER
    make_private(folder)
    with open(folder / _LOCK, "a", encoding="utf-8", opener=opener) as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise CommandError(
                f"`{spelling.of('dev')}` runs already on the stack in {project}",
                hint="use that one, or end it with Ctrl-C in its terminal",
            ) from None
        notes = Notes(folder / _TASKS)
        notes.write([])
        yield notes


def running_in(project: Path, spelling: Spelling = OWN) -> list[RunningTask] | None:
    """The tasks that run now, `None` where no `dev` runs.

    Args:
        project: The folder of Pulumi.yaml.
        spelling: How the user types a command.

    Raises:
        CommandError: The note is damaged.
    """
    folder = project / _FOLDER
    try:
        with (folder / _LOCK).open("rb") as lock:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except FileNotFoundError:
        return None
    except BlockingIOError:
        pass
    else:
        return None
    file = folder / _TASKS
    try:
        rows = json.loads(file.read_bytes())
        return [
            RunningTask(**{**row, "started": datetime.fromisoformat(row["started"])})
            for row in rows
        ]
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise CommandError(
            f"{file} does not say what `{spelling.of('dev')}` runs: {error}",
            hint=f"end `{spelling.of('dev')}` with Ctrl-C, and start it again",
        ) from error
