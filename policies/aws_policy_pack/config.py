"""The configuration of one rule, and how mistakes in it are told."""

import datetime as dt
import difflib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from fnmatch import fnmatchcase
from functools import cache
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_camel
from pydantic.json_schema import GenerateJsonSchema
from pydantic_core import ErrorDetails


def most_specific(patterns: Iterable[str], name: str) -> str | None:
    """The pattern that holds for a name: itself, else the longest glob that matches it.

    Of globs of one length, the first in alphabetical order holds.
    """
    matching = sorted(pattern for pattern in patterns if fnmatchcase(name, pattern))
    return name if name in matching else max(matching, key=len, default=None)


LIKE = 0.6  # how alike two names are, from 0 to 1, for one to be a slip of the other
FEW = 12  # names that fit on a line
MOST_ENTRIES = 1000
"""The most entries of a list or object: a rule may compare each with each resource of a stack."""


class OnUnknown(StrEnum):
    """What becomes of a rule that needs a value which is not known yet."""

    REPORT = "report"
    FAIL = "fail"
    IGNORE = "ignore"


class StrictModel(BaseModel):
    """A model whose keys are camelCase and of which no other key is taken."""

    model_config = ConfigDict(
        alias_generator=to_camel,
        allow_inf_nan=False,
        extra="forbid",
        frozen=True,
        validate_by_name=True,
    )


class Waiver(StrictModel):
    """An accepted violation: which resource, why, who answers for it, until when."""

    resource: str = Field(
        description="Logical name, glob or URN of the resource, or the name of the stack",
        min_length=1,
    )
    reason: str = Field(default="", description="Why the violation is accepted")
    owner: str = Field(default="", description="Who answers for it")
    expires: dt.date | None = Field(
        default=None, description="Last day on which it holds, YYYY-MM-DD"
    )


class RuleConfig(StrictModel):
    """What every rule can be told; rules with settings of their own extend it."""

    on_unknown: OnUnknown = Field(
        default=OnUnknown.REPORT,
        description=(
            "When a needed value is not known yet: `report` says so (advisory), "
            "`fail` counts it as a violation, `ignore` passes over it"
        ),
    )
    waivers: tuple[Waiver, ...] = Field(default=(), description="Accepted violations")


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One mistake in a configuration: where it stands, empty for the whole, and what is wrong."""

    path: str
    text: str

    def __str__(self) -> str:
        return f"{self.path}: {self.text}" if self.path else self.text


class ConfigError(Exception):
    """A configuration has mistakes; the text has a line for each."""

    def __init__(self, problems: Iterable[Problem], source: str = "") -> None:
        """Takes the mistakes and, where it is known, the file that they stand in."""
        self.problems = tuple(problems)
        prefix = f"{source}: " if source else ""
        super().__init__("\n".join(f"{prefix}{problem}" for problem in self.problems))


def nearest(name: str, known: Iterable[str]) -> str:
    """The end of a sentence: names the most similar name, or lists the names if there are few."""
    names = sorted(known)
    if alike := difflib.get_close_matches(name, names, n=1, cutoff=LIKE):
        (match,) = alike
        return f"did you mean `{match}`?"
    if len(names) <= FEW:
        return f"known are {', '.join(f'`{known}`' for known in names)}"
    return "`aws-policy-pack list` shows what is known"


def problems_in(error: ValidationError, model: type[BaseModel], path: str) -> list[Problem]:
    """Tells pydantic's complaints in one line each, with the nearest right key for a wrong one."""
    problems = []
    for item in error.errors():
        if item["type"] == "int_type" and _is_integer(item["input"]):
            continue
        location = ".".join(str(part) for part in item["loc"])
        where = f"{path}.{location}" if location else path
        if item["type"] == "extra_forbidden":
            owner = _model_at(model, item["loc"][:-1])
            key = str(item["loc"][-1])
            text = f"unknown key; {nearest(key, _keys(owner))}"
        else:
            text = f"{item['input']!r} is not accepted: {_wanted(item)}"
        problems.append(Problem(path=where, text=text))
    return problems


