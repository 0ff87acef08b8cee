"""Whether a database takes connections without TLS."""

from typing import Final

from aws_policy_pack.resource import Graph, Resource, Unreadable, survey
from aws_policy_pack.rule import Example, Finding, Findings, Kind, Severity, stack_rule
from aws_policy_pack.rules.rds.chosen import is_chosen
from aws_policy_pack.rules.rds.engines import TLS_PARAMETERS, TlsParameter, fact_about, version_in
from aws_policy_pack.rules.rds.types import (
    CLUSTER,
    CLUSTER_PARAMETER_GROUP,
    INSTANCE,
    PARAMETER_GROUP,
)
from aws_policy_pack.wording import shown

GROUP_NAME: Final = {INSTANCE: "parameterGroupName", CLUSTER: "dbClusterParameterGroupName"}
GROUP_TYPE: Final = {INSTANCE: PARAMETER_GROUP, CLUSTER: CLUSTER_PARAMETER_GROUP}
DEFAULT_PREFIX: Final = "default."
ON: Final = ("1", "on", "true")


@stack_rule(
    "rds-parameter-tls",
    INSTANCE,
    CLUSTER,
    kind=Kind.PRACTICE,
    severity=Severity.HIGH,
    summary="Databases refuse connections without TLS",
    why="A client that does not ask for TLS sends its password and its data in the clear, and "
    "nobody notices, because it works.",
    url="https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.SSL.html",
    good=(
        Example(
            type=PARAMETER_GROUP,
            name="tls",
            properties={
                "family": "postgres14",
                "parameters": [{"name": "rds.force_ssl", "value": "1"}],
            },
        ),
        Example(
            type=INSTANCE,
            name="orders",
            properties={"engine": "postgres", "parameterGroupName": "${tls.name}"},
            references={"parameterGroupName": ("tls",)},
        ),
    ),
    bad=(
        Example(
            type=PARAMETER_GROUP,
            name="plain",
            properties={
                "family": "postgres17",
                "parameters": [{"name": "rds.force_ssl", "value": "0"}],
            },
        ),
        Example(
            type=INSTANCE,
            name="orders",
            properties={"engine": "postgres", "parameterGroupName": "${plain.name}"},
            references={"parameterGroupName": ("plain",)},
        ),
    ),
)
def parameter_tls(database: Resource, graph: Graph) -> Findings:
    """Looks for the engine's parameter in the parameter group, else for its default."""
    parameter = fact_about(database.text("engine") or "", TLS_PARAMETERS)
    if parameter is None:
        return
    path = GROUP_NAME[database.type]
    if not is_chosen(database, path):
        yield from _judge_default(database, parameter, database.text("engineVersion"))
        return
    groups = graph.referenced(database, path, GROUP_TYPE[database.type])
    read, unread = survey(groups, lambda group: _setting(group, parameter))
    yield from unread
    for group, setting in read:
        yield from _judge_group(database, group, setting, parameter)
    if not groups:
        name = database.text(path) or ""
        if not name.startswith(DEFAULT_PREFIX):
            raise Unreadable(path, f"is {name!r}, which the stack does not declare")
        yield from _judge_default(database, parameter, name)


def _setting(group: Resource, parameter: TlsParameter) -> str | None:
    """What a parameter group sets the parameter to; `None` if it does not."""
    values = [
        entry.text("value")
        for entry in group.objects("parameters")
        if entry.text("name") == parameter.name
    ]
    return values[-1] if values else None


def _judge_group(
    database: Resource, group: Resource, setting: str | None, parameter: TlsParameter
) -> Findings:
    if setting is None:
        version = group.text("family") or database.text("engineVersion")
        yield from _judge_default(database, parameter, version)
    elif setting.lower() not in ON:
        yield Finding(
            problem=f"`{parameter.name}` is {shown(setting)} in parameter group {group.name!r}",
            wanted="1",
            fix=f"Set `{parameter.name}` to 1 in the parameter group",
        )


def _judge_default(database: Resource, parameter: TlsParameter, versioned: str | None) -> Findings:
    """Judges what the parameter is where no group sets it, by a text that has the version."""
    version = version_in(versioned or "")
    if parameter.on_since is not None:
        if version is None:
            raise Unreadable(
                "engineVersion", f"is not set, so the default of `{parameter.name}` is not known"
            )
        if version >= parameter.on_since:
            return
    engine = " ".join([database.text("engine") or "", ".".join(map(str, version or ()))]).strip()
    yield Finding(
        problem=f"`{parameter.name}` is not set, which means 0 for {engine}",
        wanted="1",
        fix=f"Set `{parameter.name}` to 1 in a parameter group, and name the group in "
        f"`{GROUP_NAME[database.type]}`",
    )
