"""Answers about images and instance types of EC2."""

import gzip
import json
import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from pulumi_preflight.outputs.answers.calls import Answer, AnswerCall, Call
from pulumi_preflight.outputs.answers.filters import filter_values, matches
from pulumi_preflight.outputs.answers.places import zone_names
from pulumi_preflight.outputs.subject import Subject

_ACCOUNT = re.compile(r"\d{12}")
_SELF = "self"
_ARCHITECTURES = {
    "aarch64": "arm64",
    "arm64": "arm64",
    "amd64": "x86_64",
    "x86-64": "x86_64",
    "x86_64": "x86_64",
}
_USUAL_ARCHITECTURE = "x86_64"
# What a regular expression may hold beside plain text.
_SPECIAL = re.compile(r"[\\^$.|?*+()\[{]")
# The words of EC2's name for a type: family, generation, abilities, size.
_TYPE = re.compile(r"[a-z]+\d+(?P<abilities>[a-z0-9-]*)\.[a-z0-9-]+")
_USUAL_TYPE = "t3.micro"
_ROOT = "/dev/xvda"
_LOCATIONS = {"availability-zone": zone_names}


def _image(call: Call) -> Answer:
    wanted = filter_values(call.arguments.get("filters"))
    names = wanted.get("name", [])
    pattern = names[0] if names else _plain_start(call.text("nameRegex"))
    name = _named(pattern, call.subject) if pattern else f"image-{call.subject.digits('name', 8)}"
    architecture = next((_ARCHITECTURES[word] for word in _ARCHITECTURES if word in pattern), "")
    owners = call.arguments.get("owners") or []
    owner = str(owners[0]) if len(owners) == 1 else ""
    image = wanted.get("image-id", [call.made_id("ami")])[0]
    snapshot = f"snap-{call.subject.digits('rootSnapshotId', 17)}"
    follows: dict[str, Any] = {"architecture": architecture} if architecture else {}
    if _ACCOUNT.fullmatch(owner):
        follows["ownerId"] = owner
    elif owner == _SELF:
        follows["ownerId"] = call.place.account
    elif owner:
        follows["imageOwnerAlias"] = owner
    if names and name == pattern:
        follows["name"] = name
    return Answer(
        follows=follows,
        made_up={
            "id": image,
            "imageId": image,
            "arn": f"arn:{call.place.partition}:ec2:{call.place.region}::image/{image}",
            "architecture": (wanted.get("architecture") or [_USUAL_ARCHITECTURE])[0],
            "blockDeviceMappings": [_root_device(snapshot)],
            "bootMode": "uefi-preferred",
            "creationDate": "2026-01-01T00:00:00.000Z",
            "deprecationTime": "2028-01-01T00:00:00.000Z",
            "description": name,
            "enaSupport": True,
            "hypervisor": "xen",
            "imageLocation": f"{owner or call.place.account}/{name}",
            "imageType": "machine",
            "name": name,
            "ownerId": call.subject.account("ownerId"),
            "platformDetails": "Linux/UNIX",
            "public": owner != _SELF,
            "rootDeviceName": _ROOT,
            "rootDeviceType": "ebs",
            "rootSnapshotId": snapshot,
            "sriovNetSupport": "simple",
            "state": "available",
            "virtualizationType": "hvm",
        },
    )


def _root_device(snapshot: str) -> dict[str, Any]:
    """The disk that an image boots from, all of it texts, as the provider writes it.

    Source: hashicorp/terraform-provider-aws, internal/service/ec2/ec2_ami_data_source.go.
    """
    ebs = {
        "delete_on_termination": "true",
        "encrypted": "false",
        "iops": "3000",
        "snapshot_id": snapshot,
        "throughput": "125",
        "volume_size": "8",
        "volume_type": "gp3",
    }
    return {"deviceName": _ROOT, "ebs": ebs, "noDevice": "", "virtualName": ""}


def _plain_start(regex: str) -> str:
    """The plain text that a regular expression begins with."""
    return _SPECIAL.split(regex.removeprefix("^"), maxsplit=1)[0]


def _named(pattern: str, subject: Subject) -> str:
    """A name that a filter lets through, whose `*` and `?` stand for any text and character."""
    parts = re.split(r"(\*|\?)", pattern)
    return "".join(
        {"*": subject.digits(f"name.{index}", 8), "?": subject.digits(f"name.{index}", 1)}.get(
            part, part
        )
        for index, part in enumerate(parts)
    )


def _image_ids(call: Call) -> Answer:
    return Answer(made_up={"ids": [call.made_id("ami", "0")]})


