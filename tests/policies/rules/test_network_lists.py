"""What security group rules open by prefix lists, and rules that the provider shows twice."""

from collections.abc import Mapping
from typing import Any

import pytest

from aws_policy_pack.rules.network.grants import (
    ENTRY,
    INGRESS_RULE,
    PREFIX_LIST,
    SECURITY_GROUP,
    SECURITY_GROUP_RULE,
)
from aws_policy_pack.rules.network.openness import egress_open, ingress_open
from aws_policy_pack.testing import UNKNOWN, Example, analyze_stack
from tests.policies.rules.reading import problems

HALVES = ("0.0.0.0/1", "128.0.0.0/1")
ARN = "arn:aws:ec2:eu-west-1:111122223333:prefix-list/pl-1"
SSH = {"protocol": "tcp", "fromPort": 22, "toPort": 22}
GROUP = Example(type=SECURITY_GROUP, name="group", properties={"id": "sg-1"})


def prefix_list(*cidrs: object, name: str = "office", **properties: object) -> Example:
    entries = [{"cidr": cidr} for cidr in cidrs]
    return Example(
        type=PREFIX_LIST, name=name, properties={"id": "pl-1", "entries": entries, **properties}
    )


def inline(*rules: Mapping[str, object], lists: tuple[str, ...] = ("office",)) -> Example:
    return Example(
        type=SECURITY_GROUP,
        name="subject",
        properties={"ingress": list(rules)},
        references={"ingress": lists} if lists else {},
    )


def naming(kind: str, value: object, **properties: object) -> Example:
    """A rule of each kind whose source is the prefix list."""
    if kind == "inline":
        return inline({**SSH, "prefixListIds": [value], **properties})
    key, own = (
        ("prefixListIds", [value]) if kind == SECURITY_GROUP_RULE else ("prefixListId", value)
    )
    return Example(
        type=kind,
        name="subject",
        properties={**SSH, "ipProtocol": "tcp", "type": "ingress", key: own, **properties},
        references={"securityGroupId": ("group",), key: ("office",)},
    )


def found(*stack: Example) -> list[str]:
    return problems(analyze_stack(ingress_open, stack))


every_kind = pytest.mark.parametrize("kind", ["inline", SECURITY_GROUP_RULE, INGRESS_RULE])


@every_kind
@pytest.mark.parametrize(
    ("own", "name"),
    [
        pytest.param({"id": "pl-1"}, "pl-1", id="known"),
        pytest.param({"id": UNKNOWN, "arn": UNKNOWN}, UNKNOWN, id="unknown"),
        pytest.param({"id": None, "arn": ARN}, "pl-1", id="by its ARN"),
        pytest.param({"id": None}, "pl-1", id="without a name"),
    ],
)
def test_a_list_that_is_the_internet_is_found(kind: str, own: dict[str, Any], name: object) -> None:
    [problem] = found(prefix_list(*HALVES, **own), GROUP, naming(kind, name))
    place = "`ingress[0]` " if kind == "inline" else ""
    assert problem == (
        f"subject: {place}lets 0.0.0.0/0 in on tcp port 22, through the prefix list 'office'"
    )


@every_kind
@pytest.mark.parametrize(
    ("cidrs", "properties"),
    [
        pytest.param(["203.0.113.0/24"], {}, id="narrow"),
        pytest.param(["10.0.0.0/8"], {}, id="private"),
        pytest.param(HALVES, {"fromPort": 443, "toPort": 443}, id="an allowed port"),
    ],
)
def test_a_list_that_opens_nothing_passes(
    kind: str, cidrs: list[object], properties: dict[str, object]
) -> None:
    assert found(prefix_list(*cidrs), GROUP, naming(kind, "pl-1", **properties)) == []


def test_entries_of_their_own_count() -> None:
    entries = [
        Example(
            type=ENTRY,
            name=f"entry-{cidr}",
            properties={"cidr": cidr},
            references={"prefixListId": ("office",)},
        )
        for cidr in HALVES
    ]
    assert found(prefix_list(), *entries, GROUP, naming(INGRESS_RULE, "pl-1")) == [
        "subject: lets 0.0.0.0/0 in on tcp port 22, through the prefix list 'office'"
    ]


def test_a_list_and_a_block_are_judged_together() -> None:
    rule = {**SSH, "cidrBlocks": [HALVES[0]], "prefixListIds": ["pl-1"]}
    assert found(prefix_list(HALVES[1]), inline(rule)) == [
        "subject: `ingress[0]` lets 0.0.0.0/0 in on tcp port 22"
    ]


def test_a_list_is_not_blamed_where_a_block_is_the_internet_already() -> None:
    rule = {**SSH, "cidrBlocks": ["0.0.0.0/0"], "prefixListIds": ["pl-1"]}
    assert found(prefix_list("203.0.113.0/24"), inline(rule)) == [
        "subject: `ingress[0]` lets 0.0.0.0/0 in on tcp port 22"
    ]


