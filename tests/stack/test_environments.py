"""What each environment is made of, and what all of them share."""

import pytest

from caps import read_caps
from config_loader import load_settings
from pulumi_preflight.errors import ProgramError
from tests.stack.conftest import Deploy
from tests.stack.settings import UNCAPPED, configuration

STACKS = ("local", "dev", "prod")
DEMO = ("taskiqDemo.enabled", True)
EXISTING_VPC = (
    ("network.existingVpc.id", "vpc-0a1b2c3d"),
    ("network.existingVpc.cidrBlock", "10.9.0.0/16"),
    ("network.existingVpc.publicSubnetIds", ("subnet-1", "subnet-2")),
    ("network.existingVpc.privateSubnetIds", ("subnet-3", "subnet-4")),
)
OTHER_CHOICES = (
    ("network.natGateways", 0),
    ("database.kind", "serverless"),
    ("database.multiAz", True),
    ("queueName", "my-new-queue"),
)
NAT_GATEWAY = "aws:ec2/natGateway:NatGateway"
ROUTE = "aws:ec2/route:Route"
ENDPOINT = "aws:ec2/vpcEndpoint:VpcEndpoint"
SERVICE = "aws:ecs/service:Service"
NAMES = (
    "name",
    "identifier",
    "clusterIdentifier",
    "family",
    "bucketPrefix",
    "finalSnapshotIdentifier",
)
WITHOUT_ENVIRONMENT = {
    "aws:servicediscovery/service:Service",  # unique in its namespace, which carries it
}


@pytest.mark.parametrize("stack", STACKS)
def test_every_resource_belongs_to_a_module(deployment: Deploy, stack: str) -> None:
    deployed = deployment(stack, DEMO)
    modules = {r.urn for r in deployed.resources if r.type.startswith("dagster-taskiq:modules:")}
    outside = {
        r.type
        for r in deployed.resources
        if r.parent not in modules and r.urn not in modules and r.type != "pulumi:pulumi:Stack"
    }
    assert outside == {"pulumi:providers:aws"}


@pytest.mark.parametrize("stack", STACKS)
def test_physical_names_carry_project_and_environment(deployment: Deploy, stack: str) -> None:
    for resource in deployment(stack, DEMO).resources:
        if not resource.type.startswith("aws:") or resource.type in WITHOUT_ENVIRONMENT:
            continue
        own = [key for key in NAMES if key not in resource.property_dependencies]
        for name in (resource.inputs[key] for key in own if key in resource.inputs):
            assert "dagster-taskiq" in name
            assert stack in name


@pytest.mark.parametrize("stack", STACKS)
def test_everything_that_can_be_tagged_says_whose_it_is(deployment: Deploy, stack: str) -> None:
    untagged = {
        resource.type
        for resource in deployment(stack, DEMO).resources
        if resource.type.startswith("aws:")
        and resource.inputs.get("tags", {}).get("Environment") != stack
    }
    assert untagged == {
        "aws:ec2/route:Route",
        "aws:ec2/routeTableAssociation:RouteTableAssociation",
        "aws:ecr/lifecyclePolicy:LifecyclePolicy",
        "aws:iam/rolePolicy:RolePolicy",
        "aws:kms/alias:Alias",
        "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
        "aws:s3/bucketOwnershipControls:BucketOwnershipControls",
        "aws:s3/bucketPolicy:BucketPolicy",
        "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
        "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
        "aws:s3/bucketVersioning:BucketVersioning",
        "aws:sqs/queuePolicy:QueuePolicy",
        "aws:sqs/redriveAllowPolicy:RedriveAllowPolicy",
    }


def test_a_resources_own_tags_stay(deployment: Deploy) -> None:
    tags = deployment("dev").one("aws:ec2/vpc:Vpc", "vpc").inputs["tags"]
    assert tags == {
        "Name": "dagster-taskiq-vpc-dev",
        "Project": "dagster-taskiq",
        "Environment": "dev",
        "ManagedBy": "pulumi",
    }


def test_the_demo_is_off_unless_it_is_asked_for(deployment: Deploy) -> None:
    assert not [r for r in deployment("dev").resources if "demo" in r.name]
    assert {
        load_settings(stack, configuration(stack), UNCAPPED).taskiq_demo.enabled for stack in STACKS
    } == {False}


@pytest.mark.parametrize(
    ("stack", "changes", "gateways", "routes"),
    [
        pytest.param("prod", OTHER_CHOICES, 0, 0, id="none"),
        pytest.param("dev", (), 1, 2, id="one for both zones"),
        pytest.param("prod", (DEMO,), 2, 2, id="one per zone"),
    ],
)
def test_private_subnets_go_out_through_as_many_nat_gateways_as_are_set(
    deployment: Deploy,
    stack: str,
    changes: tuple[tuple[str, object], ...],
    gateways: int,
    routes: int,
) -> None:
    deployed = deployment(stack, *changes)
    private = [route for route in deployed.of(ROUTE) if "natGatewayId" in route.inputs]
    assert len(deployed.of(NAT_GATEWAY)) == gateways
    assert len(private) == routes
    assert len({route.inputs["natGatewayId"] for route in private}) == gateways