BOUNDS = {
    "greater_than_equal": ("ge", "at least"),
    "less_than_equal": ("le", "at most"),
    "greater_than": ("gt", "more than"),
    "less_than": ("lt", "less than"),
}
"""By pydantic's word for it, the key of a bound, and what it says."""
KINDS = {
    "date_": "a day of the calendar, as YYYY-MM-DD",
    "int_": "a whole number without quotes",
    "float_": "a number without quotes",
    "bool_": "true or false without quotes",
    "string_type": "a text in quotes",
    "tuple_type": "a list in brackets",
    "dict_type": "an object in braces",
    "mapping_type": "an object in braces",
}
"""What is wanted, by how pydantic's words for the mistake begin."""


def _wanted(item: ErrorDetails) -> str:
    """What pydantic misses, in words that say what to write."""
    if bound := BOUNDS.get(item["type"]):
        key, words = bound
        return f"wanted {words} {item['ctx'][key]:.12g}"
    kind = next((text for start, text in KINDS.items() if item["type"].startswith(start)), None)
    return f"wanted {kind}" if kind else item["msg"][:1].lower() + item["msg"][1:]


def _is_integer(value: object) -> bool:
    """Whether a number is an integer to JSON: on the wire every number is a float."""
    return isinstance(value, float) and value.is_integer()


def too_long(value: object, path: str) -> Iterator[Problem]:
    """The lists and objects that are too long for a comparison with every resource."""
    if isinstance(value, Mapping):
        parts = [(f"{path}.{key}" if path else str(key), item) for key, item in value.items()]
    elif isinstance(value, list | tuple):
        parts = [(f"{path}.{index}", item) for index, item in enumerate(value)]
    else:
        return
    if len(parts) > MOST_ENTRIES:
        text = f"has {len(parts)} entries; wanted at most {MOST_ENTRIES}: use globs"
        yield Problem(path=path, text=text)
        return
    for place, item in parts:
        yield from too_long(item, place)


def _keys(model: type[BaseModel]) -> list[str]:
    return [field.alias or name for name, field in model.model_fields.items()]


def _model_at(model: type[BaseModel], location: tuple[int | str, ...]) -> type[BaseModel]:
    """The model that the keys at this place belong to; lists of models are stepped into."""
    for part in location:
        if isinstance(part, int):
            continue
        field = next((f for name, f in model.model_fields.items() if part in (name, f.alias)), None)
        inner = next((kind for kind in _types_in(field and field.annotation) if kind), None)
        if inner is None:
            return model
        model = inner
    return model


def _types_in(annotation: Any) -> list[type[BaseModel]]:  # noqa: ANN401 - a type expression
    """The models that a type expression mentions."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [model for part in getattr(annotation, "__args__", ()) for model in _types_in(part)]


def config_schema(model: type[RuleConfig]) -> tuple[Mapping[str, Any], list[str]]:
    """The JSON schema of a rule's config as the SDK takes it: properties and required names.

    The engine checks each property's schema by itself, so references are replaced by their target.
    """
    own, required = _schema_of(model, generator=OwnSettings)
    common, _ = _schema_of(RuleConfig)
    return {**common, **own}, required


class OwnSettings(GenerateJsonSchema):
    """Leaves out what every rule can be told: it is most of each schema, and always the same."""

    def field_is_present(self, field: Mapping[str, object]) -> bool:
        """Whether a field is a setting of the rule's own."""
        return field.get("serialization_alias") not in _keys(RuleConfig)


@cache
def _schema_of(
    model: type[RuleConfig], generator: type[GenerateJsonSchema] = GenerateJsonSchema
) -> tuple[Mapping[str, Any], list[str]]:
    schema = model.model_json_schema(by_alias=True, schema_generator=generator)
    definitions = schema.get("$defs", {})
    properties = {
        name: _resolved(value, definitions) for name, value in schema["properties"].items()
    }
    return properties, schema.get("required", [])


def _resolved(schema: Any, definitions: Mapping[str, Any]) -> Any:  # noqa: ANN401 - JSON schema
    if isinstance(schema, list):
        return [_resolved(item, definitions) for item in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        target = definitions[schema["$ref"].removeprefix("#/$defs/")]
        rest = {key: value for key, value in schema.items() if key != "$ref"}
        return _resolved({**target, **rest}, definitions)
    match schema:
        case {"anyOf": [{"type": str(kind), **one}, {"type": "null"}], **beside}:
            # The engine's word for a mistake in an alternative is "anyOf", and no more.
            return _resolved({**one, **beside, "type": [kind, "null"]}, definitions)
        case _:
            pass
    return {key: _resolved(value, definitions) for key, value in schema.items()}
