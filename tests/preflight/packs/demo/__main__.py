"""A stock pack: one rule for each thing that a pack can say."""

import json
import os

from pulumi_policy import (
    EnforcementLevel,
    PolicyConfigSchema,
    PolicyPack,
    ReportViolation,
    ResourceValidationArgs,
    ResourceValidationPolicy,
    Severity,
    StackValidationArgs,
    StackValidationPolicy,
)

QUEUE = "aws:sqs/queue:Queue"
SERVICE = "aws:ecs/service:Service"
TOPIC = "aws:sns/topic:Topic"


def queue_is_fifo(args: ResourceValidationArgs, report: ReportViolation) -> None:
    if args.resource_type == QUEUE and not args.props.get("fifoQueue"):
        message = f"{args.name}: fifoQueue is not set; wanted true. Fix: Set fifoQueue."
        report(message, None)
        found = {
            "message": message,
            "part": "fifoQueue",
            "problem": "fifoQueue is not set",
            "wanted": "true",
            "fix": "Set fifoQueue.",
        }
        args.not_applicable(json.dumps({"policyFindings": 1, "findings": [found]}))


def queue_is_tagged(args: ResourceValidationArgs, report: ReportViolation) -> None:
    if args.resource_type == QUEUE and "tags" not in args.props:
        report("no tags", None)


def service_is_small(args: ResourceValidationArgs, report: ReportViolation) -> None:
    if args.resource_type == SERVICE:
        most = args.get_config()["maxTasks"]
        if args.props["desiredCount"] > most:
            report(
                f"desiredCount is {args.props['desiredCount']:g}; wanted at most {most:g}.", None
            )


def redrive_policy_is_read(args: ResourceValidationArgs, report: ReportViolation) -> None:
    if args.resource_type == QUEUE and "nothing" in args.props["redrivePolicy"]:
        report("unreachable", None)


def queue_is_encrypted(args: ResourceValidationArgs, _report: ReportViolation) -> None:
    if args.resource_type == QUEUE:
        waived = {
            "problem": "not encrypted",
            "wanted": "SSE",
            "fix": "Encrypt it.",
            "urn": args.urn,
            "reason": "public data",
            "owner": "platform",
            "expires": "2027-01-01",
        }
        args.not_applicable(json.dumps({"policyFindings": 1, "waived": [waived]}))


def topic_is_encrypted(args: ResourceValidationArgs, _report: ReportViolation) -> None:
    if args.resource_type != TOPIC:
        args.not_applicable("no topic")


async def tag_owner(args: ResourceValidationArgs) -> dict[str, object]:
    if args.resource_type != SERVICE:
        return {}
    return {**args.props, "tags": {"owner": "platform"}}


def owner_is_tagged(args: ResourceValidationArgs, report: ReportViolation) -> None:
    if args.resource_type == SERVICE and "owner" not in args.props.get("tags", {}):
        report("no owner", None)


def never(_args: ResourceValidationArgs, report: ReportViolation) -> None:
    report("disabled rules do not run", None)


def stack_is_known(args: StackValidationArgs, report: ReportViolation) -> None:
    told = os.environ["PULUMI_PROJECT"], os.environ["PULUMI_STACK"], os.environ["PULUMI_DRY_RUN"]
    report(f"{len(args.resources)} resources in {'/'.join(told)}", None)
    for resource in args.resources:
        report("seen by the stack rule", resource.urn)


PolicyPack(
    "demo",
    [
        ResourceValidationPolicy(
            "queue-is-fifo", "Queues keep their order.", queue_is_fifo, EnforcementLevel.MANDATORY
        ),
        ResourceValidationPolicy(
            "queue-is-tagged",
            "Queues carry tags.",
            queue_is_tagged,
            severity=Severity.LOW,
            remediation_steps="Add tags.",
            url="https://example.com/tags",
        ),
        ResourceValidationPolicy(
            "service-is-small",
            "Services are small.",
            service_is_small,
            EnforcementLevel.MANDATORY,
            PolicyConfigSchema({"maxTasks": {"type": "integer", "default": 10, "minimum": 1}}),
            severity=Severity.HIGH,
        ),
        ResourceValidationPolicy(
            "redrive-policy-is-read",
            "The redrive policy is read.",
            redrive_policy_is_read,
            EnforcementLevel.MANDATORY,
        ),
        ResourceValidationPolicy(
            "queue-is-encrypted",
            "Queues are encrypted.",
            queue_is_encrypted,
            EnforcementLevel.MANDATORY,
        ),
        ResourceValidationPolicy(
            "owner-is-tagged",
            "Services name their owner.",
            owner_is_tagged,
            EnforcementLevel.REMEDIATE,
            remediate=tag_owner,
        ),
        ResourceValidationPolicy("never", "Never.", never, EnforcementLevel.DISABLED),
        StackValidationPolicy("stack-is-known", "The stack is known.", stack_is_known),
        ResourceValidationPolicy("topic-is-encrypted", "Topics are encrypted.", topic_is_encrypted),
    ],
    initial_config={"queue-is-encrypted": EnforcementLevel.MANDATORY},
)
