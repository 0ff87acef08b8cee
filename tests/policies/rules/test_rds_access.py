"""Who reaches a database, and with which password."""

from collections.abc import Mapping

import pytest

from aws_policy_pack.rule import AnyRule
from aws_policy_pack.rules.rds.access import iam_authentication, managed_password, not_public
from aws_policy_pack.testing import UNKNOWN, Secret, analyze, remediate
from aws_policy_pack.type_tokens import RDS_CLUSTER, RDS_CLUSTER_INSTANCE, RDS_INSTANCE
from tests.policies.rules.rds_databases import GUIDE, assert_mends, said


@pytest.mark.parametrize(
    ("rule", "properties", "level", "message"),
    [
        pytest.param(
            not_public,
            {"publiclyAccessible": True},
            "mandatory",
            "`publiclyAccessible` is true; wanted false. Fix: Set `publiclyAccessible` to false, "
            "and reach the database from inside the VPC. "
            f"{GUIDE}/USER_VPC.WorkingWithRDSInstanceinaVPC.html",
            id="public",
        ),
        pytest.param(
            managed_password,
            {"password": "hunter2"},
            "advisory",
            "the program sets `password`; wanted `manageMasterUserPassword` true. Fix: Drop "
            "`password`, set `manageMasterUserPassword` to true, and read the secret that RDS "
            f"makes. {GUIDE}/rds-secrets-manager.html",
            id="password",
        ),
        pytest.param(
            managed_password,
            {},
            "advisory",
            "`manageMasterUserPassword` is not set; wanted true. Fix: Set "
            f"`manageMasterUserPassword` to true. {GUIDE}/rds-secrets-manager.html",
            id="no password",
        ),
        pytest.param(
            iam_authentication,
            {"engine": "postgres"},
            "advisory",
            "`iamDatabaseAuthenticationEnabled` is not set; wanted true. Fix: Set "
            f"`iamDatabaseAuthenticationEnabled` to true. {GUIDE}/UsingWithRDS.IAMDBAuth.html",
            id="IAM",
        ),
    ],
)
def test_a_finding_is_told_whole(
    rule: AnyRule, properties: Mapping[str, object], level: str, message: str
) -> None:
    [report] = analyze(rule, properties)
    assert report.level == level
    assert report.message == f"subject: {message}"


@pytest.mark.parametrize(
    ("rule", "type_", "properties", "count"),
    [
        pytest.param(not_public, RDS_INSTANCE, {}, 0, id="private by default"),
        pytest.param(not_public, RDS_INSTANCE, {"publiclyAccessible": None}, 0, id="public null"),
        pytest.param(not_public, RDS_INSTANCE, {"publiclyAccessible": False}, 0, id="private"),
        pytest.param(
            not_public, RDS_CLUSTER_INSTANCE, {"publiclyAccessible": True}, 1, id="member public"
        ),
        pytest.param(not_public, RDS_CLUSTER_INSTANCE, {}, 0, id="member private by default"),
        pytest.param(not_public, RDS_CLUSTER, {}, 0, id="Aurora has no address"),
        pytest.param(not_public, RDS_CLUSTER, {"publiclyAccessible": True}, 1, id="cluster public"),
        pytest.param(
            not_public,
            RDS_CLUSTER,
            {"dbClusterInstanceClass": "db.m7g.large", "publiclyAccessible": False},
            0,
            id="Multi-AZ cluster private",
        ),
        pytest.param(
            not_public,
            RDS_CLUSTER,
            {"dbClusterInstanceClass": "db.m7g.large", "dbSubnetGroupName": "private"},
            0,
            id="Multi-AZ cluster in its subnets",
        ),
        pytest.param(
            not_public,
            RDS_CLUSTER,
            {"dbClusterInstanceClass": "db.m7g.large", "dbSubnetGroupName": "data"},
            0,
            id="Multi-AZ cluster in other subnets",
        ),
        pytest.param(
            not_public,
            RDS_CLUSTER,
            {"dbClusterInstanceClass": "db.m7g.large", "dbSubnetGroupName": "default"},
            1,
            id="Multi-AZ cluster in the default subnets",
        ),
        pytest.param(iam_authentication, RDS_INSTANCE, {"engine": "mysql"}, 1, id="MySQL"),
        pytest.param(iam_authentication, RDS_INSTANCE, {"engine": "mariadb"}, 1, id="MariaDB"),
        pytest.param(
            iam_authentication,
            RDS_CLUSTER,
            {"engine": "aurora-postgresql"},
            1,
            id="Aurora PostgreSQL",
        ),
        pytest.param(
            iam_authentication, RDS_CLUSTER, {"engine": "aurora-mysql"}, 1, id="Aurora MySQL"
        ),
        pytest.param(iam_authentication, RDS_INSTANCE, {"engine": "oracle-ee"}, 0, id="Oracle"),
        pytest.param(
            iam_authentication, RDS_INSTANCE, {"engine": "sqlserver-ex"}, 0, id="SQL Server"
        ),
        pytest.param(iam_authentication, RDS_INSTANCE, {}, 1, id="no engine"),
        pytest.param(
            iam_authentication,
            RDS_INSTANCE,
            {"iamDatabaseAuthenticationEnabled": True, "engine": UNKNOWN},
            0,
            id="IAM, whatever the engine",
        ),
    ],
)
def test_each_kind_of_database_is_judged(
    rule: AnyRule, type_: str, properties: Mapping[str, object], count: int
) -> None:
    assert len(analyze(rule, properties, type=type_)) == count


