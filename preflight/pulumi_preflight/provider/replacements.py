"""Which properties of a type replace the resource when they change.

`replacements.json` is generated; each path is `property` or `property.inner`, without indexes.
"""

import json
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files

from pulumi_preflight.outputs.names import name_properties
from pulumi_preflight.outputs.subject import subject_kind

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
