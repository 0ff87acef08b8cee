"""What is true of each database engine: its logs, its ways to log in, its parameter for TLS.

Keys are globs over the engine's name, as RDS writes it.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Final, TypeVar

from aws_policy_pack.lists import load

Fact = TypeVar("Fact")
Version = tuple[int, ...]

_ENGINES: Final = load("database_engines").entries
INSTANCE_LOGS: Final[Mapping[str, Sequence[str]]] = _ENGINES["instance_logs"]
"""The logs that an instance can export."""
CLUSTER_LOGS: Final[Mapping[str, Sequence[str]]] = _ENGINES["cluster_logs"]
"""The logs that a cluster can export."""
IAM_ENGINES: Final[Sequence[str]] = _ENGINES["iam"]
"""The engines whose users can log in through IAM."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TlsParameter:
    """The parameter with which a server refuses connections without TLS.

    Attributes:
        name: The parameter; 1 switches it on.
        on_since: First version in which it is on by default; `None` if there is none.
    """

    name: str
    on_since: Version | None


TLS_PARAMETERS: Final[Mapping[str, TlsParameter]] = {
    engine: TlsParameter(name=row["name"], on_since=row["on_since"] and tuple(row["on_since"]))
    for engine, row in _ENGINES["tls"].items()
}

VERSION: Final = re.compile(r"\d+(\.\d+)*", re.ASCII)


def fact_about(engine: str, facts: Mapping[str, Fact]) -> Fact | None:
    """What a table says of an engine; `None` if it says nothing."""
    return next((fact for glob, fact in facts.items() if fnmatchcase(engine, glob)), None)


def version_in(text: str) -> Version | None:
    """The first version in a text such as `17.4`, `8.0.mysql_aurora.3.08.0` or `postgres17`."""
    match = VERSION.search(text)
    return tuple(int(part) for part in match[0].split(".")) if match else None
