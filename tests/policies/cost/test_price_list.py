"""The refresh of the price tables, on small offer files in the form of AWS's price list."""

import io
import socket
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import IO

import pytest

from aws_policy_pack.cost.price_list import PriceListError, opener
from aws_policy_pack.cost.price_queries import EXACT, SIZED, Query, is_unit_of, query_for
from aws_policy_pack.cost.refresh import Refreshed, RefreshError, refresh
from aws_policy_pack.cost.table import FOLDER, Price, PriceTable, read_table, write_table
from tests.policies.cost.price_list import VCPU, Row, offer, path_of, row, table


def refreshed(before: PriceTable, files: Mapping[str, bytes]) -> Refreshed:
    def open_file(path: str) -> IO[bytes]:
        return io.BytesIO(files[path])

    return refresh(before, open_file)


def fargate(*rows: Row) -> Refreshed:
    files = {path_of("AmazonECS"): offer("AmazonECS", *rows)}
    return refreshed(table("fargate/vcpu-hour/x86"), files)


def test_a_price_that_changed_is_written_with_its_source_and_day() -> None:
    result = fargate(row(VCPU, "0.0500000000"))
    assert result.table == PriceTable(
        region="us-east-1",
        dated="2026-12-01",
        sources={"AmazonECS": "AWS price list, AmazonECS, version 20261201080000 of 2026-12-01"},
        prices={
            "fargate/vcpu-hour/x86": Price(
                usd=Decimal("0.05"), unit="unit", source="AmazonECS SKU1"
            )
        },
    )
    assert result.changes == ["fargate/vcpu-hour/x86: 0.04 -> 0.05 (+25.0%)"]
    assert result.problems == []
    assert result.kept == 0


def test_a_price_that_fell_is_told() -> None:
    assert fargate(row(VCPU, "0.03")).changes == ["fargate/vcpu-hour/x86: 0.04 -> 0.03 (-25.0%)"]


def test_a_price_that_stayed_is_no_change() -> None:
    result = fargate(row(VCPU, "0.0400000000"))
    assert result.changes == []
    assert result.table.prices["fargate/vcpu-hour/x86"].source == "AmazonECS SKU1"


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        pytest.param([row("Fargate-vCPU-Hours:perCPU", "0.05")], "0.05", id="no prefix"),
        pytest.param(
            [row(f"TS-{VCPU}", "9"), row(f"{VCPU}-x", "9"), row(VCPU, "0.05")],
            "0.05",
            id="usage types that contain the one",
        ),
        pytest.param(
            [row(VCPU, "9", SKU="A", TermType="Reserved"), row(VCPU, "0.05")],
            "0.05",
            id="reserved terms",
        ),
        pytest.param(
            [row(VCPU, "9", SKU="A", Currency="CNY"), row(VCPU, "0.05")],
            "0.05",
            id="another currency",
        ),
        pytest.param(
            [
                row(VCPU, "0.02", StartingRange="1000"),
                row(VCPU, "0.05", StartingRange="20"),
                row(VCPU, "0", StartingRange="0"),
            ],
            "0.05",
            id="a free first tier, and a cheaper last one",
        ),
        pytest.param(
            [row(VCPU, "0.05", SKU="B"), row(VCPU, "0.05", SKU="A")],
            "0.05",
            id="two products of one price",
        ),
        pytest.param([row(VCPU, "0.05"), row(VCPU, "0", SKU="B")], "0.05", id="a free product"),
        pytest.param([row(VCPU, "0.0000001")], "0.0000001", id="a very small price"),
        pytest.param([row(VCPU, "100.0000000000")], "100", id="a whole price"),
    ],
)
def test_which_product_is_meant(rows: Sequence[Row], expected: str) -> None:
    result = fargate(*rows)
    price = result.table.prices["fargate/vcpu-hour/x86"]
    assert f"{price.usd:f}" == expected
    assert f'"usd": "{expected}"' in write_table(result.table)
    assert result.problems == []


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        pytest.param(
            [row("Something-Else", "1")],
            "no product of AmazonECS with a price fits",
            id="no product",
        ),
        pytest.param(
            [row(VCPU, "0")], "no product of AmazonECS with a price fits", id="a free product alone"
        ),
        pytest.param(
            [row(VCPU, "0.06", SKU="B"), row(VCPU, "0.05", SKU="A")],
            "products of AmazonECS with different prices fit (A 0.05, B 0.06)",
            id="two prices",
        ),
    ],
)
def test_a_price_that_is_not_found_is_kept_with_its_source(
    rows: Sequence[Row], reason: str
) -> None:
    before = table("fargate/vcpu-hour/x86")
    result = fargate(*rows)
    assert result.table.prices == before.prices
    assert result.table.sources == before.sources
    assert (result.table.dated, result.found) == (before.dated, 0)
    assert result.problems == [f"fargate/vcpu-hour/x86: {reason}; 0.04 of old study is kept"]


