"""Which change of AWS's resources replaces them: the table `replacements.json.gz`.

`python -m tools.replacements` makes the table, from what Terraform's AWS provider plans and, for
what is newer than that provider, from CloudFormation's schemas. The table's own head names these
sources, version and date. A letter stands for a kind of change, as in `tools/replacements/asking`:
`u` and `d` to another value, greater or less; `a` and `b` from nothing; `x` and `y` to nothing; `g`
and `s` for an item that comes or goes. Of a switch, `a` and `x` are those that are off.
"""

import gzip
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Any

from pulumi_preflight.changes.differences import Difference, Path, differences
from pulumi_preflight.changes.inputs import document_in
from pulumi_preflight.changes.paths import value_at
from pulumi_preflight.wire import UNKNOWN, Properties, PropertyValue, mark_of, without_secret

_TABLE = "replacements.json.gz"
_ALL = "udabxygs"
_BLOCKS = frozenset({"block", "blocks", "blockset"})
_NUMBERS = re.compile(r"\d+")


class Effect(StrEnum):
    """What the change of a property does to its resource."""

    UPDATES = "updates"
    MAY_REPLACE = "may replace"
    REPLACES = "replaces"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One property that changed, and what the change does to the resource."""

    difference: Difference
    effect: Effect


def changes(
    type_: str, old: Properties, new: Properties, outputs: Properties | None = None
) -> Sequence[Change]:
    """All that changed between two sets of inputs of a resource, and what each change does.

    Args:
        type_: The type token.
        old: The inputs before; secrets and unknown values as on the wire.
        new: The inputs after.
        outputs: What the resource has, where that is known: who gives a property the value that AWS
            had given it replaces nothing.
    """
    marks, sets = _marks(type_)
    switches = _SWITCHES.get(type_, {})
    found = []
    for each in differences(old, new):
        before, after = _at(old, each.path), _at(new, each.path)
        if _is_in_another_order(each, old, new, sets):
            continue
        if _at(new, (switches.get(str(each.path[0]), ""),)) is True:
            effect = Effect.REPLACES
        elif _is_the_same(each, old, new, outputs or {}):
            effect = Effect.UPDATES
        else:
            effect = _effect(each, before, after, marks)
        found.append(Change(difference=each, effect=effect))
    return found


def replacing_properties(type_: str) -> Sequence[str]:
    """The paths, without indexes, of properties whose change replaces, or may replace."""
    return sorted(".".join(path) for path in _marks(type_)[0])


def sources() -> Sequence[str]:
    """What the table is made from, with versions and days."""
    told: list[str] = _table()["sources"]
    return told


@dataclass(frozen=True, slots=True)
class _Mark:
    """What the table says of a path.

    Attributes:
        kind: What the path holds, empty where that makes no difference.
        surely: The changes that replace.
        perhaps: Those that may.
    """

    kind: str
    surely: str
    perhaps: str

    def of(self, letters: str) -> Effect:
        """What a change does that is one of these."""
        if letters and all(each in self.surely for each in letters):
            return Effect.REPLACES
        if any(each in self.surely or each in self.perhaps for each in letters):
            return Effect.MAY_REPLACE
        return Effect.UPDATES


_Names = tuple[str, ...]
_Marks = Mapping[_Names, _Mark]
# Since version 7 every type of AWS has it, and no resource can move. The provider's own region may
# stand in its place.
_OF_USER_DATA = dict.fromkeys(("userData", "userDataBase64"), "userDataReplaceOnChange")
_SWITCHES: Mapping[str, Mapping[str, str]] = {
    "aws:ec2/instance:Instance": _OF_USER_DATA,
    "aws:ec2/spotInstanceRequest:SpotInstanceRequest": _OF_USER_DATA,
}
"""By type, the properties whose change replaces where another one is true.

Source: terraform-provider-aws, internal/service/ec2/ec2_instance.go (CustomizeDiff).
"""
_OF_AWS = ("aws:", "pulumi:providers:aws")
_EVERYWHERE: _Marks = {("region",): _Mark("", "ud", "abxy")}


@cache
def _table() -> Mapping[str, Any]:
    packed = files(__package__).joinpath(_TABLE).read_bytes()
    page: Mapping[str, Any] = json.loads(gzip.decompress(packed))
    return page


@cache
def _marks(type_: str) -> tuple[_Marks, frozenset[_Names]]:
    """What the table says of a type's paths, and those of them whose order says nothing."""
    row = _table()["types"].get(type_, {})
    found: dict[_Names, _Mark] = dict(_EVERYWHERE) if type_.startswith(_OF_AWS) else {}
    for path in row.get("may", ()):
        found[tuple(path.split("."))] = _Mark("", "", _ALL)
    for path in row.get("replaces", ()):
        found[tuple(path.split("."))] = _Mark("", _ALL, "")
    for key, paths in row.get("when", {}).items():
        mark = _Mark(*key.split("/"))
        found.update({tuple(path.split(".")): mark for path in paths})
    return found, frozenset(tuple(path.split(".")) for path in row.get("sets", ()))


