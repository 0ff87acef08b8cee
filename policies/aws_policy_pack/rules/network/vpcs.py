"""VPCs and how their security groups are written."""

from aws_policy_pack.resource import Graph, Properties, Resource, Unreadable, is_given, survey
from aws_policy_pack.rule import (
    Example,
    Finding,
    Findings,
    Kind,
    Severity,
    judge_each,
    resource_rule,
    stack_rule,
)
from aws_policy_pack.rules.network.grants import (
    DEFAULT_SECURITY_GROUP,
    EGRESS_RULE,
    GROUP_TYPES,
    INGRESS_RULE,
    RULE_TYPES,
    SECURITY_GROUP,
    SECURITY_GROUP_RULE,
    Direction,
    direction_of,
    grants_of,
    own_grants,
)
from aws_policy_pack.wording import listed, shown

VPC = "aws:ec2/vpc:Vpc"
DEFAULT_VPC = "aws:ec2/defaultVpc:DefaultVpc"
VPCS = (VPC, DEFAULT_VPC)
"""What a `vpcId` may come from; a dependency on the other kind answers a question about one."""

FLOW_LOG = "aws:ec2/flowLog:FlowLog"
RECORDS_REFUSALS = ("ALL", "REJECT")


@stack_rule(
    "network-default-security-group",
    *VPCS,
    DEFAULT_SECURITY_GROUP,
    kind=Kind.PRACTICE,
    severity=Severity.HIGH,
    summary="The default security group of a VPC lets nothing through",
    why="What is started without a security group gets the default one, in which AWS lets members "
    "talk to each other and to everywhere.",
    remedy="Add an `aws.ec2.DefaultSecurityGroup` with the `vpc_id` of the VPC and no rules",
    url="https://docs.aws.amazon.com/securityhub/latest/userguide/ec2-controls.html#ec2-2",
    controls=("Security Hub EC2.2",),
    good=(
        Example(type=VPC, name="vpc", properties={"cidrBlock": "10.0.0.0/16"}),
        Example(
            type=DEFAULT_SECURITY_GROUP,
            name="default",
            properties={"ingress": [], "egress": []},
            references={"vpcId": ("vpc",)},
        ),
    ),
    bad=(Example(type=VPC, name="vpc", properties={"cidrBlock": "10.0.0.0/16"}),),
)
def default_security_group(resource: Resource, graph: Graph) -> Findings:
    """A VPC needs a `DefaultSecurityGroup`: without it, the rules that AWS makes are in force."""
    if resource.type in VPCS:
        closed = graph.links("vpcId", of=(DEFAULT_SECURITY_GROUP,), to=VPCS)
        if closed.to(resource):
            return
        yield from closed.missed
        if not closed.missed:
            yield Finding(
                problem="its default security group is as AWS makes it, open to its members",
                wanted="a DefaultSecurityGroup for the VPC, without ingress and egress",
                fix="Add an `aws.ec2.DefaultSecurityGroup` with this `vpc_id` and no rules",
            )
        return
    for direction in Direction:
        if is_given(resource, direction) and resource.objects(direction):
            yield Finding(
                problem=f"the default security group has rules in `{direction}`",
                part=direction,
                wanted="none",
                fix=f"Empty `{direction}`, and give what needs the rules a group of its own",
            )
    attached = graph.links("securityGroupId", of=RULE_TYPES, to=GROUP_TYPES)
    yield from attached.missed
    rules = attached.to(resource)
    if rules:
        yield Finding(
            problem=f"the default security group has the rules {listed(r.name for r in rules)}",
            part="attached rules",
            related=tuple(rules),
            wanted="none",
            fix="Attach the rules to a group of their own",
        )


@stack_rule(
    "network-flow-logs",
    *VPCS,
    kind=Kind.PRACTICE,
    severity=Severity.MEDIUM,
    summary="Every VPC has flow logs of the traffic that it refuses",
    why="Without them nobody can see who knocked, or why a connection does not come about.",
    remedy="Add an `aws.ec2.FlowLog` with the `vpc_id` of the VPC and `traffic_type` 'ALL'",
    url="https://docs.aws.amazon.com/securityhub/latest/userguide/ec2-controls.html#ec2-6",
    controls=("Security Hub EC2.6",),
    good=(
        Example(type=VPC, name="vpc", properties={"cidrBlock": "10.0.0.0/16"}),
        Example(
            type=FLOW_LOG,
            name="flow-logs",
            properties={"trafficType": "ALL"},
            references={"vpcId": ("vpc",)},
        ),
    ),
    bad=(Example(type=VPC, name="vpc", properties={"cidrBlock": "10.0.0.0/16"}),),
)
def flow_logs(vpc: Resource, graph: Graph) -> Findings:
    """Logs of accepted traffic alone do not count, as with EC2.6."""
    links = graph.links("vpcId", of=(FLOW_LOG,), to=VPCS)
    found, unread = survey(links.to(vpc), lambda log: log.text("trafficType"))
    if any(kind in RECORDS_REFUSALS for _, kind in found):
        return
    if links.missed or unread:
        yield from (*links.missed, *unread)
    elif found:
        log, kind = found[0]
        yield Finding(
            problem=f"its flow log {log.name!r} has `trafficType` {shown(kind)}",
            related=(log,),
            wanted=" or ".join(map(shown, RECORDS_REFUSALS)),
            fix="Set `trafficType` to 'ALL'",
        )
    else:
        yield Finding(
            problem="has no flow log",
            wanted="a FlowLog of all or of rejected traffic",
            fix="Add an `aws.ec2.FlowLog` with this `vpc_id` and `traffic_type` 'ALL'",
        )


