"""What the engine is told of a change."""

import pytest
from pulumi.runtime.proto.provider_pb2 import PropertyDiff

from pulumi_preflight.wire import Properties
from tests.preflight.provider.client import QUEUE, Client

GROUP = "aws:ec2/securityGroup:SecurityGroup"
TASK = "aws:ecs/taskDefinition:TaskDefinition"


def test_a_replacing_change_is_told_as_one(client: Client) -> None:
    diff = client.diff(QUEUE, {"delaySeconds": 1.0}, {"delaySeconds": 2.0, "fifoQueue": True})
    assert diff.changes == diff.DIFF_SOME
    assert list(diff.replaces) == ["fifoQueue"]
    assert {path: each.kind for path, each in diff.detailedDiff.items()} == {
        "delaySeconds": PropertyDiff.UPDATE,
        "fifoQueue": PropertyDiff.ADD_REPLACE,
    }


def test_a_change_inside_replaces_only_where_its_own_path_does(client: Client) -> None:
    service = "aws:servicediscovery/service:Service"
    old: Properties = {"dnsConfig": {"namespaceId": "ns-1", "dnsRecords": [{"ttl": 1.0}]}}
    shorter: Properties = {"dnsConfig": {"namespaceId": "ns-1", "dnsRecords": [{"ttl": 2.0}]}}
    moved: Properties = {"dnsConfig": {"namespaceId": "ns-2", "dnsRecords": [{"ttl": 1.0}]}}
    assert not client.diff(service, old, shorter).replaces
    assert list(client.diff(service, old, moved).replaces) == ["dnsConfig"]


@pytest.mark.parametrize(
    ("type_", "name", "replaced"),
    [
        pytest.param("aws:dynamodb/table:Table", "hashKey", ["hashKey"], id="table-key"),
        pytest.param("aws:dynamodb/table:Table", "rangeKey", ["rangeKey"], id="table-sort-key"),
        pytest.param("aws:dynamodb/table:Table", "tags", [], id="table-tags"),
        pytest.param(QUEUE, "tags", [], id="queue-tags"),
        pytest.param("aws:rds/instance:Instance", "tags", [], id="database-tags"),
        pytest.param("aws:ssm/activation:Activation", "tags", ["tags"], id="tags-that-do-replace"),
    ],
)
def test_a_key_replaces_and_tags_do_so_where_the_real_provider_does(
    client: Client, type_: str, name: str, replaced: list[str]
) -> None:
    values: tuple[Properties, Properties] = ({"a": "1"}, {"a": "2"})
    old, new = values if name == "tags" else ("one", "two")
    assert list(client.diff(type_, {name: old}, {name: new}).replaces) == replaced


@pytest.mark.parametrize(
    ("type_", "old", "new", "replaced"),
    [
        pytest.param(QUEUE, {"name": "a"}, {"name": "a", "fifoQueue": True}, "first", id="fixed"),
        pytest.param(QUEUE, {"name": "a"}, {"name": "b"}, "beside", id="other-name"),
        pytest.param(GROUP, {}, {"description": "b"}, "beside", id="no-name"),
        pytest.param(TASK, {"family": "a"}, {"family": "a", "cpu": "1"}, "beside", id="revisions"),
        pytest.param(QUEUE, {"name": "a"}, {"name": "a", "delaySeconds": 1.0}, "no", id="in-place"),
    ],
)
def test_a_fixed_name_is_given_up_before_the_replacement_takes_it(
    client: Client, type_: str, old: Properties, new: Properties, replaced: str
) -> None:
    diff = client.diff(type_, old, new)
    assert bool(diff.replaces) is (replaced != "no")
    assert diff.deleteBeforeReplace is (replaced == "first")