def test_a_price_that_is_new_and_not_found_is_left_out() -> None:
    before = table("fargate/vcpu-hour/x86", "cloudwatch/dashboard-month", usd="0")
    other = row("Something-Else", "1")
    result = refreshed(before, {path_of("AmazonECS"): offer("AmazonECS", other)})
    assert result.table.prices == {}
    assert result.problems == [
        "fargate/vcpu-hour/x86: no product of AmazonECS with a price fits; it stays without a price"
    ]


def test_a_price_without_a_query_is_kept_and_counted() -> None:
    before = table("cloudwatch/dashboard-month")
    result = refreshed(before, {})
    assert result.table == before
    assert result.kept == 1


def test_prices_without_a_query_are_counted_apart_from_those_with_one() -> None:
    before = table("fargate/vcpu-hour/x86", "cloudwatch/dashboard-month", "made/up")
    files = {path_of("AmazonECS"): offer("AmazonECS", row(VCPU, "0.05"))}
    result = refreshed(before, files)
    assert (result.found, result.kept) == (1, 2)


@pytest.mark.parametrize(
    ("key", "service", "product", "usd"),
    [
        pytest.param(
            "sqs/million-requests/standard",
            "AWSQueueService",
            row("Requests-RBP", "0.0000004000", Queue_Type="Standard"),
            "0.4",
            id="millions",
        ),
        pytest.param(
            "s3/1k-puts",
            "AmazonS3",
            row("Requests-Tier1", "0.0000050000"),
            "0.005",
            id="thousands",
        ),
    ],
)
def test_prices_are_given_in_the_tables_units(
    key: str, service: str, product: Row, usd: str
) -> None:
    result = refreshed(table(key), {path_of(service): offer(service, product)})
    assert result.table.prices[key].usd == Decimal(usd)


def test_each_kind_of_load_balancer_has_its_own_price() -> None:
    kinds = {"classic": ("Load Balancer", "LoadBalancing")} | {
        kind.lower(): (f"Load Balancer-{kind}", f"LoadBalancing:{kind}")
        for kind in ("Application", "Network", "Gateway")
    }
    rows = [
        row("LoadBalancerUsage", f"0.0{n}", SKU=kind, Product_Family=family, operation=operation)
        for n, (kind, (family, operation)) in enumerate(kinds.items(), start=1)
    ]
    files = {path_of("AWSELB"): offer("AWSELB", *rows)}
    result = refreshed(table(*(f"elb/{kind}-hour" for kind in kinds)), files)
    assert {key: str(price.usd) for key, price in result.table.prices.items()} == {
        "elb/classic-hour": "0.01",
        "elb/application-hour": "0.02",
        "elb/network-hour": "0.03",
        "elb/gateway-hour": "0.04",
    }


@pytest.mark.parametrize(
    ("usage", "expected"),
    [("Out-Bytes", True), ("USE1-Out-Bytes", True), ("USE1-EUC1-Out-Bytes", False)],
)
def test_a_usage_type_has_one_prefix(usage: str, *, expected: bool) -> None:
    assert Query(service="AmazonEC2", usage="Out-Bytes").is_of(usage, "us-east-1") is expected


