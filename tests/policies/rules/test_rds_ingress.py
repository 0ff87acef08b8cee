"""Who reaches a database through its security groups."""

from collections.abc import Mapping

import pytest
from pydantic import ValidationError

from aws_policy_pack.rules.network.grants import (
    DEFAULT_SECURITY_GROUP,
    INGRESS_RULE,
    SECURITY_GROUP,
    SECURITY_GROUP_RULE,
)
from aws_policy_pack.rules.rds.ingress import ingress_from_declared_groups
from aws_policy_pack.testing import UNKNOWN, Example, analyze_stack
from aws_policy_pack.type_tokens import RDS_CLUSTER
from tests.policies.rules.rds_ingress import (
    WANTED,
    database_behind,
    group,
    judged,
    older_rule,
    rule,
)
from tests.policies.rules.reading import said

GUIDE = "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide"


def test_a_wide_block_is_told_whole() -> None:
    stack = [group(), rule(cidrIpv4="10.0.0.0/8"), database_behind("database")]
    [report] = analyze_stack(ingress_from_declared_groups, stack)
    assert (report.level, report.name) == ("advisory", "rule")
    assert report.message == (
        f"rule: lets 10.0.0.0/8 reach the database 'orders'; {WANTED}. Fix: Name the security "
        f"group of the clients as the source. {GUIDE}/Overview.RDSSecurityGroups.html"
    )


def test_a_database_without_group_is_told_whole() -> None:
    [report] = analyze_stack(ingress_from_declared_groups, [database_behind(ids=None)])
    assert report.message == (
        "orders: `vpcSecurityGroupIds` is not set, so the database is in the VPC's default group; "
        "wanted a security group of this stack. Fix: Declare a security group for the database, "
        f"and name it in `vpcSecurityGroupIds`. {GUIDE}/Overview.RDSSecurityGroups.html"
    )


def test_a_group_from_elsewhere_is_told_whole() -> None:
    stack = [group(id="sg-1"), database_behind(ids=["sg-1", "sg-2"])]
    [report] = analyze_stack(ingress_from_declared_groups, stack)
    assert report.message == (
        "orders: `vpcSecurityGroupIds` has 'sg-2', which the stack does not declare; wanted "
        "security groups of this stack, or those of `outsideSources` of "
        "rds-ingress-from-declared-groups. Fix: Declare a security group for the database, and "
        f"name it in `vpcSecurityGroupIds`. {GUIDE}/Overview.RDSSecurityGroups.html"
    )


@pytest.mark.parametrize("ids", [UNKNOWN, [], None])
def test_groups_that_are_left_to_aws_are_found(ids: object) -> None:
    [found] = said(analyze_stack(ingress_from_declared_groups, [database_behind(ids=ids)]))
    assert found.startswith("orders: `vpcSecurityGroupIds` is not set")


@pytest.mark.parametrize(
    ("stack", "config"),
    [
        pytest.param([group(), database_behind("database")], None, id="by reference"),
        pytest.param(
            [group(), database_behind("database", ids=["sg-1"])], None, id="an id nobody tells"
        ),
        pytest.param(
            [group(), group("second"), database_behind("database", "second", ids=["sg-1"])],
            None,
            id="fewer ids than groups",
        ),
        pytest.param([group(id="sg-1"), database_behind(ids=["sg-1"])], None, id="by id"),
        pytest.param(
            [database_behind(ids=["sg-9"])], {"outsideSources": ["sg-8", "sg-9"]}, id="allowed"
        ),
        pytest.param(
            [group(), database_behind("database", type=RDS_CLUSTER)], None, id="a cluster"
        ),
    ],
)
def test_a_database_in_a_declared_group_passes(
    stack: list[Example], config: Mapping[str, object] | None
) -> None:
    assert analyze_stack(ingress_from_declared_groups, stack, config=config) == []


def test_more_ids_than_groups_are_found() -> None:
    stack = [group(), database_behind("database", ids=["sg-1", "sg-2"])]
    [found] = said(analyze_stack(ingress_from_declared_groups, stack))
    assert "has 'sg-1', 'sg-2', which the stack does not declare" in found


