"""A program beside a base: a database that is replaced, queues that come, go and change."""

import io
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from google.protobuf.struct_pb2 import Struct
from pulumi.runtime.proto.analyzer_pb2 import AnalyzerResourceOptions

from pulumi_preflight.bases import Base, BaseFinding
from pulumi_preflight.bases.settle import compared, settled
from pulumi_preflight.findings import Level, Reported
from pulumi_preflight.model import RegisteredResource, SourcePosition
from pulumi_preflight.reports import write
from pulumi_preflight.stack_context import name_of
from pulumi_preflight.verdict import Verdict
from pulumi_preflight.wire import MARK, SECRET
from tests.preflight.builders import QUEUE, struct, urn
from tests.preflight.samples import STACK, deployment, finding, verdict

DATABASE = "aws:rds/instance:Instance"
GROUP = "shop:index:Group"


def resource(
    type_: str,
    name: str,
    inputs: Mapping[str, object] | None = None,
    *,
    protect: bool = False,
    **more: Any,  # noqa: ANN401 - the fields of a resource
) -> RegisteredResource:
    fields = {
        "parent": STACK.urn,
        "custom": True,
        "outputs": Struct(),
        "position": SourcePosition(file="__main__.py", line=3),
        **more,
    }
    return RegisteredResource(
        urn=urn(type_, name),
        type=type_,
        name=name,
        inputs=struct(inputs or {}),
        options=AnalyzerResourceOptions(protect=protect),
        **fields,
    )


def secret(text: str) -> Mapping[str, object]:
    return {MARK: SECRET, "value": text}


BEFORE = (
    STACK,
    resource(DATABASE, "db", {"engine": "postgres", "password": secret("hunter2")}),
    resource(QUEUE, "jobs", {"delaySeconds": 1}),
    resource(QUEUE, "old"),
)
AFTER = (
    STACK,
    resource(DATABASE, "db", {"engine": "mysql", "password": secret("hunter2")}),
    resource(QUEUE, "jobs", {"delaySeconds": 2}),
    resource(QUEUE, "new"),
)
OLD_FINDING = BaseFinding(id="tags-required", pack="demo", level="advisory", urn=urn(QUEUE, "jobs"))
FIXED_FINDING = replace(OLD_FINDING, id="encrypted[a]")
REPORTED = Reported(
    findings=(
        finding("tags-required", urn(QUEUE, "jobs")),
        finding("too-slow", urn(QUEUE, "jobs"), level=Level.MANDATORY),
    )
)


def base(
    *resources: RegisteredResource,
    is_state: bool = False,
    **more: Any,  # noqa: ANN401 - the fields of a base
) -> Base:
    fields = {"findings": (OLD_FINDING, FIXED_FINDING), "cost": None, **more}
    return Base(place="main.json", is_state=is_state, resources=resources or BEFORE, **fields)


def beside(
    found: Base | None = None,
    *resources: RegisteredResource,
    reported: Reported = REPORTED,
) -> Verdict:
    """A verdict beside a base."""
    run = deployment(resources=resources or AFTER)
    judged, found = verdict(reported, run), found or base()
    changes = compared(found.resources, run, judged.redact, is_state=found.is_state)
    return settled(judged, found, changes)


def written(found: Verdict, report_format: str) -> str:
    stream = io.StringIO()
    write(found, report_format, stream)
    return stream.getvalue()


def operations(found: Verdict) -> dict[str, str]:
    assert found.changes
    return {
        name_of(each.urn): str(each.operation)
        for each in found.changes.resources
        if each.operation != "same"
    }
