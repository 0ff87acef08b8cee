"""What a made-up value belongs to, where that lives, and where its digits come from."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TypeVar

from pulumi_preflight.stack_context import member_of
from pulumi_preflight.wire import Properties

# AWS's own documentation writes this account; it stands where nobody knows the real one.
ACCOUNT = "123456789012"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where resources live.

    Attributes:
        region: Such as `eu-west-1`.
        known_account: The account of 12 digits, `None` where nobody told it.
        made_up_account: The account that stands where nobody told it.
    """

    region: str
    known_account: str | None = None
    made_up_account: str = ACCOUNT

    @property
    def account(self) -> str:
        """The account; where nobody knows it, one that is made up."""
        return self.known_account or self.made_up_account

    @property
    def account_known(self) -> bool:
        """Whether somebody told the account."""
        return self.known_account is not None

    @property
    def partition(self) -> str:
        """The partition of the region."""
        if self.region.startswith("cn-"):
            return "aws-cn"
        return "aws-us-gov" if self.region.startswith("us-gov-") else "aws"

    @property
    def dns_suffix(self) -> str:
        """The domain of the partition's endpoints."""
        return "amazonaws.com.cn" if self.partition == "aws-cn" else "amazonaws.com"

    def arn(self, service: str, resource: str) -> str:
        """Writes an ARN; what a service leaves out of it is left out."""
        region = "" if service in _WITHOUT_REGION else self.region
        account = "" if service in _WITHOUT_ACCOUNT else self.account
        return f"arn:{self.partition}:{service}:{region}:{account}:{resource}"


_WITHOUT_REGION = frozenset({"iam", "s3", "route53", "cloudfront", "globalaccelerator", "budgets"})
_WITHOUT_ACCOUNT = frozenset({"s3", "route53", "apigateway"})


_Value = TypeVar("_Value")
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """The resource, or answer of a data source, that a value belongs to.

    Attributes:
        seed: What makes its values its own: the URN, or the call.
        token: The type or function token.
        name: The physical name, as far as it is known.
        place: Where it lives.
        id: The provider's id of a resource that exists already.
        generation: How many others of its URN were there before it and still are.
        inputs: What the program gave.
        others: Kind and id to the outputs of the resources that were filled in before.
    """

    seed: str
    token: str
    name: str
    place: Place
    id: str = ""
    generation: int = 0
    inputs: Properties = field(default_factory=dict)
    others: Mapping[tuple[str, str], Properties] = field(default_factory=dict)

    @property
    def kind(self) -> str:
        """Module and type in lower case, such as `ec2/vpc`; the package is left out."""
        return subject_kind(self.token)

    @property
    def package(self) -> str:
        """The provider's package, such as `aws`."""
        return self.token.partition(":")[0]

    @property
    def is_answer(self) -> bool:
        """Whether this is an answer of a function; types begin with a capital."""
        return member_of(self.token)[:1].islower()

    def digits(self, path: str, count: int) -> str:
        """Hexadecimal digits of a property's own."""
        return hashlib.sha256(f"{self.seed}#{path}".encode()).hexdigest()[:count]

    def made_up(self, _path: str, value: _Value) -> _Value:
        """A value that is made up without digits of its own, such as a time or a status."""
        return value

    def number(self, path: str, below: int) -> int:
        """A whole number of a property's own."""
        return int(self.digits(path, 12), 16) % below

    def account(self, path: str) -> str:
        """A made-up account of a property's own: 12 digits, of which the first is not 0."""
        return str(10**11 + self.number(path, 9 * 10**11))

    def capitals(self, path: str, count: int) -> str:
        """Capital letters and digits of a property's own, as in access key ids."""
        digest = hashlib.sha256(f"{self.seed}#{path}".encode()).digest()
        return "".join(_LETTERS[byte % len(_LETTERS)] for byte in digest[:count])


@lru_cache(maxsize=4096)  # Asked for each property of each resource.
def subject_kind(token: str) -> str:
    """Module and type of a type or function token in lower case, such as `ec2/vpc`."""
    _, _, rest = token.partition(":")
    module, _, member = rest.rpartition(":")
    # Types begin with a capital; a function such as getCluster tells of a cluster.
    if member.startswith("get"):
        member = member.removeprefix("get")
    return f"{module.partition('/')[0]}/{member}".lower()
