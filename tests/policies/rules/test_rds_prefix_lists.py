"""Prefix lists through which something reaches a database."""

from collections.abc import Mapping

import pytest

from aws_policy_pack.rules.network.grants import ENTRY, INGRESS_RULE, PREFIX_LIST, SECURITY_GROUP
from aws_policy_pack.rules.rds.ingress import ingress_from_declared_groups
from aws_policy_pack.testing import UNKNOWN, Example, analyze_stack
from tests.policies.rules.rds_ingress import WANTED, database_behind, group, older_rule
from tests.policies.rules.reading import said


def prefix_list(*cidrs: object, **properties: object) -> Example:
    entries = {"entries": [{"cidr": cidr} for cidr in cidrs]} if cidrs else {}
    return Example(type=PREFIX_LIST, name="office", properties={**entries, **properties})


def entry(cidr: object) -> Example:
    return Example(
        type=ENTRY,
        name="entry",
        properties={"cidr": cidr},
        references={"prefixListId": ("office",)},
    )


def naming_the_list(kind: str, value: object) -> Example:
    """A rule of each kind whose source is a prefix list."""
    ports = {"fromPort": 5432, "toPort": 5432}
    own = {"securityGroupId": ("database",)}
    match kind:
        case "a rule of one source":
            properties = {"ipProtocol": "tcp", **ports, "prefixListId": value}
            references = {**own, "prefixListId": ("office",)}
            return Example(
                type=INGRESS_RULE, name="rule", properties=properties, references=references
            )
        case "the older rule":
            return older_rule(prefixListIds=[value])
        case _:
            ingress = [{"protocol": "tcp", **ports, "prefixListIds": [value]}]
            return Example(
                type=SECURITY_GROUP,
                name="database",
                properties={"ingress": ingress},
                references={"ingress": ("office",)},
            )


def judged_by_list(
    kind: str, *lists: Example, value: object, config: Mapping[str, object] | None = None
) -> list[str]:
    holder = naming_the_list(kind, value)
    database = [] if holder.name == "database" else [group()]
    stack = [*lists, *database, holder, database_behind("database")]
    found = said(analyze_stack(ingress_from_declared_groups, stack, config=config))
    return [each.removeprefix("rule: ").removeprefix("database: `ingress[0]` ") for each in found]


KINDS = ["a rule of one source", "the older rule", "an inline rule"]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("lists", "config"),
    [
        pytest.param([prefix_list("203.0.113.0/28", id="pl-1")], None, id="narrow"),
        pytest.param([prefix_list("fd00::/64", id="pl-1")], None, id="narrow IPv6"),
        pytest.param(
            [prefix_list(id="pl-1"), entry("203.0.113.0/28")], None, id="an entry of its own"
        ),
        pytest.param(
            [prefix_list("0.0.0.0/0", id="pl-1")], {"outsideSources": ["pl-*"]}, id="by id"
        ),
        pytest.param(
            [prefix_list("0.0.0.0/0", id="pl-1", name="office-dev")],
            {"outsideSources": ["office-*"]},
            id="by name",
        ),
    ],
)
@pytest.mark.parametrize("is_known", [True, False], ids=["known", "unknown"])
def test_narrow_prefix_lists_of_the_stack_pass(
    kind: str, lists: list[Example], config: Mapping[str, object] | None, *, is_known: bool
) -> None:
    value: object = "pl-1"
    if not is_known:
        value = UNKNOWN
        if config is None:
            lists = [
                Example(
                    type=each.type,
                    name=each.name,
                    properties={**each.properties, "id": UNKNOWN},
                    references=each.references,
                )
                for each in lists
            ]
    assert judged_by_list(kind, *lists, value=value, config=config) == []


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("lists", "blocks"),
    [
        pytest.param([prefix_list("0.0.0.0/0", id="pl-1")], "0.0.0.0/0", id="inline"),
        pytest.param(
            [prefix_list("10.0.0.0/28", id="pl-1"), entry("10.0.0.0/8")],
            "10.0.0.0/8",
            id="an entry of its own",
        ),
        pytest.param(
            [prefix_list("10.0.0.0/9", "10.128.0.0/9", id="pl-1")], "10.0.0.0/8", id="halves"
        ),
        pytest.param(
            [prefix_list("10.1.2.3/8", id="pl-1")], "10.0.0.0/8", id="an address inside the block"
        ),
        pytest.param([prefix_list("::/0", id=UNKNOWN)], "::/0", id="an id that is not known"),
        pytest.param(
            [prefix_list("10.0.0.0/8", UNKNOWN, id="pl-1")],
            "10.0.0.0/8",
            id="beside an unknown one",
        ),
    ],
)
def test_wide_entries_of_a_prefix_list_are_found(
    kind: str, lists: list[Example], blocks: str
) -> None:
    value = lists[0].properties["id"]
    assert judged_by_list(kind, *lists, value=value) == [
        f"lets {blocks} of the prefix list 'office' reach the database 'orders'; {WANTED}"
    ]


@pytest.mark.parametrize("kind", KINDS)
def test_a_prefix_list_beside_one_of_the_stack_is_found(kind: str) -> None:
    lists = prefix_list("10.0.0.0/28", id="pl-1")
    assert judged_by_list(kind, lists, value="pl-9") == [
        f"lets the prefix list 'pl-9' reach the database 'orders'; {WANTED}"
    ]


@pytest.mark.parametrize(
    ("lists", "expected"),
    [
        pytest.param(
            [prefix_list(UNKNOWN, id="pl-1")],
            "not evaluated: office: `entries[0].cidr` is not known yet",
            id="inline",
        ),
        pytest.param(
            [prefix_list(id="pl-1"), entry(UNKNOWN)],
            "not evaluated: entry: `cidr` is not known yet",
            id="an entry of its own",
        ),
        pytest.param(
            [prefix_list("ten", id="pl-1")],
            "not evaluated: office: `entries[0].cidr` is 'ten', not a block of addresses",
            id="no block",
        ),
        pytest.param(
            [
                Example(
                    type=PREFIX_LIST,
                    name="office",
                    properties={"id": "pl-1", "entries": UNKNOWN},
                    references={"entries": ("vpc",)},
                ),
                Example(type="aws:ec2/vpc:Vpc", name="vpc"),
            ],
            "not evaluated: office: `entries` is not known yet",
            id="all entries",
        ),
    ],
)
def test_entries_that_are_not_known_are_told(lists: list[Example], expected: str) -> None:
    assert judged_by_list("a rule of one source", *lists, value="pl-1") == [expected]


def test_an_inline_rule_is_judged_by_the_lists_that_it_names() -> None:
    ports = {"protocol": "tcp", "fromPort": 5432, "toPort": 5432}
    database = Example(
        type=SECURITY_GROUP,
        name="database",
        properties={
            "ingress": [{**ports, "prefixListIds": ["pl-2"]}, {**ports, "prefixListIds": ["pl-1"]}]
        },
        references={"ingress": ("office", "wide")},
    )
    wide = Example(
        type=PREFIX_LIST,
        name="wide",
        properties={"id": "pl-2", "entries": [{"cidr": "10.0.0.0/8"}]},
    )
    stack = [prefix_list("10.0.0.0/28", id="pl-1"), wide, database, database_behind("database")]
    assert said(analyze_stack(ingress_from_declared_groups, stack)) == [
        (
            "database: `ingress[0]` lets 10.0.0.0/8 of the prefix list 'wide' reach the database "
            f"'orders'; {WANTED}"
        )
    ]
