"""The sessions on the embedded endpoint and provider: real resources, no Docker and no plugin."""

import re
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from pulumi_loopback.engine import Engine
from tests.engine.embedded import PROGRAM, Deployment, copied, deployed_once, shop


@pytest.fixture
def deployed(shared: Path, tmp_path: Path, engine: Engine) -> Iterator[Deployment]:
    with copied(deployed_once(shared / "shop", engine, shop), tmp_path / "copy", engine) as made:
        made.endpoint("start")
        yield made


def url(deployed: Deployment) -> str:
    return str(deployed.client("sqs").get_queue_url(QueueName="orders")["QueueUrl"])


def timeout(deployed: Deployment) -> str:
    attributes = deployed.client("sqs").get_queue_attributes(
        QueueUrl=url(deployed), AttributeNames=["VisibilityTimeout"]
    )
    return str(attributes["Attributes"]["VisibilityTimeout"])


def last_line(output: str) -> str:
    return re.sub(r", \d+ s$", "", output.rstrip().splitlines()[-1])


def test_up_makes_what_the_program_says_and_tells_what_the_endpoint_made_of_it(
    deployed: Deployment,
) -> None:
    (network,) = (
        each for each in deployed.client("ec2").describe_vpcs()["Vpcs"] if not each["IsDefault"]
    )
    assert network["CidrBlock"] == "10.0.0.0/16"
    assert timeout(deployed) == "60"
    outputs = deployed.session("outputs", "--json")
    assert f'"network": "{network["VpcId"]}"' in outputs
    assert f'"orders": "{url(deployed)}"' in outputs


@pytest.mark.parametrize("session", ["up", "refresh"])
def test_there_is_nothing_to_do_after_up(session: str, deployed: Deployment) -> None:
    assert last_line(deployed.session(session)) == "5 same"


@pytest.mark.parametrize(
    ("setting", "value", "shown"),
    [
        pytest.param("shop:timeout", "90", ("90", {"Team": "shop"}), id="attribute"),
        pytest.param(
            "shop:team", "bakery", ("60", {"Team": "bakery"}), id="tag", marks=pytest.mark.nightly
        ),
    ],
)
def test_a_changed_setting_updates_one_resource(
    setting: str, value: str, shown: tuple[str, dict[str, str]], deployed: Deployment
) -> None:
    deployed.set(setting, value)
    assert last_line(deployed.session("up")) == "4 same, 1 update"
    tags = deployed.client("sqs").list_queue_tags(QueueUrl=url(deployed))["Tags"]
    assert (timeout(deployed), tags) == shown


def test_what_was_removed_by_hand_is_gone_to_refresh_and_made_again_by_up(
    deployed: Deployment,
) -> None:
    deployed.client("sqs").delete_queue(QueueUrl=url(deployed))
    assert last_line(deployed.session("refresh")) == "1 delete, 4 same"
    assert last_line(deployed.session("up")) == "1 create, 4 same"
    assert timeout(deployed) == "60"


def test_what_was_changed_by_hand_is_seen_by_refresh_and_put_back_by_up(
    deployed: Deployment,
) -> None:
    deployed.client("sqs").set_queue_attributes(
        QueueUrl=url(deployed), Attributes={"VisibilityTimeout": "5"}
    )
    assert last_line(deployed.session("refresh")) == "4 same, 1 update"
    assert last_line(deployed.session("up")) == "4 same, 1 update"
    assert timeout(deployed) == "60"


def test_an_endpoint_that_was_stopped_holds_what_it_held(deployed: Deployment) -> None:
    assert "what it held is kept" in deployed.endpoint("stop")
    assert last_line(deployed.session("up")) == "5 same"
    assert timeout(deployed) == "60"


def test_an_endpoint_that_was_killed_is_told_with_the_way_back(deployed: Deployment) -> None:
    deployed.kill_endpoint()
    up = deployed.session("up", status=2)
    assert "error: the endpoint has none of the 3 resources in the state of stack local" in up
    assert "hint: `nox -s refresh`" in up
    assert last_line(deployed.session("refresh")) == "3 delete, 2 same"
    assert last_line(deployed.session("up")) == "3 create, 2 same"
    assert timeout(deployed) == "60"


def test_an_endpoint_at_another_port_goes_on(deployed: Deployment) -> None:
    moved = deployed.moved()
    assert last_line(moved.session("up")) == "4 same, 1 update"  # the provider
    assert timeout(moved) == "60"
    assert last_line(moved.session("state:repair")) == "nothing had to be changed"


def test_a_soft_reset_leaves_an_endpoint_that_runs_and_holds_nothing(deployed: Deployment) -> None:
    deployed.session("reset:soft", "--yes")
    assert deployed.client("sqs").list_queues().get("QueueUrls") is None
    deployed.session("up")
    assert timeout(deployed) == "60"


def test_destroy_leaves_nothing_at_the_endpoint(deployed: Deployment) -> None:
    deployed.session("destroy", "--yes")
    assert deployed.client("sqs").list_queues().get("QueueUrls") is None
    assert all(each["IsDefault"] for each in deployed.client("ec2").describe_vpcs()["Vpcs"])


def test_a_type_that_is_not_in_the_table_stops_up_before_anything_is_made(
    tmp_path: Path, engine: Engine
) -> None:
    program = f"{PROGRAM}aws.sns.Topic('news', opts=opts)\n"
    with shop(tmp_path, engine, program) as project:
        up = project.session("up", status=2)
        assert "error: the embedded provider cannot make aws:sns/topic:Topic (news, " in up
        assert project.client("sqs").list_queues().get("QueueUrls") is None


def test_a_provider_without_an_endpoint_on_the_loopback_is_refused(
    tmp_path: Path, engine: Engine
) -> None:
    with shop(tmp_path, engine, "import pulumi_aws as aws\naws.sqs.Queue('stray')\n") as project:
        up = project.session("up", status=1)
        assert "the provider names no endpoint for sqs" in up
        assert project.client("sqs").list_queues().get("QueueUrls") is None


def test_the_endpoint_says_whether_it_runs(tmp_path: Path, engine: Engine) -> None:
    with shop(tmp_path, engine) as project:
        assert "moto does not run" in project.endpoint("status")
        assert f"moto answers at http://127.0.0.1:{project.port}" in project.endpoint("start")
        assert f"moto answers at http://127.0.0.1:{project.port}" in project.endpoint("status")
        assert "moto does not run" in project.endpoint("stop")


def test_a_port_of_somebody_else_s_is_refused(tmp_path: Path, engine: Engine) -> None:
    with (
        shop(tmp_path, engine) as project,
        socket.create_server(("127.0.0.1", project.port)),
    ):
        told = project.endpoint("start", status=2)
        assert f"error: 127.0.0.1:{project.port} is taken by a program" in told
