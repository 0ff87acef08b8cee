"""OIDC issuers that serve many organizations, and the conditions that name one of these."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from aws_policy_pack.lists import load
from aws_policy_pack.policy_documents import Condition, Statement
from aws_policy_pack.public_access import EQUALITIES, LIKENESSES, holds_caller, with_wildcards

OIDC_PROVIDER: Final = ":oidc-provider/"
SAML_PROVIDER: Final = ":saml-provider/"
SCHEME: Final = "https://"
KIND: Final = re.compile(r"https?://[^/*?]+/|[^:/@*?]+:")
"""What a claim says before it names somebody, such as `repo:` and `https://vercel.com/`."""
WILDCARD: Final = re.compile(r"[*?]")
ENDS_NAME: Final = re.compile(r"[^:/@][:/@]")


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedIssuer:
    """An issuer whose tokens anybody can get.

    Attributes:
        keys: The condition keys that tell whose a token is, in lower case.
        demanded: The key that IAM wants a trust policy to ask for.
        example: A value of this key that names one organization; empty where none is known.
    """

    keys: frozenset[str]
    demanded: str
    example: str


def _shared_issuers() -> Mapping[str, SharedIssuer]:
    found = {}
    for issuer, entry in load("shared_issuers").entries.items():
        keys = [key if ":" in key else f"{issuer}:{key}" for key in entry["keys"]]
        found[issuer] = SharedIssuer(
            keys=frozenset(map(str.lower, keys)), demanded=keys[0], example=entry.get("example", "")
        )
    return found


SHARED_ISSUERS: Final = _shared_issuers()
"""By the issuer's URL without its scheme."""


def issuer_of(federated: str) -> str:
    """The issuer that a federated principal means; empty for a SAML provider.

    The principal is the ARN of an OIDC provider, or a name such as
    `cognito-identity.amazonaws.com`.
    """
    if SAML_PROVIDER in federated:
        return ""
    return federated.rpartition(OIDC_PROVIDER)[2].lower().rstrip("/")


def names_tenant(statement: Statement, issuers: Iterable[str]) -> bool:
    """Whether a condition holds the caller to one customer of the issuers, or to somebody else.

    A condition on a claim of one issuer holds those of the others out, whose tokens lack it. A
    condition that begins with `ForAllValues` or ends in `IfExists` holds nobody: it is true where
    the key is missing. A key that is made of a provider's `url` has a scheme until the provider
    exists: AWS answers without it.
    """
    keys = frozenset[str]().union(*(SHARED_ISSUERS[issuer].keys for issuer in issuers))
    return any(
        holds_caller(condition)
        or (condition.key.lower().removeprefix(SCHEME) in keys and _names_one(condition))
        for condition in statement.conditions
    )


def _names_one(condition: Condition) -> bool:
    operator = condition.operator.lower().removeprefix("foranyvalue:")
    if not condition.values:
        return False
    patterns = map(with_wildcards, condition.values)
    if operator in EQUALITIES and not any("${" in value for value in condition.values):
        return True
    return operator in EQUALITIES | LIKENESSES and all(map(_spells_name_out, patterns))


def _spells_name_out(pattern: str) -> bool:
    """Whether the text before the first wildcard names somebody to the end.

    `repo:octo-org/*` does. `repo:octo-*` and `repo:octo-org*` do not: anybody may found an
    organization whose name begins so.
    """
    wildcard = WILDCARD.search(pattern)
    if wildcard is None:
        return bool(pattern)
    literal = pattern[: wildcard.start()]
    kind = KIND.match(literal)
    return bool(ENDS_NAME.search(literal[kind.end() if kind else 0 :]))
