"""Answers of AWS's data sources, by function: computed where they are pure, else a usual case."""

from collections.abc import Callable
from functools import partial
from typing import Any

from pulumi_preflight.outputs.arns import Place
from pulumi_preflight.outputs.hosts import zone_id
from pulumi_preflight.outputs.policy_document import policy_document
from pulumi_preflight.outputs.service_accounts import service_account
from pulumi_preflight.outputs.subject import Subject
from pulumi_preflight.wire import json_text

_ZONES = "abc"
Answer = Callable[["Call"], dict[str, Any]]
"""Gives what is known of an answer; the rest comes from the result class."""


class Call:
    """One call of a function: its arguments and where it looks."""

    def __init__(self, token: str, arguments: dict[str, Any], place: Place) -> None:
        """Takes the call."""
        self.token = token
        self.arguments = arguments
        self.place = place
        self.subject = Subject(
            seed=f"{token}({json_text(arguments)})",
            token=token,
            name=self._name(),
            place=place,
        )

    def _name(self) -> str:
        for name in ("name", "bucket", "identifier", "functionName", "id"):
            value = self.arguments.get(name)
            if isinstance(value, str) and value:
                return value
        member = self.token.rpartition(":")[2]
        return member.removeprefix("get").lower()

    def made_id(self, prefix: str, *path: str) -> str:
        """An id such as `vpc-…`, the argument's own where the call names one."""
        given = self.arguments.get("id")
        if isinstance(given, str) and given and not path:
            return given
        return f"{prefix}-{self.subject.digits('/'.join(['id', *path]), 17)}"


def _zone_names(call: Call) -> list[str]:
    return [f"{call.place.region}{letter}" for letter in _ZONES]


def _zones(call: Call) -> dict[str, Any]:
    names = _zone_names(call)
    return {
        "names": names,
        "zoneIds": [zone_id(call.place.region, letter) for letter in _ZONES],
        "groupNames": [call.place.region],
        "id": call.place.region,
    }


def _zone(call: Call) -> dict[str, Any]:
    name = str(call.arguments.get("name") or _zone_names(call)[0])
    letter = name[-1] if name[-1] in _ZONES else _ZONES[0]
    return {
        "name": name,
        "nameSuffix": letter,
        "zoneId": zone_id(call.place.region, letter),
        "region": call.place.region,
        "groupName": call.place.region,
        "id": name,
        "state": "available",
    }


def _caller(call: Call) -> dict[str, Any]:
    return {
        "accountId": call.place.account,
        "arn": call.place.arn("iam", "user/preflight"),
        "id": call.place.account,
        "userId": f"AIDA{call.subject.capitals('userId', 17)}",
    }


def _region(call: Call) -> dict[str, Any]:
    name = str(call.arguments.get("region") or call.arguments.get("name") or call.place.region)
    return {
        "name": name,
        "region": name,
        "id": name,
        "endpoint": f"ec2.{name}.{call.place.dns_suffix}",
        "description": name,
    }


def _partition(call: Call) -> dict[str, Any]:
    suffix = call.place.dns_suffix
    return {
        "partition": call.place.partition,
        "id": call.place.partition,
        "dnsSuffix": suffix,
        "reverseDnsPrefix": ".".join(reversed(suffix.split("."))),
    }


def _image(call: Call) -> dict[str, Any]:
    image = call.made_id("ami")
    return {
        "id": image,
        "imageId": image,
        "arn": f"arn:{call.place.partition}:ec2:{call.place.region}::image/{image}",
        "architecture": "x86_64",
        "name": "preflight-image",
        "ownerId": call.place.account,
        "rootDeviceName": "/dev/xvda",
        "rootDeviceType": "ebs",
        "virtualizationType": "hvm",
        "state": "available",
        "creationDate": "2026-01-01T00:00:00.000Z",
    }


def _vpc(call: Call) -> dict[str, Any]:
    vpc = call.made_id("vpc")
    return {
        "id": vpc,
        "arn": call.place.arn("ec2", f"vpc/{vpc}"),
        "cidrBlock": call.arguments.get("cidrBlock") or "172.31.0.0/16",
        "default": bool(call.arguments.get("default", True)),
        "enableDnsHostnames": True,
        "enableDnsSupport": True,
        "instanceTenancy": "default",
        "ownerId": call.place.account,
        "state": "available",
    }


def _subnets(call: Call) -> dict[str, Any]:
    return {
        "ids": [call.made_id("subnet", letter) for letter in _ZONES],
        "id": call.place.region,
    }


