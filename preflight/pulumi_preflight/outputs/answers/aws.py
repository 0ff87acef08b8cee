"""Answers of AWS's data sources, by function: what follows, and a usual case of the rest."""

import base64
import re
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
    role = f"AROA{call.subject.capitals('issuerId', 17)}"
    if ":assumed-role/" in arn:
        # Only IAM knows the path of the role.
        name = arn.split("/")[1]
        return Answer(
            follows={"id": arn, "issuerName": name, "sessionName": arn.rpartition("/")[2]},
            made_up={"issuerArn": call.place.arn("iam", f"role/{name}"), "issuerId": role},
        )
    if call.is_made_up(arn):
        # Who deploys is most often a role.
        name = f"preflight-{call.subject.digits('issuerName', 8)}"
        issuer = call.place.arn("iam", f"role/{name}")
        return Answer(
            made_up={"id": arn, "issuerArn": issuer, "issuerId": role, "issuerName": name}
        )
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


_WORDS = re.compile(r"[a-z0-9]+")
_IMAGE_NAMES = ("ami", "image_id", "image-id")


def _parameter(call: Call) -> Answer:
    value = _public_parameter(call) if call.text("name").startswith("/aws/service/") else ""
    if not value:
        is_image = "ami" in _WORDS.findall(call.text("name").lower())
        value = _IMAGE if is_image else f"value-{call.subject.digits('value', 8)}"
    return Answer(
        made_up={"value": value, "insecureValue": value, "type": "String", "version": 1.0}
    )


_IMAGE = "ami-0123456789abcdef0"
_RELEASE = "1.0.20260101"


def _public_parameter(call: Call) -> str:
    """What AWS publishes of its images; empty where nothing here knows the form.

    https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-public-parameters.html
    """
    _, _, _, service, *rest = call.text("name").split("/")
    last = rest[-1] if rest else ""
    image = {
        "image_id": _IMAGE,
        "image_name": f"preflight-image-{call.subject.digits('image_name', 8)}",
    }
    if service == "ecs":
        image |= {
            "schema_version": "1",
            "image_version": _RELEASE,
            "os": "Amazon Linux",
            "ecs_agent_version": "1.0.0",
            "ecs_runtime_version": "Docker version 1.0.0",
        }
    elif service == "eks":
        image |= {"schema_version": "2", "release_version": _RELEASE}
    else:
        image |= {"image_version": f"1.0.0-{call.subject.digits('image_version', 8)}"}
    if last == "recommended":
        return json_text({**image})
    if service in ("ecs", "eks", "bottlerocket"):
        return image.get(last, "")
    is_image = service.startswith("ami-") or service in ("canonical", "debian", "marketplace")
    return _IMAGE if is_image or last in _IMAGE_NAMES else ""


def _key_pair(call: Call) -> Answer:
    """A key of the form that OpenSSH writes, where the program asks for it."""
    if call.arguments.get("includePublicKey") is not True:
        return Answer(follows={"publicKey": ""})
    return Answer(made_up={"keyType": "ed25519", "publicKey": _public_key(call)})


def _public_key(call: Call) -> str:
    kind = "ssh-ed25519"
    parts = (kind.encode(), bytes.fromhex(call.subject.digits("publicKey", 64)))
    packed = b"".join(len(part).to_bytes(4, "big") + part for part in parts)
    return f"{kind} {base64.b64encode(packed).decode()} {call.subject.name}"


def _product(call: Call) -> Answer:
    """One product with one price, as AWS's price list has it.

    https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_pricing_GetProducts.html
    """
    sku = call.subject.capitals("sku", 16)
    term = f"{sku}.{call.subject.capitals('term', 10)}"
    price = {
        "rateCode": f"{term}.{call.subject.capitals('rate', 10)}",
        "unit": "Hrs",
        "pricePerUnit": {"USD": f"0.0{call.subject.number('price', 90_000) + 10_000}0000"},
        "beginRange": "0",
        "endRange": "Inf",
        "appliesTo": [],
    }
    wanted = {
        str(each.get("field")): each.get("value")
        for each in call.arguments.get("filters") or ()
        if isinstance(each, dict)
    }
    offer = {"sku": sku, "priceDimensions": {price["rateCode"]: price}, "termAttributes": {}}
    product = {"sku": sku, "productFamily": wanted.pop("productFamily", ""), "attributes": wanted}
    listed: dict[str, Any] = {
        "serviceCode": call.text("serviceCode"),
        "product": product,
        "terms": {"OnDemand": {term: offer}},
    }
    return Answer(made_up={"result": json_text(listed)})


def _endpoint_service(call: Call) -> Answer:
    """The name of one of AWS's own services follows from what it is called in short."""
    service = call.text("service")
    name = f"{'.'.join(reversed(call.place.dns_suffix.split('.')))}.{call.place.region}.{service}"
    return Answer(follows={"serviceName": name} if service else {})


def _warehouse(call: Call) -> Answer:
    """The data source tells the host alone, which the resource shows with the port."""
    name = call.text("clusterIdentifier")
    home = f"{call.place.region}.redshift.{call.place.dns_suffix}"
    return Answer(
        follows={"id": name},
        made_up={"endpoint": f"{name}.{call.subject.digits('account', 12)}.{home}"},
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
    "aws:ec2:getKeyPair": _key_pair,
    "aws:ec2:getVpcEndpointService": _endpoint_service,
    "aws:pricing:getProduct": _product,
    "aws:redshift:getCluster": _warehouse,
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
