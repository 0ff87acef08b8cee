"""Parents of every kind: components, resources, components in components, and what is inherited."""

import pulumi
import pulumi_aws as aws
from pulumi import ResourceOptions


class Group(pulumi.ComponentResource):
    """A component with outputs of its own."""

    def __init__(self, name: str, opts: ResourceOptions | None = None) -> None:
        super().__init__("shop:index:Group", name, {"size": 1}, opts)
        self.queue = aws.sqs.Queue(f"{name}-queue", opts=ResourceOptions(parent=self))
        self.register_outputs({"url": self.queue.url})


class Silent(pulumi.ComponentResource):
    """A component that registers no outputs."""

    def __init__(self, name: str, opts: ResourceOptions | None = None) -> None:
        super().__init__("shop:index:Silent", name, None, opts)


outer = Group("outer", ResourceOptions(protect=True))
inner = Group("inner", ResourceOptions(parent=outer))
first = aws.sqs.Queue("first")
silent = Silent("silent", ResourceOptions(parent=inner, depends_on=[first]))
below = aws.sqs.Queue("below", opts=ResourceOptions(parent=outer.queue))
aws.sqs.QueuePolicy(
    "far-below", queue_url=below.url, policy="{}", opts=ResourceOptions(parent=below, protect=False)
)
# A component among the dependencies stands for all that is in it.
aws.sqs.Queue("after", opts=ResourceOptions(depends_on=[silent, outer, below]))
aws.sqs.Queue("kept", opts=ResourceOptions(parent=silent, retain_on_delete=True))
