"""How this process starts: where it runs, which signals end it, what it imports."""

import signal
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.metadata import entry_points
from importlib.util import find_spec, module_from_spec, spec_from_loader
from threading import Lock, RLock
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
ENDING = (signal.SIGTERM, *([signal.SIGHUP] if hasattr(signal, "SIGHUP") else []))
"""The signals that end a command, beside Ctrl-C."""


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
    heard = [number for number in ENDING if signal.getsignal(number) is not signal.SIG_IGN]
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
_MESSAGES = "pulumi.runtime.proto"
# The modules of the messages import it, and a run over sockets alone uses nothing of it.
_GRPC = "grpc"
_RUNNING = RLock()
_BEGUN: set[str] = set()


class _Deferred(ModuleType):
    """A package whose own code runs when something of it is first used."""

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - as any module
        _run(self)
        return ModuleType.__getattribute__(self, name)


def _run(package: ModuleType) -> None:
    """Runs a deferred package's own code, once; another thread waits until that is done."""
    with _RUNNING:
        if package.__name__ in _BEGUN:
            return
        _BEGUN.add(package.__name__)
        spec = package.__spec__
        if spec is None or spec.loader is None:
            raise ImportError(f"{package.__name__} has no loader")
        spec.loader.exec_module(package)
        package.__class__ = ModuleType


class _PackagesFirst(MetaPathFinder, Loader):
    """Runs the packages' own code before any module of theirs that is not one of the messages.

    The SDK's modules import each other in circles, which end well where the package begins them.
    """

    _spec: ModuleSpec | None = None

    def find_spec(
        self, name: str, _path: Sequence[str] | None, _target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if not name.startswith("pulumi.") or name in _PACKAGES or name.startswith(_MESSAGES):
            return None
        sys.meta_path.remove(self)
        package = sys.modules["pulumi"]
        if isinstance(package, _Deferred):
            _run(package)
        if name not in sys.modules:
            return None
        self._spec = sys.modules[name].__spec__
        return spec_from_loader(name, self)

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        """The module that the package has loaded by now."""
        return sys.modules[spec.name]

    def exec_module(self, module: ModuleType) -> None:
        """Leaves the module as it is."""
        module.__spec__ = self._spec


def defer_sdk() -> None:
    """Lets gRPC and packages around the messages run when something of theirs is first used.

    For a process of one's own, before its threads start: a thread that used the SDK while another
    does so for the first time could meet half of it.
    """
    if "pulumi" in sys.modules:
        return
    for name in (*_PACKAGES, _GRPC):
        spec = find_spec(name)
        if spec is None:
            return
        package = module_from_spec(spec)
        package.__class__ = _Deferred
        sys.modules[name] = package
    sys.meta_path.insert(0, _PackagesFirst())


@contextmanager
def extra(name: str, packages: Sequence[str], what: str) -> Iterator[None]:
    """Says of what is imported while it is entered, an extra, how to have it.

    Args:
        name: The extra.
        packages: The packages that come with it.
        what: What needs which package, for a reader.

    Raises:
        PreflightError: One of the packages, or a module of it, is missing.
    """
    try:
        yield
    except ImportError as error:
        if (error.name or "").partition(".")[0] not in packages:
            raise
        raise PreflightError(what, hint=f"pip install 'pulumi-preflight[{name}]'") from error


def names_in(group: str, own: Sequence[str]) -> tuple[str, ...]:
    """The names in a registry, preflight's own first, then those of other packages."""
    others = {point.name for point in entry_points(group=group)}
    return (*own, *sorted(others.difference(own)))


def joined(group: str, name: str, what: str, error: type[PreflightError]) -> Any:  # noqa: ANN401 - of another package
    """The object with which a package joins a registry; `None` where no package has the name.

    Args:
        group: The registry's group of entry points.
        name: The name.
        what: The words before the name in an error.
        error: The class of an error.

    Raises:
        PreflightError: The package cannot be loaded.
    """
    for point in entry_points(group=group, name=name):
        try:
            return point.load()
        except Exception as failure:
            package = point.dist.name if point.dist else point.value
            raise error(
                f"{what} {name!r} of {package} cannot be loaded: "
                f"{type(failure).__name__}: {failure}"
            ) from failure
    return None
