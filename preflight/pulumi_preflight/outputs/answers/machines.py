"""Answers about images and instance types of EC2, and engines and classes of RDS."""

import gzip
import json
import re
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from importlib.resources import files
from typing import Any

from pulumi_preflight.outputs.answers.calls import Answer, AnswerCall, Call, filter_values, matches
from pulumi_preflight.outputs.answers.places import zone_names
from pulumi_preflight.outputs.endpoints import engine_version
from pulumi_preflight.outputs.subject import Subject
from pulumi_preflight.wire import Properties

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


# How many numbers of the version name a family, where it is not two. PostgreSQL before 10 has two.
# Source: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_WorkingWithParamGroups.html
_ONE_NUMBER = frozenset({"postgres", "aurora-postgresql"})
_WITH_DASH = re.compile(r"(custom-)?(oracle|sqlserver|db2)-")
_LATEST: Mapping[str, str] = {
    "db2-ae": "11.5.9.0.sb00054200.r1",
    "db2-se": "11.5.9.0.sb00054200.r1",
    "oracle-ee": "19.0.0.0.ru-2025-01.rur-2025-01.r1",
    "oracle-ee-cdb": "19.0.0.0.ru-2025-01.rur-2025-01.r1",
    "oracle-se2": "19.0.0.0.ru-2025-01.rur-2025-01.r1",
    "oracle-se2-cdb": "19.0.0.0.ru-2025-01.rur-2025-01.r1",
    "sqlserver-ee": "16.00.4185.3.v1",
    "sqlserver-ex": "16.00.4185.3.v1",
    "sqlserver-se": "16.00.4185.3.v1",
    "sqlserver-web": "16.00.4185.3.v1",
}
"""The newest versions of engines that Amazon does not make; a version of the form will do."""
_LICENSES = (
    ("postgres", "postgresql-license"),
    ("aurora-postgresql", "postgresql-license"),
    ("oracle", "bring-your-own-license"),
    ("db2", "bring-your-own-license"),
    ("sqlserver", "license-included"),
)
_OTHER_LICENSE = "general-public-license"
_USUAL_CLASS = "db.t4g.medium"


def family_of(engine: str, version: str) -> str:
    """The family of parameter groups: `postgres16`, `mysql8.0`, `oracle-ee-19`."""
    numbers = version.split(".")
    if engine in _ONE_NUMBER:
        is_old = numbers[0].isdigit() and int(numbers[0]) < 10  # noqa: PLR2004 - see above
        return engine + ".".join(numbers[: 2 if is_old else 1])
    if engine.startswith(("oracle", "custom-oracle")):
        return f"{engine}-{numbers[0]}"
    if _WITH_DASH.match(engine):
        # SQL Server's 16.00 is the family 16.0.
        minor = numbers[1].lstrip("0") or "0" if len(numbers) > 1 else "0"
        return f"{engine}-{numbers[0]}.{minor}"
    return engine + ".".join(numbers[:2])


def _version(call: Call, given: str) -> str:
    """A whole version of the engine that begins as the given one does."""
    engine = call.text("engine")
    latest = _LATEST.get(engine, "")
    if latest and (not given or latest.startswith(f"{given}.")):
        return latest
    inputs: Properties = {"engine": engine}
    if given:
        inputs["engineVersion"] = given
    return engine_version(replace(call.subject, inputs=inputs), "version")


def _of_family(family: str, engine: str) -> str:
    """What a family says of the version."""
    return family.removeprefix(engine).removeprefix("-") if family.startswith(engine) else ""


def _engine_version(call: Call) -> Answer:
    engine, family = call.text("engine"), call.text("parameterGroupFamily")
    preferred = [str(each) for each in call.arguments.get("preferredVersions") or ()]
    given = call.text("version")
    version = preferred[0] if preferred else _version(call, given or _of_family(family, engine))
    own = {"parameterGroupFamily": family or family_of(engine, version)}
    is_given = bool(given or family)
    is_aurora = engine.startswith("aurora")
    made_up: dict[str, Any] = {
        "id": version,
        "version": version,
        "versionActual": version,
        "engineDescription": engine,
        "versionDescription": f"{engine} {version}",
        "status": "available",
        "supportsGlobalDatabases": is_aurora,
        "supportsReadReplica": not is_aurora,
        "supportsLogExportsToCloudwatch": True,
        "supportedModes": ["provisioned"],
    }
    return Answer(follows=own, made_up=made_up) if is_given else Answer(made_up=own | made_up)


def _orderable(call: Call) -> Answer:
    engine = call.text("engine")
    versions = call.arguments.get("preferredEngineVersions") or ()
    classes = call.arguments.get("preferredInstanceClasses") or ()
    license_ = next((name for start, name in _LICENSES if engine.startswith(start)), "")
    is_aurora = engine.startswith("aurora")
    class_ = str(classes[0]) if classes else _USUAL_CLASS
    return Answer(
        follows={"licenseModel": call.text("licenseModel") or license_ or _OTHER_LICENSE},
        made_up={
            "id": call.text("instanceClass") or class_,
            "availabilityZones": zone_names(call),
            "engineVersion": str(versions[0]) if versions else _version(call, ""),
            "instanceClass": class_,
            "maxStorageSize": 65536.0,
            "minStorageSize": 1.0 if is_aurora else 20.0,
            "multiAzCapable": True,
            "readReplicaCapable": True,
            "storageType": "aurora" if is_aurora else "gp3",
            "supportedEngineModes": ["provisioned"] if is_aurora else [],
            "supportedNetworkTypes": ["IPV4"],
            "supportsClusters": is_aurora,
            "supportsEnhancedMonitoring": True,
            "supportsGlobalDatabases": is_aurora,
            "supportsIamDatabaseAuthentication": True,
            "supportsMultiAz": True,
            "supportsPerformanceInsights": True,
            "supportsStorageAutoscaling": not is_aurora,
            "supportsStorageEncryption": True,
            "vpc": True,
        },
    )


ANSWERS: dict[str, AnswerCall] = {
    "aws:ec2:getAmi": _image,
    "aws:ec2:getAmiIds": _image_ids,
    "aws:ec2:getInstanceType": _instance_type,
    "aws:ec2:getInstanceTypeOffering": _offering,
    "aws:ec2:getInstanceTypeOfferings": _offerings,
    "aws:ec2:getInstanceTypes": _all_types,
    "aws:index:getAmi": _image,
    "aws:index:getAmiIds": _image_ids,
    "aws:rds:getEngineVersion": _engine_version,
    "aws:rds:getOrderableDbInstance": _orderable,
}
