"""The arguments `filters` and `tags`, by which many functions choose what they tell of."""

import re
from collections.abc import Mapping
from fnmatch import fnmatchcase
from typing import Any

from pulumi_preflight.outputs.answers.calls import Call
from pulumi_preflight.outputs.kinds import in_kind
from pulumi_preflight.outputs.shapes import Shape
from pulumi_preflight.wire import Properties

_WILD = re.compile(r"[*?\[]")
_TAG = "tag:"


def filter_values(filters: Any) -> dict[str, list[str]]:  # noqa: ANN401 - the program's
    """Name to the values that pass, as far as the argument has that shape."""
    found: dict[str, list[str]] = {}
    for each in filters or ():
        if isinstance(each, dict) and isinstance(each.get("values"), list):
            found[str(each.get("name"))] = [str(value) for value in each["values"]]
    return found


def matches(filters: Any, known: Mapping[str, str]) -> bool:  # noqa: ANN401 - the program's
    """Whether a thing passes the filters; one on what is not known of it passes.

    `*` and `?` stand for any text and for one character.
    Source: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Filtering.html
    """
    return all(
        any(fnmatchcase(known[name], value.replace("[", "[[]")) for value in values)
        for name, values in filter_values(filters).items()
        if name in known
    )


def told_by_filters(call: Call, shape: Shape) -> Properties:
    """Properties that have one value only, since the filters let no other through."""
    kinds = {each.name: each.kind for each in shape}
    told: Properties = {}
    tags: Properties = {}
    for name, values in filter_values(call.arguments.get("filters")).items():
        if len(values) != 1 or _WILD.search(values[0]):
            continue
        if name.startswith(_TAG):
            tags[name.removeprefix(_TAG)] = values[0]
            continue
        first, *rest = re.split(r"[-.]", name)
        property_ = first + "".join(word.capitalize() for word in rest)
        if property_ in kinds and kinds[property_].name in ("string", "boolean"):
            told[property_] = in_kind(values[0], kinds[property_])
    if tags and "tags" in kinds and not call.arguments.get("tags"):
        told["tags"] = tags
    return told
