"""Engines of databases and caches: their versions, licenses, storage and default groups.

Sources: https://docs.aws.amazon.com/AmazonRDS/latest/PostgreSQLReleaseNotes and its siblings, and
the examples of https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html.
"""

import re
from dataclasses import dataclass

from pulumi_preflight.outputs.subject import Subject
from pulumi_preflight.outputs.templates import input_text


@dataclass(frozen=True, slots=True)
class _Engine:
    """One engine, or all whose names begin alike.

    Attributes:
        version: A whole version of it, which is longer than what a program has to give.
        port: Where it listens unless it is told otherwise.
        license: What RDS calls its license.
        major: How many parts of the version name its default groups.
        dash: What stands between engine and version in the name of a parameter group.
    """

    version: str
    port: float
    license: str = ""
    major: int = 1
    dash: str = ""


_OPEN, _OWN = "general-public-license", "bring-your-own-license"
_ENGINES = {
    "aurora-mysql": _Engine("8.0.mysql_aurora.3.08.2", 3306.0, _OPEN, 2),
    "aurora-postgresql": _Engine("16.6", 5432.0, "postgresql-license"),
    "db2": _Engine("11.5.9.0.sb00063198.r1", 50000.0, _OWN, 2, "-"),
    "docdb": _Engine("5.0.0", 27017.0, "na", 2),
    "influxdb": _Engine("2.7", 8086.0),
    "mariadb": _Engine("11.4.5", 3306.0, _OPEN, 2),
    "memcached": _Engine("1.6.22", 11211.0, major=2),
    "mysql": _Engine("8.4.5", 3306.0, _OPEN, 2),
    "neptune": _Engine("1.4.5.0", 8182.0, "amazon-license", 2),
    "opensearch": _Engine("OpenSearch_2.19", 443.0),
    "oracle": _Engine("19.0.0.0.ru-2025-07.rur-2025-07.r1", 1521.0, _OWN, 1, "-"),
    "postgres": _Engine("16.8", 5432.0, "postgresql-license"),
    "redis": _Engine("7.1.0", 6379.0),
    "sqlserver": _Engine("15.00.4335.1.v1", 1433.0, "license-included", 2, "-"),
    "valkey": _Engine("8.0.1", 6379.0),
}
_USUAL = {
    "docdb": "docdb",
    "elasticache": "redis",
    "neptune": "neptune",
    "opensearch": "opensearch",
    "rds": "mysql",
    "timestreaminfluxdb": "influxdb",
}
"""The engine of a service where the program names none."""
_OTHER = _Engine("1.0", 0.0)
# Versions before these have two parts in the names of default groups.
_ONE_PART_SINCE = {"postgres": 10, "aurora-postgresql": 10, "redis": 6}
_NUMBER = re.compile(r"\d+(?=\D*$)")


def engine_port(subject: Subject) -> float:
    """The port of the engine that the program names, or of the usual one of the service."""
    if named := _known(input_text(subject, "engine")).port:
        return named
    is_of_engines = subject.kind.partition("/")[0] in _USUAL
    return subject.made_up("port", _engine(subject).port if is_of_engines else 0.0)


def engine_license(subject: Subject) -> str:
    """What RDS calls the engine's license."""
    return subject.made_up("licenseModel", _engine(subject).license or "license-included")


def storage_type(subject: Subject) -> str:
    """The storage that RDS chooses: the kind with IOPS of its own where a program asks for these.

    https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html
    """
    return subject.made_up("storageType", "io1" if subject.inputs.get("iops") else "gp3")


def engine_version(subject: Subject, path: str) -> str:
    """The version that runs: the given one, to its last number."""
    given, latest = input_text(subject, "engineVersion"), _engine(subject).version
    if not given or latest.startswith(f"{given}."):
        return subject.made_up(path, latest)
    # ElastiCache takes `6.x` for the newest 6.
    major = given.removesuffix(".x")
    if major == given and given.count(".") >= latest.count("."):
        return given
    rest = latest.split(".")[major.count(".") + 1 :] if latest[0].isdigit() else ["0"]
    last = _NUMBER.sub(str(1 + subject.number(path, 9)), rest[-1])
    return subject.made_up(path, ".".join((major, *rest[:-1], last)))


def parameter_family(subject: Subject) -> str:
    """What the default parameter group is named by: `postgres16`, `sqlserver-ex-15.0`."""
    engine = _name(subject)
    return f"{engine}{_known(engine).dash}{'.'.join(_major(subject))}"


def option_family(subject: Subject) -> str:
    """What the default option group is named by: `mysql-8-4`, `sqlserver-ex-15-00`."""
    written = engine_version(subject, "engineVersion").split(".")
    return "-".join((_name(subject), *written[: len(_major(subject))]))


def _major(subject: Subject) -> list[str]:
    """The parts of the version that name the default groups, without leading zeros."""
    name, parts = _name(subject), engine_version(subject, "engineVersion").split(".")
    plain = [part.lstrip("0") or "0" for part in parts]
    if name == "redis" and plain[0] == "6":
        return ["6", "x"]
    is_old = plain[0].isdigit() and int(plain[0]) < _ONE_PART_SINCE.get(name, 0)
    return plain[: 2 if is_old else _known(name).major]


def _name(subject: Subject) -> str:
    return input_text(subject, "engine") or _USUAL.get(subject.kind.partition("/")[0], "mysql")


def _engine(subject: Subject) -> _Engine:
    return _known(_name(subject))


def _known(name: str) -> _Engine:
    plain = name.removeprefix("custom-")
    fitting = [each for each in _ENGINES if plain.startswith(each)]
    return _ENGINES[max(fitting, key=len)] if fitting else _OTHER