def test_engine_deployment_and_class_of_a_database_all_count() -> None:
    fitting = {
        "Database_Engine": "PostgreSQL",
        "Deployment_Option": "Single-AZ",
        "License_Model": "No license required",
        "Product_Family": "Database Instance",
    }
    usage = "InstanceUsage:db.t4g.micro"
    rows = [
        row(usage, "9", SKU="A", **{**fitting, "Database_Engine": "MySQL"}),
        row(usage, "9", SKU="A", **{**fitting, "Database_Engine": "SQL Server"}),
        row(usage, "9", SKU="B", **{**fitting, "Deployment_Option": "Multi-AZ"}),
        row(usage, "9", SKU="C", **{**fitting, "License_Model": "Bring your own license"}),
        row("InstanceUsage:db.t4g.micro.x", "9", SKU="D", **fitting),
        row(usage, "0.0170", SKU="E", **fitting),
    ]
    key = "rds/instance-hour/postgres/db.t4g.micro"
    result = refreshed(table(key), {path_of("AmazonRDS"): offer("AmazonRDS", *rows)})
    price = result.table.prices[key]
    assert (str(price.usd), price.source) == ("0.017", "AmazonRDS E")


def test_a_service_has_one_file_for_all_its_prices() -> None:
    asked: list[str] = []

    def open_file(path: str) -> IO[bytes]:
        asked.append(path)
        return io.BytesIO(offer("AmazonECS", row(VCPU, "0.05")))

    refresh(table("fargate/vcpu-hour/x86", "fargate/gb-hour/x86"), open_file)
    assert asked == [path_of("AmazonECS")]


def test_a_global_service_has_no_region_in_its_path() -> None:
    path = "/offers/v1.0/aws/AmazonRoute53/current/index.csv"
    result = refreshed(
        table("route53/zone-month", region="eu-west-1"),
        {path: offer("AmazonRoute53", row("HostedZone", "0.50"))},
    )
    assert result.table.prices["route53/zone-month"].usd == Decimal("0.5")


def test_keys_of_kms_begin_with_their_region() -> None:
    result = refreshed(
        table("kms/key-month", region="eu-west-1"),
        {path_of("awskms", "eu-west-1"): offer("awskms", row("eu-west-1-KMS-Keys", "1.0"))},
    )
    assert result.table.prices["kms/key-month"].usd == Decimal(1)


def test_an_older_file_does_not_date_a_table_back() -> None:
    rows = offer("AmazonECS", row(VCPU, "0.05"), published="2026-01-01T00:00:00Z")
    result = refreshed(table("fargate/vcpu-hour/x86"), {path_of("AmazonECS"): rows})
    assert result.table.dated == "2026-11-23"


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"<html>Not found</html>\n" * 10, id="a page"),
        pytest.param(
            offer("AmazonECS", row(VCPU, "1")).replace(b"TermType", b"Term"), id="another header"
        ),
        pytest.param(offer("AmazonECS", row(VCPU, "much")), id="a price that is not a number"),
        pytest.param(offer("AmazonECS", row(VCPU, "Infinity")), id="a price without an end"),
        pytest.param(offer("AmazonECS", row(VCPU, "NaN")), id="a price that is none"),
        pytest.param(offer("AmazonECS", row(VCPU, "-0.04")), id="a price below 0"),
        pytest.param(
            offer("AmazonECS", row(VCPU, "1", StartingRange="-Infinity")), id="a tier without start"
        ),
        pytest.param(b"\xff\xfe" * 100, id="bytes"),
        pytest.param(offer("AmazonECS"), id="a header and no products"),
        pytest.param(offer("AmazonECS", row(VCPU, "1"))[:-40], id="the last row is cut"),
        pytest.param(
            offer("AmazonECS", row(VCPU, "1"), published="yesterday"), id="a day that is none"
        ),
        pytest.param(
            offer("AmazonECS", row(VCPU, "1"), published="2026-02-30T00:00:00Z"),
            id="a day that no month has",
        ),
    ],
)
def test_a_file_in_another_form_is_refused(content: bytes) -> None:
    with pytest.raises(PriceListError, match=r"AmazonECS/current/us-east-1/index\.csv is not in"):
        refreshed(table("fargate/vcpu-hour/x86"), {path_of("AmazonECS"): content})


def test_a_price_that_is_no_amount_is_told_with_list_key_value_and_way_on() -> None:
    with pytest.raises(PriceListError) as raised:
        fargate(row(VCPU, "Infinity"))
    assert str(raised.value) == (
        f"{path_of('AmazonECS')} is not in the form of an offer file: 'Infinity' is not an amount "
        "of US dollars or units, at `fargate/vcpu-hour/x86`; name a list such as "
        "https://pricing.us-east-1.amazonaws.com with --price-list"
    )


