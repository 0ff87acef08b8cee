"""Durations as Go writes them: `1h30m`, `90s`, `1.5h`, `300ms`."""

import re

_PART = re.compile(r"(?P<count>\d+\.?\d*|\.\d+)(?P<unit>ns|us|µs|ms|s|m|h)")
_SECONDS = {"ns": 1e-9, "us": 1e-6, "µs": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3600.0}


class DurationError(Exception):
    """A text is not a duration."""


def seconds(text: str) -> float:
    """Reads a duration.

    Raises:
        DurationError: It is none.
    """
    parts = list(_PART.finditer(text))
    if "".join(part.group() for part in parts) != text:
        raise DurationError(f"{text!r} is not a duration; wanted one such as 10m or 1h30m")
    return sum(float(part["count"]) * _SECONDS[part["unit"]] for part in parts)
