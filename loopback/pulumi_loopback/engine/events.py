"""The engine's events, of which `--json` prints one a line, as values.

Source: pulumi/pulumi, sdk/go/common/apitype/events.go (EngineEvent).
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pulumi_preflight.findings import Finding, Level


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
        return line
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
    return Finding(
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
