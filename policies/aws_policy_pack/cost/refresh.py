"""`aws-policy-pack prices`: refreshes price tables from AWS's public price list, adds regions."""

import datetime as dt
import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path
from typing import Final

from aws_policy_pack.cost.price_list import Offer, Opener, PriceListError, opener, read_offer
from aws_policy_pack.cost.price_queries import Query, query_for
from aws_policy_pack.cost.table import (
    DEFAULT_REGION,
    REGION,
    Price,
    PriceTable,
    TableError,
    is_in_price_list,
    save_table,
    tables_in,
    user_folder,
)

MOST_FACTOR: Final = 10
"""How many times dearer or cheaper a price may get.

The deepest cut that is known here is that of GETs of S3 Express One Zone, from 0.0002 to 0.00003
USD: https://aws.amazon.com/s3/faqs/.
"""
MOST_AGE: Final = dt.timedelta(days=366)
"""How much older than the table a list may be. AWS publishes a service's list when it changes."""
WAY_ON: Final = "name another list with --price-list, or take this one with --trust-list"


class RefreshError(Exception):
    """A region cannot be refreshed as asked; the text says why, and how to go on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refreshed:
    """A new table, and the result of the search for its prices.

    Attributes:
        table: The table.
        found: The number of prices that the price list gave.
        changes: The changes, one line each.
        problems: Prices that were looked for and not found, one line each.
        kept: The number of prices that have no query and stay as they are.
    """

    table: PriceTable
    found: int = 0
    changes: Sequence[str] = field(default_factory=tuple)
    problems: Sequence[str] = field(default_factory=tuple)
    kept: int = 0


def refresh_tables(
    regions: Sequence[str], *, folder: Path | None, price_list: str, is_trusted: bool = False
) -> int:
    """Refreshes the tables of some regions, all or none, and says what changed.

    Args:
        regions: The regions; the default one if none is given.
        folder: The folder of the tables; without one, that of the user's own tables.
        price_list: The base address of the price list.
        is_trusted: Whether an old list, and a price far from the former one, are taken.

    Returns:
        0 where every price with a query was found; 1 where some were not; 2 where a region cannot
            be refreshed: no table is written then.
    """
    results: dict[str, Refreshed] = {}
    for region in regions or [DEFAULT_REGION]:
        try:
            results[region] = _refresh_one(region, folder, price_list, is_trusted=is_trusted)
        except (PriceListError, RefreshError, TableError) as error:
            return _failed(region, error)
    status = 0
    for region, result in results.items():
        try:
            file = save_table(result.table, folder or _made(user_folder()))
        except TableError as error:
            return _failed(region, error)
        sys.stdout.write(_summary(region, result, file))
        sys.stderr.writelines(f"warning: {region}: {problem}\n" for problem in result.problems)
        if result.problems:
            status = 1
    return status


def _failed(region: str, error: Exception) -> int:
    sys.stderr.write(f"error: {region}: {error}\n")
    return 2


def _refresh_one(
    region: str, folder: Path | None, price_list: str, *, is_trusted: bool
) -> Refreshed:
    """The new table of a region."""
    model = tables_in(folder)(DEFAULT_REGION)
    known = model.prices if model else {}
    table = _starting_table(folder, region, known)
    result = refresh(table, opener(price_list), near=None if is_trusted else known)
    if not result.found:
        text = "the price list has none of the prices that were looked for"
        raise RefreshError(f"{text}; the table stays as it is")
    return result


def _made(folder: Path) -> Path:
    """The folder, which is made where it is not there."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise TableError(f"{folder}: cannot be made: {error.strerror}") from error
    return folder


