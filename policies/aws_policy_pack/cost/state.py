"""Reads the resources out of a stack's state, as `pulumi stack export` writes it.

Resources that are about to be deleted, and those that the stack only reads, are left out: they are
not on its bill. Secrets that are encrypted are values that are not known.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from aws_policy_pack.cost.circumstances import CIRCUMSTANCES
from aws_policy_pack.resource import Graph, Resource, is_given
from aws_policy_pack.wire import (
    SECRET_SIGNATURE,
    SIGNATURE_KEY,
    UNKNOWN_TEXT,
    Value,
    read_json,
    read_plain,
)

LEFT_TO_PROVIDER: Final = frozenset(
    circumstance.path.partition(".")[0]
    for circumstances in CIRCUMSTANCES.values()
    for circumstance in circumstances
) | frozenset(
    {
        "allocatedStorage",
        "architectures",
        "associatePublicIpAddress",
        "availabilityMode",
        "availabilityZoneName",
        "cacheClusterSize",
        "cacheUsageLimits",
        "capacityProviderStrategies",
        "clusterConfig",
        "dbClusterInstanceClass",
        "deploymentConfiguration",
        "desiredCapacity",
        "diskSize",
        "ebsBlockDevices",
        "ebsOptions",
        "engine",
        "instanceType",
        "instanceTypes",
        "internal",
        "iops",
        "ipAddressType",
        "launchType",
        "logGroupClass",
        "maxAllocatedStorage",
        "monitoring",
        "multiAz",
        "numCacheClusters",
        "numCacheNodes",
        "numNodeGroups",
        "performanceInsightsEnabled",
        "performanceInsightsRetentionPeriod",
        "pointInTimeRecovery",
        "publicIpv4Pool",
        "replicas",
        "replicasPerNodeGroup",
        "replicationGroupId",
        "rootBlockDevice",
        "scalingConfiguration",
        "settings",
        "storageThroughput",
        "storageType",
        "streamModeDetails",
        "subnetConfigurations",
        "subnetIds",
        "subnetMappings",
        "subnets",
        "tenancy",
        "throughput",
        "throughputMode",
        "tier",
        "type",
        "usageMode",
        "enableMonitoring",
        "hostId",
        "serviceRegion",
        "nodeGroupConfigurations",
        "globalClusterIdentifier",
        "hostResourceGroupArn",
        "mapPublicIpOnLaunch",
        "maxSize",
        "minSize",
        "tableClass",
        "elasticsearchVersion",
        "volumeConfiguration",
        "minimumLoadBalancerCapacity",
        "cluster",
        "upgradePolicy",
        "version",
        "publiclyAccessible",
        "engineLifecycleSupport",
        "engineVersion",
    }
)
"""Optional properties that an estimate reads and that the AWS provider fills in by itself."""


def as_declared(graph: Graph) -> Graph:
    """The stack without the properties that nobody gave and that are not known yet.

    Where all is known it is the stack itself, with all that other rules have looked up in it.
    """
    declared = [_as_declared(resource) for resource in graph.resources]
    return graph if declared == list(graph.resources) else Graph(declared)


def _as_declared(resource: Resource) -> Resource:
    values = resource.values
    left_out = {key for key in LEFT_TO_PROVIDER & values.keys() if not is_given(resource, key)}
    if not left_out:
        return resource
    given = {key: value for key, value in values.items() if key not in left_out}
    return Resource(
        lambda: given,
        urn=resource.urn,
        type=resource.type,
        name=resource.name,
        parent=resource.parent,
        ignore_changes=resource.ignore_changes,
        dependencies=resource.dependencies,
        references=resource.references,
        secrets=resource.secrets,
    )


# The engine and preflight put this text in place of a secret that they do not show.
_HIDDEN = '"[secret]"'
VERSIONS: Final = (3, 4)
"""The versions of an export: `DeploymentSchemaVersionLatest` in pulumi/pulumi's apitype."""
KINDS: Final[Mapping[str, type]] = {
    "id": str,
    "parent": str,
    "inputs": dict,
    "outputs": dict,
    "dependencies": list,
    "propertyDependencies": dict,
    "ignoreChanges": list,
    "madeUp": list,
}
WORDS: Final[Mapping[type, str]] = {str: "a text", dict: "an object", list: "a list"}
MOST_SHOWN: Final = 60


class StateError(Exception):
    """A file is not a stack export; the text says which and why."""


