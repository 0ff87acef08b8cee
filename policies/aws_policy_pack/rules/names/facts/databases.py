"""Names in RDS, DocumentDB, Neptune, ElastiCache and OpenSearch.

DocumentDB and Neptune are managed through RDS, and their instances and clusters share its names.
RDS stores most of these names in lower case, and the provider refuses others.
"""

import re
from typing import Final

from aws_policy_pack.rules.names.facts.model import Limits, NameFact

IDENTIFIER: Final = re.compile(r"[a-z](-?[a-z0-9])*")
IDENTIFIER_FORM: Final = (
    "lower-case letters, digits and single hyphens, with a letter in front and no hyphen at the end"
)
ANY_CASE_IDENTIFIER: Final = re.compile(r"[A-Za-z](-?[A-Za-z0-9])*")
ANY_CASE_FORM: Final = (
    "letters, digits and single hyphens, with a letter in front and no hyphen at the end"
)
RDS: Final = "https://docs.aws.amazon.com/AmazonRDS/latest/APIReference"
ELASTICACHE: Final = "https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference"


def identifier(longest: int) -> Limits:
    """The form of most names in RDS."""
    return Limits(longest=longest, pattern=IDENTIFIER, form=IDENTIFIER_FORM)


FACTS: Final = (
    NameFact(
        what="DB instance",
        types=(
            "aws:rds/instance:Instance",
            "aws:rds/clusterInstance:ClusterInstance",
            "aws:docdb/clusterInstance:ClusterInstance",
            "aws:neptune/clusterInstance:ClusterInstance",
        ),
        path="identifier",
        prefix_path="identifierPrefix",
        folds_case=True,
        limits=identifier(63),
        source=f"{RDS}/API_CreateDBInstance.html",
    ),
    NameFact(
        what="DB cluster",
        types=(
            "aws:rds/cluster:Cluster",
            "aws:docdb/cluster:Cluster",
            "aws:neptune/cluster:Cluster",
        ),
        path="clusterIdentifier",
        prefix_path="clusterIdentifierPrefix",
        folds_case=True,
        limits=identifier(63),
        source=f"{RDS}/API_CreateDBCluster.html",
    ),
    NameFact(
        what="final DB snapshot",
        types=("aws:rds/instance:Instance",),
        path="finalSnapshotIdentifier",
        folds_case=True,
        limits=Limits(longest=255, pattern=ANY_CASE_IDENTIFIER, form=ANY_CASE_FORM),
        source=f"{RDS}/API_DeleteDBInstance.html",
    ),
    NameFact(
        what="final DB cluster snapshot",
        types=(
            "aws:rds/cluster:Cluster",
            "aws:docdb/cluster:Cluster",
            "aws:neptune/cluster:Cluster",
        ),
        path="finalSnapshotIdentifier",
        folds_case=True,
        limits=Limits(longest=255, pattern=ANY_CASE_IDENTIFIER, form=ANY_CASE_FORM),
        source=f"{RDS}/API_DeleteDBCluster.html",
    ),
    NameFact(
        what="DB subnet group",
        types=(
            "aws:rds/subnetGroup:SubnetGroup",
            "aws:docdb/subnetGroup:SubnetGroup",
            "aws:neptune/subnetGroup:SubnetGroup",
        ),
        prefix_path="namePrefix",
        folds_case=True,
        limits=Limits(
            longest=255,
            pattern=re.compile(r"(?!default$)[a-z][a-z0-9._ -]*"),
            form="lower-case letters, digits, dots, underscores, spaces and hyphens, with a letter "
            "in front, and not 'default'",
        ),
        source=f"{RDS}/API_CreateDBSubnetGroup.html",
    ),
    NameFact(
        what="DB parameter group",
        types=("aws:rds/parameterGroup:ParameterGroup",),
        prefix_path="namePrefix",
        folds_case=True,
        limits=identifier(255),
        source=f"{RDS}/API_CreateDBParameterGroup.html",
    ),
    NameFact(
        what="DB cluster parameter group",
        types=("aws:rds/clusterParameterGroup:ClusterParameterGroup",),
        prefix_path="namePrefix",
        folds_case=True,
        limits=identifier(255),
        source=f"{RDS}/API_CreateDBClusterParameterGroup.html",
    ),
    NameFact(
        what="option group",
        types=("aws:rds/optionGroup:OptionGroup",),
        prefix_path="namePrefix",
        folds_case=True,
        limits=identifier(255),
        source=f"{RDS}/API_CreateOptionGroup.html",
    ),
    NameFact(
        what="DB proxy",
        types=("aws:rds/proxy:Proxy",),
        folds_case=True,
        limits=Limits(longest=63, pattern=ANY_CASE_IDENTIFIER, form=ANY_CASE_FORM),
        source=f"{RDS}/API_CreateDBProxy.html",
    ),
    NameFact(
        what="cache cluster",
        types=("aws:elasticache/cluster:Cluster",),
        path="clusterId",
        folds_case=True,
        limits=identifier(50),
        source=f"{ELASTICACHE}/API_CreateCacheCluster.html",
    ),
    NameFact(
        what="replication group",
        types=("aws:elasticache/replicationGroup:ReplicationGroup",),
        path="replicationGroupId",
        folds_case=True,
        limits=identifier(40),
        source=f"{ELASTICACHE}/API_CreateReplicationGroup.html",
    ),
    NameFact(
        what="cache subnet group",
        types=("aws:elasticache/subnetGroup:SubnetGroup",),
        folds_case=True,
        limits=Limits(
            longest=255,
            pattern=re.compile(r"[A-Za-z0-9-]+"),
            form="letters, digits and hyphens",
        ),
        source=f"{ELASTICACHE}/API_CreateCacheSubnetGroup.html",
    ),
    NameFact(
        what="OpenSearch domain",
        types=("aws:opensearch/domain:Domain",),
        path="domainName",
        limits=Limits(
            longest=28,
            shortest=3,
            pattern=re.compile(r"[a-z][a-z0-9-]+"),
            form="lower-case letters, digits and hyphens, with a letter in front",
        ),
        source="https://docs.aws.amazon.com/opensearch-service/latest/APIReference/API_CreateDomain.html",
    ),
)
