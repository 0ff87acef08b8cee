"""The answer to Diff: what changed, what of it replaces the resource, and in which order."""

from collections.abc import Sequence

from pulumi.runtime.proto.provider_pb2 import DiffRequest, DiffResponse, PropertyDiff

from pulumi_preflight.provider.differences import Difference, differences
from pulumi_preflight.wire import from_struct

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
