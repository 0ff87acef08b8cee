"""A package that a parameter makes out of another package's plugin."""

import pulumi
import pulumi_aws as aws
from pulumi.runtime.settings import register_package


class Thing(pulumi.CustomResource):
    """A resource of that package, as its generated SDK has it."""

    size: pulumi.Output[int]

    def __init__(
        self, name: str, size: pulumi.Input[int], opts: pulumi.ResourceOptions | None = None
    ) -> None:
        package = register_package("aws", "7.0.0", "", "shop", "3.1.0", "cGFyYW1ldGVy")
        super().__init__("shop:index:Thing", name, {"size": size}, opts, package_ref=package)


first = Thing("first", 3)
second = Thing("second", first.size, pulumi.ResourceOptions(parent=first))
aws.sqs.Queue("queue", delay_seconds=second.size)
pulumi.export("size", second.size)
