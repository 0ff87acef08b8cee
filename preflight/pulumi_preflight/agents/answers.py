"""The shapes of what the tools say; findings, notes and rules have those of the JSON report."""

import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any, TypeAlias

Schema: TypeAlias = Mapping[str, Any]

_DEFINED = "#/$defs/"


def schema_of(properties: Schema) -> Schema:
    """The schema of an answer that has all of some properties, with what they refer to."""
    used: dict[str, Any] = {}
    waiting = [*_referred(properties)]
    while waiting:
        name = waiting.pop()
        if name not in used:
            used[name] = _report()[name]
            waiting += _referred(used[name])
    return {
        "type": "object",
        "properties": dict(properties),
        "required": list(properties),
        "additionalProperties": False,
        "$defs": dict(sorted(used.items())),
    }


def listed(name: str, about: str) -> Schema:
    """The schema of a list of what the schema of the JSON report defines."""
    return {"type": "array", "items": {"$ref": f"{_DEFINED}{name}"}, "description": about}


@cache
def _report() -> Mapping[str, Any]:
    """What the schema of the JSON report defines."""
    text = files("pulumi_preflight.reports").joinpath("verdict.schema.json").read_text("utf-8")
    defined: Mapping[str, Any] = json.loads(text)["$defs"]
    return defined


def _referred(schema: object) -> list[str]:
    match schema:
        case dict():
            own = schema.get("$ref")
            named = [own.removeprefix(_DEFINED)] if isinstance(own, str) else []
            return named + [name for value in schema.values() for name in _referred(value)]
        case list():
            return [name for value in schema for name in _referred(value)]
        case _:
            return []


_TEXT = {"type": "string"}
_NUMBER = {"type": "number"}
_AMOUNTS = {
    "type": "object",
    "properties": {"base": _NUMBER, "worst": _NUMBER},
    "required": ["base", "worst"],
    "additionalProperties": False,
}
_WHOSE = {
    "project": {**_TEXT, "description": "The project's name."},
    "stack": {**_TEXT, "description": "The stack's name."},
}
_TOTALS = {
    "type": "object",
    "additionalProperties": _AMOUNTS,
    "description": "By currency what a month costs: `base` as declared, `worst` at worst.",
}
_BASIS = {
    "type": "array",
    "items": _TEXT,
    "description": "The regions and the day of the prices.",
}
_NEXT = {
    "type": ["string", "null"],
    "description": "The `cursor` of the next page; null where this is the last one.",
}
_ENTRIES = {
    "findings": listed("finding", "Violations."),
    "notEvaluated": listed("notEvaluated", "Rules that could not see what they judge."),
    "waived": listed("waived", "Violations that are excused."),
    "known": listed("known", "Violations that the baseline holds."),
}
_COUNTS = ("resources", "mandatory", "advisory", "notEvaluated", "waived", "known", "notes")

VERDICT = schema_of(
    {
        "version": {"type": "integer", "description": "The version of the JSON report's format."},
        **_WHOSE,
        "seconds": {**_NUMBER, "description": "How long the run took."},
        "verdict": {"enum": ["pass", "fail"]},
        "failOn": {"enum": ["mandatory", "advisory", "never"]},
        "summary": {**_TEXT, "description": "The verdict in one line."},
        "counts": {
            "type": "object",
            "properties": {name: {"type": "integer"} for name in _COUNTS},
            "required": list(_COUNTS),
            "additionalProperties": False,
            "description": "How many there are of each, on all pages.",
        },
        **_ENTRIES,
        "cost": {
            "type": ["object", "null"],
            "properties": {
                "totals": _TOTALS,
                "unpriced": {
                    "type": "integer",
                    "description": "How many parts have no price, so that the totals are too low.",
                },
                "basis": _BASIS,
            },
            "required": ["totals", "unpriced", "basis"],
            "additionalProperties": False,
            "description": "What a month costs; null where no installed package prices any of it.",
        },
        "notes": listed("note", "Assumptions of the run; the first ones, on the first page."),
        "next": _NEXT,
    }
)

FILE = schema_of(
    {
        **_WHOSE,
        "file": {**_TEXT, "description": "The file, relative to the project."},
        **_ENTRIES,
        "next": _NEXT,
    }
)

COST = schema_of(
    {
        **_WHOSE,
        "totals": _TOTALS,
        "basis": _BASIS,
        "resources": {
            "type": "array",
            "description": "What is billed, the dearest at worst first.",
            "items": {
                "type": "object",
                "properties": {
                    "urn": _TEXT,
                    "currency": _TEXT,
                    "base": _NUMBER,
                    "worst": _NUMBER,
                    "lines": {
                        "type": "array",
                        "items": {
                            "type": "object",
                            "properties": {"item": _TEXT, "base": _NUMBER, "worst": _NUMBER},
                            "required": ["item", "base", "worst"],
                            "additionalProperties": False,
                        },
                    },
                },
                "required": ["urn", "currency", "base", "worst", "lines"],
                "additionalProperties": False,
            },
        },
        "billedByUse": {
            "type": "integer",
            "description": "How many resources bill by use, which no amount counts.",
        },
        "unpriced": {
            "type": "array",
            "description": "What is billed, or may be, and not counted; the first ones, on the "
            "first page. The totals are too low by it.",
            "items": {
                "type": "object",
                "properties": {"urn": _TEXT, "reason": _TEXT},
                "required": ["urn", "reason"],
                "additionalProperties": False,
            },
        },
        "next": _NEXT,
    }
)

CHANGES = schema_of(
    {
        **_WHOSE,
        "base": {**_TEXT, "description": "What the program is compared with."},
        "kind": {"enum": ["state", "verdict"]},
        "summary": {**_TEXT, "description": "What changes, in one line."},
        "resources": listed("resourceChange", "What becomes of each that does not stay the same."),
        "new": listed("baseFinding", "Findings that the base does not have."),
        "fixed": listed("baseFinding", "Findings of the base that are not there any more."),
        "unchanged": {"type": "integer", "description": "How many findings are in both."},
        "cost": {
            "oneOf": [{"type": "null"}, listed("moduleCost", "What a month costs, by module.")],
            "description": "null where no installed package prices any of it.",
        },
        "unpriced": {
            "type": "array",
            "items": _TEXT,
            "description": "URNs of what changes without a price: the costs are not comparable.",
        },
        "next": _NEXT,
    }
)

_OF_RULE = ("rule", "pack", "level", "displayName", "description")
_OF_RULE_TOO = ("severity", "remedy", "url", "tags", "framework")

RULE = schema_of(
    {
        "rules": {
            "type": "array",
            "description": "The rule, in each pack that has one of its name.",
            "items": {
                "type": "object",
                "properties": {
                    name: _report()["ruleResult"]["properties"][name]
                    for name in (*_OF_RULE, *_OF_RULE_TOO)
                },
                "required": [*_OF_RULE, *_OF_RULE_TOO],
                "additionalProperties": False,
            },
        },
    }
)
