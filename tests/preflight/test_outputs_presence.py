"""What the provider leaves empty stays empty, and each filled output says how it came about."""

import pytest

from pulumi_preflight.outputs import WantedOutputs
from pulumi_preflight.outputs.inventions import Filling
from pulumi_preflight.outputs.subject import Place
from pulumi_preflight.wire import UNKNOWN, Properties
from tests.preflight.filling import PLACE, Program, fill

RULE = "aws:ec2/securityGroupRule:SecurityGroupRule"
ROUTE = "aws:ec2/route:Route"
INSTANCE = "aws:rds/instance:Instance"
CLUSTER_INSTANCE = "aws:rds/clusterInstance:ClusterInstance"
BUCKET = "aws:s3/bucket:Bucket"
VPC = "aws:ec2/vpc:Vpc"
TABLE = "aws:dynamodb/table:Table"


@pytest.mark.parametrize(
    ("token", "inputs", "property_"),
    [
        pytest.param(RULE, {"cidrBlocks": ["10.0.0.0/8"]}, "sourceSecurityGroupId", id="source"),
        pytest.param(RULE, {"self": True}, "sourceSecurityGroupId", id="source-of-itself"),
        pytest.param(ROUTE, {"gatewayId": "igw-1"}, "instanceId", id="instance-of-a-route"),
        pytest.param(ROUTE, {"gatewayId": "igw-1"}, "networkInterfaceId", id="interface"),
        pytest.param(INSTANCE, {}, "monitoringRoleArn", id="monitoring"),
        pytest.param(INSTANCE, {}, "performanceInsightsKmsKeyId", id="insights"),
        pytest.param(INSTANCE, {"storageEncrypted": False}, "kmsKeyId", id="key-without-use"),
        pytest.param(CLUSTER_INSTANCE, {}, "monitoringRoleArn", id="monitoring-of-a-member"),
        pytest.param("aws:ec2/instance:Instance", {}, "keyName", id="key-of-a-machine"),
        pytest.param("aws:ec2/instance:Instance", {}, "outpostArn", id="outpost"),
        pytest.param("aws:ec2/eip:Eip", {}, "instance", id="machine-of-an-address"),
        pytest.param("aws:ebs/volume:Volume", {}, "snapshotId", id="snapshot-of-a-volume"),
        pytest.param(VPC, {}, "ipv6CidrBlock", id="addresses-that-nobody-asked-for"),
        pytest.param(TABLE, {}, "streamArn", id="stream-that-is-off"),
        pytest.param(BUCKET, {}, "websiteEndpoint", id="website-that-is-off"),
    ],
)
def test_what_aws_leaves_empty_is_neither_there_nor_made_up(
    token: str, inputs: Properties, property_: str
) -> None:
    filled = fill(token, inputs)
    assert property_ not in filled.outputs
    assert property_ not in filled.fillings


def test_a_list_that_aws_leaves_empty_has_no_items() -> None:
    filled = fill(INSTANCE)
    assert filled.outputs["replicas"] == []
    assert "replicas" not in filled.fillings


@pytest.mark.parametrize(
    ("token", "inputs", "property_"),
    [
        pytest.param(VPC, {"assignGeneratedIpv6CidrBlock": True}, "ipv6CidrBlock", id="ipv6"),
        pytest.param(TABLE, {"streamEnabled": True}, "streamArn", id="stream"),
        pytest.param(BUCKET, {"website": {"indexDocument": "i"}}, "websiteEndpoint", id="website"),
        pytest.param(INSTANCE, {"storageEncrypted": True}, "kmsKeyId", id="key"),
        pytest.param(INSTANCE, {"storageEncrypted": UNKNOWN}, "kmsKeyId", id="key-perhaps"),
        pytest.param("aws:ec2/instance:Instance", {}, "availabilityZone", id="zone"),
        pytest.param("aws:ec2/securityGroup:SecurityGroup", {}, "vpcId", id="default-vpc"),
    ],
)
def test_what_aws_always_fills_is_filled_in(token: str, inputs: Properties, property_: str) -> None:
    filled = fill(token, inputs)
    assert filled.outputs[property_]
    assert filled.fillings[property_] is Filling.MADE_UP


def test_what_nobody_knows_to_be_filled_is_left_out_and_named() -> None:
    filled = fill(INSTANCE)
    assert "masterUserSecretKmsKeyId" not in filled.outputs
    assert filled.fillings["masterUserSecretKmsKeyId"] is Filling.EMPTY


