"""What databases have to do with other resources: instances, security groups, parameters."""

from collections.abc import Mapping, Sequence

import pytest
from pydantic import ValidationError

from aws_policy_pack.rules.network.grants import (
    DEFAULT_SECURITY_GROUP,
    INGRESS_RULE,
    SECURITY_GROUP,
    SECURITY_GROUP_RULE,
)
from aws_policy_pack.rules.rds import ingress_from_declared_groups, multi_az, parameter_tls
from aws_policy_pack.rules.rds.types import (
    CLUSTER,
    CLUSTER_INSTANCE,
    CLUSTER_PARAMETER_GROUP,
    INSTANCE,
    PARAMETER_GROUP,
)
from aws_policy_pack.testing import UNKNOWN, Example, Report, analyze_stack

GUIDE = "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide"


def said(reports: Sequence[Report]) -> list[str]:
    """The findings without the way to mend them, and what could not be read."""
    return [
        report.message.rpartition("during preview: ")[2].partition(". Fix: ")[0]
        for report in reports
    ]


def members(count: int, identifier: object = UNKNOWN, *, refers: bool = True) -> list[Example]:
    return [
        Example(
            type=CLUSTER_INSTANCE,
            name=f"member-{number}",
            properties={"clusterIdentifier": identifier},
            references={"clusterIdentifier": ("orders",)} if refers else {},
        )
        for number in range(count)
    ]


def cluster(**properties: object) -> Example:
    return Example(type=CLUSTER, name="orders", properties=properties)


@pytest.mark.parametrize(
    ("stack", "message"),
    [
        pytest.param(
            [Example(type=INSTANCE, name="orders")],
            "`multiAz` is false; wanted true. Fix: Set `multiAz` to true",
            id="instance",
        ),
        pytest.param(
            [cluster(), *members(1)],
            "has 1 instance in the stack; wanted at least 2, which AWS puts in different zones. "
            "Fix: Add a cluster instance",
            id="cluster of one",
        ),
        pytest.param(
            [cluster()],
            "has no instances in the stack; wanted at least 2, which AWS puts in different zones. "
            "Fix: Add a cluster instance",
            id="cluster of none",
        ),
    ],
)
def test_a_database_in_one_zone_is_told_whole(stack: list[Example], message: str) -> None:
    [report] = analyze_stack(multi_az, stack)
    assert (report.level, report.name) == ("advisory", "orders")
    assert report.message == f"orders: {message}. {GUIDE}/Concepts.MultiAZ.html"


@pytest.mark.parametrize(
    ("properties", "count"),
    [
        pytest.param({"multiAz": True}, 0, id="standby"),
        pytest.param({"multiAz": False}, 1, id="no standby"),
        pytest.param({"multiAz": None}, 1, id="null"),
        pytest.param({"multiAz": UNKNOWN}, 1, id="left to AWS, which makes none"),
        pytest.param({"replicateSourceDb": "orders"}, 0, id="replica"),
        pytest.param({"replicateSourceDb": ""}, 1, id="replica of nothing"),
        pytest.param({"replicateSourceDb": UNKNOWN}, 1, id="source left to AWS"),
    ],
)
def test_an_instance_needs_a_standby(properties: Mapping[str, object], count: int) -> None:
    stack = [Example(type=INSTANCE, name="orders", properties=properties)]
    assert len(analyze_stack(multi_az, stack)) == count


@pytest.mark.parametrize(
    "stack",
    [
        pytest.param([cluster(), *members(2)], id="two instances"),
        pytest.param([cluster(), *members(3)], id="three instances"),
        pytest.param([cluster(id="orders"), *members(2, "orders", refers=False)], id="two by name"),
        pytest.param([cluster(dbClusterInstanceClass="db.m7g.large")], id="Multi-AZ cluster"),
        pytest.param([cluster(engineMode="serverless")], id="serverless v1"),
        pytest.param(
            [cluster(), *members(2), *members(1, refers=False)],
            id="enough beside one that is not known",
        ),
    ],
)
def test_a_cluster_of_two_or_of_another_kind_passes(stack: list[Example]) -> None:
    assert analyze_stack(multi_az, stack) == []