def test_without_nat_gateways_aws_is_reached_through_endpoints(deployment: Deploy) -> None:
    deployed = deployment("prod", *OTHER_CHOICES)
    services = {endpoint.inputs["serviceName"] for endpoint in deployed.of(ENDPOINT)}
    assert services == {
        f"com.amazonaws.us-east-1.{service}"
        for service in ("s3", "ecr.api", "ecr.dkr", "ecs", "logs", "secretsmanager", "sqs")
    }


def test_with_nat_gateways_only_s3_has_an_endpoint_which_costs_nothing(deployment: Deploy) -> None:
    assert [endpoint.name for endpoint in deployment("dev").of(ENDPOINT)] == ["s3-endpoint"]


def test_an_existing_network_is_used_as_it_is(deployment: Deploy) -> None:
    deployed = deployment("dev", *EXISTING_VPC)
    assert not [
        r for r in deployed.resources if r.type.startswith("aws:ec2/") and "ecurity" not in r.type
    ]
    assert deployed.outputs["vpcId"] == "vpc-0a1b2c3d"
    for service in deployed.of(SERVICE):
        assert service.inputs["networkConfiguration"]["subnets"] == ["subnet-3", "subnet-4"]


@pytest.mark.parametrize("stack", STACKS)
def test_tasks_run_in_private_subnets_without_public_addresses(
    deployment: Deploy, stack: str
) -> None:
    for service in deployment(stack, DEMO).of(SERVICE):
        assert service.inputs["networkConfiguration"]["assignPublicIp"] is False


def test_aurora_has_an_instance_per_zone_only_where_two_zones_are_wanted(
    deployment: Deploy,
) -> None:
    instance = "aws:rds/clusterInstance:ClusterInstance"
    assert len(deployment("dev").of(instance)) == 1
    assert len(deployment("prod", *OTHER_CHOICES).of(instance)) == 2


def test_prod_survives_the_loss_of_a_zone_and_a_mistaken_delete(deployment: Deploy) -> None:
    deployed = deployment("prod", DEMO)
    database = deployed.one("aws:rds/instance:Instance", "database").inputs
    (balancer,) = deployed.of("aws:lb/loadBalancer:LoadBalancer")
    assert database["multiAz"] is True
    assert balancer.inputs["enableDeletionProtection"] is True
    assert len(deployed.of(NAT_GATEWAY)) == 2
    assert deployed.one("aws:s3/bucket:Bucket", "storage-bucket").inputs["forceDestroy"] is False


def test_prod_sends_plain_http_on_to_https(deployment: Deploy) -> None:
    listeners = {
        listener.inputs["port"]: listener.inputs["defaultActions"][0]
        for listener in deployment("prod", DEMO).of("aws:lb/listener:Listener")
    }
    assert set(listeners) == {80, 443}
    assert listeners[80]["redirect"]["protocol"] == "HTTPS"
    assert listeners[443]["type"] == "fixed-response"


def test_the_auto_scaler_stops_at_the_profiles_cap(deployment: Deploy) -> None:
    for stack in STACKS:
        deployed = deployment(stack, DEMO)
        environment = deployed.environment("auto-scaler/auto-scaler")
        assert environment["AUTOSCALER_MAX_WORKERS"] == str(read_caps(stack).max_workers())


@pytest.mark.parametrize("stack", STACKS)
def test_no_container_can_write_to_its_image_or_is_root(deployment: Deploy, stack: str) -> None:
    for container in deployment(stack, DEMO).containers().values():
        assert container["readonlyRootFilesystem"] is True
        assert container["user"] == "10001"
        assert "privileged" not in container


@pytest.mark.parametrize("stack", STACKS)
def test_every_mounted_volume_is_declared_by_its_task(deployment: Deploy, stack: str) -> None:
    for task in deployment(stack, DEMO).of("aws:ecs/taskDefinition:TaskDefinition"):
        mounted = [
            point["sourceVolume"]
            for container in task.json("containerDefinitions")
            for point in container.get("mountPoints", [])
        ]
        declared = [volume["name"] for volume in task.inputs.get("volumes", [])]
        assert mounted == declared
        assert len(declared) == len(set(declared))


def test_a_setting_over_a_cap_ends_the_program_with_one_line(deployment: Deploy) -> None:
    with pytest.raises(ProgramError) as raised:
        deployment("dev", ("services.webserver.desiredCount", 11))
    message = str(raised.value)
    assert "Traceback" not in message
    assert "Pulumi.dev.yaml: services.webserver.desiredCount is 11; wanted at most" in message


def test_the_queue_is_renamed_by_one_flat_setting(deployment: Deploy) -> None:
    deployed = deployment("prod", *OTHER_CHOICES)
    names = {queue.inputs["name"] for queue in deployed.of("aws:sqs/queue:Queue")}
    assert names == {
        "dagster-taskiq-my-new-queue-prod.fifo",
        "dagster-taskiq-my-new-queue-dead-letter-prod.fifo",
    }
