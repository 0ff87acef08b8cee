"""The process of a step: forked from one that has Dagster and the definitions loaded already.

Loading them takes seconds of CPU, which each step would pay in a new interpreter.
"""

import asyncio
import ctypes
import multiprocessing
import os
import signal
import time
from collections.abc import Sequence
from multiprocessing.forkserver import ensure_running
from threading import Thread
from typing import Self

PRELOADED = ("dagster._cli.api", "dagster_app.definitions", "dagster_app.storage")
PR_SET_PDEATHSIG = 1
"""From <linux/prctl.h>."""
PARENT_SECONDS = 0.5
"""How often a step looks for its parent where the kernel does not watch."""

_context = multiprocessing.get_context("forkserver")


def preload() -> None:
    """Starts the process that steps are forked from; it loads in the background."""
    _context.set_forkserver_preload(list(PRELOADED))
    ensure_running()


class StepProcess:
    """A running step. It does not outlive the worker, however that ends."""

    def __init__(self, arguments: Sequence[str]) -> None:
        self._process = _context.Process(
            target=_execute, args=(list(arguments),), name="step", daemon=True
        )
        self._ended = asyncio.Event()

    @classmethod
    async def start(cls, arguments: Sequence[str]) -> Self:
        """Executes `dagster api execute_step` with these arguments."""
        step = cls(arguments)
        # The first one waits until everything is loaded.
        await asyncio.to_thread(step._process.start)
        asyncio.get_running_loop().add_reader(step._process.sentinel, step._note_end)
        return step

    @property
    def pid(self) -> int | None:
        """Its process id."""
        return self._process.pid

    async def exit_code(self, seconds: float) -> int | None:
        """What it ended with, negative for a signal; `None` where it still runs after so long."""
        try:
            await asyncio.wait_for(self._ended.wait(), seconds)
        except TimeoutError:
            return None
        self._process.join()
        code = self._process.exitcode
        self._process.close()
        return code

    def _note_end(self) -> None:
        # Its end can be read from now on, again and again.
        asyncio.get_running_loop().remove_reader(self._process.sentinel)
        self._ended.set()

    def interrupt(self) -> None:
        """Asks it to stop, which Dagster notes in the run's events."""
        self._process.terminate()

    def kill(self) -> None:
        """Ends it at once."""
        self._process.kill()


def _execute(arguments: list[str]) -> None:
    """Runs in the new process."""
    _die_with_forkserver()
    Thread(target=_die_with_worker, name="worker-watch", daemon=True).start()
    # Dagster interrupts a step on SIGTERM only where SIGINT has Python's own handler.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    from dagster._cli.api import execute_step_command  # noqa: PLC0415 - not in the worker itself

    execute_step_command(arguments)


def _die_with_forkserver() -> None:
    """Has the kernel end this process with the one it is forked from, which tells how it ended."""
    forked_from = os.getppid()
    libc = ctypes.CDLL(None, use_errno=True)
    if not hasattr(libc, "prctl"):  # macOS
        watch = Thread(target=die_with, args=(forked_from,), name="parent-watch", daemon=True)
        watch.start()
    elif libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL):
        raise OSError(ctypes.get_errno(), "prctl")
    if os.getppid() != forked_from:
        os.kill(os.getpid(), signal.SIGKILL)


def die_with(parent: int) -> None:
    """Waits until this process has another parent, and ends it: what the kernel does on Linux."""
    while os.getppid() == parent:
        time.sleep(PARENT_SECONDS)
    os.kill(os.getpid(), signal.SIGKILL)


def _die_with_worker() -> None:
    """Ends this process once the worker is gone; the one it is forked from outlives it for us."""
    if worker := multiprocessing.parent_process():
        worker.join()
        os.kill(os.getpid(), signal.SIGKILL)
