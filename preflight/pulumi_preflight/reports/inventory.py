"""What a run registered, in a few lines: by module, and how many of which type."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

from pulumi_preflight.resource import Resource
from pulumi_preflight.urns import STACK_TYPE

NO_MODULE = "(no module)"
_PROVIDER = "pulumi:providers:"
_DEFAULT_PROVIDER = "default"
_TYPES_SHOWN = 5


def is_shown(resource: Resource) -> bool:
    """Whether a user would call it a resource: not the stack, nor a provider nobody asked for."""
    provider = resource.type.startswith(_PROVIDER)
    return resource.type != STACK_TYPE and not (
        provider and resource.name.startswith(_DEFAULT_PROVIDER)
    )


def by_module(
    resources: Sequence[Resource],
) -> Mapping[str, list[Resource]]:
    """Groups resources by the outermost component above them, in order of registration."""
    by_urn = {resource.urn: resource for resource in resources}
    modules: defaultdict[str, list[Resource]] = defaultdict(list)
    for resource in resources:
        outermost = resource
        while outermost.parent in by_urn:
            outermost = by_urn[outermost.parent]
        modules[NO_MODULE if outermost.custom else outermost.name].append(resource)
    return modules


def kinds(resources: Iterable[Resource]) -> str:
    """How many resources of each type, the most frequent types by name."""
    counts = Counter(_kind(resource.type) for resource in resources if resource.custom)
    ordered = sorted(counts.items(), key=lambda kind: (-kind[1], kind[0]))
    listed = ", ".join(f"{kind} {count}" for kind, count in ordered[:_TYPES_SHOWN])
    rest = sum(count for _, count in ordered[_TYPES_SHOWN:])
    return f"{listed} and {rest} of other types" if rest else listed


def _kind(type_token: str) -> str:
    last = type_token.rsplit(":", maxsplit=1)[-1]
    return f"{last} provider" if type_token.startswith(_PROVIDER) else last
