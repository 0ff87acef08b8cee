"""What the provider fills in and what it leaves empty, by type: the table `facts.json.gz`.

`python -m tools.tables` makes the table. The table's own head names its sources, version and date.
"""

import gzip
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

from pulumi_preflight.outputs.subject import subject_kind
from pulumi_preflight.wire import UNKNOWN, Properties, without_secret

_TABLE = "facts.json.gz"


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What is known of one type's outputs where the program gives nothing.

    A condition is an input, which is on or off, or an input with a value: `engineMode=serverless`.

    Attributes:
        defaults: Property to the value that the provider or AWS gives it.
        unless: Property to conditions: its default does not hold where one of them is met.
        always: Properties that AWS always fills, with a value that nobody knows before.
        filled_with: Property to conditions: AWS fills it where one of them is met, and else never.
        empty_without: Property to conditions: AWS leaves it empty where none of them is met.
        inside: Members of blocks, as dotted paths, that the provider adds where the program gives
            the block without them; whether it always does.
        id: The form of the id, for `templates`; empty where it is not known.
        arn: The form of the ARN, likewise.
    """

    defaults: Properties = field(default_factory=dict)
    unless: Mapping[str, Sequence[str]] = field(default_factory=dict)
    always: frozenset[str] = frozenset()
    filled_with: Mapping[str, Sequence[str]] = field(default_factory=dict)
    empty_without: Mapping[str, Sequence[str]] = field(default_factory=dict)
    inside: Mapping[str, bool] = field(default_factory=dict)
    id: str = ""
    arn: str = ""

    def has_default(self, name: str, given: Properties) -> bool:
        """Whether a property surely has its default, given these inputs and defaults."""
        return (
            name in self.defaults
            and not _any_on(self.unless.get(name, ()), given)
            and not self.is_empty(name, given)
        )

    def is_empty(self, name: str, given: Properties) -> bool:
        """Whether AWS surely leaves a property empty, given these inputs and defaults."""
        conditions = self.filled_with.get(name, self.empty_without.get(name))
        return conditions is not None and not _any_on(conditions, given)

    def is_filled(self, name: str, given: Properties) -> bool:
        """Whether AWS surely fills a property, given these inputs and defaults."""
        return name in self.always or _any_on(self.filled_with.get(name, ()), given)


def _any_on(conditions: Sequence[str], given: Properties) -> bool:
    for condition in conditions:  # noqa: SIM110 - asked for each property of each resource
        if _is_on(condition, given):
            return True
    return False


def _is_on(condition: str, given: Properties) -> bool:
    """Whether an input is on, or has the one value that the condition names."""
    name, _, wanted = condition.partition("=")
    plain = without_secret(given.get(name))
    if plain == UNKNOWN:
        return True
    return plain == wanted if wanted else bool(plain) and plain != "false"


_NOTHING = Facts()
# What the provider or the cluster adds to any object.
_OBJECT_OF_KUBERNETES = Facts(
    inside={"metadata.name": True}
    | dict.fromkeys(
        (
            "metadata.creationTimestamp",
            "metadata.generation",
            "metadata.namespace",
            "metadata.resourceVersion",
            "metadata.uid",
            "spec.clusterIP",
        ),
        False,
    )
)
# The newest major version of the provider that had the older defaults.
_OLDER = 6


def lists_blocks_of(token: str) -> bool:
    """Whether the tables say what the provider adds to the blocks of a type's package."""
    return token.startswith(("aws:", "kubernetes:"))


@cache
def facts_of(token: str, version: str = "") -> Facts:
    """What is known of a type; of a function such as `getVpc`, what is known of `Vpc`.

    Args:
        token: The type or function.
        version: The version of the provider's plugin, empty for the newest.
    """
    if not token.startswith("aws:"):
        return _OBJECT_OF_KUBERNETES if token.startswith("kubernetes:") else _NOTHING
    kind, rows = subject_kind(token), _table()["types"]
    row: Mapping[str, Any] = rows.get(kind, {})
    if not row and ":get" in token:
        row = rows.get(one_of(kind), {})
    defaults = row.get("defaults", {})
    major = version.partition(".")[0]
    if major.isdigit() and int(major) <= _OLDER:
        then = defaults | row.get("older", {})
        defaults = {name: value for name, value in then.items() if value is not None}
    return Facts(
        defaults=defaults,
        unless=row.get("unless", {}),
        always=frozenset(row.get("always", ())),
        filled_with=row.get("with", {}),
        empty_without=row.get("empty", {}),
        inside=dict.fromkeys(row.get("open", ()), False)
        | dict.fromkeys(row.get("computed", ()), True),
        id=row.get("id", ""),
        arn=_own_form(kind) or row.get("arn", ""),
    )


def one_of(several: str) -> str:
    """What a plural word tells of: a `workspace` for `workspaces`, as in `getWorkspaces`."""
    return f"{several[:-3]}y" if several.endswith("ies") else several.removesuffix("s")


@cache
def form_of_arn(module: str, stem: tuple[str, ...]) -> str:
    """The form of the ARN that a property such as `sourceNetworkArn` shows; empty if not known.

    Args:
        module: The module of the type that has the property.
        stem: The words before `Arn`. The last of them name the thing: a type of the module, or the
            only type of that name.
    """
    for start in range(len(stem)):
        type_ = "".join(stem[start:])
        form = _own_form(f"{module}/{type_}") or _lone_forms().get(type_, "")
        if form:
            return form
    return ""


def _own_form(kind: str) -> str:
    form: str = _table()["types"].get(kind, {}).get("arn", "") or _table()["arns"].get(kind, "")
    return form


@cache
def _lone_forms() -> Mapping[str, str]:
    """Types, without their modules, to the form of their ARN, where all of the name have one."""
    found: dict[str, set[str]] = {}
    for kind in (*_table()["types"], *_table()["arns"]):
        found.setdefault(kind.partition("/")[2], set()).add(_own_form(kind))
    return {type_: forms.pop() for type_, forms in found.items() if len(forms) == 1}


@cache
def words_of(kind: str) -> Mapping[str, str | float]:
    """Path, without indexes, to the word or least number that AWS has there, by kind."""
    words: Mapping[str, str | float] = _table()["words"].get(kind, {})
    return words


def arn_service(module: str) -> str:
    """What ARNs call the service of an SDK's module, in lower case: `sso` for `ssoadmin`."""
    services: Mapping[str, str] = _table()["services"]
    return services.get(module, module)


@cache
def _table() -> Mapping[str, Any]:
    packed = files(__package__).joinpath(_TABLE).read_bytes()
    table: Mapping[str, Any] = json.loads(gzip.decompress(packed), parse_int=float)
    return table
