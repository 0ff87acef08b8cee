"""Answers about partitions, regions, zones and AWS's own names, which follow from the arguments.

Source: hashicorp/terraform-provider-aws, internal/service/meta, and the files that the tables name;
`tests/preflight/answers/test_real_provider.py` compares the two.
"""

from collections.abc import Mapping
from functools import partial
from typing import Any

from pulumi_preflight.outputs.answers.calls import (
    Answer,
    AnswerCall,
    Call,
    RefusedCallError,
    matches,
)
from pulumi_preflight.outputs.hosts import zone_id, zone_letters
from pulumi_preflight.outputs.regions import (
    Region,
    hosted_zone,
    regions,
    service_account,
)

_ARN = ("partition", "service", "region", "account", "resource")
_DNS_PARTS = 4
# Principals of these end as the partition's endpoints do; all others end in `amazonaws.com`.
_OWN_SUFFIX: Mapping[str, frozenset[str]] = {
    "aws-cn": frozenset({"codedeploy", "elasticmapreduce", "logs"}),
    "aws-iso": frozenset({"cloudhsm", "config", "logs", "workspaces"}),
    "aws-iso-b": frozenset({"dms", "logs"}),
}
_PRINCIPAL_SUFFIX = "amazonaws.com"
# The user of AWS that writes CloudFront's logs into a bucket, in China and everywhere else.
_LOG_DELIVERY = "c4c1ede66af53448b93c283ce9448c4ba468c9432aa01d700d3878632f77d2d0"
_LOG_DELIVERY_CN = "a52cb28745c0c06e84ec548334e44bfa7fc2a85c54af20cd59e4969344b7af56"
# A region that the table lacks may be newer.
_UNKNOWN_ZONES = dict.fromkeys("abc", "")


def _region_of(call: Call) -> Region:
    """The region that a call names, or its provider's."""
    name = call.text("region") or call.place.region
    place = call.place
    return regions().get(name) or Region(
        name=name,
        partition=place.partition,
        dns_suffix=place.dns_suffix,
        description=name,
        opt_in=False,
        zones={},
    )


def _arn(call: Call) -> Answer:
    arn = call.text("arn")
    scheme, _, rest = arn.partition(":")
    parts = rest.split(":", len(_ARN) - 1)
    if scheme != "arn" or len(parts) != len(_ARN) or not (parts[0] and parts[1]):
        raise RefusedCallError(
            f"arn is {arn!r}; wanted an ARN, which is "
            "arn:partition:service:region:account:resource",
            value=arn,
        )
    return Answer(follows=dict(zip(_ARN, parts, strict=True)) | {"arn": arn, "id": arn})


def _partition(call: Call) -> Answer:
    region = _region_of(call)
    return Answer(
        follows={
            "partition": region.partition,
            "id": region.partition,
            "dnsSuffix": region.dns_suffix,
            "reverseDnsPrefix": region.reverse_dns_prefix,
        }
    )


def _region(call: Call) -> Answer:
    named, endpoint = call.text("region") or call.text("name"), call.text("endpoint")
    found = _region_of(call)
    if named or endpoint:
        fits = [
            each
            for each in {**regions(), found.name: found}.values()
            if (named in ("", each.name)) and endpoint in ("", _endpoint(each))
        ]
        if not fits and named and not endpoint:
            # The table may lack a new one.
            fits = [Region(**_fields(found) | {"name": named, "description": named})]
        if not fits:
            raise RefusedCallError(
                f"no region has the name {named!r} and the endpoint {endpoint!r}; give one of the "
                "two, such as ec2.eu-west-1.amazonaws.com",
                value=endpoint,
            )
        found = fits[0]
    return Answer(
        follows={
            "name": found.name,
            "region": found.name,
            "id": found.name,
            "endpoint": _endpoint(found),
            "description": found.description,
        }
    )


def _fields(region: Region) -> dict[str, Any]:
    return {name: getattr(region, name) for name in region.__slots__}


def _endpoint(region: Region) -> str:
    return f"ec2.{region.name}.{region.dns_suffix}"


