"""Transforms of the client (`transformations`) and of the server (`transforms`)."""

import pulumi
import pulumi_aws as aws
from pulumi import (
    ResourceOptions,
    ResourceTransformArgs,
    ResourceTransformationArgs,
    ResourceTransformationResult,
    ResourceTransformResult,
)


def tagged_by_client(args: ResourceTransformationArgs) -> ResourceTransformationResult | None:
    if args.type_ != "aws:sqs/queue:Queue":
        return None
    tags = {**(args.props.get("tags") or {}), "Client": "yes"}
    return ResourceTransformationResult({**args.props, "tags": tags}, args.opts)


def tagged_by_server(args: ResourceTransformArgs) -> ResourceTransformResult | None:
    if args.type_ != "aws:sqs/queue:Queue":
        return None
    tags = {**(args.props.get("tags") or {}), "Server": args.name}
    return ResourceTransformResult(props={**args.props, "tags": tags}, opts=args.opts)


def protected(args: ResourceTransformArgs) -> ResourceTransformResult:
    opts = ResourceOptions.merge(
        args.opts, ResourceOptions(protect=True, ignore_changes=["tags"], retain_on_delete=True)
    )
    return ResourceTransformResult(props=args.props, opts=opts)


def shorter(args: pulumi.InvokeTransformArgs) -> pulumi.InvokeTransformResult | None:
    if not args.token.endswith(":getAvailabilityZones"):
        return None
    return pulumi.InvokeTransformResult(args={**args.args, "state": "available"}, opts=args.opts)


class Group(pulumi.ComponentResource):
    """A component whose transforms reach its children."""

    def __init__(self, name: str, opts: ResourceOptions | None = None) -> None:
        super().__init__("shop:index:Group", name, None, opts)
        self.queue = aws.sqs.Queue(
            f"{name}-queue", tags={"Given": "yes"}, opts=ResourceOptions(parent=self)
        )


pulumi.runtime.register_stack_transformation(tagged_by_client)
pulumi.runtime.register_resource_transform(tagged_by_server)
pulumi.runtime.register_invoke_transform(shorter)
group = Group("group", ResourceOptions(transforms=[protected]))
aws.sqs.Queue("own", opts=ResourceOptions(transforms=[protected], depends_on=[group]))
aws.sqs.Queue("unknown", tags={"Url": group.queue.url})
aws.sqs.Queue(
    "old",
    opts=ResourceOptions(
        transformations=[
            lambda args: ResourceTransformationResult(
                {**args.props, "delay_seconds": 5}, args.opts
            ),
        ]
    ),
)
pulumi.export("zones", aws.get_availability_zones().names)
