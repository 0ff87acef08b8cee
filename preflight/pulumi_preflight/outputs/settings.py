"""What a provider's settings mean for what it serves: where it is, and how it is tagged."""

import json
import re

from pulumi_preflight.outputs.arns import ACCOUNT
from pulumi_preflight.outputs.shapes import Shape
from pulumi_preflight.wire import (
    UNKNOWN,
    Properties,
    PropertyValue,
    has_unknown,
    mark_of,
    without_secret,
)

DEFAULT_REGION = "us-east-1"
_ACCOUNT = re.compile("[0-9]{12}")
_ROLE_ACCOUNT = re.compile("arn:[^:]*:iam::([0-9]{12}):role/")


def region_in(*settings: Properties) -> str | None:
    """The region that the first of these settings names; `None` where none does."""
    for each in settings:
        region = without_secret(each.get("region"))
        if isinstance(region, str) and region and region != UNKNOWN:
            return region
    return None


def account_in(settings: Properties, *, told: str | None = None) -> str | None:
    """The account of what a provider makes; `None` where nobody knows it.

    The only account that the provider allows comes first, then the account of the last role that it
    assumes. A made-up account in the settings tells nothing.

    Args:
        settings: The provider's configuration.
        told: The account of the provider's credentials, as far as the user told it.

    Source: hashicorp/aws-sdk-go-base, where the roles are assumed one after the other, each with
    the credentials of the one before; the web identity's role is the first.
    """
    allowed = _decoded(settings.get("allowedAccountIds"))
    if isinstance(allowed, list) and len(allowed) == 1:
        # In the configuration an account may be a number.
        only = str(allowed[0])
        if _ACCOUNT.fullmatch(only) and only != ACCOUNT:
            return only
    role = _role_in(settings)
    if role is None:
        return told
    found = _ROLE_ACCOUNT.match(role)
    return found[1] if found and found[1] != ACCOUNT else None


def has_unknown_role(settings: Properties) -> bool:
    """Whether a provider assumes a role that nobody knows, which may be of any account."""
    role = _role_in(settings)
    return role is not None and not _ROLE_ACCOUNT.match(role)


def _role_in(settings: Properties) -> str | None:
    """The ARN of the last role that a provider assumes; `None` where it assumes none."""
    for name in ("assumeRoles", "assumeRole", "assumeRoleWithWebIdentity"):
        given = _decoded(settings.get(name))
        roles = given if isinstance(given, list) else [given]
        role = roles[-1] if roles else None
        if role == UNKNOWN:
            return UNKNOWN
        # A dict of a Python program keeps its names.
        if isinstance(role, dict) and (arn := role.get("roleArn") or role.get("role_arn")):
            return str(without_secret(arn))
    return None


def _decoded(given: PropertyValue) -> PropertyValue:
    """A setting that is a list or an object, which providers take as JSON text."""
    given = without_secret(given)
    if not isinstance(given, str) or given == UNKNOWN:
        return given
    try:
        decoded: PropertyValue = json.loads(given)
    except ValueError:
        return None
    return decoded


def default_tags_in(settings: Properties) -> Properties:
    """The tags that a provider adds to all that it makes."""
    given = _decoded(settings.get("defaultTags"))
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
