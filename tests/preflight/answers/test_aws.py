"""Answers about single things of AWS: a usual case, around what the arguments tell."""

import base64
import ipaddress
import json
import re
from typing import Any

import pytest

from pulumi_preflight.outputs.answers.aws import ANSWERS
from pulumi_preflight.outputs.answers.calls import Call
from pulumi_preflight.outputs.subject import Place
from tests.preflight.answers.asked import US, asked, followed


def test_the_certificate_of_a_cluster_is_base64_of_pem() -> None:
    [authority] = asked("eks:getCluster", name="shop")["certificateAuthorities"]
    lines = base64.b64decode(authority["data"]).decode().splitlines()
    assert lines[0] == "-----BEGIN CERTIFICATE-----"
    assert lines[-1] == "-----END CERTIFICATE-----"
    assert all(base64.b64decode(line, validate=True) for line in lines[1:-1])


def test_ranges_are_networks() -> None:
    answer = asked("index:getIpRanges", services=["ec2"])
    assert [ipaddress.ip_network(each).version for each in answer["cidrBlocks"]] == [4]
    assert [ipaddress.ip_network(each).version for each in answer["ipv6CidrBlocks"]] == [6]


def test_a_prebuilt_image_is_in_its_registry() -> None:
    answer = asked("sagemaker:getPrebuiltEcrImage", repositoryName="kmeans", imageTag="2")
    pattern = r"(\d{12})\.dkr\.ecr\.us-east-1\.amazonaws\.com/kmeans:2"
    found = re.fullmatch(pattern, answer["registryPath"])
    assert found is not None
    assert found[1] == answer["registryId"]


@pytest.mark.parametrize(
    ("arn", "told"),
    [
        pytest.param(
            "arn:aws:iam::123456789012:role/shop/app",
            {"issuerArn": "arn:aws:iam::123456789012:role/shop/app", "sessionName": ""},
            id="role",
        ),
        pytest.param(
            "arn:aws:sts::123456789012:assumed-role/app/session",
            {"issuerArn": None, "sessionName": "session"},
            id="session-of-a-role-whose-path-nobody-knows",
        ),
    ],
)
def test_a_session_tells_its_issuer(arn: str, told: dict[str, str | None]) -> None:
    answer = followed("iam:getSessionContext", arn=arn)
    assert {name: answer.get(name) for name in told} == told


REGISTRY = r"123456789012\.dkr\.ecr\.us-east-1\.amazonaws\.com"
DIGEST = "sha256:[0-9a-f]{64}"


@pytest.mark.parametrize(
    "given",
    [
        pytest.param({"imageTag": "latest"}, id="by-tag"),
        pytest.param({"imageDigest": f"sha256:{'0' * 64}"}, id="by-digest"),
    ],
)
def test_a_pushed_image_is_named_by_its_digest(given: dict[str, Any]) -> None:
    answer = asked("ecr:getImage", repositoryName="app", **given)
    digest = answer["imageDigest"]
    assert re.fullmatch(DIGEST, digest)
    assert given.get("imageDigest", digest) == digest
    assert re.fullmatch(rf"{REGISTRY}/app@{digest}", answer["imageUri"])


def test_a_login_is_of_the_registry_and_its_token_holds_the_password() -> None:
    answer = asked("ecr:getAuthorizationToken")
    assert re.fullmatch(f"https://{REGISTRY}", answer["proxyEndpoint"])
    token = base64.b64decode(answer["authorizationToken"]).decode()
    assert token == f"{answer['userName']}:{answer['password']}"


def test_a_login_is_of_the_registry_that_was_asked_for() -> None:
    answer = asked("ecr:getAuthorizationToken", registryId="210987654321")
    assert answer["proxyEndpoint"].startswith("https://210987654321.dkr.ecr.")


def test_each_secret_has_a_text_under_its_name() -> None:
    secrets = [{"name": "one", "payload": "a"}, {"name": "two", "payload": "b"}]
    answer = asked("kms:getSecrets", secrets=secrets)["plaintext"]
    assert list(answer) == ["one", "two"]
    assert answer["one"] != answer["two"]


@pytest.mark.parametrize(
    ("function", "arguments", "path", "pattern"),
    [
        pytest.param("ec2:getEips", {}, "publicIps.0", r"203\.0\.113\.\d+", id="public-addresses"),
        pytest.param("ec2:getElasticIp", {}, "publicIp", r"203\.0\.113\.\d+", id="public-address"),
        pytest.param(
            "elasticache:getReplicationGroup",
            {"replicationGroupId": "shop"},
            "primaryEndpointAddress",
            r"shop\..*\.cache\.amazonaws\.com",
            id="host-of-a-cache",
        ),
        pytest.param(
            "msk:getCluster",
            {"clusterName": "shop"},
            "bootstrapBrokersTls",
            r"b-1\.shop\.\S+:9094(,b-\d\.shop\.\S+:9094)*",
            id="brokers",
        ),
        pytest.param(
            "msk:getCluster",
            {"clusterName": "shop"},
            "bootstrapBrokersSaslIam",
            r"b-1\.shop\.\S+:9098.*",
            id="brokers-of-another-way",
        ),
        pytest.param(
            "kms:getAlias",
            {"name": "alias/x"},
            "targetKeyArn",
            "arn:aws:kms:us-east-1:123456789012:key/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}",
            id="key-of-an-alias",
        ),
        pytest.param("ec2:getSecurityGroups", {}, "ids.0", "sg-[0-9a-f]{17}", id="several-groups"),
        pytest.param("ec2:getRouteTables", {}, "ids.0", "rtb-[0-9a-f]{17}", id="several-tables"),
        pytest.param("ec2:getNetworkAcls", {}, "ids.0", "acl-[0-9a-f]{17}", id="several-lists"),
        pytest.param("ec2:getVpcs", {}, "ids.0", "vpc-[0-9a-f]{17}", id="several-networks"),
        pytest.param(
            "cognito:getUserPools",
            {"name": "x"},
            "ids.0",
            "us-east-1_[A-Z0-9]{9}",
            id="several-pools",
        ),
        pytest.param("organizations:getOrganization", {}, "accounts.0.id", r"\d{12}", id="account"),
        pytest.param("organizations:getOrganization", {}, "roots.0.id", "r-[a-z0-9]{4}", id="root"),
        pytest.param(
            "ecs:getContainerDefinition",
            {"containerName": "app", "taskDefinition": "t"},
            "image",
            rf"{REGISTRY}/app:[0-9a-f]{{8}}",
            id="image-of-a-container",
        ),
        pytest.param(
            "ec2:getAmi",
            {},
            "blockDeviceMappings.0.ebs.volume_size",
            r"\d+",
            id="size-of-an-images-disk",
        ),
    ],
)
def test_a_text_has_the_form_of_the_providers(
    function: str, arguments: dict[str, Any], path: str, pattern: str
) -> None:
    found: Any = asked(function, **arguments)
    for part in path.split("."):
        found = found[int(part)] if part.isdigit() else found[part]
    assert re.fullmatch(pattern, found)


