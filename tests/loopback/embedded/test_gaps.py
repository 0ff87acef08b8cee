"""What AWS documents, asked of our endpoint; and of moto alone, which must still get it wrong.

Where moto answers as documented, the gap is closed: remove its function from
`pulumi_loopback.embedded.gaps`.
"""

import json
from collections.abc import Callable, Iterator
from uuid import uuid4

import pytest
from botocore.exceptions import ClientError

from pulumi_loopback.credentials import free_port
from pulumi_loopback.embedded.endpoint import EmbeddedEndpoint
from tests.loopback.observe.deployed import Client, clients_of, key_of
from tools.bench_apps import moto

STATEMENT = {"Effect": "Deny", "Principal": "*", "Action": "sqs:*", "Resource": "*"}
POLICY = json.dumps({"Version": "2012-10-17", "Statement": [STATEMENT]})


@pytest.fixture(scope="module")
def ours(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    endpoint = EmbeddedEndpoint(port=free_port(), folder=tmp_path_factory.mktemp("endpoint"))
    endpoint.start()
    yield clients_of(endpoint.url, key_of(endpoint))
    endpoint.stop()


@pytest.fixture(scope="module")
def moto_alone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    with moto(tmp_path_factory.mktemp("moto") / "log") as url:
        yield clients_of(url)


def new_name() -> str:
    return f"n{uuid4().hex[:12]}"


def a_policy_outlives_other_attributes(client: Client) -> None:
    sqs = client("sqs")
    url = sqs.create_queue(QueueName=new_name(), Attributes={"Policy": POLICY})["QueueUrl"]
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"DelaySeconds": "5"})
    shown = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
    assert json.loads(shown.get("Policy", "{}")) == json.loads(POLICY)


def a_redrive_allow_policy_is_shown(client: Client) -> None:
    sqs = client("sqs")
    given = {"RedriveAllowPolicy": json.dumps({"redrivePermission": "denyAll"})}
    url = sqs.create_queue(QueueName=new_name(), Attributes=given)["QueueUrl"]
    asked = {"QueueUrl": url, "AttributeNames": ["RedriveAllowPolicy"]}
    assert sqs.get_queue_attributes(**asked).get("Attributes") == given
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"RedriveAllowPolicy": ""})
    assert "Attributes" not in sqs.get_queue_attributes(**asked)


def fifo(client: Client, **attributes: str) -> str:
    name, given = f"{new_name()}.fifo", {"FifoQueue": "true", "ContentBasedDeduplication": "true"}
    return str(
        client("sqs").create_queue(QueueName=name, Attributes={**given, **attributes})["QueueUrl"]
    )


def received(client: Client, url: str) -> list[str]:
    """Takes all that is there out of a queue; gives what it says."""
    taken = client("sqs").receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", [])
    for each in taken:
        client("sqs").delete_message(QueueUrl=url, ReceiptHandle=each["ReceiptHandle"])
    return [each["Body"] for each in taken]


def a_duplicate_of_what_was_deleted_is_dropped(client: Client) -> None:
    url = fifo(client)
    sent = {"QueueUrl": url, "MessageBody": "one", "MessageGroupId": "a"}
    client("sqs").send_message(**sent)
    assert received(client, url) == ["one"]
    client("sqs").send_message(**sent)
    assert received(client, url) == []


def a_message_of_another_group_is_no_duplicate(client: Client) -> None:
    url = fifo(client, DeduplicationScope="messageGroup", FifoThroughputLimit="perMessageGroupId")
    for group in ("a", "b", "b"):
        client("sqs").send_message(QueueUrl=url, MessageBody="one", MessageGroupId=group)
    assert received(client, url) == ["one", "one"]


def plain(client: Client) -> str:
    return str(client("sqs").create_queue(QueueName=new_name())["QueueUrl"])


def taken(client: Client, url: str) -> str:
    """Receives the queue's one message; gives the receipt."""
    (message,) = client("sqs").receive_message(QueueUrl=url, VisibilityTimeout=60)["Messages"]
    return str(message["ReceiptHandle"])


def expired(client: Client, url: str) -> str:
    """A receipt for the queue's one message, whose visibility timeout is over."""
    receipt = taken(client, url)
    shown = {"QueueUrl": url, "ReceiptHandle": receipt, "VisibilityTimeout": 0}
    client("sqs").change_message_visibility(**shown)
    return receipt


