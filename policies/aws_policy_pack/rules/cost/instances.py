"""Instances: by how many sizes a change makes them larger or smaller."""

import re
from collections.abc import Mapping
from typing import Final

from pydantic import Field

from aws_policy_pack.config import RuleConfig
from aws_policy_pack.lists import load
from aws_policy_pack.resource import Properties, Resource
from aws_policy_pack.rule import Finding, Findings, Severity, judge_each, resource_rule
from aws_policy_pack.rules.cost.databases import CLASS_PATHS
from aws_policy_pack.wording import shown

SEARCH_PATHS: Final = ("clusterConfig.instanceType", "clusterConfig.dedicatedMasterType")
PATHS: Final[Mapping[str, tuple[str, ...]]] = {
    **{kind: (path,) for kind, path in CLASS_PATHS.items()},
    "aws:dax/cluster:Cluster": ("nodeType",),
    "aws:dms/replicationInstance:ReplicationInstance": ("replicationInstanceClass",),
    "aws:docdb/clusterInstance:ClusterInstance": ("instanceClass",),
    "aws:ec2/instance:Instance": ("instanceType",),
    "aws:ec2/launchConfiguration:LaunchConfiguration": ("instanceType",),
    "aws:ec2/launchTemplate:LaunchTemplate": ("instanceType",),
    "aws:elasticache/cluster:Cluster": ("nodeType",),
    "aws:elasticache/replicationGroup:ReplicationGroup": ("nodeType",),
    "aws:elasticsearch/domain:Domain": SEARCH_PATHS,
    "aws:memorydb/cluster:Cluster": ("nodeType",),
    "aws:mq/broker:Broker": ("hostInstanceType",),
    "aws:msk/cluster:Cluster": ("brokerNodeGroupInfo.instanceType",),
    "aws:neptune/clusterInstance:ClusterInstance": ("instanceClass",),
    "aws:opensearch/domain:Domain": SEARCH_PATHS,
    "aws:redshift/cluster:Cluster": ("nodeType",),
}
"""By type, where the classes of instances stand."""
SIZES: Final[Mapping[str, float]] = load("instance_sizes").entries
SIZE: Final = re.compile(rf"(?P<times>\d*)(?P<size>{'|'.join(SIZES)})")


class InstanceClassStep(RuleConfig):
    """How far the size of an instance may change at once."""

    steps: int = Field(
        default=1,
        ge=1,
        le=10,
        description="Sizes up or down that are fine at once; each doubles or halves the instance",
    )


@resource_rule(
    "cost-instance-class-step",
    *PATHS,
    severity=Severity.MEDIUM,
    summary="An instance becomes larger or smaller by one size at a time",
    why="Each size up doubles the bill, and each size down halves the memory: a jump over several "
    "is mostly a slip. The rule compares sizes alone, of any family; it needs the base of "
    "`preflight`, and finds nothing under the engine.",
    remedy="Change the class size by size, or raise `steps` in the pack's config",
    url="https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-instance-resize.html",
    before={"instanceClass": "db.t4g.medium"},
    good={"instanceClass": "db.r8g.large"},
    bad={"instanceClass": "db.t4g.2xlarge"},
)
def instance_class_step(instance: Resource, config: InstanceClassStep) -> Findings:
    """Compares each class with that of the base; one without a size, such as `metal`, is passed."""
    before = instance.before
    if before is None or instance.operation == "same":
        return
    yield from judge_each(
        PATHS[instance.type], lambda path: _step(instance, before, path, config.steps)
    )


def _step(instance: Resource, before: Properties, path: str, most: int) -> Findings:
    old, new = before.text(path), instance.text(path)
    size, becomes = _size_of(old), _size_of(new)
    if size is None or becomes is None or instance.ignores_changes(path):
        return
    factor = becomes / size
    verb, times = ("multiplies", factor) if factor > 1 else ("divides", 1 / factor)
    if times > 2**most:
        yield Finding(
            part=path,
            problem=f"`{path}` goes from {shown(old)} to {shown(new)}, which {verb} the size by "
            f"{times:.3g}",
            wanted=f"by {2**most} at most (`steps` of cost-instance-class-step is {most})",
            fix=f"Change `{path}` size by size, or raise `steps` in the pack's config",
        )


def _size_of(given: str | None) -> float | None:
    """How large a class such as `db.m5.4xlarge.tpc2.mem2x` is; `None` where it names no size."""
    found = (SIZE.fullmatch(part) for part in (given or "").split("."))
    match = next(filter(None, found), None)
    if match is None:
        return None
    return SIZES[match["size"]] * int(match["times"] or 1)
