"""What the engine asks of the rehearsal provider, over the protocol itself."""

import json
from pathlib import Path

import grpc
import pytest

from pulumi_preflight.provider.backend import Store
from pulumi_preflight.wire import UNKNOWN, Properties, secret
from tests.preflight.provider.client import Client, Made, urn
from tests.preflight.provider.conftest import Connect

TASK = "aws:ecs/taskDefinition:TaskDefinition"
ACCOUNT = "123456789012"


def test_a_created_resource_has_the_outputs_that_preflight_fills_in(client: Client) -> None:
    made = client.create(urn("orders"), {"name": "orders-dev"})
    assert made.id == f"https://sqs.eu-west-1.amazonaws.com/{ACCOUNT}/orders-dev"
    assert made.outputs["arn"] == f"arn:aws:sqs:eu-west-1:{ACCOUNT}:orders-dev"
    assert made.outputs["name"] == "orders-dev"


def test_a_preview_creates_nothing_and_leaves_unknown_what_only_a_deployment_knows(
    client: Client, tmp_path: Path
) -> None:
    planned = client.create(urn("orders"), {"name": "orders-dev"}, preview=True)
    assert (planned.id, planned.outputs["arn"]) == ("", UNKNOWN)
    assert planned.outputs["name"] == "orders-dev"
    assert not Store(tmp_path / "store.json").entries


def test_a_secret_stays_one(client: Client) -> None:
    instance = urn("database", "aws:rds/instance:Instance")
    password: Properties = {"password": secret("hush"), "instanceClass": "db.t4g.micro"}
    made = client.create(instance, password)
    assert made.outputs["password"] == secret("hush")


def test_reading_gives_what_was_created_also_after_a_restart(connect: Connect) -> None:
    made = connect().create(urn("orders"), {"delaySeconds": 5.0})
    assert connect().read(made) == made


def test_what_vanished_is_gone(client: Client, connect: Connect, tmp_path: Path) -> None:
    made = client.create(urn("orders"), {})
    Store(tmp_path / "store.json").forget(made.urn)
    assert connect().read(made) is None


def test_what_vanished_cannot_be_changed(client: Client, connect: Connect, tmp_path: Path) -> None:
    made = client.create(urn("orders"), {"name": "orders"})
    Store(tmp_path / "store.json").forget(made.urn)
    with pytest.raises(grpc.RpcError, match=r"orders' does not exist"):
        connect().update(made, {"name": "orders", "delaySeconds": 5.0})


def test_what_somebody_else_has_made_is_read_by_its_id(client: Client) -> None:
    vpc = urn("shared", "aws:ec2/vpc:Vpc")
    read = client.read(Made(urn=vpc, id="vpc-0a1b2c3d", inputs={}, outputs={}))
    assert read is not None
    assert read.id == "vpc-0a1b2c3d"
    assert read.outputs["arn"] == f"arn:aws:ec2:eu-west-1:{ACCOUNT}:vpc/vpc-0a1b2c3d"


def test_what_is_imported_is_as_the_program_describes_it(client: Client) -> None:
    diff = client.diff_of_imported({"name": "orders", "__defaults": []})
    assert diff.changes == diff.DIFF_NONE


def test_an_update_changes_inputs_and_keeps_what_is_computed(client: Client) -> None:
    made = client.create(urn("orders"), {"delaySeconds": 5.0})
    outputs = client.update(made, {"delaySeconds": 9.0})
    assert outputs == made.outputs | {"delaySeconds": 9.0}


def test_a_database_that_is_renamed_in_place_is_found_again(client: Client) -> None:
    database = urn("database", "aws:rds/instance:Instance")
    made = client.create(database, {"identifier": "old", "instanceClass": "db.t4g.micro"})
    inputs: Properties = {"identifier": "new", "instanceClass": "db.t4g.micro"}
    outputs = client.update(made, inputs)
    assert outputs["arn"] == f"arn:aws:rds:eu-west-1:{ACCOUNT}:db:new"
    renamed = Made(urn=database, id=made.id, inputs=inputs, outputs=outputs)
    assert client.read(renamed) == renamed


def test_a_preview_of_an_update_knows_what_does_not_change(client: Client) -> None:
    made = client.create(urn("orders"), {"delaySeconds": 5.0})
    outputs = client.update(made, {"delaySeconds": 9.0, "tags": {"a": UNKNOWN}}, preview=True)
    assert outputs["arn"] == made.outputs["arn"]
    assert outputs["delaySeconds"] == 9.0
    assert outputs["tags"] == {"a": UNKNOWN}


def test_a_deleted_resource_is_gone(client: Client, tmp_path: Path) -> None:
    made = client.create(urn("orders"), {})
    client.delete(made)
    assert client.read(made) is None
    assert not Store(tmp_path / "store.json").entries


