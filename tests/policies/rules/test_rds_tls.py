"""The parameters by which databases demand TLS."""

import pytest

from aws_policy_pack.rules.rds.access import CLUSTER_PARAMETER_GROUP, PARAMETER_GROUP, parameter_tls
from aws_policy_pack.testing import UNKNOWN, Example, analyze_stack
from aws_policy_pack.type_tokens import RDS_CLUSTER, RDS_INSTANCE
from tests.policies.rules.reading import said

GUIDE = "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide"


def parameters(
    value: object,
    *,
    name: str = "rds.force_ssl",
    type: str = PARAMETER_GROUP,  # noqa: A002 - Pulumi's word
) -> Example:
    others = [{"name": "autovacuum", "value": "0"}, {"name": "work_mem", "value": "0"}]
    entries = [{"name": name, "value": value}, *others]
    properties = {"family": "postgres14", "parameters": entries}
    return Example(type=type, name="parameters", properties=properties)


def with_parameters(
    engine: object = "postgres",
    *,
    type: str = RDS_INSTANCE,  # noqa: A002 - Pulumi's word
    refers: bool = True,
    group: object = UNKNOWN,
    **properties: object,
) -> Example:
    path = "parameterGroupName" if type == RDS_INSTANCE else "dbClusterParameterGroupName"
    return Example(
        type=type,
        name="orders",
        properties={"engine": engine, path: group, **properties},
        references={path: ("parameters",)} if refers else {},
    )


TLS = f"{GUIDE}/UsingWithRDS.SSL.html"


def test_a_parameter_that_is_off_is_told_whole() -> None:
    [report] = analyze_stack(parameter_tls, [parameters("0"), with_parameters()])
    assert (report.level, report.name) == ("advisory", "orders")
    assert report.message == (
        "orders: `rds.force_ssl` is '0' in parameter group 'parameters'; wanted 1. Fix: Set "
        f"`rds.force_ssl` to 1 in the parameter group. {TLS}"
    )


def test_a_parameter_that_nobody_sets_is_told_whole() -> None:
    stack = [with_parameters(refers=False, group=None, engineVersion="14.9")]
    [report] = analyze_stack(parameter_tls, stack)
    assert report.message == (
        "orders: `rds.force_ssl` is not set, which means 0 for postgres 14.9; wanted 1. Fix: Set "
        "`rds.force_ssl` to 1 in a parameter group, and name the group in `parameterGroupName`. "
        + TLS
    )


@pytest.mark.parametrize(
    ("value", "count"),
    [
        ("1", 0),
        pytest.param(1, 0, id="a number"),
        ("on", 0),
        ("ON", 0),
        ("true", 0),
        ("0", 1),
        ("off", 1),
        ("", 1),
    ],
)
def test_the_values_that_switch_it_on(value: object, count: int) -> None:
    stack = [parameters(value), with_parameters()]
    assert len(analyze_stack(parameter_tls, stack)) == count


@pytest.mark.parametrize(
    ("engine", "type_", "name"),
    [
        pytest.param("mysql", RDS_INSTANCE, "require_secure_transport", id="MySQL"),
        pytest.param("mariadb", RDS_INSTANCE, "require_secure_transport", id="MariaDB"),
        pytest.param("sqlserver-se", RDS_INSTANCE, "rds.force_ssl", id="SQL Server"),
        pytest.param("aurora-mysql", RDS_CLUSTER, "require_secure_transport", id="Aurora MySQL"),
        pytest.param("aurora-postgresql", RDS_CLUSTER, "rds.force_ssl", id="Aurora PostgreSQL"),
        pytest.param("postgres", RDS_CLUSTER, "rds.force_ssl", id="Multi-AZ cluster"),
    ],
)
def test_each_engine_has_its_parameter(engine: str, type_: str, name: str) -> None:
    kind = PARAMETER_GROUP if type_ == RDS_INSTANCE else CLUSTER_PARAMETER_GROUP
    database = with_parameters(engine, type=type_)
    for value, count in (("1", 0), ("0", 1)):
        stack = [parameters(value, name=name, type=kind), database]
        assert len(analyze_stack(parameter_tls, stack)) == count