def _regions(call: Call) -> Answer:
    """The regions of the partition; without `allRegions` those that every account has."""
    partition, everything = _region_of(call).partition, call.arguments.get("allRegions")
    names = [
        each.name
        for each in regions().values()
        if each.partition == partition
        and (everything or not each.opt_in)
        and matches(
            call.arguments.get("filters"),
            {
                "region-name": each.name,
                "endpoint": _endpoint(each),
                "opt-in-status": "not-opted-in" if each.opt_in else "opt-in-not-required",
            },
        )
    ]
    return Answer(follows={"id": partition}, made_up={"names": names})


def _service(call: Call) -> Answer:
    name, host = call.text("reverseDnsName"), call.text("dnsName")
    region = _region_of(call)
    prefix, service = call.text("reverseDnsPrefix"), call.text("serviceId")
    region_name = region.name
    if name:
        *start, region_name, service = _dns_parts("reverseDnsName", name, "com.amazonaws.R.S")
        prefix = ".".join(start)
    elif host:
        service, region_name, *end = _dns_parts("dnsName", host, "S.R.amazonaws.com")
        prefix = ".".join(reversed(end))
    elif not service:
        raise RefusedCallError(
            "no argument names a service; give `serviceId`, such as s3, or `dnsName` or "
            "`reverseDnsName`"
        )
    found = regions().get(region_name)
    reverse = f"{prefix or region.reverse_dns_prefix}.{region_name}.{service}"
    return Answer(
        follows={
            "dnsName": ".".join(reversed(reverse.split("."))),
            "id": reverse,
            "partition": (found or region).partition,
            "region": region_name,
            "reverseDnsName": reverse,
            "reverseDnsPrefix": prefix or region.reverse_dns_prefix,
            "serviceId": service,
        },
        made_up={"supported": True},
    )


def _dns_parts(argument: str, name: str, form: str) -> list[str]:
    parts = name.split(".")
    if len(parts) < _DNS_PARTS:
        raise RefusedCallError(
            f"{argument} is {name!r}; wanted at least four parts, as in "
            f"{form.replace('R', 'us-east-1').replace('S', 's3')}",
            value=name,
        )
    return parts


def _service_principal(call: Call) -> Answer:
    service, region = call.text("serviceName"), _region_of(call)
    own = service in _OWN_SUFFIX.get(region.partition, ())
    suffix = region.dns_suffix if own else _PRINCIPAL_SUFFIX
    return Answer(
        follows={
            "id": f"{service}.{region.name}.{suffix}",
            "name": f"{service}.{suffix}",
            "region": region.name,
            "suffix": suffix,
        }
    )


def _default_tags(call: Call) -> Answer:
    return Answer(follows={"id": _region_of(call).partition, "tags": dict(call.default_tags)})


def _service_account(service: str, call: Call) -> Answer:
    region = _region_of(call)
    account = service_account(service, region.name)
    if account is None:
        return Answer()
    arn = f"arn:{region.partition}:iam::{account.id}:{account.user}"
    return Answer(follows={"id": account.id, "arn": arn})


def _hosted_zone(service: str, call: Call) -> Answer:
    found = hosted_zone(service, _region_of(call).name)
    return Answer(follows={"id": found} if found else {})


def _balancer_zone(call: Call) -> Answer:
    is_network = call.text("loadBalancerType") == "network"
    return _hosted_zone("network" if is_network else "elb", call)


def _bucket(call: Call) -> Answer:
    region = _region_of(call)
    zone = hosted_zone("website", region.name)
    return Answer(follows={"hostedZoneId": zone} if zone else {})


def _log_delivery(call: Call) -> Answer:
    in_china = _region_of(call).partition == "aws-cn"
    return Answer(follows={"id": _LOG_DELIVERY_CN if in_china else _LOG_DELIVERY})