def sent(client: Client, url: str) -> str:
    group = {"MessageGroupId": "a"} if url.endswith(".fifo") else {}
    client("sqs").send_message(QueueUrl=url, MessageBody="one", **group)
    return url


def in_flight(client: Client, url: str) -> str:
    name = "ApproximateNumberOfMessagesNotVisible"
    shown = client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=[name])
    return str(shown["Attributes"][name])


def an_expired_receipt_deletes_nothing_from_a_fifo_queue(client: Client) -> None:
    url = sent(client, fifo(client))
    receipt = expired(client, url)
    with pytest.raises(ClientError, match="The receipt handle has expired") as refused:
        client("sqs").delete_message(QueueUrl=url, ReceiptHandle=receipt)
    assert refused.value.response["Error"]["Code"] == "InvalidParameterValue"
    assert received(client, url) == ["one"]


def an_expired_receipt_is_the_one_of_its_batch_that_fails(client: Client) -> None:
    url = fifo(client)
    late = expired(client, sent(client, url))
    client("sqs").send_message(QueueUrl=url, MessageBody="two", MessageGroupId="b")
    (first, second) = client("sqs").receive_message(QueueUrl=url, MaxNumberOfMessages=10)[
        "Messages"
    ]
    assert first["Body"] == "one"
    entries = [
        {"Id": "late", "ReceiptHandle": late},
        {"Id": "held", "ReceiptHandle": second["ReceiptHandle"]},
    ]
    told = client("sqs").delete_message_batch(QueueUrl=url, Entries=entries)
    assert [each["Id"] for each in told["Successful"]] == ["held"]
    assert [(each["Id"], each["Code"]) for each in told["Failed"]] == [
        ("late", "InvalidParameterValue")
    ]
    assert in_flight(client, url) == "1"
    client("sqs").delete_message(QueueUrl=url, ReceiptHandle=first["ReceiptHandle"])


def a_late_deletion_leaves_what_another_worker_holds(client: Client) -> None:
    url = sent(client, fifo(client))
    late, held = expired(client, url), taken(client, url)
    with pytest.raises(ClientError, match="InvalidParameterValue"):
        client("sqs").delete_message(QueueUrl=url, ReceiptHandle=late)
    assert in_flight(client, url) == "1"
    client("sqs").delete_message(QueueUrl=url, ReceiptHandle=held)
    assert in_flight(client, url) == "0"


def a_late_deletion_from_a_standard_queue_succeeds_and_deletes_nothing(client: Client) -> None:
    url = sent(client, plain(client))
    late, held = expired(client, url), taken(client, url)
    client("sqs").delete_message(QueueUrl=url, ReceiptHandle=late)
    assert in_flight(client, url) == "1"
    client("sqs").delete_message(QueueUrl=url, ReceiptHandle=held)
    assert in_flight(client, url) == "0"


def a_late_worker_does_not_hide_what_is_visible(client: Client) -> None:
    url = sent(client, fifo(client))
    asked = {"QueueUrl": url, "ReceiptHandle": expired(client, url), "VisibilityTimeout": 60}
    with pytest.raises(ClientError, match="not available for visibility timeout change"):
        client("sqs").change_message_visibility(**asked)
    assert received(client, url) == ["one"]


def a_late_worker_does_not_show_what_another_holds(client: Client) -> None:
    url = sent(client, fifo(client))
    late = expired(client, url)
    taken(client, url)
    entry = {"Id": "late", "ReceiptHandle": late, "VisibilityTimeout": 0}
    told = client("sqs").change_message_visibility_batch(QueueUrl=url, Entries=[entry])
    assert [each["Code"] for each in told["Failed"]] == ["InvalidParameterValue"]
    assert in_flight(client, url) == "1"