DESCRIBED_TYPES = (SECURITY_GROUP, *RULE_TYPES)
PLACEHOLDER = "Managed by Pulumi"
"""The description that the provider gives a group that has none."""


@resource_rule(
    "network-security-group-description",
    SECURITY_GROUP,
    DEFAULT_SECURITY_GROUP,
    SECURITY_GROUP_RULE,
    INGRESS_RULE,
    EGRESS_RULE,
    kind=Kind.PRACTICE,
    severity=Severity.LOW,
    summary="Security groups and their rules say what they are for",
    why="Nobody dares to remove a rule whose purpose is not written down, so old openings stay.",
    url="https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html",
    controls=("CKV_AWS_23",),
    good={
        "description": "Database",
        "ingress": [{"protocol": "tcp", "fromPort": 5432, "toPort": 5432, "description": "Tasks"}],
    },
    bad={"description": "Managed by Pulumi"},
)
def security_group_description(resource: Resource) -> Findings:
    """A default group has no description of its own, but its inline rules do."""
    if resource.type in DESCRIBED_TYPES:
        yield from judge_each([resource], _described)
    if resource.type in GROUP_TYPES:
        for direction in Direction:
            yield from judge_each([direction], lambda way: _inline_described(resource, way))


def _inline_described(group: Resource, direction: Direction) -> Findings:
    grants = grants_of(group, direction)
    yield from judge_each(grants, lambda grant: _described(grant.properties, grant.place))


def _described(described: Properties, place: str = "") -> Findings:
    description = described.text("description")
    if not (description or "").strip() or description == PLACEHOLDER:
        yield Finding(
            problem=f"{place}`description` is {shown(description)}",
            part=f"{place}description",
            wanted="a `description` that says who connects to what",
            fix="Set `description`",
        )


@stack_rule(
    "network-rules-conflict",
    *GROUP_TYPES,
    together=True,
    kind=Kind.PRACTICE,
    severity=Severity.HIGH,
    summary="The rules of a security group are all inline or all resources",
    why="The provider removes every rule that an inline list does not have, so inline rules and "
    "rule resources undo each other with every update.",
    remedy="Turn the inline rules of the group into rule resources",
    url="https://www.pulumi.com/registry/packages/aws/api-docs/ec2/securitygroup/",
    good=(
        Example(type=SECURITY_GROUP, name="web", properties={"description": "Web"}),
        Example(
            type=INGRESS_RULE,
            name="https",
            properties={"ipProtocol": "tcp", "fromPort": 443, "toPort": 443},
            references={"securityGroupId": ("web",)},
        ),
    ),
    bad=(
        Example(
            type=SECURITY_GROUP,
            name="web",
            properties={
                "ingress": [
                    {"protocol": "tcp", "fromPort": 80, "toPort": 80, "cidrBlocks": ["0.0.0.0/0"]}
                ]
            },
        ),
        Example(
            type=INGRESS_RULE,
            name="https",
            properties={
                "ipProtocol": "tcp",
                "fromPort": 443,
                "toPort": 443,
                "cidrIpv4": "0.0.0.0/0",
            },
            references={"securityGroupId": ("web",)},
        ),
    ),
)
def rules_conflict(graph: Graph) -> Findings:
    """Looks at each direction by itself: the provider keeps ingress and egress apart."""
    attached = graph.links("securityGroupId", of=RULE_TYPES, to=GROUP_TYPES)
    yield from attached.missed
    for group in graph.of_type(*GROUP_TYPES):
        directions, unread = survey(attached.to(group), direction_of)
        yield from unread
        for direction in Direction:
            rules = [rule for rule, way in directions if way == direction]
            if rules and _has_own_rules(group, direction, graph):
                yield Finding(
                    problem=f"has inline `{direction}` rules beside the rule resources "
                    f"{listed(rule.name for rule in rules)}",
                    wanted="inline rules or rule resources, not both",
                    part=direction,
                    related=tuple(rules),
                    fix=f"Turn the inline `{direction}` rules into rule resources",
                    resource=group,
                )


def _has_own_rules(group: Resource, direction: Direction, graph: Graph) -> bool:
    """Whether the program itself gives inline rules; an empty list of its own counts."""
    if direction in group.references:
        return is_given(group, direction)
    try:
        return any(own_grants(group, direction, graph))
    except Unreadable:
        # What the provider finds is known throughout, so this comes from the program.
        return True
