"""The price table of a region: on-demand unit prices in US dollars, each with its source.

Free tiers are left out, and so is every price that no public source confirms: what has no price
is reported as such, never counted as 0.
"""

import datetime as dt
import json
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import cache
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Final, TypeAlias

from aws_policy_pack.wire import read_json

FOLDER: Final = Path(__file__).parent / "prices"
DEFAULT_REGION: Final = "us-east-1"
HOURS: Final = 730
"""Hours in the month that AWS calculates with."""
REGION: Final = re.compile(r"[a-z]{2,4}(-[a-z]+)+-\d")
UNLISTED: Final = ("cn-", "eusc-", "us-iso", "eu-iso")
"""Prefixes of regions whose prices the public list does not have, or not in US dollars.

https://docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/price-changes.html
"""


class TableError(Exception):
    """A price table cannot be read or written; the text says which and why."""


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


Tables: TypeAlias = Callable[[str], PriceTable | None]
"""Gives the price table of a region, `None` where there is none."""


def is_in_price_list(region: str) -> bool:
    """Whether AWS's public price list has the region's prices in US dollars."""
    return not region.startswith(UNLISTED)


def way_to_prices(region: str) -> str:
    """The advice where a region has no table, as the end of a sentence."""
    if is_in_price_list(region):
        return f"run `aws-policy-pack prices --region {region}`"
    return f"write {region}.json into `priceFolder` of cost-monthly-budget by hand"


def user_folder() -> Path:
    """The folder of the user's tables, which a new version of the pack leaves as it is.

    https://specifications.freedesktop.org/basedir-spec/latest/
    """
    given = os.environ.get("XDG_DATA_HOME", "")
    data = Path(given) if Path(given).is_absolute() else Path.home() / ".local" / "share"
    return data / "aws-policy-pack" / "prices"


def regions(folder: Path = FOLDER) -> tuple[str, ...]:
    """The regions that have a table in a folder, in alphabetical order."""
    return tuple(sorted(file.stem for file in folder.glob("*.json")))


def tables_in(folder: Path | None) -> Tables:
    """The tables of a folder that is named, and those that are found for other regions.

    Raises:
        TableError: The folder is not there; later, a table in it cannot be read.
    """
    if folder is None:
        return find_table
    if not folder.is_dir():
        raise TableError(f"{folder} is not a folder; make it, or name another")

    def load(region: str) -> PriceTable | None:
        return load_table(region, folder) or find_table(region)

    return load


def find_table(region: str) -> PriceTable | None:
    """The table of a region, the user's or the pack's: the newer one; `None` if there is none.

    Raises:
        TableError: The newer or the only table cannot be read.
    """
    found = (load_table(region, user_folder()), load_table(region))
    tables = [table for table in found if table is not None]
    return max(tables, key=lambda table: table.dated, default=None)


@cache
def load_table(region: str, folder: Path = FOLDER) -> PriceTable | None:
    """The table of a region, `None` if the folder has none; the function reads each table once.

    Raises:
        TableError: The table cannot be read.
    """
    if region not in regions(folder):
        return None
    file = folder / f"{region}.json"
    try:
        table = read_table(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise TableError(f"{file}: cannot be read: {error.strerror}") from error
    except ValueError as error:
        raise TableError(f"{file}: is not a price table: {error}") from error
    if table.region != region:
        raise TableError(f"{file}: holds the prices of {table.region!r}, not of {region}")
    return table


def read_table(text: str) -> PriceTable:
    """Reads a table from its file's text.

    Raises:
        ValueError: The text is not a price table.
    """
    raw = read_json(text)
    try:
        return PriceTable(
            region=raw["region"],
            dated=str(dt.date.fromisoformat(raw["dated"])),
            sources=dict(raw["sources"]),
            prices={
                key: Price(usd=_usd(price["usd"]), unit=price["unit"], source=price["source"])
                for key, price in raw["prices"].items()
            },
        )
    except KeyError as error:
        raise ValueError(f"{error} is missing") from error
    except (TypeError, AttributeError) as error:
        raise ValueError(f"a part is of another kind: {error}") from error


def _usd(given: object) -> Decimal:
    try:
        usd = Decimal(str(given))
    except InvalidOperation as error:
        raise ValueError(f"the price {given!r} is not a number") from error
    if not usd.is_finite() or usd < 0:
        raise ValueError(f"the price {given!r} is not an amount of US dollars")
    return usd


def save_table(table: PriceTable, folder: Path) -> Path:
    """Writes a table into a folder, whole or not at all, and returns its file.

    Raises:
        TableError: The table cannot be written; the old file stays.
    """
    file = folder / f"{table.region}.json"
    part: Path | None = None
    try:
        with NamedTemporaryFile("w", encoding="utf-8", dir=folder, delete=False) as written:
            part = Path(written.name)
            written.write(write_table(table))
        part.chmod(0o644)
        part.replace(file)
        load_table.cache_clear()
    except OSError as error:
        if part is not None:
            part.unlink(missing_ok=True)
        raise TableError(f"{file}: cannot be written: {error.strerror}") from error
    return file


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
