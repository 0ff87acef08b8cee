"""An AWS endpoint for what `nox -s dev` asks and keeps."""

from collections.abc import Iterator
from typing import Any

import boto3
import pytest

from pulumi_loopback.credentials import DUMMY
from pulumi_loopback.observe.deployment import Deployment
from tools.bench_apps import REGION, moto


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployment]:
    """A stack with a cluster, at an endpoint of its own."""
    with moto(tmp_path_factory.mktemp("moto") / "log") as url:
        session = boto3.Session(
            region_name=REGION,
            aws_access_key_id=DUMMY.id,
            aws_secret_access_key=DUMMY.secret,
        )
        ecs = session.client("ecs", endpoint_url=url)
        cluster: dict[str, Any] = dict(ecs.create_cluster(clusterName="shop")["cluster"])
        yield Deployment(
            stack="local",
            outputs={
                "clusterArn": cluster["clusterArn"],
                "workerServiceName": "shop-worker-local",
            },
            session=session,
            endpoint=url,
        )
