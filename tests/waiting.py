"""Waiting for what must happen, on a machine of any speed."""

import time
from collections.abc import Callable

# Only a failure waits so long.
LONG = 600


def wait_until(
    condition: Callable[[], object], what: str = "what must happen", seconds: float = LONG
) -> None:
    """Waits for something that must happen; fails with its name after so many seconds."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"after {seconds} s still not: {what}"
        time.sleep(0.05)
