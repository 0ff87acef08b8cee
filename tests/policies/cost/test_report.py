"""The report on a stack's cost: JSON, table, modules, budget."""

import json
from decimal import Decimal
from pathlib import Path

import pytest

from aws_policy_pack.cost.report import (
    Budget,
    CostReport,
    cost_report,
    render_json,
    render_terminal,
)
from aws_policy_pack.cost.state import StateError
from aws_policy_pack.cost.table import load_table

TABLE = load_table("us-east-1")
DATED = TABLE.dated if TABLE else ""
IRELAND = load_table("eu-west-1")
DAY = IRELAND.dated if IRELAND else ""
PREFIX = "urn:pulumi:dev::orders"
STACK = f"{PREFIX}::pulumi:pulumi:Stack::orders-dev"
DATA = f"{PREFIX}::my:modules:Data::data"
INNER = f"{PREFIX}::my:modules:Data$my:parts:Store::store"


def entry(type_: str, name: str, parent: str = STACK, **outputs: object) -> dict[str, object]:
    urn = f"{PREFIX}::{type_}::{name}"
    return {"urn": urn, "type": type_, "parent": parent, "outputs": outputs}


DATABASE = entry(
    "aws:rds/instance:Instance",
    "database",
    DATA,
    engine="postgres",
    instanceClass="db.t4g.micro",
    allocatedStorage=20,
    maxAllocatedStorage=40,
)
STATE = {
    "deployment": {
        "resources": [
            {"urn": STACK, "type": "pulumi:pulumi:Stack"},
            {"urn": DATA, "type": "my:modules:Data", "parent": STACK},
            {"urn": INNER, "type": "my:parts:Store", "parent": DATA},
            DATABASE,
            entry("aws:ebs/volume:Volume", "disk", INNER, size=10, type="gp3"),
            entry("aws:kms/key:Key", "key"),
            entry("aws:sqs/queue:Queue", "queue"),
        ]
    }
}
UNPRICED = {"deployment": {"resources": [entry("aws:mwaa/environment:Environment", "airflow")]}}


def report(base: str = "20", worst: str = "20") -> CostReport:
    return cost_report(STATE, budget=Budget(base=Decimal(base), worst=Decimal(worst)))


def verdict(result: CostReport) -> str:
    return render_terminal(result).splitlines()[-1]


def test_the_table_shows_modules_lines_totals_and_verdict() -> None:
    assert render_terminal(report()).splitlines() == [
        f"Cost a month in USD (us-east-1, prices of {DATED}, on demand, 730 hours)",
        "  module               base         worst",
        "  data                14.78         17.08  ███████████████████░  94%",
        "  (no module)          1.00          1.00  █░░░░░░░░░░░░░░░░░░░   6%",
        "  total               15.78         18.08",
        "  budget              20.00         20.00",
        "",
        "Dearest lines at worst",
        "  database: postgres db.t4g.micro         11.68         11.68",
        "  database: gp3 storage                    2.30          4.60",
        "  key: key                                 1.00          1.00",
        "  disk: gp3 volume                         0.80          0.80",
        "",
        "3 resources bill by use, which is not counted",
        "Within the budget",
    ]


@pytest.mark.parametrize(
    ("encoding", "bar"),
    [
        pytest.param("utf-8", f"{'█' * 19}░", id="utf-8"),
        pytest.param("cp437", f"{'█' * 19}░", id="an-old-one-that-has-them"),
        pytest.param("ascii", f"{'#' * 19}.", id="ascii"),
        pytest.param("latin-1", f"{'#' * 19}.", id="latin-1"),
    ],
)
def test_a_bar_has_signs_that_the_output_can_show(encoding: str, bar: str) -> None:
    row = render_terminal(report(), encoding=encoding).splitlines()[2]
    assert row == f"  data                14.78         17.08  {bar}  94%"


def test_a_narrow_table_has_no_bars() -> None:
    narrow = "  data                14.78         17.08"
    assert render_terminal(report(), width=71).splitlines()[2] == narrow
    assert render_terminal(report(), width=72).splitlines()[2] == f"{narrow}  {'█' * 19}░  94%"


