"""The rule about the stack's monthly budget."""

from decimal import Decimal
from pathlib import Path

import pytest

from aws_policy_pack.cost.table import Price, PriceTable, save_table
from aws_policy_pack.rules.cost.budget import monthly_budget
from aws_policy_pack.testing import UNKNOWN, Example, analyze_stack

URL = monthly_budget.url
VOLUME = "aws:ebs/volume:Volume"
UNPRICED = "aws:mwaa/environment:Environment"


def volume(name: str = "disk", size: object = 1000) -> Example:
    return Example(type=VOLUME, name=name, properties={"size": size, "type": "gp3"})


def messages(*stack: Example, **config: object) -> list[str]:
    return [report.message for report in analyze_stack(monthly_budget, stack, config=config)]


def over(case: str, setting: str, budget: str) -> str:
    return (
        f"the stack costs 80.00 USD a month {case} (disk gp3 volume 80.00); "
        f"wanted at most {budget} USD (`{setting}` of cost-monthly-budget). "
        f"Fix: Choose smaller or fewer of these, or raise the budget in the pack's config. {URL}"
    )


@pytest.mark.parametrize(
    ("config", "expected"),
    [
        pytest.param({}, [], id="the budgets that hold where nothing is said"),
        pytest.param({"budgetBase": 80, "budgetWorst": 80}, [], id="exactly the budgets"),
        pytest.param(
            {"budgetBase": 79.99, "budgetWorst": 80},
            [over("as declared", "budgetBase", "79.99")],
            id="over the budget as declared",
        ),
        pytest.param(
            {"budgetBase": 80, "budgetWorst": 79.5},
            [over("at worst", "budgetWorst", "79.50")],
            id="over the budget at worst",
        ),
        pytest.param(
            {"budgetBase": 0, "budgetWorst": 0},
            [over("as declared", "budgetBase", "0.00"), over("at worst", "budgetWorst", "0.00")],
            id="over both",
        ),
    ],
)
def test_totals_are_held_against_the_budgets(
    config: dict[str, object], expected: list[str]
) -> None:
    assert messages(volume(), **config) == expected


@pytest.mark.parametrize(
    ("size", "found"),
    [
        pytest.param(3750, 0, id="300 USD"),
        pytest.param(3751, 1, id="more than 300 USD as declared"),
        pytest.param(7500, 1, id="600 USD"),
        pytest.param(7501, 2, id="more than 600 USD at worst"),
    ],
)
def test_the_budgets_where_nothing_is_said(size: int, found: int) -> None:
    assert len(messages(volume(size=size))) == found


def test_a_finding_names_the_five_dearest_lines() -> None:
    volumes = [volume(f"disk-{number}", number * 10) for number in range(1, 8)]
    (message, _) = messages(*volumes, budgetBase=1, budgetWorst=1)
    assert message.startswith(
        "the stack costs 22.40 USD a month as declared (disk-7 gp3 volume 5.60, "
        "disk-6 gp3 volume 4.80, disk-5 gp3 volume 4.00, disk-4 gp3 volume 3.20, "
        "disk-3 gp3 volume 2.40 and 2 more); wanted "
    )


def test_five_lines_are_all_named() -> None:
    volumes = [volume(f"disk-{number}", 10) for number in range(1, 6)]
    (message, _) = messages(*volumes, budgetBase=1, budgetWorst=1)
    assert "disk-5 gp3 volume 0.80); wanted" in message


def test_a_finding_about_the_worst_case_counts_the_worst_case() -> None:
    database = Example(
        type="aws:rds/instance:Instance",
        name="db",
        properties={
            "engine": "postgres",
            "instanceClass": "db.t4g.micro",
            "allocatedStorage": 20,
            "maxAllocatedStorage": 1000,
        },
    )
    (message,) = messages(database, budgetWorst=100)
    assert message.startswith(
        "the stack costs 126.68 USD a month at worst "
        "(db gp3 storage 115.00, db postgres db.t4g.micro 11.68); wanted at most 100.00 USD"
    )


def test_what_has_no_price_is_a_finding_about_its_resource() -> None:
    (report,) = analyze_stack(monthly_budget, [Example(type=UNPRICED, name="airflow")])
    assert report.level == "mandatory"
    assert report.name == "airflow"
    assert report.message == (
        "airflow: is of a type that is billed and has no price here, so the month's cost is not "
        "known; wanted a price for all that is billed. Fix: Use what has a price, list "
        "'aws:mwaa/environment:Environment' under `freeTypes` of cost-monthly-budget if it is "
        f"free, or waive the finding with an estimate as its reason. {URL}"
    )


def test_a_size_without_a_price_is_no_type_that_could_be_free() -> None:
    machine = Example(
        type="aws:ec2/instance:Instance", name="web", properties={"instanceType": "x9.huge"}
    )
    message, _ = messages(machine)
    assert message.startswith("web: has no price for Linux x9.huge in us-east-1")
    assert "Fix: Use what has a price, or waive the finding with an estimate" in message


