"""What changed, and what of it replaces."""

import pytest
from pulumi.runtime.proto.provider_pb2 import PropertyDiff

from pulumi_preflight.provider.differences import differences, replacing_properties
from pulumi_preflight.wire import UNKNOWN, Properties, secret
from tests.preflight.provider.client import QUEUE, Client

GROUP = "aws:ec2/securityGroup:SecurityGroup"
TASK = "aws:ecs/taskDefinition:TaskDefinition"


@pytest.mark.parametrize(
    ("old", "new", "changed"),
    [
        pytest.param({"a": 1.0}, {"a": 1.0}, {}, id="the-same"),
        pytest.param({}, {"a": 1.0}, {"a": "add"}, id="added"),
        pytest.param({"a": 1.0}, {}, {"a": "delete"}, id="removed"),
        pytest.param({"a": "x"}, {"a": UNKNOWN}, {"a": "update"}, id="unknown"),
        pytest.param({"a": secret("x")}, {"a": "x"}, {}, id="secret-or-not"),
        pytest.param({"a": secret("x")}, {"a": secret("y")}, {"a": "update"}, id="other-secret"),
        pytest.param(
            {"t": {"a": "1"}}, {"t": {"b": "1"}}, {"t.a": "delete", "t.b": "add"}, id="map"
        ),
        pytest.param({"t": {"a.b": "1"}}, {"t": {}}, {'t["a.b"]': "delete"}, id="quoted-name"),
        pytest.param(
            {"l": [{"p": 1.0}, 2.0]},
            {"l": [{"p": 3.0}]},
            {"l[0].p": "update", "l[1]": "delete"},
            id="list",
        ),
        pytest.param({"a": {}}, {"a": []}, {"a": "update"}, id="other-kind"),
        pytest.param({"__defaults": []}, {}, {}, id="the-provider's-own"),
    ],
)
def test_differences_name_each_property_that_changed(
    old: Properties, new: Properties, changed: dict[str, str]
) -> None:
    assert {each.text: each.kind for each in differences(old, new)} == changed


@pytest.mark.parametrize(
    ("type_", "path"),
    [
        pytest.param(QUEUE, "fifoQueue", id="queue-fifo"),
        pytest.param(QUEUE, "name", id="queue-name"),
        pytest.param(QUEUE, "namePrefix", id="queue-prefix"),
        pytest.param(QUEUE, "region", id="region-of-any-type"),
        pytest.param("aws:ecs/service:Service", "cluster", id="service-cluster"),
        pytest.param("aws:ecs/service:Service", "launchType", id="service-launch-type"),
        pytest.param(TASK, "containerDefinitions", id="task-containers"),
        pytest.param(TASK, "volumes", id="task-volumes"),
        pytest.param("aws:rds/instance:Instance", "username", id="database-user"),
        pytest.param("aws:rds/instance:Instance", "storageEncrypted", id="database-encryption"),
        pytest.param("aws:rds/clusterInstance:ClusterInstance", "identifier", id="cluster-member"),
        pytest.param("aws:ec2/subnet:Subnet", "cidrBlock", id="subnet-addresses"),
        pytest.param(GROUP, "name", id="group-name"),
        pytest.param(GROUP, "description", id="group-description"),
        pytest.param("aws:lb/loadBalancer:LoadBalancer", "name", id="balancer-name"),
        pytest.param("aws:lb/loadBalancer:LoadBalancer", "internal", id="balancer-internal"),
        pytest.param("aws:lb/targetGroup:TargetGroup", "port", id="targets-port"),
        pytest.param("aws:lb/targetGroup:TargetGroup", "protocol", id="targets-protocol"),
        pytest.param("aws:lb/targetGroup:TargetGroup", "vpcId", id="targets-vpc"),
        pytest.param("aws:ecr/repository:Repository", "name", id="repository-name"),
        pytest.param("aws:ecr/lifecyclePolicy:LifecyclePolicy", "policy", id="images-policy"),
        pytest.param("aws:s3/bucket:Bucket", "bucket", id="bucket-name"),
        pytest.param(
            "aws:servicediscovery/service:Service", "dnsConfig.namespaceId", id="inner-property"
        ),
    ],
)
def test_a_change_that_aws_cannot_make_in_place_replaces(type_: str, path: str) -> None:
    assert path in replacing_properties(type_)


@pytest.mark.parametrize(
    ("type_", "path"),
    [
        pytest.param(QUEUE, "visibilityTimeoutSeconds", id="queue-timeout"),
        pytest.param("aws:ecs/service:Service", "desiredCount", id="service-count"),
        pytest.param("aws:ecs/service:Service", "taskDefinition", id="service-revision"),
        pytest.param(TASK, "tags", id="task-tags"),
        pytest.param("aws:rds/instance:Instance", "identifier", id="database-name"),
        pytest.param("aws:rds/instance:Instance", "instanceClass", id="database-class"),
        pytest.param(
            "aws:ec2/routeTableAssociation:RouteTableAssociation", "routeTableId", id="routes"
        ),
    ],
)
def test_a_change_that_aws_makes_in_place_does_not_replace(type_: str, path: str) -> None:
    assert path not in replacing_properties(type_)


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
