"""What belongs to every VPC: a closed default security group, and flow logs."""

from aws_policy_pack.given import is_given
from aws_policy_pack.resource import Graph, Resource, survey
from aws_policy_pack.rule import Example, Finding, Findings, Kind, Severity, stack_rule
from aws_policy_pack.rules.network.grants import (
    DEFAULT_SECURITY_GROUP,
    GROUP_TYPES,
    RULE_TYPES,
    Direction,
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
