"""A component that its plugin builds: offline only the component itself is known."""

import pulumi
import pulumi_aws as aws


class Remote(pulumi.ComponentResource):
    """The program's side of the component."""

    url: pulumi.Output[str]

    def __init__(self, name: str, size: pulumi.Input[int]) -> None:
        super().__init__("far:index:Remote", name, {"size": size, "url": None}, remote=True)


first = aws.sqs.Queue("first")
remote = Remote("remote", 3)
aws.sqs.Queue("after", tags={"Url": remote.url}, opts=pulumi.ResourceOptions(depends_on=[first]))
pulumi.export("url", remote.url)
