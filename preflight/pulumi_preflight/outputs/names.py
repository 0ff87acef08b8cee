"""The names that AWS knows resources by, given, by autonaming, or by the provider."""

import hashlib
import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from string import ascii_lowercase, digits

from pulumi_preflight.outputs.shapes import PropertyShape, Shape
from pulumi_preflight.outputs.subject import Place, Subject, subject_kind
from pulumi_preflight.project.autonaming import Naming
from pulumi_preflight.stack_context import name_of, type_of
from pulumi_preflight.wire import UNKNOWN, Properties, without_secret

NAME_SUFFIX_DIGITS = 7
_OWN_NAMES: dict[str, tuple[str, ...]] = {
    "cloudwatch/dashboard": ("dashboardName",),
    "docdb/cluster": ("clusterIdentifier",),
    "ec2/keypair": ("keyName",),
    "ecs/taskdefinition": ("family",),
    "eks/addon": ("addonName",),
    "eks/fargateprofile": ("fargateProfileName",),
    "eks/nodegroup": ("nodeGroupName",),
    "elasticache/cluster": ("clusterId",),
    "elasticache/replicationgroup": ("replicationGroupId",),
    "mq/broker": ("brokerName",),
    "msk/cluster": ("clusterName",),
    "neptune/cluster": ("clusterIdentifier",),
    "opensearch/domain": ("domainName",),
    "rds/cluster": ("clusterIdentifier",),
    "rds/globalcluster": ("globalClusterIdentifier",),
    "redshift/cluster": ("clusterIdentifier",),
    "s3/bucket": ("bucket",),
    "s3/bucketobject": ("key",),
    "s3/bucketobjectv2": ("key",),
    "s3/bucketv2": ("bucket",),
}


def physical_name(urn: str, inputs: Properties, shape: Shape, *, seed: str) -> str:
    """The name that AWS knows a resource by: given, or made of the logical name as providers do.

    Args:
        urn: The resource.
        inputs: What the program gave.
        shape: The properties of its type.
        seed: What its digits come from: the URN, or more where another one of that URN is there.
    """
    names = name_properties(subject_kind(type_of(urn)))
    for name in names:
        given = without_secret(inputs.get(name))
        if isinstance(given, str) and given and given != UNKNOWN:
            return given
    digits = Subject(seed=seed, token="", name="", place=Place(region="")).digits("name", 32)
    for name in names:
        prefix = without_secret(inputs.get(f"{name}Prefix"))
        if isinstance(prefix, str) and prefix and prefix != UNKNOWN:
            return prefix + digits[:NAME_SUFFIX_DIGITS]
    logical = name_of(urn)
    # Providers name a resource after its logical name and some random digits, where it has a name.
    named = any(property_.settable and property_.name in names for property_ in shape)
    name = f"{logical}-{digits[:NAME_SUFFIX_DIGITS]}" if named or seed != urn else logical
    name = f"{name_head(subject_kind(type_of(urn)))}{name}"
    return f"{name}.fifo" if inputs.get("fifoQueue") or inputs.get("fifoTopic") else name


def name_properties(kind: str) -> tuple[str, ...]:
    """The properties that hold the physical name of a type, in the order to look at them."""
    return _OWN_NAMES.get(kind, ("name", "identifier"))


def name_head(kind: str) -> str:
    """What the provider puts before the logical name of a type as it makes a name of that.

    Source: pulumi/pulumi-aws, provider/resources.go (AutoNameTransform).
    """
    return "alias/" if kind == "kms/alias" else ""


_ALPHABETS = {
    "hex": f"{digits}abcdef",
    "alphanum": f"{ascii_lowercase}{digits}",
    "string": ascii_lowercase,
    "num": digits,
}
_RANDOM = re.compile(r"\$\{(?:(hex|alphanum|string|num)\((\d+)\)|uuid)\}", re.ASCII)
# The bridge names every input of this name; for other inputs nothing here says whether it does.
_SURELY_NAMED = ("name", "bucket")
# AWS takes no capitals in these names, so the provider makes a proposed name lower case.
_IN_LOWER_CASE = ("s3/bucket", "rds/", "docdb/", "neptune/", "elasticache/", "redshift/")


