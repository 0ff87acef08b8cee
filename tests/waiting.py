"""Waiting for what must happen, on a machine of any speed."""

import time
from collections.abc import Callable

# Only a failure waits so long.
LONG = 600


def wait_until(condition: Callable[[], bool]) -> None:
    """Waits for something that must happen."""
    deadline = time.monotonic() + LONG
    while not condition():
        assert time.monotonic() < deadline, f"it did not happen in {LONG} s"
        time.sleep(0.05)
