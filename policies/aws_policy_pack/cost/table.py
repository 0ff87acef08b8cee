"""The price table of a region: on-demand unit prices in US dollars, each with its source.

Free tiers are left out, and so is every price that no public source confirms: what has no price
is reported as such, never counted as 0.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Final

FOLDER: Final = Path(__file__).parent / "prices"
DEFAULT_REGION: Final = "us-east-1"
HOURS: Final = 730
"""Hours in the month that AWS calculates with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """What one unit costs.

    Attributes:
        usd: US dollars a unit.
        unit: What is counted, such as `GB-month`.
        source: Where the price comes from; the first word of each part, up to `;`, is a key of
            the table's sources.
    """

    usd: Decimal
    unit: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceTable:
    """All prices of a region.

    Attributes:
        region: The AWS region.
        dated: The day of the table, YYYY-MM-DD.
        sources: What each source is, and of which day.
        prices: Key, such as `fargate/vcpu-hour/arm64`, to price.
    """

    region: str
    dated: str
    sources: Mapping[str, str]
    prices: Mapping[str, Price]


def regions() -> tuple[str, ...]:
    """The regions that have a table, in alphabetical order."""
    return tuple(sorted(file.stem for file in FOLDER.glob("*.json")))


@cache
def load_table(region: str) -> PriceTable | None:
    """The table of a region, `None` if there is none; each is read once."""
    if region not in regions():
        return None
    return read_table((FOLDER / f"{region}.json").read_text(encoding="utf-8"))


def read_table(text: str) -> PriceTable:
    """Reads a table from its file's text."""
    raw = json.loads(text)
    return PriceTable(
        region=raw["region"],
        dated=raw["dated"],
        sources=raw["sources"],
        prices={
            key: Price(usd=Decimal(price["usd"]), unit=price["unit"], source=price["source"])
            for key, price in raw["prices"].items()
        },
    )


def write_table(table: PriceTable) -> str:
    """The text of a table's file: one price a line and in order, so that a change is one line."""
    head = {"region": table.region, "currency": "USD", "dated": table.dated}
    prices = {
        key: {"usd": f"{price.usd:f}", "unit": price.unit, "source": price.source}
        for key, price in table.prices.items()
    }
    entries = [f"  {json.dumps(key)}: {json.dumps(value)}" for key, value in head.items()]
    entries += [_block("sources", table.sources), _block("prices", prices)]
    return "{\n" + ",\n".join(entries) + "\n}\n"


def _block(name: str, values: Mapping[str, object]) -> str:
    lines = [f"    {json.dumps(key)}: {json.dumps(value)}" for key, value in sorted(values.items())]
    return f"  {json.dumps(name)}: {{\n" + ",\n".join(lines) + "\n  }"
