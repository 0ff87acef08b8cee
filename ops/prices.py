"""`nox -s prices:update`: refreshes the price tables of the pack from AWS's public price list.

The price list needs no account. Its files are read as they arrive, row by row: that of EC2 has
several hundred megabytes.

https://docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/using-ppslong.html
"""

import argparse
import csv
import io
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from itertools import islice
from pathlib import Path
from typing import IO, Final

from aws_policy_pack.cost.table import (
    DEFAULT_REGION,
    FOLDER,
    Price,
    PriceTable,
    read_table,
    write_table,
)
from ops.price_queries import PREFIXES, Query, query_for

PRICE_LIST: Final = "https://pricing.us-east-1.amazonaws.com"
TIMEOUT_SECONDS: Final = 60
METADATA_ROWS: Final = 5
"""Rows before the header: format, disclaimer, publication date, version, offer code."""

Opener = Callable[[str], IO[bytes]]


class PriceListError(Exception):
    """The price list cannot be read; the text says which file and why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """What an offer file said of the prices that were asked for.

    Attributes:
        version: The version of the file.
        published: The day on which it was published, YYYY-MM-DD.
        tiers: Key to SKU to the beginnings of its tiers and their prices.
    """

    version: str
    published: str
    tiers: Mapping[str, Mapping[str, Sequence[tuple[Decimal, Decimal]]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Refreshed:
    """A new table, and what was done to get it.

    Attributes:
        table: The table.
        changes: What changed, one line each.
        problems: Prices that were looked for and not found, one line each.
        kept: How many prices have no query and stay as they are.
    """

    table: PriceTable
    changes: Sequence[str] = field(default_factory=tuple)
    problems: Sequence[str] = field(default_factory=tuple)
    kept: int = 0


def main(arguments: Sequence[str] | None = None) -> int:
    """Refreshes tables and says what changed.

    Returns:
        0 where every price that can be looked up was found, 1 where some were not, 2 where the
        price list cannot be read; then no table of that region is written.
    """
    parser = argparse.ArgumentParser(prog="nox -s prices:update --", description=__doc__)
    parser.add_argument(
        "--region",
        action="append",
        choices=sorted(PREFIXES),
        metavar="REGION",
        help=f"region to refresh, or to add; repeatable (default: {DEFAULT_REGION})",
    )
    parser.add_argument("--price-list", default=PRICE_LIST, help="base address of the price list")
    parser.add_argument(
        "--folder", type=Path, default=FOLDER, help="folder of the tables (default: the pack's)"
    )
    options = parser.parse_args(arguments)
    status = 0
    for region in options.region or [DEFAULT_REGION]:
        try:
            result = refresh(_starting_table(options.folder, region), _opener(options.price_list))
        except PriceListError as error:
            sys.stderr.write(f"error: {region}: {error}\n")
            return 2
        file = options.folder / f"{region}.json"
        file.write_text(write_table(result.table), encoding="utf-8")
        sys.stdout.write(_summary(region, result))
        sys.stderr.writelines(f"warning: {region}: {problem}\n" for problem in result.problems)
        status = max(status, 1 if result.problems else 0)
    return status


def refresh(table: PriceTable, open_file: Opener) -> Refreshed:
    """Looks every price of a table up.

    A price that is not found stays as it was, with its old source; where it has none, the key is
    left out, so that what it would price is reported as unpriced.

    Args:
        table: The table; a price of 0 stands for a key that has none yet.
        open_file: Opens a file of the price list by its path.

    Raises:
        PriceListError: A file cannot be read.
    """
    queries = {key: query for key in table.prices if (query := query_for(key)) is not None}
    offers = {
        service: _read_offer(service, table.region, asked, open_file)
        for service, asked in _by_service(queries).items()
    }
    prices: dict[str, Price] = {}
    changes: list[str] = []
    problems: list[str] = []
    for key, old in table.prices.items():
        new = None
        if key in queries:
            query = queries[key]
            try:
                new = _found(key, query, old.unit, offers[query.service])
            except LookupError as error:
                problems.append(f"{key}: {error.args[0]}; {_fallback(old)}")
        price = new or (old if old.usd else None)
        if price is not None:
            prices[key] = price
            changes += _change(key, old.usd, price.usd)
    published = [offer.published for offer in offers.values()]
    return Refreshed(
        table=PriceTable(
            region=table.region,
            dated=max([table.dated, *published]),
            sources=_sources(table.sources, prices.values(), offers),
            prices=prices,
        ),
        changes=changes,
        problems=problems,
        kept=len(table.prices) - len(queries),
    )


def _starting_table(folder: Path, region: str) -> PriceTable:
    """The region's table, or for a new region the keys of the default one, without prices."""
    file = folder / f"{region}.json"
    if file.exists():
        return read_table(file.read_text(encoding="utf-8"))
    model = read_table((folder / f"{DEFAULT_REGION}.json").read_text(encoding="utf-8"))
    prices = {
        key: Price(usd=Decimal(0), unit=price.unit, source="")
        for key, price in model.prices.items()
    }
    return PriceTable(region=region, dated="", sources={}, prices=prices)


