"""Goes round: judges, tells what is new, waits for a save, judges again."""

import gc
import os
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import NoReturn, TextIO

from pulumi_preflight.errors import PreflightError, ProgramError
from pulumi_preflight.opened import Files
from pulumi_preflight.packs import PackChoice
from pulumi_preflight.printing import tell, to_stdout
from pulumi_preflight.reports.news import news_of
from pulumi_preflight.reports.terminal import write_failure, write_news
from pulumi_preflight.verdict import Verdict
from pulumi_preflight.watching.contents import Contents
from pulumi_preflight.watching.endings import Endings
from pulumi_preflight.watching.places import Places, places_of
from pulumi_preflight.watching.watcher import Saved, Watcher

_FILES_NAMED = 3
# Before the first run.
_NONE = Files(read=(), written=())


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """What is judged again and again.

    Attributes:
        folder: The project's folder.
        stack: The stack, `None` where the project is to say it.
        packs: The packs; `None` stands for those that the project names.
        more: Other files on which the verdict rests, such as a baseline.
        written: The files that the command writes itself.
        judge: Gives the verdict; a `PreflightError` of it holds no secrets.
        report: Writes the whole report of the first verdict.
        save: Writes the reports that go to files.
    """

    folder: Path
    stack: str | None
    packs: Sequence[PackChoice] | None
    more: Sequence[Path]
    written: Sequence[Path]
    judge: Callable[[], Verdict]
    report: Callable[[Verdict], None]
    save: Callable[[Verdict], None]


@dataclass(slots=True)
class Session:
    """One `--watch`.

    Attributes:
        watched: What is judged.
        verdict: The last verdict, `None` before the first one.
    """

    watched: Watched
    verdict: Verdict | None = None
    _contents: Contents = field(default_factory=Contents)
    _endings: Endings = field(default_factory=Endings)
    _files: Files | None = _NONE

    def run(self) -> NoReturn:
        """Judges until a signal ends it.

        Raises:
            PreflightError: The files cannot be watched, or a report cannot be written.
        """
        with self._endings, Watcher() as watcher:
            # What is saved during the first run counts.
            watcher.look_at(self._places())
            files = self._judge(watcher, ())
            while True:
                files = files or self._changed(watcher.next(self._endings.check))
                if files:
                    files = self._judge(watcher, files)

    def _judge(self, watcher: Watcher, files: Sequence[str]) -> Sequence[str]:
        """Judges and tells; gives the files that were saved meanwhile and not watched before."""
        begun = time.time()
        try:
            verdict = self.watched.judge()
        except PreflightError as error:
            self._tell_failure(error, files)
            if isinstance(error, ProgramError):
                self._files = error.files
        else:
            self._tell(verdict, files)
            self._files = verdict.deployment.files
        # A run leaves cycles; what is kept of it is the verdict alone.
        with self._endings.waiting():
            gc.collect()
        places = self._places()
        found = places.files - watcher.places.files
        watcher.look_at(places)
        return sorted(each for each in found if _saved_since(each, begun))

    def _tell(self, verdict: Verdict, files: Sequence[str]) -> None:
        before, self.verdict = self.verdict, verdict
        if before is None:
            self.watched.report(verdict)
            tell("Watching; Ctrl-C ends it\n")
        else:
            self._tell_news(before, verdict, files)
        self.watched.save(verdict)

    def _places(self) -> Places:
        of = self.watched
        return places_of(of.folder, of.stack, of.packs, of.more, self._files)

    def _changed(self, saved: Saved) -> list[str]:
        """The files that were saved with something new.

        Neither the command's reports count, nor what the program itself writes in each run.
        """
        own = {os.path.realpath(each) for each in self.watched.written}
        own |= {os.path.realpath(each) for each in (self._files or _NONE).written}
        paths = {path for _, path in saved if not _is_own(path, own)}
        made = {path for change, path in saved if change.name == "added"}
        return self._contents.changed(paths, made)

    def _heading(self, files: Sequence[str]) -> str:
        clock = f"{datetime.now().astimezone():%H:%M:%S}"
        root = os.path.realpath(self.watched.folder)
        named = [os.path.relpath(each, root) for each in files[:_FILES_NAMED]]
        more = f" and {len(files) - len(named)} more" if len(files) > len(named) else ""
        return f"{clock}  {', '.join(named)}{more}" if named else clock

    def _tell_news(self, before: Verdict, verdict: Verdict, files: Sequence[str]) -> None:
        heading, news = self._heading(files), news_of(before, verdict)
        folder = os.path.relpath(self.watched.folder)

        def write(stream: TextIO) -> None:
            write_news(verdict, stream, heading=heading, news=news, folder=folder)

        to_stdout(write)

    def _tell_failure(self, error: PreflightError, files: Sequence[str]) -> None:
        heading = self._heading(files)

        def write(stream: TextIO) -> None:
            write_failure(stream, heading=heading, error=str(error), hint=error.hint)

        to_stdout(write)


def _saved_since(path: str, moment: float) -> bool:
    try:
        return os.stat(path).st_mtime >= moment  # noqa: PTH116 - a path as text
    except OSError:
        # A name without its ending, or a file that is gone.
        return False


def _is_own(path: str, own: Iterable[str]) -> bool:
    """Whether a path is a file that the command writes, or what it writes beside it first."""
    folder, name = os.path.split(path)
    return any(
        path == each
        or (folder == os.path.dirname(each) and name.startswith(f".{os.path.basename(each)}."))  # noqa: PTH119, PTH120 - paths as text
        for each in own
    )
