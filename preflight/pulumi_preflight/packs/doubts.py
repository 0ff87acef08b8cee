"""What is made up in the requests that packs are asked."""

from collections.abc import Collection

from google.protobuf.struct_pb2 import Struct
from pulumi.runtime.proto.analyzer_pb2 import AnalyzeRequest, AnalyzeStackRequest

from pulumi_preflight.outputs.inventions import Origin, Other
from pulumi_preflight.outputs.memory import Inventions, Taint
from pulumi_preflight.packs.second_judgement import Doubt
from pulumi_preflight.wire import from_struct, to_struct


def otherwise_throughout(taint: Taint) -> Other:
    """Another value in place of each made-up one."""
    return Other(origins=frozenset(taint.origins), account=next(iter(taint.accounts), ""))


def inputs_otherwise(inputs: Struct, taint: Taint, other: Other) -> Struct:
    """A resource's inputs with other values in place of made-up ones."""
    return to_struct(taint.otherwise(from_struct(inputs), other))


def doubt_of(request: AnalyzeRequest, taint: Taint, fixed: Struct | None) -> Doubt[AnalyzeRequest]:
    """What is made up in the request for a resource's judgement.

    Args:
        request: The resource, after all fixes.
        taint: What is made up in its inputs.
        fixed: The inputs with other values throughout, after all fixes; `None` where no pack fixes
            anything.
    """
    throughout = otherwise_throughout(taint)

    def otherwise(other: Other) -> AnalyzeRequest:
        asked = AnalyzeRequest()
        asked.CopyFrom(request)
        # A fix may hang on a made-up value too.
        known = fixed if other == throughout else None
        asked.properties.CopyFrom(
            inputs_otherwise(request.properties, taint, other) if known is None else known
        )
        return asked

    return Doubt(
        urn=request.urn,
        origins=taint.origins,
        origins_of=lambda _: taint.origins,
        accounts=taint.accounts,
        otherwise=otherwise,
        as_first=taint.as_first,
    )


def stack_doubt_of(
    request: AnalyzeStackRequest, inventions: Inventions, *, urn: str
) -> Doubt[AnalyzeStackRequest]:
    """What is made up in the request for a stack's judgement; `urn` is the stack's own."""

    def otherwise(other: Other) -> AnalyzeStackRequest:
        asked = AnalyzeStackRequest()
        asked.CopyFrom(request)
        for resource in asked.resources:
            outputs = from_struct(resource.properties)
            changed = inventions.outputs_otherwise(resource.urn, outputs, other)
            resource.properties.CopyFrom(to_struct(changed))
        return asked

    outputs = {each.urn: each.properties for each in request.resources}

    def origins_of(resource: str) -> Collection[Origin]:
        # A component has none of its own; what it puts out may come from others.
        held = inventions.origins_in(from_struct(outputs[resource])) if resource in outputs else ()
        return {*inventions.origins_of(resource), *held}

    return Doubt(
        urn=urn,
        origins=inventions.origins,
        origins_of=origins_of,
        accounts=inventions.accounts,
        otherwise=otherwise,
        as_first=inventions.as_first,
    )
