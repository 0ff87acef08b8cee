"""Waiting for what processes do."""

import time
from collections.abc import Callable
from urllib.error import URLError
from urllib.request import urlopen


def wait_until(condition: Callable[[], object], what: str, seconds: float = 120) -> None:
    """Waits for a condition; fails with its name after so many seconds."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, f"after {seconds} s still not: {what}"
        time.sleep(0.05)


def status_of(url: str) -> int | None:
    """The HTTP status of a page, `None` where nobody answers."""
    try:
        with urlopen(url, timeout=5) as answer:  # noqa: S310 - the loopback
            status: int = answer.status
            return status
    except URLError as error:
        return getattr(error, "code", None)
    except OSError:
        return None
