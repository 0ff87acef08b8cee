"""The rule about the stack's monthly budget."""

from decimal import Decimal
from pathlib import Path

import pytest

from aws_policy_pack.cost.table import Price, PriceTable, save_table
from aws_policy_pack.rule import Finding
from aws_policy_pack.rules.cost.budget import monthly_budget
from aws_policy_pack.testing import UNKNOWN, Example, analyze_stack
from tests.policies.cost.stacks import graph_of

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
        pytest.param({}, [], id="no budget"),
        pytest.param({"budgetBase": 80, "budgetWorst": 80}, [], id="exactly the budgets"),
        pytest.param(
            {"budgetBase": 79.99, "budgetWorst": 80},
            [over("as declared", "budgetBase", "79.99")],
            id="over the budget as declared",
        ),
        pytest.param(
            {"budgetBase": 79.5, "budgetWorst": 79.5},
            [
                over("as declared", "budgetBase", "79.50"),
                over("at worst", "budgetWorst", "79.50"),
            ],
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


def test_without_a_budget_nothing_is_too_dear() -> None:
    assert messages(volume(size=1_000_000)) == []


@pytest.mark.parametrize("setting", ["budgetBase", "budgetWorst"])
def test_one_budget_says_nothing_of_the_other(setting: str) -> None:
    (message,) = messages(volume(size=1_000_000), **{setting: 1})
    assert f"(`{setting}` of cost-monthly-budget)" in message


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


OF_UNPRICED = "is of a type that is billed, or may be, and has no price here"
SHOP = [
    volume("disk", 1000),
    Example(type=UNPRICED, name="airflow"),
    Example(type=UNPRICED, name="other"),
    Example(type="aws:ec2/instance:Instance", name="web", properties={"instanceType": "x9.huge"}),
    volume("later", UNKNOWN),
]


def test_without_a_budget_what_has_no_price_is_named_once_and_stops_nothing() -> None:
    (report,) = analyze_stack(monthly_budget, SHOP)
    assert report.level == "advisory"
    assert not report.was_evaluated
    assert report.name == ""
    assert report.message.endswith(
        "not evaluated: `cost` is not known of 4 resources: "
        f"2 {UNPRICED} (airflow, other), {OF_UNPRICED}; "
        "1 aws:ec2/instance:Instance (web), has no price for Linux x9.huge in us-east-1 "
        "(`ec2/instance-hour/x9.huge`) and 1 more reason; "
        "1 aws:ebs/volume:Volume (later), is not priced: `size` is not known yet"
    )


def test_every_kind_is_named_and_counted_the_first_five_with_their_reason() -> None:
    kinds = [
        "aws:apprunner/service:Service",
        "aws:dax/cluster:Cluster",
        "aws:emr/cluster:Cluster",
        "aws:fsx/lustreFileSystem:LustreFileSystem",
        "aws:glue/job:Job",
        "aws:kendra/index:Index",
        "aws:redshift/cluster:Cluster",
    ]
    stack = [
        Example(type=kind, name=f"r{number}") for number, kind in enumerate([*kinds, kinds[6]])
    ]
    (message,) = messages(*stack)
    assert message.count(OF_UNPRICED) == 5
    assert message.endswith("; 1 aws:kendra/index:Index, 2 aws:redshift/cluster:Cluster")


def test_a_kind_with_several_reasons_tells_the_first() -> None:
    stack = [
        Example(type="aws:ec2/instance:Instance", name=name, properties={"instanceType": size})
        for name, size in (("a", "x9.huge"), ("b", "x9.small"))
    ]
    (message,) = messages(*stack)
    assert "2 resources: 2 aws:ec2/instance:Instance (a, b), has no price for Linux x9" in message
    assert message.endswith(" and 2 more reasons")


def test_without_a_budget_a_hundred_resources_are_one_line() -> None:
    stack = [Example(type=UNPRICED, name=f"flow-{number}") for number in range(100)]
    (message,) = messages(*stack)
    assert (
        "100 aws:mwaa/environment:Environment (flow-0, flow-1, flow-2, flow-3, flow-4 and 95"
        in (message)
    )


def test_under_a_budget_what_is_not_in_the_total_is_one_finding() -> None:
    reports = analyze_stack(monthly_budget, SHOP, config={"budgetBase": 100})
    assert [(report.level, report.was_evaluated) for report in reports] == [
        ("mandatory", True),
        ("advisory", False),
    ]
    assert reports[0].message == (
        "no total counts 3 resources "
        f"that cannot be priced: 2 {UNPRICED} (airflow, other), {OF_UNPRICED}; "
        "1 aws:ec2/instance:Instance (web), has no price for Linux x9.huge in us-east-1 "
        "(`ec2/instance-hour/x9.huge`); wanted a price for all that is billed, beside a budget of "
        "100.00 as declared. Fix: Use what has a price, list types that you know to be free under "
        "`freeTypes`, or waive the finding for a resource with an estimate as its reason. "
        f"{URL}"
    )


def test_a_total_over_the_budget_says_that_it_is_not_whole() -> None:
    stack = [volume(), Example(type=UNPRICED, name="airflow")]
    over_base, _ = messages(*stack, budgetBase=1)
    assert over_base.startswith(
        "the stack costs 80.00 USD a month as declared, without 1 resource that cannot be priced "
        "(disk gp3 volume 80.00); wanted at most 1.00 USD"
    )


def test_a_waiver_accepts_what_one_resource_leaves_out() -> None:
    waiver = {"resource": "airflow", "reason": "350 USD", "owner": "data", "expires": "2999-12-31"}
    stack = [Example(type=UNPRICED, name="airflow"), Example(type=UNPRICED, name="other")]
    (message,) = messages(*stack, budgetBase=1, waivers=[waiver])
    assert f"no total counts 1 resource that cannot be priced: 1 {UNPRICED} (other)" in message


BUDGETS = [
    pytest.param({}, "advisory", id="no budget"),
    pytest.param({"budgetBase": 0}, "mandatory", id="a budget"),
    pytest.param({"budgetWorst": 500}, "mandatory", id="a budget at worst"),
]


@pytest.mark.parametrize(("config", "level"), BUDGETS)
def test_what_a_waiver_accepts_is_more_than_advice_under_a_budget_alone(
    config: dict[str, object], level: str
) -> None:
    waiver = {"resource": "airflow", "reason": "350 USD", "owner": "data", "expires": "2999-12-31"}
    settings = monthly_budget.config.model_validate({"waivers": [waiver], **config})
    graph = graph_of(Example(type=UNPRICED, name="airflow"))
    [accepted] = monthly_budget.check(graph, settings)
    assert isinstance(accepted, Finding)
    assert accepted.is_advice == (level == "advisory")


@pytest.mark.parametrize(("config", "level"), BUDGETS)
def test_a_folder_that_is_not_there_stops_a_stack_with_a_budget_alone(
    config: dict[str, object], level: str, tmp_path: Path
) -> None:
    settings = {"priceFolder": str(tmp_path / "gone"), **config}
    (report,) = analyze_stack(monthly_budget, [volume()], config=settings)
    assert report.level == level


@pytest.mark.parametrize(("config", "level"), BUDGETS)
def test_a_value_that_is_not_known_stops_a_stack_with_a_budget_alone(
    config: dict[str, object], level: str
) -> None:
    stack = [volume(size=UNKNOWN)]
    (report,) = analyze_stack(monthly_budget, stack, config={"onUnknown": "fail", **config})
    assert report.level == level


def test_a_cluster_of_ecs_needs_no_price() -> None:
    cluster = Example(type="aws:ecs/cluster:Cluster", name="main", properties={"name": "main"})
    assert messages(cluster, region="ap-south-2", budgetBase=1) == []


def test_a_type_that_is_known_to_be_free_is_no_finding() -> None:
    assert messages(Example(type=UNPRICED, name="airflow"), freeTypes=["aws:mwaa/*"]) == []


def test_what_is_known_is_judged_beside_what_is_not() -> None:
    reports = analyze_stack(
        monthly_budget, [volume("known"), volume(size=UNKNOWN)], config={"budgetBase": 1}
    )
    assert [report.was_evaluated for report in reports] == [True, False]


def test_a_value_that_is_not_known_fails_where_that_is_asked_for() -> None:
    (message,) = messages(volume(size=UNKNOWN), onUnknown="fail")
    assert message.startswith("`cost` is not known of 1 resource: 1 aws:ebs/volume:Volume (disk), ")
    assert "wanted a value that can be judged" in message


def test_the_region_may_be_given() -> None:
    (message,) = messages(volume(), region="ap-south-2")
    assert "1 in ap-south-2 (disk), which has no price table" in message


def in_region(region: str, *names: str) -> list[Example]:
    return [
        Example(type=VOLUME, name=name, properties={"size": 1, "type": "gp3", "region": region})
        for name in names
    ]


QUEUES = [Example(type="aws:sqs/queue:Queue", name=f"q{number}") for number in range(9)]


def test_regions_without_a_table_are_one_line_where_nobody_gave_a_budget() -> None:
    stack = [*in_region("ap-south-2", "a", "b", "c"), *in_region("cn-north-1", "d"), *QUEUES]
    (report,) = analyze_stack(monthly_budget, stack)
    assert report.level == "advisory"
    assert not report.was_evaluated
    assert report.message.endswith(
        "not evaluated: `cost` is not known of 4 resources: "
        "3 in ap-south-2 (a, b, c), which has no price table; "
        "run `aws-policy-pack prices --region ap-south-2`; "
        "1 in cn-north-1 (d), which has no price table; "
        "write cn-north-1.json into `priceFolder` of cost-monthly-budget by hand"
    )


@pytest.mark.parametrize("budget", ["budgetBase", "budgetWorst"])
def test_regions_without_a_table_are_one_finding_under_a_budget(budget: str) -> None:
    stack = [*in_region("ap-south-2", "a", "b"), *in_region("us-gov-west-1", "c"), *QUEUES]
    (report,) = analyze_stack(monthly_budget, stack, config={budget: 500})
    assert report.level == "mandatory"
    assert "no total counts 3 resources that cannot be priced: 2 in ap-south-2 (a, b), which" in (
        report.message
    )


def test_queues_in_a_region_without_a_table_are_no_finding() -> None:
    assert messages(*QUEUES, region="ap-south-2", budgetBase=1, budgetWorst=1) == []


def test_the_tables_of_a_folder_of_ones_own_count(tmp_path: Path) -> None:
    price = Price(usd=Decimal(1), unit="GB-month", source="own")
    table = PriceTable(
        region="ap-south-2",
        dated="2026-11-01",
        sources={"own": "a contract"},
        prices={"ebs/gb-month/gp3": price},
    )
    save_table(table, tmp_path)
    stack = in_region("ap-south-2", "a", "b")
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
    assert "(scaler), may start 4 tasks (MOST) of a service that is not in this stack" in message