@pytest.mark.parametrize(
    ("width", "label"),
    [
        pytest.param(53, "database: postgres db.t", id="as much as fits"),
        pytest.param(50, "database: postgres d", id="twenty characters"),
        pytest.param(30, "database: postgres d", id="never fewer"),
    ],
)
def test_a_narrow_table_cuts_long_names(width: int, label: str) -> None:
    lines = render_terminal(report(), width=width).splitlines()
    assert f"  {label}         11.68         11.68" in lines


def test_a_table_is_made_for_a_hundred_columns() -> None:
    key = entry("aws:kms/key:Key", "k" * 80)
    table = render_terminal(cost_report({"deployment": {"resources": [key]}}))
    assert f"  {'k' * 70}          1.00          1.00" in table.splitlines()


def test_lines_are_in_the_order_of_the_worst_case() -> None:
    disk = entry("aws:ebs/volume:Volume", "disk", size=40, type="gp3")
    state = {"deployment": {"resources": [disk, DATABASE]}}
    assert render_terminal(cost_report(state)).splitlines()[-5:-3] == [
        "  database: gp3 storage                    2.30          4.60",
        "  disk: gp3 volume                         3.20          3.20",
    ]


def test_a_table_in_colour_says_the_same() -> None:
    coloured = render_terminal(report(), colour=True)
    plain = coloured
    for code in ("\x1b[1m", "\x1b[31m", "\x1b[32m", "\x1b[33m", "\x1b[0m"):
        plain = plain.replace(code, "")
    assert plain == render_terminal(report())
    assert "\x1b[32mWithin the budget\x1b[0m" in coloured


@pytest.mark.parametrize(
    ("base", "worst", "expected"),
    [
        pytest.param("15.78", "18.08", "Within the budget", id="exactly the budget"),
        pytest.param("15.77", "20", "Not within the budget: base is 0.01 over", id="base over"),
        pytest.param("5", "20", "Not within the budget: base is 10.78 over", id="base far over"),
        pytest.param(
            "15.78",
            "18",
            "Not within the budget: worst case is 0.08 over",
            id="base exactly, worst over",
        ),
        pytest.param("20", "18", "Not within the budget: worst case is 0.08 over", id="worst over"),
        pytest.param(
            "15",
            "18",
            "Not within the budget: base is 0.78 over, worst case is 0.08 over",
            id="both over",
        ),
    ],
)
def test_the_verdict(base: str, worst: str, expected: str) -> None:
    assert verdict(report(base, worst)) == expected
    assert report(base, worst).is_within_budget is (expected == "Within the budget")


def test_no_budget_is_said() -> None:
    assert verdict(cost_report(STATE)) == "No budget given"
    assert cost_report(STATE).is_within_budget


def test_what_has_no_price_is_named_and_not_within_a_budget() -> None:
    result = cost_report(UNPRICED, budget=Budget(base=Decimal(1), worst=Decimal(1)))
    assert not result.is_within_budget
    assert render_terminal(result, colour=True).splitlines()[-3:] == [
        "\x1b[33mNot priced, so the totals are too low: 1 resource\x1b[0m",
        (
            "\x1b[33m  airflow (aws:mwaa/environment:Environment) "
            "is of a type that is billed, or may be, and has no price here\x1b[0m"
        ),
        "\x1b[31mNot within the budget: 1 not priced\x1b[0m",
    ]


NO_PRICE = "is of a type that is billed, or may be, and has no price here"
AIRFLOW = "aws:mwaa/environment:Environment"
GRAPH = "aws:neptunegraph/graph:Graph"
INSTANCE = "aws:ec2/instance:Instance"


def unpriced_rows(*entries: dict[str, object], budget: Budget | None = None) -> list[str]:
    """The rows of what has no price, from their head to the verdict."""
    result = cost_report({"deployment": {"resources": entries}}, budget=budget)
    rows = render_terminal(result).splitlines()
    (head,) = (number for number, row in enumerate(rows) if row.startswith("Not priced"))
    return rows[head:]


@pytest.mark.parametrize("count", [2, 3, 40])
def test_resources_of_one_type_without_a_price_are_one_row(count: int) -> None:
    entries = [entry(AIRFLOW, f"airflow-{number}") for number in range(count)]
    assert unpriced_rows(*entries, entry(GRAPH, "graph")) == [
        f"Not priced, so the totals are too low: {count + 1} resources",
        f"  {AIRFLOW} ({count} resources): {NO_PRICE}",
        f"  graph ({GRAPH}) {NO_PRICE}",
        "No budget given",
    ]


