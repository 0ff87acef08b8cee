"""What the servers on stdin and stdout share: `preflight mcp` and `preflight lsp`."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock, Thread

from pulumi_preflight.guard import Together

_SECONDS_A_TURN = 0.2


class UnderWay:
    """The processes of all that a server does just now, to be killed at its end."""

    def __init__(self) -> None:
        """Begins with none."""
        self._lock = Lock()
        self._running: set[Together] = set()

    @contextmanager
    def entered(self, together: Together) -> Iterator[None]:
        """While it is entered, some processes are under way."""
        with self._lock:
            self._running.add(together)
        try:
            yield
        finally:
            with self._lock:
                self._running.discard(together)

    def kill(self) -> None:
        """Ends all that is under way."""
        with self._lock:
            running = tuple(self._running)
        for each in running:
            each.kill()


def serve(speak: Callable[[], None], name: str, under_way: UnderWay) -> None:
    """Serves until stdin ends; a signal ends all that is under way.

    The protocol has a thread of its own: what reads stdin cannot be interrupted, and the main
    thread can.

    Args:
        speak: Speaks the protocol until stdin ends.
        name: The thread's name.
        under_way: What is killed at the end.
    """

    def run() -> None:
        try:
            speak()
        except BaseException as error:  # noqa: BLE001 - raised below, in the main thread
            failures.append(error)

    failures: list[BaseException] = []
    thread = Thread(target=run, name=name, daemon=True)
    thread.start()
    try:
        while thread.is_alive():
            thread.join(_SECONDS_A_TURN)
    finally:
        under_way.kill()
    if failures:
        raise failures[0]