@pytest.mark.parametrize(
    ("source", "sources"),
    [
        pytest.param({"cidrIpv4": "10.0.0.0/23"}, "10.0.0.0/23", id="a bit too wide"),
        pytest.param({"cidrIpv4": "0.0.0.0/0"}, "0.0.0.0/0", id="the internet"),
        pytest.param({"cidrIpv6": "fd00::/63"}, "fd00::/63", id="IPv6"),
        pytest.param(
            {"cidrIpv4": "10.0.0.0/8", "cidrIpv6": "::/0"}, "10.0.0.0/8 and ::/0", id="both"
        ),
        pytest.param(
            {"referencedSecurityGroupId": "sg-9"}, "the security group 'sg-9'", id="a group"
        ),
        pytest.param(
            {"referencedSecurityGroupId": "111122223333/sg-9"},
            "the security group '111122223333/sg-9'",
            id="a group of another account",
        ),
        pytest.param({"prefixListId": "pl-1"}, "the prefix list 'pl-1'", id="a prefix list"),
        pytest.param(
            {"cidrIpv4": "10.0.0.0/8", "ipProtocol": "-1"}, "10.0.0.0/8", id="all traffic"
        ),
        pytest.param(
            {"cidrIpv4": "10.0.0.0/8", "fromPort": 22, "toPort": 22}, "10.0.0.0/8", id="any port"
        ),
    ],
)
def test_other_sources_are_found(source: Mapping[str, object], sources: str) -> None:
    assert judged(rule(by=None, **source)) == [
        f"rule: lets {sources} reach the database 'orders'; {WANTED}"
    ]


@pytest.mark.parametrize(
    ("rules", "config"),
    [
        pytest.param([rule(cidrIpv4="10.0.0.0/24")], None, id="just narrow enough"),
        pytest.param([rule(cidrIpv6="fd00::/64")], None, id="narrow IPv6"),
        pytest.param([rule(cidrIpv6="fd00::/65")], None, id="narrower IPv6"),
        pytest.param([rule(cidrIpv4="10.0.0.0/25")], None, id="narrower IPv4"),
        pytest.param([rule(cidrIpv4="10.0.0.0/16")], {"minIpv4PrefixBits": 16}, id="allowed IPv4"),
        pytest.param([rule(cidrIpv6="fd00::/8")], {"minIpv6PrefixBits": 8}, id="allowed IPv6"),
        pytest.param(
            [group("web"), rule(by="web", referencedSecurityGroupId=UNKNOWN)], None, id="reference"
        ),
        pytest.param(
            [group("web"), rule(by="web", referencedSecurityGroupId="sg-1")], None, id="its id"
        ),
        pytest.param(
            [group("web", id="sg-1"), rule(referencedSecurityGroupId="sg-1")], None, id="by id"
        ),
        pytest.param(
            [rule(referencedSecurityGroupId="sg-9")], {"outsideSources": ["sg-*"]}, id="allowed"
        ),
        pytest.param([rule(prefixListId="pl-1")], {"outsideSources": ["pl-1"]}, id="allowed list"),
        pytest.param([rule(cidrIpv4="10.0.0.0/8", ipProtocol="icmp")], None, id="ping"),
        pytest.param([rule(cidrIpv4=None)], None, id="no source"),
        pytest.param(
            [
                group("web"),
                Example(
                    type=INGRESS_RULE,
                    name="other",
                    properties={"ipProtocol": "tcp", "cidrIpv4": "0.0.0.0/0"},
                    references={"securityGroupId": ("web",)},
                ),
            ],
            None,
            id="a rule of another group",
        ),
    ],
)
def test_declared_groups_and_narrow_blocks_pass(
    rules: list[Example], config: Mapping[str, object] | None
) -> None:
    assert judged(*rules, config=config) == []


@pytest.mark.parametrize("kind", [SECURITY_GROUP, DEFAULT_SECURITY_GROUP])
def test_inline_rules_count(kind: str) -> None:
    ingress = [
        {"protocol": "tcp", "fromPort": 1, "toPort": 2, "cidrBlocks": ["10.0.0.0/25"]},
        {
            "protocol": "tcp",
            "fromPort": 5432,
            "toPort": 5432,
            "cidrBlocks": ["10.0.0.0/9", "10.128.0.0/9"],
            "securityGroups": ["sg-1", "sg-9"],
        },
    ]
    stack = [
        Example(type=kind, name="database", properties={"id": "sg-1", "ingress": ingress}),
        database_behind("database"),
    ]
    [report] = analyze_stack(ingress_from_declared_groups, stack)
    assert report.name == "database"
    assert said([report]) == [
        (
            "database: `ingress[1]` lets 10.0.0.0/8 and the security group 'sg-9' reach the "
            f"database 'orders'; {WANTED}"
        )
    ]


def test_the_older_rule_resource_counts() -> None:
    older = Example(
        type=SECURITY_GROUP_RULE,
        name="older",
        properties={
            "type": "ingress",
            "protocol": "tcp",
            "fromPort": 5432,
            "toPort": 5432,
            "cidrBlocks": ["10.0.0.0/8"],
        },
        references={"securityGroupId": ("database",)},
    )
    assert judged(older) == [f"older: lets 10.0.0.0/8 reach the database 'orders'; {WANTED}"]