def instance(name: str, kind: str) -> dict[str, object]:
    return entry(INSTANCE, name, instanceType=kind, rootBlockDevice={"volumeSize": 8})


def test_the_reasons_of_a_type_have_a_row_each() -> None:
    machines = [instance("a", "x9.large"), instance("b", "x9.huge"), instance("c", "x9.large")]
    _, *rows, _ = unpriced_rows(machines[0], entry(AIRFLOW, "airflow"), *machines[1:])
    assert [row.split(" in us-east-1")[0] for row in rows] == [
        f"  {INSTANCE} (2 resources): has no price for Linux x9.large",
        f"  b ({INSTANCE}) has no price for Linux x9.huge",
        f"  airflow ({AIRFLOW}) {NO_PRICE}",
    ]


def test_only_the_first_five_reasons_of_a_type_have_a_row() -> None:
    six = [instance(f"machine-{number}", f"x{number}.large") for number in range(10, 16)]
    seven = [*six, instance("machine-16", "x16.large")]
    one, two = "(1 resource): 1 more reason", "(2 resources): 2 more reasons"
    for machines, rest in ((six[:5], []), (six, [one]), (seven, [two])):
        _, *rows, _ = unpriced_rows(*machines)
        assert rows[5:] == [f"  {INSTANCE} {text}" for text in rest]


def test_a_resource_with_two_reasons_is_counted_once() -> None:
    database = entry(
        "aws:rds/instance:Instance",
        "database",
        engine="postgres",
        instanceClass="db.t4g.micro",
        allocatedStorage=20,
        dedicatedLogVolume=True,
        databaseInsightsMode="advanced",
    )
    budget = Budget(base=Decimal(99), worst=Decimal(99))
    head, *rows, verdict = unpriced_rows(database, budget=budget)
    assert head == "Not priced, so the totals are too low: 1 resource"
    assert len(rows) == 2
    assert verdict == "Not within the budget: 1 not priced"


def test_a_stack_that_costs_nothing() -> None:
    assert render_terminal(cost_report({"deployment": {"resources": []}})).splitlines() == [
        f"Cost a month in USD (us-east-1, prices of {DATED}, on demand, 730 hours)",
        "  module          base         worst",
        "  total           0.00          0.00",
        "",
        "No budget given",
    ]


def test_a_region_without_prices_is_said() -> None:
    result = cost_report(STATE, region="af-south-1")
    heading = "Cost a month in USD (af-south-1, no price table, on demand, 730 hours)"
    assert render_terminal(result).splitlines()[0] == heading


def heads(*regions: str | None, asked: str = "us-west-2") -> tuple[str, dict[str, object]]:
    """The heading of a stack of volumes in these regions, and what its JSON says of regions."""
    volumes = [
        entry("aws:ebs/volume:Volume", f"disk-{n}", size=10, type="gp3", region=region)
        for n, region in enumerate(regions)
    ]
    result = cost_report({"deployment": {"resources": volumes}}, region=asked, tables=load_table)
    document = json.loads(render_json(result))
    told = {key: document[key] for key in ("region", "pricesDated", "regions")}
    return render_terminal(result).splitlines()[0], told


def test_the_head_names_the_region_whose_prices_count_and_not_the_one_that_nobody_is_in() -> None:
    assert heads("eu-west-1", "eu-west-1") == (
        f"Cost a month in USD (eu-west-1, prices of {DAY}, on demand, 730 hours)",
        {"region": "eu-west-1", "pricesDated": DAY, "regions": {"eu-west-1": DAY}},
    )


def test_the_head_names_each_region_whose_prices_count() -> None:
    places = f"eu-west-1, prices of {DAY}; us-east-1, prices of {DATED}"
    assert heads("eu-west-1", None, asked="us-east-1") == (
        f"Cost a month in USD ({places}; on demand, 730 hours)",
        {
            "region": "us-east-1",
            "pricesDated": DATED,
            "regions": {"eu-west-1": DAY, "us-east-1": DATED},
        },
    )


def test_without_prices_the_head_names_the_region_that_is_meant() -> None:
    assert heads("af-south-1", asked="us-west-2")[1]["region"] == "us-west-2"


