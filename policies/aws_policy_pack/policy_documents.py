"""IAM policy documents: what their statements say, and whether they let anyone in."""

import ipaddress
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from typing import Final

from aws_policy_pack.lists import load
from aws_policy_pack.resource import Properties, Unreadable
from aws_policy_pack.wire import Value
from aws_policy_pack.wording import first_few, listed, shown

ANYONE = "*"


@dataclass(frozen=True, slots=True, kw_only=True)
class Principal:
    """Who a statement is about.

    Attributes:
        kind: `AWS`, `Service`, `Federated` or `CanonicalUser`; empty for a bare `*`.
        name: The ARN, account, service or `*`.
    """

    kind: str
    name: str


EVERYBODY: Final = frozenset(Principal(kind=kind, name=ANYONE) for kind in ("", "AWS"))
"""The ways to say every principal."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """One test of a statement; the tests of a statement must all hold.

    Attributes:
        operator: Such as `StringEquals`, as written.
        key: Such as `aws:SourceArn`, as written.
        values: Of which one must match; true and false stand as `true` and `false`.
    """

    operator: str
    key: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One statement, with all texts as written; what is absent is empty.

    Attributes:
        effect: `Allow` or `Deny`.
        actions: Action patterns such as `sqs:Send*`; compare them without case.
        not_actions: The actions that it leaves out.
        resources: ARN patterns.
        not_resources: The resources that it leaves out.
        principals: Who it is about; none in a policy of an identity.
        not_principals: Who it leaves out.
        conditions: When it applies.
        sid: Its name.
    """

    effect: str
    actions: tuple[str, ...]
    not_actions: tuple[str, ...]
    resources: tuple[str, ...]
    not_resources: tuple[str, ...]
    principals: tuple[Principal, ...]
    not_principals: tuple[Principal, ...]
    conditions: tuple[Condition, ...]
    sid: str


def statements(document: Properties) -> tuple[Statement, ...]:
    """Reads the statements of a document, such as `queue.object("policy")`.

    Raises:
        Unreadable: A part of a statement is not known yet, or is of a kind that AWS refuses.
    """
    return tuple(_statement(item) for item in document.objects("Statement"))


def statements_of(resource: Properties, key: str) -> tuple[Statement, ...]:
    """Reads the document in a property, JSON text or object; none if it is absent or empty."""
    if resource.values.get(key) == "":
        return ()
    return statements(resource.object(key))


def named_actions(statement: Statement) -> str:
    """The actions that a statement is about, as a finding says them."""
    if statement.not_actions:
        return f"every action but {listed(statement.not_actions)}"
    return first_few([shown(action) for action in statement.actions]) or "nothing"


def denies_plain_http(statement: Statement) -> bool:
    """Whether the statement denies every action of a service to all who come without TLS.

    Which resources it covers is left to the caller. A second condition would spare somebody, so it
    does not count.
    """
    if len(statement.conditions) != 1:
        return False
    (condition,) = statement.conditions
    return (
        statement.effect == "Deny"
        and any(principal.name == ANYONE for principal in statement.principals)
        and any(action == ANYONE or action.endswith(":*") for action in statement.actions)
        and condition.operator.lower() in {"bool", "boolifexists"}
        and condition.key.lower() == "aws:securetransport"
        and [value.lower() for value in condition.values] == ["false"]
    )


def _statement(item: Properties) -> Statement:
    return Statement(
        effect=item.text("Effect") or "",
        actions=item.texts("Action"),
        not_actions=item.texts("NotAction"),
        resources=item.texts("Resource"),
        not_resources=item.texts("NotResource"),
        principals=_principals(item, "Principal"),
        not_principals=_principals(item, "NotPrincipal"),
        conditions=tuple(_conditions(item)),
        sid=item.text("Sid") or "",
    )


def _principals(item: Properties, key: str) -> tuple[Principal, ...]:
    value = item.raw(key)
    if isinstance(value, Mapping):
        return tuple(
            Principal(kind=kind, name=name)
            for kind, names in value.items()
            for name in _texts(names, f"{key}.{kind}")
        )
    return tuple(Principal(kind="", name=name) for name in _texts(value, key))


def _conditions(item: Properties) -> Iterator[Condition]:
    """The keys hold dots and colons, so they are not read by path."""
    for operator, tests in _mapping(item.raw("Condition"), "Condition").items():
        path = f"Condition.{operator}"
        for key, values in _mapping(tests, path).items():
            yield Condition(operator=operator, key=key, values=_texts(values, f"{path}.{key}"))


def _mapping(value: Value, path: str) -> Mapping[str, Value]:
    if value is None:
        return {}
    if isinstance(value, Mapping):
        return value
    raise Unreadable(path, "is not an object")


