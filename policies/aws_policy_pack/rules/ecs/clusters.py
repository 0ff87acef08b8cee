"""ECS clusters: what is measured in them."""

from collections.abc import Mapping
from typing import Final

from pydantic import Field

from aws_policy_pack.config import RuleConfig
from aws_policy_pack.resource import Resource
from aws_policy_pack.rule import Changes, Finding, Findings, Kind, Severity, resource_rule
from aws_policy_pack.scaled_resources import CLUSTER
from aws_policy_pack.wording import listed, shown

INSIGHTS: Final = "containerInsights"


class ContainerInsights(RuleConfig):
    """Which kinds of Container Insights are enough."""

    accepted: tuple[str, ...] = Field(
        default=("enabled", "enhanced"),
        min_length=1,
        description="Values of the setting that pass; the first one is what a fix sets",
    )


def measure_containers(cluster: Resource, config: ContainerInsights) -> Changes:
    """Sets the setting and keeps the others."""
    if _insights(cluster) in config.accepted:
        return {}
    cluster.raw("settings")  # refuses what is not known, which a fix would send on as text
    others = [
        setting.values
        for setting in cluster.objects("settings")
        if setting.text("name") != INSIGHTS
    ]
    new: Mapping[str, object] = {"name": INSIGHTS, "value": config.accepted[0]}
    return {"settings": [*others, new]}


@resource_rule(
    "ecs-container-insights",
    CLUSTER,
    kind=Kind.PRACTICE,
    severity=Severity.MEDIUM,
    summary="Clusters measure their services and tasks with Container Insights",
    why="Without it CloudWatch knows only the averages of a service, and nothing of a task that "
    "was killed for its memory.",
    url="https://docs.aws.amazon.com/securityhub/latest/userguide/ecs-controls.html#ecs-12",
    controls=("Security Hub ECS.12", "CKV_AWS_65", "cdk-nag AwsSolutions-ECS4"),
    good={"settings": [{"name": "containerInsights", "value": "enhanced"}]},
    bad={"settings": [{"name": "containerInsights", "value": "disabled"}]},
    fix=measure_containers,
)
def container_insights(cluster: Resource, config: ContainerInsights) -> Findings:
    """Without the setting a cluster has the account's default, which AWS ships as disabled."""
    value = _insights(cluster)
    if value not in config.accepted:
        yield Finding(
            problem=f"the setting {INSIGHTS!r} is {shown(value)}",
            wanted=f"one of {listed(config.accepted)} (`accepted` of ecs-container-insights)",
            fix=f"Add {{name: {INSIGHTS}, value: {config.accepted[0]}}} to `settings`",
        )


def _insights(cluster: Resource) -> str | None:
    settings = cluster.objects("settings")
    values = [setting.text("value") for setting in settings if setting.text("name") == INSIGHTS]
    return values[-1] if values else None
