"""What the provider fills in and what it leaves empty, by type: the table `facts.json.gz`.

`python -m ops.tables` makes the table. The table's own head names its sources, version and date.
"""

import gzip
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

from pulumi_preflight.wire import UNKNOWN, Properties, PropertyValue, without_secret

_TABLE = "facts.json.gz"


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What is known of one type's outputs where the program gives nothing.

    Attributes:
        defaults: Property to the value that the provider or AWS gives it.
        always: Properties that AWS always fills, with a value that nobody knows before.
        filled_with: Property to inputs: AWS fills it where one of them is on, and else never.
        empty_without: Property to inputs: AWS leaves it empty where none of them is on.
        id: The form of the id, for `templates`; empty where it is not known.
        arn: The form of the ARN, likewise.
    """

    defaults: Properties = field(default_factory=dict)
    always: frozenset[str] = frozenset()
    filled_with: Mapping[str, Sequence[str]] = field(default_factory=dict)
    empty_without: Mapping[str, Sequence[str]] = field(default_factory=dict)
    id: str = ""
    arn: str = ""

    def is_empty(self, name: str, inputs: Properties) -> bool:
        """Whether AWS surely leaves a property empty, given these inputs."""
        conditions = self.filled_with.get(name, self.empty_without.get(name))
        return conditions is not None and not _any_on(conditions, inputs)

    def is_filled(self, name: str, inputs: Properties) -> bool:
        """Whether AWS surely fills a property, given these inputs."""
        return name in self.always or _any_on(self.filled_with.get(name, ()), inputs)


def _any_on(names: Sequence[str], inputs: Properties) -> bool:
    return any(_is_on(inputs.get(name)) for name in names)


def _is_on(value: PropertyValue) -> bool:
    plain = without_secret(value)
    return (bool(plain) and plain != "false") or plain == UNKNOWN


_NOTHING = Facts()


@cache
def facts_of(token: str) -> Facts:
    """What is known of a type; nothing where the table does not have it."""
    row = _table()["types"].get(token)
    if row is None:
        return _NOTHING
    return Facts(
        defaults=row.get("defaults", {}),
        always=frozenset(row.get("always", ())),
        filled_with=row.get("with", {}),
        empty_without=row.get("empty", {}),
        id=row.get("id", ""),
        arn=row.get("arn", ""),
    )


def arn_service(module: str) -> str:
    """What ARNs call the service of an SDK's module, in lower case: `sso` for `ssoadmin`."""
    services: Mapping[str, str] = _table()["services"]
    return services.get(module, module)


@cache
def _table() -> Mapping[str, Any]:
    packed = files(__package__).joinpath(_TABLE).read_bytes()
    table: Mapping[str, Any] = json.loads(gzip.decompress(packed), parse_int=float)
    return table
