"""Default, explicit, inherited and handed-down providers."""

import pulumi
import pulumi_aws as aws
from pulumi import ResourceOptions


class Group(pulumi.ComponentResource):
    """A component whose children take the providers it is given."""

    def __init__(self, name: str, opts: ResourceOptions | None = None) -> None:
        super().__init__("shop:index:Group", name, None, opts)
        aws.sqs.Queue(f"{name}-queue", opts=ResourceOptions(parent=self))


west = aws.Provider("west", region="us-west-2")
role = aws.iam.Role("role", assume_role_policy="{}")
assuming = aws.Provider("assuming", region="eu-central-1", assume_roles=[{"role_arn": role.arn}])
aws.sqs.Queue("default")
aws.sqs.Queue("regional", region="eu-west-3")
aws.sqs.Queue("explicit", opts=ResourceOptions(provider=west))
parent = aws.sqs.Queue("parent", opts=ResourceOptions(provider=assuming))
aws.sqs.QueuePolicy("child", queue_url=parent.url, policy="{}", opts=ResourceOptions(parent=parent))
Group("plain")
Group("by-provider", ResourceOptions(provider=west))
Group("by-providers", ResourceOptions(providers=[west]))
Group("by-name", ResourceOptions(providers={"aws": assuming}))
aws.sqs.Queue("versioned", opts=ResourceOptions(version="7.0.0"))
pulumi.export("region", aws.get_region(opts=pulumi.InvokeOptions(provider=west)).region)
