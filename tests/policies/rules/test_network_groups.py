"""How security groups are written: descriptions, and rules in one place only."""

from collections.abc import Mapping

import pytest

from aws_policy_pack.rules.network.grants import (
    DEFAULT_SECURITY_GROUP,
    EGRESS_RULE,
    INGRESS_RULE,
    SECURITY_GROUP,
    SECURITY_GROUP_RULE,
)
from aws_policy_pack.rules.network.vpcs import rules_conflict, security_group_description
from aws_policy_pack.testing import UNKNOWN, Example, analyze, analyze_stack
from tests.policies.rules.reading import problems

HTTPS = {"protocol": "tcp", "fromPort": 443, "toPort": 443, "cidrBlocks": ["10.0.0.0/8"]}
HTTPS_RULE = {"ipProtocol": "tcp", "fromPort": 443, "toPort": 443, "cidrIpv4": "10.0.0.0/8"}


def described(
    properties: Mapping[str, object],
    type: str = SECURITY_GROUP,  # noqa: A002 - Pulumi's word
) -> list[str]:
    found = analyze(security_group_description, properties, type=type)
    return problems(found)


def test_a_group_without_description_is_found() -> None:
    [report] = analyze(security_group_description, {})
    assert report.level == "advisory"
    assert report.message == (
        "subject: `description` is not set; wanted a `description` that says who connects to "
        "what. Fix: Set `description`. "
        "https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html"
    )


@pytest.mark.parametrize(
    ("description", "shown"),
    [
        pytest.param("Managed by Pulumi", "'Managed by Pulumi'", id="the provider's own"),
        pytest.param("", "''", id="empty"),
        pytest.param("  ", "'  '", id="blanks"),
        pytest.param(None, "not set", id="null"),
    ],
)
def test_a_description_that_says_nothing_is_found(description: object, shown: str) -> None:
    assert described({"description": description}) == [f"subject: `description` is {shown}"]


@pytest.mark.parametrize("description", ["Database", "Managed by Pulumi for tasks", "Tasks"])
def test_a_description_in_own_words_passes(description: str) -> None:
    assert described({"description": description}) == []


@pytest.mark.parametrize("type_", [SECURITY_GROUP, SECURITY_GROUP_RULE, INGRESS_RULE, EGRESS_RULE])
def test_every_group_and_rule_resource_needs_a_description(type_: str) -> None:
    assert described({"description": "Tasks to the database"}, type_) == []
    assert described({}, type_) == ["subject: `description` is not set"]


@pytest.mark.parametrize(
    ("properties", "problems"),
    [
        pytest.param(
            {"ingress": [{**HTTPS, "description": "Web"}, HTTPS]},
            ["subject: `ingress[1]` `description` is not set"],
            id="ingress",
        ),
        pytest.param(
            {"egress": [HTTPS]}, ["subject: `egress[0]` `description` is not set"], id="egress"
        ),
        pytest.param(
            {"ingress": [{"description": UNKNOWN}, HTTPS], "egress": [HTTPS]},
            [
                "subject: `ingress[1]` `description` is not set",
                "subject: `egress[0]` `description` is not set",
                "not evaluated: subject: `ingress[0].description` is not known yet",
            ],
            id="behind an unknown one",
        ),
        pytest.param(
            {"ingress": UNKNOWN, "egress": [HTTPS]},
            [
                "subject: `egress[0]` `description` is not set",
                "not evaluated: subject: `ingress` is not known yet",
            ],
            id="behind an unknown list",
        ),
    ],
)
def test_inline_rules_need_a_description(
    properties: Mapping[str, object], problems: list[str]
) -> None:
    assert described({"description": "Web", **properties}) == problems


def test_inline_rules_are_looked_at_behind_an_unknown_description() -> None:
    assert described({"description": UNKNOWN, "ingress": [HTTPS]}) == [
        "subject: `ingress[0]` `description` is not set",
        "not evaluated: subject: `description` is not known yet",
    ]


def test_a_default_group_has_no_description_but_its_rules_do() -> None:
    assert described({"ingress": [HTTPS]}, DEFAULT_SECURITY_GROUP) == [
        "subject: `ingress[0]` `description` is not set"
    ]


