"""How this process imports the messages of the Pulumi SDK, without the SDK around them.

Messages stand in `pulumi.runtime.proto`, and Python runs `pulumi` and `pulumi.runtime` before it:
200 modules and a tenth of a second, of which the command uses nothing.
"""

import importlib.util
import sys
from threading import Lock
from types import ModuleType
from typing import Any

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
