"""What a provider's settings mean for what it serves: where it is, and how it is tagged."""

import json

from pulumi_preflight.outputs.shapes import Shape
from pulumi_preflight.wire import UNKNOWN, Properties, has_unknown, mark_of, without_secret

DEFAULT_REGION = "us-east-1"


def region_in(*settings: Properties) -> str | None:
    """The region that the first of these settings names; `None` where none does."""
    for each in settings:
        region = without_secret(each.get("region"))
        if isinstance(region, str) and region and region != UNKNOWN:
            return region
    return None


def default_tags_in(settings: Properties) -> Properties:
    """The tags that a provider adds to all that it makes."""
    given = without_secret(settings.get("defaultTags"))
    # Providers take objects as JSON text.
    if isinstance(given, str):
        try:
            given = json.loads(given)
        except ValueError:
            return {}
    tags = given.get("tags") if isinstance(given, dict) else None
    return tags if isinstance(tags, dict) else {}


def with_default_tags(inputs: Properties, default_tags: Properties, shape: Shape) -> Properties:
    """The inputs as the AWS provider's Check gives them back: all tags together in `tagsAll`.

    A type takes tags where it has the output `tagsAll`. One tag that is not known hides them all.
    Source: pulumi/pulumi-aws, provider/tags.go (applyTags).
    """
    tags = inputs.get("tags", {})
    taggable = any(property_.name == "tagsAll" for property_ in shape)
    if not default_tags or not taggable:
        return inputs
    if has_unknown(tags) or not isinstance(tags, dict):
        return inputs | {"tagsAll": UNKNOWN}
    # Tags that are secret as a whole keep their mark.
    return inputs | {"tagsAll": tags if mark_of(tags) else default_tags | tags}
