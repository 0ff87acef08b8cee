"""Answers about partitions, regions, zones and AWS's own names."""

from dataclasses import replace
from typing import Any

import pytest

from pulumi_preflight.outputs.answers.calls import Call, RefusedCallError
from pulumi_preflight.outputs.answers.places import ANSWERS
from pulumi_preflight.outputs.subject import Place
from tests.preflight.answers.asked import US, asked, followed

CHINA = Place(region="cn-north-1", known_account="123456789012")
TOKYO = Place(region="ap-northeast-1", known_account="123456789012")


@pytest.mark.parametrize(
    ("function", "place", "arguments", "wanted"),
    [
        pytest.param(
            "index:getArn",
            US,
            {"arn": "arn:aws:rds:eu-west-1:123456789012:db:orders"},
            {
                "partition": "aws",
                "service": "rds",
                "region": "eu-west-1",
                "account": "123456789012",
                "resource": "db:orders",
            },
            id="arn",
        ),
        pytest.param(
            "index:getArn",
            US,
            {"arn": "arn:aws:s3:::files/a"},
            {"account": "", "region": "", "resource": "files/a"},
            id="arn-without-account",
        ),
        pytest.param(
            "index:getService",
            US,
            {"serviceId": "s3"},
            {
                "dnsName": "s3.us-east-1.amazonaws.com",
                "reverseDnsName": "com.amazonaws.us-east-1.s3",
                "reverseDnsPrefix": "com.amazonaws",
            },
            id="service",
        ),
        pytest.param(
            "index:getService",
            US,
            {"reverseDnsName": "cn.com.amazonaws.cn-north-1.s3"},
            {
                "dnsName": "s3.cn-north-1.amazonaws.com.cn",
                "serviceId": "s3",
                "region": "cn-north-1",
            },
            id="service-by-reverse-name",
        ),
        pytest.param(
            "index:getService",
            US,
            {"dnsName": "ec2.eu-west-1.amazonaws.com"},
            {"serviceId": "ec2", "region": "eu-west-1", "partition": "aws"},
            id="service-by-name",
        ),
        pytest.param(
            "index:getServicePrincipal",
            US,
            {"serviceName": "ec2"},
            {"name": "ec2.amazonaws.com", "suffix": "amazonaws.com"},
            id="principal",
        ),
        pytest.param(
            "index:getServicePrincipal",
            CHINA,
            {"serviceName": "codedeploy"},
            {"name": "codedeploy.amazonaws.com.cn", "suffix": "amazonaws.com.cn"},
            id="principal-of-china",
        ),
        pytest.param(
            "index:getPartition",
            CHINA,
            {},
            {"partition": "aws-cn", "dnsSuffix": "amazonaws.com.cn"},
            id="partition",
        ),
        pytest.param(
            "index:getRegion",
            US,
            {"endpoint": "ec2.eu-west-1.amazonaws.com"},
            {"region": "eu-west-1", "description": "Europe (Ireland)"},
            id="region-by-endpoint",
        ),
        pytest.param(
            "index:getAvailabilityZone",
            US,
            {"name": "us-east-1d"},
            {"zoneId": "use1-az4", "nameSuffix": "d", "groupName": "us-east-1"},
            id="zone",
        ),
        pytest.param(
            "index:getAvailabilityZone",
            US,
            {"zoneId": "use1-az4"},
            {"name": "us-east-1d"},
            id="zone-by-id",
        ),
        pytest.param("elb:getHostedZoneId", US, {}, {"id": "Z35SXDOTRQ7X7K"}, id="elb"),
        pytest.param(
            "lb:getHostedZoneId",
            US,
            {"loadBalancerType": "network", "region": "eu-west-1"},
            {"id": "Z2IFOLAFXWLO4F", "region": "eu-west-1"},
            id="network-balancer-elsewhere",
        ),
        pytest.param(
            "elasticbeanstalk:getHostedZone", US, {}, {"id": "Z117KPS5GTRQ2G"}, id="beanstalk"
        ),
        pytest.param(
            "s3:getBucket", US, {"bucket": "files"}, {"hostedZoneId": "Z3AQBSTGFYJSTF"}, id="bucket"
        ),
        pytest.param(
            "cloudtrail:getServiceAccount",
            TOKYO,
            {},
            {"id": "216624486486", "arn": "arn:aws:iam::216624486486:root"},
            id="trails",
        ),
    ],
)
def test_an_answer_follows_from_the_arguments_and_the_region(
    function: str, place: Place, arguments: dict[str, Any], wanted: dict[str, Any]
) -> None:
    answer = followed(
        function, replace(place, region=arguments.get("region", place.region)), **arguments
    )
    assert {name: answer.get(name) for name in wanted} == wanted