def _instance_type(call: Call) -> Answer:
    name = call.text("instanceType")
    told = instance_types().get(name)
    if told is not None:
        return Answer(follows={"id": name} | dict(told))
    found = _TYPE.fullmatch(name)
    if not found:
        return Answer(follows={"id": name})
    # Graviton has a `g` among the abilities.
    architecture = "arm64" if "g" in found["abilities"] else _USUAL_ARCHITECTURE
    return Answer(
        follows={"id": name, "supportedArchitectures": [architecture]},
        made_up={
            "currentGeneration": True,
            "defaultVcpus": 2.0,
            "defaultCores": 1.0,
            "defaultThreadsPerCore": 2.0,
            "memorySize": 4096.0,
            "maximumNetworkInterfaces": 3.0,
            "maximumIpv4AddressesPerInterface": 10.0,
            "supportedRootDeviceTypes": ["ebs"],
            "supportedUsagesClasses": ["on-demand", "spot"],
            "supportedVirtualizationTypes": ["hvm"],
        },
    )


def _types(call: Call) -> list[str]:
    """The instance types that the filters let through, the usual one first; alone without any."""
    filters = call.arguments.get("filters")
    if not filters:
        return [_USUAL_TYPE]
    named = filter_values(filters).get("instance-type")
    candidates = {_USUAL_TYPE: None, **dict.fromkeys(instance_types())}
    fits = [
        name
        for name in candidates
        if matches(filters, {"instance-type": name, **_filterable(instance_types()[name])})
    ]
    # A type may be newer than the table.
    return fits or [name for name in named or [] if "*" not in name] or [_USUAL_TYPE]


def _filterable(told: Mapping[str, Any]) -> dict[str, str]:
    """What filters know of a type.

    Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeInstanceTypes.html
    """
    texts = {
        "bare-metal": told.get("bareMetal"),
        "burstable-performance-supported": told.get("burstablePerformanceSupported"),
        "current-generation": told.get("currentGeneration"),
        "free-tier-eligible": told.get("freeTierEligible"),
        "hypervisor": told.get("hypervisor"),
        "instance-storage-supported": told.get("instanceStorageSupported"),
        "memory-info.size-in-mib": told.get("memorySize"),
        "processor-info.supported-architecture": told["supportedArchitectures"][-1],
        "vcpu-info.default-cores": told.get("defaultCores"),
        "vcpu-info.default-vcpus": told.get("defaultVcpus"),
    }
    return {
        name: str(value).lower() if isinstance(value, bool) else str(value)
        for name, value in texts.items()
        if value is not None
    }


def _offering(call: Call) -> Answer:
    preferred = call.arguments.get("preferredInstanceTypes") or []
    fits = _types(call)
    name = next((each for each in preferred if each in fits), (preferred or fits)[0])
    return Answer(made_up={"id": name, "instanceType": name, "location": _locations(call)[0]})


def _offerings(call: Call) -> Answer:
    """One entry for each type in each place, as in the lists of AWS's answer."""
    pairs = [(name, place) for name in _types(call) for place in _locations(call)]
    kind = call.text("locationType") or "region"
    return Answer(
        follows={"id": call.place.region},
        made_up={
            "instanceTypes": [name for name, _ in pairs],
            "locations": [place for _, place in pairs],
            "locationTypes": [kind for _ in pairs],
        },
    )


def _locations(call: Call) -> list[str]:
    named = filter_values(call.arguments.get("filters")).get("location", [])
    plain = [each for each in named if "*" not in each]
    every = _LOCATIONS.get(call.text("locationType"))
    return plain or (every(call) if every else [call.place.region])


def _all_types(call: Call) -> Answer:
    return Answer(follows={"id": call.place.region}, made_up={"instanceTypes": _types(call)})


@cache
def instance_types() -> Mapping[str, Mapping[str, Any]]:
    """Instance type to what EC2 says of it, by the provider's properties.

    `python -m tools.instance_types` makes the table, whose head names its source.
    """
    packed = files(__package__).joinpath("instance_types.json.gz").read_bytes()
    table = json.loads(gzip.decompress(packed), parse_int=float)
    return {
        name: {
            property_: value
            for property_, value in zip(table["properties"], values, strict=True)
            if value is not None
        }
        for name, values in table["values"].items()
    }


ANSWERS: dict[str, AnswerCall] = {
    "aws:ec2:getAmi": _image,
    "aws:ec2:getAmiIds": _image_ids,
    "aws:ec2:getInstanceType": _instance_type,
    "aws:ec2:getInstanceTypeOffering": _offering,
    "aws:ec2:getInstanceTypeOfferings": _offerings,
    "aws:ec2:getInstanceTypes": _all_types,
    "aws:index:getAmi": _image,
    "aws:index:getAmiIds": _image_ids,
}
