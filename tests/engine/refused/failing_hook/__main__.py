"""A hook that refuses a resource."""

import pulumi
import pulumi_aws as aws


def refuse(args: pulumi.ResourceHookArgs) -> None:
    raise RuntimeError(f"{args.name} must not be")


hook = pulumi.ResourceHook("refuse", refuse, pulumi.ResourceHookOptions(on_dry_run=True))
binding = pulumi.ResourceHookBinding(before_create=[hook])
aws.sqs.Queue("jobs", opts=pulumi.ResourceOptions(hooks=binding))
