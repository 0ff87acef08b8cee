"""What packs report, as values: findings, waivers, and what a rule's fix changes."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, fields
from enum import Enum, StrEnum
from itertools import zip_longest
from typing import Any, TypeAlias

from google.protobuf.struct_pb2 import Struct

from pulumi_preflight.model import SourcePosition
from pulumi_preflight.outputs.inventions import Origin
from pulumi_preflight.redaction import SHOWN_SECRET, Redactor, secret_texts, shown_value
from pulumi_preflight.stack_context import is_of_stack, is_urn, name_of
from pulumi_preflight.wire import SECRET, PropertyValue, from_struct, mark_of, rewrite
from pulumi_preflight.wire import without_secret as unwrapped


class Level(StrEnum):
    """What a violation does: stop the update, or be shown."""

    MANDATORY = "mandatory"
    ADVISORY = "advisory"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One violation of one rule.

    Attributes:
        rule: The rule's name.
        pack: The name of the pack that holds it; `preflight` for preflight's own.
        level: Mandatory or advisory; a violation that a remediation left is mandatory.
        severity: `low`, `medium`, `high`, `critical`, `None` where the pack does not say.
        urn: The resource, the stack's own URN where the finding is about no single one.
        part: What tells it from others of the rule about the same resource; empty where it is the
            only one. A verdict tells equal ones apart by a number: `#2`.
        places: Where the program created the resource, then the related ones, as far as known.
        problem: What is wrong, without the resource's name. The whole text where `is_prose`.
        wanted: What is wanted, as the end of a sentence; `None` where the problem says it.
        is_prose: Whether the pack told one text and no parts.
        fix: What to do, in one sentence.
        url: A page about the rule.
        related: The URNs of the other resources that it is about.
        origin: The made-up value that the result hangs on, where it hangs on one.
    """

    rule: str
    pack: str
    level: Level
    severity: str | None
    urn: str
    part: str = ""
    places: tuple[SourcePosition, ...] = ()
    problem: str
    wanted: str | None = None
    is_prose: bool = False
    fix: str | None = None
    url: str | None = None
    related: tuple[str, ...] = ()
    origin: Origin | None = None

    @property
    def id(self) -> str:
        """The rule, and what within: with the URN, the same in the next run, wherever it stands."""
        return f"{self.rule}[{self.part}]" if self.part else self.rule

    @property
    def key(self) -> tuple[str, str, str]:
        """What names it among all of a stack: pack, id and URN."""
        return self.pack, self.id, self.urn

    @property
    def message(self) -> str:
        """What is wrong and what is wanted, as one text."""
        if self.is_prose:
            return self.problem
        about = is_urn(self.urn) and not is_of_stack(self.urn)
        subject = f"{name_of(self.urn)}: " if about else ""
        wanted = "" if self.wanted is None else f"; wanted {self.wanted}."
        return f"{subject}{self.problem}{wanted}"

    @property
    def file(self) -> str | None:
        """The file of the first place, `None` where no place is known."""
        return self.places[0].file if self.places else None

    @property
    def line(self) -> int | None:
        """The line of the first place, from 1."""
        return self.places[0].line if self.places else None


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyException:
    """An exception of a pack's config file, by which the engine excuses a violation without end.

    Attributes:
        id: Its key in the file.
        reason: Why it excuses.
    """

    id: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Waived(Finding):
    """A violation that the pack's configuration, the engine's exceptions or the code excuses.

    Its level is the rule's, or advice where the pack says so; that of the violation where
    exceptions excuse it.

    Attributes:
        reason: Why it is excused; all reasons where several exceptions excuse it.
        owner: Who answers for it.
        expires: The last day it is excused, `YYYY-MM-DD`; `None` where there is none.
        exceptions: The exceptions that excuse it, in the order of their ids; none where the pack
            itself does.
        in_code: Where the program's code excuses it, `None` where its code does not.
    """

    reason: str
    owner: str | None
    expires: str | None
    exceptions: tuple[PolicyException, ...] = ()
    in_code: SourcePosition | None = None


def waived_by(finding: Finding, exceptions: tuple[PolicyException, ...]) -> Waived:
    """A violation that exceptions excuse."""
    return Waived(
        **fields_of(finding),
        reason="; ".join(dict.fromkeys(each.reason for each in exceptions)),
        owner=None,
        expires=None,
        exceptions=exceptions,
    )


