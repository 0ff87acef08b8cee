"""RDS instances, Multi-AZ clusters and Aurora clusters, alone."""

import pytest

from aws_policy_pack.testing import UNKNOWN
from tests.policies.cost.stacks import bill_of, no_price, not_read


@pytest.mark.parametrize(
    ("type_", "properties", "expected"),
    [
        pytest.param(
            "aws:rds/instance:Instance",
            {
                "engine": "postgres",
                "instanceClass": "db.t4g.micro",
                "allocatedStorage": 20,
                "storageType": "gp3",
            },
            [
                "it postgres db.t4g.micro: 730 hour at 0.016 = 11.68 / 11.68",
                "it gp3 storage: 20 GB-month at 0.115 = 2.3 / 2.3",
            ],
            id="an instance bills its class and storage",
        ),
        pytest.param(
            "aws:rds/instance:Instance",
            {
                "engine": "postgres",
                "instanceClass": "db.t4g.micro",
                "allocatedStorage": 20,
                "storageType": "gp3",
                "multiAz": True,
            },
            [
                "it postgres db.t4g.micro, Multi-AZ: 730 hour at 0.032 = 23.36 / 23.36",
                "it gp3 storage, Multi-AZ: 20 GB-month at 0.23 = 4.6 / 4.6",
            ],
            id="a Multi-AZ class with a price of its own",
        ),
        pytest.param(
            "aws:rds/instance:Instance",
            {
                "engine": "postgres",
                "instanceClass": "db.m6g.large",
                "allocatedStorage": 20,
                "storageType": "gp3",
                "multiAz": True,
            },
            [
                "it postgres db.m6g.large, Multi-AZ: 1460 hour at 0.159 = 232.14 / 232.14",
                "it gp3 storage, Multi-AZ: 20 GB-month at 0.23 = 4.6 / 4.6",
            ],
            id="a Multi-AZ class without one bills two instances",
        ),
        pytest.param(
            "aws:rds/instance:Instance",
            {
                "engine": "mariadb",
                "instanceClass": "db.t3.large",
                "allocatedStorage": 20,
                "storageType": "gp3",
            },
            [
                "it mariadb db.t3.large: 730 hour at 0.136 = 99.28 / 99.28",
                "it gp3 storage: 20 GB-month at 0.115 = 2.3 / 2.3",
            ],
            id="MariaDB has the prices of MySQL",
        ),
        pytest.param(
            "aws:rds/instance:Instance",
            {
                "engine": "mysql",
                "instanceClass": "db.m5.2xlarge",
                "allocatedStorage": 20,
                "storageType": "gp3",
            },
            [
                "it mysql db.m5.2xlarge: 730 hour at 0.684 = 499.32 / 499.32",
                "it gp3 storage: 20 GB-month at 0.115 = 2.3 / 2.3",
            ],
            id="MySQL has prices of its own",
        ),
        pytest.param(
            "aws:rds/instance:Instance",
            {
                "engine": "oracle-se2",
                "instanceClass": "db.t4g.micro",
                "allocatedStorage": 20,
                "storageType": "gp3",
            },
            [
                "it gp3 storage: 20 GB-month at 0.115 = 2.3 / 2.3",
                no_price("oracle-se2 db.t4g.micro", "rds/instance-hour/oracle-se2/db.t4g.micro"),
            ],
            id="an engine without a price",
        ),
        pytest.param(
            "aws:rds/instance:Instance",
            {
                "engine": "",
                "instanceClass": "db.t4g.micro",
                "allocatedStorage": 20,
                "storageType": "gp3",
            },
            [not_read("engine", "is not set")],
            id="no engine",
        ),
        pytest.param(
            "aws:rds/instance:Instance",
            {
                "engine": "postgres",
                "instanceClass": "db.x9.huge",
                "allocatedStorage": 20,
                "storageType": "gp3",
            },
            [
                "it gp3 storage: 20 GB-month at 0.115 = 2.3 / 2.3",
                no_price("postgres db.x9.huge", "rds/instance-hour/postgres/db.x9.huge"),
            ],
            id="a class without a price leaves the other lines",
        ),
        pytest.param(
            "aws:rds/instance:Instance",
            {
                "engine": "postgres",
                "instanceClass": UNKNOWN,
                "allocatedStorage": 20,
                "storageType": "gp3",
            },
            [not_read("instanceClass", "is not known yet")],
            id="a class that is not known yet",
        ),
        pytest.param(
            "aws:rds/instance:Instance",
            {"engine": "postgres", "allocatedStorage": 20, "storageType": "gp3"},
            [not_read("instanceClass", "is not set")],
            id="no class",
        ),
        pytest.param(
            "aws:rds/instance:Instance",
            {
                "engine": "postgres",
                "instanceClass": "db.t4g.micro",
                "allocatedStorage": 20,
                "storageType": "gp3",
                "performanceInsightsEnabled": True,
            },
            [
                "it postgres db.t4g.micro: 730 hour at 0.016 = 11.68 / 11.68",
                "it gp3 storage: 20 GB-month at 0.115 = 2.3 / 2.3",
            ],
            id="Performance Insights are kept for a week where nothing is said",
        ),
        pytest.param(
            "aws:rds/instance:Instance",
            {
                "engine": "postgres",
                "instanceClass": "db.t4g.micro",
                "allocatedStorage": 20,
                "storageType": "gp3",
                "manageMasterUserPassword": True,
            },
            [
                "it postgres db.t4g.micro: 730 hour at 0.016 = 11.68 / 11.68",
                "it gp3 storage: 20 GB-month at 0.115 = 2.3 / 2.3",
                "it managed password: 1 month at 0.40 = 0.4 / 0.4",
            ],
            id="a managed password is a secret",
        ),
        pytest.param(
            "aws:rds/instance:Instance",
            {
                "engine": "postgres",
                "instanceClass": "db.t4g.micro",
                "allocatedStorage": 20,
                "storageType": "gp3",
                "performanceInsightsEnabled": True,
                "performanceInsightsRetentionPeriod": 7,
            },
            [
                "it postgres db.t4g.micro: 730 hour at 0.016 = 11.68 / 11.68",
                "it gp3 storage: 20 GB-month at 0.115 = 2.3 / 2.3",
            ],
            id="a week of Performance Insights is free",
        ),
        pytest.param(
            "aws:rds/instance:Instance",
            {
                "engine": "postgres",
                "instanceClass": "db.t4g.micro",
                "allocatedStorage": 20,
                "storageType": "gp3",
                "performanceInsightsEnabled": True,
                "performanceInsightsRetentionPeriod": 8,
            },
            [
                "it postgres db.t4g.micro: 730 hour at 0.016 = 11.68 / 11.68",
                "it gp3 storage: 20 GB-month at 0.115 = 2.3 / 2.3",
                "it keeps Performance Insights for more than 7 days, which has no price here",
            ],
            id="more of it has no price",
        ),
        pytest.param(
            "aws:rds/instance:Instance",
            {
                "engine": "postgres",
                "instanceClass": "db.t4g.micro",
                "allocatedStorage": 20,
                "storageType": "gp3",
                "performanceInsightsEnabled": False,
                "performanceInsightsRetentionPeriod": 8,
            },
            [
                "it postgres db.t4g.micro: 730 hour at 0.016 = 11.68 / 11.68",
                "it gp3 storage: 20 GB-month at 0.115 = 2.3 / 2.3",
            ],
            id="Performance Insights that are off",
        ),
        pytest.param(
            "aws:rds/cluster:Cluster",
            {
                "engine": "postgres",
                "dbClusterInstanceClass": "db.m6g.large",
                "allocatedStorage": 100,
                "storageType": "gp3",
            },
            [
                "it postgres db.m6g.large, Multi-AZ cluster: 2190 hour at 0.159 = 348.21 / 348.21",
                "it gp3 storage, Multi-AZ cluster: 100 GB-month at 0.345 = 34.5 / 34.5",
            ],
            id="a Multi-AZ cluster bills three nodes",
        ),
        pytest.param(
            "aws:rds/cluster:Cluster",
            {"engine": "mysql", "dbClusterInstanceClass": "db.m6g.large", "allocatedStorage": 100},
            [
                "it mysql db.m6g.large, Multi-AZ cluster: 2190 hour at 0.152 = 332.88 / 332.88",
                no_price("io1 storage, Multi-AZ cluster", "rds/gb-month/io1/multi-az-cluster"),
            ],
            id="its storage is io1 unless said, which has no price",
        ),
        pytest.param(
            "aws:rds/cluster:Cluster",
            {"engine": "aurora-postgresql", "manageMasterUserPassword": True},
            ["it managed password: 1 month at 0.40 = 0.4 / 0.4"],
            id="an Aurora cluster bills by use and its managed password",
        ),
        pytest.param(
            "aws:rds/cluster:Cluster",
            {"engine": "aurora", "engineMode": "serverless"},
            ["it Aurora Serverless v1 ACU: 730 ACU-hour at 0.06 = 43.8 / 700.8"],
            id="Serverless v1 has 1 to 16 ACUs where nothing is said",
        ),
        pytest.param(
            "aws:rds/cluster:Cluster",
            {
                "engine": "aurora",
                "engineMode": "serverless",
                "scalingConfiguration": {"minCapacity": 2, "maxCapacity": 4},
            },
            ["it Aurora Serverless v1 ACU: 1460 ACU-hour at 0.06 = 87.6 / 175.2"],
            id="Serverless v1 within its bounds",
        ),
        pytest.param(
            "aws:rds/proxy:Proxy",
            {},
            ["it bills the vCPUs of its target, which are not known here"],
            id="a proxy has no price",
        ),
    ],
)
def test_what_a_resource_bills(
    type_: str, properties: dict[str, object], expected: list[str]
) -> None:
    assert bill_of(type_, properties) == expected
