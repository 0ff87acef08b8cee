"""Pages of the loopback."""

from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen


def status_of(url: str, **headers: str) -> int | None:
    """The HTTP status of a page, `None` where nobody answers."""
    try:
        with urlopen(Request(url, headers=headers), timeout=60) as answer:  # noqa: S310 - the loopback
            status: int = answer.status
            return status
    except HTTPError as error:
        with error:  # it holds the server's answer
            return error.code
    except (URLError, OSError):
        return None
