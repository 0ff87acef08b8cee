"""The refresh of the price tables, on small offer files in the form of AWS's price list."""

import csv
import functools
import http.server
import io
import threading
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import IO

import pytest

from aws_policy_pack.cost.table import FOLDER, Price, PriceTable, read_table, write_table
from ops.price_queries import EXACT, SIZED, query_for
from ops.prices import PriceListError, Refreshed, main, refresh

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
            [row("EU-Fargate-vCPU-Hours:perCPU", "9"), row(VCPU, "0.05")],
            "0.05",
            id="another region's prefix",
        ),
        pytest.param(
            [row(VCPU, "9", TermType="Reserved"), row(VCPU, "0.05")], "0.05", id="reserved terms"
        ),
        pytest.param(
            [row(VCPU, "9", Currency="CNY"), row(VCPU, "0.05")], "0.05", id="another currency"
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
        pytest.param([], "no product of AmazonECS with a price fits", id="no product"),
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
    assert result.problems == [f"fargate/vcpu-hour/x86: {reason}; 0.04 of old study is kept"]


def test_a_price_that_is_new_and_not_found_is_left_out() -> None:
    before = table("fargate/vcpu-hour/x86", "cloudwatch/dashboard-month", usd="0")
    result = refreshed(before, {path_of("AmazonECS"): offer("AmazonECS")})
    assert result.table.prices == {}
    assert result.problems == [
        "fargate/vcpu-hour/x86: no product of AmazonECS with a price fits; it stays without a price"
    ]


def test_a_price_without_a_query_is_kept_and_counted() -> None:
    before = table("cloudwatch/dashboard-month")
    result = refreshed(before, {})
    assert result.table == before
    assert result.kept == 1


def test_prices_are_given_in_the_tables_units() -> None:
    rows = [row("Requests-RBP", "0.0000004000", Queue_Type="Standard")]
    files = {path_of("AWSQueueService"): offer("AWSQueueService", *rows)}
    result = refreshed(table("sqs/million-requests/standard"), files)
    assert result.table.prices["sqs/million-requests/standard"].usd == Decimal("0.4")


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
        pytest.param(offer("AmazonECS", row(VCPU, "much")), id="a price that is no number"),
        pytest.param(b"\xff\xfe" * 100, id="bytes"),
    ],
)
def test_a_file_in_another_form_is_refused(content: bytes) -> None:
    with pytest.raises(PriceListError, match=r"AmazonECS/current/us-east-1/index\.csv is not in"):
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


# Over HTTP, as it runs.


class Quiet(http.server.SimpleHTTPRequestHandler):
    """Serves files without a word."""

    def log_message(self, *_: object) -> None:
        """Says nothing."""


@pytest.fixture
def price_list(tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """A price list on the loopback: its address and the folder that it serves."""
    root = tmp_path / "list"
    root.mkdir()
    handler = functools.partial(Quiet, directory=str(root))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}", root
        server.shutdown()
        thread.join()


@pytest.fixture
def tables(tmp_path: Path) -> Path:
    """A folder with a table of us-east-1."""
    folder = tmp_path / "tables"
    folder.mkdir()
    before = table("fargate/vcpu-hour/x86", "cloudwatch/dashboard-month")
    (folder / "us-east-1.json").write_text(write_table(before), encoding="utf-8")
    return folder


def publish(root: Path, *rows: Row, region: str = "us-east-1") -> None:
    file = root / path_of("AmazonECS", region).lstrip("/")
    file.parent.mkdir(parents=True)
    file.write_bytes(offer("AmazonECS", *rows))


def run(price_list: str, tables: Path, *arguments: str) -> int:
    return main(["--price-list", price_list, "--folder", str(tables), *arguments])


def test_the_command_writes_the_table_and_says_what_changed(
    price_list: tuple[str, Path], tables: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    address, root = price_list
    publish(root, row(VCPU, "0.05"))
    assert run(f"{address}/", tables) == 0
    assert capsys.readouterr().out.splitlines() == [
        "us-east-1: prices of 2026-12-01",
        "  fargate/vcpu-hour/x86: 0.04 -> 0.05 (+25.0%)",
        "  without a query, kept as they were: 1",
    ]
    after = read_table((tables / "us-east-1.json").read_text(encoding="utf-8"))
    assert after.prices["fargate/vcpu-hour/x86"].usd == Decimal("0.05")
    assert after.prices["cloudwatch/dashboard-month"].source == "old study"


def test_the_command_says_that_nothing_changed(
    price_list: tuple[str, Path], tables: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    address, root = price_list
    publish(root, row(VCPU, "0.04"))
    assert run(address, tables) == 0
    assert "  no price changed" in capsys.readouterr().out.splitlines()


def test_the_command_adds_a_region(
    price_list: tuple[str, Path], tables: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    address, root = price_list
    publish(root, row("EU-Fargate-vCPU-Hours:perCPU", "0.06"), region="eu-west-1")
    assert run(address, tables, "--region", "eu-west-1") == 0
    after = read_table((tables / "eu-west-1.json").read_text(encoding="utf-8"))
    assert (after.region, after.dated) == ("eu-west-1", "2026-12-01")
    assert {key: str(price.usd) for key, price in after.prices.items()} == {
        "fargate/vcpu-hour/x86": "0.06"
    }
    assert "  fargate/vcpu-hour/x86: 0.06 is new" in capsys.readouterr().out


def test_the_command_warns_of_prices_that_it_did_not_find(
    price_list: tuple[str, Path], tables: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    address, root = price_list
    publish(root)
    assert run(address, tables) == 1
    assert capsys.readouterr().err == (
        "warning: us-east-1: fargate/vcpu-hour/x86: no product of AmazonECS with a price fits; "
        "0.04 of old study is kept\n"
    )


def test_the_command_writes_nothing_where_a_file_is_missing(
    price_list: tuple[str, Path], tables: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    address, _ = price_list
    before = (tables / "us-east-1.json").read_text(encoding="utf-8")
    assert run(address, tables) == 2
    assert (tables / "us-east-1.json").read_text(encoding="utf-8") == before
    url = f"{address}{path_of('AmazonECS')}"
    assert capsys.readouterr().err == (
        f"error: us-east-1: {url} cannot be read: HTTP Error 404: File not found\n"
    )


def test_an_address_that_is_none_is_refused(
    tables: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("file:///prices", tables) == 2
    assert "is no address of a price list; wanted http or https" in capsys.readouterr().err


def test_a_region_that_nobody_knows_is_refused(
    tables: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as caught:
        run("http://127.0.0.1", tables, "--region", "mars-north-1")
    assert caught.value.code == 2
    assert "mars-north-1" in capsys.readouterr().err
