"""`aws-policy-pack prices`, over real HTTP."""

import functools
import http.server
import threading
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from aws_policy_pack.cli import main
from aws_policy_pack.cost.price_queries import query_for
from aws_policy_pack.cost.refresh import Refreshed
from aws_policy_pack.cost.table import (
    FOLDER,
    find_table,
    load_table,
    read_table,
    user_folder,
    write_table,
)
from tests.policies.cost.price_list import VCPU, Row, offer, path_of, row, table


class Quiet(http.server.SimpleHTTPRequestHandler):
    """Serves files, and logs nothing."""

    def log_message(self, *_: object) -> None:
        """Logs nothing."""


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


def publish(
    root: Path, *rows: Row, region: str = "us-east-1", published: str = "2026-12-01"
) -> None:
    file = root / path_of("AmazonECS", region).lstrip("/")
    file.parent.mkdir(parents=True)
    file.write_bytes(offer("AmazonECS", *rows, published=f"{published}T08:00:00Z"))


def run(price_list: str, tables: Path, *arguments: str) -> int:
    return main(["prices", "--price-list", price_list, "--to", str(tables), *arguments])


def test_the_command_writes_the_table_and_says_what_changed(
    price_list: tuple[str, Path], tables: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    address, root = price_list
    publish(root, row(VCPU, "0.05"))
    assert run(f"{address}/", tables) == 0
    assert capsys.readouterr().out.splitlines() == [
        f"us-east-1: prices of 2026-12-01, written to {tables / 'us-east-1.json'}",
        "  fargate/vcpu-hour/x86: 0.04 -> 0.05 (+25.0%)",
        "  without a query, kept as they were: 1",
    ]
    after = read_table((tables / "us-east-1.json").read_text(encoding="utf-8"))
    assert after.prices["fargate/vcpu-hour/x86"].usd == Decimal("0.05")
    assert after.prices["cloudwatch/dashboard-month"].source == "old study"


def test_a_file_that_comes_in_many_parts_is_read_whole(
    price_list: tuple[str, Path], tables: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    address, root = price_list
    publish(root, *(row(f"Other-{n}", "1") for n in range(500)), row(VCPU, "0.05"))
    assert run(address, tables) == 0
    assert "  fargate/vcpu-hour/x86: 0.04 -> 0.05 (+25.0%)" in capsys.readouterr().out


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
    publish(root, row("AFS1-Fargate-vCPU-Hours:perCPU", "0.06"), region="af-south-1")
    assert run(address, tables, "--region", "af-south-1") == 0
    after = read_table((tables / "af-south-1.json").read_text(encoding="utf-8"))
    assert (after.region, after.dated) == ("af-south-1", "2026-12-01")
    assert {key: str(price.usd) for key, price in after.prices.items()} == {
        "fargate/vcpu-hour/x86": "0.06"
    }
    assert "  fargate/vcpu-hour/x86: 0.06 is new" in capsys.readouterr().out


def test_the_command_warns_of_prices_that_it_did_not_find(
    price_list: tuple[str, Path], tables: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    address, root = price_list
    before = table("fargate/vcpu-hour/x86", "fargate/gb-hour/x86")
    (tables / "us-east-1.json").write_text(write_table(before), encoding="utf-8")
    publish(root, row(VCPU, "0.05"))
    assert run(address, tables) == 1
    assert capsys.readouterr().err == (
        "warning: us-east-1: fargate/gb-hour/x86: no product of AmazonECS with a price fits; "
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
    assert "is not an address of a price list; wanted http or https" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("region", "told"),
    [
        pytest.param("frankfurt", "'frankfurt' is not a region; wanted one such", id="a-city"),
        pytest.param("../us-east-1", "'../us-east-1' is not a region", id="a-path"),
        pytest.param("cn-north-1", "its prices are in no public list in US dollars", id="china"),
        pytest.param("us-iso-east-1", "its prices are in no public list", id="isolated"),
        pytest.param("mars-north-1", "cannot be read: HTTP Error 404", id="of-no-list"),
    ],
)
def test_a_region_that_has_no_list_is_refused(
    region: str,
    told: str,
    price_list: tuple[str, Path],
    tables: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(price_list[0], tables, "--region", region) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith(f"error: {region}: ")
    assert told in line
    assert [file.name for file in tables.iterdir()] == ["us-east-1.json"]


@pytest.mark.parametrize("prefix", ["UGW1-", "ZZZ9-"])
def test_a_region_of_another_partition_is_added_like_any(
    prefix: str, price_list: tuple[str, Path], tables: Path
) -> None:
    address, root = price_list
    publish(root, row(f"{prefix}Fargate-vCPU-Hours:perCPU", "0.06"), region="us-gov-west-1")
    assert run(address, tables, "--region", "us-gov-west-1") == 0
    after = read_table((tables / "us-gov-west-1.json").read_text(encoding="utf-8"))
    assert after.prices["fargate/vcpu-hour/x86"].usd == Decimal("0.06")


def refused(address: str, tables: Path, capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """The message of the command where it must leave the tables as they are."""
    before = (tables / "us-east-1.json").read_bytes()
    assert run(address, tables, *arguments) == 2
    assert (tables / "us-east-1.json").read_bytes() == before
    assert [file.name for file in tables.iterdir()] == ["us-east-1.json"]
    (line,) = capsys.readouterr().err.splitlines()
    return line


def test_where_nothing_is_priced_the_table_keeps_its_day(
    price_list: tuple[str, Path], tables: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    address, root = price_list
    publish(root, row("Something-Else", "0.05"))
    assert refused(address, tables, capsys) == (
        "error: us-east-1: the price list has none of the prices that were looked for; the table "
        "stays as it is"
    )


@pytest.mark.parametrize("missing", [1, 40, 200])
def test_a_file_that_is_cut_on_its_way_is_refused(
    missing: int, tables: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    body = offer("AmazonECS", row(VCPU, "0.05"), *(row(f"Other-{n}", "1") for n in range(9)))

    class Cut(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body[:-missing])

        def log_message(self, *_: object) -> None:
            """Logs nothing."""

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Cut) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        line = refused(f"http://127.0.0.1:{server.server_port}", tables, capsys)
        server.shutdown()
        thread.join()
    assert line.endswith(f"cannot be read: IncompleteRead(0 bytes read, {missing} more expected)")


def test_a_folder_that_is_not_there_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    gone = tmp_path / "gone"
    assert run("http://127.0.0.1", gone) == 2
    assert capsys.readouterr().err == (
        f"error: us-east-1: {gone} is not a folder; make it, or name another\n"
    )


@pytest.mark.parametrize(
    ("text", "told"),
    [
        pytest.param("{", "is not a price table: Expecting property name", id="cut"),
        pytest.param("[]", "is not a price table: a part is of another kind", id="a-list"),
        pytest.param("{}", "is not a price table: 'region' is missing", id="empty"),
        pytest.param(
            write_table(table("a/b")).replace("2026-11-23", "last autumn"),
            "is not a price table: Invalid isoformat string: 'last autumn'",
            id="no-date",
        ),
        pytest.param(
            write_table(table("a/b")).replace('"0.04"', '"NaN"'),
            "is not a price table: the price 'NaN' is not an amount of US dollars",
            id="no-amount",
        ),
        pytest.param(
            write_table(table("a/b", region="eu-west-1")),
            "holds the prices of 'eu-west-1', not of us-east-1",
            id="another-region",
        ),
    ],
)
def test_a_table_that_cannot_be_read_is_refused(
    text: str, told: str, tables: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tables / "us-east-1.json").write_text(text, encoding="utf-8")
    line = refused("http://127.0.0.1", tables, capsys)
    assert told in line
    assert str(tables / "us-east-1.json") in line


@pytest.fixture
def data_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder of a user, without tables."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    return tmp_path / "data" / "aws-policy-pack" / "prices"


def test_without_a_folder_the_table_is_the_users_and_the_pack_finds_it(
    price_list: tuple[str, Path], data_home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    address, root = price_list
    publish(root, row("AFS1-Fargate-vCPU-Hours:perCPU", "0.06"), region="af-south-1")
    services = {query.service for query in map(query_for, shipped()) if query is not None}
    for service in services - {"AmazonECS", "AmazonRoute53"}:
        file = root / path_of(service, "af-south-1").lstrip("/")
        file.parent.mkdir(parents=True)
        file.write_bytes(offer(service, row("Nothing", "1")))
    zone = root / "offers/v1.0/aws/AmazonRoute53/current/index.csv"
    zone.parent.mkdir(parents=True)
    zone.write_bytes(offer("AmazonRoute53", row("HostedZone", "0.5")))
    before = {file.name: file.read_bytes() for file in FOLDER.iterdir()}
    for _ in ("made", "there already"):  # the user's folder
        assert main(["prices", "--price-list", address, "--region", "af-south-1"]) == 1
    assert f"written to {data_home / 'af-south-1.json'}" in capsys.readouterr().out
    assert {file.name: file.read_bytes() for file in FOLDER.iterdir()} == before
    found = find_table("af-south-1")
    assert found is not None
    assert found.prices["fargate/vcpu-hour/x86"].usd == Decimal("0.06")


@pytest.mark.parametrize(("dated", "usd"), [("2000-01-01", "0.04048"), ("2999-01-01", "7")])
def test_the_newer_of_the_users_and_the_packs_table_counts(
    dated: str, usd: str, data_home: Path
) -> None:
    data_home.mkdir(parents=True)
    own = replace(table("fargate/vcpu-hour/x86", usd="7"), dated=dated)
    (data_home / "us-east-1.json").write_text(write_table(own), encoding="utf-8")
    found = find_table("us-east-1")
    assert found is not None
    assert found.prices["fargate/vcpu-hour/x86"].usd == Decimal(usd)


def test_a_data_folder_that_is_not_absolute_is_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", "data")
    assert user_folder() == Path.home() / ".local" / "share" / "aws-policy-pack" / "prices"


def test_a_data_folder_that_cannot_be_made_is_one_error(
    price_list: tuple[str, Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "file"))
    monkeypatch.setattr(
        "aws_policy_pack.cost.refresh.refresh",
        lambda *_, **__: Refreshed(table=table("a/b"), found=1),
    )
    assert main(["prices", "--price-list", price_list[0]]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.endswith("aws-policy-pack/prices: cannot be made: Not a directory")


def shipped() -> list[str]:
    """The keys of the pack's own table."""
    found = load_table("us-east-1")
    return list(found.prices) if found else []


@pytest.mark.parametrize(
    ("region", "usage"),
    [
        pytest.param("eu-central-1", "USE1-Fargate-vCPU-Hours:perCPU", id="virginia-for-frankfurt"),
        pytest.param("eu-central-1", "Fargate-vCPU-Hours:perCPU", id="no-code-for-frankfurt"),
        pytest.param("us-east-1", "EU-Fargate-vCPU-Hours:perCPU", id="ireland-for-virginia"),
        pytest.param("eu-west-1", "EUW2-Fargate-vCPU-Hours:perCPU", id="london-for-ireland"),
    ],
)
def test_the_list_of_another_region_changes_nothing(
    region: str,
    usage: str,
    price_list: tuple[str, Path],
    tables: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    address, root = price_list
    publish(root, row(usage, "0.05"), region=region)
    line = refused(address, tables, capsys, "--region", region)
    assert line == (
        f"error: {region}: {path_of('AmazonECS', region)}: `fargate/vcpu-hour/x86` is there of "
        f"another region alone, as {usage!r}; name a list such as "
        "https://pricing.us-east-1.amazonaws.com with --price-list"
    )


def test_of_several_regions_none_is_written_where_one_has_no_list(
    price_list: tuple[str, Path], tables: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    address, root = price_list
    publish(root, row(VCPU, "0.05"))
    line = refused(address, tables, capsys, "--region", "us-east-1", "--region", "af-south-1")
    assert line.startswith("error: af-south-1: ")


@pytest.mark.parametrize(
    ("usd", "published"),
    [
        pytest.param("4", "2026-12-01", id="dearer"),
        pytest.param("0.0039", "2026-12-01", id="cheaper"),
        pytest.param("0.05", "2025-11-21", id="old"),
    ],
)
def test_a_list_that_nobody_would_expect_is_taken_on_demand_alone(
    usd: str,
    published: str,
    price_list: tuple[str, Path],
    tables: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    address, root = price_list
    publish(root, row(VCPU, usd), published=published)
    way_on = "; name another list with --price-list, or take this one with --trust-list"
    assert refused(address, tables, capsys).endswith(way_on)
    assert run(address, tables, "--trust-list") == 0
    after = read_table((tables / "us-east-1.json").read_text(encoding="utf-8"))
    assert after.prices["fargate/vcpu-hour/x86"].usd == Decimal(usd)


def test_a_new_region_s_price_is_held_against_that_of_the_first(
    price_list: tuple[str, Path], tables: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    address, root = price_list
    publish(root, row("AFS1-Fargate-vCPU-Hours:perCPU", "5"), region="af-south-1")
    assert "is more than 10 times off 0.04" in refused(
        address, tables, capsys, "--region", "af-south-1"
    )


def test_two_products_with_different_prices_change_nothing(
    price_list: tuple[str, Path], tables: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    address, root = price_list
    publish(root, row(VCPU, "0.05"), row(VCPU, "0.06", SKU="SKU2"))
    assert "has none of the prices" in refused(address, tables, capsys)


def test_a_page_that_is_no_offer_file_changes_nothing(
    price_list: tuple[str, Path], tables: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    address, root = price_list
    file = root / path_of("AmazonECS").lstrip("/")
    file.parent.mkdir(parents=True)
    file.write_text('{"products": {}}', encoding="utf-8")
    assert "is not in the form of an offer file" in refused(address, tables, capsys)