def _texts(value: Value, path: str) -> tuple[str, ...]:
    """One text or a list of texts; numbers and booleans as JSON writes them."""
    match value:
        case None:
            return ()
        case str() | bool() | int() | float():
            return (_plain(value, path),)
        case Sequence():
            return tuple(_plain(item, f"{path}[{index}]") for index, item in enumerate(value))
        case _:
            raise Unreadable(path, "is not a text or a list of texts")


def _plain(value: Value, path: str) -> str:
    match value:
        case str():
            return value
        case bool():
            return str(value).lower()
        case int() | float():
            return str(value)
        case _:
            raise Unreadable(path, "is not a text")


IPV4_BROADEST: Final = 8
IPV6_BROADEST: Final = 32

_KEYS: Final = {
    group: frozenset(map(str.lower, keys)) for group, keys in load("caller_keys").entries.items()
}
CALLER_KEYS: Final = _KEYS["identities"]
ADDRESS_KEYS: Final = _KEYS["addresses"]
SERVICE_KEYS: Final = _KEYS["services"]
"""Keys that are true where a service of AWS calls: that is as good as naming the services."""
PROVIDER_KEYS: Final = _KEYS["providers"]
"""Keys that say who vouched for the caller: an account's own provider, or one for everybody."""
RESOURCE_KEYS: Final = _KEYS["resources"]
"""Keys that say whose the resource is, so that a caller can be held to the same."""

EQUALITIES: Final = frozenset({"stringequals", "stringequalsignorecase"})
LIKENESSES: Final = frozenset({"stringlike", "arnequals", "arnlike"})
COMPARISONS: Final = EQUALITIES.union(LIKENESSES)
NEGATIONS: Final = {
    "stringnotequals": "stringequals",
    "stringnotequalsignorecase": "stringequalsignorecase",
    "stringnotlike": "stringlike",
    "arnnotequals": "arnequals",
    "arnnotlike": "arnlike",
    "notipaddress": "ipaddress",
}
VARIABLE: Final = re.compile(r"\$\{([^},]*)[^}]*\}")
WILDCARDS: Final = frozenset({"*", "?", "$"})
"""Variables that stand for these characters themselves."""
WILDCARD: Final = re.compile(r"[*?]")
WHOLE_ID: Final = re.compile(r"\d{12}|[A-Z0-9]{21}|[^/:.]+[/:.]")
"""An account, a unique id of IAM, or a text to its delimiter: no other party's begins so."""
ANY_TEXT: Final = "\0\0"
"""What no pattern matches but one with `*` in this place."""


def is_public(statement: Statement, beside: Iterable[Statement] = ()) -> bool:
    """Whether the statement lets anyone in, whoever they are.

    That is so if it allows every principal, or all but a few, and no condition holds the caller to
    a fixed account, organisation, resource, network or range of addresses. A condition that ends in
    `IfExists` or begins with `ForAllValues` holds nobody: it is true where the key is missing.

    Args:
        statement: The statement.
        beside: The statements of the same document, of which a denial may leave somebody only.
    """
    anyone = any(principal.name == ANYONE for principal in statement.principals)
    return (
        statement.effect == "Allow"
        and (anyone or bool(statement.not_principals))
        and not any(map(holds_caller, statement.conditions))
        and not any(map(_names_own_provider, statement.conditions))
        and not any(_leaves_no_stranger(other) and _covers(other, statement) for other in beside)
    )


def holds_caller(condition: Condition) -> bool:
    """Whether a condition holds the caller to somebody, as `is_public` has it."""
    operator = condition.operator.lower().removeprefix("foranyvalue:")
    key = condition.key.lower()
    if not condition.values:
        return False
    if key in ADDRESS_KEYS:
        return operator == "ipaddress" and _are_narrow(condition.values)
    if key in SERVICE_KEYS:
        return operator == "bool" and all(value.lower() == "true" for value in condition.values)
    if operator not in COMPARISONS:
        return False
    if key in RESOURCE_KEYS:
        return all(map(_is_caller, condition.values))
    return key in CALLER_KEYS and all(
        _is_fixed(value, is_pattern=operator in LIKENESSES) for value in condition.values
    )


def _names_own_provider(condition: Condition) -> bool:
    """Whether a condition holds the caller to the sessions that an account's provider vouches for.

    The account in the provider's ARN counts, as it does in a caller's. A provider without an ARN,
    such as `accounts.google.com`, vouches for everybody.
    """
    return (
        condition.key.lower() in PROVIDER_KEYS
        and all(value.startswith("arn:") for value in condition.values)
        and holds_caller(replace(condition, key="aws:PrincipalArn"))
    )


