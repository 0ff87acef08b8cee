"""The orders team's own rules."""

from aws_policy_pack.resource import Resource
from aws_policy_pack.rule import Finding, Findings, Level, Severity, resource_rule
from aws_policy_pack.wording import shown


@resource_rule(
    "orders-table-on-demand",
    "aws:dynamodb/table:Table",
    level=Level.MANDATORY,
    severity=Severity.MEDIUM,
    summary="Tables are billed per request",
    why="Our load comes in bursts; provisioned capacity is paid for at night, too.",
    url="https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/on-demand-capacity-mode.html",
    good={"billingMode": "PAY_PER_REQUEST"},
    bad={"billingMode": "PROVISIONED"},
)
def table_on_demand(table: Resource) -> Findings:
    """Compares the billing mode, which AWS sets to PROVISIONED where none is given."""
    mode = table.text("billingMode")
    if mode != "PAY_PER_REQUEST":
        yield Finding(
            problem=f"`billingMode` is {shown(mode)}",
            wanted="'PAY_PER_REQUEST'",
            fix="Set `billingMode` to 'PAY_PER_REQUEST'",
        )
