"""What the endpoint gives back has the form that preflight fills in."""

import json
import re
from collections.abc import Iterator, Mapping

import pytest

from pulumi_loopback.credentials import free_port
from pulumi_loopback.embedded.backend import EmbeddedBackend
from pulumi_loopback.embedded.endpoint import EmbeddedEndpoint
from pulumi_loopback.embedded.table import TABLE
from pulumi_preflight.outputs import Filled, Outputs, WantedOutputs
from pulumi_preflight.outputs.inventions import Filling
from pulumi_preflight.outputs.shapes import Shapes
from pulumi_preflight.program.inside.classes import QUESTIONS
from pulumi_preflight.provider.backend import ProvidedResource
from pulumi_preflight.wire import Properties, PropertyValue
from tests.loopback.observe.deployed import key_of
from tools.tables.sdk import listed, module, types_of

TRUST = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Action": "sts:AssumeRole",
                "Principal": {"Service": "ecs-tasks.amazonaws.com"},
            }
        ],
    }
)
# In the order of their creation; `TYPE.property` stands for an output of what was made before.
MADE: Mapping[str, Properties] = {
    "cloudwatch/logGroup": {"name": "/shop/web"},
    "ec2/vpc": {"cidrBlock": "10.0.0.0/16"},
    "ec2/internetGateway": {"vpcId": "ec2/vpc.id"},
    "ec2/subnet": {"vpcId": "ec2/vpc.id", "cidrBlock": "10.0.1.0/24"},
    "ec2/securityGroup": {"vpcId": "ec2/vpc.id", "name": "web", "description": "web"},
    "ec2/routeTable": {"vpcId": "ec2/vpc.id"},
    "ec2/routeTableAssociation": {
        "subnetId": "ec2/subnet.id",
        "routeTableId": "ec2/routeTable.id",
    },
    "ec2/eip": {"domain": "vpc"},
    "ec2/natGateway": {"subnetId": "ec2/subnet.id", "allocationId": "ec2/eip.id"},
    "ecr/repository": {"name": "web"},
    "ecs/cluster": {"name": "shop"},
    "iam/role": {"name": "web", "assumeRolePolicy": TRUST},
    "kms/key": {"description": "shop"},
    "kms/alias": {"name": "alias/shop", "targetKeyId": "kms/key.keyId"},
    "lb/loadBalancer": {"name": "web", "subnets": ["ec2/subnet.id"]},
    "lb/targetGroup": {"name": "web", "port": 80.0, "protocol": "HTTP", "vpcId": "ec2/vpc.id"},
    "s3/bucket": {"bucket": "shop-files"},
    "servicediscovery/privateDnsNamespace": {"name": "shop.internal", "vpc": "ec2/vpc.id"},
    "sqs/queue": {"name": "orders"},
}
# What moto and the endpoint make in another form than AWS does; preflight follows AWS.
DIFFERENT = frozenset(
    {
        # moto makes no DHCP options.
        "ec2/vpc.dhcpOptionsId",
        # AWS gives the zone's id alone.
        "servicediscovery/privateDnsNamespace.hostedZone",
        # The endpoint's own host.
        "sqs/queue.id",
        "sqs/queue.url",
    }
)
_TIME = re.compile(r"\d{4}-\d\d-\d\d.*")
_ZONE = re.compile(r"(?<=-\d)[a-z]\b")
# Ids of IAM, zones and distributions have capitals, and only mostly digits among them.
_OWN = re.compile(r"\b[AEZ][0-9A-Z]{12,20}\b|(?=[a-zA-Z]*\d)[0-9a-zA-Z]{4,}|\d+")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mapping[str, tuple[Filled, Filled]]]:
    """Type to what the endpoint made of it, and what preflight fills in."""
    endpoint = EmbeddedEndpoint(port=free_port(), folder=tmp_path_factory.mktemp("endpoint"))
    try:
        endpoint.start()
        yield _made(endpoint)
    finally:
        endpoint.stop()


def _made(endpoint: EmbeddedEndpoint) -> Mapping[str, tuple[Filled, Filled]]:
    shapes = Shapes(lambda question, about: QUESTIONS[question](about))
    outputs = Outputs(shapes, keep_unknowns=False)
    backend = EmbeddedBackend(shapes, outputs, key_of(endpoint))
    services = {entry.service for entry in TABLE.values()} | {"sts"}
    settings: Properties = {
        "region": "us-east-1",
        "endpoints": json.dumps([dict.fromkeys(sorted(services), endpoint.url)]),
    }
    tokens = {token.split(":")[1]: token for token in listed("pulumi_aws")}
    found: dict[str, tuple[Filled, Filled]] = {}
    for type_, wanted in MADE.items():
        token = tokens[type_]
        types_of(module("pulumi_aws", listed("pulumi_aws")[token][0].partition(".")[2]))
        inputs = {key: _resolved(value, found) for key, value in wanted.items()}
        if any(each.name == "tags" for each in shapes.resource(token) or ()):
            inputs |= {"tags": {"Team": "shop"}, "tagsAll": {"Team": "shop"}}
        urn = f"urn:pulumi:dev::shop::{token}::thing"
        resource = ProvidedResource(urn=urn, inputs=inputs, settings=settings)
        filled = outputs.of_resource(WantedOutputs(urn=urn, inputs=inputs, place=resource.place))
        found[type_] = (backend.create(resource), filled)
    return found


def _resolved(value: PropertyValue, found: Mapping[str, tuple[Filled, Filled]]) -> PropertyValue:
    if isinstance(value, list):
        return [_resolved(each, found) for each in value]
    type_, _, name = value.partition(".") if isinstance(value, str) else ("", "", "")
    if type_ not in found:
        return value
    filled = found[type_][0]
    return filled.id if name == "id" else filled.outputs[name]


def form(value: str) -> str:
    """A text without what is a resource's own: its digits, and the letters between them."""
    if value.startswith("{"):
        value = json.dumps(json.loads(value), sort_keys=True)
    return _OWN.sub("#", _ZONE.sub("", _TIME.sub("time", value)))


@pytest.mark.nightly
@pytest.mark.parametrize("type_", MADE)
def test_what_comes_back_has_the_form_that_is_filled_in(
    type_: str, made: Mapping[str, tuple[Filled, Filled]]
) -> None:
    real, filled = made[type_]
    shown: Properties = {**filled.outputs, "id": filled.id}
    pairs: dict[str, tuple[str, str]] = {}
    for name, value in {**real.outputs, "id": real.id}.items():
        other = shown.get(name)
        # What follows from the inputs is not the endpoint's to tell.
        is_made = name == "id" or filled.fillings.get(name) is Filling.MADE_UP
        if is_made and isinstance(value, str) and isinstance(other, str):
            pairs[name] = form(value), form(other)
    differing = {f"{type_}.{name}" for name, (one, other) in pairs.items() if one != other}
    assert differing <= DIFFERENT, pairs
