"""What is true of each database engine: its logs, its ways to log in, its parameter for TLS.

Keys are globs over the engine's name, as RDS writes it.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Final, TypeVar

Fact = TypeVar("Fact")
Version = tuple[int, ...]

INSTANCE_LOGS: Final[Mapping[str, tuple[str, ...]]] = {
    "postgres": ("postgresql", "upgrade", "iam-db-auth-error"),
    "mysql": ("audit", "error", "general", "slowquery", "iam-db-auth-error"),
    "mariadb": ("audit", "error", "general", "slowquery", "iam-db-auth-error"),
    "oracle-*": ("alert", "audit", "listener", "trace", "oemagent"),
    "sqlserver-*": ("agent", "error"),
    "db2-*": ("diag.log", "notify.log", "iam-db-auth-error"),
}
"""The logs that an instance can export.

https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html
"""

CLUSTER_LOGS: Final[Mapping[str, tuple[str, ...]]] = {
    "aurora-postgresql": ("postgresql", "instance", "iam-db-auth-error"),
    "aurora-mysql": ("audit", "error", "general", "instance", "slowquery", "iam-db-auth-error"),
    "postgres": ("postgresql", "upgrade", "iam-db-auth-error"),
    "mysql": ("error", "general", "slowquery", "iam-db-auth-error"),
}
"""The logs that a cluster can export.

https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBCluster.html
"""

IAM_ENGINES: Final = ("postgres", "mysql", "mariadb", "aurora-postgresql", "aurora-mysql")
"""The engines whose users can log in through IAM.

https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.IAMDBAuth.html
"""


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
    # https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/PostgreSQL.Concepts.General.SSL.html
    "postgres": TlsParameter(name="rds.force_ssl", on_since=(15,)),
    # https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/AuroraPostgreSQL.Security.html
    "aurora-postgresql": TlsParameter(name="rds.force_ssl", on_since=(17,)),
    # https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/mysql-ssl-connections.require-ssl.html
    "mysql": TlsParameter(name="require_secure_transport", on_since=(9, 7)),
    # https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/AuroraMySQL.Security.html
    "aurora-mysql": TlsParameter(name="require_secure_transport", on_since=None),
    # https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/mariadb-ssl-connections.require-ssl.html
    "mariadb": TlsParameter(name="require_secure_transport", on_since=(11, 8)),
    # https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/SQLServer.Concepts.General.SSL.Using.html
    "sqlserver-*": TlsParameter(name="rds.force_ssl", on_since=None),
}

VERSION: Final = re.compile(r"\d+(\.\d+)*", re.ASCII)


def fact_about(engine: str, facts: Mapping[str, Fact]) -> Fact | None:
    """What a table says of an engine; `None` if it says nothing."""
    return next((fact for glob, fact in facts.items() if fnmatchcase(engine, glob)), None)


def version_in(text: str) -> Version | None:
    """The first version in a text such as `17.4`, `8.0.mysql_aurora.3.08.0` or `postgres17`."""
    match = VERSION.search(text)
    return tuple(int(part) for part in match[0].split(".")) if match else None
