"""The names that two resources cannot have at once."""

from collections.abc import Sequence

from pulumi_preflight.outputs.names import name_properties
from pulumi_preflight.outputs.subject import subject_kind
from pulumi_preflight.wire import Properties

# A new one is another revision of the same name, beside the old one.
_REVISIONED = frozenset({"ecs/taskdefinition", "lambda/layerversion"})


def fixed_name_properties(type_: str) -> Sequence[str]:
    """The properties that hold the physical name of a type; none where names are shared."""
    kind = subject_kind(type_)
    return () if kind in _REVISIONED else name_properties(kind)


def keeps_name(type_: str, old: Properties, new: Properties) -> bool:
    """Whether a name stays as it is, so that the old resource must go before the new one comes."""
    return any(name in new and new[name] == old.get(name) for name in fixed_name_properties(type_))