@pytest.mark.parametrize(
    "properties",
    [
        pytest.param({"engineMode": "provisioned"}, id="provisioned"),
        pytest.param({"engineMode": "spare"}, id="another mode"),
        pytest.param({"engineMode": ""}, id="no mode"),
        pytest.param({"engineMode": UNKNOWN}, id="mode left to AWS"),
        pytest.param({"dbClusterInstanceClass": ""}, id="no class"),
        pytest.param({"dbClusterInstanceClass": UNKNOWN}, id="class left to AWS"),
    ],
)
def test_other_clusters_need_two_instances(properties: Mapping[str, object]) -> None:
    stack = [cluster(**properties), *members(1)]
    assert len(analyze_stack(multi_az, stack)) == 1


def test_instances_of_another_cluster_do_not_count() -> None:
    other = Example(type=CLUSTER_INSTANCE, name="b", properties={"clusterIdentifier": "other"})
    [found] = said(analyze_stack(multi_az, [cluster(), *members(1), other]))
    assert found.startswith("orders: has 1 instance in the stack")


def test_an_instance_of_a_cluster_that_is_not_known_may_be_the_second() -> None:
    found = said(analyze_stack(multi_az, [cluster(), *members(1, refers=False)]))
    assert found == ["not evaluated: member-0: `clusterIdentifier` is not known yet"]


def test_a_standby_that_is_not_known_is_not_evaluated() -> None:
    source = Example(type="aws:ssm/parameter:Parameter", name="switch")
    database = Example(
        type=INSTANCE,
        name="orders",
        properties={"multiAz": UNKNOWN},
        references={"multiAz": ("switch",)},
    )
    found = said(analyze_stack(multi_az, [source, database]))
    assert found == ["not evaluated: orders: `multiAz` is not known yet"]


def database_behind(
    *groups: str,
    ids: object = UNKNOWN,
    type: str = INSTANCE,  # noqa: A002 - Pulumi's word
) -> Example:
    return Example(
        type=type,
        name="orders",
        properties={"vpcSecurityGroupIds": ids},
        references={"vpcSecurityGroupIds": groups} if groups else {},
    )


def group(name: str = "database", **properties: object) -> Example:
    return Example(type=SECURITY_GROUP, name=name, properties=properties)


def rule(*, by: str | None = None, **properties: object) -> Example:
    references = {"securityGroupId": ("database",)}
    if by is not None:
        references["referencedSecurityGroupId"] = (by,)
    return Example(
        type=INGRESS_RULE,
        name="rule",
        properties={"ipProtocol": "tcp", "fromPort": 5432, "toPort": 5432, **properties},
        references=references,
    )


def judged(*rules: Example, config: Mapping[str, object] | None = None) -> list[str]:
    stack = [group(), *rules, database_behind("database")]
    return said(analyze_stack(ingress_from_declared_groups, stack, config=config))


WANTED = (
    "wanted security groups of this stack, and address blocks of at least /24 or /64 "
    "(`minIpv4PrefixBits` and `minIpv6PrefixBits` of rds-ingress-from-declared-groups)"
)


def test_a_wide_block_is_told_whole() -> None:
    stack = [group(), rule(cidrIpv4="10.0.0.0/8"), database_behind("database")]
    [report] = analyze_stack(ingress_from_declared_groups, stack)
    assert (report.level, report.name) == ("mandatory", "rule")
    assert report.message == (
        f"rule: lets 10.0.0.0/8 reach the database 'orders'; {WANTED}. Fix: Name the security "
        f"group of the clients as the source. {GUIDE}/Overview.RDSSecurityGroups.html"
    )


def test_a_database_without_group_is_told_whole() -> None:
    [report] = analyze_stack(ingress_from_declared_groups, [database_behind(ids=None)])
    assert report.message == (
        "orders: `vpcSecurityGroupIds` is not set, so the database is in the VPC's default group; "
        "wanted a security group of this stack. Fix: Declare a security group for the database, "
        f"and name it in `vpcSecurityGroupIds`. {GUIDE}/Overview.RDSSecurityGroups.html"
    )


def test_a_group_from_elsewhere_is_told_whole() -> None:
    stack = [group(id="sg-1"), database_behind(ids=["sg-1", "sg-2"])]
    [report] = analyze_stack(ingress_from_declared_groups, stack)
    assert report.message == (
        "orders: `vpcSecurityGroupIds` has 'sg-2', which the stack does not declare; wanted "
        "security groups of this stack, or those of `outsideSources` of "
        "rds-ingress-from-declared-groups. Fix: Declare a security group for the database, and "
        f"name it in `vpcSecurityGroupIds`. {GUIDE}/Overview.RDSSecurityGroups.html"
    )


