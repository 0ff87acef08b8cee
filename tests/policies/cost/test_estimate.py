"""What holds for every estimate: which types count, in which region, and the money's arithmetic."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aws_policy_pack.cost.estimate import estimate, money
from aws_policy_pack.cost.pricing import PRICING
from aws_policy_pack.cost.table import load_table
from aws_policy_pack.resource import Graph, Resource
from aws_policy_pack.testing import UNKNOWN, Example
from tests.policies.cost.stacks import PRICES, estimate_of, graph_of, shown
from tests.policies.strategies import VALUES

KEY = "aws:kms/key:Key"
PROVIDER = "pulumi:providers:aws"
SERVICE = "aws:ecs/service:Service"
TASK = "aws:ecs/taskDefinition:TaskDefinition"
KEY_LINE = "key: 1 month at 1.00 = 1 / 1"
WITHOUT_TABLE = (
    "is in af-south-1, which has no price table; run `aws-policy-pack prices --region af-south-1`"
)


def make(type_: str, name: str = "it", **properties: object) -> Example:
    return Example(type=type_, name=name, properties=properties)


def unpriced(*examples: Example, free: tuple[str, ...] = ()) -> list[str]:
    return [item.reason for item in estimate(graph_of(*examples), free=free).unpriced]


@pytest.mark.parametrize(
    ("type_", "expected"),
    [
        pytest.param("aws:ec2/vpc:Vpc", [], id="a free type"),
        pytest.param("aws:iam/user:User", [], id="a type of a free service"),
        pytest.param("aws:route53/keySigningKey:KeySigningKey", [], id="a free type of a list"),
        pytest.param("aws:costexplorer/anomalySubscription:AnomalySubscription", [], id="another"),
        pytest.param(
            "aws:fms/policy:Policy",
            ["is of a type that is billed, or may be, and has no price here"],
            id="a type that is billed and looks like a free one",
        ),
        pytest.param(
            "aws:mwaa/environment:Environment",
            ["is of a type that is billed, or may be, and has no price here"],
            id="a type that is billed",
        ),
        pytest.param(
            "aws:unheard/of:Of",
            ["is of a type that is neither priced here nor known to be free"],
            id="a type in no list",
        ),
        pytest.param(
            "aws-native:s3:Bucket",
            ["is of a type that is neither priced here nor known to be free"],
            id="a type of the other provider of AWS",
        ),
        pytest.param("random:index/randomId:RandomId", [], id="a type of another provider"),
        pytest.param("my:modules:Network", [], id="a component"),
        pytest.param(PROVIDER, [], id="a provider"),
    ],
)
def test_a_type_without_prices(type_: str, expected: list[str]) -> None:
    assert unpriced(make(type_)) == expected


@pytest.mark.parametrize("free", ["aws:mwaa/environment:Environment", "aws:mwaa/*"])
def test_a_type_that_the_user_knows_to_be_free(free: str) -> None:
    assert unpriced(make("aws:mwaa/environment:Environment"), free=(free,)) == []


@pytest.mark.parametrize(
    ("examples", "region", "expected"),
    [
        pytest.param((make(KEY),), None, "us-east-1", id="us-east-1 where nothing is said"),
        pytest.param((make(KEY),), "eu-west-1", "eu-west-1", id="the region that is asked for"),
        pytest.param(
            (make(PROVIDER, "p", region="eu-west-1"),), None, "eu-west-1", id="the provider's"
        ),
        pytest.param(
            (make(PROVIDER, "p", region="eu-west-1"),), "us-east-1", "us-east-1", id="asked first"
        ),
        pytest.param(
            (make(PROVIDER, "p", region="eu-west-1"), make(PROVIDER, "q", region="eu-west-2")),
            None,
            "us-east-1",
            id="providers that disagree",
        ),
        pytest.param(
            (make(PROVIDER, "p", region="eu-west-1"), make(PROVIDER, "q")),
            None,
            "eu-west-1",
            id="a provider that says nothing",
        ),
        pytest.param(
            (make(PROVIDER, "p", region=UNKNOWN),), None, "us-east-1", id="a region not known yet"
        ),
    ],
)
def test_the_region_of_an_estimate(
    examples: tuple[Example, ...], region: str | None, expected: str
) -> None:
    assert estimate(graph_of(*examples), region=region).region == expected


def test_the_day_of_the_prices_is_that_of_the_table() -> None:
    table = load_table("us-east-1")
    assert table is not None
    assert estimate(graph_of()).dated == table.dated


def test_a_region_without_a_table_has_no_day_and_no_lines() -> None:
    result = estimate(graph_of(make(KEY)), region="af-south-1")
    assert result.dated is None
    assert shown(result) == [
        f"it {WITHOUT_TABLE}",
    ]


@pytest.mark.parametrize(
    ("region", "expected"),
    [
        pytest.param("us-east-1", f"it {KEY_LINE}", id="one with a table"),
        pytest.param(
            "af-south-1",
            f"it {WITHOUT_TABLE}",
            id="one without a table",
        ),
        *(
            pytest.param(
                region,
                f"it is in {region}, which has no price table; write {region}.json into "
                "`priceFolder` of cost-monthly-budget by hand",
                id=region,
            )
            for region in ("cn-north-1", "eusc-de-east-1", "us-iso-east-1")
        ),
        pytest.param("nowhere", f"it {KEY_LINE}", id="a text that is not a region"),
        pytest.param(UNKNOWN, f"it {KEY_LINE}", id="one that is not known yet"),
        pytest.param(None, f"it {KEY_LINE}", id="none"),
    ],
)
def test_a_resource_may_name_its_region(region: object, expected: str) -> None:
    assert expected in shown(estimate(graph_of(make(KEY, region=region))))


@pytest.mark.parametrize("region", ["af-south-1", "cn-north-1", "us-gov-west-1"])
def test_what_bills_by_use_alone_needs_no_table(region: str) -> None:
    stack = graph_of(make("aws:sqs/queue:Queue", name="q"), make("aws:s3/bucket:Bucket", name="b"))
    assert estimate(stack, region=region).unpriced == ()


@pytest.mark.parametrize("region", [UNKNOWN, None], ids=["not known yet", "none"])
def test_where_providers_name_several_regions_each_resource_has_to_name_its_own(
    region: object,
) -> None:
    providers = (make(PROVIDER, "p", region="eu-west-1"), make(PROVIDER, "q", region="us-east-1"))
    reason = "is not priced: `region` is not known: it may be eu-west-1 or us-east-1"
    assert unpriced(*providers, make(KEY, region=region)) == [reason]


def test_what_bills_by_use_alone_needs_no_region() -> None:
    providers = (make(PROVIDER, "p", region="eu-west-1"), make(PROVIDER, "q", region="eu-west-2"))
    assert unpriced(*providers, make("aws:sqs/queue:Queue", "jobs")) == []


def test_a_resource_with_a_region_is_priced_whatever_the_providers_name() -> None:
    providers = (make(PROVIDER, "p", region="eu-west-1"), make(PROVIDER, "q", region="eu-west-2"))
    assert unpriced(*providers, make(KEY, region="us-east-1")) == []


def test_free_types_are_free_in_every_region() -> None:
    assert shown(estimate(graph_of(make("aws:ec2/vpc:Vpc", region="eu-west-1")))) == []


def test_a_property_that_cannot_be_read_is_named_with_its_resource() -> None:
    (item,) = estimate(graph_of(make("aws:ebs/volume:Volume", size=UNKNOWN))).unpriced
    assert item.unreadable is not None
    assert item.unreadable.path == "size"
    assert item.unreadable.resource is item.resource


def test_another_resources_property_is_named_with_that_resource() -> None:
    stack = graph_of(
        Example(
            type=SERVICE,
            name="web",
            properties={"launchType": "FARGATE", "taskDefinition": UNKNOWN, "desiredCount": 1},
            references={"taskDefinition": ("task",)},
        ),
        make(TASK, "task", cpu=UNKNOWN, memory="1024", containerDefinitions="[]"),
    )
    (item,) = estimate(stack).unpriced
    assert item.reason == "is not priced: `cpu` of task is not known yet"
    assert item.unreadable is not None
    assert item.unreadable.resource is not None
    assert item.unreadable.resource.name == "task"


def test_totals_are_the_sums_of_the_rounded_lines() -> None:
    many = [make("aws:ssm/parameter:Parameter", f"p{n}", tier="Advanced") for n in range(7)]
    result = estimate(graph_of(*many))
    assert result.base == Decimal("0.35")
    assert result.worst == Decimal("0.35")


def test_no_price_is_nothing_and_each_has_unit_and_source() -> None:
    table = load_table("us-east-1")
    assert table is not None
    assert all(price.usd > 0 and price.unit and price.source for price in table.prices.values())


def test_what_is_left_to_the_provider_and_not_known_yet_is_absent() -> None:
    database = make(
        "aws:rds/instance:Instance",
        engine="postgres",
        instanceClass="db.t4g.micro",
        allocatedStorage=20,
        storageType=UNKNOWN,
        iops=UNKNOWN,
        multiAz=UNKNOWN,
        performanceInsightsRetentionPeriod=UNKNOWN,
    )
    result = estimate(graph_of(database))
    assert result.unpriced == ()
    assert [line.item for line in result.lines][:2] == ["postgres db.t4g.micro", "gp3 storage"]


def test_what_the_program_gives_and_is_not_known_yet_is_not_read() -> None:
    volume = make("aws:ebs/volume:Volume", "source", size=1, type="gp3")
    database = Example(
        type="aws:rds/instance:Instance",
        name="it",
        properties={"engine": "postgres", "instanceClass": "db.t4g.micro", "multiAz": UNKNOWN},
        references={"multiAz": ("source",)},
    )
    assert unpriced(volume, database) == ["is not priced: `multiAz` is not known yet"]


def test_a_list_that_is_given_and_not_known_yet_is_not_counted() -> None:
    balancer = Example(
        type="aws:lb/loadBalancer:LoadBalancer",
        name="it",
        properties={"subnets": UNKNOWN},
        references={"subnets": ("vpc",)},
    )
    vpc = make("aws:ec2/vpc:Vpc", "vpc")
    assert unpriced(vpc, balancer) == ["is not priced: `subnets` is not known yet"]


@pytest.mark.parametrize("key", ["desiredCount", "deploymentMaximumPercent"])
def test_a_count_that_is_not_known_yet_is_never_taken_for_nothing(key: str) -> None:
    service = Example(
        type=SERVICE,
        name="it",
        properties={"launchType": "FARGATE", "taskDefinition": UNKNOWN, key: UNKNOWN},
        references={"taskDefinition": ("task",)},
    )
    task = make(TASK, "task", cpu="256", memory="512", containerDefinitions="[]")
    assert unpriced(service, task) == [f"is not priced: `{key}` is not known yet"]


PROPERTIES = (
    "allocatedStorage",
    "billingMode",
    "cacheUsageLimits",
    "clusterConfig",
    "containerDefinitions",
    "cpu",
    "deploymentMaximumPercent",
    "desiredCount",
    "engine",
    "environment",
    "globalSecondaryIndexes",
    "instanceClass",
    "instanceType",
    "iops",
    "launchType",
    "memory",
    "metricQueries",
    "multiAz",
    "name",
    "nodeType",
    "region",
    "resourceId",
    "rootBlockDevice",
    "rules",
    "scalableDimension",
    "scalingConfig",
    "serverlessv2ScalingConfiguration",
    "settings",
    "size",
    "storageType",
    "subnets",
    "taskDefinition",
    "vpcEndpointType",
)
TYPES = [*PRICING, TASK, "aws:appautoscaling/target:Target", "aws:mwaa/environment:Environment"]
WORDS = st.sampled_from(
    ["FARGATE", "postgres", "db.t4g.micro", "ecs:service:DesiredCount", "gp3", "io1", "512"]
)


@st.composite
def stacks(draw: st.DrawFn) -> Graph:
    types = draw(st.lists(st.sampled_from(TYPES), max_size=5))
    names = [f"r{number}" for number in range(len(types))]
    values = st.one_of(VALUES, WORDS, st.sampled_from(names) if names else st.none())
    return graph_of(
        *(
            Example(
                type=type_,
                name=name,
                properties=draw(st.dictionaries(st.sampled_from(PROPERTIES), values, max_size=8)),
                references=draw(
                    st.dictionaries(
                        st.sampled_from(PROPERTIES),
                        st.tuples(st.sampled_from(names)),
                        max_size=3,
                    )
                ),
            )
            for type_, name in zip(types, names, strict=True)
        )
    )


@given(stacks())
def test_no_stack_makes_an_estimate_raise_and_worst_is_never_below_base(stack: Graph) -> None:
    result = estimate(stack)
    assert all(line.worst >= line.base >= 0 for line in result.lines)
    assert result.worst >= result.base
    assert result.base == sum((line.base for line in result.lines), Decimal(0))
    assert all(line.base == money(line.quantity, line.unit_price) for line in result.lines)


@given(stacks())
def test_what_always_bills_has_a_line_or_is_named(stack: Graph) -> None:
    result = estimate(stack)
    named = {line.resource.urn for line in result.lines}
    named |= {item.resource.urn for item in result.unpriced}
    for resource in stack.of_type("aws:rds/instance:Instance", "aws:kms/key:Key"):
        assert resource.urn in named


@given(
    count=st.integers(min_value=0, max_value=1000),
    more=st.integers(min_value=0, max_value=1000),
    percent=st.integers(min_value=0, max_value=400),
)
def test_more_tasks_never_cost_less(count: int, more: int, percent: int) -> None:
    def costs(tasks: int) -> tuple[Decimal, Decimal]:
        service = Example(
            type=SERVICE,
            name="web",
            properties={
                "launchType": "FARGATE",
                "desiredCount": tasks,
                "deploymentMaximumPercent": percent,
                "taskDefinition": UNKNOWN,
            },
            references={"taskDefinition": ("task",)},
        )
        task = make(TASK, "task", cpu="256", memory="512", containerDefinitions="[]")
        result = estimate(graph_of(service, task))
        return result.base, result.worst

    fewer = costs(count)
    assert all(now >= before for now, before in zip(costs(count + more), fewer, strict=True))


@given(st.permutations(["a", "b", "c"]))
def test_the_order_of_the_resources_changes_no_total(names: list[str]) -> None:
    sizes = {"a": 1, "b": 20, "c": 300}
    volumes = [make("aws:ebs/volume:Volume", name, size=sizes[name], type="gp3") for name in names]
    assert estimate(graph_of(*volumes)).base == Decimal("25.68")


def test_a_resource_is_found_by_what_the_engine_sends() -> None:
    resource = Resource(dict, urn="urn:key", type=KEY, name="key")
    assert [line.item for line in estimate(Graph([resource])).lines] == [
        "key",
        "key requests (usage only)",
    ]


@pytest.mark.parametrize("type_", ["aws:codecommit/repository:Repository", "aws:pipes/pipe:Pipe"])
def test_a_type_that_bills_its_use_alone_has_a_line_that_counts_nothing(type_: str) -> None:
    result = estimate(graph_of(make(type_)))
    assert [(line.item, line.base, line.worst) for line in result.lines] == [
        ("use (usage only)", Decimal(0), Decimal(0))
    ]
    assert result.unpriced == ()


@pytest.mark.parametrize(
    ("region", "volume"), [("eu-north-1", "0.836000"), ("us-west-2", "0.800000")]
)
def test_a_region_with_a_part_of_the_prices_says_what_it_lacks(region: str, volume: str) -> None:
    database = make(
        "aws:rds/instance:Instance",
        "db",
        engine="postgres",
        instanceClass="db.t4g.micro",
        allocatedStorage=20,
    )
    disk = make("aws:ebs/volume:Volume", "disk", size=10, type="gp3")
    result = estimate(graph_of(database, disk), region=region, tables=load_table)
    assert [(line.item, str(line.base)) for line in result.lines if line.base] == [
        ("gp3 volume", volume)
    ]
    assert result.unpriced[0].reason == (
        f"has no price for postgres db.t4g.micro in {region} "
        "(`rds/instance-hour/postgres/db.t4g.micro`); "
        f"run `aws-policy-pack prices --region {region}`"
    )


def test_without_a_table_what_cannot_be_read_is_named_too() -> None:
    volume = make("aws:ebs/volume:Volume", size=UNKNOWN)
    assert shown(estimate(graph_of(volume), region="af-south-1")) == [f"it {WITHOUT_TABLE}"]


def test_each_variable_of_scalers_is_looked_for() -> None:
    scaler = Example(
        type="aws:lambda/function:Function",
        name="scaler",
        properties={"environment": {"variables": {"MOST": "4", "HIGHEST": "5"}}},
    )
    result = estimate(graph_of(scaler), environment_names=("LIMIT", "MOST", "HIGHEST"))
    assert [item.reason for item in result.unpriced] == [
        "may start 4 tasks (MOST) of a service that is not in this stack",
        "may start 5 tasks (HIGHEST) of a service that is not in this stack",
    ]


def test_the_days_of_prices_are_told_of_the_regions_that_are_priced_alone() -> None:
    volume = make("aws:ebs/volume:Volume", "disk", size=1, type="gp3")
    assert estimate_of(volume).priced_in == {"us-east-1": PRICES.dated}
    assert estimate_of().priced_in == {}
