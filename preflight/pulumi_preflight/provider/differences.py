"""What the engine is told of a change: which properties differ, and which of them replace."""

from collections.abc import Sequence

from pulumi.runtime.proto.provider_pb2 import DiffRequest, DiffResponse, PropertyDiff

from pulumi_preflight.changes.differences import differences
from pulumi_preflight.changes.naming import keeps_name
from pulumi_preflight.changes.replacements import Change, Effect, changes
from pulumi_preflight.wire import from_struct

_KINDS = {
    ("add", False): PropertyDiff.ADD,
    ("add", True): PropertyDiff.ADD_REPLACE,
    ("delete", False): PropertyDiff.DELETE,
    ("delete", True): PropertyDiff.DELETE_REPLACE,
    ("update", False): PropertyDiff.UPDATE,
    ("update", True): PropertyDiff.UPDATE_REPLACE,
}


def provider_diff(request: DiffRequest) -> DiffResponse:
    """Compares a provider's old configuration with a new one; no change replaces what it made."""
    old, new = from_struct(request.old_inputs), from_struct(request.news)
    return _response(
        [Change(difference=each, effect=Effect.UPDATES) for each in differences(old, new)]
    )


def resource_diff(request: DiffRequest, type_: str) -> DiffResponse:
    """Compares a resource's old inputs with new ones.

    What may replace is told as replacing, since the engine asks for one of the two. Where the
    program gives a name that two resources cannot have, and leaves it as it is, the old resource
    must go before the new one comes.
    """
    old, new = from_struct(request.old_inputs), from_struct(request.news)
    response = _response(changes(type_, old, new, from_struct(request.olds)))
    response.deleteBeforeReplace = bool(response.replaces) and keeps_name(type_, old, new)
    return response


def _response(found: Sequence[Change]) -> DiffResponse:
    if not found:
        return DiffResponse(changes=DiffResponse.DIFF_NONE)
    replacing = [each.effect is not Effect.UPDATES for each in found]
    told = list(zip([each.difference for each in found], replacing, strict=True))
    return DiffResponse(
        changes=DiffResponse.DIFF_SOME,
        diffs=sorted({str(each.path[0]) for each, _ in told}),
        replaces=sorted({str(each.path[0]) for each, replaces in told if replaces}),
        detailedDiff={
            each.text: PropertyDiff(kind=_KINDS[each.kind, replaces], inputDiff=True)
            for each, replaces in told
        },
        hasDetailedDiff=True,
    )
