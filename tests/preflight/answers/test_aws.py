"""Answers about single things of AWS: a usual case, around what the arguments tell."""

import base64
import ipaddress
import json
import re
from typing import Any

import pytest

from tests.preflight.answers.asked import asked, followed


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
