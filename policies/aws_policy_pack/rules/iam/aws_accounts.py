"""The accounts from which services of AWS themselves write into one's own resources."""

from functools import cache

from aws_policy_pack.lists import load


@cache
def aws_accounts() -> frozenset[str]:
    """The accounts of log delivery and the like, of all regions.

    The list has them by service and region, each service with its source.
    """
    services = load("aws_accounts").entries.values()
    return frozenset(account for service in services for account in service["accounts"].values())