@pytest.mark.parametrize("service", ["AmazonRDS", "AWSLambda"])
def test_a_list_of_another_service_is_refused(service: str) -> None:
    content = offer(service, row(VCPU, "0.05"))
    with pytest.raises(PriceListError, match=f"is the list of '{service}'; name a list such as"):
        refreshed(table("fargate/vcpu-hour/x86"), {path_of("AmazonECS"): content})


def test_a_list_at_an_address_where_nobody_answers_is_told() -> None:
    with socket.socket() as unheard:
        # Bound, but not listening: no other program gets the port.
        unheard.bind(("127.0.0.1", 0))
        base = f"http://127.0.0.1:{unheard.getsockname()[1]}"
        with pytest.raises(PriceListError, match=rf"{base}/offers/a\.csv cannot be read: "):
            opener(base)("/offers/a.csv")


def test_a_price_in_another_unit_is_refused() -> None:
    told = "the price of `fargate/vcpu-hour/x86` is one of 'vCPU-Seconds', not of the table's unit"
    with pytest.raises(PriceListError, match=told):
        fargate(row(VCPU, "0.05", Unit="vCPU-Seconds"))


@pytest.mark.parametrize(
    ("key", "units"),
    [
        pytest.param("fargate/vcpu-hour/x86", ["hours", "vCPU-Hours", ""], id="vcpu-hour"),
        pytest.param("fargate/gb-hour/x86", ["hours", "GB-Hours"], id="gb-hour"),
        pytest.param("ec2/instance-hour/t3.micro", ["Hrs"], id="hour"),
        pytest.param("elb/application-lcu-hour", ["LCU-Hrs"], id="lcu-hour"),
        pytest.param("dynamodb/rcu-hour", ["ReadCapacityUnit-Hrs"], id="rcu-hour"),
        pytest.param("lambda/gb-second/x86", ["Lambda-GB-Second", "Second"], id="gb-second"),
        pytest.param("ebs/gb-month/gp3", ["GB-Mo", "GB-month"], id="gb-month"),
        pytest.param("rds/iops-month/io1", ["IOPS-Mo"], id="iops-month"),
        pytest.param("kms/key-month", ["Keys", "Keys/Month"], id="key-month"),
        pytest.param("nat/gb", ["GB"], id="gb"),
        pytest.param("sqs/million-requests/fifo", ["Requests", "IOs"], id="requests"),
    ],
)
def test_the_list_s_own_units_are_taken(key: str, units: list[str]) -> None:
    assert [unit for unit in units if not is_unit_of(key, unit)] == []


@pytest.mark.parametrize(
    ("key", "units"),
    [
        pytest.param("fargate/vcpu-hour/x86", ["vCPU-Seconds", "vCPU", "GB-Mo"], id="vcpu-hour"),
        pytest.param("fargate/gb-hour/x86", ["Quantity", "MB-Hours", "Hour-Mo"], id="gb-hour"),
        pytest.param("lambda/gb-second/x86", ["GB-Hours", "GB", "TB-Second"], id="gb-second"),
        pytest.param("ebs/gb-month/gp3", ["TB-Mo", "GB-Hrs", "Mo", "Quantity"], id="gb-month"),
        pytest.param("kms/key-month", ["Key-Days", "Hrs", "Minutes"], id="key-month"),
        pytest.param("nat/gb", ["TB", "GB-Mo", "Bytes", "Quantity"], id="gb"),
        pytest.param("sqs/million-requests/fifo", ["1M Requests", "Million", "Hrs"], id="requests"),
    ],
)
def test_units_of_something_else_are_not(key: str, units: list[str]) -> None:
    assert [unit for unit in units if is_unit_of(key, unit)] == []


def test_a_row_of_another_region_is_passed_over_beside_one_of_its_own() -> None:
    rows = [
        row("EUC1-Fargate-vCPU-Hours:perCPU", "9", SKU="A"),
        row(VCPU, "9", SKU="B", Region_Code="us-east-1-bos-1"),
        row(VCPU, "0.05", SKU="C", Region_Code="us-east-1"),
    ]
    assert fargate(*rows).table.prices["fargate/vcpu-hour/x86"].usd == Decimal("0.05")


