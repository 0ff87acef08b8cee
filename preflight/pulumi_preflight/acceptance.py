"""What a run may accept: which findings fail it, and which are known from a baseline."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

ENGINE_STOPS = ("duplicate-urn", "invoke-of-new-resource")
"""The rules of preflight's own at whose findings the engine stops, whatever anybody accepts."""

OF_WAIVERS = ("waiver-broken", "waiver-over", "waiver-unread", "waiver-unused")
"""The rules of preflight's own about waivers in the code."""

NEVER_KNOWN = (*ENGINE_STOPS, *OF_WAIVERS)
"""Those that no baseline holds: a waiver that says something wrong is put right in the code."""

PLACEHOLDERS = ("{project}", "{stack}")
"""What stands for the names in the name of a baseline's file."""


REPLACES_STATEFUL = "replaces-stateful-resource"
"""The rule of preflight's own that may be waived: the change may be wanted."""


class FailOn(StrEnum):
    """Which findings fail a run."""

    MANDATORY = "mandatory"
    ADVISORY = "advisory"
    """Advisory ones as well as mandatory ones."""
    NEVER = "never"


@dataclass(frozen=True, slots=True, kw_only=True)
class Acceptance:
    """What a run is asked to accept.

    Attributes:
        fail_on: Which findings fail the run.
        baseline: The file of the baseline; `{project}` and `{stack}` stand for the names. `None`
            where there is none.
        write: Whether the baseline is written from the run's findings.
        prune: Whether entries that are gone are taken out of the file.
    """

    fail_on: FailOn = FailOn.MANDATORY
    baseline: Path | None = None
    write: bool = False
    prune: bool = False

    def file(self, *, project: str, stack: str) -> Path | None:
        """The file of the baseline of one stack, `None` where there is none."""
        if self.baseline is None:
            return None
        name = str(self.baseline)
        for placeholder, told in zip(PLACEHOLDERS, (project, stack), strict=True):
            name = name.replace(placeholder, told)
        return Path(name)


@dataclass(frozen=True, slots=True, kw_only=True)
class BaselineEntry:
    """One finding that a baseline knows.

    Attributes:
        pack: The pack's name.
        id: The finding's id: the rule, and what within.
        urn: The resource.
        expires: The last day on which it is known, `YYYY-MM-DD`; `None` where there is no end.
        reason: Why it is accepted, `None` where the file does not say.
    """

    pack: str
    id: str
    urn: str
    expires: str | None = None
    reason: str | None = None

    @property
    def key(self) -> tuple[str, str, str]:
        """What names the finding: pack, id and URN."""
        return self.pack, self.id, self.urn

    @property
    def rule(self) -> str:
        """The rule's name."""
        return self.id.partition("[")[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class BaselineUse:
    """A baseline in one run.

    Attributes:
        file: The file, as it was given.
        gone: Entries whose finding is gone, by pack, id and URN.
        over: Entries whose last day has passed, so that their finding counts again; likewise.
        unjudged: Entries of which this run says nothing, since their rule did not judge; likewise.
        written: Whether the run wrote the file.
        pruned: Whether the run took the entries that are gone out of the file.
    """

    file: str
    gone: tuple[BaselineEntry, ...] = ()
    over: tuple[BaselineEntry, ...] = ()
    unjudged: tuple[BaselineEntry, ...] = ()
    written: bool = False
    pruned: bool = False
