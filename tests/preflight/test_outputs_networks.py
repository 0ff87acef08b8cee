"""What is in a declared subnet has its network, zone and VPC."""

from ipaddress import ip_address, ip_network

import pytest

from pulumi_preflight.outputs import Filled
from pulumi_preflight.outputs.hosts import zone_id
from pulumi_preflight.outputs.inventions import Filling
from pulumi_preflight.wire import UNKNOWN, Properties, PropertyValue
from tests.preflight.filling import Program

VPC = "aws:ec2/vpc:Vpc"
SUBNET = "aws:ec2/subnet:Subnet"
INSTANCE = "aws:ec2/instance:Instance"
BLOCK = "10.7.3.0/28"


def text(value: PropertyValue) -> str:
    assert isinstance(value, str)
    return value


def program_with_subnet(given: Properties | None = None) -> tuple[Program, Filled]:
    program = Program()
    inputs: Properties = {
        "vpcId": "vpc-0123456789abcdef0",
        "cidrBlock": BLOCK,
        "availabilityZone": "us-east-1c",
    }
    return program, program.add(SUBNET, inputs | (given or {}))


@pytest.mark.parametrize(
    ("token", "property_"),
    [
        pytest.param(INSTANCE, "privateIp", id="machine"),
        pytest.param("aws:ec2/networkInterface:NetworkInterface", "privateIp", id="interface"),
        pytest.param("aws:ec2/natGateway:NatGateway", "privateIp", id="nat-gateway"),
        pytest.param("aws:efs/mountTarget:MountTarget", "ipAddress", id="mount-target"),
    ],
)
@pytest.mark.parametrize("block", [BLOCK, "192.168.4.0/22", "172.16.9.128/25"])
def test_an_address_lies_in_the_declared_subnet(token: str, property_: str, block: str) -> None:
    program, subnet = program_with_subnet({"cidrBlock": block})
    filled = program.add(token, {"subnetId": subnet.id})
    found = ip_address(text(filled.outputs[property_]))
    # AWS keeps the first four and the last one.
    assert found in list(ip_network(block))[4:-1]
    assert filled.fillings[property_] is Filling.MADE_UP


def test_a_machines_private_name_is_that_of_its_address() -> None:
    program, subnet = program_with_subnet()
    outputs = program.add(INSTANCE, {"subnetId": subnet.id}).outputs
    name = text(outputs["privateIp"]).replace(".", "-")
    assert outputs["privateDns"] == f"ip-{name}.ec2.internal"


def test_an_interface_has_its_one_address_twice() -> None:
    program, subnet = program_with_subnet()
    outputs = program.add(
        "aws:ec2/networkInterface:NetworkInterface", {"subnetId": subnet.id}
    ).outputs
    assert outputs["privateIps"] == [outputs["privateIp"]]


@pytest.mark.parametrize(
    "block",
    [
        pytest.param(UNKNOWN, id="unknown"),
        pytest.param("10.0.0.0/31", id="too-small"),
        pytest.param("nonsense", id="no-block"),
    ],
)
def test_an_address_is_made_up_where_the_block_tells_none(block: str) -> None:
    program, subnet = program_with_subnet({"cidrBlock": block})
    outputs = program.add(INSTANCE, {"subnetId": subnet.id}).outputs
    assert ip_address(text(outputs["privateIp"])) in ip_network("10.0.0.0/16")


@pytest.mark.parametrize(
    ("token", "property_", "wanted"),
    [
        pytest.param(INSTANCE, "availabilityZone", "us-east-1c", id="zone"),
        pytest.param(
            "aws:efs/mountTarget:MountTarget", "availabilityZoneName", "us-east-1c", id="zone-name"
        ),
        pytest.param("aws:ec2/natGateway:NatGateway", "vpcId", "vpc-0123456789abcdef0", id="vpc"),
    ],
)
def test_what_is_in_a_subnet_has_its_place(token: str, property_: str, wanted: str) -> None:
    program, subnet = program_with_subnet()
    assert program.add(token, {"subnetId": subnet.id}).outputs[property_] == wanted