def test_deleting_what_is_gone_is_no_error(client: Client) -> None:
    made = client.create(urn("orders"), {})
    client.delete(made)
    client.delete(made)


def test_a_replacement_without_a_fixed_name_stands_beside_the_old_one(client: Client) -> None:
    group = urn("web", "aws:ec2/securityGroup:SecurityGroup")
    old = client.create(group, {"description": "old"})
    new = client.create(group, {"description": "new"})
    assert old.id != new.id
    client.delete(old)
    assert client.read(new) == new


def test_a_replacement_of_a_fixed_name_needs_the_old_one_deleted_first(client: Client) -> None:
    old = client.create(urn("orders"), {"name": "orders.fifo"})
    with pytest.raises(grpc.RpcError, match=r"orders.fifo' exists already"):
        client.create(urn("orders"), {"name": "orders.fifo", "fifoQueue": True})
    client.delete(old)
    assert client.create(urn("orders"), {"name": "orders.fifo", "fifoQueue": True}).id == old.id


def test_a_task_definition_is_replaced_by_its_next_revision(client: Client) -> None:
    old = client.create(urn("worker", TASK), {"family": "worker", "cpu": "256"})
    new = client.create(urn("worker", TASK), {"family": "worker", "cpu": "512"})
    assert (old.id, new.id) == ("worker", "worker")
    assert (old.outputs["revision"], new.outputs["revision"]) == (1.0, 2.0)
    assert str(new.outputs["arn"]).endswith(":task-definition/worker:2")
    client.delete(old)
    assert client.read(new) == new
    assert client.read(old) is None


def test_an_alias_does_not_lose_a_resource(client: Client) -> None:
    made = client.create(urn("orders"), {})
    renamed = Made(urn=urn("sales"), id=made.id, inputs=made.inputs, outputs=made.outputs)
    assert client.read(renamed) == renamed


def test_tags_of_the_provider_are_among_the_tags(connect: Connect) -> None:
    client = connect(defaultTags='{"tags": {"team": "data", "stage": "dev"}}')
    made = client.create(urn("orders"), {"tags": {"stage": "test"}})
    assert made.inputs["tags"] == {"stage": "test"}
    assert made.inputs["tagsAll"] == {"team": "data", "stage": "test"}
    assert made.outputs["tagsAll"] == {"team": "data", "stage": "test"}


def test_what_takes_no_tags_gets_none(connect: Connect) -> None:
    client = connect(defaultTags='{"tags": {"team": "data"}}')
    policy = urn("policy", "aws:sqs/queuePolicy:QueuePolicy")
    assert "tags" not in client.check(policy, {"policy": "{}"})


def test_each_provider_of_a_program_has_its_own_region(connect: Connect) -> None:
    west = connect()
    east = connect(west.port, region="us-east-1")
    assert west.create(urn("a"), {}).outputs["region"] == "eu-west-1"
    assert east.create(urn("b"), {}).outputs["region"] == "us-east-1"


@pytest.mark.parametrize(
    ("token", "name", "value"),
    [
        pytest.param("aws:index/getRegion:getRegion", "region", "eu-west-1", id="place"),
        pytest.param("aws:ec2/getVpc:getVpc", "ownerId", ACCOUNT, id="made-up"),
    ],
)
def test_a_data_source_is_answered(client: Client, token: str, name: str, value: str) -> None:
    assert client.invoke(token, {})[name] == value


def test_a_data_source_of_an_unknown_sdk_is_an_error(client: Client) -> None:
    with pytest.raises(grpc.RpcError, match="nowhere:index/getIt:getIt has no known result"):
        client.invoke("nowhere:index/getIt:getIt", {})


DOCUMENT = "aws:iam/getPolicyDocument:getPolicyDocument"


def test_a_call_on_a_made_up_answer_goes_on_as_under_preflight(client: Client) -> None:
    told = client.invoke("aws:ssm/getParameter:getParameter", {"name": "/shop/policy"})["value"]
    document = client.invoke(DOCUMENT, {"sourcePolicyDocuments": [told]})["json"]
    assert json.loads(str(document))["Version"] == "2012-10-17"


def test_a_call_that_the_provider_refuses_is_an_error(client: Client) -> None:
    with pytest.raises(grpc.RpcError, match=r"sourcePolicyDocuments\[0\] is not a policy document"):
        client.invoke(DOCUMENT, {"sourcePolicyDocuments": ["orders"]})


def test_calls_are_recorded_in_order(client: Client, tmp_path: Path) -> None:
    client.create(urn("orders"), {}, preview=True)
    client.delete(client.create(urn("orders"), {}))
    lines = (tmp_path / "calls").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line) for line in lines] == [
        {"method": "Create", "urn": urn("orders"), "preview": True},
        {"method": "Create", "urn": urn("orders"), "preview": False},
        {"method": "Delete", "urn": urn("orders"), "preview": False},
    ]