@pytest.mark.parametrize(
    ("token", "property_", "value"),
    [
        pytest.param(INSTANCE, "publiclyAccessible", False, id="of-the-plan"),
        pytest.param("aws:lb/loadBalancer:LoadBalancer", "idleTimeout", 60, id="number"),
        pytest.param("aws:alb/loadBalancer:LoadBalancer", "idleTimeout", 60, id="twin"),
        pytest.param("aws:sqs/queue:Queue", "visibilityTimeoutSeconds", 30, id="queue"),
        pytest.param("aws:kms/key:Key", "multiRegion", False, id="of-the-documentation"),
    ],
)
def test_a_default_follows(token: str, property_: str, value: object) -> None:
    filled = fill(token)
    assert filled.outputs[property_] == value
    assert filled.fillings[property_] is Filling.FOLLOWS


@pytest.mark.parametrize(
    ("version", "value"),
    [
        pytest.param("7.51.1", False, id="7"),
        pytest.param("6.83.4", True, id="6"),
        pytest.param("", False, id="newest"),
    ],
)
def test_a_default_is_that_of_the_programs_provider(version: str, *, value: bool) -> None:
    filled = fill("aws:redshift/cluster:Cluster", version=version)
    assert filled.outputs["publiclyAccessible"] is value


MACHINE = "aws:ec2/instance:Instance"
CLUSTER = "aws:rds/cluster:Cluster"


@pytest.mark.parametrize(
    ("token", "inputs", "property_"),
    [
        pytest.param(MACHINE, {"launchTemplate": {"id": "lt-1"}}, "monitoring", id="template"),
        pytest.param(
            CLUSTER, {"snapshotIdentifier": "before"}, "storageEncrypted", id="of-the-snapshot"
        ),
        pytest.param(CLUSTER, {"engineMode": "serverless"}, "storageEncrypted", id="of-the-mode"),
        pytest.param(CLUSTER, {"engineMode": UNKNOWN}, "storageEncrypted", id="of-some-mode"),
        pytest.param(BUCKET, {"objectLockEnabled": True}, "versioning", id="that-locks-need"),
        pytest.param(
            "aws:acm/certificate:Certificate", {"privateKey": "..."}, "keyAlgorithm", id="imported"
        ),
    ],
)
def test_a_default_that_something_else_may_decide_is_not_told(
    token: str, inputs: Properties, property_: str
) -> None:
    filled = fill(token, inputs)
    assert property_ not in filled.outputs
    assert filled.fillings[property_] is Filling.EMPTY


@pytest.mark.parametrize("mode", [None, "provisioned"])
def test_a_default_stands_where_nothing_else_decides(mode: str | None) -> None:
    filled = fill(CLUSTER, {"engineMode": mode} if mode else {})
    assert filled.outputs["storageEncrypted"] is False
    assert filled.fillings["storageEncrypted"] is Filling.FOLLOWS


@pytest.mark.parametrize(
    ("token", "inputs", "property_"),
    [
        pytest.param(INSTANCE, {"engine": "postgres"}, "engineVersion", id="version"),
        pytest.param(INSTANCE, {"engine": "postgres"}, "availabilityZone", id="zone"),
        pytest.param("aws:eks/cluster:Cluster", {}, "version", id="kubernetes"),
        pytest.param("aws:ssm/parameter:Parameter", {}, "tier", id="tier-of-the-account"),
        pytest.param(MACHINE, {}, "tenancy", id="tenancy-of-the-network"),
        pytest.param("aws:ebs/volume:Volume", {}, "encrypted", id="encryption-of-the-account"),
        pytest.param(
            "aws:elasticache/replicationGroup:ReplicationGroup",
            {"engine": "valkey"},
            "atRestEncryptionEnabled",
            id="encryption-of-the-engine",
        ),
        pytest.param(
            "aws:rds/clusterInstance:ClusterInstance",
            {},
            "performanceInsightsEnabled",
            id="insights-of-the-cluster",
        ),
        pytest.param("aws:ecs/taskSet:TaskSet", {}, "launchType", id="launch-type-of-the-cluster"),
    ],
)
def test_what_aws_or_the_account_chooses_does_not_follow(
    token: str, inputs: Properties, property_: str
) -> None:
    assert fill(token, inputs).fillings[property_] in (Filling.MADE_UP, Filling.EMPTY)


def test_a_switch_that_was_left_empty_may_be_on() -> None:
    # Off and absent are one to most who read it, and would judge alike.
    program = Program()
    volume = "aws:ebs/volume:Volume"
    program.add(volume)
    wanted = WantedOutputs(urn=f"urn:pulumi:dev::shop::{volume}::thing", inputs={}, place=PLACE)
    assert program.outputs.possible(wanted, ["encrypted"]) == {"encrypted": True}


def test_a_listener_without_a_port_has_no_protocol_of_its_own() -> None:
    listener = "aws:lb/listener:Listener"
    assert fill(listener, {"port": 80.0}).outputs["protocol"] == "HTTP"
    assert "protocol" not in fill(listener).outputs


def test_a_given_value_stands_before_a_default() -> None:
    filled = fill(INSTANCE, {"publiclyAccessible": True})
    assert filled.outputs["publiclyAccessible"] is True
    assert "publiclyAccessible" not in filled.fillings