def test_an_entry_that_is_not_known_is_said() -> None:
    assert found(prefix_list(UNKNOWN), GROUP, naming(INGRESS_RULE, "pl-1")) == [
        "not evaluated: office: `entries[0].cidr` is not known yet"
    ]


def test_a_list_that_is_not_known_does_not_hide_the_internet() -> None:
    rule = {**SSH, "cidrBlocks": ["0.0.0.0/0"], "prefixListIds": [UNKNOWN]}
    assert found(inline(rule, lists=())) == [
        "subject: `ingress[0]` lets 0.0.0.0/0 in on tcp port 22"
    ]
    assert found(inline({**SSH, "prefixListIds": [UNKNOWN]}, lists=())) == [
        "not evaluated: subject: `ingress[0].prefixListIds[0]` is not known yet"
    ]


def test_an_inline_rule_is_judged_by_the_lists_that_it_names() -> None:
    wide, narrow = prefix_list(*HALVES), prefix_list("203.0.113.0/24", id="pl-2", name="vpn")
    web = {**SSH, "fromPort": 443, "toPort": 443, "prefixListIds": ["pl-1"]}
    ssh = {**SSH, "prefixListIds": ["pl-2"]}
    assert found(wide, narrow, inline(web, ssh, SSH, lists=("office", "vpn"))) == []


def test_an_inline_rule_that_names_another_list_by_its_arn_passes() -> None:
    wide = prefix_list(*HALVES, id=None, arn=ARN)
    assert found(wide, inline({**SSH, "prefixListIds": ["pl-2"]})) == []


def test_a_list_without_a_name_is_not_blamed_for_a_rule_that_names_another() -> None:
    wide = prefix_list(*HALVES, id=UNKNOWN)
    narrow = prefix_list("203.0.113.0/24", id="pl-2", name="vpn")
    web = {**SSH, "fromPort": 443, "toPort": 443, "prefixListIds": [UNKNOWN]}
    ssh = {**SSH, "prefixListIds": ["pl-2"]}
    assert found(wide, narrow, inline(web, ssh, lists=("office", "vpn"))) == []


def test_which_of_two_lists_an_inline_rule_names_may_not_be_known() -> None:
    wide = prefix_list(*HALVES, id=UNKNOWN)
    narrow = prefix_list("203.0.113.0/24", id=UNKNOWN, name="vpn")
    both = ("office", "vpn")
    ssh = {**SSH, "prefixListIds": [UNKNOWN]}
    assert found(wide, narrow, inline(ssh, lists=both)) == [
        "not evaluated: subject: `ingress[0].prefixListIds` is not known yet"
    ]
    [problem] = found(wide, narrow, inline({**SSH, "prefixListIds": [UNKNOWN] * 2}, lists=both))
    assert problem.endswith(" in on tcp port 22, through the prefix list 'office', 'vpn'")


def test_egress_through_a_list_is_found() -> None:
    group = Example(
        type=SECURITY_GROUP,
        name="subject",
        properties={"egress": [{**SSH, "prefixListIds": ["pl-1"]}]},
        references={"egress": ("office",)},
    )
    assert problems(analyze_stack(egress_open, [prefix_list(*HALVES), group])) == [
        "subject: `egress[0]` lets tcp port 22 out to 0.0.0.0/0, through the prefix list 'office'"
    ]


OPEN_RULE = Example(
    type=INGRESS_RULE,
    name="rule",
    properties={"ipProtocol": "tcp", "fromPort": 22, "toPort": 22, "cidrIpv4": "0.0.0.0/0"},
    references={"securityGroupId": ("subject",)},
)
OF_THE_RULE = ["rule: lets 0.0.0.0/0 in on tcp port 22"]
OF_THE_GROUP = ["subject: `ingress[0]` lets 0.0.0.0/0 in on tcp port 22"]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        pytest.param({}, [], id="the same"),
        pytest.param({"cidrBlocks": ["0.0.0.0/0", "203.0.113.0/24"]}, OF_THE_GROUP, id="more"),
        pytest.param({"cidrBlocks": ["0.0.0.0/0", UNKNOWN]}, OF_THE_GROUP, id="what is not known"),
    ],
)
def test_a_rule_that_the_provider_shows_at_its_group_is_found_once(
    change: Mapping[str, object], expected: list[str]
) -> None:
    group = inline({**SSH, "cidrBlocks": ["0.0.0.0/0"], **change}, lists=())
    assert sorted(found(group, OPEN_RULE)) == sorted([*expected, *OF_THE_RULE])


def test_a_rule_that_the_program_gives_at_its_group_too_is_found_twice() -> None:
    group = inline({**SSH, "cidrBlocks": ["0.0.0.0/0"]})
    assert sorted(found(prefix_list(), group, OPEN_RULE)) == sorted([*OF_THE_GROUP, *OF_THE_RULE])
