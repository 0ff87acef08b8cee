"""What a rule sees: one resource, or the graph of all of them."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, TypeVar, cast

from aws_policy_pack.changes import Change, ToldChanges
from aws_policy_pack.properties import Properties, Unreadable
from aws_policy_pack.wire import UNKNOWN, Unknown, Value, read_json

EVERY: Final = "*"
ELEMENT: Final = re.compile(
    r"""
    \[ "(?P<key>(?:\\"|[^"])*)" \]  # a name in quotes
    | \[ (?P<index>\*|[+-]?\d+) \]
    | (?P<name>[^.\[]+)
    | \. (?=.)  # between two of them
    """,
    re.VERBOSE,
)


def elements_of(path: str) -> tuple[str, ...]:
    """The names and indices of a path; none where the engine could not parse the path."""
    found: list[str] = []
    position = 0
    while match := ELEMENT.match(path, position):
        position = match.end()
        if match.lastgroup is not None:
            found.append(match[match.lastgroup].replace('\\"', '"'))
    is_whole = position == len(path) and not path.startswith(".")
    return tuple(found) if is_whole else ()


def covers(pattern: str, path: str) -> bool:
    """Whether a pattern means the property at a path, or a property that contains it."""
    wanted, given = elements_of(pattern), elements_of(path)
    return 0 < len(wanted) <= len(given) and all(
        element in (EVERY, own) for element, own in zip(wanted, given, strict=False)
    )


Read = TypeVar("Read")

STACK: Final = "pulumi:pulumi:Stack"
"""The type of the resource that stands for the stack itself."""
IDENTITIES: Final = ("id", "arn", "url", "name", "bucket")
"""The properties by which other resources name one."""


class Resource(Properties):
    """One resource as a rule sees it.

    Resource rules see the inputs, stack rules the outputs, in which the inputs are contained.
    """

    __slots__ = (
        "_changes",
        "dependencies",
        "ignore_changes",
        "name",
        "parent",
        "provider",
        "references",
        "secrets",
        "type",
        "urn",
    )

    def __init__(  # noqa: PLR0913 - one argument for each thing that a rule may ask
        self,
        load: Callable[[], Mapping[str, Value]],
        *,
        urn: str,
        type: str,  # noqa: A002 - Pulumi's word
        name: str,
        parent: str = "",
        ignore_changes: Iterable[str] = (),
        dependencies: Iterable[str] = (),
        references: Mapping[str, Sequence[str]] | None = None,
        secrets: AbstractSet[str] = frozenset(),
        provider: "Resource | None" = None,
        changes: ToldChanges = dict,
    ) -> None:
        """Takes what the engine sends, and what preflight tells.

        Args:
            load: Gives the properties.
            urn: The resource's URN.
            type: The type token, such as `aws:sqs/queue:Queue`.
            name: The logical name.
            parent: The parent's URN, empty where there is none.
            ignore_changes: Properties whose changes are ignored.
            dependencies: URNs of the resources that it depends on.
            references: Property name to the URNs that its value comes from.
            secrets: The texts inside its secrets; complete once the properties are loaded.
            provider: The provider that makes it, where the engine tells it.
            changes: Gives what becomes of resources, where preflight tells it.
        """
        super().__init__(load)
        self._changes = changes
        self.urn = urn
        self.type = type
        self.name = name
        self.parent = parent
        self.ignore_changes = tuple(ignore_changes)
        self.dependencies = tuple(dependencies)
        self.references = references or {}
        self.secrets = secrets
        self.provider = provider

    def __repr__(self) -> str:
        return f"Resource({self.type} {self.name})"

    @property
    def _change(self) -> Change | None:
        return self._changes().get(self.urn)

    @property
    def operation(self) -> str | None:
        """What a deployment would do: `create`, `update`, `replace`, `may replace` or `same`.

        `None` where nothing tells it: under the engine, and where preflight compares with no base.
        """
        change = self._change
        return change.operation if change else None

    @property
    def before(self) -> Properties | None:
        """The inputs that the base has; `None` where it has no such resource, or there is no base.

        `[secret]` stands in place of each secret.
        """
        change = self._change
        if change is None or change.before is None:
            return None
        inputs = change.before
        return Properties(lambda: inputs, "before")

    def ignores_changes(self, path: str) -> bool:
        """Whether an update leaves a property as it is, whatever the program says.

        The engine then hands on the state's value. After a refresh this is the value that something
        else has given the property.
        """
        return any(covers(pattern, path) for pattern in self.ignore_changes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Links:
    """Which resources refer to which ones through one property.

    Attributes:
        sources: A resource to those that refer to it, in the order of registration.
        missed: The properties of which it is not known where they lead.
    """

    sources: Mapping[Resource, Sequence[Resource]]
    missed: Sequence[Unreadable]

    def to(self, target: Resource) -> tuple[Resource, ...]:
        """The resources that are known to refer to the target."""
        return tuple(self.sources.get(target, ()))


class Graph:
    """All resources of a stack and the references between them.

    Attributes:
        resources: The resources, in the order of registration.
        config_secrets: The values of the stack's configuration that are encrypted; `None` where
            nobody tells which ones are.
        config_values: The values of the stack's configuration where nobody tells that.
    """

    def __init__(
        self,
        resources: Iterable[Resource],
        *,
        config_secrets: AbstractSet[str] | None = None,
        config_values: AbstractSet[str] = frozenset(),
        changes: ToldChanges = dict,
    ) -> None:
        self.resources = tuple(resources)
        self._changes = changes
        self.config_secrets = config_secrets
        self.config_values = config_values
        self._by_urn = {resource.urn: resource for resource in self.resources}
        self._by_type: dict[str, list[Resource]] = {}
        for resource in self.resources:
            self._by_type.setdefault(resource.type, []).append(resource)
        self._identities: dict[str, dict[str, list[Resource]]] = {}
        self._facts: dict[Callable[[Graph], object], object] = {}
        self._referenced: dict[
            tuple[Resource, str, tuple[str, ...]], tuple[Resource, ...] | Unreadable
        ] = {}
        self._links: dict[tuple[str, tuple[str, ...], tuple[str, ...]], Links] = {}

    def once(self, make: "Callable[[Graph], Read]") -> Read:
        """What a function makes of the whole graph, made once.

        A rule that is called for each resource asks here for what is the same for all of them.
        """
        if make not in self._facts:
            self._facts[make] = make(self)
        return cast("Read", self._facts[make])

    def of_type(self, *types: str) -> tuple[Resource, ...]:
        """The resources of these types, in the order of the types, then of registration."""
        return tuple(resource for kind in types for resource in self._by_type.get(kind, ()))

    @property
    def stack(self) -> Resource | None:
        """The resource that stands for the stack itself; `None` where the program makes none."""
        return next(iter(self.of_type(STACK)), None)

    @property
    def is_compared(self) -> bool:
        """Whether there is a base, so that `operation` and `before` are told."""
        return bool(self._changes())

    @property
    def deleted(self) -> tuple[Resource, ...]:
        """What the base has and the program has no more, with its inputs there as `before`.

        None where there is no base.
        """
        changes = self._changes().items()
        gone = [urn for urn, change in changes if change.operation == "delete"]
        return tuple(
            Resource(dict, urn=urn, type=kind.rpartition("$")[2], name=name, changes=self._changes)
            for urn in gone
            for _, _, kind, name in [urn.split("::", maxsplit=3)]
        )

    def by_urn(self, urn: str) -> Resource | None:
        """The resource with this URN, `None` if it is not in the stack."""
        return self._by_urn.get(urn)

    def referenced(self, resource: Resource, path: str, *types: str) -> tuple[Resource, ...]:
        """The resources of these types that a property's value comes from.

        The engine's property dependencies answer, known value or not. Where they say nothing (a
        literal ARN), a known value is compared with the ids, ARNs, names and URLs in the stack.

        Raises:
            Unreadable: The property is not known and nothing says where it comes from.
        """
        question = (resource, path, types)
        if question not in self._referenced:
            try:
                self._referenced[question] = self._look_up(resource, path, types)
            except Unreadable as unreadable:
                self._referenced[question] = unreadable
        answer = self._referenced[question]
        if isinstance(answer, Unreadable):
            raise Unreadable(answer.path, answer.reason, answer.resource)
        return answer

    def _look_up(
        self, resource: Resource, path: str, types: tuple[str, ...]
    ) -> tuple[Resource, ...]:
        found = [
            target
            for urn in resource.references.get(path.partition(".")[0], ())
            if (target := self._by_urn.get(urn)) is not None and target.type in types
        ]
        if found:
            return tuple(dict.fromkeys(found))
        texts = set(_texts_inside(resource.raw(path)))
        return tuple(
            dict.fromkeys(
                match
                for kind in types
                for text in sorted(texts)
                for match in self.identified(kind, text)
            )
        )

    def links(self, path: str, *, of: Iterable[str], to: Iterable[str]) -> Links:
        """All references through a property, from resources of some types to those of others."""
        question = (path, tuple(of), tuple(to))
        if question not in self._links:
            self._links[question] = self._find_links(*question)
        return self._links[question]

    def _find_links(self, path: str, of: tuple[str, ...], to: tuple[str, ...]) -> Links:
        found, missed = survey(self.of_type(*of), lambda source: self.referenced(source, path, *to))
        sources: dict[Resource, list[Resource]] = {}
        for source, targets in found:
            for target in targets:
                sources.setdefault(target, []).append(source)
        return Links(sources=sources, missed=missed)

    def referring(self, target: Resource, path: str, *types: str) -> tuple[Resource, ...]:
        """The resources of these types whose property refers to the target.

        Raises:
            Unreadable: Of one of them it is not known where its property leads.
        """
        links = self.links(path, of=types, to=(target.type,))
        if links.missed:
            raise links.missed[0]
        return links.to(target)

    def identified(self, kind: str, text: str) -> tuple[Resource, ...]:
        """The resources of a type that have this text as their id, ARN, URL or name in AWS."""
        if kind not in self._identities:
            identities: dict[str, list[Resource]] = {}
            for resource in self._by_type.get(kind, ()):
                given = (resource.values.get(key) for key in IDENTITIES)
                for identity in {text for text in given if isinstance(text, str) and text}:
                    identities.setdefault(identity, []).append(resource)
            self._identities[kind] = identities
        return tuple(self._identities[kind].get(text, ()))


def survey(
    resources: Iterable[Resource], read: Callable[[Resource], Read]
) -> tuple[list[tuple[Resource, Read]], list[Unreadable]]:
    """Reads the same thing of many resources, so that one unreadable value does not hide the rest.

    Returns:
        The resources with what was read, and what could not be read, to be yielded by the rule.
    """
    found: list[tuple[Resource, Read]] = []
    missed: list[Unreadable] = []
    for resource in resources:
        try:
            found.append((resource, read(resource)))
        except Unreadable as unreadable:
            holder = unreadable.resource or resource
            missed.append(Unreadable(unreadable.path, unreadable.reason, holder))
    return found, missed


def read_of(resource: Resource, read: Callable[[Resource], Read]) -> Read:
    """Reads something of another resource than the rule's own.

    Raises:
        Unreadable: It cannot be read; the error names that resource.
    """
    try:
        return read(resource)
    except Unreadable as unreadable:
        raise Unreadable(unreadable.path, unreadable.reason, resource) from unreadable


def _texts_inside(value: Value) -> Iterator[str]:
    """Every text of a value; of JSON text, itself and the texts that it spells."""
    match value:
        case str():
            yield value
            if value.lstrip().startswith(("{", "[")):
                try:
                    yield from _texts_inside(read_json(value))
                except ValueError:
                    return
        case Mapping():
            for item in value.values():
                yield from _texts_inside(item)
        case Sequence():
            for item in value:
                yield from _texts_inside(item)
        case _:
            return


__all__ = [
    "IDENTITIES",
    "STACK",
    "UNKNOWN",
    "Graph",
    "Links",
    "Properties",
    "Resource",
    "Unreadable",
    "read_of",
    "survey",
]


def is_given(resource: Resource, key: str) -> bool:
    """Whether the program gives a property, as far as a stack rule can tell.

    A stack rule sees outputs, and the provider fills some of them in from what it finds in AWS.
    The engine keeps dependencies only of what the program gives, so a value that is not known yet
    and of which no dependencies are kept is the provider's. A known one may be either's.
    """
    value = resource.values.get(key)
    return value is not None and (key in resource.references or not isinstance(value, Unknown))


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
