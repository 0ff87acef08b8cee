"""The price tables: complete, dated, sourced, and written as they are read."""

import datetime as dt
import re
from decimal import Decimal

import pytest

from aws_policy_pack.cost.table import (
    FOLDER,
    Price,
    PriceTable,
    load_table,
    read_table,
    regions,
    write_table,
)

TABLE = PriceTable(
    region="eu-west-1",
    dated="2026-11-23",
    sources={"list": "a price list"},
    prices={
        "nat/hour": Price(usd=Decimal("0.048"), unit="hour", source="list NatGateway"),
        "kms/key-month": Price(usd=Decimal("1.00"), unit="month", source="list"),
    },
)

every_region = pytest.mark.parametrize("region", regions())


REGIONS = [
    "ap-northeast-1",
    "ap-southeast-1",
    "ap-southeast-2",
    "eu-central-1",
    "eu-north-1",
    "eu-west-1",
    "us-east-1",
    "us-east-2",
    "us-west-2",
]


def test_these_regions_have_tables() -> None:
    assert list(regions()) == REGIONS


def test_a_region_without_a_file_has_no_table() -> None:
    assert load_table("mars-north-1") is None


def test_a_name_that_is_no_region_reads_no_file() -> None:
    assert load_table("../prices/us-east-1") is None


@every_region
def test_a_table_is_of_the_region_of_its_file_and_dated(region: str) -> None:
    table = load_table(region)
    assert table is not None
    assert table.region == region
    assert dt.date.fromisoformat(table.dated).isoformat() == table.dated


@every_region
def test_every_price_names_a_source_of_the_table(region: str) -> None:
    table = load_table(region)
    assert table is not None
    for key, price in table.prices.items():
        named = {part.split()[0] for part in price.source.split("; ")}
        assert named <= set(table.sources), key
        assert price.usd > 0, key
        assert re.fullmatch(r"[a-z0-9-]+(/[A-Za-z0-9.-]+)+", key), key


@every_region
def test_a_price_is_near_that_of_us_east_1(region: str) -> None:
    table, home = load_table(region), load_table("us-east-1")
    assert table is not None
    assert home is not None
    for key, price in table.prices.items():
        assert price.unit == home.prices[key].unit, key
        ratio = price.usd / home.prices[key].usd
        assert Decimal("0.95") <= ratio <= Decimal("1.6"), key


@every_region
def test_a_source_says_its_day(region: str) -> None:
    table = load_table(region)
    assert table is not None
    undated = {"aws-blog-public-ipv4", "aws-database-blog", "skypilot", "us-west-2-bill", "vantage"}
    undated |= {"cloudwatch-api"}
    for name, text in table.sources.items():
        assert name in undated or re.search(r"20\d\d", text), name


@pytest.mark.parametrize(
    ("region", "key", "usd"),
    [
        ("eu-central-1", "ec2/instance-hour/t3.micro", "0.012"),
        ("eu-west-1", "ec2/instance-hour/m5.xlarge", "0.214"),
        ("ap-southeast-1", "nat/hour", "0.059"),
        ("ap-northeast-1", "fargate/vcpu-hour/x86", "0.05056"),
        ("eu-north-1", "ebs/gb-month/gp3", "0.0836"),
        ("us-west-2", "ec2/instance-hour/t3.medium", "0.0416"),
    ],
)
def test_prices_of_other_regions(region: str, key: str, usd: str) -> None:
    table = load_table(region)
    assert table is not None
    assert table.prices[key].usd == Decimal(usd)


@every_region
def test_a_table_is_written_as_it_stands(region: str) -> None:
    text = (FOLDER / f"{region}.json").read_text(encoding="utf-8")
    assert write_table(read_table(text)) == text


def test_a_table_keeps_a_price_on_a_line() -> None:
    assert write_table(TABLE).splitlines() == [
        "{",
        '  "region": "eu-west-1",',
        '  "currency": "USD",',
        '  "dated": "2026-11-23",',
        '  "sources": {',
        '    "list": "a price list"',
        "  },",
        '  "prices": {',
        '    "kms/key-month": {"usd": "1.00", "unit": "month", "source": "list"},',
        '    "nat/hour": {"usd": "0.048", "unit": "hour", "source": "list NatGateway"}',
        "  }",
        "}",
    ]


def test_a_table_is_read_as_it_was_written() -> None:
    assert read_table(write_table(TABLE)) == TABLE


@pytest.mark.parametrize(
    ("key", "usd"),
    [
        pytest.param("fargate/vcpu-hour/x86", "0.04048", id="a vCPU of Fargate"),
        pytest.param("rds/gb-month/gp3", "0.115", id="storage of RDS, not the price of EBS"),
        pytest.param("elb/application-hour", "0.0225", id="the hour, not the capacity unit"),
        pytest.param("rds/instance-hour/mysql/db.t3.micro", "0.017", id="MySQL"),
        pytest.param("rds/instance-hour/postgres/db.t3.micro", "0.018", id="PostgreSQL"),
        pytest.param("dynamodb/million-writes", "0.625", id="DynamoDB since November 2024"),
    ],
)
def test_prices_that_tables_often_get_wrong(key: str, usd: str) -> None:
    table = load_table("us-east-1")
    assert table is not None
    assert table.prices[key].usd == Decimal(usd)
