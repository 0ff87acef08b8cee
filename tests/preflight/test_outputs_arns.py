"""ARNs, words and ids have the form that AWS's own descriptions give them."""

import re

import pytest

from pulumi_preflight.outputs.subject import Place
from pulumi_preflight.wire import Properties
from tests.preflight.filling import fill

KNOWN = Place(region="us-east-1", known_account="123456789012")
HERE = "us-east-1:123456789012"
UUID = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"


@pytest.mark.parametrize(
    ("token", "inputs", "arn"),
    [
        pytest.param(
            "aws:sagemaker/featureGroup:FeatureGroup",
            {"featureGroupName": "users"},
            f"arn:aws:sagemaker:{HERE}:feature-group/users",
            id="word-with-a-dash",
        ),
        pytest.param(
            "aws:waf/ipSet:IpSet",
            {"name": "us"},
            r"arn:aws:waf::123456789012:ipset/.+",
            id="global",
        ),
        pytest.param(
            "aws:amplify/branch:Branch",
            {"appId": "d1", "branchName": "main"},
            f"arn:aws:amplify:{HERE}:apps/d1/branches/main",
            id="within-another",
        ),
        pytest.param(
            "aws:mq/broker:Broker",
            {"brokerName": "jobs"},
            f"arn:aws:mq:{HERE}:broker:jobs:.+",
            id="service-s-own-name",
        ),
        pytest.param(
            "aws:amp/workspace:Workspace", {}, f"arn:aws:aps:{HERE}:workspace/.+", id="other-name"
        ),
        pytest.param(
            "aws:cfg/rule:Rule", {"name": "r"}, f"arn:aws:config:{HERE}:config-rule/.+", id="alias"
        ),
        pytest.param(
            "aws:sqs/queue:Queue", {"name": "orders"}, f"arn:aws:sqs:{HERE}:orders", id="url-as-id"
        ),
    ],
)
def test_an_arn_is_that_of_the_service_authorization_reference(
    token: str, inputs: Properties, arn: str
) -> None:
    assert re.fullmatch(arn, str(fill(token, inputs, place=KNOWN).outputs["arn"]))


@pytest.mark.parametrize(
    ("token", "inputs", "property_", "arn"),
    [
        pytest.param(
            "aws:workspacesweb/browserSettings:BrowserSettings",
            {},
            "browserSettingsArn",
            f"arn:aws:workspaces-web:{HERE}:browserSettings/{UUID}",
            id="whole-name",
        ),
        pytest.param(
            "aws:location/placeIndex:PlaceIndex",
            {"indexName": "shops"},
            "indexArn",
            f"arn:aws:geo:{HERE}:place-index/shops",
            id="last-word",
        ),
    ],
)
def test_an_arn_that_is_called_by_the_type_is_its_own(
    token: str, inputs: Properties, property_: str, arn: str
) -> None:
    assert re.fullmatch(arn, str(fill(token, inputs, place=KNOWN).outputs[property_]))


def test_an_arn_that_is_the_id_as_well_is_one() -> None:
    filled = fill("aws:workspacesweb/browserSettings:BrowserSettings", {}, place=KNOWN)
    assert filled.id == filled.outputs["browserSettingsArn"]


@pytest.mark.parametrize(
    ("token", "property_", "value"),
    [
        pytest.param(
            "aws:networkmanager/vpcAttachment:VpcAttachment", "attachmentType", "VPC", id="type"
        ),
        pytest.param(
            "aws:networkmanager/coreNetwork:CoreNetwork", "state", "AVAILABLE", id="state"
        ),
        pytest.param(
            "aws:workspaces/connectionAlias:ConnectionAlias",
            "ownerAccountId",
            "123456789012",
            id="account",
        ),
        pytest.param("aws:wafv2/ipSet:IpSet", "lockToken", UUID, id="uuid"),
        pytest.param(
            "aws:networkmanager/connectPeer:ConnectPeer",
            "coreNetworkId",
            "core-network-[0-9a-f]{17}",
            id="id-of-another",
        ),
        pytest.param(
            "aws:servicediscovery/privateDnsNamespace:PrivateDnsNamespace",
            "hostedZone",
            "Z[A-Z2-7]{13}",
            id="hosted-zone",
        ),
        pytest.param(
            "aws:ec2transitgateway/connectPeer:ConnectPeer",
            "bgpPeerAddress",
            r"10\.0\.\d+\.\d+",
            id="address",
        ),
    ],
)
def test_a_value_is_one_of_what_aws_lists(token: str, property_: str, value: str) -> None:
    assert re.fullmatch(value, str(fill(token, {}, place=KNOWN).outputs[property_]))
