"""SIGTERM and SIGHUP as an exception, which unwinds as Ctrl-C does: no process or file stays."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

# Windows has no SIGHUP. Preflight says in one line that it does not run there.
_ENDING = (signal.SIGTERM, *([signal.SIGHUP] if hasattr(signal, "SIGHUP") else []))


class Terminated(BaseException):
    """SIGTERM or SIGHUP arrived.

    Attributes:
        number: The signal's number.
    """

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number

    @property
    def status(self) -> int:
        """The exit code: 143 or 129."""
        return 128 + self.number


@contextmanager
def ending_on_signals() -> Iterator[None]:
    """While it is entered, the signals raise `Terminated`; afterwards the handlers are as before.

    The handler of an inner block holds in that block.
    """

    def end(number: int, _frame: FrameType | None) -> None:
        raise Terminated(number)

    # Only the main thread may set handlers; a caller in another one keeps its own.
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    # `nohup` sets one of them to be ignored, and wants that.
    heard = [number for number in _ENDING if signal.getsignal(number) is not signal.SIG_IGN]
    before = {number: signal.signal(number, end) for number in heard}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
