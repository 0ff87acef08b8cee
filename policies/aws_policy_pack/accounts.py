"""The account that a resource is in, as far as the stack tells it."""

import re
from functools import lru_cache
from typing import Final

from aws_policy_pack.properties import Properties
from aws_policy_pack.resource import Graph, Resource, Unreadable
from aws_policy_pack.wire import Unknown

OF_ARN: Final = re.compile(r"arn:[\w-]+:[\w-]*:[\w-]*:(\d{12}):")
ACCOUNT: Final = re.compile(r"\d{12}")
ROLES: Final = ("assumeRoles", "assumeRole", "assumeRoleWithWebIdentity")
"""The roles that a provider assumes one after the other; the web identity's is the first.

The bridge of provider 7 calls them `assumeRoles`, that of 6 `assumeRole`. Source:
https://github.com/hashicorp/aws-sdk-go-base
"""

CREDENTIALS: Final = (
    "profile",
    "accessKey",
    "secretKey",
    "token",
    "sharedConfigFiles",
    "sharedCredentialsFiles",
    *ROLES,
)
"""The settings of a provider that choose whom it signs in as."""
SPELLINGS: Final = ("roleArn", "role_arn")
"""A dict of a program may have the names of Python, which the SDK leaves as they are."""


@lru_cache(maxsize=64)  # Rules ask for each resource, and a stack has few providers.
def account_of_provider(provider: Resource | None) -> str | None:
    """The account that the settings of a provider tell; `None` where they tell none.

    They tell it by the only account that they allow, or by the last role that they assume.
    """
    if provider is None:
        return None
    try:
        match provider.texts("allowedAccountIds"):
            case [account] if ACCOUNT.fullmatch(account):
                return account
            case _:
                pass
        roles = next((found for name in ROLES if (found := provider.objects(name))), ())
        return _of_role(roles[-1]) if roles else None
    except Unreadable:
        return None


def _of_role(role: Properties) -> str | None:
    arn = next((found for key in SPELLINGS if (found := role.text(key))), "")
    match = OF_ARN.match(arn)
    return match[1] if match else None


def may_be_of_two(one: Resource | None, other: Resource | None) -> bool:
    """Whether two providers sign in differently, and their settings do not tell both accounts.

    Two profiles may be of one account or of two. A setting that is not known yet may be any.
    """
    if one is None or other is None or one.urn == other.urn:
        return False
    if account_of_provider(one) and account_of_provider(other):
        return False
    pairs = ((one.values.get(key), other.values.get(key)) for key in CREDENTIALS)
    return any(mine != its or isinstance(mine, Unknown) for mine, its in pairs)


def account_of_arn(resource: Resource) -> str | None:
    """The account in the ARN that the provider gave a resource."""
    arn = resource.values.get("arn")
    match = OF_ARN.match(arn) if isinstance(arn, str) else None
    return match[1] if match else None


def own_accounts(graph: Graph) -> tuple[frozenset[str], frozenset[str]]:
    """The accounts that providers tell, and those in the ARNs of what other providers made."""
    told: set[str] = set()
    found_in_arns: set[str] = set()
    for resource in graph.resources:
        account = account_of_provider(resource.provider)
        if account is not None:
            told.add(account)
        elif (found := account_of_arn(resource)) is not None:
            found_in_arns.add(found)
    return frozenset(told), frozenset(found_in_arns)