def test_a_row_whose_region_is_another_is_refused() -> None:
    with pytest.raises(PriceListError, match="is there of another region alone"):
        fargate(row(VCPU, "0.05", Region_Code="us-west-2"))


def judged(before: PriceTable, *rows: Row, published: str = "2026-12-01") -> Refreshed:
    """A refresh that takes nothing unexpected."""
    content = offer("AmazonECS", *rows, published=f"{published}T00:00:00Z")
    return refresh(before, lambda _: io.BytesIO(content), near={})


@pytest.mark.parametrize("usd", ["0.4", "0.004"])
def test_a_price_may_change_tenfold(usd: str) -> None:
    result = judged(table("fargate/vcpu-hour/x86"), row(VCPU, usd))
    assert result.table.prices["fargate/vcpu-hour/x86"].usd == Decimal(usd)


@pytest.mark.parametrize("usd", ["0.401", "0.00399", "4"])
def test_a_price_that_changes_more_is_refused(usd: str) -> None:
    with pytest.raises(RefreshError, match=f"{usd} of AmazonECS SKU1 is more than 10 times off"):
        judged(table("fargate/vcpu-hour/x86"), row(VCPU, usd))


def test_a_price_that_is_new_is_held_against_nothing_where_nothing_is_near() -> None:
    result = judged(table("fargate/vcpu-hour/x86", usd="0"), row(VCPU, "4"))
    assert result.table.prices["fargate/vcpu-hour/x86"].usd == Decimal(4)


@pytest.mark.parametrize("published", ["2026-11-30", "2026-01-01"])
def test_a_list_before_the_one_that_the_table_has_is_refused(published: str) -> None:
    before = judged(table("fargate/vcpu-hour/x86"), row(VCPU, "0.05")).table
    told = f"list of AmazonECS is of {published}, and the table has prices of that of 2026-12-01"
    with pytest.raises(RefreshError, match=told):
        judged(before, row(VCPU, "0.05"), published=published)


@pytest.mark.parametrize("published", ["2026-12-01", "2027-05-05"])
def test_the_list_that_the_table_has_and_a_later_one_are_taken(published: str) -> None:
    before = judged(table("fargate/vcpu-hour/x86"), row(VCPU, "0.05")).table
    assert judged(before, row(VCPU, "0.06"), published=published).found == 1


def test_a_list_may_be_a_year_older_than_a_table_of_other_sources() -> None:
    before = table("fargate/vcpu-hour/x86")
    assert judged(before, row(VCPU, "0.05"), published="2025-11-22").found == 1
    with pytest.raises(RefreshError, match="more than a year before the table of 2026-11-23"):
        judged(before, row(VCPU, "0.05"), published="2025-11-21")


def test_a_table_without_a_day_takes_a_list_of_any_age() -> None:
    before = replace(table("fargate/vcpu-hour/x86"), dated="")
    assert judged(before, row(VCPU, "0.05"), published="2001-01-01").found == 1


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        pytest.param(b'"SKU1"\r\n', "row 2 has 1 columns of 27: it is cut", id="cut"),
        pytest.param(
            b",".join([b'""'] * 28) + b"\r\n", "row 2 has 28 columns of 27: it is cut", id="longer"
        ),
        pytest.param(
            b",".join([b'""'] * 26) + b',"Run',
            "unexpected end of data",
            id="cut in the last column",
        ),
    ],
)
def test_a_row_that_is_not_whole_is_told(rows: bytes, told: str) -> None:
    content = offer("AmazonECS", row(VCPU, "1")) + rows
    with pytest.raises(PriceListError, match=told):
        refreshed(table("fargate/vcpu-hour/x86"), {path_of("AmazonECS"): content})


def test_every_query_is_of_a_key_of_the_table() -> None:
    keys = read_table((FOLDER / "us-east-1.json").read_text(encoding="utf-8")).prices
    assert set(EXACT) <= set(keys)
    sized = [key for key in keys if key not in EXACT and query_for(key) is not None]
    for pattern in SIZED:
        before = pattern.split("{size}")[0]
        assert any(key.startswith(before) for key in sized), pattern


def test_a_key_that_nobody_knows_has_no_query() -> None:
    assert query_for("made/up") is None
