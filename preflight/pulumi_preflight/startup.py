"""How this process starts: where it runs, which signals end it, how it imports the SDK."""

import importlib.util
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock
from types import FrameType, ModuleType
from typing import Any

from pulumi_preflight.errors import PreflightError


def check_platform() -> None:
    """Stops where preflight cannot run.

    Raises:
        PreflightError: This is Windows.
    """
    if sys.platform == "win32":
        raise PreflightError(
            "preflight runs on Linux and macOS, and this is Windows",
            hint="run it in WSL (https://learn.microsoft.com/windows/wsl/install)",
        )


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


ONE_AT_A_TIME = Lock()
"""The lock under which a thread imports messages while another may do the same.

The SDK's modules import each other in circles. Two threads that enter a circle at two places wait
for each other; Python notices, and raises in one of them.
"""

_PACKAGES = ("pulumi", "pulumi.runtime")


class _Deferred(ModuleType):
    """A package whose own code runs when something of it is first used."""

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - as any module
        # From here on it is a plain module, for its own code too.
        self.__class__ = ModuleType  # type: ignore[assignment]
        spec = self.__spec__
        if spec is None or spec.loader is None:
            raise AttributeError(name)
        spec.loader.exec_module(self)
        return getattr(self, name)


def defer_sdk() -> None:
    """Lets packages around the messages run when something of theirs is first used.

    For a process of one's own, before its threads start: a thread that used the SDK while another
    does so for the first time could meet half of it.
    """
    if "pulumi" in sys.modules:
        return
    for name in _PACKAGES:
        spec = importlib.util.find_spec(name)
        if spec is None:
            return
        package = importlib.util.module_from_spec(spec)
        package.__class__ = _Deferred
        sys.modules[name] = package
