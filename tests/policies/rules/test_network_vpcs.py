"""What belongs to every VPC."""

from dataclasses import replace

import pytest

from aws_policy_pack.rules.network.grants import (
    DEFAULT_SECURITY_GROUP,
    EGRESS_RULE,
    INGRESS_RULE,
    SECURITY_GROUP,
    SECURITY_GROUP_RULE,
)
from aws_policy_pack.rules.network.vpcs import (
    DEFAULT_VPC,
    FLOW_LOG,
    VPC,
    default_security_group,
    flow_logs,
)
from aws_policy_pack.testing import UNKNOWN, Example, analyze_stack
from tests.policies.rules.reading import problems

RULE = {"protocol": "-1", "fromPort": 0, "toPort": 0, "self": True}


def vpc(type: str = VPC) -> Example:  # noqa: A002 - Pulumi's word
    return Example(type=type, name="vpc", properties={"id": "vpc-1"})


def closed(**properties: object) -> Example:
    return Example(
        type=DEFAULT_SECURITY_GROUP,
        name="default",
        properties={"id": "sg-1", **properties},
        references={"vpcId": ("vpc",)},
    )


def groups(*resources: Example) -> list[str]:
    found = analyze_stack(default_security_group, resources)
    return problems(found)


@pytest.mark.parametrize("type_", [VPC, DEFAULT_VPC])
def test_a_vpc_whose_default_group_is_as_aws_makes_it_is_found(type_: str) -> None:
    [report] = analyze_stack(default_security_group, [vpc(type_)])
    assert report.level == "advisory"
    assert report.name == "vpc"
    assert report.message == (
        "vpc: its default security group is as AWS makes it, open to its members; wanted a "
        "DefaultSecurityGroup for the VPC, without ingress and egress. Fix: Add an "
        "`aws.ec2.DefaultSecurityGroup` with this `vpc_id` and no rules. "
        "https://docs.aws.amazon.com/securityhub/latest/userguide/ec2-controls.html#ec2-2"
    )


@pytest.mark.parametrize(
    "group",
    [
        pytest.param(closed(ingress=[], egress=[]), id="empty lists"),
        pytest.param(closed(), id="no lists"),
        pytest.param(closed(ingress=UNKNOWN, egress=UNKNOWN), id="lists for AWS to fill"),
        pytest.param(
            Example(type=DEFAULT_SECURITY_GROUP, name="default", properties={"vpcId": "vpc-1"}),
            id="a literal VPC id",
        ),
    ],
)
def test_a_default_group_without_rules_passes(group: Example) -> None:
    assert groups(vpc(), group) == []


def test_rules_of_a_default_group_are_found() -> None:
    [report] = analyze_stack(default_security_group, [vpc(), closed(ingress=[RULE])])
    assert report.name == "default"
    assert report.message == (
        "default: the default security group has rules in `ingress`; wanted none. Fix: Empty "
        "`ingress`, and give what needs the rules a group of its own. "
        "https://docs.aws.amazon.com/securityhub/latest/userguide/ec2-controls.html#ec2-2"
    )


def test_each_direction_is_told_once() -> None:
    assert groups(vpc(), closed(ingress=[RULE, RULE], egress=[RULE])) == [
        "default: the default security group has rules in `ingress`",
        "default: the default security group has rules in `egress`",
    ]


@pytest.mark.parametrize("type_", [SECURITY_GROUP_RULE, INGRESS_RULE, EGRESS_RULE])
def test_rule_resources_of_a_default_group_are_found(type_: str) -> None:
    rule = Example(type=type_, name="rule", references={"securityGroupId": ("default",)})
    [report] = analyze_stack(default_security_group, [vpc(), closed(), rule])
    assert report.name == "default"
    assert report.message == (
        "default: the default security group has the rules 'rule'; wanted none. Fix: Attach the "
        "rules to a group of their own. "
        "https://docs.aws.amazon.com/securityhub/latest/userguide/ec2-controls.html#ec2-2"
    )


def test_rules_of_other_groups_pass() -> None:
    rule = Example(type=INGRESS_RULE, name="rule", properties={"securityGroupId": "sg-2"})
    assert groups(vpc(), closed(), rule) == []


def test_a_default_group_of_another_vpc_does_not_count() -> None:
    other = Example(type=DEFAULT_SECURITY_GROUP, name="default", properties={"vpcId": "vpc-2"})
    assert groups(vpc(), other) == [
        "vpc: its default security group is as AWS makes it, open to its members"
    ]


def test_a_default_group_of_an_unknown_vpc_is_said() -> None:
    stray = Example(type=DEFAULT_SECURITY_GROUP, name="default", properties={"vpcId": UNKNOWN})
    assert groups(vpc(), stray) == ["not evaluated: default: `vpcId` is not known yet"]
    assert groups(vpc(), closed(), replace(stray, name="stray")) == []


