"""Pages of the loopback."""

from urllib.error import URLError
from urllib.request import urlopen


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