@pytest.mark.parametrize(
    ("engine", "type_", "version", "problem"),
    [
        pytest.param("postgres", RDS_INSTANCE, "14.9", "rds.force_ssl", id="PostgreSQL 14"),
        pytest.param("postgres", RDS_INSTANCE, "15", None, id="PostgreSQL 15"),
        pytest.param("postgres", RDS_CLUSTER, "16.1", None, id="Multi-AZ PostgreSQL 16"),
        pytest.param("aurora-postgresql", RDS_CLUSTER, "16.9", "rds.force_ssl", id="Aurora 16"),
        pytest.param("aurora-postgresql", RDS_CLUSTER, "17.4", None, id="Aurora 17"),
        pytest.param("mysql", RDS_INSTANCE, "8.4", "require_secure_transport", id="MySQL 8.4"),
        pytest.param("mysql", RDS_INSTANCE, "9.6", "require_secure_transport", id="MySQL 9.6"),
        pytest.param("mysql", RDS_INSTANCE, "9.7", None, id="MySQL 9.7"),
        pytest.param(
            "mariadb", RDS_INSTANCE, "11.4.2", "require_secure_transport", id="MariaDB 11.4"
        ),
        pytest.param(
            "mariadb", RDS_INSTANCE, "11.7.2", "require_secure_transport", id="MariaDB 11.7"
        ),
        pytest.param("mariadb", RDS_INSTANCE, "11.8", None, id="MariaDB 11.8"),
        pytest.param(
            "aurora-mysql",
            RDS_CLUSTER,
            "8.0.mysql_aurora.3.08.0",
            "require_secure_transport",
            id="Aurora MySQL",
        ),
        pytest.param("sqlserver-ex", RDS_INSTANCE, None, "rds.force_ssl", id="SQL Server"),
        pytest.param("oracle-ee", RDS_INSTANCE, "19", None, id="Oracle has no such parameter"),
        pytest.param(None, RDS_INSTANCE, None, None, id="no engine"),
    ],
)
def test_the_defaults_of_the_engines(
    engine: str | None, type_: str, version: str | None, problem: str | None
) -> None:
    for chosen in (None, "", UNKNOWN):
        database = with_parameters(
            engine, type=type_, refers=False, group=chosen, engineVersion=version
        )
        found = said(analyze_stack(parameter_tls, [database]))
        number = {"8.0.mysql_aurora.3.08.0": "8.0"}.get(version or "", version)
        named = f"{engine} {number}" if number else engine
        expected = f"orders: `{problem}` is not set, which means 0 for {named}; wanted 1"
        assert found == ([expected] if problem else [])


@pytest.mark.parametrize(
    ("family", "version", "count"),
    [
        pytest.param("postgres14", "17", 1, id="the family says 14"),
        pytest.param("postgres17", "14", 0, id="the family says 17"),
        pytest.param(None, "14", 1, id="the version says 14"),
        pytest.param(None, "17", 0, id="the version says 17"),
    ],
)
def test_a_group_that_says_nothing_leaves_it_to_the_version(
    family: object, version: str, count: int
) -> None:
    empty = Example(type=PARAMETER_GROUP, name="parameters", properties={"family": family})
    stack = [empty, with_parameters(engineVersion=version)]
    assert len(analyze_stack(parameter_tls, stack)) == count


@pytest.mark.parametrize(("name", "count"), [("default.postgres14", 1), ("default.postgres17", 0)])
def test_the_default_group_is_known_by_its_name(name: str, count: int) -> None:
    assert len(analyze_stack(parameter_tls, [with_parameters(group=name, refers=False)])) == count


def test_the_last_value_of_a_parameter_holds() -> None:
    entries = [{"name": "rds.force_ssl", "value": "1"}, {"name": "rds.force_ssl", "value": "0"}]
    twice = Example(type=PARAMETER_GROUP, name="parameters", properties={"parameters": entries})
    assert len(analyze_stack(parameter_tls, [twice, with_parameters()])) == 1


@pytest.mark.parametrize(
    ("stack", "message"),
    [
        pytest.param(
            [with_parameters(refers=False, group="shared")],
            "orders: `parameterGroupName` is 'shared', which the stack does not declare",
            id="a group from elsewhere",
        ),
        pytest.param(
            [with_parameters(refers=False, group=None)],
            "orders: `engineVersion` is not set, so the default of `rds.force_ssl` is not known",
            id="no version",
        ),
        pytest.param(
            [parameters(UNKNOWN), with_parameters()],
            "parameters: `parameters[0].value` is not known yet",
            id="value",
        ),
        pytest.param(
            [with_parameters(UNKNOWN, refers=False)],
            "orders: `engine` is not known yet",
            id="engine",
        ),
    ],
)
def test_tls_that_is_not_known_is_not_evaluated(stack: list[Example], message: str) -> None:
    assert said(analyze_stack(parameter_tls, stack)) == [f"not evaluated: {message}"]
