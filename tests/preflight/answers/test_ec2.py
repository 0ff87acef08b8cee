"""Answers about images and instance types."""

import re
from fnmatch import fnmatchcase
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pulumi_preflight.outputs.answers.machines import instance_types
from tests.preflight.answers.asked import asked, followed
from tools import instance_types as table

AL2023 = {"name": "name", "values": ["al2023-ami-2023*-arm64"]}


def filters(**values: str) -> list[dict[str, Any]]:
    return [{"name": name.replace("_", "-"), "values": [each]} for name, each in values.items()]


def test_an_image_has_the_name_that_its_filter_lets_through() -> None:
    answer = asked("ec2:getAmi", filters=[AL2023])
    assert fnmatchcase(answer["name"], AL2023["values"][0])
    assert "*" not in answer["name"]


@pytest.mark.parametrize(
    ("arguments", "wanted"),
    [
        pytest.param({"owners": ["099720109477"]}, {"ownerId": "099720109477"}, id="owner"),
        pytest.param({"owners": ["self"]}, {"ownerId": "123456789012"}, id="own"),
        pytest.param({"owners": ["amazon"]}, {"imageOwnerAlias": "amazon"}, id="alias"),
        pytest.param({"filters": [AL2023]}, {"architecture": "arm64"}, id="architecture-in-a-name"),
        pytest.param(
            {"filters": filters(architecture="arm64", virtualization_type="paravirtual")},
            {"architecture": "arm64", "virtualizationType": "paravirtual"},
            id="filters",
        ),
        pytest.param(
            {"filters": filters(root_device_type="instance-store")},
            {"rootDeviceType": "instance-store"},
            id="root-device",
        ),
        pytest.param(
            {"nameRegex": "^ubuntu-arm64-server-.*"}, {"architecture": "arm64"}, id="expression"
        ),
        pytest.param({"filters": filters(name="golden")}, {"name": "golden"}, id="whole-name"),
    ],
)
def test_what_the_arguments_tell_of_an_image_follows(
    arguments: dict[str, Any], wanted: dict[str, str]
) -> None:
    answer = followed("ec2:getAmi", **arguments)
    assert {name: answer.get(name) for name in wanted} == wanted


def test_an_image_of_nothing_but_an_owner_is_made_up_in_aws_s_forms() -> None:
    answer = asked("ec2:getAmi", owners=["amazon"])
    assert "ownerId" not in followed("ec2:getAmi", owners=["amazon"])
    assert re.fullmatch(r"[1-9]\d{11}", answer["ownerId"])
    assert re.fullmatch(r"ami-[0-9a-f]{17}", answer["id"])


def test_image_ids_have_their_form() -> None:
    [image] = asked("ec2:getAmiIds", owners=["self"])["ids"]
    assert re.fullmatch(r"ami-[0-9a-f]{17}", image)


@pytest.mark.parametrize(
    ("type_", "wanted"),
    [
        pytest.param(
            "t3.micro",
            {"defaultVcpus": 2, "memorySize": 1024, "supportedArchitectures": ["x86_64"]},
            id="usual",
        ),
        pytest.param(
            "m7g.4xlarge",
            {"defaultVcpus": 16, "memorySize": 65536, "supportedArchitectures": ["arm64"]},
            id="graviton",
        ),
        pytest.param("x99gd.large", {"supportedArchitectures": ["arm64"]}, id="newer-graviton"),
        pytest.param("x99i.large", {"supportedArchitectures": ["x86_64"]}, id="newer"),
    ],
)
def test_what_a_type_s_name_tells_follows(type_: str, wanted: dict[str, Any]) -> None:
    answer = followed("ec2:getInstanceType", instanceType=type_)
    assert {name: answer.get(name) for name in wanted} == wanted


@given(st.sampled_from(sorted(instance_types())))
def test_every_type_has_processors_and_memory(type_: str) -> None:
    told = instance_types()[type_]
    assert told["defaultVcpus"] > 0
    assert told["memorySize"] > 0
    assert set(told["supportedArchitectures"]) <= {
        "i386",
        "x86_64",
        "arm64",
        "x86_64_mac",
        "arm64_mac",
    }


def test_an_unknown_type_has_processors_and_memory() -> None:
    answer = asked("ec2:getInstanceType", instanceType="x99i.large")
    assert answer["defaultVcpus"] == answer["defaultCores"] * answer["defaultThreadsPerCore"] > 0


@pytest.mark.parametrize(
    ("arguments", "wanted"),
    [
        pytest.param(
            {"preferredInstanceTypes": ["t3a.micro", "t2.micro"]}, "t3a.micro", id="first"
        ),
        pytest.param(
            {
                "preferredInstanceTypes": ["t3a.micro", "t2.micro"],
                "filters": [{"name": "instance-type", "values": ["t2.micro", "t1.micro"]}],
            },
            "t2.micro",
            id="first-that-passes",
        ),
        pytest.param({"filters": filters(instance_type="x99.large")}, "x99.large", id="newer"),
        pytest.param({}, "t3.micro", id="any"),
    ],
)
def test_an_offering_is_of_a_type_that_was_asked_for(
    arguments: dict[str, Any], wanted: str
) -> None:
    assert asked("ec2:getInstanceTypeOffering", **arguments)["instanceType"] == wanted


def test_offerings_have_one_entry_for_each_type_and_place() -> None:
    answer = asked(
        "ec2:getInstanceTypeOfferings",
        locationType="availability-zone",
        filters=[
            {"name": "instance-type", "values": ["t3.micro", "m5.large"]},
            {"name": "location", "values": ["us-east-1a", "us-east-1b"]},
        ],
    )
    pairs = list(zip(answer["instanceTypes"], answer["locations"], strict=True))
    assert set(pairs) == {
        (type_, place)
        for type_ in ("t3.micro", "m5.large")
        for place in ("us-east-1a", "us-east-1b")
    }
    assert set(answer["locationTypes"]) == {"availability-zone"}


def test_without_a_filter_one_usual_type_is_told() -> None:
    assert asked("ec2:getInstanceTypes")["instanceTypes"] == ["t3.micro"]


def test_types_are_those_that_the_filters_let_through() -> None:
    found = asked(
        "ec2:getInstanceTypes",
        filters=filters(**{"instance_type": "m7g.*", "bare-metal": "false"}),
    )["instanceTypes"]
    assert "m7g.large" in found
    assert all(name.startswith("m7g.") and "metal" not in name for name in found)


def test_the_table_of_types_is_the_one_that_its_source_gives() -> None:
    assert table.main(["--check"]) == 0