@pytest.mark.parametrize("ids", [UNKNOWN, [], None])
def test_groups_that_are_left_to_aws_are_found(ids: object) -> None:
    [found] = said(analyze_stack(ingress_from_declared_groups, [database_behind(ids=ids)]))
    assert found.startswith("orders: `vpcSecurityGroupIds` is not set")


@pytest.mark.parametrize(
    ("stack", "config"),
    [
        pytest.param([group(), database_behind("database")], None, id="by reference"),
        pytest.param(
            [group(), database_behind("database", ids=["sg-1"])], None, id="an id nobody tells"
        ),
        pytest.param(
            [group(), group("second"), database_behind("database", "second", ids=["sg-1"])],
            None,
            id="fewer ids than groups",
        ),
        pytest.param([group(id="sg-1"), database_behind(ids=["sg-1"])], None, id="by id"),
        pytest.param(
            [database_behind(ids=["sg-9"])], {"outsideSources": ["sg-8", "sg-9"]}, id="allowed"
        ),
        pytest.param([group(), database_behind("database", type=CLUSTER)], None, id="a cluster"),
    ],
)
def test_a_database_in_a_declared_group_passes(
    stack: list[Example], config: Mapping[str, object] | None
) -> None:
    assert analyze_stack(ingress_from_declared_groups, stack, config=config) == []


def test_more_ids_than_groups_are_found() -> None:
    stack = [group(), database_behind("database", ids=["sg-1", "sg-2"])]
    [found] = said(analyze_stack(ingress_from_declared_groups, stack))
    assert "has 'sg-1', 'sg-2', which the stack does not declare" in found


@pytest.mark.parametrize(
    ("source", "sources"),
    [
        pytest.param({"cidrIpv4": "10.0.0.0/23"}, "10.0.0.0/23", id="a bit too wide"),
        pytest.param({"cidrIpv4": "0.0.0.0/0"}, "0.0.0.0/0", id="the internet"),
        pytest.param({"cidrIpv6": "fd00::/63"}, "fd00::/63", id="IPv6"),
        pytest.param(
            {"cidrIpv4": "10.0.0.0/8", "cidrIpv6": "::/0"}, "10.0.0.0/8 and ::/0", id="both"
        ),
        pytest.param(
            {"referencedSecurityGroupId": "sg-9"}, "the security group 'sg-9'", id="a group"
        ),
        pytest.param(
            {"referencedSecurityGroupId": "111122223333/sg-9"},
            "the security group '111122223333/sg-9'",
            id="a group of another account",
        ),
        pytest.param({"prefixListId": "pl-1"}, "the prefix list 'pl-1'", id="a prefix list"),
        pytest.param(
            {"cidrIpv4": "10.0.0.0/8", "ipProtocol": "-1"}, "10.0.0.0/8", id="all traffic"
        ),
        pytest.param(
            {"cidrIpv4": "10.0.0.0/8", "fromPort": 22, "toPort": 22}, "10.0.0.0/8", id="any port"
        ),
    ],
)
def test_other_sources_are_found(source: Mapping[str, object], sources: str) -> None:
    assert judged(rule(by=None, **source)) == [
        f"rule: lets {sources} reach the database 'orders'; {WANTED}"
    ]


@pytest.mark.parametrize(
    ("rules", "config"),
    [
        pytest.param([rule(cidrIpv4="10.0.0.0/24")], None, id="just narrow enough"),
        pytest.param([rule(cidrIpv6="fd00::/64")], None, id="narrow IPv6"),
        pytest.param([rule(cidrIpv6="fd00::/65")], None, id="narrower IPv6"),
        pytest.param([rule(cidrIpv4="10.0.0.0/25")], None, id="narrower IPv4"),
        pytest.param([rule(cidrIpv4="10.0.0.0/16")], {"minIpv4PrefixBits": 16}, id="allowed IPv4"),
        pytest.param([rule(cidrIpv6="fd00::/8")], {"minIpv6PrefixBits": 8}, id="allowed IPv6"),
        pytest.param(
            [group("web"), rule(by="web", referencedSecurityGroupId=UNKNOWN)], None, id="reference"
        ),
        pytest.param(
            [group("web"), rule(by="web", referencedSecurityGroupId="sg-1")], None, id="its id"
        ),
        pytest.param(
            [group("web", id="sg-1"), rule(referencedSecurityGroupId="sg-1")], None, id="by id"
        ),
        pytest.param(
            [rule(referencedSecurityGroupId="sg-9")], {"outsideSources": ["sg-*"]}, id="allowed"
        ),
        pytest.param([rule(prefixListId="pl-1")], {"outsideSources": ["pl-1"]}, id="allowed list"),
        pytest.param([rule(cidrIpv4="10.0.0.0/8", ipProtocol="icmp")], None, id="ping"),
        pytest.param([rule(cidrIpv4=None)], None, id="no source"),
        pytest.param(
            [
                group("web"),
                Example(
                    type=INGRESS_RULE,
                    name="other",
                    properties={"ipProtocol": "tcp", "cidrIpv4": "0.0.0.0/0"},
                    references={"securityGroupId": ("web",)},
                ),
            ],
            None,
            id="a rule of another group",
        ),
    ],
)
def test_declared_groups_and_narrow_blocks_pass(
    rules: list[Example], config: Mapping[str, object] | None
) -> None:
    assert judged(*rules, config=config) == []


