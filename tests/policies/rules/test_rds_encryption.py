"""Encryption of databases, and of what is made from others."""

from collections.abc import Mapping
from typing import Any

import pytest

from aws_policy_pack.rules.rds.encryption import (
    CLUSTER_SNAPSHOT,
    CLUSTER_SNAPSHOT_COPY,
    GLOBAL_CLUSTER,
    NAMES,
    OF_TYPE,
    SNAPSHOT,
    SNAPSHOT_COPY,
    copy_encrypted,
    encrypted,
)
from aws_policy_pack.testing import UNKNOWN, Example, analyze, analyze_stack, remediate, urn_of
from aws_policy_pack.type_tokens import RDS_CLUSTER, RDS_INSTANCE
from tests.policies.rules.rds_databases import GUIDE, assert_mends, said

FLAG = "storageEncrypted"
KEY = {"kmsKeyId": "arn:aws:kms:eu-west-1:111122223333:key/a"}


def test_a_finding_about_a_database_is_told_whole() -> None:
    [report] = analyze(encrypted, {})
    assert report.message == (
        "subject: `storageEncrypted` is not set; wanted true. Fix: Set `storageEncrypted` to true, "
        "and `kmsKeyId` for a key of your own; a database that exists is replaced. "
        f"{GUIDE}/Overview.Encryption.html"
    )


@pytest.mark.parametrize(
    ("type_", "properties", "count"),
    [
        pytest.param(RDS_INSTANCE, {FLAG: False}, 1, id="not encrypted"),
        pytest.param(RDS_INSTANCE, {FLAG: None}, 1, id="encryption null"),
        pytest.param(RDS_INSTANCE, {FLAG: True}, 0, id="encrypted"),
        pytest.param(RDS_CLUSTER, {}, 1, id="cluster not encrypted"),
        pytest.param(RDS_CLUSTER, {FLAG: "true"}, 0, id="cluster encrypted"),
        pytest.param(RDS_CLUSTER, {"engineMode": "serverless"}, 0, id="serverless v1"),
        pytest.param(RDS_CLUSTER, {"engineMode": "provisioned"}, 1, id="provisioned"),
        pytest.param(RDS_CLUSTER, {"engineMode": "spare"}, 1, id="another mode"),
        pytest.param(
            RDS_CLUSTER,
            {"engineMode": "serverless", FLAG: False},
            1,
            id="serverless v1 that says no",
        ),
        pytest.param(RDS_INSTANCE, {"s3Import": {"bucketName": "a"}}, 1, id="import from S3"),
        pytest.param(RDS_INSTANCE, {"replicateSourceDb": ""}, 1, id="no source"),
        pytest.param(RDS_INSTANCE, {"replicateSourceDb": "orders"}, 0, id="replica"),
        pytest.param(
            RDS_INSTANCE, {"replicateSourceDb": UNKNOWN, FLAG: False}, 0, id="replica of new"
        ),
        pytest.param(RDS_CLUSTER, {"snapshotIdentifier": "last"}, 0, id="restored cluster"),
    ],
)
def test_a_database_of_its_own_asks_for_encryption(
    type_: str, properties: Mapping[str, object], count: int
) -> None:
    assert len(analyze(encrypted, properties, type=type_)) == count


def test_the_fix_sets_one_property_of_a_database_of_its_own() -> None:
    assert_mends(encrypted, {"engine": "postgres"}, {FLAG: True})
    assert remediate(encrypted, {"replicateSourceDb": "orders"}) is None


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        pytest.param(UNKNOWN, "is not known yet", id="unknown"),
        pytest.param({"a": 1}, "is an object, not ", id="wrong kind"),
    ],
)
def test_encryption_that_cannot_be_read_is_not_evaluated(value: object, reason: str) -> None:
    [found] = said(encrypted, {FLAG: value})
    assert found.startswith(f"not evaluated: subject: `{FLAG}` {reason}")


def database(
    type_: str, name: str, properties: Mapping[str, object], *sources: str, through: str = ""
) -> Example:
    """A database or a snapshot, and what a property of it comes from."""
    references = {through: sources} if through else {}
    return Example(type=type_, name=name, properties=properties, references=references)


def judged(*resources: Example) -> list[str]:
    """The names of what is found; with a question mark, what could not be judged."""
    return [
        report.name if report.was_evaluated else f"{report.message.split()[2][:-1]}?"
        for report in analyze_stack(copy_encrypted, resources)
    ]


