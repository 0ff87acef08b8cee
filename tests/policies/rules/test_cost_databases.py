"""Class, capacity, storage and copies of databases."""

from collections.abc import Mapping

import pytest

from aws_policy_pack.rule import AnyRule
from aws_policy_pack.rules.cost.databases import (
    instance_class,
    multi_az,
    serverless_capacity,
    storage,
)
from aws_policy_pack.testing import UNKNOWN, analyze

INSTANCE = "aws:rds/instance:Instance"
CLUSTER = "aws:rds/cluster:Cluster"
CLUSTER_INSTANCE = "aws:rds/clusterInstance:ClusterInstance"


def judge(
    rule: AnyRule,
    kind: str,
    properties: Mapping[str, object],
    config: Mapping[str, object] | None = None,
) -> list[str]:
    """The texts, without what the SDK puts before that of a rule that could not run."""
    found = analyze(rule, properties, type=kind, config={**rule.example_config, **(config or {})})
    return [report.text for report in found]


def said(rule: AnyRule, text: str) -> list[str]:
    return [f"subject: {text}. {rule.url}"]


@pytest.mark.parametrize(
    ("kind", "path"),
    [
        pytest.param(INSTANCE, "instanceClass", id="an instance"),
        pytest.param(CLUSTER_INSTANCE, "instanceClass", id="an instance of a cluster"),
        pytest.param(CLUSTER, "dbClusterInstanceClass", id="a Multi-AZ cluster"),
    ],
)
def test_a_class_outside_the_list_is_found(kind: str, path: str) -> None:
    assert judge(instance_class, kind, {path: "db.r5.24xlarge"}) == said(
        instance_class,
        f"`{path}` is 'db.r5.24xlarge'; wanted one of 'db.t3.*', 'db.t4g.*' "
        f"(`classes` of cost-rds-instance-class). Fix: Choose a smaller `{path}`, or allow this "
        "one in the pack's config",
    )


@pytest.mark.parametrize(
    ("name", "classes"),
    [
        pytest.param("db.t4g.micro", ["db.t4g.small"], id="another class"),
        pytest.param("db.t4g.micro", ["db.t4g"], id="no glob, so no part of a name"),
        pytest.param("DB.T4G.MICRO", ["db.t4g.*"], id="another case"),
        pytest.param("db.t4g.micro", [], id="an empty list allows none"),
        pytest.param("db.serverless.large", ["db.t4g.*"], id="not quite serverless"),
    ],
)
def test_the_list_of_classes_is_configured(name: str, classes: list[str]) -> None:
    assert len(judge(instance_class, INSTANCE, {"instanceClass": name}, {"classes": classes})) == 1


@pytest.mark.parametrize(
    ("kind", "properties", "config"),
    [
        pytest.param(INSTANCE, {"instanceClass": "db.t4g.micro"}, {}, id="a default class"),
        pytest.param(CLUSTER_INSTANCE, {"instanceClass": "db.serverless"}, {}, id="serverless"),
        pytest.param(
            CLUSTER_INSTANCE,
            {"instanceClass": "db.serverless"},
            {"classes": []},
            id="serverless where no class is allowed",
        ),
        pytest.param(
            INSTANCE,
            {"instanceClass": "db.m7g.large"},
            {"classes": ["db.x", "db.m7g.*"]},
            id="any of the globs",
        ),
        pytest.param(INSTANCE, {}, {}, id="a replica, which takes its source's class"),
        pytest.param(CLUSTER, {"instanceClass": "db.r5.24xlarge"}, {}, id="Aurora has no class"),
    ],
)
def test_a_class_in_the_list_passes(
    kind: str, properties: Mapping[str, object], config: Mapping[str, object]
) -> None:
    assert judge(instance_class, kind, properties, config) == []


def test_an_unknown_class_is_not_judged() -> None:
    assert judge(instance_class, INSTANCE, {"instanceClass": UNKNOWN}) == [
        "not evaluated: subject: `instanceClass` is not known yet"
    ]


V2 = "serverlessv2ScalingConfiguration"
V1 = "scalingConfiguration"


@pytest.mark.parametrize(
    ("properties", "config", "path", "problem", "cap"),
    [
        pytest.param({V2: {"maxCapacity": 4.5}}, {}, V2, "4.5", "4", id="half over the default"),
        pytest.param(
            {V2: {"maxCapacity": 2}}, {"maxCapacity": 1.5}, V2, "2", "1.5", id="over the cap"
        ),
        pytest.param({V1: {"maxCapacity": 8}}, {}, V1, "8", "4", id="version 1"),
        pytest.param(
            {"engineMode": "serverless"},
            {},
            V1,
            "not set, which means 16",
            "4",
            id="version 1 at AWS's default",
        ),
    ],
)
def test_a_capacity_over_the_cap_is_found(
    properties: Mapping[str, object],
    config: Mapping[str, object],
    path: str,
    problem: str,
    cap: str,
) -> None:
    assert judge(serverless_capacity, CLUSTER, properties, config) == said(
        serverless_capacity,
        f"`{path}.maxCapacity` is {problem}; wanted at most {cap} ACUs (`maxCapacity` of "
        f"cost-rds-serverless-capacity). Fix: Lower `{path}.maxCapacity`, or raise the cap in the "
        "pack's config",
    )


