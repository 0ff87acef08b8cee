"""What changed between two sets of inputs."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from pulumi_preflight.wire import Properties, PropertyValue, mark_of, without_secret

Kind = Literal["add", "delete", "update"]
Path = tuple[str | int, ...]

_PLAIN_NAME = re.compile(r"[A-Za-z_$][A-Za-z0-9_$]*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One property that changed.

    Attributes:
        path: Names and indexes down to the property.
        kind: What became of it.
    """

    path: Path
    kind: Kind

    @property
    def text(self) -> str:
        """The path as Pulumi writes it, such as `tags.Name`, `rules[0].port` or `tags["a.b"]`."""
        text = ""
        for part in self.path:
            match part:
                case int():
                    text += f"[{part}]"
                case str() if _PLAIN_NAME.fullmatch(part):
                    text += f".{part}" if text else part
                case str():
                    quoted = part.replace("\\", "\\\\").replace('"', '\\"')
                    text += f'["{quoted}"]'
        return text

    @property
    def names(self) -> tuple[str, ...]:
        """The path without indexes, as a schema has it."""
        return tuple(part for part in self.path if isinstance(part, str))


def differences(old: Properties, new: Properties) -> Sequence[Difference]:
    """All properties that are not the same in both; those of the engine's own are left out.

    A value that is not known yet differs from every other. A secret is what it holds.
    """
    return [each for each in _in_objects((), old, new) if not str(each.path[0]).startswith("__")]


def _in_objects(path: Path, old: Properties, new: Properties) -> Iterator[Difference]:
    for name in sorted(old.keys() | new.keys()):
        here = (*path, name)
        if name not in new:
            yield Difference(path=here, kind="delete")
        elif name not in old:
            yield Difference(path=here, kind="add")
        else:
            yield from _between(here, old[name], new[name])


def _between(path: Path, old: PropertyValue, new: PropertyValue) -> Iterator[Difference]:
    old, new = without_secret(old), without_secret(new)
    if old == new:
        return
    match old, new:
        case dict(), dict() if mark_of(old) is None and mark_of(new) is None:
            yield from _in_objects(path, old, new)
        case list(), list():
            shared = min(len(old), len(new))
            for index in range(shared):
                yield from _between((*path, index), old[index], new[index])
            for index in range(shared, len(old)):
                yield Difference(path=(*path, index), kind="delete")
            for index in range(shared, len(new)):
                yield Difference(path=(*path, index), kind="add")
        case _:
            yield Difference(path=path, kind="update")
