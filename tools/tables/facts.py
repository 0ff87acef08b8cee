"""The table of facts by type, from all that is known of a type; the stronger source decides."""

import json
import re
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

from pulumi_preflight.outputs.shapes import Kind, Shape, in_kind
from tools.tables.arns import Form
from tools.tables.sdk import ResourceClass, Texts

_TABLE = Path(__file__).parent / "known.toml"
# Types that the SDK has under two modules.
_TWINS = {"lb/": "alb/"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What the table says of one type; the table's head tells what the lines mean."""

    source: str
    defaults: Mapping[str, Any]
    always: tuple[str, ...]
    with_: Mapping[str, tuple[str, ...]]
    empty: Mapping[str, tuple[str, ...]]
    unknown: tuple[str, ...]
    unless: Mapping[str, tuple[str, ...]]


def known(types: Mapping[str, ResourceClass]) -> Mapping[str, Known]:
    """Token to what the table says of it.

    Raises:
        ValueError: The table names a type or property that no SDK has.
    """
    tokens = {cls.short: token for token, cls in types.items()}
    found: dict[str, Known] = {}
    for short, row in tomllib.loads(_TABLE.read_text(encoding="utf-8")).items():
        entry = _entry(row)
        for each in (short, *(short.replace(one, other, 1) for one, other in _TWINS.items())):
            if each not in tokens:
                raise ValueError(f"known.toml: the SDK has no type {each}")
            _check(each, entry, types[tokens[each]])
            found[tokens[each]] = entry
    return found


def _entry(row: Mapping[str, Any]) -> Known:
    unless = {name: tuple(inputs) for name, inputs in row.get("empty_without", {}).items()}
    return Known(
        source=row["source"],
        defaults=row.get("defaults", {}),
        always=tuple(row.get("always", ())),
        with_={name: tuple(inputs) for name, inputs in row.get("with", {}).items()},
        empty=dict.fromkeys(row.get("empty", ()), ()) | unless,
        unknown=tuple(row.get("unknown", ())),
        unless={name: tuple(inputs) for name, inputs in row.get("unless", {}).items()},
    )


def _check(short: str, entry: Known, cls: ResourceClass) -> None:
    properties = {each.name for each in cls.shape}
    conditions = (entry.with_, entry.empty, entry.unless)
    inputs = [
        each.partition("=")[0] for names in conditions for on in names.values() for each in on
    ]
    named = {*entry.defaults, *entry.always, *entry.unknown, *inputs}.union(*conditions)
    if strange := sorted(named - properties):
        raise ValueError(f"known.toml: {short} has no property {', '.join(strange)}")


_DEFAULT = re.compile(
    r"\b(?:defaults? (?:value )?(?:is|to)|default:)\s*(?:the value )?`([^`]*)`(?=\s*[.;)]|\s*$)",
    re.IGNORECASE,
)
_QUOTED = r"(?:`([^`\s][^`]*)`|\"([^\"\s][^\"]*)\"|'([^'\s][^']*)')"
_CLAIMS = (
    re.compile(
        rf"\bdefaults?(?: value)?:?(?: is| to| of)?:?\s*(?:the value )?{_QUOTED}", re.IGNORECASE
    ),
    # A number before a word is in another unit than the property, perhaps.
    re.compile(
        r"\bdefaults?(?: value)?:?(?: is| to| of)?:?\s*(true|false|-?\d+)(?!,\d)(?=\s*[.;),]|\s*$)",
        re.IGNORECASE,
    ),
    re.compile(rf"{_QUOTED} \((?:the )?default\b", re.IGNORECASE),
)
_CONDITION = re.compile(
    r"\b(?:if|when|where|unless|only|required|depend\w*|except|computed|otherwise|for)\b",
    re.IGNORECASE,
)


def documented(text: str, kind: Kind) -> Any:  # noqa: ANN401 - JSON of the property's kind
    """The default that the text of a property states; `None` where it states none, or several."""
    stated = _DEFAULT.findall(text)
    line = next((line for line in text.splitlines() if _DEFAULT.search(line)), "")
    if len(stated) != 1 or _CONDITION.search(line):
        return None
    return None if '"' in stated[0] and kind.name == "string" else _value(stated[0], kind)


def claims(text: str, kind: Kind) -> list[Any]:
    """The values of the property's kind that its text calls the default, in whatever words."""
    found = (
        _value("".join(hit.groups("")).strip('"').rstrip("."), kind)
        for pattern in _CLAIMS
        for hit in pattern.finditer(text)
    )
    return [value for value in found if value is not None]


def is_conditional(text: str) -> bool:
    """Whether a sentence that states a default states a condition as well."""
    sentences = re.split(r"(?<=[.;])\s", text)
    return any(
        _CONDITION.search(sentence)
        for sentence in sentences
        if any(pattern.search(sentence) for pattern in _CLAIMS)
    )


def _value(stated: str, kind: Kind) -> Any:  # noqa: ANN401 - JSON of the property's kind
    value = in_kind(stated, kind)
    match kind.name:
        case "string":
            return stated or None
        case "boolean":
            return value if stated.lower() in ("true", "false") else None
        case "integer" | "number":
            return value if isinstance(value, float) else None
        case "list":
            return _list(stated)
        case _:
            return None


def _list(text: str) -> Any:  # noqa: ANN401 - JSON
    try:
        value = json.loads(text)
    except ValueError:
        return None
    return value if isinstance(value, list) else None


_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z0-9]+")
_NAME_WEIGHT = 0.35
_MODULE_WEIGHT = 0.3
_LEAST_SHARED = 0.5

