"""Old names and states: they change nothing in a first deployment."""

import pulumi
import pulumi_aws as aws


class Group(pulumi.ComponentResource):
    """A component that was renamed."""

    def __init__(self, name: str, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("shop:index:Group", name, None, opts)
        aws.sqs.Queue(
            f"{name}-inner",
            opts=pulumi.ResourceOptions(
                parent=self, aliases=[pulumi.Alias(parent=pulumi.ROOT_STACK_RESOURCE)]
            ),
        )


def migrate(args: pulumi.StateMigrationArgs) -> None:
    """Would change an older state, of which a first deployment has none."""
    raise AssertionError(args)


Group("migrated", pulumi.ResourceOptions(state_migrations=[migrate]))
Group(
    "group", pulumi.ResourceOptions(aliases=[pulumi.Alias(name="old"), pulumi.Alias(type_="a:b:C")])
)
aws.sqs.Queue(
    "queue",
    opts=pulumi.ResourceOptions(
        aliases=[
            "urn:pulumi:dev::aliases::aws:sqs/queue:Queue::older",
            pulumi.Alias(name="old-queue"),
        ]
    ),
)
