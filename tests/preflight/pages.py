"""Verdicts for tests of the HTML report: one with modules, and one of 1,000 resources."""

from pathlib import Path

from pulumi_preflight.findings import Finding, Level, Reported
from pulumi_preflight.model import Deployment, RegisteredResource, SourcePosition
from pulumi_preflight.verdict import Verdict
from tests.preflight.builders import QUEUE, SERVICE, struct, urn
from tests.preflight.samples import MODULE, STACK, deployment, finding, verdict

TASK = "aws:ecs/taskDefinition:TaskDefinition"
TABLE = "aws:dynamodb/table:Table"
_TYPES = (QUEUE, SERVICE, TASK, TABLE, "aws:iam/role:Role", "aws:s3/bucket:Bucket")
_MODULES = 20


def resource(
    type_: str, name: str, *, line: int, parent: str = STACK.urn, refers: tuple[str, ...] = ()
) -> RegisteredResource:
    return RegisteredResource(
        urn=urn(type_, name),
        type=type_,
        name=name,
        parent=parent,
        custom=type_ != MODULE,
        inputs=struct({}),
        outputs=struct({}),
        dependencies=refers,
        property_dependencies={"arn": refers} if refers else {},
        position=SourcePosition(file="__main__.py", line=line),
    )


def shop() -> Verdict:
    """Two modules, a resource outside of both, two findings in one file."""
    web, data = urn(MODULE, "web"), urn(MODULE, "data")
    run = deployment(
        resources=(
            STACK,
            resource(MODULE, "data", line=1),
            resource(TABLE, "orders", line=2, parent=data),
            resource(QUEUE, "jobs", line=3, parent=data),
            resource(MODULE, "web", line=5),
            resource(SERVICE, "front", line=6, parent=web, refers=(urn(TABLE, "orders"),)),
            resource(TASK, "front", line=7, parent=web, refers=(urn(QUEUE, "jobs"),)),
            resource("aws:kms/key:Key", "alone", line=9),
        )
    )
    found = (
        _at("tags-required", urn(QUEUE, "jobs"), level=Level.ADVISORY, problem="no tags"),
        _at("ecs-count", urn(SERVICE, "front"), level=Level.MANDATORY, problem="too many tasks"),
    )
    return verdict(Reported(findings=found), run)


def thousand(*, lines: bool = False) -> Verdict:
    """1,000 resources in modules, each with three findings.

    Args:
        lines: Whether each resource stands at a line of its own, so that nothing can be told of
            several together.
    """
    resources: list[RegisteredResource] = [STACK]
    findings = []
    for module in range(_MODULES):
        resources.append(resource(MODULE, f"module-{module}", line=1))
        for number in range(1000 // _MODULES):
            type_ = _TYPES[number % len(_TYPES)]
            name = f"thing-{module}-{number}"
            line = 1 + 9 * len(resources) if lines else 10 + number % len(_TYPES)
            # Each refers to the one before it, and to one of the module before.
            refers = [urn(_TYPES[(number - 1) % len(_TYPES)], f"thing-{module}-{number - 1}")]
            if module and number % 5 == 1:
                refers.append(urn(type_, f"thing-{module - 1}-{number}"))
            made = resource(
                type_,
                name,
                line=line,
                parent=urn(MODULE, f"module-{module}"),
                refers=tuple(refers) if number else (),
            )
            resources.append(made)
            findings += [
                _at(
                    f"rule-{rule}",
                    made.urn,
                    level=Level.ADVISORY,
                    problem=f"`property{rule}` of {name} is not what the stack is held to",
                    fix=f"Set `property{rule}` to what the rule wants, or waive the finding.",
                    severity="medium",
                )
                for rule in range(3)
            ]
    run: Deployment = deployment(resources=tuple(resources))
    return verdict(Reported(findings=tuple(findings)), run)


def _at(rule: str, about: str, **changes: object) -> Finding:
    return finding(rule, about, is_prose=False, wanted="another value", **changes)


def write_source(folder: Path, count: int) -> None:
    """Writes the program's file: calls of nine lines each."""
    call = "thing = aws.sqs.Queue(\n" + '    name="a-name-of-usual-length",\n' * 7 + ")\n"
    (folder / "__main__.py").write_text(call * count)
