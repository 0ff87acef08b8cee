"""What the provider adds to a block that the program gives, such as the VPC of an EKS cluster.

Source: the schema of Terraform's AWS provider, which says of each member of a block whether the
provider computes it, always (`c`) or where it is not given (`oc`).
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from pulumi_preflight.outputs.shapes import Kind, Shape
from tools.tables.planned import same_property, with_twins
from tools.tables.sdk import ResourceClass

_COMPUTED, _OPEN = "c", "oc"


def blocks(
    schema: Mapping[str, Any],
    tokens: Mapping[str, str],
    types: Mapping[str, ResourceClass],
    nested: Callable[[str], Shape],
) -> Mapping[str, Mapping[str, list[str]]]:
    """Token to `computed` and `open` members of its blocks, as dotted paths.

    Args:
        schema: Terraform's type to its block: attributes under `a`, nested blocks under `b`.
        tokens: Terraform's type to the tokens that are bridged from it.
        types: The SDK's classes.
        nested: Gives the shape of a class of the SDK.
    """
    found: dict[str, Mapping[str, list[str]]] = {}
    for name, block in schema.items():
        token = tokens.get(name)
        members = dict(_inside(block, types[token].shape, nested, "")) if token else {}
        told = {
            "computed": sorted(path for path, kind in members.items() if kind == _COMPUTED),
            "open": sorted(path for path, kind in members.items() if kind == _OPEN),
        }
        if token and members:
            found[token] = {kind: paths for kind, paths in told.items() if paths}
    return with_twins(found, types)


def _inside(
    block: Mapping[str, Any], shape: Shape, nested: Callable[[str], Shape], prefix: str
) -> Iterator[tuple[str, str]]:
    """Each computed member of each block inside a block, with its kind."""
    kinds = {each.name: each.kind for each in shape}
    for attribute, (_, _, _, inner) in block.get("b", {}).items():
        name = same_property(attribute, kinds)
        record = _record(kinds[name]) if name else None
        if record is None:
            continue
        members = nested(record.reference)
        path = f"{prefix}{name}."
        for member, (kind, *_) in inner.get("a", {}).items():
            wire = same_property(member, {each.name: each.kind for each in members})
            if wire and kind in (_COMPUTED, _OPEN):
                yield f"{path}{wire}", kind
        yield from _inside(inner, members, nested, path)


def _record(kind: Kind) -> Kind | None:
    while kind.item is not None:
        kind = kind.item
    return kind if kind.name == "object" else None
