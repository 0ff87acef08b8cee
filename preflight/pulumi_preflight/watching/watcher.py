"""Tells what is saved; what is saved while nobody asks is told when somebody does."""

import os
import queue
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from types import TracebackType
from typing import Self

from watchfiles import Change, DefaultFilter, watch

from pulumi_preflight.errors import PreflightError
from pulumi_preflight.watching.places import Places

# What is saved within so short a time is one save, such as that of all files of an editor.
_STEP_MS = 50
_LONGEST_SAVE_MS = 1_000
_TURN_MS = 100
_SECONDS_A_TURN = 0.2

Saved = set[tuple[Change, str]]


class Watcher:
    """What is saved at some places. Its threads look; one other thread asks.

    Attributes:
        places: What is watched.
    """

    def __init__(self) -> None:
        """Watches nothing yet."""
        self.places = Places(frozenset(), frozenset())
        self._saved: queue.SimpleQueue[Saved | Exception] = queue.SimpleQueue()
        self._looking: list[_Look] = []
        self._filter = DefaultFilter()

    def __enter__(self) -> Self:
        """Gives itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Ends the threads."""
        for look in self._looking:
            look.stop()

    def look_at(self, places: Places, *, anew: bool = False) -> None:
        """Watches other places from here on; those that stay are watched without a gap.

        Args:
            places: All of them.
            anew: Whether to begin anew also where they are the same as before.
        """
        if places == self.places and not anew:
            return
        before, self.places = self._looking, places
        folders = frozenset(filter(_can_be_watched, map(str, places.folders)))
        # A file that is replaced is another one for the system: its folder tells of both.
        near = {os.path.dirname(each) for each in places.files} | places.files  # noqa: PTH120 - texts
        beside = frozenset(filter(_can_be_watched, near))
        wanted = [(paths, deep) for paths, deep in ((folders, True), (beside, False)) if paths]
        kept = [] if anew else [each for each in before if (each.paths, each.is_deep) in wanted]
        known = {(each.paths, each.is_deep) for each in kept}
        begun = [
            _Look(paths, self._saved, is_deep=deep)
            for paths, deep in wanted
            if (paths, deep) not in known
        ]
        self._looking = kept + begun
        for look in begun:
            look.ready.wait()
        for look in before:
            if look not in kept:
                look.stop()

    def next(self, each_turn: Callable[[], None] = lambda: None) -> Saved:
        """Waits for saves, and gives all that there are.

        Args:
            each_turn: Called some times a second; what it raises ends the waiting.

        Raises:
            PreflightError: The system watches no more.
        """
        while True:
            each_turn()
            # In short turns: Python carries a Ctrl-C out that arrives just before one after it.
            with suppress(queue.Empty):
                if saved := self._wanted(self._saved.get(timeout=_SECONDS_A_TURN)):
                    return saved | self.now()
            if back := self._back():
                return back

    def now(self) -> Saved:
        """All saves of which nobody has asked yet.

        Raises:
            PreflightError: See `next`.
        """
        return {each for saved in self._waiting() for each in self._wanted(saved)}

    def _waiting(self) -> "Iterator[Saved | Exception]":
        with suppress(queue.Empty):
            while True:
                yield self._saved.get_nowait()

    def _wanted(self, saved: "Saved | Exception") -> Saved:
        if isinstance(saved, Exception):
            raise PreflightError(
                f"the files cannot be watched: {saved}",
                hint="on Linux, fs.inotify.max_user_watches bounds how many folders are watched; "
                "WATCHFILES_FORCE_POLLING=1 watches without the system's help",
            ) from saved
        wanted = set()
        for change, path in saved:
            place = self.places.place_of(path, comes_or_goes=change is not Change.modified)
            # The filter looks at the folders above, too, of which the user chose the names.
            if place is not None and self._filter(change, place):
                wanted.add((change, path))
        gone = {path for change, path in wanted if change is Change.deleted}
        if any(str(folder) in gone for folder in self.places.folders):
            self.look_at(self.places, anew=True)
        return wanted

    def _back(self) -> Saved:
        """The folders that were gone and are there again, which are watched again."""
        looked_at = {path for look in self._looking for path in look.paths}
        back = {
            (Change.added, str(folder))
            for folder in self.places.folders
            if str(folder) not in looked_at and _can_be_watched(str(folder))
        }
        if back:
            self.look_at(self.places, anew=True)
        return back


def _can_be_watched(path: str) -> bool:
    """Whether a path is a folder, with a name in the encoding that the watching takes."""
    try:
        path.encode()
    except UnicodeEncodeError:
        return False
    return os.path.isdir(path)  # noqa: PTH112 - never raises


class _Look:
    """A thread that looks at some paths."""

    def __init__(
        self,
        paths: frozenset[str],
        saved: "queue.SimpleQueue[Saved | Exception]",
        *,
        is_deep: bool,
    ) -> None:
        self.paths = paths
        self.is_deep = is_deep
        self.ready = threading.Event()
        self._saved = saved
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look, name="watch", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._over.set()
        self._thread.join()

    def _look(self) -> None:
        try:
            for saved in watch(
                *self.paths,
                watch_filter=None,
                debounce=_LONGEST_SAVE_MS,
                step=_STEP_MS,
                stop_event=self._over,
                rust_timeout=_TURN_MS,
                # The first turn says that the system watches by now.
                yield_on_timeout=True,
                recursive=self.is_deep,
                ignore_permission_denied=True,
            ):
                if saved:
                    self._saved.put(saved)
                self.ready.set()
        except Exception as error:  # noqa: BLE001 - told by the thread that asks
            self._saved.put(error)
        finally:
            self.ready.set()
