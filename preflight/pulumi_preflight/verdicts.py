"""The verdicts on several stacks, of one project or of many, in one report."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pulumi_preflight.verdict import Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class StackResult:
    """What became of one stack: a verdict, or the reason why there is none.

    Attributes:
        folder: The project's folder, relative to the working directory, with `/`; `.` for itself.
            Files of the verdict are relative to it.
        project: The project's name, `None` where its file does not tell it.
        stack: The stack's name, `None` where nothing tells which stack is meant.
        verdict: The verdict, `None` where there is none.
        error: Why there is no verdict, without secrets; `None` where there is one.
        hint: What may help, `None` where the error says it all.
    """

    folder: str
    project: str | None
    stack: str | None
    verdict: "Verdict | None"
    error: str | None = None
    hint: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """A project that was found and not judged.

    Attributes:
        folder: Its folder, as in `StackResult`.
        reason: Why, such as `no change since main`.
    """

    folder: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Gone:
    """A stack that the base has and this run does not, since the project or its file is gone.

    Attributes:
        base: What the run is compared with.
        project: The project's name.
        stack: The stack's name.
        resources: How many resources the base has of it.
        holding_data: How many of these hold data that goes with them.
    """

    base: str
    project: str
    stack: str
    resources: int
    holding_data: int

    @property
    def told(self) -> str:
        """What a reader is told of it."""
        number, holding = self.resources, self.holding_data
        if number == 1:
            goes = f"its one resource goes{', which holds data' if holding else ''}"
        else:
            verb = "holds" if holding == 1 else "hold"
            data = f", among them {holding} that {verb} data" if holding else ""
            goes = f"its {number:,} resources go{data}" if number else "no resource goes with it"
        return f"{self.base} has {self.project}/{self.stack}, which this run does not: {goes}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdicts:
    """The results of one run over several projects, in the order of folders and stacks.

    Attributes:
        results: One for each stack that was judged, or was to be judged.
        left_out: The projects that were found and not judged, by folder.
        seconds: How long it took, wall clock.
        gone: The stacks that the base alone has, by project and stack.
    """

    results: tuple[StackResult, ...]
    left_out: tuple[LeftOut, ...]
    seconds: float
    gone: tuple[Gone, ...] = ()

    def __iter__(self) -> "Iterator[tuple[StackResult, Verdict]]":
        """Every result that has a verdict, with it."""
        return ((each, each.verdict) for each in self.results if each.verdict is not None)

    @property
    def without_verdict(self) -> tuple[StackResult, ...]:
        """The results that have none."""
        return tuple(each for each in self.results if each.verdict is None)

    @property
    def failed(self) -> tuple[StackResult, ...]:
        """The results with a verdict that did not pass."""
        return tuple(result for result, verdict in self if not verdict.passed)
