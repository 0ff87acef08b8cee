"""What changed between two sets of inputs, and what of it replaces the resource."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal

from pulumi.runtime.proto.provider_pb2 import DiffRequest, DiffResponse, PropertyDiff

from pulumi_preflight.outputs.names import name_properties
from pulumi_preflight.outputs.subject import subject_kind
from pulumi_preflight.wire import Properties, PropertyValue, from_struct, mark_of, without_secret

# Since version 7 every type of AWS has it; no resource can move.
_EVERYWHERE = "region"
# A new one is another revision of the same name, beside the old one.
_REVISIONED = frozenset({"ecs/taskdefinition", "lambda/layerversion"})


def replacing_properties(type_: str) -> Sequence[str]:
    """The paths of the properties that replace a resource of a type."""
    return (_EVERYWHERE, *_table().get(type_, ()))


def fixed_name_properties(type_: str) -> Sequence[str]:
    """The properties that hold the physical name of a type; none where names are shared."""
    kind = subject_kind(type_)
    return () if kind in _REVISIONED else name_properties(kind)


@cache
def _table() -> Mapping[str, Sequence[str]]:
    text = files(__package__).joinpath("replacements.json").read_text(encoding="utf-8")
    types: Mapping[str, Sequence[str]] = json.loads(text)["types"]
    return types


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


_KINDS = {
    ("add", False): PropertyDiff.ADD,
    ("add", True): PropertyDiff.ADD_REPLACE,
    ("delete", False): PropertyDiff.DELETE,
    ("delete", True): PropertyDiff.DELETE_REPLACE,
    ("update", False): PropertyDiff.UPDATE,
    ("update", True): PropertyDiff.UPDATE_REPLACE,
}


def diff_response(
    request: DiffRequest, *, replacing: Sequence[str] = (), fixed_names: Sequence[str] = ()
) -> DiffResponse:
    """Compares old inputs with new ones.

    Args:
        request: What the engine asks.
        replacing: Properties whose change replaces the resource, as paths without indexes.
        fixed_names: Properties that hold a name which two resources cannot have. Where the program
            gives one and leaves it as it is, the old resource must go before the new one comes.
    """
    old, new = from_struct(request.old_inputs), from_struct(request.news)
    changes = differences(old, new)
    if not changes:
        return DiffResponse(changes=DiffResponse.DIFF_NONE)
    replaced = [each for each in changes if _replaces(each, replacing)]
    return DiffResponse(
        changes=DiffResponse.DIFF_SOME,
        diffs=sorted({str(each.path[0]) for each in changes}),
        replaces=sorted({str(each.path[0]) for each in replaced}),
        deleteBeforeReplace=bool(replaced)
        and any(name in new and new[name] == old.get(name) for name in fixed_names),
        detailedDiff={
            each.text: PropertyDiff(kind=_KINDS[each.kind, each in replaced], inputDiff=True)
            for each in changes
        },
        hasDetailedDiff=True,
    )


def _replaces(change: Difference, replacing: Sequence[str]) -> bool:
    """Whether a change is at a replacing property, in one, or has one inside."""
    names = change.names
    for path in replacing:
        wanted = tuple(path.split("."))
        shared = min(len(names), len(wanted))
        if names[:shared] == wanted[:shared]:
            return True
    return False