def test_an_encryption_key_of_its_own_ends_the_encryption_by_sqs() -> None:
    filled = fill("aws:sqs/queue:Queue", {"kmsMasterKeyId": "alias/mine"})
    assert filled.outputs["sqsManagedSseEnabled"] is False


QUEUE = "aws:sqs/queue:Queue"


@pytest.mark.parametrize(
    ("inputs", "account", "filling"),
    [
        pytest.param({"name": "jobs"}, "111111111111", Filling.FOLLOWS, id="all-known"),
        pytest.param({"name": "jobs"}, None, Filling.MADE_UP, id="account-unknown"),
        pytest.param({}, "111111111111", Filling.MADE_UP, id="name-made-up"),
    ],
)
def test_an_arn_follows_from_account_region_and_name(
    inputs: Properties, account: str | None, filling: Filling
) -> None:
    filled = fill(QUEUE, inputs, place=Place(region="us-east-1", known_account=account))
    assert filled.fillings["arn"] is filling


def test_what_holds_a_made_up_id_is_made_up() -> None:
    assert (
        fill(VPC, place=Place(region="us-east-1", known_account="111111111111")).fillings["arn"]
        is Filling.MADE_UP
    )


def test_nothing_is_said_of_what_stays_unknown() -> None:
    filled = fill(QUEUE, {"name": "jobs"}, keep_unknowns=True)
    assert filled.outputs["arn"] == UNKNOWN
    assert "arn" not in filled.fillings
    # The provider's plan knows defaults.
    assert filled.outputs["visibilityTimeoutSeconds"] == 30


@pytest.mark.parametrize(
    ("token", "inputs", "property_"),
    [
        pytest.param(QUEUE, {}, "name", id="of-a-queue"),
        pytest.param(QUEUE, {"fifoQueue": True}, "name", id="of-a-fifo-queue"),
        pytest.param("aws:kms/alias:Alias", {}, "name", id="of-an-alias"),
        pytest.param(BUCKET, {}, "bucket", id="of-a-bucket"),
    ],
)
def test_a_preview_knows_the_name_that_the_provider_makes(
    token: str, inputs: Properties, property_: str
) -> None:
    name = fill(token, inputs, keep_unknowns=True).outputs[property_]
    assert name == fill(token, inputs).outputs[property_] != UNKNOWN


def test_a_preview_knows_no_name_that_aws_makes_of_a_prefix() -> None:
    filled = fill(QUEUE, {"namePrefix": "jobs-"}, keep_unknowns=True)
    assert filled.outputs["name"] == UNKNOWN


@pytest.mark.parametrize("is_read", [False, True], ids=["adopted", "read"])
def test_a_preview_does_not_know_the_name_of_what_exists(*, is_read: bool) -> None:
    known = Program(keep_unknowns=True).existing(QUEUE, is_read=is_read)
    assert known.outputs["name"] == UNKNOWN


@pytest.mark.parametrize("is_read", [False, True], ids=["adopted", "read"])
@pytest.mark.parametrize(
    ("token", "property_"),
    [
        pytest.param(MACHINE, "keyName", id="key-of-a-machine"),
        pytest.param(INSTANCE, "monitoringRoleArn", id="monitoring"),
        pytest.param(BUCKET, "lifecycleRules", id="lifecycle-of-a-bucket"),
        pytest.param("aws:iam/role:Role", "managedPolicyArns", id="policies-of-a-role"),
    ],
)
def test_what_an_existing_resource_may_have_is_there_only_once(
    token: str, property_: str, *, is_read: bool
) -> None:
    filled = Program().existing(token, is_read=is_read)
    assert not filled.outputs.get(property_)
    assert filled.fillings[property_] is Filling.EMPTY
    assert filled.for_program[property_] == UNKNOWN


@pytest.mark.parametrize(
    ("token", "property_"),
    [
        pytest.param(INSTANCE, "instanceClass", id="that-a-program-must-give"),
        pytest.param("aws:lambda/alias:Alias", "functionVersion", id="of-another-service"),
        pytest.param(VPC, "cidrBlock", id="that-aws-always-fills"),
        pytest.param(VPC, "mainRouteTableId", id="that-is-computed"),
    ],
)
def test_what_every_resource_of_a_type_has_an_existing_one_has(token: str, property_: str) -> None:
    assert Program().existing(token, is_read=True).outputs[property_] != UNKNOWN


def test_the_inputs_tell_what_is_adopted_lacks_and_not_what_is_read_lacks() -> None:
    assert "userData" not in Program().existing(MACHINE, is_read=False).fillings
    read = Program().existing(MACHINE, is_read=True)
    assert read.for_program["tags"] == read.for_program["tagsAll"] == UNKNOWN
    known = Program(keep_unknowns=True).existing(MACHINE, is_read=True)
    assert known.outputs["tags"] == UNKNOWN
