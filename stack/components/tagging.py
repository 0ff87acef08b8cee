"""One set of tags on every resource that can carry tags."""

from collections.abc import Mapping

import pulumi


def tag_every_resource(tags: Mapping[str, str]) -> None:
    """Adds `tags` to all resources created after this call; a resource's own tags win.

    The tags go into each resource's inputs rather than the provider's default tags, so that
    policies, previews and the state show them.
    """

    def add_tags(
        args: pulumi.ResourceTransformationArgs,
    ) -> pulumi.ResourceTransformationResult | None:
        if "tags" not in args.props:
            return None
        own = args.props["tags"] or {}
        if not isinstance(own, Mapping):
            raise TypeError(f"the tags of {args.name} are {own!r}; wanted a plain dictionary")
        props = {**args.props, "tags": {**tags, **own}}
        return pulumi.ResourceTransformationResult(props, args.opts)

    pulumi.runtime.register_stack_transformation(add_tags)
