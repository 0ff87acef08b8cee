"""What packs report, as values."""

from dataclasses import dataclass
from enum import StrEnum

from google.protobuf.struct_pb2 import Struct

from pulumi_preflight.model import SourcePosition
from pulumi_preflight.outputs.inventions import Origin
from pulumi_preflight.urns import STACK_TYPE, is_urn, name_of, qualified_type_of


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
    def message(self) -> str:
        """What is wrong and what is wanted, as one text."""
        if self.is_prose:
            return self.problem
        about = is_urn(self.urn) and qualified_type_of(self.urn) != STACK_TYPE
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
