"""Regions with their zones, and what a provider's settings mean for what it serves."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from pulumi_preflight.outputs.shapes import Shape
from pulumi_preflight.outputs.subject import ACCOUNT
from pulumi_preflight.wire import (
    UNKNOWN,
    Properties,
    PropertyValue,
    has_unknown,
    mark_of,
    without_secret,
)

_EVERYWHERE = "*"


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """One region.

    Attributes:
        name: Such as `eu-west-1`.
        partition: Such as `aws-cn`.
        dns_suffix: The domain of the partition's endpoints.
        description: The name for people.
        opt_in: Whether an account has to enable it.
        zones: The letter of each availability zone to its id. The pairs of older regions differ by
            account; the ids do not.
    """

    name: str
    partition: str
    dns_suffix: str
    description: str
    opt_in: bool
    zones: Mapping[str, str]

    @property
    def reverse_dns_prefix(self) -> str:
        """The partition's domain from its end, as the names of endpoint services begin."""
        return ".".join(reversed(self.dns_suffix.split(".")))


@cache
def regions() -> Mapping[str, Region]:
    """All regions by name."""
    table = _table("regions.json")
    return {
        name: Region(
            name=name,
            partition=row["partition"],
            dns_suffix=table["partitions"][row["partition"]],
            description=row["description"],
            opt_in=row.get("optIn", False),
            zones=row.get("zones", {}),
        )
        for name, row in table["regions"].items()
    }


def hosted_zone(service: str, region: str) -> str | None:
    """The Route 53 zone of a service's host names in a region; `None` where the table has none.

    Args:
        service: A service of `hosted_zones.json`, which has sources.
        region: The region.
    """
    found: str | None = _table("hosted_zones.json")[service]["ids"].get(region)
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceAccount:
    """The account from which a service of AWS writes into one's own resources.

    Attributes:
        id: The account.
        user: Who writes, as ARNs name it.
    """

    id: str
    user: str


def service_account(service: str, region: str) -> ServiceAccount | None:
    """The account of a service in a region; `None` where the table has none.

    Args:
        service: A service of `service_accounts.json`, which has sources.
        region: The region.
    """
    known = _table("service_accounts.json")[service]
    account = known["accounts"].get(region, known["accounts"].get(_EVERYWHERE))
    return account and ServiceAccount(id=account, user=known["user"])


@cache
def _table(file: str) -> Mapping[str, Any]:
    text = resources.files(__package__).joinpath(file).read_text(encoding="utf-8")
    table: Mapping[str, Any] = json.loads(text)
    return table


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