_Row = TypeVar("_Row")
Planned = Mapping[str, Mapping[str, Any]]


def planned(
    tokens: Mapping[str, str], defaults: Mapping[str, Any], types: Mapping[str, ResourceClass]
) -> Planned:
    """Token to property to the value that the plan knows.

    Args:
        tokens: Terraform's type to its token.
        defaults: Terraform's type to what its plan said: `defaults` is path to value.
        types: The SDK's classes.
    """
    found: dict[str, Mapping[str, Any]] = {}
    for name, token in tokens.items():
        known = defaults.get(name, {}).get("defaults", {})
        properties = {each.name for each in types[token].shape} - types[token].required
        values = {
            wire: _as_bridged(value)
            for path, value in known.items()
            if value not in ("", [], {}) and (wire := same_property(path, properties))
        }
        if values:
            found[token] = values
    return with_twins(found, types)


def with_twins(found: Mapping[str, _Row], types: Mapping[str, ResourceClass]) -> dict[str, _Row]:
    """The rows, and those of types that the SDK has under a second module."""
    twins = {
        token.replace(module, twin, 1): row
        for token, row in found.items()
        for module, twin in _TWINS.items()
        if token.startswith(f"aws:{module}")
    }
    return {**found, **{token: row for token, row in twins.items() if token in types}}


def same_types(schema: Mapping[str, Any], types: Mapping[str, ResourceClass]) -> Mapping[str, str]:
    """Terraform's type to the token that is bridged from it, as far as that is told.

    Args:
        schema: Terraform's type to its block: attributes under `a`, nested blocks under `b`.
        types: The SDK's classes.
    """
    found = {
        name: _same_type(name, [*block["a"], *block.get("b", ())], types)
        for name, block in schema.items()
    }
    return {name: token for name, token in found.items() if token is not None}


def _as_bridged(value: Any) -> Any:  # noqa: ANN401 - JSON
    """The value that pulumi-aws plans in the place of Terraform's.

    Source: pulumi/pulumi-aws, provider/resources.go (managedByPulumi).
    """
    return "Managed by Pulumi" if value == "Managed by Terraform" else value


def same_property(attribute: str, properties: Iterable[str]) -> str | None:
    """The property that is bridged from an attribute, `None` where none is."""
    return next((each for each in _spellings(attribute) if each in properties), None)


def _spellings(attribute: str) -> list[str]:
    first, *rest = attribute.split("_")
    name = first + "".join(word.capitalize() for word in rest)
    return [name, f"{name}s", f"{name}es", f"{name.removesuffix('y')}ies"]


def _same_type(name: str, attributes: list[str], types: Mapping[str, ResourceClass]) -> str | None:
    best, best_token = 0.0, None
    words = set(name.split("_")[1:])
    spelled = {attribute: _spellings(attribute) for attribute in attributes if attribute != "id"}
    for token, cls in types.items():
        properties = {each.name for each in cls.shape}
        shared = sum(any(each in properties for each in forms) for forms in spelled.values())
        share = shared / max(1, len(properties) + len(spelled) - shared)
        module, type_ = cls.short.split("/")
        own = {word.lower() for word in _WORDS.findall(type_)}
        likeness = len(own & words) / len(own | words)
        likeness += _MODULE_WEIGHT * (module.lower() in name.replace("_", ""))
        if share >= _LEAST_SHARED and share + _NAME_WEIGHT * likeness > best:
            best, best_token = share + _NAME_WEIGHT * likeness, token
    return best_token


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


