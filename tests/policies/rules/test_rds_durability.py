"""Backups and the protection of a database against its deletion."""

from collections.abc import Mapping

import pytest
from pydantic import ValidationError

from aws_policy_pack.rule import AnyRule
from aws_policy_pack.rules.rds.durability import (
    backups,
    deletion_protection,
    final_snapshot,
)
from aws_policy_pack.testing import UNKNOWN, analyze
from aws_policy_pack.type_tokens import RDS_CLUSTER, RDS_INSTANCE
from tests.policies.rules.rds_databases import GUIDE, said


@pytest.mark.parametrize(
    ("rule", "properties", "level", "message"),
    [
        pytest.param(
            backups,
            {"backupRetentionPeriod": 1},
            "advisory",
            "`backupRetentionPeriod` is 1; wanted 7 to 35 days (`minDays` and `maxDays` of "
            "rds-backups). Fix: Set `backupRetentionPeriod` to a number of days within the bounds. "
            f"{GUIDE}/USER_WorkingWithAutomatedBackups.BackupRetention.html",
            id="backups",
        ),
        pytest.param(
            deletion_protection,
            {},
            "advisory",
            "`deletionProtection` is not set; wanted true. Fix: Set `deletionProtection` to true. "
            f"{GUIDE}/USER_DeleteInstance.html",
            id="deletion protection",
        ),
        pytest.param(
            final_snapshot,
            {"skipFinalSnapshot": True},
            "advisory",
            "`skipFinalSnapshot` is true; wanted false, and a `finalSnapshotIdentifier`. Fix: Drop "
            "`skipFinalSnapshot` and name the snapshot in `finalSnapshotIdentifier`. "
            f"{GUIDE}/USER_DeleteInstance.html",
            id="snapshot skipped",
        ),
        pytest.param(
            final_snapshot,
            {},
            "advisory",
            "`finalSnapshotIdentifier` is not set, without which the database cannot be deleted; "
            "wanted a name for the snapshot. Fix: Name the snapshot in `finalSnapshotIdentifier`. "
            f"{GUIDE}/USER_DeleteInstance.html",
            id="snapshot without name",
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
        pytest.param(backups, RDS_INSTANCE, {"backupRetentionPeriod": 0}, 1, id="no backups"),
        pytest.param(backups, RDS_INSTANCE, {"backupRetentionPeriod": 6}, 1, id="a day too few"),
        pytest.param(backups, RDS_INSTANCE, {"backupRetentionPeriod": 7}, 0, id="fewest days"),
        pytest.param(backups, RDS_INSTANCE, {"backupRetentionPeriod": 35}, 0, id="most days"),
        pytest.param(backups, RDS_INSTANCE, {"backupRetentionPeriod": 36}, 1, id="a day too many"),
        pytest.param(
            backups, RDS_CLUSTER, {"backupRetentionPeriod": 7}, 0, id="cluster with backups"
        ),
        pytest.param(
            backups,
            RDS_INSTANCE,
            {"replicateSourceDb": UNKNOWN, "backupRetentionPeriod": 0},
            0,
            id="backups of a replica",
        ),
        pytest.param(
            deletion_protection, RDS_INSTANCE, {"deletionProtection": False}, 1, id="not protected"
        ),
        pytest.param(deletion_protection, RDS_CLUSTER, {}, 1, id="cluster not protected"),
        pytest.param(
            deletion_protection,
            RDS_CLUSTER,
            {"deletionProtection": True},
            0,
            id="cluster protected",
        ),
        pytest.param(
            final_snapshot,
            RDS_INSTANCE,
            {"finalSnapshotIdentifier": UNKNOWN},
            0,
            id="snapshot named",
        ),
        pytest.param(
            final_snapshot,
            RDS_CLUSTER,
            {"skipFinalSnapshot": False, "finalSnapshotIdentifier": "last"},
            0,
            id="snapshot of a cluster",
        ),
        pytest.param(
            final_snapshot,
            RDS_CLUSTER,
            {"skipFinalSnapshot": True, "finalSnapshotIdentifier": "last"},
            1,
            id="snapshot named and skipped",
        ),
        pytest.param(
            final_snapshot,
            RDS_INSTANCE,
            {"replicateSourceDb": "orders", "skipFinalSnapshot": True},
            0,
            id="snapshot of a replica",
        ),
    ],
)
def test_each_kind_of_database_is_judged(
    rule: AnyRule, type_: str, properties: Mapping[str, object], count: int
) -> None:
    assert len(analyze(rule, properties, type=type_)) == count


@pytest.mark.parametrize(
    ("type_", "days"),
    [pytest.param(RDS_INSTANCE, 0, id="instance"), pytest.param(RDS_CLUSTER, 1, id="cluster")],
)
def test_the_days_of_backups_that_nobody_has_set(type_: str, days: int) -> None:
    assert said(backups, {}, type=type_) == [
        (
            f"subject: `backupRetentionPeriod` is not set, which means {days}; wanted 7 to 35 days "
            "(`minDays` and `maxDays` of rds-backups)"
        )
    ]
    assert said(backups, {}, type=RDS_CLUSTER, config={"minDays": 1}) == []


@pytest.mark.parametrize(
    ("days", "count"),
    [pytest.param(1, 1), pytest.param(2, 0), pytest.param(3, 0), pytest.param(4, 1)],
)
def test_the_config_bounds_the_days_of_backups(days: int, count: int) -> None:
    found = said(backups, {"backupRetentionPeriod": days}, config={"minDays": 2, "maxDays": 3})
    assert len(found) == count
    assert all("wanted 2 to 3 days" in each for each in found)


@pytest.mark.parametrize("key", ["minDays", "maxDays"])
def test_days_of_backups_have_bounds(key: str) -> None:
    for days in (1, 35):
        assert backups.config.model_validate({key: days}).model_dump(by_alias=True)[key] == days
    for days in (0, 36):
        with pytest.raises(ValidationError):
            backups.config.model_validate({key: days})


@pytest.mark.parametrize(
    ("rule", "path"),
    [
        pytest.param(backups, "backupRetentionPeriod", id="backups"),
        pytest.param(deletion_protection, "deletionProtection", id="deletion protection"),
        pytest.param(final_snapshot, "skipFinalSnapshot", id="final snapshot"),
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
