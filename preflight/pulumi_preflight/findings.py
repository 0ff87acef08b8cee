"""What packs report, as values."""

from dataclasses import dataclass
from enum import StrEnum

from google.protobuf.struct_pb2 import Struct


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
        file: Where the program created the resource, `None` where that is not known.
        line: The line in `file`, from 1.
        message: What is wrong and what is wanted.
        fix: What to do, in one sentence.
        url: A page about the rule.
    """

    rule: str
    pack: str
    level: Level
    severity: str | None
    urn: str
    file: str | None = None
    line: int | None = None
    message: str
    fix: str | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Waived(Finding):
    """A violation that the pack's own configuration excuses; its level is the rule's.

    Attributes:
        reason: Why it is excused.
        owner: Who answers for it.
        expires: The last day it is excused, `YYYY-MM-DD`.
    """

    reason: str
    owner: str | None
    expires: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class NotEvaluated(Finding):
    """A rule that could not see what it judges; its level is the rule's.

    Attributes:
        property: The path of the property that is not known before the deployment.
    """

    property: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """A rule of a pack in this run.

    Attributes:
        rule: The rule's name.
        pack: The name of the pack that holds it.
        level: The level of its violations, `None` where it is disabled.
        idle: Why the rule had nothing to judge, `None` where it judged something.
    """

    rule: str
    pack: str
    level: Level | None
    idle: str | None = None


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