@pytest.mark.parametrize("kind", [SECURITY_GROUP, DEFAULT_SECURITY_GROUP])
def test_inline_rules_count(kind: str) -> None:
    ingress = [
        {"protocol": "tcp", "fromPort": 1, "toPort": 2, "cidrBlocks": ["10.0.0.0/25"]},
        {
            "protocol": "tcp",
            "fromPort": 5432,
            "toPort": 5432,
            "cidrBlocks": ["10.0.0.0/9", "10.128.0.0/9"],
            "securityGroups": ["sg-1", "sg-9"],
        },
    ]
    stack = [
        Example(type=kind, name="database", properties={"id": "sg-1", "ingress": ingress}),
        database_behind("database"),
    ]
    [report] = analyze_stack(ingress_from_declared_groups, stack)
    assert report.name == "database"
    assert said([report]) == [
        (
            "database: `ingress[1]` lets 10.0.0.0/8 and the security group 'sg-9' reach the "
            f"database 'orders'; {WANTED}"
        )
    ]


def test_the_older_rule_resource_counts() -> None:
    older = Example(
        type=SECURITY_GROUP_RULE,
        name="older",
        properties={
            "type": "ingress",
            "protocol": "tcp",
            "fromPort": 5432,
            "toPort": 5432,
            "cidrBlocks": ["10.0.0.0/8"],
        },
        references={"securityGroupId": ("database",)},
    )
    assert judged(older) == [f"older: lets 10.0.0.0/8 reach the database 'orders'; {WANTED}"]


def test_inline_rules_from_a_referenced_group_pass() -> None:
    ingress = [{"protocol": "tcp", "fromPort": 1, "toPort": 2, "securityGroups": [UNKNOWN]}]
    database = Example(
        type=SECURITY_GROUP,
        name="database",
        properties={"ingress": ingress},
        references={"ingress": ("web",)},
    )
    stack = [group("web"), database, database_behind("database")]
    assert analyze_stack(ingress_from_declared_groups, stack) == []


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        pytest.param(
            {"cidrIpv4": UNKNOWN}, "not evaluated: rule: `cidrIpv4` is not known yet", id="block"
        ),
        pytest.param(
            {"cidrIpv4": "ten"},
            "not evaluated: rule: `cidrIpv4` has 'ten', not a block of addresses",
            id="no block",
        ),
        pytest.param(
            {"referencedSecurityGroupId": UNKNOWN},
            "not evaluated: rule: `referencedSecurityGroupId` is not known yet",
            id="group",
        ),
        pytest.param(
            {"prefixListId": UNKNOWN},
            "not evaluated: rule: `prefixListId` is not known yet",
            id="list",
        ),
        pytest.param(
            {"cidrIpv4": "10.0.0.0/8", "fromPort": UNKNOWN},
            "not evaluated: rule: `fromPort` is not known yet",
            id="port",
        ),
        pytest.param(
            {"cidrIpv4": "10.0.0.0/8", "referencedSecurityGroupId": UNKNOWN},
            f"rule: lets 10.0.0.0/8 reach the database 'orders'; {WANTED}",
            id="a group beside a wide block",
        ),
        pytest.param(
            {"cidrIpv4": UNKNOWN, "cidrIpv6": "::/0"},
            f"rule: lets ::/0 reach the database 'orders'; {WANTED}",
            id="a block beside a wide one",
        ),
    ],
)
def test_sources_that_are_not_known(source: Mapping[str, object], expected: str) -> None:
    assert judged(rule(by=None, **source)) == [expected]


