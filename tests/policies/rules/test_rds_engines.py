"""What is known of each engine of RDS, and how its version is read."""

from collections.abc import Mapping

import pytest

from aws_policy_pack.rules.rds.access import CLUSTER_LOGS, INSTANCE_LOGS, fact_about, version_in


@pytest.mark.parametrize("facts", [INSTANCE_LOGS, CLUSTER_LOGS])
def test_no_engine_matches_two_rows(facts: Mapping[str, tuple[str, ...]]) -> None:
    for engine in facts:
        assert fact_about(engine, dict(sorted(facts.items(), reverse=True))) == facts[engine]


@pytest.mark.parametrize(
    ("text", "version"),
    [
        ("17.4", (17, 4)),
        ("17", (17,)),
        ("8.0.mysql_aurora.3.08.0", (8, 0)),
        ("postgres17", (17,)),
        ("default.mariadb11.8", (11, 8)),
        ("postgres", None),
        ("", None),
    ],
)
def test_a_version_is_read(text: str, version: tuple[int, ...] | None) -> None:
    assert version_in(text) == version
