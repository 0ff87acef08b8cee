"""The component's plugin."""

import sys

import pulumi
import pulumi_aws as aws
from pulumi.provider import ConstructResult, Provider, main


class Remote(pulumi.ComponentResource):
    """Makes queues."""

    def __init__(self, name: str, size: int, opts: pulumi.ResourceOptions | None) -> None:
        super().__init__("far:index:Remote", name, None, opts)
        self.queues = [
            aws.sqs.Queue(f"{name}-{index}", opts=pulumi.ResourceOptions(parent=self))
            for index in range(size)
        ]
        self.register_outputs({"url": self.queues[0].url})


class Far(Provider):
    """Builds the component."""

    def construct(
        self,
        name: str,
        resource_type: str,
        inputs: pulumi.Inputs,
        options: pulumi.ResourceOptions | None = None,
    ) -> ConstructResult:
        del resource_type
        made = Remote(name, int(inputs["size"]), options)
        return ConstructResult(made.urn, {"url": made.queues[0].url})


main(Far(version="1.0.0"), sys.argv[1:])
