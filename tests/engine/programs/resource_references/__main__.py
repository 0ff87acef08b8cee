"""Resources handed on as values: they travel as references and come back as resources."""

import pulumi
import pulumi_aws as aws

queue = aws.sqs.Queue("queue", visibility_timeout_seconds=45)
stash = pulumi.Stash("stash", input={"queue": queue, "size": 3})
aws.sqs.Queue(
    "second",
    visibility_timeout_seconds=stash.output.apply(
        lambda kept: kept["queue"].visibility_timeout_seconds
    ),
)


class Pair(pulumi.ComponentResource):
    """Tells a resource of its own as an output."""

    def __init__(self, name: str) -> None:
        super().__init__("shop:index:Pair", name)
        self.left = aws.sqs.Queue(f"{name}-left", opts=pulumi.ResourceOptions(parent=self))
        self.register_outputs({"left": self.left, "names": [self.left.name]})


pair = Pair("pair")
pulumi.export("pair", pair)
pulumi.export("queue", queue)