def load_state(path: Path) -> Graph:
    """Reads a stack export from a file.

    Raises:
        StateError: The file cannot be read, or is not a stack export.
    """
    try:
        raw = read_json(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise StateError(f"{path}: cannot be read: {error.strerror}") from error
    except ValueError as error:
        raise StateError(f"{path}: is not valid JSON: {error}") from error
    try:
        return read_state(raw)
    except StateError as error:
        raise StateError(f"{path}: {error}") from error


def read_state(raw: object) -> Graph:
    """Reads a stack export that has been parsed.

    Raises:
        StateError: It is not a stack export.
    """
    deployment = raw.get("deployment") if isinstance(raw, Mapping) else None
    if isinstance(raw, Mapping) and deployment is not None:
        _refuse_other_versions(raw.get("version"))
    entries = deployment.get("resources", ()) if isinstance(deployment, Mapping) else None
    if not isinstance(entries, list | tuple):
        raise StateError("is not a stack export; write one with `pulumi stack export --file FILE`")
    return Graph(
        _resource(entry)
        for entry in entries
        if _is_complete(entry) and not entry.get("delete") and not entry.get("external")
    )


def _refuse_other_versions(version: object) -> None:
    if version is not None and version not in VERSIONS:
        known = " or ".join(map(str, VERSIONS))
        raise StateError(
            f"`version` is {json.dumps(version)}; wanted {known}, the forms that are known here. "
            "Write the file again with `pulumi stack export`"
        )


def _is_complete(entry: object) -> bool:
    """Whether an entry is a resource, and each of its parts is of the kind that exports have."""
    if not isinstance(entry, Mapping) or not all(
        isinstance(entry.get(key), str) for key in ("urn", "type")
    ):
        raise StateError("has a resource without URN or type, so it is not a stack export")
    for key, kind in KINDS.items():
        if not isinstance(entry.get(key), kind | None):
            words = WORDS[kind]
            raise StateError(
                f"`{key}` of {entry['urn']} is {_short(entry[key])}; wanted {words}. "
                "Write the file again with `pulumi stack export`"
            )
    return True


def _short(value: object) -> str:
    text = json.dumps(value)
    return text if len(text) <= MOST_SHOWN else f"{text[:MOST_SHOWN]}..."


def _resource(entry: Mapping[str, Any]) -> Resource:
    urn: str = entry["urn"]
    references = entry.get("propertyDependencies") or {}
    return Resource(
        lambda: _values(entry),
        urn=urn,
        type=entry["type"],
        name=urn.rpartition("::")[2],
        parent=entry.get("parent") or "",
        ignore_changes=entry.get("ignoreChanges") or (),
        dependencies=entry.get("dependencies") or (),
        references={
            key: urns for key, urns in references.items() if isinstance(urns, list | tuple)
        },
    )


def _values(entry: Mapping[str, Any]) -> Mapping[str, Value]:
    """The outputs, in which the inputs are contained, as a stack rule sees them.

    What preflight made up in place of the provider is not known: no cost may hang on it. Nor is
    what is left out though it comes from another resource.
    """
    inputs = entry.get("inputs") or {}
    values = {**inputs, **(entry.get("outputs") or {})}
    made_up = {name for name in entry.get("madeUp") or () if isinstance(name, str)}
    values.update(dict.fromkeys(LEFT_TO_PROVIDER & made_up - inputs.keys(), UNKNOWN_TEXT))
    sources = entry.get("propertyDependencies") or {}
    for name in (name for name, urns in sources.items() if urns):
        values.setdefault(name, UNKNOWN_TEXT)
    if entry.get("id"):
        values.setdefault("id", entry["id"])
    return {key: read_plain(_opened(value)) for key, value in values.items()}


def _opened(value: object) -> object:
    """Opens secrets: those in plain text are what they hide, encrypted ones are unknown."""
    match value:
        case Mapping() if value.get(SIGNATURE_KEY) == SECRET_SIGNATURE:
            return _secret(value)
        case Mapping():
            return {key: _opened(item) for key, item in value.items()}
        case list():
            return [_opened(item) for item in value]
        case _:
            return value


def _secret(secret: Mapping[str, object]) -> object:
    plaintext = secret.get("plaintext")
    if plaintext == _HIDDEN:
        return UNKNOWN_TEXT
    if isinstance(plaintext, str):
        try:
            return _opened(read_json(plaintext))
        except ValueError as error:
            raise StateError(f"a secret's plain text is not valid JSON: {error}") from error
    return _opened(secret.get("value", UNKNOWN_TEXT))