def facts(
    types: Mapping[str, ResourceClass],
    known: Mapping[str, Known],
    planned: Planned,
    forms: Mapping[str, Form],
    before: Mapping[str, Texts],
) -> Mapping[str, Any]:
    """Token to what preflight is to know of the type; types of which nothing is known are out.

    Args:
        types: The newest SDK's classes.
        known: What the hand table says.
        planned: What the plan of an older provider knows.
        forms: The forms of ids and ARNs.
        before: The texts of the SDK that is bridged from that provider, by token.
    """
    rows = {
        token: {
            **_row(cls, known.get(token), planned.get(token, {}), before.get(token, {})),
            **{name: form for name, form in asdict(forms.get(token, Form())).items() if form},
        }
        for token, cls in types.items()
    }
    return {token: row for token, row in rows.items() if row}


def contradictions(
    types: Mapping[str, ResourceClass], planned: Planned, before: Mapping[str, Texts]
) -> Iterator[str]:
    """A line for each planned value that the newest SDK does not let stand."""
    for token, values in planned.items():
        cls, texts = types[token], before.get(token, {})
        holding = _holding(cls, values, texts)
        for name in sorted(values):
            value = in_kind(values[name], cls.kind(name))
            if name not in holding or holding[name] != value:
                now, then = (
                    claims(text.get(name, ""), cls.kind(name)) for text in (cls.texts, texts)
                )
                yield (
                    f"{cls.short}.{name}: planned {value!r}, stated {now} now and {then} before; "
                    f"taken: {holding.get(name, 'nothing')!r}"
                )


def _row(
    cls: ResourceClass, known: Known | None, planned: Mapping[str, Any], before: Texts
) -> Mapping[str, Any]:
    defaults = _defaults(cls, known, planned, before)
    then = _defaults(replace(cls, texts=before), known, planned, before)
    row: dict[str, Any] = {
        "defaults": defaults,
        "older": {
            name: then.get(name)
            for name in sorted({*defaults, *then})
            if name in before and defaults.get(name) != then.get(name)
        },
        "empty": {f"{name}Prefix": () for name in ("name", "identifier", "bucket")},
    }
    if known is not None:
        row |= {"always": sorted(known.always), "with": known.with_, "unless": known.unless}
        row["empty"] |= dict(known.empty)
    # A name that the provider makes has no prefix to show.
    row["empty"] = {name: on for name, on in row["empty"].items() if name in _properties(cls)}
    return {name: value for name, value in row.items() if value}


def _defaults(
    cls: ResourceClass, known: Known | None, planned: Mapping[str, Any], before: Texts
) -> Mapping[str, Any]:
    stated = {
        name: value
        for name in cls.unset
        if (value := documented(cls.texts.get(name, ""), cls.kind(name))) is not None
    }
    found = {**_holding(cls, planned, before), **stated}
    if known is None:
        return found
    settled = {*known.always, *known.with_, *known.empty, *known.unknown}
    kept = {name: value for name, value in found.items() if name not in settled}
    return {**kept, **known.defaults}


def _holding(cls: ResourceClass, planned: Mapping[str, Any], before: Texts) -> Mapping[str, Any]:
    """The planned values that an SDK lets stand, or what it has in their place.

    Where the SDK states another default than the one before it, it wins. Where both contradict the
    plan, nobody knows.
    """
    found: dict[str, Any] = {}
    for name, planned_value in planned.items():
        kind = cls.kind(name)
        value = in_kind(planned_value, kind)
        text, older = cls.texts.get(name, ""), before.get(name, "")
        now, then = claims(text, kind), claims(older, kind)
        is_newly_conditional = is_conditional(text) and not is_conditional(older)
        if (value in now and not is_newly_conditional) or not (now or then):
            found[name] = value
        elif len(now) == 1 and now != then and not is_conditional(text):
            found[name] = now[0]
    return found


def _properties(cls: ResourceClass) -> frozenset[str]:
    return frozenset(each.name for each in cls.shape)