@pytest.mark.parametrize(
    ("place", "arguments", "letters"),
    [
        pytest.param(US, {}, "abcdef", id="all"),
        pytest.param(TOKYO, {}, "acd", id="letters-that-a-region-has"),
        pytest.param(Place(region="us-new-1"), {}, "abc", id="unknown-region"),
        pytest.param(US, {"excludeNames": ["us-east-1e"]}, "abcdf", id="without-a-name"),
        pytest.param(US, {"excludeZoneIds": ["use1-az3"]}, "abcdf", id="without-an-id"),
        pytest.param(
            US,
            {"filters": [{"name": "zone-name", "values": ["us-east-1[a]", "*-1b"]}]},
            "b",
            id="filter-by-name",
        ),
        pytest.param(
            US,
            {"filters": [{"name": "opt-in-status", "values": ["opt-in-not-required"]}]},
            "abcdef",
            id="filter-that-all-pass",
        ),
        pytest.param(
            US,
            {"filters": [{"name": "zone-type", "values": ["local-zone"]}]},
            "",
            id="no-such-zone",
        ),
        pytest.param(
            US, {"filters": [{"name": "message", "values": ["x"]}]}, "abcdef", id="unknown-filter"
        ),
    ],
)
def test_the_zones_are_those_of_the_region_that_pass(
    place: Place, arguments: dict[str, Any], letters: str
) -> None:
    answer = asked("index:getAvailabilityZones", place, **arguments)
    assert answer["names"] == [f"{place.region}{letter}" for letter in letters]


def test_zones_and_their_ids_agree() -> None:
    answer = asked("index:getAvailabilityZones")
    one = followed("index:getAvailabilityZone", name=answer["names"][3])
    assert one["zoneId"] == answer["zoneIds"][3]


def test_regions_are_those_of_every_account_unless_all_are_asked_for() -> None:
    usual = asked("index:getRegions")["names"]
    every = asked("index:getRegions", allRegions=True)["names"]
    optional = asked(
        "index:getRegions",
        allRegions=True,
        filters=[{"name": "opt-in-status", "values": ["not-opted-in"]}],
    )["names"]
    assert {"us-east-1", "eu-west-1"} <= set(usual)
    assert "af-south-1" not in usual
    assert "cn-north-1" not in every
    assert sorted([*usual, *optional]) == sorted(every)


def test_the_default_tags_are_those_of_the_provider() -> None:
    function = "aws:index:getDefaultTags"
    call = Call(function, {}, US, default_tags={"Team": "shop"})
    assert ANSWERS[function](call).follows == {"id": "aws", "tags": {"Team": "shop"}}


@pytest.mark.parametrize(
    ("function", "arguments", "said"),
    [
        pytest.param("index:getArn", {"arn": "orders"}, "arn is 'orders'; wanted an ARN", id="arn"),
        pytest.param("index:getService", {}, "give `serviceId`", id="no-service"),
        pytest.param(
            "index:getService", {"dnsName": "s3.com"}, "dnsName is 's3.com'", id="short-name"
        ),
        pytest.param(
            "index:getRegion",
            {"region": "eu-west-1", "endpoint": "ec2.us-east-1.amazonaws.com"},
            "no region has the name 'eu-west-1' and the endpoint",
            id="two-regions",
        ),
    ],
)
def test_what_the_provider_refuses_is_refused(
    function: str, arguments: dict[str, Any], said: str
) -> None:
    with pytest.raises(RefusedCallError, match=said):
        asked(function, **arguments)


def test_what_filters_leave_one_value_of_follows() -> None:
    filters = [
        {"name": "vpc-id", "values": ["vpc-1"]},
        {"name": "state", "values": ["available", "pending"]},
        {"name": "availability-zone", "values": ["us-east-1*"]},
        {"name": "tag:Tier", "values": ["private"]},
    ]
    answer = followed("ec2:getSubnet", filters=filters)
    assert answer == {"region": "us-east-1", "tags": {"Tier": "private"}, "vpcId": "vpc-1"}


def test_an_arn_of_an_account_that_nobody_told_does_not_follow() -> None:
    nobody = replace(US, known_account=None)
    assert "arn" in followed("ec2:getVpc", id="vpc-1")
    assert "arn" not in followed("ec2:getVpc", nobody, id="vpc-1")
    assert "arn" in followed("index:getArn", nobody, arn="arn:aws:sns:eu-west-1:123456789012:a")


@pytest.mark.parametrize(
    ("function", "name", "wanted"),
    [
        pytest.param("getAzs", "azs", ["cn-north-1a", "cn-north-1b"], id="zones"),
        pytest.param("getAccountId", "accountId", "123456789012", id="account"),
        pytest.param("getPartition", "partition", "aws-cn", id="partition"),
        pytest.param("getRegion", "region", "cn-north-1", id="region"),
        pytest.param("getUrlSuffix", "urlSuffix", "amazonaws.com.cn", id="suffix"),
    ],
)
def test_aws_native_tells_the_place_as_cloudformation_does(
    function: str, name: str, wanted: object
) -> None:
    answer = ANSWERS[f"aws-native:index:{function}"](
        Call(f"aws-native:index:{function}", {}, CHINA)
    )
    assert {**answer.made_up, **answer.follows}[name] == wanted
