"""Exceptions, the engine's own waivers, in a profile of version 2: checked strictly, as all of it.

An exception excuses the violations of rules on resources, named by URN, and has no end. The engine
passes over keys that it does not know; so `owner`, `expires` and `resource` may keep what a waiver
of the pack says.

Source: pulumi/pulumi, pkg/resource/analyzer/exceptions.go of 3.276.0.
"""

import datetime as dt
import json
import re
from collections.abc import Iterable, Mapping
from typing import Annotated, Final

from pydantic import AfterValidator, Field, ValidationError
from pydantic_core import PydanticCustomError

from aws_policy_pack.config import ConfigError, Problem, StrictModel, nearest, problems_in, too_long
from aws_policy_pack.rule import AnyRule, Scope

EXCEPTIONS: Final = "exceptions"
_ID: Final = re.compile(r"[A-Za-z0-9_.-]+")
_URN: Final = "urn:pulumi:"
_SEPARATORS: Final = 3


def is_urn(text: str) -> bool:
    """Whether the engine takes a text for a URN."""
    return text.startswith(_URN) and text.count("::") >= _SEPARATORS


def _not_blank(text: str) -> str:
    if not text.strip():
        raise PydanticCustomError("blank", "wanted a reason")
    return text


def _some(texts: tuple[str, ...]) -> tuple[str, ...]:
    if not texts:
        raise PydanticCustomError("none", "wanted at least one")
    return texts


def _urns(texts: tuple[str, ...]) -> tuple[str, ...]:
    if not all(map(is_urn, texts)):
        raise PydanticCustomError(
            "no_urn", "wanted URNs, such as 'urn:pulumi:dev::shop::aws:sqs/queue:Queue::jobs'"
        )
    return texts


class Match(StrictModel):
    """The violations of some rules on some resources."""

    policies: Annotated[tuple[str, ...], AfterValidator(_some)]
    targets: Annotated[tuple[str, ...], AfterValidator(_some), AfterValidator(_urns)]


class PolicyException(StrictModel):
    """One exception; the engine reads `reason` and `match` alone."""

    reason: Annotated[str, AfterValidator(_not_blank)]
    match: Annotated[tuple[Match, ...], AfterValidator(_some)]
    owner: str = ""
    expires: dt.date | None = None
    resource: str = Field(default="", description="What the waiver calls the resources")


Exceptions = Mapping[str, PolicyException]
"""Exceptions by id."""


def read_exceptions(raw: object, rules: Iterable[AnyRule], *, source: str) -> Exceptions:
    """Checks the exceptions of a profile.

    Raises:
        ConfigError: Names every mistake: unknown rules and keys, wrong ids, types and values.
    """
    if raw is None:
        return {}
    if not isinstance(raw, Mapping):
        raise ConfigError([Problem(path=EXCEPTIONS, text="is not a JSON object")], source)
    if long := list(too_long(raw, EXCEPTIONS)):
        raise ConfigError(long, source)
    rules = tuple(rules)
    problems: list[Problem] = []
    found: dict[str, PolicyException] = {}
    for name, value in raw.items():
        path = f"{EXCEPTIONS}.{name}"
        if not _ID.fullmatch(name):
            text = f"{name!r} is not an id; wanted letters, digits, '-', '.' and '_'"
            problems.append(Problem(path=EXCEPTIONS, text=text))
            continue
        document = json.dumps(value, ensure_ascii=False).encode(errors="replace")
        try:
            found[name] = PolicyException.model_validate_json(document, strict=True)
        except ValidationError as error:
            problems.extend(problems_in(error, PolicyException, path))
            continue
        problems.extend(_problems_of_rules(found[name], rules, path))
    if problems:
        raise ConfigError(problems, source)
    return found


def _problems_of_rules(
    exception: PolicyException, rules: tuple[AnyRule, ...], path: str
) -> Iterable[Problem]:
    """Names each rule that no violation can be of, or that nobody may waive."""
    by_id = {rule.id: rule for rule in rules}
    present = {former: rule.id for rule in rules for former in rule.formerly}
    for number, entry in enumerate(exception.match):
        for index, name in enumerate(entry.policies):
            where = f"{path}.match.{number}.policies.{index}"
            if name in present:
                yield Problem(path=where, text=f"`{name}` is `{present[name]}` now")
            elif name not in by_id:
                yield Problem(path=where, text=f"unknown rule; {nearest(name, by_id)}")
            elif by_id[name].scope is Scope.PACK:
                yield Problem(path=where, text=f"`{name}` cannot be waived")
