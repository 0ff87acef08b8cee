"""Answers about single things of AWS: a usual case, around what the arguments tell."""

import base64
import ipaddress
import re

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
