"""Waivers of a profile as the engine's exceptions, and back.

A waiver calls a resource by name, glob or URN and ends; an exception takes URNs and has no end. So
names are looked up in a stack's state. What the engine passes over keeps owner, last day and name,
so that an exception becomes the waiver again that it was.
"""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from aws_policy_pack.config import ConfigError, Problem, Waiver
from aws_policy_pack.evaluation import is_in_force, missing_from, names
from aws_policy_pack.exceptions import EXCEPTIONS, PolicyException, is_urn
from aws_policy_pack.profiles import ENVIRONMENTS, LEVEL_KEY, Profile, of_version_2
from aws_policy_pack.resource import Resource
from aws_policy_pack.rule import AnyRule, Level, Scope

WAIVERS: Final = "waivers"


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A configuration in another form.

    Attributes:
        content: The configuration.
        notes: What the reader has to know, such as a waiver that is left out.
    """

    content: Mapping[str, object]
    notes: tuple[str, ...] = ()


def as_exceptions(
    profile: Profile,
    written: Mapping[str, object],
    rules: Iterable[AnyRule],
    resources: Sequence[Resource] | None,
    *,
    today: dt.date,
) -> Written:
    """A profile whose waivers are exceptions of the engine, which have no end.

    A waiver that waives nothing today is left out: as an exception it would be in force.

    Args:
        profile: The profile.
        written: What it says of rules, with what it extends.
        rules: The pack's rules.
        resources: Those of the stack, `None` where no state is given.
        today: The day on which waivers are judged.

    Raises:
        ConfigError: A waiver names resources otherwise than by URN, and no state is given.
    """
    exceptions = {name: _dumped(each) for name, each in profile.exceptions.items()}
    notes: list[str] = []
    problems: list[Problem] = []
    ends: list[dt.date] = []
    for rule in rules:
        setting = profile.settings[rule.id]
        waived = False
        for index, waiver in enumerate(setting.config.waivers):
            path = f"{rule.id}.{WAIVERS}.{index}"
            if not is_in_force(waiver, today):
                notes.append(f"{path}: {_why_not(waiver)}, so it is left out")
                continue
            try:
                targets = _targets(rule, waiver, resources)
            except LookupError as error:
                problems.append(Problem(path=path, text=str(error)))
                continue
            if not targets:
                notes.append(f"{path}: names no resource of the state, so it is left out")
                continue
            exceptions[_free_id(rule.id, exceptions)] = _exception(rule, waiver, targets)
            ends += [waiver.expires] if waiver.expires else []
            waived = True
        if waived and rule.fix and setting.level is Level.REMEDIATE:
            notes.append(f"{rule.id}: the engine mends what an exception excuses")
    if problems:
        raise ConfigError(problems, profile.source)
    if ends:
        notes.append(
            f"the engine knows no end of an exception: write this file anew after {min(ends)}"
        )
    content = of_version_2(_without_waivers(written), exceptions)
    return Written(content=content, notes=tuple(notes))


def as_waivers(
    profile: Profile,
    written: Mapping[str, object],
    *,
    owner: str = "",
    expires: dt.date | None = None,
) -> Written:
    """A profile whose exceptions are waivers of the pack.

    Args:
        profile: The profile.
        written: What it says of rules, with what it extends.
        owner: Who answers for exceptions that name nobody.
        expires: The last day of those that have none.

    Raises:
        ConfigError: An exception has no owner or no last day, and none is given.
    """
    problems = [
        Problem(path=f"{EXCEPTIONS}.{name}", text=f"has no `{key}`; give one with --{key}")
        for name, each in profile.exceptions.items()
        for key, told in (("owner", each.owner.strip()), ("expires", each.expires))
        if not (told or {"owner": owner, "expires": expires}[key])
    ]
    if problems:
        raise ConfigError(problems, profile.source)
    waivers: dict[str, list[object]] = {}
    for each in profile.exceptions.values():
        for rule, resource in _excused(each):
            waivers.setdefault(rule, []).append(
                {
                    "resource": resource,
                    "reason": each.reason,
                    "owner": each.owner.strip() or owner,
                    "expires": str(each.expires or expires),
                }
            )
    return Written(content=_with_waivers(profile, written, waivers))


def lines_of(profile: Profile, *, today: dt.date) -> Iterator[tuple[str, str, str, str]]:
    """What each waiver and exception says: rule, resource, until when, and why."""
    for rule, setting in profile.settings.items():
        for waiver in setting.config.waivers:
            until = f"until {waiver.expires}"
            if not is_in_force(waiver, today):
                until = _why_not(waiver)
            owner = f" ({waiver.owner})" if waiver.owner else ""
            yield rule, waiver.resource, until, f"{waiver.reason}{owner}"
    for name, exception in profile.exceptions.items():
        for rule, resource in _excused(exception):
            yield rule, resource, "without an end", f"{exception.reason} (exception {name})"


def _excused(exception: PolicyException) -> Iterator[tuple[str, str]]:
    """Each rule with what a waiver of it would call the resources."""
    for rule in dict.fromkeys(rule for entry in exception.match for rule in entry.policies):
        targets = [
            target
            for entry in exception.match
            if rule in entry.policies
            for target in entry.targets
        ]
        called = exception.resource
        named = [target for target in targets if called and names(_called(called), _named(target))]
        yield from dict.fromkeys(
            (rule, called if target in named else target) for target in targets
        )


def _called(resource: str) -> Waiver:
    return Waiver(resource=resource)


def _named(urn: str) -> Resource:
    """The resource of a URN, as far as a waiver looks at it."""
    *_, types, name = urn.split("::", maxsplit=3)
    return Resource(dict, urn=urn, type=types.rpartition("$")[2], name=name)


def _targets(
    rule: AnyRule, waiver: Waiver, resources: Sequence[Resource] | None
) -> tuple[str, ...]:
    """The URNs that a waiver names.

    Raises:
        LookupError: It calls them otherwise, and there is no state.
    """
    own = (waiver.resource,) if _is_one_urn(waiver.resource) else ()
    if resources is None:
        if own:
            return own
        raise LookupError(
            f"{waiver.resource!r} is not a URN, which an exception needs; "
            "give the stack's export with --state"
        )
    found = [
        each.urn
        for each in resources
        if names(waiver, each) and (rule.scope is not Scope.RESOURCE or each.type in rule.types)
    ]
    return tuple(sorted(set(found))) or own


def _is_one_urn(resource: str) -> bool:
    return is_urn(resource) and not {"*", "?"} & set(resource)


def _why_not(waiver: Waiver) -> str:
    """Why a waiver waives nothing."""
    if missing := missing_from(waiver):
        return f"has no {' and no '.join(missing)}"
    return f"ended on {waiver.expires}"


def _free_id(rule: str, taken: Mapping[str, object]) -> str:
    number = 1
    while f"{rule}.{number}" in taken:
        number += 1
    return f"{rule}.{number}"


def _exception(rule: AnyRule, waiver: Waiver, targets: Sequence[str]) -> dict[str, object]:
    return {
        "reason": waiver.reason,
        "match": [{"policies": [rule.id], "targets": list(targets)}],
        "owner": waiver.owner,
        "expires": str(waiver.expires),
        "resource": waiver.resource,
    }


def _dumped(exception: PolicyException) -> dict[str, object]:
    return exception.model_dump(mode="json", by_alias=True, exclude_unset=True)


def _without_waivers(rules: Mapping[str, object]) -> Mapping[str, object]:
    stripped = {name: _entry({**_object(value), WAIVERS: []}) for name, value in rules.items()}
    kept = {name: value for name, value in rules.items() if name == ENVIRONMENTS}
    return {name: value for name, value in (stripped | kept).items() if value != {}}


def _with_waivers(
    profile: Profile, rules: Mapping[str, object], waivers: Mapping[str, list[object]]
) -> Mapping[str, object]:
    changed = dict(rules)
    for rule, more in waivers.items():
        # A former name wins over the present one.
        name = profile.settings[rule].called or rule
        entry = _object(rules.get(name, {}))
        own = entry.get(WAIVERS, [])
        changed[name] = {**entry, WAIVERS: [*(own if isinstance(own, list) else []), *more]}
    return changed


def _object(value: object) -> dict[str, object]:
    """What is said of a rule as an object."""
    return dict(value) if isinstance(value, Mapping) else {LEVEL_KEY: value}


def _entry(said: Mapping[str, object]) -> object:
    """What is said of a rule, without an empty list of waivers, in the shortest form."""
    kept = {key: value for key, value in said.items() if key != WAIVERS or value}
    return kept[LEVEL_KEY] if kept.keys() == {LEVEL_KEY} else kept