def a_service_is_shown_as_it_was_given(client: Client) -> None:
    ecs, cluster, family = client("ecs"), new_name(), new_name()
    ecs.create_cluster(clusterName=cluster)
    container = {"name": "one", "image": "one", "memory": 512}
    ecs.register_task_definition(family=family, containerDefinitions=[container])
    given = {"maximumPercent": 150, "minimumHealthyPercent": 50}
    ecs.create_service(
        cluster=cluster,
        serviceName=family,
        taskDefinition=family,
        desiredCount=0,
        deploymentConfiguration=given,
        enableECSManagedTags=True,
    )
    (shown,) = ecs.describe_services(cluster=cluster, services=[family])["services"]
    assert (shown.get("deploymentConfiguration"), shown.get("enableECSManagedTags")) == (
        given,
        True,
    )


def a_modified_subnet_group_is_there(client: Client) -> None:
    ec2, rds, name = client("ec2"), client("rds"), new_name()
    subnets = [each["SubnetId"] for each in ec2.describe_subnets()["Subnets"]]
    group = {"DBSubnetGroupName": name, "SubnetIds": subnets}
    rds.create_db_subnet_group(**group, DBSubnetGroupDescription="before")
    rds.modify_db_subnet_group(**group, DBSubnetGroupDescription="after")
    (shown,) = rds.describe_db_subnet_groups(DBSubnetGroupName=name)["DBSubnetGroups"]
    assert shown["DBSubnetGroupDescription"] == "after"


def a_modified_instance_keeps_its_managed_secret(client: Client) -> None:
    rds, name, managed = client("rds"), new_name(), {"ManageMasterUserPassword": True}
    made = rds.create_db_instance(
        DBInstanceIdentifier=name,
        DBInstanceClass="db.t4g.micro",
        Engine="postgres",
        MasterUsername="orders",
        AllocatedStorage=20,
        **managed,
    )
    rds.modify_db_instance(DBInstanceIdentifier=name, BackupRetentionPeriod=3, **managed)
    (shown,) = rds.describe_db_instances(DBInstanceIdentifier=name)["DBInstances"]
    secret = made["DBInstance"]["MasterUserSecret"]["SecretArn"]
    assert shown["MasterUserSecret"]["SecretArn"] == secret


def the_zone_of_a_deleted_namespace_is_gone(client: Client) -> None:
    names, dns = client("servicediscovery"), client("route53")
    network = client("ec2").create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
    before = dns.list_hosted_zones()["HostedZones"]
    made = names.create_private_dns_namespace(Name=f"{new_name()}.local", Vpc=network)
    targets = names.get_operation(OperationId=made["OperationId"])["Operation"]["Targets"]
    assert len(dns.list_hosted_zones()["HostedZones"]) == len(before) + 1
    names.delete_namespace(Id=targets["NAMESPACE"])
    assert dns.list_hosted_zones()["HostedZones"] == before


def the_interface_of_a_deleted_nat_gateway_is_gone(client: Client) -> None:
    ec2 = client("ec2")
    subnet = ec2.describe_subnets()["Subnets"][0]["SubnetId"]
    address = ec2.allocate_address(Domain="vpc")["AllocationId"]
    made = ec2.create_nat_gateway(SubnetId=subnet, AllocationId=address)["NatGateway"]
    interface = made["NatGatewayAddresses"][0]["NetworkInterfaceId"]
    ec2.delete_nat_gateway(NatGatewayId=made["NatGatewayId"])
    with pytest.raises(ClientError, match="InvalidNetworkInterfaceID"):
        ec2.describe_network_interfaces(NetworkInterfaceIds=[interface])


def a_parameter_names_its_source(client: Client) -> None:
    rds, group = client("rds"), {"DBParameterGroupName": new_name()}
    rds.create_db_parameter_group(**group, DBParameterGroupFamily="postgres17", Description="one")
    one = {"ParameterName": "rds.force_ssl", "ParameterValue": "1", "ApplyMethod": "immediate"}
    rds.modify_db_parameter_group(**group, Parameters=[one])
    (shown,) = rds.describe_db_parameters(**group, Source="user")["Parameters"]
    assert shown.get("Source") == "user"


def an_unknown_call_is_the_caller_s_mistake(client: Client) -> None:
    with pytest.raises(ClientError) as refused:
        client("application-autoscaling").describe_scaling_activities(ServiceNamespace="ecs")
    assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400
    assert refused.value.response["Error"]["Code"] == "UnsupportedOperation"


