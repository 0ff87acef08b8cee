"""A run with one of everything that a report can show."""

from dataclasses import replace
from typing import Any

from google.protobuf.struct_pb2 import Struct

from pulumi_preflight.findings import (
    Finding,
    Level,
    NotEvaluated,
    PolicyException,
    Remediation,
    Reported,
    Waived,
)
from pulumi_preflight.model import Deployment, Note, RegisteredResource, SourcePosition
from pulumi_preflight.redaction import Redactor
from pulumi_preflight.stack_context import StackContext
from pulumi_preflight.verdict import Verdict, judge, secrets_of
from tests.preflight.builders import CONTEXT, QUEUE, SERVICE, struct, urn

SECRET = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270"}
UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
MODULE = "shop:modules:Orders"
STACK = RegisteredResource(
    urn=CONTEXT.root_urn,
    type="pulumi:pulumi:Stack",
    name="shop-dev",
    parent="",
    custom=False,
    inputs=Struct(),
    outputs=Struct(),
)


def resource(
    type_: str, name: str, *, line: int, parent: str = STACK.urn, custom: bool = True
) -> RegisteredResource:
    return RegisteredResource(
        urn=urn(type_, name),
        type=type_,
        name=name,
        parent=parent,
        custom=custom,
        inputs=struct({"password": {**SECRET, "value": "hunter2"}}),
        outputs=Struct(),
        position=SourcePosition(file="__main__.py", line=line),
    )


ORDERS = resource(MODULE, "orders", line=5, custom=False)
RESOURCES = (
    STACK,
    resource("pulumi:providers:aws", "default_7_51_1", line=1),
    ORDERS,
    resource(QUEUE, "jobs", line=7, parent=ORDERS.urn),
    resource("aws:sqs/queuePolicy:QueuePolicy", "jobs", line=9, parent=urn(QUEUE, "jobs")),
    resource(QUEUE, "dead", line=8, parent=ORDERS.urn),
    resource(SERVICE, "web", line=20),
)


def deployment(**changes: Any) -> Deployment:  # noqa: ANN401 - the fields of Deployment
    plain = Deployment(resources=RESOURCES, duplicates=(), stack_outputs=Struct(), notes=())
    return replace(plain, **changes)


def finding(rule: str, about: str, **changes: Any) -> Finding:  # noqa: ANN401 - as above
    plain = Finding(
        rule=rule,
        pack="demo",
        level=Level.ADVISORY,
        severity=None,
        urn=about,
        problem="wrong",
        is_prose=True,
    )
    return replace(plain, **changes)


TOO_MANY = finding(
    "cost-ecs-desired-count",
    urn(SERVICE, "web"),
    level=Level.MANDATORY,
    severity="high",
    problem="`desiredCount` is 50",
    wanted="at most 10 (`max` of cost-ecs-desired-count in policies/profiles/dev.json)",
    is_prose=False,
    fix="Lower it, or raise the cap.",
    url="https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-quotas.html",
)
TOTAL = finding(
    "cost-total", STACK.urn, level=Level.MANDATORY, problem="the services ask for 50 tasks"
)
UNTAGGED = finding("tags-required", urn(QUEUE, "jobs"), problem="no tags", fix="Add tags.")
WAIVED = Waived(
    rule="sqs-encryption",
    pack="demo",
    level=Level.MANDATORY,
    severity="medium",
    urn=urn(QUEUE, "dead"),
    problem="not encrypted",
    wanted="SSE-SQS",
    reason="holds public data only",
    owner="platform",
    expires="2027-01-01",
)
EXCEPTED = replace(
    WAIVED,
    reason="public; to be replaced",
    owner=None,
    expires=None,
    exceptions=(
        PolicyException(id="EXC-9", reason="public"),
        PolicyException(id="EXC-10", reason="to be replaced"),
    ),
)
UNSEEN = NotEvaluated(
    rule="sqs-redrive-target",
    pack="demo",
    level=Level.MANDATORY,
    severity=None,
    urn=urn(QUEUE, "jobs"),
    part="redrivePolicy",
    problem="`redrivePolicy` is not known yet",
    property="redrivePolicy",
)
REMEDIATED = Remediation(
    rule="tags-required",
    pack="demo",
    urn=urn(SERVICE, "web"),
    before=struct({"desiredCount": 2, "rules": [{"a.b": None}]}),
    after=struct({"desiredCount": 1, "rules": [{}], "tags": {"owner": "shop"}}),
)
PROPOSED = replace(
    REMEDIATED,
    rule="sqs-long-polling",
    urn=urn(QUEUE, "jobs"),
    before=struct({"receiveWaitTimeSeconds": 0}),
    after=struct({"receiveWaitTimeSeconds": 20}),
    applied=False,
)
REPORTED = Reported(
    findings=(TOO_MANY, UNTAGGED, TOTAL),
    waived=(WAIVED,),
    not_evaluated=(
        UNSEEN,
        replace(UNSEEN, urn=urn(QUEUE, "dead")),
    ),
    remediations=(REMEDIATED, PROPOSED),
)
OUTPUTS = {
    "queueUrl": "https://sqs/jobs",
    "password": {**SECRET, "value": "hunter2"},
    "id": UNKNOWN,
}


def verdict(
    reported: Reported = REPORTED,
    run: Deployment | None = None,
    context: StackContext = CONTEXT,
) -> Verdict:
    run = run or deployment(stack_outputs=struct(OUTPUTS))
    note = Note(text="two zones were assumed", position=SourcePosition(file="net.py", line=3))
    secrets = (*context.secrets, *secrets_of(run, reported))
    return judge(
        replace(run, notes=(note, *run.notes)),
        reported,
        context,
        redact=Redactor(secrets, (resource.name for resource in run.resources)),
        seconds=1.234,
    )