def test_a_type_that_is_known_to_be_free_is_no_finding() -> None:
    assert messages(Example(type=UNPRICED, name="airflow"), freeTypes=["aws:mwaa/*"]) == []


def test_a_value_that_is_not_known_is_not_evaluated() -> None:
    (report,) = analyze_stack(monthly_budget, [volume(size=UNKNOWN)])
    assert not report.was_evaluated
    assert report.message.endswith("not evaluated: disk: `size` is not known yet")


def test_what_is_known_is_judged_beside_what_is_not() -> None:
    reports = analyze_stack(
        monthly_budget, [volume("known"), volume(size=UNKNOWN)], config={"budgetBase": 1}
    )
    assert [report.was_evaluated for report in reports] == [True, False]


def test_a_value_that_is_not_known_fails_where_that_is_asked_for() -> None:
    (message,) = messages(volume(size=UNKNOWN), onUnknown="fail")
    assert message.startswith("disk: `size` is not known yet; wanted a value that can be judged")


def test_the_region_may_be_given() -> None:
    (message,) = messages(volume(), region="eu-west-1")
    assert "eu-west-1 has no price table" in message


def in_region(region: str, *names: str) -> list[Example]:
    return [
        Example(type=VOLUME, name=name, properties={"size": 1, "type": "gp3", "region": region})
        for name in names
    ]


QUEUES = [Example(type="aws:sqs/queue:Queue", name=f"q{number}") for number in range(9)]


def test_a_region_without_a_table_is_named_once_where_nobody_gave_a_budget() -> None:
    stack = [*in_region("eu-central-1", "a", "b", "c"), *QUEUES]
    (report,) = analyze_stack(monthly_budget, stack)
    assert report.level == "advisory"
    assert not report.was_evaluated
    assert report.message.endswith(
        "not evaluated: `region` eu-central-1 has no price table, so the cost of what is there is "
        "not known (a, b, c); run `aws-policy-pack prices --region eu-central-1`"
    )


@pytest.mark.parametrize("budget", ["budgetBase", "budgetWorst"])
def test_a_region_without_a_table_is_one_finding_where_there_is_a_budget(budget: str) -> None:
    stack = [
        *in_region("eu-central-1", "a", "b"),
        *in_region("us-gov-west-1", "c"),
        *in_region("cn-north-1", "d"),
        *QUEUES,
    ]
    reports = analyze_stack(monthly_budget, stack, config={budget: 500})
    assert {report.level for report in reports} == {"mandatory"}
    lacks = "has no price table, so the cost of what is there is not known"
    wanted = "wanted a price for all that is billed. Fix:"
    ways = {
        "eu-central-1 (a, b)": "Run `aws-policy-pack prices --region eu-central-1`",
        "us-gov-west-1 (c)": "Run `aws-policy-pack prices --region us-gov-west-1`",
        "cn-north-1 (d)": "Write cn-north-1.json into `priceFolder` of cost-monthly-budget by hand",
    }
    assert [report.message for report in reports] == [
        f"{region} {lacks} {names}; {wanted} {way}. {URL}"
        for place, way in ways.items()
        for region, names in [place.split(" ", 1)]
    ]


def test_what_has_no_price_is_named_in_a_region_without_a_table_only_under_a_budget() -> None:
    stack = [*in_region("eu-central-1", "a"), Example(type=UNPRICED, name="airflow")]
    (message,) = messages(*stack)
    assert "eu-central-1 has no price table" in message
    assert [said for said in messages(*stack, budgetBase=500) if said.startswith("airflow: ")]


def test_queues_in_a_region_without_a_table_are_no_finding() -> None:
    assert messages(*QUEUES, region="eu-central-1", budgetBase=1, budgetWorst=1) == []


def test_the_tables_of_a_folder_of_ones_own_count(tmp_path: Path) -> None:
    price = Price(usd=Decimal(1), unit="GB-month", source="own")
    table = PriceTable(
        region="eu-central-1",
        dated="2026-11-01",
        sources={"own": "a contract"},
        prices={"ebs/gb-month/gp3": price},
    )
    save_table(table, tmp_path)
    stack = in_region("eu-central-1", "a", "b")
    config = {"priceFolder": str(tmp_path), "budgetBase": 1.5}
    (message,) = messages(*stack, **config)
    assert message.startswith("the stack costs 2.00 USD a month as declared (")


def test_a_folder_of_tables_that_is_not_there_is_one_finding(tmp_path: Path) -> None:
    (message,) = messages(volume(), priceFolder=str(tmp_path / "gone"))
    assert message.startswith(f"the month's cost is not known: {tmp_path / 'gone'} is not a folder")


def test_the_variables_of_scalers_may_be_given() -> None:
    scaler = Example(
        type="aws:lambda/function:Function",
        name="scaler",
        properties={"environment": {"variables": {"MOST": "4"}}},
    )
    (message,) = messages(scaler, environmentNames=["MOST"])
    assert message.startswith("scaler: may start 4 tasks (MOST) of a service that is not in this")