def a_bucket_that_wants_tls_takes_objects(client: Client) -> None:
    s3, bucket = client("s3"), new_name()
    s3.create_bucket(Bucket=bucket)
    deny = {**STATEMENT, "Action": "s3:*", "Condition": {"Bool": {"aws:SecureTransport": "false"}}}
    s3.put_bucket_policy(
        Bucket=bucket, Policy=json.dumps({"Version": "2012-10-17", "Statement": [deny]})
    )
    s3.put_object(Bucket=bucket, Key="one", Body=b"1")
    assert s3.get_object(Bucket=bucket, Key="one")["Body"].read() == b"1"


def the_versions_of_a_marked_object_are_deleted_once_versioning_is_suspended(
    client: Client,
) -> None:
    s3, bucket = client("s3"), new_name()
    s3.create_bucket(Bucket=bucket)
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    s3.put_object(Bucket=bucket, Key="one", Body=b"1")
    s3.delete_object(Bucket=bucket, Key="one")
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Suspended"})
    listed = s3.list_object_versions(Bucket=bucket)
    given = [
        {"Key": each["Key"], "VersionId": each["VersionId"]}
        for each in (*listed["Versions"], *listed["DeleteMarkers"])
    ]
    assert len(given) == 2
    s3.delete_objects(Bucket=bucket, Delete={"Objects": given})
    s3.delete_bucket(Bucket=bucket)


documented = pytest.mark.parametrize(
    "answer",
    [
        a_policy_outlives_other_attributes,
        a_redrive_allow_policy_is_shown,
        a_duplicate_of_what_was_deleted_is_dropped,
        a_message_of_another_group_is_no_duplicate,
        an_expired_receipt_deletes_nothing_from_a_fifo_queue,
        an_expired_receipt_is_the_one_of_its_batch_that_fails,
        a_late_deletion_leaves_what_another_worker_holds,
        a_late_deletion_from_a_standard_queue_succeeds_and_deletes_nothing,
        a_late_worker_does_not_hide_what_is_visible,
        a_late_worker_does_not_show_what_another_holds,
        a_service_is_shown_as_it_was_given,
        a_modified_subnet_group_is_there,
        a_modified_instance_keeps_its_managed_secret,
        the_zone_of_a_deleted_namespace_is_gone,
        the_interface_of_a_deleted_nat_gateway_is_gone,
        a_parameter_names_its_source,
        an_unknown_call_is_the_caller_s_mistake,
        a_bucket_that_wants_tls_takes_objects,
        the_versions_of_a_marked_object_are_deleted_once_versioning_is_suspended,
    ],
)


@documented
def test_the_endpoint_answers_as_documented(answer: Callable[[Client], None], ours: Client) -> None:
    answer(ours)


def test_the_last_receipt_of_a_standard_queue_deletes_after_its_time(ours: Client) -> None:
    url = sent(ours, plain(ours))
    ours("sqs").delete_message(QueueUrl=url, ReceiptHandle=expired(ours, url))
    assert received(ours, url) == []


def test_a_receipt_ends_with_the_visibility_timeout(ours: Client) -> None:
    url = sent(ours, fifo(ours, VisibilityTimeout="1"))
    (message,) = ours("sqs").receive_message(QueueUrl=url)["Messages"]
    asked = {"QueueUrl": url, "WaitTimeSeconds": 3, "VisibilityTimeout": 60}
    assert len(ours("sqs").receive_message(**asked)["Messages"]) == 1
    with pytest.raises(ClientError, match="The receipt handle has expired"):
        ours("sqs").delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])


def test_a_bucket_that_denies_without_conditions_denies(ours: Client) -> None:
    s3, bucket = ours("s3"), new_name()
    s3.create_bucket(Bucket=bucket)
    deny = {**STATEMENT, "Action": "s3:PutObject"}
    s3.put_bucket_policy(Bucket=bucket, Policy=json.dumps({"Statement": [deny]}))
    with pytest.raises(ClientError, match="Forbidden"):
        s3.put_object(Bucket=bucket, Key="one", Body=b"1")


@documented
def test_moto_alone_has_the_gap_still(answer: Callable[[Client], None], moto_alone: Client) -> None:
    with pytest.raises((AssertionError, ClientError, pytest.fail.Exception)):
        answer(moto_alone)