def _opener(base: str) -> Opener:
    def open_file(path: str) -> IO[bytes]:
        url = base.rstrip("/") + path
        if not url.startswith(("https://", "http://")):
            raise PriceListError(f"{url} is no address of a price list; wanted http or https")
        try:
            response: IO[bytes] = urllib.request.urlopen(  # noqa: S310 - the scheme is checked above
                url, timeout=TIMEOUT_SECONDS
            )
        except (urllib.error.URLError, OSError) as error:
            raise PriceListError(f"{url} cannot be read: {error}") from error
        return response

    return open_file


def _by_service(queries: Mapping[str, Query]) -> dict[str, dict[str, Query]]:
    by_service: dict[str, dict[str, Query]] = {}
    for key, query in queries.items():
        by_service.setdefault(query.service, {})[key] = query
    return by_service


def _read_offer(
    service: str, region: str, queries: Mapping[str, Query], open_file: Opener
) -> Offer:
    is_global = any(query.is_global for query in queries.values())
    place = "" if is_global else f"/{region}"
    path = f"/offers/v1.0/aws/{service}/current{place}/index.csv"
    try:
        with open_file(path) as raw, io.TextIOWrapper(raw, "utf-8", newline="") as text:
            rows = csv.reader(text)
            metadata = {row[0]: row[1] for row in islice(rows, METADATA_ROWS)}
            header = next(rows)
            products = (dict(zip(header, row, strict=False)) for row in rows)
            tiers = _collect(products, queries, region)
        return Offer(
            version=metadata["Version"],
            published=metadata["Publication Date"][:10],
            tiers=tiers,
        )
    except (OSError, ValueError, KeyError, IndexError, StopIteration, csv.Error) as error:
        raise PriceListError(f"{path} is not in the form of an offer file: {error!r}") from error


def _collect(
    products: Iterable[Mapping[str, str]], queries: Mapping[str, Query], region: str
) -> Mapping[str, Mapping[str, Sequence[tuple[Decimal, Decimal]]]]:
    wanted = {key: query.usage_types(region) for key, query in queries.items()}
    tiers: dict[str, dict[str, list[tuple[Decimal, Decimal]]]] = {key: {} for key in queries}
    for product in products:
        if product["TermType"] != "OnDemand" or product["Currency"] != "USD":
            continue
        for key, query in queries.items():
            if _fits(product, query, wanted[key]):
                tier = (_decimal(product["StartingRange"]), _decimal(product["PricePerUnit"]))
                tiers[key].setdefault(product["SKU"], []).append(tier)
    return tiers


def _fits(product: Mapping[str, str], query: Query, usage_types: frozenset[str]) -> bool:
    if usage_types and product["usageType"] not in usage_types:
        return False
    return all(product.get(column) == value for column, value in query.where.items())


def _decimal(text: str) -> Decimal:
    try:
        return Decimal(text or "0")
    except InvalidOperation as error:
        raise ValueError(f"{text!r} is no number") from error


def _found(key: str, query: Query, unit: str, offer: Offer) -> Price:
    """The one price that fits: of each product, that of the first tier which is not free."""
    by_sku = {
        sku: next((usd for _, usd in sorted(tiers) if usd > 0), None)
        for sku, tiers in offer.tiers[key].items()
    }
    charged = {sku: usd for sku, usd in by_sku.items() if usd is not None}
    if not charged:
        raise LookupError(f"no product of {query.service} with a price fits")
    if len(set(charged.values())) > 1:
        shown = ", ".join(f"{sku} {usd}" for sku, usd in sorted(charged.items()))
        raise LookupError(f"products of {query.service} with different prices fit ({shown})")
    sku, usd = min(charged.items())
    return Price(usd=_plain(usd * query.scale), unit=unit, source=f"{query.service} {sku}")


def _plain(usd: Decimal) -> Decimal:
    """Without the zeros at the end that the price list writes."""
    return Decimal(f"{usd.normalize():f}")


def _fallback(old: Price) -> str:
    return f"{old.usd} of {old.source} is kept" if old.usd else "it stays without a price"


def _change(key: str, old: Decimal, new: Decimal) -> Iterator[str]:
    if not old:
        yield f"{key}: {new} is new"
    elif new != old:
        yield f"{key}: {old} -> {new} ({(new - old) / old:+.1%})"


def _sources(
    old: Mapping[str, str], prices: Iterable[Price], offers: Mapping[str, Offer]
) -> dict[str, str]:
    """The sources that prices name, those of this refresh with version and day."""
    new = {
        service: f"AWS price list, {service}, version {offer.version} of {offer.published}"
        for service, offer in offers.items()
    }
    named = {part.split()[0] for price in prices for part in price.source.split("; ")}
    return {name: text for name, text in {**old, **new}.items() if name in named}


def _summary(region: str, result: Refreshed) -> str:
    lines = [f"{region}: prices of {result.table.dated}"]
    lines += [f"  {change}" for change in result.changes] or ["  no price changed"]
    if result.kept:
        lines.append(f"  without a query, kept as they were: {result.kept}")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.exit(main())
