"""Shows an operation of the engine as it goes, and at its end what the packs found."""

import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from pulumi_loopback.engine.refusals import is_refusal, lacks_room
from pulumi_preflight.findings import (
    Finding,
    Level,
    PolicyException,
    Waived,
    excuse_of,
    waived_by,
)
from pulumi_preflight.runtimes import hosts
from pulumi_preflight.stack_context import STACK_TYPE, name_of, type_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A step on one resource.

    Attributes:
        urn: The resource.
        operation: Such as `create`, `same`, `delete-replaced`.
        properties: The properties that make the step necessary.
        state: Whether it begins, has ended or has failed.
        at: When, in seconds since 1970.
    """

    urn: str
    operation: str
    properties: tuple[str, ...] = ()
    state: str
    at: int


# The engine says so after it has said why.
SAID_ALREADY = ("preview failed", "update failed", "destroy failed", "refresh failed")
BEGUN, ENDED, FAILED = "begun", "ended", "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """Something that the program, a provider or the engine said.

    Attributes:
        urn: The resource that it is about, empty for none.
        severity: `info`, `info#err`, `warning`, `error` or `debug`.
        text: What was said.
    """

    urn: str
    severity: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """The end of an operation.

    Attributes:
        changes: How many resources each kind of step was taken on.
        finished: Whether it did all that it meant to.
        seconds: How long it took.
    """

    finished: bool
    changes: Mapping[str, int]
    seconds: int


Event = Step | Message | Finding | Summary
_FIX = re.compile(r"(?:^|\s)Fix:\s+(?P<fix>\S.*)$", re.DOTALL)
_ON_PATH = re.compile(
    r"(?:warning: )?using pulumi-language-\w+ from \$PATH at (?P<host>.+?)(?: expected .+)?\s*$"
)
# What the packs say where a value is not known yet; preflight judges those with values.
_UNKNOWN = ("not evaluated: ", "can't run policy ")


def was_evaluated(finding: Finding) -> bool:
    """Whether a finding is one, and not the remark that a value is not known yet."""
    return not finding.message.startswith(_UNKNOWN)


def parse(line: str) -> Event | str | None:
    """Reads one line of the engine's output.

    Returns:
        The event; `None` for one that nothing here is made of; the line itself where it is none.
    """
    try:
        content = json.loads(line)
    except ValueError:
        return None if _tells_own_host(line) else line
    if not isinstance(content, dict) or "sequence" not in content:
        return line
    return _event(content)


_STEPS = {"resourcePreEvent": BEGUN, "resOutputsEvent": ENDED, "resOpFailedEvent": FAILED}


def _event(content: Mapping[str, Any]) -> Event | None:
    match content:
        case {"diagnosticEvent": event}:
            return _message(event)
        case {"policyEvent": event}:
            return _finding(event)
        case {"summaryEvent": event}:
            return Summary(
                changes=event["resourceChanges"] or {},
                finished=event["result"] == "succeeded",
                seconds=event["durationSeconds"],
            )
        case _:
            return _step(content)


def _step(content: Mapping[str, Any]) -> Step | None:
    key = next((key for key in _STEPS if key in content), None)
    if key is None:
        return None
    metadata = content[key]["metadata"]
    return Step(
        urn=metadata["urn"],
        operation=metadata["op"],
        properties=tuple(metadata.get("detailedDiff") or metadata.get("diffs") or ()),
        state=_STEPS[key],
        at=content["timestamp"],
    )


def _message(event: Mapping[str, Any]) -> Message | None:
    if event.get("ephemeral") or event["severity"] == "debug":
        return None
    return Message(
        urn=event.get("urn", ""), severity=event["severity"], text=event["message"].strip()
    )


def _finding(event: Mapping[str, Any]) -> Finding:
    # The SDKs put the rule's description on the first line, in front of what was found.
    description, _, said = event["message"].strip().partition("\n")
    message, fix, url = _laid_out(said.strip() or description)
    mandatory = event["enforcementLevel"] == "mandatory"
    finding = Finding(
        rule=event["policyName"],
        pack=event["policyPackName"],
        level=Level.MANDATORY if mandatory else Level.ADVISORY,
        severity=event.get("severity") or None,
        urn=event.get("resourceUrn", ""),
        problem=message or description,
        is_prose=True,
        fix=fix,
        url=url,
    )
    exceptions = tuple(
        PolicyException(id=each["id"], reason=each["reason"])
        for each in event.get("exceptions") or ()
    )
    return waived_by(finding, exceptions) if exceptions else finding


def _laid_out(said: str) -> tuple[str, str | None, str | None]:
    """A violation's text as message, fix and url, which stand on lines of their own.

    The engine hands on one text of what a pack says. A url at the end is one only where a sentence
    ends before it.
    """
    text, fix = said, None
    url = _last_url(text)
    if url:
        text = text.removesuffix(url).rstrip()
    if found := _FIX.search(text):
        fix, text = found["fix"].strip(), text[: found.start()].rstrip()
    return text, fix, url


def _last_url(text: str) -> str | None:
    """The url at the end of a text, where a sentence or a line ends before it."""
    *_, last = text.rsplit(maxsplit=1) or [""]
    if not last.startswith(("http://", "https://")):
        return None
    before = text.removesuffix(last)
    sentence = before.rstrip()
    return (
        last if not sentence or sentence[-1] in ".!?" or "\n" in before[len(sentence) :] else None
    )


Places = Mapping[str, str]

_SYMBOLS = {
    "create": "+ ",
    "update": "~ ",
    "replace": "+-",
    "create-replacement": "++",
    "delete-replaced": "--",
    "delete": "- ",
    "read": "> ",
    "discard": "< ",
    "import": "= ",
}
_STYLES = {"+": "green", "~": "yellow", "-": "red", ">": "cyan", "<": "cyan", "=": "cyan"}
_LEVEL_STYLES = {Level.MANDATORY: "bold red", Level.ADVISORY: "yellow"}
# A step that takes longer is told again when it has ended.
_SLOW_SECONDS = 5
_WAITS_SHOWN = 3
_CHANGED = {"update": "changed outside of the program", "delete": "is gone"}
# Source: pulumi/pulumi, pkg/resource/deploy/deployment_executor.go.
_PENDING = re.compile(r"^ *\* (?P<urn>urn:.+), interrupted while (?P<what>\w+)$", re.MULTILINE)
# Source: pulumi/pulumi, pkg/backend/journal.go.
_UNSAVED = "failed to save snapshot"
_WIDTH_WITHOUT_TERMINAL = 100


class Display:
    """Follows one operation.

    Args:
        places: URNs to `file:line`, as far as they are known.
        settles: The command that settles operations which were never finished.

    Attributes:
        findings: The packs' findings, without those on what they could not judge.
        summary: How the operation ended, `None` where the engine did not come that far.
        refused: The engine's own words where it has refused to begin, which the caller tells in
            others; empty where it has begun.
    """

    def __init__(self, places: Places, *, settles: str) -> None:
        self.findings: list[Finding] = []
        self._waived: list[Waived] = []
        self.summary: Summary | None = None
        self.refused = ""
        self._places = places
        self._settles = settles
        self._unknown = 0
        self._begun: dict[tuple[str, str], Step] = {}
        self._under_way: dict[tuple[str, str], Step] = {}
        self._said: set[tuple[str, str]] = set()
        self._asked_for_room = False
        width = None if _is_sized() else _WIDTH_WITHOUT_TERMINAL
        self._out = Console(highlight=False, emoji=False, markup=False, width=width)

    def follow(self, line: str) -> None:
        """Takes one line that the engine printed."""
        match parse(line):
            case Step() as step:
                self._step(step)
            case Message() as message:
                self._message(message)
            case Finding() as finding if not was_evaluated(finding):
                self._unknown += 1
            case Waived() as waived:
                self._waived.append(waived)
            case Finding() as finding:
                self.findings.append(finding)
            case Summary() as summary:
                self.summary = summary
            case str() as text if self.refused or is_refusal(text):
                # The lines that follow, such as a stack trace, belong to the same error.
                self.refused += text
            case str() as text:
                self._out.print(Text(text.rstrip()))
            case None:
                pass

    def waits_for(self) -> str:
        """The steps under way, in words; any thread may ask."""
        steps = [*self._under_way.values()]
        told = [f"{step.operation} {name_of(step.urn)}" for step in steps[:_WAITS_SHOWN]]
        more = f" and {len(steps) - _WAITS_SHOWN} more" if len(steps) > _WAITS_SHOWN else ""
        doing = f"{', '.join(told)}{more}" if steps else "the program and the packs run"
        return f"waits for the engine: {doing}"

    def end(self) -> None:
        """Shows the findings and what was done, the most pressing last."""
        self._excused()
        for level in (Level.ADVISORY, Level.MANDATORY):
            self._findings(level)
        if self._unknown:
            told = f"Not known before the deployment, and so judged by preflight: {self._unknown}"
            self._out.print(Text(f"\n{told}"))
        if self.summary is not None:
            self._out.print(Text(f"\n{_ending(self.summary)}"))

    def _step(self, step: Step) -> None:
        if step.state != BEGUN:
            self._under_way.pop((step.urn, step.operation), None)
        if step.state == BEGUN:
            self._begun[step.urn, step.operation] = step
            if step.operation in _SYMBOLS and type_of(step.urn) != STACK_TYPE:
                # The stack's own step is under way from the first to the last.
                self._under_way[step.urn, step.operation] = step
            if step.operation in _SYMBOLS:
                self._line(step, ", ".join(step.properties))
        elif step.state == FAILED:
            self._out.print(Text(f"  failed: {step.operation} {_told(step)}", style="bold red"))
        elif (step.urn, "refresh") in self._begun:
            if step.operation in _CHANGED:
                self._line(step, _CHANGED[step.operation])
        elif step.state == ENDED and (begun := self._begun.get((step.urn, step.operation))):
            seconds = step.at - begun.at
            if seconds >= _SLOW_SECONDS and step.operation in _SYMBOLS:
                self._line(step, f"done after {seconds} s")

    def _line(self, step: Step, remark: str) -> None:
        symbol = _SYMBOLS[step.operation]
        line = Text("  ").append(symbol, style=_STYLES[symbol[0]]).append(f" {_told(step)}")
        told = line.append(f"  ({remark})", style="dim") if remark else line
        self._out.print(told, soft_wrap=True)

    def _message(self, message: Message) -> None:
        if message.severity == "error" and not message.urn and is_refusal(message.text):
            self.refused += message.text
            return
        if message.severity == "warning" and _tells_own_host(message.text):
            return
        if message.text in SAID_ALREADY or (message.urn, message.text) in self._said:
            return
        self._said.add((message.urn, message.text))
        is_error = message.severity == "error"
        before = f"{message.severity}: " if message.severity in ("error", "warning") else ""
        about = f"{name_of(message.urn)}: " if message.urn and before else ""
        said = self._shortened(message.text)
        text = Text(f"{before}{about}{said}", style="bold red" if is_error else "")
        self._out.print(text, soft_wrap=True)
        if is_error and _UNSAVED in message.text and lacks_room(message.text):
            self._ask_for_room()

    def _ask_for_room(self) -> None:
        """Says once what keeps the engine."""
        if not self._asked_for_room:
            self._asked_for_room = True
            told = "hint: make room now: the engine tries to save each step for half a minute"
            self._out.print(Text(told), soft_wrap=True)

    def _excused(self) -> None:
        """Tells what exceptions excuse, which the engine lets pass at any level."""
        if self._waived:
            self._out.print(Text(f"\nWaived: {len(self._waived)}", style="bold"))
        for waived in sorted(self._waived, key=lambda each: (each.rule, each.urn)):
            told = f"  {waived.rule}: {name_of(waived.urn)}, {excuse_of(waived)}"
            self._out.print(Text(told), soft_wrap=True)

    def _findings(self, level: Level) -> None:
        found = sorted(
            (each for each in self.findings if each.level is level),
            key=lambda each: (each.rule, self._places.get(each.urn, ""), each.urn),
        )
        if not found:
            return
        plural = "" if len(found) == 1 else "s"
        heading = f"\n{level.value.capitalize()}: {len(found)} finding{plural}"
        self._out.print(Text(heading, style=_LEVEL_STYLES[level]))
        for rule, group in groupby(found, key=lambda each: each.rule):
            self._out.print(Text("  ").append(rule, style=_LEVEL_STYLES[level]))
            for finding in group:
                self._finding(finding)

    def _finding(self, finding: Finding) -> None:
        place = self._places.get(finding.urn)
        where = f"{place}  " if place else ""
        self._out.print(Text(f"    {where}{name_of(finding.urn)}"), soft_wrap=True)
        message = finding.message.removeprefix(f"{name_of(finding.urn)}: ")
        fix = f"\nFix: {finding.fix}" if finding.fix else ""
        self._out.print(Padding(Text(message + fix), (0, 0, 0, 4)))
        if finding.url:
            self._out.print(Text(f"    {finding.url}", style="dim"), soft_wrap=True)

    def _shortened(self, text: str) -> str:
        """What was said, without the engine's long advice on operations never finished."""
        begun = [f"{each['what']} {name_of(each['urn'])}" for each in _PENDING.finditer(text)]
        if not begun:
            return text
        return f"begun and never finished: {', '.join(begun)}; `{self._settles}` settles them"


def _tells_own_host(text: str) -> bool:
    """Whether the engine warns of a language host that was put on its PATH on purpose."""
    found = _ON_PATH.match(text)
    return found is not None and Path(found["host"]).is_relative_to(hosts.folder())


def _told(step: Step) -> str:
    return f"{name_of(step.urn)}  {type_of(step.urn)}"


def _ending(summary: Summary) -> str:
    listed = [f"{count} {name}" for name, count in sorted(summary.changes.items()) if count]
    counts = ", ".join(listed) or "nothing"
    return f"{'' if summary.finished else 'not finished: '}{counts}, {summary.seconds} s"


def _is_sized() -> bool:
    """Whether rich can tell the width: there is a terminal, or the user says it."""
    return "COLUMNS" in os.environ or Console().is_terminal