@pytest.mark.parametrize(
    ("properties", "config"),
    [
        pytest.param({V2: {"maxCapacity": 4}}, {}, id="the default"),
        pytest.param({V2: {"maxCapacity": 0.5}}, {"maxCapacity": 0.5}, id="the cap"),
        pytest.param({}, {}, id="no serverless cluster"),
        pytest.param({"engineMode": "provisioned"}, {}, id="a provisioned cluster"),
        pytest.param({"engineMode": "unheard-of"}, {}, id="another kind of cluster"),
        pytest.param({V2: {"maxCapacity": 1}}, {}, id="well below the cap"),
        pytest.param({"engineMode": "serverless"}, {"maxCapacity": 16}, id="AWS's default allowed"),
        pytest.param(
            {"engineMode": "serverless", V1: {"maxCapacity": 2}}, {}, id="version 1 at the cap"
        ),
    ],
)
def test_a_capacity_within_the_cap_passes(
    properties: Mapping[str, object], config: Mapping[str, object]
) -> None:
    assert judge(serverless_capacity, CLUSTER, properties, config) == []


@pytest.mark.parametrize(
    ("properties", "expected"),
    [
        pytest.param({V2: UNKNOWN}, f"`{V2}` is not known yet", id="unknown"),
        pytest.param(
            {V2: {"maxCapacity": UNKNOWN}},
            f"`{V2}.maxCapacity` is not known yet",
            id="nested unknown",
        ),
        pytest.param(
            {V2: {"maxCapacity": True}},
            f"`{V2}.maxCapacity` is True, not a number",
            id="another kind",
        ),
    ],
)
def test_a_capacity_that_cannot_be_read_is_not_judged(
    properties: Mapping[str, object], expected: str
) -> None:
    assert judge(serverless_capacity, CLUSTER, properties) == [
        f"not evaluated: subject: {expected}"
    ]


@pytest.mark.parametrize(
    ("properties", "config", "text"),
    [
        pytest.param(
            {"allocatedStorage": 101},
            {},
            "`allocatedStorage` is 101 GB; wanted at most 100 GB (`maxStorage` of "
            "cost-rds-storage). Fix: Lower `allocatedStorage`, or raise the cap in the pack's "
            "config",
            id="one GB over the default",
        ),
        pytest.param(
            {"allocatedStorage": 20, "maxAllocatedStorage": 51},
            {"maxStorage": 50},
            "`maxAllocatedStorage` is 51 GB; wanted at most 50 GB (`maxStorage` of "
            "cost-rds-storage). Fix: Lower `maxAllocatedStorage`, or raise the cap in the pack's "
            "config",
            id="growth over the cap",
        ),
        pytest.param(
            {"storageType": "gp3", "iops": 12001},
            {},
            "`iops` is 12001; wanted at most 12000 (`maxIops` of cost-rds-storage). Fix: Lower "
            "`iops`, or raise the cap in the pack's config",
            id="one of the IOPS too many",
        ),
        pytest.param(
            {"storageType": "gp3", "iops": 1},
            {"maxIops": 0},
            "`iops` is 1; wanted at most 0 (`maxIops` of cost-rds-storage). Fix: Lower `iops`, or "
            "raise the cap in the pack's config",
            id="IOPS where none are allowed",
        ),
        pytest.param(
            {"storageType": "io2"},
            {},
            "`storageType` is 'io2'; wanted one of 'gp2', 'gp3' (`storageTypes` of "
            "cost-rds-storage). Fix: Choose another `storageType`, or allow this one in the pack's "
            "config",
            id="a type outside the list",
        ),
        pytest.param(
            {"iops": 1000},
            {},
            "`storageType` is not set, which means 'io1'; wanted one of 'gp2', 'gp3' "
            "(`storageTypes` of cost-rds-storage). Fix: Choose another `storageType`, or allow "
            "this one in the pack's config",
            id="the type that IOPS imply",
        ),
        pytest.param(
            {},
            {"storageTypes": ["gp2"]},
            "`storageType` is not set, which means 'gp3'; wanted one of 'gp2' (`storageTypes` of "
            "cost-rds-storage). Fix: Choose another `storageType`, or allow this one in the pack's "
            "config",
            id="the type that RDS takes by itself",
        ),
    ],
)
def test_storage_over_a_cap_is_found(
    properties: Mapping[str, object], config: Mapping[str, object], text: str
) -> None:
    assert judge(storage, INSTANCE, properties, config) == said(storage, text)