def test_only_the_dearest_ten_lines_are_shown() -> None:
    keys = [entry("aws:kms/key:Key", f"key-{number:02}") for number in range(11)]
    lines = render_terminal(cost_report({"deployment": {"resources": keys}})).splitlines()
    shown = [line for line in lines if line.startswith("  key-")]
    assert [line.split(":")[0] for line in shown] == [f"  key-{n:02}" for n in range(10)]


def test_one_resource_that_bills_by_use_is_said() -> None:
    queue = entry("aws:sqs/queue:Queue", "queue")
    table = render_terminal(cost_report({"deployment": {"resources": [queue]}}))
    assert "1 resource bills by use, which is not counted" in table.splitlines()


def test_a_module_is_the_outermost_component_and_counts_its_resources() -> None:
    (data, rest) = report().modules
    assert (data.name, data.resources, data.base, data.worst) == (
        "data",
        2,
        Decimal("14.78"),
        Decimal("17.08"),
    )
    assert (rest.name, rest.resources) == ("(no module)", 1)


@pytest.mark.parametrize(
    ("parent", "expected"),
    [
        pytest.param(DATA, "data", id="a component that the export leaves out"),
        pytest.param(f"{PREFIX}::shop:parts:Store::store", "store", id="one of another package"),
        pytest.param(f"{PREFIX}::aws:ec2/vpc:Vpc::vpc", "(no module)", id="a resource of AWS"),
        pytest.param(f"{PREFIX}::aws:kms/key:Key::key", "(no module)", id="itself"),
        pytest.param("", "(no module)", id="none"),
    ],
)
def test_parents_that_are_unusual(parent: str, expected: str) -> None:
    state = {"deployment": {"resources": [entry("aws:kms/key:Key", "key", parent)]}}
    (share,) = cost_report(state).modules
    assert share.name == expected


def test_the_json_is_as_documented() -> None:
    state = {
        "deployment": {
            "resources": [
                entry("aws:ebs/volume:Volume", "disk", size=10, type="gp3"),
                entry("aws:mwaa/environment:Environment", "airflow"),
            ]
        }
    }
    assert json.loads(render_json(cost_report(state))) == {
        "currency": "USD",
        "region": "us-east-1",
        "pricesDated": DATED,
        "regions": {"us-east-1": DATED},
        "base": 0.8,
        "worst": 0.8,
        "lines": [
            {
                "urn": f"{PREFIX}::aws:ebs/volume:Volume::disk",
                "item": "gp3 volume",
                "quantity": 10.0,
                "unit": "GB-month",
                "unitPrice": 0.08,
                "base": 0.8,
                "worst": 0.8,
            }
        ],
        "unpriced": [
            {
                "urn": f"{PREFIX}::aws:mwaa/environment:Environment::airflow",
                "type": "aws:mwaa/environment:Environment",
                "reason": "is of a type that is billed, or may be, and has no price here",
            }
        ],
    }


def test_the_json_is_indented_and_ends_its_line() -> None:
    text = render_json(cost_report(STATE))
    assert text.startswith('{\n  "currency": "USD",\n')
    assert text.endswith("\n}\n")


def test_the_jsons_lines_add_up() -> None:
    document = json.loads(render_json(report()), parse_float=Decimal)
    for case in ("base", "worst"):
        assert sum(line[case] for line in document["lines"]) == document[case]


def test_free_types_and_environment_names_are_passed_on() -> None:
    assert cost_report(UNPRICED, free=("aws:mwaa/*",)).estimate.unpriced == ()
    scaler = entry(
        "aws:lambda/function:Function", "scaler", environment={"variables": {"MOST": "4"}}
    )
    result = cost_report({"deployment": {"resources": [scaler]}}, environment_names=("MOST",))
    assert [item.reason for item in result.estimate.unpriced] == [
        "may start 4 tasks (MOST) of a service that is not in this stack"
    ]


def test_a_file_is_reported_on(tmp_path: Path) -> None:
    file = tmp_path / "state.json"
    file.write_text(json.dumps(STATE), encoding="utf-8")
    assert render_json(cost_report(file)) == render_json(cost_report(STATE))


def test_a_file_that_is_no_export_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "state.json"
    file.write_text("[]", encoding="utf-8")
    with pytest.raises(StateError, match="is not a stack export"):
        cost_report(file)