def group(
    type: str = SECURITY_GROUP,  # noqa: A002 - Pulumi's word
    given: tuple[str, ...] = (),
    **properties: object,
) -> Example:
    """A group; `given` are the properties of which the engine says that the program gives them."""
    return Example(
        type=type,
        name="web",
        properties={"id": "sg-1", **properties},
        references=dict.fromkeys(given, ()),
    )


def rule(kind: str, name: str = "https", /, **properties: object) -> Example:
    return Example(
        type=kind, name=name, properties=properties, references={"securityGroupId": ("web",)}
    )


def conflicts(*resources: Example) -> list[str]:
    return [
        report.text.partition("; wanted ")[0] for report in analyze_stack(rules_conflict, resources)
    ]


CONFLICT = "web: has inline `ingress` rules beside the rule resources 'https'"


def test_inline_rules_beside_rule_resources_are_found() -> None:
    other = {**HTTPS, "fromPort": 80, "toPort": 80}
    [report] = analyze_stack(
        rules_conflict, [group(ingress=[other]), rule(INGRESS_RULE, **HTTPS_RULE)]
    )
    assert report.level == "advisory"
    assert report.name == "web"
    assert report.message == (
        f"{CONFLICT}; wanted inline rules or rule resources, not both. Fix: Turn the inline "
        "`ingress` rules into rule resources. "
        "https://www.pulumi.com/registry/packages/aws/api-docs/ec2/securitygroup/"
    )


@pytest.mark.parametrize(
    ("inline", "resource"),
    [
        pytest.param({**HTTPS, "toPort": 444}, HTTPS_RULE, id="other ports"),
        pytest.param({**HTTPS, "protocol": "udp"}, HTTPS_RULE, id="another protocol"),
        pytest.param({**HTTPS, "cidrBlocks": ["10.0.0.0/9"]}, HTTPS_RULE, id="another block"),
        pytest.param({**HTTPS, "ipv6CidrBlocks": ["fc00::/7"]}, HTTPS_RULE, id="one block more"),
        pytest.param({**HTTPS, "securityGroups": ["sg-2"]}, HTTPS_RULE, id="one group more"),
        pytest.param({**HTTPS, "prefixListIds": ["pl-2"]}, HTTPS_RULE, id="one prefix list more"),
        pytest.param({**HTTPS, "self": True}, HTTPS_RULE, id="the group itself more"),
        pytest.param({**HTTPS, "securityGroups": [UNKNOWN]}, HTTPS_RULE, id="an unknown group"),
        pytest.param(HTTPS, {**HTTPS_RULE, "cidrIpv4": UNKNOWN}, id="an unknown resource"),
    ],
)
def test_inline_rules_that_no_resource_makes_are_the_programs(
    inline: Mapping[str, object], resource: Mapping[str, object]
) -> None:
    assert conflicts(group(ingress=[inline]), rule(INGRESS_RULE, **resource)) == [CONFLICT]


@pytest.mark.parametrize(
    ("inline", "resources"),
    [
        pytest.param([HTTPS], [rule(INGRESS_RULE, **HTTPS_RULE)], id="a block"),
        pytest.param(
            [{**HTTPS, "cidrBlocks": ["10.0.0.0/8"], "ipv6CidrBlocks": ["fc00::/7"]}],
            [
                rule(INGRESS_RULE, **HTTPS_RULE),
                rule(
                    INGRESS_RULE,
                    "v6",
                    ipProtocol="6",
                    fromPort=443,
                    toPort=443,
                    cidrIpv6="fc00::/7",
                ),
            ],
            id="two blocks that AWS has merged",
        ),
        pytest.param(
            [HTTPS, {**HTTPS, "fromPort": 80, "toPort": 80}],
            [
                rule(INGRESS_RULE, **HTTPS_RULE),
                rule(INGRESS_RULE, "http", **{**HTTPS_RULE, "fromPort": 80, "toPort": 80}),
            ],
            id="two rules",
        ),
        pytest.param(
            [{"protocol": "-1", "fromPort": 0, "toPort": 0, "self": True}],
            [rule(INGRESS_RULE, ipProtocol="-1", referencedSecurityGroupId="sg-1")],
            id="the group itself",
        ),
        pytest.param(
            [{"protocol": "tcp", "fromPort": 1, "toPort": 2, "securityGroups": ["sg-2"]}],
            [
                rule(
                    SECURITY_GROUP_RULE,
                    type="ingress",
                    protocol="tcp",
                    fromPort=1,
                    toPort=2,
                    sourceSecurityGroupId="sg-2",
                )
            ],
            id="a group",
        ),
        pytest.param(
            [{"protocol": "tcp", "fromPort": 1, "toPort": 2, "prefixListIds": ["pl-1"]}],
            [rule(INGRESS_RULE, ipProtocol="tcp", fromPort=1, toPort=2, prefixListId="pl-1")],
            id="a prefix list",
        ),
        pytest.param([], [rule(INGRESS_RULE, **HTTPS_RULE)], id="an empty list"),
        pytest.param(UNKNOWN, [rule(INGRESS_RULE, **HTTPS_RULE)], id="a list not known yet"),
        pytest.param(None, [rule(INGRESS_RULE, **HTTPS_RULE)], id="null"),
    ],
)
def test_what_the_provider_reads_back_from_aws_is_no_conflict(
    inline: object, resources: list[Example]
) -> None:
    assert conflicts(group(ingress=inline), *resources) == []


