"""RDS: class, capacity, storage and copies of a database."""

from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import Final

from pydantic import Field

from aws_policy_pack.config import RuleConfig
from aws_policy_pack.resource import Resource
from aws_policy_pack.rule import Finding, Findings, Kind, Severity, resource_rule
from aws_policy_pack.type_tokens import RDS_CLUSTER, RDS_CLUSTER_INSTANCE, RDS_INSTANCE
from aws_policy_pack.wording import listed, shown

CLASS_PATHS: Final = {
    RDS_INSTANCE: "instanceClass",
    RDS_CLUSTER_INSTANCE: "instanceClass",
    RDS_CLUSTER: "dbClusterInstanceClass",
}
"""Where the class stands; that of a cluster makes it a Multi-AZ cluster."""
DEFAULT_STORAGE_TYPES: Final = {
    RDS_INSTANCE: ("iops", "gp3"),
    RDS_CLUSTER: ("dbClusterInstanceClass", "aurora"),
}
"""By type: the property that makes io1 the storage type where none is given, and the type else.

https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html
https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBCluster.html
"""
SERVERLESS: Final = "db.serverless"
"""The class of an instance that scales: its bill is bounded by the capacity of its cluster."""
AURORA: Final = "aurora"
"""The storage of Aurora that nobody chooses: it is the cheaper of two, and no other engine's."""
V1_MAXIMUM: Final = "scalingConfiguration.maxCapacity"
V2_MAXIMUM: Final = "serverlessv2ScalingConfiguration.maxCapacity"
SERVERLESS_V1_CAPACITY: Final = 16
"""ACUs that Aurora Serverless v1 may scale to where nothing is said.

https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_ScalingConfiguration.html
"""


class InstanceClass(RuleConfig):
    """Which instance classes a database may have."""

    classes: tuple[str, ...] | None = Field(
        default=None,
        description="Classes or globs; db.serverless passes, since it has no size, and is bounded "
        "by cost-rds-serverless-capacity",
    )


@resource_rule(
    "cost-rds-instance-class",
    *CLASS_PATHS,
    kind=Kind.CONFIGURED,
    severity=Severity.HIGH,
    summary="A database has one of the instance classes that are allowed",
    why="The class is most of a database's bill: db.r5.24xlarge costs several hundred times what "
    "db.t4g.micro does.",
    remedy="Choose a smaller `instanceClass`, or allow more classes in the pack's config",
    url="https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Concepts.DBInstanceClass.html",
    good={"engine": "postgres", "instanceClass": "db.t4g.micro"},
    bad={"engine": "postgres", "instanceClass": "db.r5.24xlarge"},
    example_config={"classes": ["db.t3.*", "db.t4g.*"]},
)
def instance_class(database: Resource, config: InstanceClass) -> Findings:
    """Compares the class of an instance, or of the instances of a Multi-AZ cluster."""
    if config.classes is None:
        return
    path = CLASS_PATHS[database.type]
    given = database.text(path)
    if given is None or given == SERVERLESS:
        return
    if any(fnmatchcase(given, allowed) for allowed in config.classes):
        return
    yield Finding(
        problem=f"`{path}` is {shown(given)}",
        wanted=f"one of {listed(config.classes)} (`classes` of cost-rds-instance-class)",
        fix=f"Choose a smaller `{path}`, or allow this one in the pack's config",
    )


class ServerlessCapacity(RuleConfig):
    """How far a serverless database may scale."""

    max_capacity: float | None = Field(
        default=None, ge=0.5, le=256, description="Most Aurora capacity units (ACU); one is 2 GiB"
    )


@resource_rule(
    "cost-rds-serverless-capacity",
    RDS_CLUSTER,
    kind=Kind.CONFIGURED,
    severity=Severity.HIGH,
    summary="A serverless cluster scales no higher than the cap",
    why="An instance of class db.serverless passes any list of classes, and then grows to the "
    "cluster's maximum, 256 ACUs at most, each billed by the hour.",
    url="https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-serverless-v2.setting-capacity.html",
    good={
        "engine": "aurora-postgresql",
        "serverlessv2ScalingConfiguration": {"minCapacity": 0.5, "maxCapacity": 2},
    },
    bad={
        "engine": "aurora-postgresql",
        "serverlessv2ScalingConfiguration": {"minCapacity": 0.5, "maxCapacity": 128},
    },
    example_config={"maxCapacity": 4},
)
def serverless_capacity(cluster: Resource, config: ServerlessCapacity) -> Findings:
    """Compares the maximum of either generation; the first has a default, the second none."""
    if config.max_capacity is None:
        return
    for path, given, capacity in _capacities(cluster):
        if capacity > config.max_capacity:
            meaning = f", which means {capacity}" if given is None else ""
            yield Finding(
                problem=f"`{path}` is {shown(given)}{meaning}",
                wanted=f"at most {config.max_capacity:.12g} ACUs "
                "(`maxCapacity` of cost-rds-serverless-capacity)",
                fix=f"Lower `{path}`, or raise the cap in the pack's config",
            )


