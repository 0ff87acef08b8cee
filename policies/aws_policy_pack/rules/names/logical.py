"""Logical names: what Pulumi calls a resource."""

from fnmatch import fnmatchcase

from pydantic import Field

from aws_policy_pack.config import RuleConfig
from aws_policy_pack.resource import STACK, Graph, Resource
from aws_policy_pack.rule import Example, Finding, Findings, Kind, Severity, stack_rule

QUEUE = "aws:sqs/queue:Queue"


class UniqueLogical(RuleConfig):
    """Where the same logical name may stand twice."""

    skip_types: tuple[str, ...] = Field(
        default=(), description="Type tokens or globs that are not looked at"
    )


@stack_rule(
    "names-unique-logical",
    kind=Kind.PRACTICE,
    severity=Severity.HIGH,
    summary="No two resources of one type share a logical name, whatever their parents",
    why="The engine refuses two resources with one URN only when it comes to the second, half way "
    "through a deployment. Different parents keep the URNs apart, until somebody moves one of "
    "the two; and until then state, logs and targets show one name for two resources.",
    url="https://www.pulumi.com/docs/iac/concepts/resources/names/",
    good=(
        Example(type=QUEUE, name="orders", properties={"name": "orders-dev"}),
        Example(type=QUEUE, name="orders-dead-letter", properties={"name": "orders-dlq-dev"}),
    ),
    bad=(
        Example(type=QUEUE, name="orders", properties={"name": "orders-dev"}),
        Example(type=QUEUE, name="orders", properties={"name": "orders-dlq-dev"}),
    ),
)
def unique_logical(graph: Graph, config: UniqueLogical) -> Findings:
    """Compares type and name; the finding is about the later of two resources."""
    first: dict[tuple[str, str], Resource] = {}
    for resource in graph.resources:
        earlier = first.setdefault((resource.type, resource.name), resource)
        if earlier is resource or _is_skipped(resource.type, config):
            continue
        yield Finding(
            problem=f"another {resource.type}, {_place(earlier)}, has this logical name too "
            f"(this one is {_place(resource)})",
            wanted="a logical name that no other resource of the type has",
            fix="Rename one of the two and give it its old name as an alias, or remove one if it "
            "is declared twice",
            resource=resource,
            related=(earlier,),
        )


def _is_skipped(kind: str, config: UniqueLogical) -> bool:
    return any(fnmatchcase(kind, pattern) for pattern in config.skip_types)


def _place(resource: Resource) -> str:
    """Where the resource stands among the stack's components."""
    _, _, kind, name = resource.parent.split("::", maxsplit=3) if resource.parent else [""] * 4
    if not name or kind.endswith(STACK):
        return "at the top of the stack"
    return f"under {name}"
