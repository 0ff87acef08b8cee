"""How values are written in findings."""

from collections.abc import Iterable


def shown(value: object) -> str:
    """A value as a finding quotes it: `not set`, `true`, `'text'` or the number."""
    match value:
        case None:
            return "not set"
        case bool():
            return str(value).lower()
        case _:
            return repr(value)


def listed(values: Iterable[object]) -> str:
    """Values as a finding lists them: `'a', 'b'`; `nothing` if there are none."""
    return ", ".join(shown(value) for value in values) or "nothing"
