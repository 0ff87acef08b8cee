"""The accounts of AWS itself that policies rightly name."""

from functools import cache
from typing import Final

from aws_policy_pack.lists import load

LISTS: Final = ("aws_accounts", "image_registries")


@cache
def aws_accounts() -> frozenset[str]:
    """The accounts that write into one's own resources, and those of AWS's images, of all regions.

    The lists have them by service and region, each service with its source.
    """
    services = [service for name in LISTS for service in load(name).entries.values()]
    return frozenset(account for service in services for account in service["accounts"].values())