def test_rules_that_the_program_has_not_computed_yet_are_said() -> None:
    group = Example(
        type=DEFAULT_SECURITY_GROUP,
        name="default",
        properties={"ingress": UNKNOWN},
        references={"vpcId": ("vpc",), "ingress": ("vpc",)},
    )
    assert groups(vpc(), group) == ["not evaluated: default: `ingress` is not known yet"]


def test_a_rule_of_an_unknown_group_is_said() -> None:
    rule = Example(type=INGRESS_RULE, name="rule", properties={"securityGroupId": UNKNOWN})
    assert groups(vpc(), closed(), rule) == [
        "not evaluated: rule: `securityGroupId` is not known yet"
    ]


def test_a_rule_whose_group_is_not_known_yet_is_judged_by_where_it_comes_from() -> None:
    web = Example(type=SECURITY_GROUP, name="web", properties={"id": UNKNOWN})
    rule = Example(
        type=INGRESS_RULE,
        name="rule",
        properties={"securityGroupId": UNKNOWN},
        references={"securityGroupId": ("web",)},
    )
    assert groups(vpc(), closed(), web, rule) == []


def test_what_belongs_to_the_default_vpc_says_nothing_of_another() -> None:
    own = Example(type=DEFAULT_VPC, name="own", properties={"id": UNKNOWN})
    from_own = {"vpcId": ("own",)}
    group = replace(closed(vpcId=UNKNOWN), references=from_own)
    flow_log = replace(log(trafficType="ALL", vpcId=UNKNOWN), references=from_own)
    assert groups(vpc(), own, group) == [
        "vpc: its default security group is as AWS makes it, open to its members"
    ]
    assert logs(vpc(), own, flow_log) == ["vpc: has no flow log"]


def log(**properties: object) -> Example:
    return Example(type=FLOW_LOG, name="log", properties=properties, references={"vpcId": ("vpc",)})


def logs(*resources: Example) -> list[str]:
    found = analyze_stack(flow_logs, resources)
    return problems(found)


@pytest.mark.parametrize("type_", [VPC, DEFAULT_VPC])
def test_a_vpc_without_flow_logs_is_found(type_: str) -> None:
    [report] = analyze_stack(flow_logs, [vpc(type_)])
    assert report.level == "advisory"
    assert report.message == (
        "vpc: has no flow log; wanted a FlowLog of all or of rejected traffic. Fix: Add an "
        "`aws.ec2.FlowLog` with this `vpc_id` and `traffic_type` 'ALL'. "
        "https://docs.aws.amazon.com/securityhub/latest/userguide/ec2-controls.html#ec2-6"
    )


@pytest.mark.parametrize("traffic", ["ALL", "REJECT"])
def test_flow_logs_of_refused_traffic_pass(traffic: str) -> None:
    assert logs(vpc(), log(trafficType=traffic)) == []


@pytest.mark.parametrize(
    ("traffic", "shown"),
    [pytest.param("ACCEPT", "'ACCEPT'", id="accepted"), pytest.param(None, "not set", id="null")],
)
def test_flow_logs_of_other_traffic_are_found(traffic: object, shown: str) -> None:
    [report] = analyze_stack(flow_logs, [vpc(), log(trafficType=traffic)])
    assert report.message == (
        f"vpc: its flow log 'log' has `trafficType` {shown}; wanted 'ALL' or 'REJECT'. Fix: Set "
        "`trafficType` to 'ALL'. "
        "https://docs.aws.amazon.com/securityhub/latest/userguide/ec2-controls.html#ec2-6"
    )


def test_one_of_two_flow_logs_is_enough() -> None:
    second = Example(
        type=FLOW_LOG,
        name="second",
        properties={"trafficType": "REJECT"},
        references={"vpcId": ("vpc",)},
    )
    assert logs(vpc(), log(trafficType="ACCEPT"), second) == []


def test_the_first_of_two_flow_logs_of_other_traffic_is_named() -> None:
    first = log(trafficType="ACCEPT")
    assert logs(vpc(), first, replace(first, name="second")) == [
        "vpc: its flow log 'log' has `trafficType` 'ACCEPT'"
    ]


def test_a_flow_log_of_a_subnet_does_not_count() -> None:
    subnet = Example(
        type=FLOW_LOG, name="log", properties={"trafficType": "ALL", "subnetId": "subnet-1"}
    )
    assert logs(vpc(), subnet) == ["vpc: has no flow log"]


def test_a_flow_log_of_an_unknown_vpc_is_said() -> None:
    stray = Example(type=FLOW_LOG, name="log", properties={"vpcId": UNKNOWN})
    assert logs(vpc(), stray) == ["not evaluated: log: `vpcId` is not known yet"]


def test_traffic_that_is_not_known_is_said() -> None:
    assert logs(vpc(), log(trafficType=UNKNOWN)) == [
        "not evaluated: log: `trafficType` is not known yet"
    ]
