"""The one clock by which last days are judged."""

import datetime as dt


def current_day() -> dt.date:
    """The day on which waivers and entries of a baseline are judged: that of UTC, everywhere."""
    return dt.datetime.now(tz=dt.UTC).date()


def is_over(last_day: str | None, today: dt.date) -> bool:
    """Whether a last day, `YYYY-MM-DD`, has passed; what has none is never over."""
    return last_day is not None and dt.date.fromisoformat(last_day) < today


def is_day(text: str) -> bool:
    """Whether a text is a day as `YYYY-MM-DD`."""
    try:
        return dt.date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
