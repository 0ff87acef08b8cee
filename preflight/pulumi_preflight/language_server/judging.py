"""The runs of one project, one at a time: a save during a run ends it, and one more follows."""

import asyncio
import gc
from collections.abc import Callable
from contextlib import suppress
from threading import Semaphore, Thread

from pulumi_preflight.guard import Together
from pulumi_preflight.language_server.judged import Judged
from pulumi_preflight.stdio import UnderWay


class Judging:
    """The runs of one project. All but the work itself happens in the thread of the loop.

    Attributes:
        judged: The last run that came to its end, `None` before the first one.
    """

    def __init__(
        self,
        work: Callable[[], Judged],
        *,
        begins: Callable[[], None],
        ends: Callable[[], None],
        under_way: UnderWay,
        at_a_time: Semaphore,
    ) -> None:
        """Takes what it does.

        Args:
            work: Judges the project, in a thread of its own.
            begins: Called when a run begins and none was under way.
            ends: Called when a run has come to its end, and no other one follows.
            under_way: Takes the processes of a run.
            at_a_time: Bounds how many projects are judged at a time.
        """
        self.judged: Judged | None = None
        self._work = work
        self._begins = begins
        self._ends = ends
        self._under_way = under_way
        self._at_a_time = at_a_time
        self._running: Together | None = None
        self._again = False
        self._over = False

    @property
    def is_running(self) -> bool:
        """Whether a run is under way."""
        return self._running is not None

    def ask(self, *, saved: bool) -> None:
        """Asks for a verdict on the files as they are now.

        Args:
            saved: Whether a file has changed. A run that is under way tells of the old one, and is
                ended; else it is waited for.
        """
        if self._over:
            return
        if self._running is None:
            self._begins()
            self._start()
        elif saved:
            self._again = True
            self._running.kill()

    def stop(self) -> None:
        """Ends the run that is under way; none begins from here on."""
        self._over = True
        if self._running is not None:
            self._running.kill()

    def _start(self) -> None:
        self._running = together = Together()
        loop = asyncio.get_running_loop()
        thread = Thread(target=self._run, args=(together, loop), name="judges", daemon=True)
        thread.start()

    def _run(self, together: Together, loop: asyncio.AbstractEventLoop) -> None:
        with self._at_a_time, self._under_way.entered(together), together.entered():
            judged = self._work()
        # A run leaves cycles; what is kept of it is the verdict alone.
        gc.collect()
        with suppress(RuntimeError):
            # Where the loop has ended, nobody listens.
            loop.call_soon_threadsafe(self._finish, judged)

    def _finish(self, judged: Judged) -> None:
        self._running = None
        if self._over:
            return
        if self._again:
            self._again = False
            self._start()
            return
        self.judged = judged
        self._ends()