def is_named_by_check(type_: str, inputs: Properties, property_: PropertyShape) -> bool:
    """Whether a preview knows a name that nobody gave: AWS's provider makes it in Check.

    Where a prefix is given, AWS makes the name later.
    """
    name = property_.name
    return (
        type_.startswith("aws:")
        and name in _SURELY_NAMED
        and name in name_properties(subject_kind(type_))
        and property_.settable
        and property_.kind.name == "string"
        and f"{name}Prefix" not in inputs
    )


class UnnamedError(Exception):
    """Automatic naming is disabled, and a resource has no name; the text says which resource."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """The name that the engine proposes to the provider.

    Attributes:
        name: The name; empty where automatic naming is disabled.
        enforced: Whether the provider must take the name as it is.
        fixed: Whether every resource of this URN gets the same name. A replacement must then wait
            until the old resource is gone.
    """

    name: str
    enforced: bool
    fixed: bool


def proposal_for(urn: str, naming: Naming) -> Proposal | None:
    """The proposal for a resource; `None` where the provider makes a name by itself."""
    match naming.mode:
        case "default":
            return None
        case "verbatim":
            return Proposal(name=name_of(urn), enforced=True, fixed=True)
        case "disabled":
            return Proposal(name="", enforced=False, fixed=True)
        case _:
            plain = naming.pattern.replace("${name}", name_of(urn))
            choices = _choices(urn)
            name = _RANDOM.sub(lambda found: _random(found, choices), plain)
            return Proposal(name=name, enforced=naming.enforce, fixed=name == plain)


def with_proposed_name(
    type_: str, logical: str, inputs: Properties, shape: Shape, proposal: Proposal
) -> Properties:
    """The inputs with the name that the provider would take; a given name or prefix stays.

    Args:
        type_: The resource's type.
        logical: Its logical name, for the message.
        inputs: The program's inputs.
        shape: The properties of the type.
        proposal: The engine's proposal.

    Raises:
        UnnamedError: The resource needs a name and gets none.
    """
    names = name_properties(subject_kind(type_))
    texts = {each.name for each in shape if each.settable and each.kind.name == "string"}
    name = next((each for each in names if each in texts), None)
    if name is None or any(f"{each}{end}" in inputs for each in names for end in ("", "Prefix")):
        return inputs
    if proposal.name:
        return inputs | {name: _taken(subject_kind(type_), inputs, proposal)}
    if name not in _SURELY_NAMED:
        return inputs
    raise UnnamedError(
        f"resource {logical!r} has no {name}, and automatic naming is disabled for {type_} "
        "(pulumi:autonaming); give it one"
    )


def _taken(kind: str, inputs: Properties, proposal: Proposal) -> str:
    if proposal.enforced:
        return proposal.name
    lowered = kind.startswith(_IN_LOWER_CASE)
    name = f"{name_head(kind)}{proposal.name.lower() if lowered else proposal.name}"
    is_fifo = any(without_secret(inputs.get(each)) is True for each in ("fifoQueue", "fifoTopic"))
    return f"{name}.fifo" if is_fifo else name


def _random(found: re.Match[str], choices: Iterator[int]) -> str:
    alphabet, count = found[1], found[2]
    if alphabet is None:
        return str(uuid.UUID(bytes=bytes(next(choices) for _ in range(16))))
    letters = _ALPHABETS[alphabet]
    return "".join(letters[next(choices) % len(letters)] for _ in range(int(count)))


def _choices(urn: str) -> Iterator[int]:
    """A resource's own numbers from 0 to 255, the same in every run."""
    block = 0
    while True:
        yield from hashlib.sha256(f"{urn}#autoname/{block}".encode()).digest()
        block += 1