def _subnet(call: Call) -> dict[str, Any]:
    subnet = call.made_id("subnet")
    number = call.subject.number("cidrBlock", 16) * 16
    return {
        "id": subnet,
        "arn": call.place.arn("ec2", f"subnet/{subnet}"),
        "availabilityZone": _zone_names(call)[call.subject.number("zone", len(_ZONES))],
        "cidrBlock": f"172.31.{number}.0/20",
        "ownerId": call.place.account,
        "state": "available",
    }


def _hosted_zone(call: Call) -> dict[str, Any]:
    zone = str(call.arguments.get("zoneId") or f"Z{call.subject.capitals('zoneId', 13)}")
    return {
        "id": zone,
        "zoneId": zone,
        "arn": call.place.arn("route53", f"hostedzone/{zone}"),
        "name": call.arguments.get("name") or "example.com",
        "nameServers": [f"ns-{number}.awsdns-{number:02}.com" for number in (1, 2, 3, 4)],
    }


def _secret_version(call: Call) -> dict[str, Any]:
    login: dict[str, Any] = {
        "username": f"preflight{call.subject.digits('username', 8)}",
        "password": f"preflight{call.subject.digits('password', 16)}",
    }
    return {
        "secretString": json_text(login),
        "secretBinary": "",
        "versionId": call.subject.digits("versionId", 32),
    }


def _canonical_user(call: Call) -> dict[str, Any]:
    user = call.subject.digits("id", 64)
    return {"id": user, "displayName": "preflight"}


def _service_account(service: str, call: Call) -> dict[str, Any]:
    return service_account(service, call.place)


def _cache_policy(call: Call) -> dict[str, Any]:
    digits = call.subject.digits("id", 32)
    policy = "-".join([digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]])
    return {"id": policy, "name": call.arguments.get("name") or "preflight"}


def _document(call: Call) -> dict[str, Any]:
    document = policy_document(call.arguments)
    return {**document, "id": str(call.subject.number("id", 1 << 32))}


def _parameter(call: Call) -> dict[str, Any]:
    name = str(call.arguments.get("name") or "")
    value = "ami-0123456789abcdef0" if "ami" in name else f"value-{call.subject.digits('value', 8)}"
    return {"value": value, "insecureValue": value, "type": "String", "version": 1.0}


SERVICE_ACCOUNTS = {
    "aws:cloudtrail:getServiceAccount": "cloudtrail",
    "aws:elb:getServiceAccount": "elb",
    "aws:index:getBillingServiceAccount": "billing",
    "aws:redshift:getServiceAccount": "redshift",
}
# Answers that follow from the arguments alone.
PURE = frozenset(
    {
        "aws:iam:getPolicyDocument",
        "aws:index:getPartition",
        "aws:index:getRegion",
        *SERVICE_ACCOUNTS,
    }
)

CALLER = "aws:index:getCallerIdentity"
ANSWERS: dict[str, Answer] = {
    "aws:cloudfront:getCachePolicy": _cache_policy,
    "aws:cloudfront:getOriginRequestPolicy": _cache_policy,
    "aws:ec2:getAmi": _image,
    "aws:ec2:getSubnet": _subnet,
    "aws:ec2:getSubnetIds": _subnets,
    "aws:ec2:getSubnets": _subnets,
    "aws:ec2:getVpc": _vpc,
    "aws:iam:getPolicyDocument": _document,
    "aws:index:getAmi": _image,
    "aws:index:getAvailabilityZone": _zone,
    "aws:index:getAvailabilityZones": _zones,
    CALLER: _caller,
    "aws:index:getPartition": _partition,
    "aws:index:getRegion": _region,
    "aws:route53:getZone": _hosted_zone,
    "aws:s3:getCanonicalUserId": _canonical_user,
    "aws:secretsmanager:getSecretVersion": _secret_version,
    "aws:ssm:getParameter": _parameter,
    **{token: partial(_service_account, service) for token, service in SERVICE_ACCOUNTS.items()},
}
# What to say of an answer, by the function's name.
ASSUMED: dict[str, str] = {
    "getAmi": "an image for x86_64 exists",
    "getAvailabilityZones": "three zones, {place.region}a, b and c",
    "getSubnetIds": "three subnets",
    "getSubnets": "three subnets",
    "getVpc": "a VPC with 172.31.0.0/16, as a default VPC has",
    "getZone": "the zone exists",
}