def refresh(
    table: PriceTable, open_file: Opener, *, near: Mapping[str, Price] | None = None
) -> Refreshed:
    """Looks up every price of a table.

    A price that is not found stays as it was, with its old source. A key that never had a price
    is left out, so the estimate reports its resources as unpriced. The table's day is that of the
    newest file that gave a price.

    Args:
        table: The table; a price of 0 stands for a key without a price.
        open_file: Opens a file of the price list by its path.
        near: Prices that those without a former price are held against; `None` to hold none
            against anything, and to take files of any age.

    Raises:
        PriceListError: A file cannot be read, or is of something else.
        RefreshError: A file is too old, or a price is far from the former one.
    """
    queries = {key: query for key in table.prices if (query := query_for(key)) is not None}
    offers = {
        service: read_offer(service, table.region, asked, open_file)
        for service, asked in _by_service(queries).items()
    }
    if near is not None:
        for service, offer in offers.items():
            _refuse_old(service, offer, table)
    prices: dict[str, Price] = {}
    changes: list[str] = []
    problems: list[str] = []
    found: list[Offer] = []
    for key, old in table.prices.items():
        new = None
        if key in queries:
            query = queries[key]
            offer = offers[query.service]
            try:
                new = _found(key, query, old.unit, offer)
                found.append(offer)
                if near is not None:
                    _refuse_far(key, new, old if old.usd else near.get(key, old))
            except LookupError as error:
                problems.append(f"{key}: {error}; {_fallback(old)}")
        price = new or (old if old.usd else None)
        if price is not None:
            prices[key] = price
            changes += _change(key, old.usd, price.usd)
    return Refreshed(
        table=PriceTable(
            region=table.region,
            dated=max([table.dated, *(offer.published for offer in found)]),
            sources=_sources(table.sources, prices.values(), offers),
            prices=prices,
        ),
        found=len(found),
        changes=changes,
        problems=problems,
        kept=len(table.prices) - len(queries),
    )


def _starting_table(folder: Path | None, region: str, known: Mapping[str, Price]) -> PriceTable:
    """The region's table, with all known keys; those it lacks are without a price."""
    if not REGION.fullmatch(region):
        raise RefreshError(f"{region!r} is not a region; wanted one such as eu-central-1")
    if not is_in_price_list(region):
        raise RefreshError(
            "its prices are in no public list in US dollars; write the table by hand, in the form "
            f"of that of {DEFAULT_REGION}"
        )
    wanted = {
        key: Price(usd=Decimal(0), unit=price.unit, source="") for key, price in known.items()
    }
    table = tables_in(folder)(region) or PriceTable(region=region, dated="", sources={}, prices={})
    return replace(table, prices={**wanted, **table.prices})


def _refuse_old(service: str, offer: Offer, table: PriceTable) -> None:
    """Refuses a file before the one that the table's prices are of, or long before the table."""
    last = re.search(r"of (\d{4}-\d\d-\d\d)$", table.sources.get(service, ""))
    if last and offer.published < last[1]:
        raise RefreshError(
            f"the list of {service} is of {offer.published}, and the table has prices of that of "
            f"{last[1]}; {WAY_ON}"
        )
    published, dated = (
        day and dt.date.fromisoformat(day) for day in (offer.published, table.dated)
    )
    if published and dated and dated - published > MOST_AGE:
        raise RefreshError(
            f"the list of {service} is of {published}, more than a year before the table of "
            f"{dated}; {WAY_ON}"
        )


def _refuse_far(key: str, new: Price, old: Price) -> None:
    if old.usd and not old.usd / MOST_FACTOR <= new.usd <= old.usd * MOST_FACTOR:
        raise RefreshError(
            f"{key}: {new.usd} of {new.source} is more than {MOST_FACTOR} times off {old.usd}; "
            f"{WAY_ON}"
        )


def _by_service(queries: Mapping[str, Query]) -> dict[str, dict[str, Query]]:
    by_service: dict[str, dict[str, Query]] = {}
    for key, query in queries.items():
        by_service.setdefault(query.service, {})[key] = query
    return by_service


def _found(key: str, query: Query, unit: str, offer: Offer) -> Price:
    """The one price that fits: a product's price is that of its first tier that is not free."""
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
    """The number without the zeros at its end that the price list writes."""
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


def _summary(region: str, result: Refreshed, file: Path) -> str:
    lines = [f"{region}: prices of {result.table.dated}, written to {file}"]
    lines += [f"  {change}" for change in result.changes] or ["  no price changed"]
    if result.kept:
        lines.append(f"  without a query, kept as they were: {result.kept}")
    return "\n".join(lines) + "\n"
