"""`nox -s prices:update`, over HTTP as it runs."""

import functools
import http.server
import threading
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from aws_policy_pack.cost.table import read_table, write_table
from ops.prices import main
from tests.ops.price_list import VCPU, Row, offer, path_of, row, table


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