@pytest.mark.parametrize("subnets", [{}, {"dbSubnetGroupName": None}])
def test_a_multi_az_cluster_is_public_by_default(subnets: Mapping[str, object]) -> None:
    given = {"dbClusterInstanceClass": "db.m7g.large", **subnets}
    assert said(not_public, given, type=RDS_CLUSTER) == [
        (
            "subject: `publiclyAccessible` is not set, which makes a Multi-AZ cluster in the "
            "default subnets public; wanted false"
        )
    ]


@pytest.mark.parametrize(
    ("type_", "path"),
    [
        pytest.param(RDS_INSTANCE, "password", id="instance"),
        pytest.param(RDS_INSTANCE, "passwordWo", id="instance, write-only"),
        pytest.param(RDS_CLUSTER, "masterPassword", id="cluster"),
        pytest.param(RDS_CLUSTER, "masterPasswordWo", id="cluster, write-only"),
    ],
)
@pytest.mark.parametrize(
    "value",
    [
        pytest.param("hunter2", id="in the open"),
        pytest.param(Secret("hunter2"), id="secret"),
        pytest.param(UNKNOWN, id="not known yet"),
    ],
)
def test_every_password_of_the_program_is_found(type_: str, path: str, value: object) -> None:
    given = {path: value, "snapshotIdentifier": "old"}
    assert said(managed_password, given, type=type_) == [
        f"subject: the program sets `{path}`; wanted `manageMasterUserPassword` true"
    ]


def test_the_first_of_two_passwords_is_named() -> None:
    [report] = analyze(managed_password, {"password": "a", "passwordWo": "b"})
    assert "the program sets `password`; " in report.message
    assert "Fix: Drop `password`, " in report.message


@pytest.mark.parametrize(
    ("type_", "properties", "count"),
    [
        pytest.param(RDS_INSTANCE, {"manageMasterUserPassword": True}, 0, id="managed"),
        pytest.param(
            RDS_CLUSTER, {"manageMasterUserPassword": True, "masterPassword": None}, 0, id="null"
        ),
        pytest.param(RDS_INSTANCE, {"manageMasterUserPassword": False}, 1, id="not managed"),
        pytest.param(RDS_INSTANCE, {"masterPassword": "x"}, 1, id="the other kind's password"),
        pytest.param(RDS_INSTANCE, {"replicateSourceDb": "a"}, 0, id="replica"),
        pytest.param(RDS_CLUSTER, {"replicationSourceIdentifier": "a"}, 0, id="replica cluster"),
        pytest.param(RDS_INSTANCE, {"snapshotIdentifier": "a"}, 0, id="from a snapshot"),
        pytest.param(RDS_INSTANCE, {"restoreToPointInTime": {}}, 0, id="from a point in time"),
        pytest.param(RDS_CLUSTER, {"globalClusterIdentifier": UNKNOWN}, 0, id="global cluster"),
    ],
)
def test_a_password_that_rds_makes_or_inherits_passes(
    type_: str, properties: Mapping[str, object], count: int
) -> None:
    assert len(said(managed_password, properties, type=type_)) == count


@pytest.mark.parametrize(
    ("rule", "properties", "changes"),
    [
        pytest.param(
            not_public,
            {"publiclyAccessible": True},
            {"publiclyAccessible": False},
            id="public",
        ),
    ],
)
def test_a_fix_sets_one_property_and_keeps_the_others(
    rule: AnyRule, properties: Mapping[str, object], changes: Mapping[str, object]
) -> None:
    assert_mends(rule, {"engine": "postgres", **properties}, changes)


@pytest.mark.parametrize(
    "rule",
    [
        pytest.param(not_public, id="private by default"),
    ],
)
def test_a_fix_does_not_write_out_a_default_that_is_right(rule: AnyRule) -> None:
    assert remediate(rule, {"engine": "postgres"}) is None


def test_a_fix_hides_a_multi_az_cluster() -> None:
    mended = remediate(not_public, {"dbClusterInstanceClass": "db.m7g.large"}, type=RDS_CLUSTER)
    assert mended is not None
    assert mended["publiclyAccessible"] is False


@pytest.mark.parametrize(
    ("rule", "path"),
    [
        pytest.param(not_public, "publiclyAccessible", id="public"),
        pytest.param(managed_password, "manageMasterUserPassword", id="password"),
        pytest.param(iam_authentication, "iamDatabaseAuthenticationEnabled", id="IAM"),
    ],
)
@pytest.mark.parametrize(
    ("value", "reason"),
    [
        pytest.param(UNKNOWN, "is not known yet", id="unknown"),
        pytest.param({"a": 1}, "is an object, not ", id="wrong kind"),
    ],
)
def test_what_cannot_be_read_is_not_evaluated(
    rule: AnyRule, path: str, value: object, reason: str
) -> None:
    [found] = said(rule, {"engine": "postgres", path: value})
    assert found.startswith(f"not evaluated: subject: `{path}` {reason}")
