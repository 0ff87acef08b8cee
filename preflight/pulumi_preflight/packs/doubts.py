"""What is made up in the requests that packs are asked."""

from pulumi.runtime.proto.analyzer_pb2 import AnalyzeRequest, AnalyzeStackRequest

from pulumi_preflight.outputs.inventions import Inventions, Other, Taint
from pulumi_preflight.packs.second_judgement import Doubt
from pulumi_preflight.wire import from_struct, to_struct


def doubt_of(request: AnalyzeRequest, taint: Taint) -> Doubt[AnalyzeRequest]:
    """What is made up in the request for a resource's judgement."""

    def otherwise(other: Other) -> AnalyzeRequest:
        asked = AnalyzeRequest()
        asked.CopyFrom(request)
        inputs = taint.otherwise(from_struct(request.properties), other)
        asked.properties.CopyFrom(to_struct(inputs))
        return asked

    return Doubt(
        urn=request.urn,
        origins=taint.origins,
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

    return Doubt(
        urn=urn,
        origins=inventions.origins,
        accounts=inventions.accounts,
        otherwise=otherwise,
        as_first=inventions.as_first,
    )