def _leaves_no_stranger(denial: Statement) -> bool:
    """Whether a denial spares somebody in particular at most, and nobody else.

    Each of its conditions has to be the contrary of one that holds the caller: who meets any of
    them is spared. A negated operator is true where the key is missing, so it denies a caller
    without it.
    """
    if denial.effect != "Deny":
        return False
    if denial.not_principals:
        spared_names = {principal.name for principal in denial.not_principals}
        return not denial.conditions and ANYONE not in spared_names
    spared = [_contrary(condition) for condition in denial.conditions]
    return not EVERYBODY.isdisjoint(denial.principals) and all(
        condition is not None and holds_caller(condition) for condition in spared
    )


def _contrary(condition: Condition) -> Condition | None:
    """The condition that is true where this one is not, if there is one that may hold a caller."""
    operator = condition.operator.lower()
    if operator == "boolifexists" and [value.lower() for value in condition.values] == ["false"]:
        return replace(condition, operator="Bool", values=("true",))
    plain = NEGATIONS.get(operator.removeprefix("forallvalues:").removesuffix("ifexists"))
    return replace(condition, operator=plain) if plain else None


def _covers(denial: Statement, allowed: Statement) -> bool:
    """Whether a denial is about all that a statement allows."""
    actions = (ANYONE,) if allowed.not_actions else allowed.actions
    resources = (ANYONE,) if allowed.not_resources else allowed.resources
    return _match_all(map(str.lower, actions), map(str.lower, denial.actions)) and _match_all(
        resources, denial.resources
    )


def _match_all(patterns: Iterable[str], wider: Iterable[str]) -> bool:
    known = tuple(wider)
    samples = (WILDCARD.sub(ANY_TEXT, pattern) for pattern in patterns)
    return all(any(fnmatchcase(sample, pattern) for pattern in known) for sample in samples)


def _are_narrow(addresses: Iterable[str]) -> bool:
    """Whether ranges together are small enough to belong to one party, by S3's measure.

    Neighbours are merged, so that a list of halves does not pass where the whole would not.
    """
    try:
        networks = [ipaddress.ip_network(address, strict=False) for address in addresses]
    except ValueError:
        return False
    ipv4 = [network for network in networks if isinstance(network, ipaddress.IPv4Network)]
    ipv6 = [network for network in networks if isinstance(network, ipaddress.IPv6Network)]
    return all(
        network.prefixlen >= IPV4_BROADEST or network.is_private
        for network in ipaddress.collapse_addresses(ipv4)
    ) and all(
        network.prefixlen >= IPV6_BROADEST or network.is_private
        for network in ipaddress.collapse_addresses(ipv6)
    )


def _is_caller(value: str) -> bool:
    """Whether a value is one variable, of the caller's own identity."""
    variable = VARIABLE.fullmatch(value)
    return variable is not None and variable[1].lower() in CALLER_KEYS


def _is_fixed(value: str, *, is_pattern: bool) -> bool:
    """Whether a value holds to one party.

    A variable of the caller's may be anything, as `*` is. One of the resource's is one party.

    An ARN holds by its account: anyone may have a role or a topic of that name. One without an
    account, as of a bucket, does by its resource, whose names are unique in all of AWS. So does a
    bucket's with a wildcard for the account, as AWS's own examples write it.
    """
    if not is_pattern and not any(map(_is_free, VARIABLE.finditer(value))):
        return True
    pattern = with_wildcards(value)
    if not pattern.startswith("arn:"):
        return _is_whole(pattern)
    fields = dict(enumerate(pattern.split(":", maxsplit=5)))
    service, account, resource = (fields.get(place, "") for place in (2, 4, 5))
    if service == "s3":
        resource, _, _ = resource.partition("/")
    elif account:
        return _is_whole(account)
    return _is_whole(account) or (bool(resource) and not WILDCARD.search(resource))


def with_wildcards(value: str) -> str:
    """A value with `*` in place of the variables that the caller brings along."""
    return VARIABLE.sub(lambda found: ANYONE if _is_free(found) else "_", value)


def _is_free(variable: re.Match[str]) -> bool:
    """Whether a variable is neither the resource's nor a character that is spelt so."""
    name = variable[1].strip().lower()
    return name not in RESOURCE_KEYS and name not in WILDCARDS


def _is_whole(pattern: str) -> bool:
    """Whether a pattern spells one party out before its first wildcard."""
    wildcard = WILDCARD.search(pattern)
    if wildcard is None:
        return bool(pattern)
    return WHOLE_ID.match(pattern[: wildcard.start()]) is not None
