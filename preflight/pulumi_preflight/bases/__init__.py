"""What a run is compared with: a state, or what an earlier run has saved."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pulumi_preflight.costs import Cost, CostLine
    from pulumi_preflight.findings import Finding
    from pulumi_preflight.model import RegisteredResource


@dataclass(frozen=True, slots=True, kw_only=True)
class BaseFinding:
    """A finding of the base.

    Attributes:
        id: The rule, and what within.
        pack: The name of the pack that holds the rule.
        level: `mandatory` or `advisory`.
        urn: The resource, without secrets.
    """

    id: str
    pack: str
    level: str
    urn: str

    @property
    def rule(self) -> str:
        """The rule's name."""
        return self.id.partition("[")[0]


def known_as(finding: "Finding") -> BaseFinding:
    """A finding as a base keeps it."""
    return BaseFinding(id=finding.id, pack=finding.pack, level=str(finding.level), urn=finding.urn)


@dataclass(frozen=True, slots=True, kw_only=True)
class Base:
    """What a run is compared with.

    Attributes:
        place: Where it was read.
        is_state: Whether it is what is deployed; otherwise it is what a program registered.
        resources: The resources; those of a saved run without outputs and without secrets.
        findings: What was found at them.
        cost: What they cost in a month, line by line; `None` where no package priced any.
        unpriced: The URNs of resources of which not all is priced.
        note: What is to be said of it, empty for nothing.
    """

    place: str
    is_state: bool
    resources: "tuple[RegisteredResource, ...]"
    findings: tuple[BaseFinding, ...]
    cost: "tuple[CostLine, ...] | None"
    unpriced: tuple[str, ...] = ()
    note: str = ""


def unpriced_in(cost: "Cost | None") -> tuple[str, ...]:
    """The URNs of resources of which not all is priced, each once."""
    return tuple(dict.fromkeys(each.urn for each in cost.unpriced)) if cost else ()
