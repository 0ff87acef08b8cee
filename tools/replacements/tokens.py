"""Terraform's types and paths under the names that Pulumi has for them.

pulumi-aws is bridged from Terraform's provider: a type is found again by its properties and its
words, and a property by its name in camel case, in the plural where there may be several. Source:
pulumi/pulumi-terraform-bridge, pkg/tfbridge/names.go.
"""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from pulumi_preflight.outputs.schemas import Row, Schema, object_rows

# What properties and words do not tell. Source: pulumi/pulumi-aws, provider/resources.go.
EXCEPTIONS: Mapping[str, Sequence[str]] = {
    "aws_api_gateway_model": ("aws:apigateway/model:Model",),
    "aws_apigatewayv2_model": ("aws:apigatewayv2/model:Model",),
    "aws_ram_sharing_with_organization": (
        "aws:ram/sharingWithOrganization:SharingWithOrganization",
    ),
    # Version 6 has the type of version 7 under another name beside its own.
    "aws_s3_bucket": ("aws:s3/bucket:Bucket", "aws:s3/bucketV2:BucketV2"),
    "aws_s3_bucket_object": ("aws:s3/bucketObject:BucketObject",),
    "aws_s3_object": ("aws:s3/bucketObjectv2:BucketObjectv2",),
}
# Properties that have another name. Source: the same.
_RENAMED = {
    "aws:cloudwatch/metricAlarm:MetricAlarm": {"alarm_name": "name"},
    "aws:lambda/function:Function": {"filename": "code", "function_name": "name"},
    "aws:lambda/layerVersion:LayerVersion": {"filename": "code"},
}
_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z0-9]+")
_NAME_WEIGHT = 0.6
_LEAST_SHARED = 0.5
# Of a type that has two tokens, the properties are all the same.
_SAME = 0.95
_UNSHARED = frozenset({"id", "timeouts", "region"})


def spellings(name: str) -> Sequence[str]:
    """What the bridge may make of an attribute's name."""
    first, *rest = name.split("_")
    camel = first + "".join(word[:1].upper() + word[1:] for word in rest)
    plural = (f"{camel}s", f"{camel}es", re.sub("y$", "ies", camel))
    return (camel, *plural, camel.removesuffix("s"), re.sub("(Id|Arn|Name)$", "", camel))


def tokens(
    types: Mapping[str, Collection[str]], schemas: Sequence[Schema]
) -> Mapping[str, Sequence[str]]:
    """Terraform's types to the tokens that are bridged from them.

    Args:
        types: Terraform's type to the names of its attributes and blocks.
        schemas: The schemas of pulumi-aws: that of the same provider first.
    """
    first, *rest = (_properties(each) for each in schemas)
    found = {name: list(EXCEPTIONS.get(name, ())) for name in types}
    taken = {token for names in EXCEPTIONS.values() for token in names}
    spelled = {name: [set(spellings(each)) for each in names] for name, names in _shared(types)}
    for name, forms in spelled.items():
        best = max(
            ((_score(name, token, forms, has), token) for token, has in first.items()),
            default=((0.0, 0.0), ""),
        )
        if not found[name] and best[0][1] >= _LEAST_SHARED and best[1] not in taken:
            found[name].append(best[1])
    told = {token for names in found.values() for token in names}
    for schema in (first, *rest):
        for token in sorted(schema.keys() - told):
            scores = (
                (_score(name, token, forms, schema[token]), name) for name, forms in spelled.items()
            )
            (_, shared), name = max(scores)
            # What the newer version alone has is a newer type, unless it is a new name.
            is_known = token in first or _bare(token) in map(_bare, found[name])
            if shared >= _SAME and is_known:
                found[name].append(token)
                told.add(token)
    return {name: names for name, names in found.items() if names}


def _bare(token: str) -> str:
    """A token without the version that its class has in its name."""
    return token.split(":")[1].removesuffix("V2")


def _shared(types: Mapping[str, Collection[str]]) -> Iterator[tuple[str, list[str]]]:
    for name, names in types.items():
        yield name, [each for each in names if each not in _UNSHARED]


def _properties(schema: Schema) -> Mapping[str, frozenset[str]]:
    return {
        token: frozenset(row.name for row in schema.told("resource", token) or ()) - _UNSHARED
        for module in schema.modules()
        for token in schema.tokens("resource", module)
    }


def _score(
    name: str, token: str, forms: Sequence[set[str]], properties: frozenset[str]
) -> tuple[float, float]:
    """How alike a type and a token are, and the share of properties that they have in common."""
    hits = sum(bool(each & properties) for each in forms)
    share = hits / max(1, len(forms) + len(properties) - hits)
    if share < _LEAST_SHARED:
        return 0.0, 0.0
    return share + _NAME_WEIGHT * _likeness(name, token), share


def _likeness(name: str, token: str) -> float:
    """How alike the words of a type and a token are."""
    _, path, type_ = token.split(":")
    module = path.partition("/")[0]
    whole = name.partition("_")[2].replace("_", "")
    words = set(name.split("_")[1:])
    own = {word.lower() for word in _WORDS.findall(type_)} | {module}
    ends = whole == (module + type_).lower() or whole.endswith(type_.lower())
    return len(words & own) / len(words | own) + ends / 2


@dataclass(frozen=True, slots=True)
class Naming:
    """How paths of one type are called.

    Attributes:
        token: The type.
        shapes: Its properties in each schema that has the type.
    """

    token: str
    shapes: Sequence[Sequence[Row]]

    def path(self, path: str) -> str | None:
        """A path of Terraform's as a path of Pulumi's; `None` where a program cannot give it."""
        if renamed := _RENAMED.get(self.token, {}).get(path):
            return renamed
        return next(
            (
                ".".join(found)
                for rows in self.shapes
                if (found := _walked(path.split("."), rows)) is not None
            ),
            None,
        )


def naming(token: str, schemas: Sequence[Schema]) -> Naming:
    """How paths of a type are called in any of the schemas."""
    return Naming(token, [rows for each in schemas if (rows := each.given(token))])


def _walked(names: Sequence[str], rows: Sequence[Row]) -> list[str] | None:
    first, *rest = names
    settable = {row.name: row for row in rows if row.settable}
    row = next((settable[each] for each in spellings(first) if each in settable), None)
    if row is None:
        return None
    if not rest:
        return [row.name]
    kind = row.kind
    while kind[0] in ("list", "map"):
        kind = kind[1]
    if kind[0] != "object":
        return None
    inner = _walked(rest, object_rows(kind[1]))
    return None if inner is None else [row.name, *inner]