def excuse_of(waived: Waived) -> str:
    """Until when a violation is excused, why, and by whom or by what."""
    until = f"until {waived.expires}" if waived.expires else "without an end"
    if waived.exceptions:
        why = "; ".join(f"exception {each.id}: {each.reason}" for each in waived.exceptions)
        return f"{until}: {why}"
    owner = f" ({waived.owner})" if waived.owner else ""
    return f"{until}: {waived.reason}{owner}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Known(Finding):
    """A violation that the baseline holds.

    Attributes:
        expires: The last day on which it is known, `YYYY-MM-DD`; `None` where there is none.
        reason: Why it is accepted, `None` where the baseline does not say.
    """

    expires: str | None
    reason: str | None


def fields_of(finding: Finding) -> dict[str, Any]:
    """The fields of a finding, for a value that says more of it."""
    return {each.name: getattr(finding, each.name) for each in fields(Finding)}


def knowledge_of(known: Known) -> str:
    """Until when a violation of the baseline is known, and why."""
    until = f" until {known.expires}" if known.expires else ""
    why = f": {known.reason}" if known.reason else ""
    return f"known from the baseline{until}{why}"


@dataclass(frozen=True, slots=True, kw_only=True)
class NotEvaluated(Finding):
    """A rule that could not see what it judges.

    Its level is the rule's, or advice where the pack says so.

    Attributes:
        property: The path of the property that is not known before the deployment.
    """

    property: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Framework:
    """A compliance framework that a rule belongs to; what the pack does not say is empty.

    Attributes:
        name: Its name.
        version: Its version.
        reference: The controls that the rule covers.
        specification: A page that lists its controls.
    """

    name: str
    version: str = ""
    reference: str = ""
    specification: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What a pack says of a rule, whatever the rule finds; what it does not say is empty.

    Attributes:
        display_name: The rule's name for a reader.
        description: What the rule holds a stack to.
        severity: `low`, `medium`, `high`, `critical`, `None` where the pack does not say.
        remedy: What to do about a violation.
        url: A page about the rule.
        tags: Words to find it by.
        framework: The framework that it belongs to, `None` where it belongs to none.
    """

    display_name: str = ""
    description: str = ""
    severity: str | None = None
    remedy: str = ""
    url: str = ""
    tags: tuple[str, ...] = ()
    framework: Framework | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """A rule of a pack in this run.

    Attributes:
        rule: The rule's name.
        pack: The name of the pack that holds it.
        level: The level of its violations, `None` where it is disabled.
        idle: Why the rule had nothing to judge, `None` where it judged something.
        about: What the pack says of it.
    """

    rule: str
    pack: str
    level: Level | None
    idle: str | None = None
    about: About = About()


@dataclass(frozen=True, slots=True, kw_only=True)
class Remediation:
    """A change of a resource's inputs by a rule.

    Attributes:
        rule: The rule's name.
        pack: The name of the pack that holds it.
        urn: The resource.
        before: The inputs without it.
        after: The inputs with it.
        applied: Whether the resource was judged with it; otherwise it was only asked for.
    """

    rule: str
    pack: str
    urn: str
    before: Struct
    after: Struct
    applied: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Reported:
    """All that packs reported, in the order of their answers."""

    findings: tuple[Finding, ...] = ()
    waived: tuple[Waived, ...] = ()
    not_evaluated: tuple[NotEvaluated, ...] = ()
    remediations: tuple[Remediation, ...] = ()
    rules: tuple[Ran, ...] = ()

    def __add__(self, other: "Reported") -> "Reported":
        return Reported(
            findings=self.findings + other.findings,
            waived=self.waived + other.waived,
            not_evaluated=self.not_evaluated + other.not_evaluated,
            remediations=self.remediations + other.remediations,
            rules=self.rules + other.rules,
        )


_PLAIN_NAME = re.compile(r"[^.\[\]\"]+")


class Absent(Enum):
    """The kind of `ABSENT`, which stands for a property that is not set; null is set."""

    ABSENT = "absent"


ABSENT = Absent.ABSENT

Side: TypeAlias = "PropertyValue | Absent"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One property that a fix sets, alters or removes.

    Attributes:
        path: Where it is, as `tags.owner` or `rules[0]["a.b"]`.
        before: What the program gave, `ABSENT` where nothing; without secrets.
        after: What the fix makes of it, `ABSENT` where it is removed; without secrets.
    """

    path: str
    before: Side
    after: Side