@pytest.mark.parametrize(
    ("key", "least", "most"),
    [("minIpv4PrefixBits", 0, 32), ("minIpv6PrefixBits", 0, 128)],
)
def test_prefixes_have_bounds(key: str, least: int, most: int) -> None:
    model = ingress_from_declared_groups.config
    for bits in (least, most):
        assert model.model_validate({key: bits}).model_dump(by_alias=True)[key] == bits
    for bits in (least - 1, most + 1):
        with pytest.raises(ValidationError):
            model.model_validate({key: bits})


def test_a_rule_of_a_group_that_is_not_known_is_told_and_hides_nothing() -> None:
    stray = Example(type=INGRESS_RULE, name="stray", properties={"securityGroupId": UNKNOWN})
    assert sorted(judged(stray, rule(cidrIpv4="10.0.0.0/8"))) == [
        "not evaluated: stray: `securityGroupId` is not known yet",
        f"rule: lets 10.0.0.0/8 reach the database 'orders'; {WANTED}",
    ]


def test_inline_rules_that_cannot_be_read_are_told_of_their_group() -> None:
    stack = [group(ingress=7), database_behind("database")]
    found = said(analyze_stack(ingress_from_declared_groups, stack))
    assert found == ["not evaluated: database: `ingress` is 7, not a list"]


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
    type: str = INSTANCE,  # noqa: A002 - Pulumi's word
    refers: bool = True,
    group: object = UNKNOWN,
    **properties: object,
) -> Example:
    path = "parameterGroupName" if type == INSTANCE else "dbClusterParameterGroupName"
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
        pytest.param("mysql", INSTANCE, "require_secure_transport", id="MySQL"),
        pytest.param("mariadb", INSTANCE, "require_secure_transport", id="MariaDB"),
        pytest.param("sqlserver-se", INSTANCE, "rds.force_ssl", id="SQL Server"),
        pytest.param("aurora-mysql", CLUSTER, "require_secure_transport", id="Aurora MySQL"),
        pytest.param("aurora-postgresql", CLUSTER, "rds.force_ssl", id="Aurora PostgreSQL"),
        pytest.param("postgres", CLUSTER, "rds.force_ssl", id="Multi-AZ cluster"),
    ],
)
def test_each_engine_has_its_parameter(engine: str, type_: str, name: str) -> None:
    kind = PARAMETER_GROUP if type_ == INSTANCE else CLUSTER_PARAMETER_GROUP
    database = with_parameters(engine, type=type_)
    for value, count in (("1", 0), ("0", 1)):
        stack = [parameters(value, name=name, type=kind), database]
        assert len(analyze_stack(parameter_tls, stack)) == count


@pytest.mark.parametrize(
    ("engine", "type_", "version", "problem"),
    [
        pytest.param("postgres", INSTANCE, "14.9", "rds.force_ssl", id="PostgreSQL 14"),
        pytest.param("postgres", INSTANCE, "15", None, id="PostgreSQL 15"),
        pytest.param("postgres", CLUSTER, "16.1", None, id="Multi-AZ PostgreSQL 16"),
        pytest.param("aurora-postgresql", CLUSTER, "16.9", "rds.force_ssl", id="Aurora 16"),
        pytest.param("aurora-postgresql", CLUSTER, "17.4", None, id="Aurora 17"),
        pytest.param("mysql", INSTANCE, "8.4", "require_secure_transport", id="MySQL 8.4"),
        pytest.param("mysql", INSTANCE, "9.7", None, id="MySQL 9.7"),
        pytest.param("mariadb", INSTANCE, "11.4.2", "require_secure_transport", id="MariaDB 11.4"),
        pytest.param("mariadb", INSTANCE, "11.8", None, id="MariaDB 11.8"),
        pytest.param(
            "aurora-mysql",
            CLUSTER,
            "8.0.mysql_aurora.3.08.0",
            "require_secure_transport",
            id="Aurora MySQL",
        ),
        pytest.param("sqlserver-ex", INSTANCE, None, "rds.force_ssl", id="SQL Server"),
        pytest.param("oracle-ee", INSTANCE, "19", None, id="Oracle has no such parameter"),
        pytest.param(None, INSTANCE, None, None, id="no engine"),
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
