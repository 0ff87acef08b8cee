"""IAM policy documents: those of roles and users, and those that stand on queues and buckets.

Reads the forms that AWS takes: one statement or a list, one text or a list of texts, a principal
as `*` or by kind. Names of actions and of condition keys mean the same in any case
(https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

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