def test_inline_rules_from_a_referenced_group_pass() -> None:
    ingress = [{"protocol": "tcp", "fromPort": 1, "toPort": 2, "securityGroups": [UNKNOWN]}]
    database = Example(
        type=SECURITY_GROUP,
        name="database",
        properties={"ingress": ingress},
        references={"ingress": ("web",)},
    )
    stack = [group("web"), database, database_behind("database")]
    assert analyze_stack(ingress_from_declared_groups, stack) == []


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        pytest.param(
            {"cidrIpv4": UNKNOWN}, "not evaluated: rule: `cidrIpv4` is not known yet", id="block"
        ),
        pytest.param(
            {"cidrIpv4": "ten"},
            "not evaluated: rule: `cidrIpv4` has 'ten', not a block of addresses",
            id="no block",
        ),
        pytest.param(
            {"referencedSecurityGroupId": UNKNOWN},
            "not evaluated: rule: `referencedSecurityGroupId` is not known yet",
            id="group",
        ),
        pytest.param(
            {"prefixListId": UNKNOWN},
            "not evaluated: rule: `prefixListId` is not known yet",
            id="list",
        ),
        pytest.param(
            {"cidrIpv4": "10.0.0.0/8", "fromPort": UNKNOWN},
            "not evaluated: rule: `fromPort` is not known yet",
            id="port",
        ),
        pytest.param(
            {"cidrIpv4": UNKNOWN, "prefixListId": UNKNOWN},
            "not evaluated: rule: `cidrIpv4` is not known yet",
            id="the first of two",
        ),
        pytest.param(
            {"cidrIpv4": "10.0.0.0/8", "referencedSecurityGroupId": UNKNOWN},
            f"rule: lets 10.0.0.0/8 reach the database 'orders'; {WANTED}",
            id="a group beside a wide block",
        ),
        pytest.param(
            {"cidrIpv4": UNKNOWN, "cidrIpv6": "::/0"},
            f"rule: lets ::/0 reach the database 'orders'; {WANTED}",
            id="a block beside a wide one",
        ),
    ],
)
def test_sources_that_are_not_known(source: Mapping[str, object], expected: str) -> None:
    assert judged(rule(by=None, **source)) == [expected]


@pytest.mark.parametrize(
    ("key", "least", "most"),
    [("minIpv4PrefixBits", 0, 32), ("minIpv6PrefixBits", 0, 128)],
)
def test_prefixes_have_bounds(key: str, least: int, most: int) -> None:
    model = ingress_from_declared_groups.config
    for bits in (least, most):
        assert model.model_validate({key: bits}).model_dump(by_alias=True)[key] == bits
    for bits in (least - 1, most + 1):
        with pytest.raises(ValidationError):
            model.model_validate({key: bits})


def test_a_rule_of_a_group_that_is_not_known_is_told_and_hides_nothing() -> None:
    stray = Example(type=INGRESS_RULE, name="stray", properties={"securityGroupId": UNKNOWN})
    assert sorted(judged(stray, rule(cidrIpv4="10.0.0.0/8"))) == [
        "not evaluated: stray: `securityGroupId` is not known yet",
        f"rule: lets 10.0.0.0/8 reach the database 'orders'; {WANTED}",
    ]


def test_inline_rules_that_cannot_be_read_are_told_of_their_group() -> None:
    stack = [group(ingress=7), database_behind("database")]
    found = said(analyze_stack(ingress_from_declared_groups, stack))
    assert found == ["not evaluated: database: `ingress` is 7, not a list"]


@pytest.mark.parametrize("filled_in", ["sg-9", "", UNKNOWN])
@pytest.mark.parametrize(
    "end",
    [
        pytest.param({"cidrBlocks": ["10.0.1.0/24"]}, id="block"),
        pytest.param({"ipv6CidrBlocks": ["fd00::/64"]}, id="IPv6 block"),
        pytest.param({"self": True}, id="its own group"),
        pytest.param({"self": True, "cidrBlocks": []}, id="its own group and no blocks"),
    ],
)
def test_a_group_that_the_provider_fills_in_is_no_source(
    end: Mapping[str, object], filled_in: object
) -> None:
    assert judged(older_rule(**end, sourceSecurityGroupId=filled_in)) == []


def test_a_strange_group_of_the_older_rule_is_found() -> None:
    found = judged(older_rule(sourceSecurityGroupId="sg-9", self=False, cidrBlocks=[]))
    assert found == [f"rule: lets the security group 'sg-9' reach the database 'orders'; {WANTED}"]
