"""Hooks around the creation of resources and components."""

import pulumi
import pulumi_aws as aws
from pulumi import ResourceHook, ResourceHookArgs, ResourceHookBinding, ResourceHookOptions


def say(args: ResourceHookArgs) -> None:
    pulumi.log.info(f"hook: {args.name}")


before = ResourceHook("before", say, ResourceHookOptions(on_dry_run=True))
after = ResourceHook("after", say)
aws.sqs.Queue(
    "queue",
    opts=pulumi.ResourceOptions(
        hooks=ResourceHookBinding(before_create=[before], after_create=[after])
    ),
)


class Group(pulumi.ComponentResource):
    """A component with a hook."""

    def __init__(self, name: str) -> None:
        opts = pulumi.ResourceOptions(hooks=ResourceHookBinding(after_create=[after]))
        super().__init__("shop:index:Group", name, None, opts)
        aws.sqs.Queue(f"{name}-queue", opts=pulumi.ResourceOptions(parent=self))


Group("group")
