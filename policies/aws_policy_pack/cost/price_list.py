"""Reads AWS's public price list, which needs no account.

The reader takes the files row by row as they arrive: that of EC2 has several hundred megabytes.

https://docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/using-ppslong.html
"""

import csv
import datetime as dt
import http.client
import io
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from itertools import islice
from typing import IO, Any, Final

from aws_policy_pack.cost.price_queries import Query, is_unit_of

PRICE_LIST: Final = "https://pricing.us-east-1.amazonaws.com"
TIMEOUT_SECONDS: Final = 60
METADATA_ROWS: Final = 5
"""Rows before the header: format, disclaimer, publication date, version, offer code."""

ANOTHER: Final = f"name a list such as {PRICE_LIST} with --price-list"
FORM: Final = "is not in the form of an offer file"
"""The end of the sentence on a list that is not the one that was asked for."""

Opener = Callable[[str], IO[bytes]]


class PriceListError(Exception):
    """The price list cannot be read; the text says which file and why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """The answers of an offer file on the prices that were asked for.

    Attributes:
        version: The version of the file.
        published: The day on which it was published, YYYY-MM-DD.
        tiers: Key to SKU to the beginnings of its tiers and their prices.
    """

    version: str
    published: str
    tiers: Mapping[str, Mapping[str, Sequence[tuple[Decimal, Decimal]]]]


def opener(base: str) -> Opener:
    """Opens the files of the price list at an address.

    Raises:
        PriceListError: At a call: the address is not one, or does not answer with the file.
    """

    def open_file(path: str) -> IO[bytes]:
        url = base.rstrip("/") + path
        if not url.startswith(("https://", "http://")):
            raise PriceListError(f"{url} is not an address of a price list; wanted http or https")
        try:
            response: http.client.HTTPResponse = urllib.request.urlopen(  # noqa: S310 - the scheme is checked above
                url, timeout=TIMEOUT_SECONDS
            )
        except urllib.error.HTTPError as error:
            error.close()  # it holds the server's answer
            raise PriceListError(f"{url} cannot be read: {error}") from error
        except OSError as error:
            raise PriceListError(f"{url} cannot be read: {error}") from error
        return io.BufferedReader(_Whole(response))

    return open_file


class _Whole(io.RawIOBase):
    """The answer of a server; an early end is an error where the server has announced more."""

    def __init__(self, response: http.client.HTTPResponse) -> None:
        self._response = response

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:  # noqa: ANN401 - any buffer that can be written
        count = self._response.readinto(buffer)
        if not count and self._response.length:
            raise http.client.IncompleteRead(b"", self._response.length)
        return count

    def close(self) -> None:
        self._response.close()
        super().close()


def read_offer(service: str, region: str, queries: Mapping[str, Query], open_file: Opener) -> Offer:
    """Reads a service's file, and keeps the rows that the queries ask for.

    Raises:
        PriceListError: The file is not there, is not whole, or has another form.
    """
    is_global = any(query.is_global for query in queries.values())
    place = "" if is_global else f"/{region}"
    path = f"/offers/v1.0/aws/{service}/current{place}/index.csv"
    try:
        with open_file(path) as raw, io.TextIOWrapper(raw, "utf-8", newline="") as text:
            rows = csv.reader(text, strict=True)
            metadata = {row[0]: row[1] for row in islice(rows, METADATA_ROWS)}
            if metadata["OfferCode"] != service:
                raise PriceListError(f"{path} is the list of {metadata['OfferCode']!r}; {ANOTHER}")
            published = dt.date.fromisoformat(metadata["Publication Date"][:10])
            tiers = _collect(_products(rows), queries, region, path)
        return Offer(version=metadata["Version"], published=str(published), tiers=tiers)
    except (OSError, http.client.HTTPException) as error:
        raise PriceListError(f"{path} cannot be read: {error}") from error
    except (ValueError, KeyError, IndexError, StopIteration, csv.Error) as error:
        raise PriceListError(f"{path} {FORM}: {error!r}; {ANOTHER}") from error


def _products(rows: Iterator[list[str]]) -> Iterator[Mapping[str, str]]:
    """The rows below the header; none at all, or a row that is not whole, is an error."""
    header = next(rows)
    number = 0
    for number, row in enumerate(rows, start=1):
        if len(row) != len(header):
            raise ValueError(f"row {number} has {len(row)} columns of {len(header)}: it is cut")
        yield dict(zip(header, row, strict=True))
    if not number:
        raise ValueError("it has a header and no products")


def _collect(
    products: Iterator[Mapping[str, str]], queries: Mapping[str, Query], region: str, path: str
) -> Mapping[str, Mapping[str, Sequence[tuple[Decimal, Decimal]]]]:
    tiers: dict[str, dict[str, list[tuple[Decimal, Decimal]]]] = {key: {} for key in queries}
    elsewhere: dict[str, str] = {}
    for product in products:
        if product["TermType"] != "OnDemand" or product["Currency"] != "USD":
            continue
        for key, query in queries.items():
            if not _fits(product, query, region):
                continue
            usage_type = product["usageType"]
            if product.get("Region Code") not in (None, "", region) or not query.may_be_in(
                usage_type, region
            ):
                elsewhere[key] = usage_type
            else:
                tiers[key].setdefault(product["SKU"], []).append(_tier(product, key, path))
    for key, usage_type in elsewhere.items():
        if not tiers[key]:
            raise PriceListError(
                f"{path}: `{key}` is there of another region alone, as {usage_type!r}; {ANOTHER}"
            )
    return tiers


def _fits(product: Mapping[str, str], query: Query, region: str) -> bool:
    if not query.is_of(product["usageType"], region):
        return False
    return all(product.get(column) == value for column, value in query.where.items())


def _tier(product: Mapping[str, str], key: str, path: str) -> tuple[Decimal, Decimal]:
    """The beginning of a product's tier, and its price; no other unit may stand beside it."""
    unit = product["Unit"]
    if not is_unit_of(key, unit):
        raise PriceListError(
            f"{path}: the price of `{key}` is one of {unit!r}, not of the table's unit; {ANOTHER}"
        )
    try:
        return _amount(product["StartingRange"]), _amount(product["PricePerUnit"])
    except ValueError as error:
        raise PriceListError(f"{path} {FORM}: {error}, at `{key}`; {ANOTHER}") from error


def _amount(text: str) -> Decimal:
    try:
        number = Decimal(text or "0")
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite() or number < 0:
        raise ValueError(f"{text!r} is not an amount of US dollars or units")
    return number
