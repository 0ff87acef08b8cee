"""Which types have a physical name, in which property, how unique it is and what form it has."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Final

from aws_policy_pack.rules.names.facts import (
    application,
    containers,
    databases,
    identity,
    network,
)
from aws_policy_pack.rules.names.facts.model import NameFact


def _by_type(facts: tuple[NameFact, ...]) -> Mapping[str, tuple[NameFact, ...]]:
    found: dict[str, list[NameFact]] = defaultdict(list)
    for fact in facts:
        for kind in fact.types:
            found[kind].append(fact)
    return {kind: tuple(group) for kind, group in found.items()}


FACTS: Final[tuple[NameFact, ...]] = (
    *application.FACTS,
    *containers.FACTS,
    *databases.FACTS,
    *identity.FACTS,
    *network.FACTS,
)
FACTS_BY_TYPE: Final = _by_type(FACTS)
"""A type can have several names: an RDS instance also names its final snapshot."""
