"""Builds graphs as the engine sends them, and shows what is estimated, a line for each item."""

from pathlib import Path

from pulumi.runtime.proto import analyzer_pb2 as protocol

from aws_policy_pack.cost.estimate import Estimate, estimate
from aws_policy_pack.cost.table import PriceTable, read_table
from aws_policy_pack.resource import Graph, Resource
from aws_policy_pack.testing import UNKNOWN, Example, stack_request
from aws_policy_pack.wire import read_struct

PRICES: PriceTable = read_table((Path(__file__).parent / "prices.json").read_text(encoding="utf-8"))
"""A copy of the table, so that a refresh of the prices breaks no test of the arithmetic."""


def make(type_: str, name: str, /, **properties: object) -> Example:
    """A resource; a property that is the name of another in braces is its unknown output."""
    references = {
        key: (value[1:-1],)
        for key, value in properties.items()
        if isinstance(value, str) and value.startswith("{")
    }
    given = {key: UNKNOWN if key in references else value for key, value in properties.items()}
    return Example(type=type_, name=name, properties=given, references=references)


def graph_of(*examples: Example) -> Graph:
    """The graph of a stack, through the engine's own wire form."""
    return Graph(_resource(resource) for resource in stack_request(examples).resources)


def shown(result: Estimate) -> list[str]:
    """`name item: quantity unit at price = base / worst`, then what has no price."""
    return [
        *(
            f"{line.resource.name} {line.item}: {line.quantity.normalize():f} {line.unit} "
            f"at {line.unit_price:f} = {line.base.normalize():f} / {line.worst.normalize():f}"
            for line in result.lines
        ),
        *(f"{item.resource.name} {item.reason}" for item in result.unpriced),
    ]


def estimate_of(*examples: Example) -> Estimate:
    """The estimate of a stack in us-east-1 at the prices of a day that has passed."""
    return estimate(graph_of(*examples), region="us-east-1", tables=lambda _: PRICES)


def bill(*examples: Example) -> list[str]:
    """What is estimated of a stack in us-east-1; lines of use are left out."""
    lines = shown(estimate_of(*examples))
    return [line for line in lines if "(usage only)" not in line]


def bill_of(type_: str, properties: dict[str, object]) -> list[str]:
    """What is estimated of one resource, named `it`; lines of use are left out."""
    return bill(Example(type=type_, name="it", properties=properties))


def no_price(item: str, key: str) -> str:
    """What is said of an item of `it` that has no price."""
    return f"it has no price for {item} in us-east-1 (`{key}`)"


def not_read(path: str, reason: str) -> str:
    """What is said of `it` where a property of its own cannot be read."""
    return f"it is not priced: `{path}` {reason}"


def _resource(sent: protocol.AnalyzerResource) -> Resource:
    return Resource(
        lambda: read_struct(sent.properties, set()),
        urn=sent.urn,
        type=sent.type,
        name=sent.name,
        parent=sent.parent,
        ignore_changes=sent.options.ignoreChanges,
        references={key: list(item.urns) for key, item in sent.propertyDependencies.items()},
    )
