"""The storage of RDS: types, growth, IOPS and throughput."""

import pytest

from tests.policies.cost.stacks import bill_of, no_price, not_read


@pytest.mark.parametrize(
    ("type_", "properties", "expected"),
    [
        pytest.param(
            "aws:rds/instance:Instance",
            {
                "engine": "postgres",
                "instanceClass": "db.t4g.micro",
                "allocatedStorage": -5,
                "storageType": "gp3",
            },
            [
                "it postgres db.t4g.micro: 730 hour at 0.016 = 11.68 / 11.68",
                not_read("allocatedStorage", "is -5, not a quantity from 0 to 1000000000"),
            ],
            id="storage below zero is not a quantity",
        ),
        pytest.param(
            "aws:rds/instance:Instance",
            {
                "engine": "postgres",
                "instanceClass": "db.t4g.micro",
                "allocatedStorage": 1e300,
                "storageType": "gp3",
            },
            [
                "it postgres db.t4g.micro: 730 hour at 0.016 = 11.68 / 11.68",
                not_read("allocatedStorage", "is 1e+300, not a quantity from 0 to 1000000000"),
            ],
            id="storage out of all proportion is not a quantity",
        ),
        pytest.param(
            "aws:rds/instance:Instance",
            {"engine": "postgres", "instanceClass": "db.t4g.micro", "storageType": "gp3"},
            [
                "it postgres db.t4g.micro: 730 hour at 0.016 = 11.68 / 11.68",
                not_read("allocatedStorage", "is not set"),
            ],
            id="no storage",
        ),
        pytest.param(
            "aws:rds/instance:Instance",
            {
                "engine": "postgres",
                "instanceClass": "db.t4g.micro",
                "allocatedStorage": 20,
                "storageType": "gp3",
                "maxAllocatedStorage": 100,
            },
            [
                "it postgres db.t4g.micro: 730 hour at 0.016 = 11.68 / 11.68",
                "it gp3 storage: 20 GB-month at 0.115 = 2.3 / 11.5",
            ],
            id="storage that grows counts at worst",
        ),
        pytest.param(
            "aws:rds/instance:Instance",
            {
                "engine": "postgres",
                "instanceClass": "db.t4g.micro",
                "allocatedStorage": 20,
                "storageType": "gp3",
                "maxAllocatedStorage": 10,
            },
            [
                "it postgres db.t4g.micro: 730 hour at 0.016 = 11.68 / 11.68",
                "it gp3 storage: 20 GB-month at 0.115 = 2.3 / 2.3",
            ],
            id="a maximum below what is allocated changes nothing",
        ),
        pytest.param(
            "aws:rds/instance:Instance",
            {
                "engine": "postgres",
                "instanceClass": "db.t4g.micro",
                "allocatedStorage": 20,
                "storageType": "gp2",
                "iops": 5000,
            },
            [
                "it postgres db.t4g.micro: 730 hour at 0.016 = 11.68 / 11.68",
                "it gp2 storage: 20 GB-month at 0.115 = 2.3 / 2.3",
            ],
            id="gp2 has no IOPS to pay",
        ),
        pytest.param(
            "aws:rds/instance:Instance",
            {
                "engine": "postgres",
                "instanceClass": "db.t4g.micro",
                "allocatedStorage": 20,
                "storageType": None,
            },
            [
                "it postgres db.t4g.micro: 730 hour at 0.016 = 11.68 / 11.68",
                "it gp3 storage: 20 GB-month at 0.115 = 2.3 / 2.3",
            ],
            id="storage without a type is gp3",
        ),
        pytest.param(
            "aws:rds/instance:Instance",
            {
                "engine": "postgres",
                "instanceClass": "db.t4g.micro",
                "allocatedStorage": 20,
                "storageType": None,
                "iops": 1000,
            },
            [
                "it postgres db.t4g.micro: 730 hour at 0.016 = 11.68 / 11.68",
                "it io1 storage: 20 GB-month at 0.125 = 2.5 / 2.5",
                "it io1 IOPS: 1000 IOPS-month at 0.10 = 100 / 100",
            ],
            id="storage with IOPS and without a type is io1",
        ),
        pytest.param(
            "aws:rds/instance:Instance",
            {
                "engine": "postgres",
                "instanceClass": "db.t4g.micro",
                "allocatedStorage": 20,
                "storageType": "io1",
                "iops": 1000,
                "multiAz": True,
            },
            [
                "it postgres db.t4g.micro, Multi-AZ: 730 hour at 0.032 = 23.36 / 23.36",
                "it io1 storage, Multi-AZ: 20 GB-month at 0.25 = 5 / 5",
                "it io1 IOPS, Multi-AZ: 1000 IOPS-month at 0.20 = 200 / 200",
            ],
            id="io1 doubles in two zones",
        ),
        pytest.param(
            "aws:rds/instance:Instance",
            {
                "engine": "postgres",
                "instanceClass": "db.t4g.micro",
                "allocatedStorage": 20,
                "storageType": "io2",
                "iops": 1000,
            },
            [
                "it postgres db.t4g.micro: 730 hour at 0.016 = 11.68 / 11.68",
                no_price("io2 storage", "rds/gb-month/io2"),
                no_price("io2 IOPS", "rds/iops-month/io2"),
            ],
            id="io2 has no price",
        ),
        pytest.param(
            "aws:rds/instance:Instance",
            {
                "engine": "postgres",
                "instanceClass": "db.t4g.micro",
                "allocatedStorage": 20,
                "storageType": "standard",
            },
            [
                "it postgres db.t4g.micro: 730 hour at 0.016 = 11.68 / 11.68",
                "it standard storage: 20 GB-month at 0.10 = 2 / 2",
            ],
            id="magnetic storage",
        ),
        pytest.param(
            "aws:rds/instance:Instance",
            {
                "engine": "postgres",
                "instanceClass": "db.t4g.micro",
                "allocatedStorage": 20,
                "storageType": "gp3",
                "iops": 3000,
            },
            [
                "it postgres db.t4g.micro: 730 hour at 0.016 = 11.68 / 11.68",
                "it gp3 storage: 20 GB-month at 0.115 = 2.3 / 2.3",
            ],
            id="gp3 includes 3000 IOPS",
        ),
        pytest.param(
            "aws:rds/instance:Instance",
            {
                "engine": "postgres",
                "instanceClass": "db.t4g.micro",
                "allocatedStorage": 20,
                "storageType": "gp3",
                "iops": 3001,
            },
            [
                "it postgres db.t4g.micro: 730 hour at 0.016 = 11.68 / 11.68",
                "it gp3 storage: 20 GB-month at 0.115 = 2.3 / 2.3",
                "it gp3 IOPS above 3000: 1 IOPS-month at 0.02 = 0.02 / 0.02",
            ],
            id="one IOPS more is paid",
        ),
        pytest.param(
            "aws:rds/instance:Instance",
            {
                "engine": "postgres",
                "instanceClass": "db.t4g.micro",
                "allocatedStorage": 399,
                "storageType": "gp3",
                "iops": 12000,
            },
            [
                "it postgres db.t4g.micro: 730 hour at 0.016 = 11.68 / 11.68",
                "it gp3 storage: 399 GB-month at 0.115 = 45.885 / 45.885",
                "it gp3 IOPS above 3000: 9000 IOPS-month at 0.02 = 180 / 180",
            ],
            id="399 GB include 3000 IOPS",
        ),
        pytest.param(
            "aws:rds/instance:Instance",
            {
                "engine": "postgres",
                "instanceClass": "db.t4g.micro",
                "allocatedStorage": 400,
                "storageType": "gp3",
                "iops": 12001,
                "multiAz": True,
            },
            [
                "it postgres db.t4g.micro, Multi-AZ: 730 hour at 0.032 = 23.36 / 23.36",
                "it gp3 storage, Multi-AZ: 400 GB-month at 0.23 = 92 / 92",
                "it gp3 IOPS above 12000, Multi-AZ: 1 IOPS-month at 0.04 = 0.04 / 0.04",
            ],
            id="400 GB include 12000 IOPS",
        ),
        pytest.param(
            "aws:rds/instance:Instance",
            {
                "engine": "postgres",
                "instanceClass": "db.t4g.micro",
                "allocatedStorage": 20,
                "storageType": "gp3",
                "storageThroughput": 125,
            },
            [
                "it postgres db.t4g.micro: 730 hour at 0.016 = 11.68 / 11.68",
                "it gp3 storage: 20 GB-month at 0.115 = 2.3 / 2.3",
            ],
            id="gp3 includes 125 MiB a second",
        ),
        pytest.param(
            "aws:rds/instance:Instance",
            {
                "engine": "postgres",
                "instanceClass": "db.t4g.micro",
                "allocatedStorage": 20,
                "storageType": "gp3",
                "storageThroughput": 126,
            },
            [
                "it postgres db.t4g.micro: 730 hour at 0.016 = 11.68 / 11.68",
                "it gp3 storage: 20 GB-month at 0.115 = 2.3 / 2.3",
                no_price("gp3 throughput above 125 MiB/s", "rds/throughput-month/gp3"),
            ],
            id="throughput above that has no price",
        ),
        pytest.param(
            "aws:rds/instance:Instance",
            {
                "engine": "postgres",
                "instanceClass": "db.t4g.micro",
                "allocatedStorage": 400,
                "storageType": "gp3",
                "storageThroughput": 500,
            },
            [
                "it postgres db.t4g.micro: 730 hour at 0.016 = 11.68 / 11.68",
                "it gp3 storage: 400 GB-month at 0.115 = 46 / 46",
            ],
            id="400 GB include 500 MiB a second",
        ),
        pytest.param(
            "aws:rds/instance:Instance",
            {
                "engine": "postgres",
                "instanceClass": "db.t4g.micro",
                "allocatedStorage": 500,
                "storageType": "gp3",
                "storageThroughput": 501,
            },
            [
                "it postgres db.t4g.micro: 730 hour at 0.016 = 11.68 / 11.68",
                "it gp3 storage: 500 GB-month at 0.115 = 57.5 / 57.5",
                no_price("gp3 throughput above 500 MiB/s", "rds/throughput-month/gp3"),
            ],
            id="more throughput of large storage has no price",
        ),
    ],
)
def test_what_storage_bills(type_: str, properties: dict[str, object], expected: list[str]) -> None:
    assert bill_of(type_, properties) == expected
