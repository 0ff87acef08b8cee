"""IAM policy documents: those of roles and users, and those that stand on queues and buckets.

Reads the forms that AWS takes: one statement or a list, one text or a list of texts, a principal
as `*` or by kind. Names of actions and of condition keys mean the same in any case
(https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html).
"""

import ipaddress
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from aws_policy_pack.lists import load
from aws_policy_pack.resource import Properties, Unreadable
from aws_policy_pack.wire import Value
from aws_policy_pack.wording import first_few, listed, shown

ANYONE = "*"
IPV4_BROADEST = 8
IPV6_BROADEST = 32

_KEYS = {
    group: frozenset(map(str.lower, keys)) for group, keys in load("caller_keys").entries.items()
}
CALLER_KEYS = _KEYS["identities"]
"""Keys whose fixed value ties a statement to someone, as S3 and Security Hub judge it, see
https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html
"""
ADDRESS_KEYS = _KEYS["addresses"]
SERVICE_KEYS = _KEYS["services"]
"""Keys that are true where a service of AWS calls: that is as good as naming the services."""
EQUALITIES = frozenset({"stringequals", "stringequalsignorecase"})
LIKENESSES = frozenset({"stringlike", "arnequals", "arnlike"})
KIND_PREFIXES = ("o-", "vpc-", "vpce-")


@dataclass(frozen=True, slots=True, kw_only=True)
class Principal:
    """Who a statement is about.

    Attributes:
        kind: `AWS`, `Service`, `Federated` or `CanonicalUser`; empty for a bare `*`.
        name: The ARN, account, service or `*`.
    """

    kind: str
    name: str


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


def is_public(statement: Statement) -> bool:
    """Whether the statement lets anyone in, whoever they are.

    That is so if it allows every principal, or all but a few, and no condition holds the caller to
    a fixed account, organisation, resource, network or range of addresses. A condition that ends in
    `IfExists` or begins with `ForAllValues` holds nobody: it is true where the key is missing.
    """
    anyone = any(principal.name == ANYONE for principal in statement.principals)
    return (
        statement.effect == "Allow"
        and (anyone or bool(statement.not_principals))
        and not any(holds_caller(condition) for condition in statement.conditions)
    )


def holds_caller(condition: Condition) -> bool:
    """Whether a condition holds the caller to somebody, as `is_public` has it."""
    operator = condition.operator.lower().removeprefix("foranyvalue:")
    key = condition.key.lower()
    if not condition.values:
        return False
    if key in ADDRESS_KEYS:
        return operator == "ipaddress" and all(_is_narrow(value) for value in condition.values)
    if key in SERVICE_KEYS:
        return operator == "bool" and all(value.lower() == "true" for value in condition.values)
    if key not in CALLER_KEYS:
        return False
    return operator in EQUALITIES or (
        operator in LIKENESSES and all(_is_fixed(value) for value in condition.values)
    )


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


def _is_narrow(address: str) -> bool:
    """Whether a range is private or small enough to belong to one party, by S3's measure."""
    try:
        network = ipaddress.ip_network(address, strict=False)
    except ValueError:
        return False
    is_ipv4 = isinstance(network, ipaddress.IPv4Network)
    broadest = IPV4_BROADEST if is_ipv4 else IPV6_BROADEST
    return network.prefixlen >= broadest or network.is_private


def _is_fixed(pattern: str) -> bool:
    """Whether a pattern holds to one party.

    An ARN does by its account: anyone may have a role or a topic of that name. One without an
    account, as of a bucket, does by its resource, whose names are unique in all of AWS. So does a
    bucket's with a wildcard for the account, as AWS's own examples write it.
    """
    if pattern.startswith("arn:"):
        fields = dict(enumerate(pattern.split(":")))
        service, account, resource = (fields.get(place, "") for place in (2, 4, 5))
        is_global = not account or service == "s3"
        return _starts_fixed(account) or (is_global and _starts_fixed(resource))
    prefix = next((start for start in KIND_PREFIXES if pattern.startswith(start)), "")
    return _starts_fixed(pattern.removeprefix(prefix))


def _starts_fixed(text: str) -> bool:
    return bool(text) and text[0] not in "*?"