def _zones_of(call: Call, arguments: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    """The zones of the region that fit, by name, with what filters know of them."""
    region = _region_of(call)
    without = {*(arguments.get("excludeNames") or ()), *(arguments.get("excludeZoneIds") or ())}
    found = {}
    for letter in zone_letters(region.name):
        name = f"{region.name}{letter}"
        zone = {
            "zone-name": name,
            "zone-id": zone_id(region.name, letter),
            "region-name": region.name,
            "group-name": region.name,
            "zone-type": "availability-zone",
            "opt-in-status": "opt-in-not-required",
            "state": "available",
        }
        if matches(arguments.get("filters"), zone) and not without & {name, zone["zone-id"]}:
            found[name] = zone
    return found


def zone_names(call: Call) -> list[str]:
    """The availability zones of the region that a call looks in."""
    return list(_zones_of(call, {}))


def _zones(call: Call) -> Answer:
    zones = _zones_of(call, call.arguments)
    return Answer(
        follows={"id": _region_of(call).name},
        made_up={
            "names": list(zones),
            "zoneIds": [zone["zone-id"] for zone in zones.values()],
            "groupNames": sorted({zone["group-name"] for zone in zones.values()}),
        },
    )


def _zone(call: Call) -> Answer:
    given = {"zone-name": call.text("name"), "zone-id": call.text("zoneId")}
    wanted = {name: value for name, value in given.items() if value}
    region, zones = _region_of(call).name, list(_zones_of(call, call.arguments).values())
    fits = [each for each in zones if wanted.items() <= each.items()]
    if not fits:
        # Local zones have longer names, and nobody here knows them.
        return Answer(follows={"region": region})
    zone = fits[0]
    told = {
        "name": zone["zone-name"],
        "id": zone["zone-name"],
        "nameSuffix": zone["zone-name"].removeprefix(region),
        "zoneId": zone["zone-id"],
        "zoneType": zone["zone-type"],
        "networkBorderGroup": region,
        "groupName": zone["group-name"],
        "optInStatus": zone["opt-in-status"],
    }
    usual = {"state": zone["state"]}
    if wanted:
        return Answer(follows=told | {"region": region}, made_up=usual)
    return Answer(follows={"region": region}, made_up=told | usual)


def _native(call: Call) -> Answer:
    """What the pseudo parameters and `Fn::GetAZs` of CloudFormation tell, as `aws-native` does."""
    region = _region_of(call)
    return Answer(
        follows={
            "accountId": call.place.account,
            "dnsSuffix": region.dns_suffix,
            "partition": region.partition,
            "region": region.name,
            "urlSuffix": region.dns_suffix,
        },
        made_up={"azs": zone_names(call)},
    )


ANSWERS: dict[str, AnswerCall] = {
    "aws-native:index:getAccountId": _native,
    "aws-native:index:getAzs": _native,
    "aws-native:index:getPartition": _native,
    "aws-native:index:getRegion": _native,
    "aws-native:index:getUrlSuffix": _native,
    "aws:apprunner:getHostedZoneId": partial(_hosted_zone, "apprunner"),
    "aws:cloudfront:getLogDeliveryCanonicalUserId": _log_delivery,
    "aws:cloudtrail:getServiceAccount": partial(_service_account, "cloudtrail"),
    "aws:elasticbeanstalk:getHostedZone": partial(_hosted_zone, "beanstalk"),
    "aws:elb:getHostedZoneId": partial(_hosted_zone, "elb"),
    "aws:elb:getServiceAccount": partial(_service_account, "elb"),
    "aws:index:getArn": _arn,
    "aws:index:getAvailabilityZone": _zone,
    "aws:index:getAvailabilityZones": _zones,
    "aws:index:getBillingServiceAccount": partial(_service_account, "billing"),
    "aws:index:getDefaultTags": _default_tags,
    "aws:index:getPartition": _partition,
    "aws:index:getRegion": _region,
    "aws:index:getRegions": _regions,
    "aws:index:getService": _service,
    "aws:index:getServicePrincipal": _service_principal,
    "aws:lb:getHostedZoneId": _balancer_zone,
    "aws:redshift:getServiceAccount": partial(_service_account, "redshift"),
    "aws:s3:getBucket": _bucket,
}