def _capacities(cluster: Resource) -> Iterator[tuple[str, float | None, float]]:
    """The maxima: where each stands, what is given there, and what that means."""
    second = cluster.number(V2_MAXIMUM)
    if second is not None:
        yield V2_MAXIMUM, second, second
    first = cluster.number(V1_MAXIMUM)
    if first is not None:
        yield V1_MAXIMUM, first, first
    elif cluster.text("engineMode") == "serverless":
        yield V1_MAXIMUM, None, SERVERLESS_V1_CAPACITY


class RdsStorage(RuleConfig):
    """What storage a database may have."""

    max_storage: int | None = Field(
        default=None, ge=5, description="Most storage in GB, that of automatic growth included"
    )
    storage_types: tuple[str, ...] | None = Field(
        default=None,
        description="Storage types that are allowed; `aurora` passes, since Aurora has no type "
        "that costs less",
    )
    max_iops: int | None = Field(
        default=None,
        ge=0,
        description="Most provisioned IOPS; gp3 includes 12000 from 400 GB on",
    )


@resource_rule(
    "cost-rds-storage",
    RDS_INSTANCE,
    RDS_CLUSTER,
    kind=Kind.CONFIGURED,
    severity=Severity.MEDIUM,
    summary="A database's storage stays within the caps on size, type and IOPS",
    why="Storage is billed by what is allocated, can grow by itself up to maxAllocatedStorage, "
    "and never shrinks again; provisioned IOPS are billed on top.",
    remedy="Lower `allocatedStorage`, `maxAllocatedStorage` or `iops`, or raise the cap in the "
    "pack's config",
    url="https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Storage.html",
    good={"allocatedStorage": 20, "maxAllocatedStorage": 50, "storageType": "gp3"},
    bad={"allocatedStorage": 20, "maxAllocatedStorage": 5000, "storageType": "gp3"},
    example_config={
        "maxStorage": 100,
        "storageTypes": ["gp2", "gp3"],
        "maxIops": 12000,
    },
)
def storage(database: Resource, config: RdsStorage) -> Findings:
    """Compares allocated and maximum size, the type or the one that AWS takes, and the IOPS."""
    for path, cap, setting, unit in (
        ("allocatedStorage", config.max_storage, "maxStorage", " GB"),
        ("maxAllocatedStorage", config.max_storage, "maxStorage", " GB"),
        ("iops", config.max_iops, "maxIops", ""),
    ):
        number = database.number(path)
        if number is not None and cap is not None and number > cap:
            yield Finding(
                problem=f"`{path}` is {shown(number)}{unit}",
                wanted=f"at most {cap}{unit} (`{setting}` of cost-rds-storage)",
                fix=f"Lower `{path}`, or raise the cap in the pack's config",
            )
    if config.storage_types is None:
        return
    given = database.text("storageType")
    implied_by, otherwise = DEFAULT_STORAGE_TYPES[database.type]
    kind = given or ("io1" if database.has(implied_by) else otherwise)
    if kind not in (AURORA, *config.storage_types):
        meaning = "" if given else f", which means {shown(kind)}"
        yield Finding(
            problem=f"`storageType` is {shown(given)}{meaning}",
            wanted=f"one of {listed(config.storage_types)} (`storageTypes` of cost-rds-storage)",
            fix="Choose another `storageType`, or allow this one in the pack's config",
        )


class MultiAz(RuleConfig):
    """Whether a database may have a copy in another zone."""

    allowed: bool | None = Field(
        default=None, description="Whether Multi-AZ is allowed; not judged where it is not told"
    )


@resource_rule(
    "cost-rds-multi-az",
    RDS_INSTANCE,
    RDS_CLUSTER,
    kind=Kind.CONFIGURED,
    severity=Severity.MEDIUM,
    summary="A database is Multi-AZ only where the profile allows it",
    why="A standby in a second zone doubles the bill of instance and storage, a Multi-AZ cluster "
    "trebles it; an environment that may be down for an hour needs neither.",
    url="https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Concepts.MultiAZ.html",
    good={"instanceClass": "db.t4g.micro", "multiAz": False},
    bad={"instanceClass": "db.t4g.micro", "multiAz": True},
    example_config={"allowed": False},
)
def multi_az(database: Resource, config: MultiAz) -> Findings:
    """Looks for a standby or a Multi-AZ cluster; Aurora keeps copies in any case."""
    if config.allowed is not False:
        return
    for problem, fix in _copies(database):
        yield Finding(
            problem=problem,
            wanted="one zone (`allowed` of cost-rds-multi-az is false)",
            fix=f"{fix}, or allow Multi-AZ in the pack's config",
        )


def _copies(database: Resource) -> Iterator[tuple[str, str]]:
    """What makes the database Multi-AZ, and how to undo it."""
    if database.flag("multiAz"):
        yield "`multiAz` is true", "Set `multiAz` to false"
    path = CLASS_PATHS[RDS_CLUSTER]
    given = database.text(path)
    if given is not None:
        yield (
            f"`{path}` is {shown(given)}, which makes three instances in three zones",
            "Use a single instance or Aurora",
        )