@pytest.mark.parametrize(
    ("function", "arguments", "name"),
    [
        pytest.param("iam:getRole", {"name": "a"}, "assumeRolePolicy", id="trust"),
        pytest.param("opensearch:getDomain", {"domainName": "a"}, "accessPolicies", id="domain"),
        pytest.param("secretsmanager:getSecret", {"name": "a"}, "policy", id="secret"),
        pytest.param("s3:getBucketPolicy", {"bucket": "a"}, "policy", id="bucket"),
    ],
)
def test_a_policy_of_an_answer_is_a_document(
    function: str, arguments: dict[str, Any], name: str
) -> None:
    assert json.loads(asked(function, **arguments)[name])["Statement"]


def test_the_blocks_of_a_network_agree() -> None:
    answer = asked("ec2:getVpc", default=True)
    assert [each["cidrBlock"] for each in answer["cidrBlockAssociations"]] == [answer["cidrBlock"]]


@pytest.mark.parametrize(
    ("name", "keys"),
    [
        pytest.param("ecs/optimized-ami/amazon-linux-2023", {"image_id", "os"}, id="ecs"),
        pytest.param(
            "eks/optimized-ami/1.33/amazon-linux-2023/x86_64/standard",
            {"image_id", "release_version"},
            id="eks",
        ),
    ],
)
def test_a_recommended_image_is_json(name: str, keys: set[str]) -> None:
    value = asked("ssm:getParameter", name=f"/aws/service/{name}/recommended")["value"]
    assert keys < json.loads(value).keys()
    one = asked("ssm:getParameter", name=f"/aws/service/{name}/recommended/image_id")["value"]
    assert one == json.loads(value)["image_id"]


@pytest.mark.parametrize(
    ("name", "pattern"),
    [
        ("/aws/service/ami-windows-latest/Windows_Server-2022-English-Full-Base", "ami-.*"),
        ("/aws/service/bottlerocket/aws-ecs-2/x86_64/latest/image_id", "ami-.*"),
        ("/aws/service/bottlerocket/aws-ecs-2/x86_64/latest/image_version", r"1\.0\.0-.*"),
        ("/aws/service/canonical/ubuntu/server/24.04/stable/current/amd64/ami-id", "ami-.*"),
        ("/shop/family", "value-.*"),
        ("/shop/ami", "ami-.*"),
    ],
)
def test_a_parameter_has_the_form_of_its_name(name: str, pattern: str) -> None:
    assert re.fullmatch(pattern, asked("ssm:getParameter", name=name)["value"])


def test_a_made_up_caller_is_a_role() -> None:
    call = Call("aws:iam:getSessionContext", {"arn": "arn:x"}, US, is_made_up=lambda _: True)
    answer = ANSWERS["aws:iam:getSessionContext"](call)
    assert ":role/" in answer.made_up["issuerArn"]
    assert "issuerArn" not in answer.follows


def test_a_public_key_is_told_where_it_is_asked_for() -> None:
    asked_for = asked("ec2:getKeyPair", keyName="web", includePublicKey=True)["publicKey"]
    kind, key, _ = asked_for.split(" ")
    assert base64.b64decode(key)[4:15].decode() == kind == "ssh-ed25519"
    assert asked("ec2:getKeyPair", keyName="web")["publicKey"] == ""


@pytest.mark.parametrize(
    ("region", "wanted"),
    [("us-east-1", "com.amazonaws.us-east-1.s3"), ("cn-north-1", "cn.com.amazonaws.cn-north-1.s3")],
)
def test_a_service_has_its_endpoints_name(region: str, wanted: str) -> None:
    place = Place(region=region)
    assert followed("ec2:getVpcEndpointService", place, service="s3")["serviceName"] == wanted


def test_a_product_has_a_price() -> None:
    filters = [{"field": "instanceType", "value": "t3.micro"}]
    answer = asked("pricing:getProduct", serviceCode="AmazonEC2", filters=filters)
    listed = json.loads(answer["result"])
    assert listed["product"]["attributes"] == {"instanceType": "t3.micro"}
    [offer] = listed["terms"]["OnDemand"].values()
    [price] = offer["priceDimensions"].values()
    assert 0 < float(price["pricePerUnit"]["USD"]) < 1
