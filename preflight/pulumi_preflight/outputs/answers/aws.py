"""Answers of AWS's data sources, by function: what follows, and a usual case of the rest."""

import base64
from typing import Any

from pulumi_preflight.outputs.answers import documents, machines, places
from pulumi_preflight.outputs.answers.calls import Answer, AnswerCall, Call, needed
from pulumi_preflight.outputs.answers.documents import policy_document
from pulumi_preflight.wire import json_text

CALLER = "aws:index:getCallerIdentity"
_SUBNETS = 3


def _where(known: object, own: dict[str, Any], usual: dict[str, Any]) -> Answer:
    """What a thing's id tells of it follows where the program gave the id."""
    return Answer(follows=own, made_up=usual) if known else Answer(made_up=own | usual)


def _caller(call: Call) -> Answer:
    account = call.place.account
    return _where(
        call.place.account_known,
        {"accountId": account, "id": account},
        {
            "arn": call.place.arn("iam", "user/preflight"),
            "userId": f"AIDA{call.subject.capitals('userId', 17)}",
        },
    )


def _vpc(call: Call) -> Answer:
    vpc = call.made_id("vpc")
    block = call.text("cidrBlock") or "172.31.0.0/16"
    association = {
        "associationId": f"vpc-cidr-assoc-{call.subject.digits('associationId', 17)}",
        "cidrBlock": block,
        "state": "associated",
    }
    return _where(
        call.text("id"),
        {"id": vpc, "arn": call.place.arn("ec2", f"vpc/{vpc}")},
        {
            "cidrBlock": block,
            "cidrBlockAssociations": [association],
            "default": True,
            "enableDnsHostnames": True,
            "enableDnsSupport": True,
            "instanceTenancy": "default",
            "ownerId": call.place.account,
            "state": "available",
        },
    )


def _subnets(call: Call) -> Answer:
    ids = [call.made_id("subnet", str(number)) for number in range(_SUBNETS)]
    return Answer(follows={"id": call.place.region}, made_up={"ids": ids})


def _subnet(call: Call) -> Answer:
    subnet, zones = call.made_id("subnet"), places.zone_names(call)
    number = call.subject.number("cidrBlock", 16) * 16
    return _where(
        call.text("id"),
        {"id": subnet, "arn": call.place.arn("ec2", f"subnet/{subnet}")},
        {
            "availabilityZone": zones[call.subject.number("zone", len(zones))],
            "cidrBlock": f"172.31.{number}.0/20",
            "ownerId": call.place.account,
            "state": "available",
        },
    )


def _hosted_zone(call: Call) -> Answer:
    zone = call.text("zoneId") or f"Z{call.subject.capitals('zoneId', 13)}"
    return _where(
        call.text("zoneId"),
        {"id": zone, "zoneId": zone, "arn": call.place.arn("route53", f"hostedzone/{zone}")},
        {
            "name": "example.com",
            "nameServers": [f"ns-{number}.awsdns-{number:02}.com" for number in (1, 2, 3, 4)],
        },
    )


def _secret_version(call: Call) -> Answer:
    login: dict[str, Any] = {
        "username": f"preflight{call.subject.digits('username', 8)}",
        "password": f"preflight{call.subject.digits('password', 16)}",
    }
    return Answer(
        made_up={
            "secretString": json_text(login),
            "secretBinary": "",
            "versionId": call.subject.digits("versionId", 32),
        }
    )


def _canonical_user(call: Call) -> Answer:
    return Answer(made_up={"id": call.subject.digits("id", 64), "displayName": "preflight"})


def _cache_policy(call: Call) -> Answer:
    digits = call.subject.digits("id", 32)
    policy = "-".join([digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]])
    return Answer(made_up={"id": policy, "name": "preflight"})


def _session_context(call: Call) -> Answer:
    arn = call.text("arn")
    if ":assumed-role/" in arn:
        # Only IAM knows the path of the role.
        return Answer(follows={"id": arn, "sessionName": arn.rpartition("/")[2]})
    nothing = dict.fromkeys(("issuerId", "issuerName", "sessionName"), "")
    return Answer(follows={"id": arn, "issuerArn": arn, **nothing})


def _cluster(call: Call) -> Answer:
    lines = ("BEGIN", *(call.subject.digits(f"certificate.{line}", 64) for line in "ab"), "END")
    text = "".join(
        f"-----{line} CERTIFICATE-----\n" if line in ("BEGIN", "END") else f"{line}\n"
        for line in lines
    )
    data = base64.b64encode(text.encode()).decode()
    return Answer(
        follows={"id": call.text("name")}, made_up={"certificateAuthorities": [{"data": data}]}
    )