def test_a_finding_about_a_copy_is_told_whole() -> None:
    [report] = analyze_stack(
        copy_encrypted,
        [
            database(RDS_INSTANCE, "orders", {}),
            database(
                RDS_INSTANCE,
                "reports",
                {"replicateSourceDb": UNKNOWN, FLAG: True},
                "orders",
                through="replicateSourceDb",
            ),
        ],
    )
    assert report.message == (
        "reports: `replicateSourceDb` leads to 'orders', which is not encrypted; wanted a source "
        "that is encrypted. Fix: Set `storageEncrypted` of 'orders' to true, which replaces a "
        "database that exists, or restore an encrypted copy of its snapshot. "
        f"{GUIDE}/Overview.Encryption.html"
    )
    assert report.related == (urn_of(RDS_INSTANCE, "orders"),)
    assert report.part == "replicateSourceDb"


def of_databases() -> list[Any]:
    return [
        pytest.param(type_, origin.path, source, id=f"{origin.path} of {type_} is {source}")
        for type_ in (RDS_INSTANCE, RDS_CLUSTER)
        for origin in OF_TYPE[type_]
        for source in origin.types
        if source in (RDS_INSTANCE, RDS_CLUSTER, GLOBAL_CLUSTER)
    ]


@pytest.mark.parametrize(("type_", "path", "source"), of_databases())
@pytest.mark.parametrize(
    ("properties", "found"),
    [
        pytest.param({FLAG: True}, [], id="encrypted"),
        pytest.param({FLAG: False}, ["copy"], id="plain"),
        pytest.param({}, ["copy"], id="not set"),
    ],
)
def test_a_copy_is_encrypted_as_what_it_comes_from(
    type_: str, path: str, source: str, properties: Mapping[str, object], found: list[str]
) -> None:
    copy = database(type_, "copy", {path: UNKNOWN}, "source", through=path)
    assert judged(database(source, "source", properties), copy) == found


def test_what_the_provider_fills_in_says_nothing() -> None:
    source = Example(type=RDS_CLUSTER, name="source", properties={FLAG: UNKNOWN})
    copy = Example(
        type=RDS_CLUSTER,
        name="copy",
        properties={"snapshotIdentifier": "", "restoreToPointInTime": {"a": "b"}},
        references={"restoreToPointInTime": ("source",)},
    )
    other = Example(
        type=RDS_INSTANCE, name="other", properties={"snapshotIdentifier": UNKNOWN, FLAG: UNKNOWN}
    )
    assert judged(source, copy, other) == ["copy"]


@pytest.mark.parametrize(
    ("type_", "path", "source", "takes_key", "takes_flag"),
    [
        pytest.param(RDS_INSTANCE, "replicateSourceDb", RDS_INSTANCE, False, False, id="replica"),
        pytest.param(
            RDS_INSTANCE, "restoreToPointInTime", RDS_INSTANCE, False, False, id="instance then"
        ),
        pytest.param(
            RDS_CLUSTER, "restoreToPointInTime", RDS_CLUSTER, True, False, id="cluster then"
        ),
        pytest.param(
            RDS_INSTANCE, "snapshotIdentifier", SNAPSHOT, False, False, id="instance's snapshot"
        ),
        pytest.param(
            RDS_CLUSTER, "snapshotIdentifier", CLUSTER_SNAPSHOT, True, False, id="its snapshot"
        ),
        pytest.param(
            RDS_CLUSTER, "replicationSourceIdentifier", RDS_CLUSTER, True, True, id="cluster"
        ),
        pytest.param(
            RDS_CLUSTER, "globalClusterIdentifier", GLOBAL_CLUSTER, True, True, id="global"
        ),
    ],
)
def test_what_stands_beside_the_origin_counts_where_the_operation_takes_it(
    type_: str, path: str, source: str, *, takes_key: bool, takes_flag: bool
) -> None:
    for beside, is_taken in ((KEY, takes_key), ({FLAG: True}, takes_flag)):
        copy = database(type_, "copy", {path: UNKNOWN, **beside}, "source", through=path)
        assert judged(database(source, "source", {}), copy) == ([] if is_taken else ["copy"])