def test_a_balancer_is_in_the_vpc_of_its_subnets() -> None:
    program, subnet = program_with_subnet()
    balancer = program.add("aws:lb/loadBalancer:LoadBalancer", {"subnets": [subnet.id]})
    assert balancer.outputs["vpcId"] == "vpc-0123456789abcdef0"


def test_a_database_is_in_a_zone_of_its_group() -> None:
    program, subnet = program_with_subnet()
    group = program.add("aws:rds/subnetGroup:SubnetGroup", {"name": "db", "subnetIds": [subnet.id]})
    database = program.add("aws:rds/instance:Instance", {"dbSubnetGroupName": group.id})
    assert group.outputs["vpcId"] == "vpc-0123456789abcdef0"
    assert database.outputs["availabilityZone"] == "us-east-1c"


def test_a_scaling_group_is_in_the_zones_of_its_subnets() -> None:
    program, one = program_with_subnet()
    other = program.add(SUBNET, {"availabilityZone": "us-east-1a"}, name="other")
    group = program.add("aws:autoscaling/group:Group", {"vpcZoneIdentifiers": [one.id, other.id]})
    assert group.outputs["availabilityZones"] == ["us-east-1c", "us-east-1a"]


@pytest.mark.parametrize("letter", ["a", "c"])
def test_the_id_of_a_zone_is_that_of_the_given_zone(letter: str) -> None:
    program, subnet = program_with_subnet({"availabilityZone": f"us-east-1{letter}"})
    target = program.add("aws:efs/mountTarget:MountTarget", {"subnetId": subnet.id})
    assert subnet.outputs["availabilityZoneId"] == zone_id("us-east-1", letter)
    assert target.outputs["availabilityZoneId"] == zone_id("us-east-1", letter)


@pytest.mark.parametrize(
    ("subnet", "machine", "has_one"),
    [
        pytest.param({}, {}, False, id="subnet-says-nothing"),
        pytest.param({"mapPublicIpOnLaunch": False}, {}, False, id="subnet-says-no"),
        pytest.param({"mapPublicIpOnLaunch": True}, {}, True, id="subnet-says-yes"),
        pytest.param(
            {"mapPublicIpOnLaunch": True},
            {"associatePublicIpAddress": False},
            False,
            id="machine-says-no",
        ),
        pytest.param({}, {"associatePublicIpAddress": True}, True, id="machine-says-yes"),
        pytest.param({}, {"launchTemplate": {"id": "lt-1"}}, True, id="template-may-say-yes"),
        pytest.param({"mapPublicIpOnLaunch": UNKNOWN}, {}, True, id="nobody-knows"),
    ],
)
def test_a_machine_has_a_public_address_where_one_is_given(
    subnet: Properties, machine: Properties, *, has_one: bool
) -> None:
    program, declared = program_with_subnet(subnet)
    filled = program.add(INSTANCE, {"subnetId": declared.id, **machine})
    assert [bool(filled.outputs[name]) for name in ("publicIp", "publicDns")] == [has_one] * 2
    expected = Filling.MADE_UP if has_one else Filling.FOLLOWS
    assert filled.fillings["publicIp"] is expected


def test_a_machine_has_no_public_name_where_its_vpc_gives_none() -> None:
    program = Program()
    vpc = program.add(VPC, {"cidrBlock": "10.7.0.0/16", "enableDnsHostnames": False})
    subnet = program.add(SUBNET, {"vpcId": vpc.id, "mapPublicIpOnLaunch": True})
    outputs = program.add(INSTANCE, {"subnetId": subnet.id}).outputs
    assert outputs["publicIp"]
    assert outputs["publicDns"] == ""


def test_a_nat_gateway_has_the_address_that_was_allocated() -> None:
    program = Program()
    address = program.add("aws:ec2/eip:Eip")
    gateway = program.add("aws:ec2/natGateway:NatGateway", {"allocationId": address.id})
    assert gateway.outputs["publicIp"] == address.outputs["publicIp"]


def test_an_allocated_address_leads_to_its_machine() -> None:
    program, subnet = program_with_subnet()
    machine = program.add(INSTANCE, {"subnetId": subnet.id})
    address = program.add("aws:ec2/eip:Eip", {"instance": machine.id})
    assert address.outputs["privateIp"] == machine.outputs["privateIp"]