def _effect(change: Difference, before: Any, after: Any, marks: _Marks) -> Effect:  # noqa: ANN401
    """What a change does at the paths that are in the table."""
    names = change.names
    effects = [Effect.UPDATES]
    for path, mark in marks.items():
        if names[: len(path)] == path:
            effects.append(mark.of(_letters(change, before, after, path, mark)))
        elif path[: len(names)] == names:
            rest = path[len(names) :]
            given = [*_inside(before, rest)], [*_inside(after, rest)]
            if any(given):
                effects.append(mark.of(_letters_inside(change, *given, mark)))
    return max(effects, key=list(Effect).index)


def _letters(
    change: Difference,
    before: Any,  # noqa: ANN401 - a value of a property, likewise below
    after: Any,  # noqa: ANN401
    path: _Names,
    mark: _Mark,
) -> str:
    """The letters of a change at a path of the table, or in it."""
    match _behind(change.path, len(path)):
        case ():
            return _of_values(change.kind, before, after, mark.kind)
        case (int(),) if change.kind != "update":
            return "g" if change.kind == "add" else "s"
        case _ if mark.kind in _BLOCKS:
            # The block is there before and after; its members say what their change does.
            return ""
        case _:
            return "ud"


def _letters_inside(
    change: Difference, before: Sequence[Any], after: Sequence[Any], mark: _Mark
) -> str:
    """The letters of what comes or goes with all that is around it."""
    match change.kind:
        case "add":
            return "".join(_of_values("add", None, each, mark.kind) for each in after)
        case "delete":
            return "".join(_of_values("delete", each, None, mark.kind) for each in before)
        case "update":
            return "ud"


def _of_values(kind: str, before: Any, after: Any, holds: str) -> str:  # noqa: ANN401, PLR0911
    is_switch = holds == "switch"
    match kind:
        case "add" if is_switch and isinstance(after, bool):
            return "b" if after else "a"
        case "add":
            return "ab" if holds not in _BLOCKS else "a"
        case "delete" if is_switch and isinstance(before, bool):
            return "y" if before else "x"
        case "delete":
            return "xy" if holds not in _BLOCKS else "x"
        case _ if UNKNOWN in (before, after):
            return "ud"
        case _ if is_switch and isinstance(after, bool):
            return "u" if after else "d"
        case _ if holds in ("number", "version") and _ordered(before) and _ordered(after):
            return "u" if _ordered(before) < _ordered(after) else "d"
        case _:
            return "ud"


def _ordered(value: Any) -> tuple[float, ...]:  # noqa: ANN401
    """A number, or the numbers of a version, to compare by; nothing where there are none."""
    if isinstance(value, int | float):
        return (float(value),)
    return tuple(float(each) for each in _NUMBERS.findall(str(value)))


def _behind(path: Path, names: int) -> Path:
    """What of a path stands behind its first names."""
    seen = 0
    for index, part in enumerate(path):
        seen += isinstance(part, str)
        if seen == names:
            return path[index + 1 :]
    return ()


def _at(properties: Properties, path: Path) -> Any:  # noqa: ANN401
    """The value at a path, `None` where there is none; a secret is what it holds."""
    return without_secret(value_at(properties, path))


def _inside(value: PropertyValue, names: _Names) -> Iterator[Any]:
    """All values at a path inside a value, through whatever lists there are."""
    plain = without_secret(value)
    match plain:
        case list():
            for each in plain:
                yield from _inside(each, names)
        case _ if plain is None:
            return
        case _ if not names:
            yield plain
        case dict() if mark_of(plain) is None and names[0] in plain:
            yield from _inside(plain[names[0]], names[1:])
        case _ if plain == UNKNOWN:
            yield plain


def _is_the_same(change: Difference, old: Properties, new: Properties, outputs: Properties) -> bool:
    """Whether AWS has after a change what it had before, in other words."""
    before, after = _at(old, change.path), _at(new, change.path)
    if change.kind == "add" and after is not None and after == _at(outputs, change.path):
        return True
    if change.kind == "update" and isinstance(before, str) and isinstance(after, str):
        document = document_in(before)
        return document is not None and document == document_in(after)
    return False


def _is_in_another_order(
    change: Difference, old: Properties, new: Properties, sets: frozenset[_Names]
) -> bool:
    """Whether all that a change does is to put the members of a set in another order."""
    for path in sets:
        if change.names[: len(path)] == path:
            around = change.path[: len(change.path) - len(_behind(change.path, len(path)))]
            members = _unordered(_at(old, around))
            if members is not None and members == _unordered(_at(new, around)):
                return True
    return False


def _unordered(value: Any) -> list[str] | None:  # noqa: ANN401
    if not isinstance(value, list):
        return None
    return sorted(json.dumps(each, sort_keys=True) for each in value)
