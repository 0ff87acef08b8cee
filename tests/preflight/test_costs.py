"""What a stack costs, by packages that know prices."""

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from importlib.metadata import entry_points
from pathlib import Path

import pytest

from pulumi_preflight.costs import GROUP, Amount, Cost, CostLine, Unpriced
from pulumi_preflight.errors import ReportError
from pulumi_preflight.verdict import Verdict
from tests.preflight.builders import QUEUE, SERVICE, struct, urn
from tests.preflight.installing import installed
from tests.preflight.samples import RESOURCES, SECRET, deployment, resource, verdict

JOBS = urn(QUEUE, "jobs")
LINE = {"urn": JOBS, "item": "a", "base": 1}


@pytest.fixture
def prices(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The module of a package that knows prices; beside it no other is installed."""
    monkeypatch.setattr("pulumi_preflight.costs.names_in", lambda *_: ("ours",))
    with installed(
        tmp_path, monkeypatch, module="our_prices", group=GROUP, point="ours = our_prices:estimate"
    ) as module:
        yield module


def says(module: Path, estimate: object) -> None:
    module.write_text(f"def estimate(export):\n    return {estimate!r}\n")


def test_the_packages_lines_are_the_stacks_cost(prices: Path) -> None:
    says(
        prices,
        {
            "currency": "USD",
            "basis": "prices of 2026-11-01",
            "lines": [
                {"urn": JOBS, "item": "requests", "base": 0.1, "worst": 0.3, "unit": "request"},
                {"urn": urn(SERVICE, "web"), "item": "vCPU", "base": 20},
            ],
            "unpriced": [{"urn": JOBS, "reason": "has no price for keys"}],
        },
    )
    cost = verdict().cost
    assert cost == Cost(
        lines=(
            CostLine(
                urn=JOBS,
                item="requests",
                currency="USD",
                base=Decimal("0.1"),
                worst=Decimal("0.3"),
            ),
            CostLine(
                urn=urn(SERVICE, "web"),
                item="vCPU",
                currency="USD",
                base=Decimal(20),
                worst=Decimal(20),
            ),
        ),
        unpriced=(Unpriced(urn=JOBS, reason="has no price for keys"),),
        basis=("prices of 2026-11-01",),
    )
    assert cost.totals == {"USD": Amount(base=Decimal("20.1"), worst=Decimal("20.3"))}


def test_totals_are_apart_by_currency() -> None:
    line = CostLine(urn=JOBS, item="a", currency="USD", base=Decimal(1), worst=Decimal(2))
    other = CostLine(urn=JOBS, item="b", currency="EUR", base=Decimal(3), worst=Decimal(4))
    cost = Cost(lines=(line, other, line), unpriced=(), basis=())
    assert list(cost.totals.items()) == [
        ("EUR", Amount(base=Decimal(3), worst=Decimal(4))),
        ("USD", Amount(base=Decimal(2), worst=Decimal(4))),
    ]


@pytest.mark.usefixtures("prices")
def test_a_stack_without_a_package_that_knows_prices_has_no_cost(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("pulumi_preflight.costs.names_in", lambda *_: ())
    assert verdict().cost is None


def test_a_stack_of_which_nothing_is_priced_has_no_cost(prices: Path) -> None:
    says(prices, {"currency": "USD", "lines": []})
    assert verdict().cost is None


def test_the_cost_is_estimated_once_and_only_where_it_is_asked_for(
    prices: Path, tmp_path: Path
) -> None:
    asked = tmp_path / "asked"
    prices.write_text(
        "from pathlib import Path\n"
        "def estimate(export):\n"
        f"    with Path({str(asked)!r}).open('a') as file:\n"
        "        file.write('x')\n"
        f"    return {{'currency': 'USD', 'lines': [{LINE!r}]}}\n"
    )
    found = verdict()
    assert not asked.exists()
    assert found.cost is found.cost is not None
    assert asked.read_text() == "x"


def secret_run() -> Verdict:
    inputs = struct({"size": {**SECRET, "value": "hunter2-large"}})
    web = replace(resource(SERVICE, "web-hunter2-large", line=20), inputs=inputs)
    return verdict(run=deployment(resources=(*RESOURCES, web)))


def test_a_price_may_hang_on_a_secret_that_no_report_shows(prices: Path) -> None:
    prices.write_text(
        "import json\n"
        "def estimate(export):\n"
        "    last = export['deployment']['resources'][-1]\n"
        "    size = json.loads(last['inputs']['size']['plaintext'])\n"
        "    line = {'urn': last['urn'], 'item': f'size {size}', 'base': len(size)}\n"
        "    left = {'urn': last['urn'], 'reason': f'has no price for {size}'}\n"
        "    return {'currency': 'USD', 'basis': size, 'lines': [line], 'unpriced': [left]}\n"
    )
    cost = secret_run().cost
    assert cost is not None
    [line] = cost.lines
    assert (line.item, line.base) == ("size [secret]", Decimal(len("hunter2-large")))
    assert cost.unpriced[0].reason == "has no price for [secret]"
    assert cost.basis == ("[secret]",)
    assert "hunter2" not in repr(cost)


@pytest.mark.parametrize(
    ("estimate", "told"),
    [
        pytest.param(None, "the whole: ", id="nothing"),
        pytest.param({"lines": []}, "currency: Field required", id="no-currency"),
        pytest.param({"currency": "$", "lines": []}, "currency: ", id="a-sign"),
        pytest.param({"currency": "USD"}, "lines: Field required", id="no-lines"),
        pytest.param(
            {"currency": "USD", "lines": [LINE, {**LINE, "base": -1}]},
            "lines.1.base: Value error, wanted at least 0",
            id="below-0",
        ),
        pytest.param(
            {"currency": "USD", "lines": [{**LINE, "worst": float("inf")}]},
            "lines.0.worst: ",
            id="no-number",
        ),
        pytest.param(
            {"currency": "USD", "lines": [], "unpriced": [{"urn": JOBS}]},
            "unpriced.0.reason: Field required",
            id="no-reason",
        ),
    ],
)
def test_a_package_that_gives_no_estimate_is_one_error(
    prices: Path, estimate: object, told: str
) -> None:
    prices.write_text(f"inf = float('inf')\ndef estimate(export):\n    return {estimate!r}\n")
    with pytest.raises(ReportError) as raised:
        _ = verdict().cost
    assert str(raised.value).startswith(f"the cost estimate 'ours' gives no estimate: {told}")


def test_a_package_that_fails_is_one_error(prices: Path) -> None:
    prices.write_text("def estimate(export):\n    raise KeyError('db.t9 hunter2-large')\n")
    with pytest.raises(ReportError) as raised:
        _ = secret_run().cost
    assert str(raised.value) == "the cost estimate 'ours' failed: KeyError: 'db.t9 [secret]'"


def test_the_pack_for_aws_prices_a_stack() -> None:
    assert [point.name for point in entry_points(group=GROUP)] == ["aws"]
    disk = resource("aws:ebs/volume:Volume", "disk", line=3)
    disk = replace(
        disk,
        outputs=struct({"size": 10, "type": "gp3"}),
        inputs=struct({"size": 10, "type": "gp3", "availabilityZone": "us-east-1a"}),
    )
    topic = resource("aws:mwaa/environment:Environment", "airflow", line=4)
    cost = verdict(run=deployment(resources=(*RESOURCES, disk, topic))).cost
    assert cost is not None
    assert [(line.item, line.base, line.worst) for line in cost.lines if line.urn == disk.urn] == [
        ("gp3 volume", Decimal("0.8"), Decimal("0.8"))
    ]
    assert topic.urn in {each.urn for each in cost.unpriced}
    [basis] = cost.basis
    assert basis.startswith("us-east-1, prices of ")
    assert basis.endswith(", on demand, 730 hours")