@pytest.mark.parametrize(
    ("own", "kept", "copied", "source"),
    [
        pytest.param(RDS_INSTANCE, SNAPSHOT, SNAPSHOT_COPY, RDS_INSTANCE, id="instance"),
        pytest.param(
            RDS_CLUSTER, CLUSTER_SNAPSHOT, CLUSTER_SNAPSHOT_COPY, RDS_CLUSTER, id="cluster"
        ),
    ],
)
@pytest.mark.parametrize(
    ("is_encrypted", "beside", "found"),
    [
        pytest.param(True, {}, [], id="encrypted"),
        pytest.param(False, {}, ["copy"], id="plain"),
        pytest.param(False, KEY, [], id="copied with a key"),
    ],
)
def test_a_restored_database_is_encrypted_as_its_snapshot(  # noqa: PLR0913 - two matrices
    own: str,
    kept: str,
    copied: str,
    source: str,
    *,
    is_encrypted: bool,
    beside: Mapping[str, object],
    found: list[str],
) -> None:
    [of_kept], [of_copied] = OF_TYPE[kept], OF_TYPE[copied]
    resources = (
        database(source, "source", {FLAG: is_encrypted}),
        database(kept, "kept", {of_kept.path: UNKNOWN}, "source", through=of_kept.path),
        database(
            copied,
            "copied",
            {of_copied.path: UNKNOWN, **beside},
            "kept",
            through=of_copied.path,
        ),
        database(
            own, "copy", {"snapshotIdentifier": UNKNOWN}, "copied", through="snapshotIdentifier"
        ),
    )
    assert judged(*resources) == found


@pytest.mark.parametrize(
    ("type_", "properties", "found"),
    [
        pytest.param(RDS_INSTANCE, {"replicateSourceDb": "other"}, ["copy?"], id="replica"),
        pytest.param(
            RDS_INSTANCE, {"replicateSourceDb": "other", **KEY}, [], id="replica with a key"
        ),
        pytest.param(RDS_INSTANCE, {"snapshotIdentifier": "last"}, ["copy?"], id="snapshot"),
        pytest.param(
            RDS_INSTANCE,
            {"snapshotIdentifier": "last", FLAG: False},
            ["copy?"],
            id="plain snapshot",
        ),
        pytest.param(
            RDS_INSTANCE, {"snapshotIdentifier": "last", FLAG: True}, [], id="encrypted snapshot"
        ),
        pytest.param(
            RDS_CLUSTER, {"snapshotIdentifier": "last", **KEY}, [], id="restored with a key"
        ),
        pytest.param(RDS_CLUSTER, {"globalClusterIdentifier": "world"}, ["copy?"], id="global"),
        pytest.param(RDS_INSTANCE, {"replicateSourceDb": "", FLAG: False}, [], id="no copy"),
        pytest.param(
            RDS_INSTANCE,
            {"restoreToPointInTime": {"sourceDbInstanceIdentifier": "other"}},
            ["copy?"],
            id="point in time",
        ),
    ],
)
def test_of_a_foreign_origin_nobody_knows(
    type_: str, properties: Mapping[str, object], found: list[str]
) -> None:
    assert judged(database(type_, "copy", properties)) == found


@pytest.mark.parametrize("name", NAMES)
def test_an_origin_is_found_by_any_of_its_names(name: str) -> None:
    source = database(RDS_INSTANCE, "source", {name: "orders", FLAG: False})
    for given in ({"replicateSourceDb": "orders"}, {"restoreToPointInTime": {"a": "orders"}}):
        assert judged(source, database(RDS_INSTANCE, "copy", given)) == ["copy"]


def test_a_database_that_a_copy_does_not_name_says_nothing_of_it() -> None:
    stranger = database(RDS_INSTANCE, "stranger", {"identifier": "plain", FLAG: False})
    source = database(RDS_INSTANCE, "source", {"identifier": "orders", FLAG: True})
    copy = database(RDS_INSTANCE, "copy", {"replicateSourceDb": "orders"})
    assert judged(stranger, source, copy) == []


def test_what_of_an_origin_cannot_be_read_is_told_of_the_origin() -> None:
    [report] = analyze_stack(
        copy_encrypted,
        [
            database(RDS_INSTANCE, "source", {FLAG: {"a": 1}}),
            database(
                RDS_INSTANCE,
                "copy",
                {"replicateSourceDb": "a"},
                "source",
                through="replicateSourceDb",
            ),
        ],
    )
    assert report.name == "source"
    assert report.unreadable == FLAG


def test_copies_that_name_each_other_come_from_nowhere() -> None:
    one = database(RDS_INSTANCE, "one", {"identifier": "a", "replicateSourceDb": "b"})
    other = database(RDS_INSTANCE, "other", {"identifier": "b", "replicateSourceDb": "a"})
    assert sorted(judged(one, other)) == ["one?", "other?"]