def _ip_ranges(call: Call) -> Answer:
    """A range of the networks that are reserved for documentation (RFC 5737, RFC 3849)."""
    return Answer(
        made_up={
            "cidrBlocks": [f"203.0.113.{call.subject.number('cidrBlocks', 64) * 4}/30"],
            "ipv6CidrBlocks": [f"2001:db8:{call.subject.digits('ipv6CidrBlocks', 4)}::/48"],
        }
    )


def _prebuilt_image(call: Call) -> Answer:
    region, suffix = call.place.region, call.text("dnsSuffix") or call.place.dns_suffix
    registry = call.subject.account("registryId")
    tag = call.text("imageTag") or "1"
    host = f"{registry}.dkr.ecr.{region}.{suffix}"
    return Answer(
        made_up={
            "id": registry,
            "registryId": registry,
            "registryPath": f"{host}/{call.text('repositoryName')}:{tag}",
        }
    )


def _registry(call: Call) -> str:
    """The host of a registry of ECR, which is of an account and a region."""
    account = call.text("registryId") or call.place.account
    return f"{account}.dkr.ecr.{call.place.region}.{call.place.dns_suffix}"


def _registry_login(call: Call) -> Answer:
    """Docker's login, of which the token is `AWS:<password>` in base64."""
    password = f"preflight{call.subject.digits('password', 16)}"
    return Answer(
        follows={"userName": "AWS"},
        made_up={
            "authorizationToken": base64.b64encode(f"AWS:{password}".encode()).decode(),
            "password": password,
            "proxyEndpoint": f"https://{_registry(call)}",
        },
    )


def _pushed_image(call: Call) -> Answer:
    given, tag = call.text("imageDigest"), call.text("imageTag")
    digest = given or f"sha256:{call.subject.digits('imageDigest', 64)}"
    return _where(
        given,
        {"id": digest, "imageDigest": digest},
        {
            "imageTags": [tag or f"tag-{call.subject.digits('imageTags', 8)}"],
            "imageUri": f"{_registry(call)}/{call.text('repositoryName')}@{digest}",
            "registryId": call.text("registryId") or call.place.account,
        },
    )


def _plain_secrets(call: Call) -> Answer:
    """What the secrets that the program lists hold, by their names."""
    names = [str(needed(each, "name", "secrets")) for each in call.arguments.get("secrets") or ()]
    digits = {name: call.subject.digits(f"plaintext.{name}", 16) for name in names}
    return Answer(made_up={"plaintext": {name: f"preflight{own}" for name, own in digits.items()}})


def _parameter(call: Call) -> Answer:
    is_image = "ami" in call.text("name")
    value = "ami-0123456789abcdef0" if is_image else f"value-{call.subject.digits('value', 8)}"
    return Answer(
        made_up={"value": value, "insecureValue": value, "type": "String", "version": 1.0}
    )


ANSWERS: dict[str, AnswerCall] = {
    **machines.ANSWERS,
    **documents.ANSWERS,
    **machines.ANSWERS,
    **places.ANSWERS,
    "aws:cloudfront:getCachePolicy": _cache_policy,
    "aws:cloudfront:getOriginRequestPolicy": _cache_policy,
    "aws:ec2:getSubnet": _subnet,
    "aws:ec2:getSubnetIds": _subnets,
    "aws:ec2:getSubnets": _subnets,
    "aws:ec2:getVpc": _vpc,
    "aws:ecr:getAuthorizationToken": _registry_login,
    "aws:ecr:getImage": _pushed_image,
    "aws:eks:getCluster": _cluster,
    "aws:iam:getPolicyDocument": policy_document,
    "aws:iam:getSessionContext": _session_context,
    CALLER: _caller,
    "aws:index:getIpRanges": _ip_ranges,
    "aws:kms:getSecrets": _plain_secrets,
    "aws:route53:getZone": _hosted_zone,
    "aws:s3:getCanonicalUserId": _canonical_user,
    "aws:sagemaker:getPrebuiltEcrImage": _prebuilt_image,
    "aws:secretsmanager:getSecretVersion": _secret_version,
    "aws:ssm:getParameter": _parameter,
    "aws-native:index:getSsmParameterString": _parameter,
}
# What to say of an answer, by the function's name.
ASSUMED: dict[str, str] = {
    "getAmi": "such an image exists",
    "getAvailabilityZones": "all zones that {place.region} has, of which an account may see fewer",
    "getRegions": "the regions that every account has",
    "getService": "the region has the service",
    "getSubnetIds": "three subnets",
    "getSubnets": "three subnets",
    "getVpc": "a VPC with 172.31.0.0/16, as a default VPC has",
    "getZone": "the zone exists",
}
