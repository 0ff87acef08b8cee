"""A stock pack whose rules raise, one for each call of the protocol."""

from pulumi_policy import (
    EnforcementLevel,
    PolicyPack,
    ReportViolation,
    ResourceValidationArgs,
    ResourceValidationPolicy,
    StackValidationArgs,
    StackValidationPolicy,
)


def fine(_args: ResourceValidationArgs, _report: ReportViolation) -> None:
    pass


def raise_for_queue(args: ResourceValidationArgs, _report: ReportViolation) -> None:
    if args.name == "queue":
        raise KeyError("missing")


async def raise_for_fix(args: ResourceValidationArgs) -> dict[str, object]:
    if args.name == "fix":
        raise ValueError("cannot fix")
    return {}


def raise_for_stack(_args: StackValidationArgs, _report: ReportViolation) -> None:
    raise RuntimeError("no stack today")


PolicyPack(
    "raising",
    [
        ResourceValidationPolicy("fine", "Fine.", fine),
        ResourceValidationPolicy("queue-raises", "Raises.", raise_for_queue),
        ResourceValidationPolicy(
            "fix-raises", "Raises.", fine, EnforcementLevel.REMEDIATE, remediate=raise_for_fix
        ),
        StackValidationPolicy("stack-raises", "Raises.", raise_for_stack),
    ],
)