@dataclass(frozen=True, slots=True, kw_only=True)
class Fix:
    """The changes that one rule makes, or would make, in one resource.

    Attributes:
        rule: The rule's name.
        pack: The name of the pack that holds it.
        urn: The resource.
        file: Where the program created it, `None` where that is not known.
        line: The line in `file`, from 1.
        applied: Whether the resource was judged with it: the rule's level is `remediate`.
        exposed: Where a secret of the inputs is no longer marked after the fix.
        changes: The differences, in the order of the properties' names.
    """

    rule: str
    pack: str
    urn: str
    file: str | None
    line: int | None
    applied: bool
    exposed: tuple[str, ...]
    changes: tuple[Change, ...]


def fix_of(change: Remediation, position: SourcePosition | None, redact: Redactor) -> Fix:
    """Describes a remediation for a reader.

    Args:
        change: The remediation.
        position: Where the program created the resource.
        redact: Takes secrets out of texts, where a rule copied one.
    """
    before, after = from_struct(change.before), from_struct(change.after)
    secrets = Redactor(secret_texts(change.before))
    return Fix(
        rule=change.rule,
        pack=change.pack,
        urn=redact.urn(change.urn),
        file=position.file if position else None,
        line=position.line if position else None,
        applied=change.applied,
        exposed=tuple(redact(path) for path in _exposed("", before, after, secrets)),
        changes=tuple(
            Change(path=redact(path), before=_told(old, redact), after=_told(new, redact))
            for path, old, new in _differences("", before, after)
        ),
    )


def changed_paths(before: Struct, after: Struct) -> tuple[str, ...]:
    """The places where the inputs of a resource differ, as in `Change.path`."""
    return tuple(path for path, _, _ in _differences("", from_struct(before), from_struct(after)))


def _differences(path: str, before: Side, after: Side) -> Iterator[tuple[str, Side, Side]]:
    """The innermost properties that differ; to mark a value as secret is not a difference."""
    if _bare(before) == _bare(after):
        return
    if SECRET in (mark_of(before), mark_of(after)):
        # A rule may hand a secret on without its mark.
        yield path, _hidden(before), _hidden(after)
        return
    match before, after:
        case dict(), dict():
            for name in sorted({*before, *after}):
                inner = before.get(name, ABSENT), after.get(name, ABSENT)
                yield from _differences(_member(path, name), *inner)
        case list(), list():
            for index, inner in enumerate(zip_longest(before, after, fillvalue=ABSENT)):
                yield from _differences(f"{path}[{index}]", *inner)
        case _:
            yield path, before, after


def _exposed(path: str, before: Side, after: Side, secrets: Redactor) -> Iterator[str]:
    """The places where a value has lost its mark, or where a secret was copied without a mark.

    The SDK of packs gives fixes plain values. So a fix that builds properties anew, instead of
    changing them, gives secrets back without their mark.
    """
    if mark_of(after) == SECRET or after is ABSENT:
        return
    if mark_of(before) == SECRET:
        yield path
        return
    match after:
        case dict():
            known = before if isinstance(before, dict) else {}
            for name, value in sorted(after.items()):
                inner = known.get(name, ABSENT)
                yield from _exposed(_member(path, name), inner, value, secrets)
        case list():
            items = before if isinstance(before, list) else []
            for index, value in enumerate(after):
                old = items[index] if index < len(items) else ABSENT
                yield from _exposed(f"{path}[{index}]", old, value, secrets)
        case str() if after != before and secrets(after) != after:
            yield path


def _bare(value: Side) -> Side:
    return ABSENT if value is ABSENT else rewrite(value, unwrapped)


def _hidden(value: Side) -> Side:
    return ABSENT if value is ABSENT else SHOWN_SECRET


def _told(value: Side, redact: Redactor) -> Side:
    return ABSENT if value is ABSENT else redact.inside(shown_value(value))


def _member(path: str, name: str) -> str:
    if not _PLAIN_NAME.fullmatch(name):
        escaped = name.replace('"', '\\"')
        return f'{path}["{escaped}"]'
    return f"{path}.{name}" if path else name