@pytest.mark.parametrize(
    "ingress",
    [
        pytest.param([HTTPS], id="the same as the resource"),
        pytest.param([], id="an empty list"),
        pytest.param(UNKNOWN, id="a list not known yet"),
    ],
)
def test_what_the_program_gives_is_a_conflict_whatever_it_is(ingress: object) -> None:
    stack = [group(given=("ingress",), ingress=ingress), rule(INGRESS_RULE, **HTTPS_RULE)]
    assert conflicts(*stack) == [CONFLICT]


@pytest.mark.parametrize(
    "ingress",
    [
        pytest.param("https", id="a text"),
        pytest.param([[HTTPS]], id="a list of lists"),
    ],
)
def test_inline_rules_that_cannot_be_read_are_the_programs(ingress: object) -> None:
    assert conflicts(group(ingress=ingress), rule(INGRESS_RULE, **HTTPS_RULE)) == [CONFLICT]


def test_a_property_that_is_given_as_null_is_no_conflict() -> None:
    stack = [group(given=("ingress",), ingress=None), rule(INGRESS_RULE, **HTTPS_RULE)]
    assert conflicts(*stack) == []


def test_the_directions_are_apart() -> None:
    assert conflicts(group(ingress=[HTTPS]), rule(EGRESS_RULE, **HTTPS_RULE)) == []
    assert conflicts(group(egress=[HTTPS]), rule(INGRESS_RULE, **HTTPS_RULE)) == []
    assert conflicts(
        group(egress=[HTTPS]),
        rule(SECURITY_GROUP_RULE, type="egress", protocol="-1", cidrBlocks=["10.0.0.0/8"]),
    ) == ["web: has inline `egress` rules beside the rule resources 'https'"]


def test_every_rule_resource_is_named() -> None:
    other = {**HTTPS, "toPort": 444}
    assert conflicts(
        group(DEFAULT_SECURITY_GROUP, ingress=[other]),
        rule(INGRESS_RULE, "https", **HTTPS_RULE),
        rule(INGRESS_RULE, "http", **HTTPS_RULE),
    ) == ["web: has inline `ingress` rules beside the rule resources 'https', 'http'"]


def test_a_rule_of_another_group_is_no_conflict() -> None:
    other = Example(
        type=INGRESS_RULE, name="https", properties={**HTTPS_RULE, "securityGroupId": "sg-9"}
    )
    assert conflicts(group(ingress=[HTTPS]), other) == []


def test_a_literal_group_id_is_followed() -> None:
    literal = Example(
        type=INGRESS_RULE, name="https", properties={"ipProtocol": "-1", "securityGroupId": "sg-1"}
    )
    assert conflicts(group(ingress=[HTTPS]), literal) == [CONFLICT]


def test_a_rule_whose_group_is_not_known_is_said_once() -> None:
    stray = Example(type=INGRESS_RULE, name="stray", properties={"securityGroupId": UNKNOWN})
    assert conflicts(group(ingress=[HTTPS]), stray) == [
        "not evaluated: stray: `securityGroupId` is not known yet"
    ]
