"""Offer files in the form of AWS's price list."""

import csv
import io
from collections.abc import Mapping
from decimal import Decimal

from aws_policy_pack.cost.table import Price, PriceTable

COLUMNS = (
    "SKU",
    "OfferTermCode",
    "RateCode",
    "TermType",
    "PriceDescription",
    "EffectiveDate",
    "StartingRange",
    "EndingRange",
    "Unit",
    "PricePerUnit",
    "Currency",
    "Product Family",
    "serviceCode",
    "Location",
    "Location Type",
    "Region Code",
    "Instance Type",
    "Operating System",
    "Tenancy",
    "License Model",
    "Database Engine",
    "Deployment Option",
    "Pre Installed S/W",
    "CapacityStatus",
    "Queue Type",
    "usageType",
    "operation",
)
VCPU = "USE1-Fargate-vCPU-Hours:perCPU"
Row = Mapping[str, str]


def row(usage: str, usd: str, **others: str) -> dict[str, str]:
    """A row on demand; keyword arguments are columns with `_` for a blank."""
    named = {key.replace("_", " "): value for key, value in others.items()}
    return {
        "SKU": "SKU1",
        "TermType": "OnDemand",
        "Currency": "USD",
        "StartingRange": "0",
        "usageType": usage,
        "PricePerUnit": usd,
        **named,
    }


def offer(service: str, *rows: Row, published: str = "2026-12-01T08:00:00Z") -> bytes:
    """An offer file: five rows of metadata, the header, the products."""
    text = io.StringIO()
    writer = csv.writer(text, quoting=csv.QUOTE_ALL)
    writer.writerows(
        [
            ("FormatVersion", "v1.0"),
            ("Disclaimer", "Prices are subject to, among others, terms."),
            ("Publication Date", published),
            ("Version", "20261201080000"),
            ("OfferCode", service),
            COLUMNS,
        ]
    )
    writer.writerows([[each.get(column, "") for column in COLUMNS] for each in rows])
    return text.getvalue().encode()


def table(*keys: str, usd: str = "0.04", region: str = "us-east-1") -> PriceTable:
    price = Price(usd=Decimal(usd), unit="unit", source="old study")
    return PriceTable(
        region=region,
        dated="2026-11-23",
        sources={"old": "an old study"},
        prices=dict.fromkeys(keys, price),
    )


def path_of(service: str, region: str = "us-east-1") -> str:
    return f"/offers/v1.0/aws/{service}/current/{region}/index.csv"