@pytest.mark.parametrize(
    ("properties", "problem"),
    [
        pytest.param(
            {"dbClusterInstanceClass": "db.m7g.large"},
            "`storageType` is not set, which means 'io1'; ",
            id="a Multi-AZ cluster",
        ),
        pytest.param(
            {"storageType": "aurora-iopt1"}, "`storageType` is 'aurora-iopt1'; ", id="the dearer"
        ),
    ],
)
def test_a_cluster_with_storage_that_is_not_allowed_is_found(
    properties: Mapping[str, object], problem: str
) -> None:
    (message,) = judge(storage, CLUSTER, properties, {"storageTypes": ["gp3"]})
    assert problem in message


@pytest.mark.parametrize(
    ("kind", "properties", "config"),
    [
        pytest.param(
            INSTANCE,
            {"allocatedStorage": 100, "maxAllocatedStorage": 100, "storageType": "gp3"},
            {},
            id="the defaults",
        ),
        pytest.param(
            INSTANCE, {"allocatedStorage": 20, "iops": 9, "storageType": "gp2"}, {}, id="small"
        ),
        pytest.param(INSTANCE, {"storageType": "gp3", "iops": 12000}, {}, id="IOPS at the default"),
        pytest.param(
            INSTANCE,
            {"allocatedStorage": 5, "storageType": "io2", "iops": 7},
            {"maxStorage": 5, "storageTypes": ["io2"], "maxIops": 7},
            id="the caps",
        ),
        pytest.param(INSTANCE, {}, {}, id="nothing said"),
        pytest.param(CLUSTER, {}, {"storageTypes": ["gp3"]}, id="Aurora"),
        pytest.param(
            CLUSTER,
            {"storageType": "aurora-iopt1"},
            {"storageTypes": ["aurora-iopt1"]},
            id="Aurora's other type",
        ),
        pytest.param(CLUSTER, {"iops": 10}, {}, id="Aurora has no io1"),
        pytest.param(CLUSTER, {"storageType": "aurora"}, {"storageTypes": []}, id="Aurora by name"),
    ],
)
def test_storage_within_the_caps_passes(
    kind: str, properties: Mapping[str, object], config: Mapping[str, object]
) -> None:
    assert judge(storage, kind, properties, config) == []


@pytest.mark.parametrize("path", ["allocatedStorage", "maxAllocatedStorage", "iops", "storageType"])
def test_storage_that_is_not_known_is_not_judged(path: str) -> None:
    assert judge(storage, INSTANCE, {path: UNKNOWN}) == [
        f"not evaluated: subject: `{path}` is not known yet"
    ]


def test_a_standby_is_found_where_it_is_not_allowed() -> None:
    assert judge(multi_az, INSTANCE, {"multiAz": True}) == said(
        multi_az,
        "`multiAz` is true; wanted one zone (`allowed` of cost-rds-multi-az is false). Fix: Set "
        "`multiAz` to false, or allow Multi-AZ in the pack's config",
    )


def test_a_multi_az_cluster_is_found_where_it_is_not_allowed() -> None:
    assert judge(multi_az, CLUSTER, {"dbClusterInstanceClass": "db.m7g.large"}) == said(
        multi_az,
        "`dbClusterInstanceClass` is 'db.m7g.large', which makes three instances in three "
        "zones; wanted one zone (`allowed` of cost-rds-multi-az is false). Fix: Use a single "
        "instance or Aurora, or allow Multi-AZ in the pack's config",
    )


@pytest.mark.parametrize(
    ("kind", "properties", "config"),
    [
        pytest.param(INSTANCE, {"multiAz": False}, {}, id="one zone"),
        pytest.param(INSTANCE, {}, {}, id="nothing said"),
        pytest.param(CLUSTER, {}, {}, id="Aurora"),
        pytest.param(INSTANCE, {"multiAz": True}, {"allowed": True}, id="a standby is allowed"),
        pytest.param(
            CLUSTER,
            {"dbClusterInstanceClass": "db.m7g.large"},
            {"allowed": True},
            id="a cluster is allowed",
        ),
    ],
)
def test_one_zone_passes_and_more_where_allowed(
    kind: str, properties: Mapping[str, object], config: Mapping[str, object]
) -> None:
    assert judge(multi_az, kind, properties, config) == []


@pytest.mark.parametrize(
    ("kind", "path"),
    [
        pytest.param(INSTANCE, "multiAz", id="a standby"),
        pytest.param(CLUSTER, "dbClusterInstanceClass", id="a cluster"),
    ],
)
def test_copies_that_are_not_known_are_not_judged(kind: str, path: str) -> None:
    assert judge(multi_az, kind, {path: UNKNOWN}) == [
        f"not evaluated: subject: `{path}` is not known yet"
    ]
