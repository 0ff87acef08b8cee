"""Reads what a pack tells beside its diagnostics: findings in parts, as JSON.

docs/findings-format.md describes the format, `findings.schema.json` beside this file its JSON. Any
pack may write anything here, so nothing in it can fail: what cannot be read says nothing.
"""

import json
from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from pulumi.runtime.proto.analyzer_pb2 import PolicyNotApplicable

VERSION_KEY = "policyFindings"
VERSION = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One finding in parts; a text that the pack left out is empty.

    Attributes:
        rule: The rule's name.
        urn: The resource that it is about.
        problem: What is wrong; the whole text where `is_prose`.
        message: The text of the diagnostic that the entry is about.
        part: What tells it from others of the rule about the same resource.
        wanted: What is wanted.
        fix: What to do.
        url: A page about the rule.
        related: The URNs of the other resources that it is about.
        property: The path of a property that kept the rule from running.
        reason: Why a waived finding is excused.
        owner: Who answers for that.
        expires: The last day of that.
        is_prose: Whether the pack told one text and no parts.
    """

    rule: str
    urn: str
    problem: str
    message: str = ""
    part: str = ""
    wanted: str = ""
    fix: str = ""
    url: str = ""
    related: tuple[str, ...] = ()
    property: str = ""
    reason: str = ""
    owner: str = ""
    expires: str = ""
    is_prose: bool = False


_Key: TypeAlias = tuple[str, str, str]
_Waiting: TypeAlias = defaultdict[_Key, deque[Entry]]


class Entries:
    """What one answer of a pack tells beside its diagnostics.

    Attributes:
        waived: The waived findings, in order.
    """

    def __init__(self, answers: Iterable[PolicyNotApplicable], about: Callable[[str], str]) -> None:
        """Reads an answer; `about` gives the resource that is meant where a pack names one."""
        self._findings: _Waiting = defaultdict(deque)
        self._not_evaluated: _Waiting = defaultdict(deque)
        self.waived: list[Entry] = []
        for answer in answers:
            document = _document(answer.reason) or {}
            kinds = {
                kind: [_entry(answer.policy_name, each, about) for each in _objects(document, kind)]
                for kind in ("findings", "notEvaluated", "waived")
            }
            self.waived += kinds["waived"]
            for entry in kinds["findings"]:
                if entry.problem and entry.wanted:
                    self._findings[_key(entry)].append(entry)
            for entry in kinds["notEvaluated"]:
                if entry.problem:
                    self._not_evaluated[_key(entry)].append(entry)

    def finding(self, rule: str, message: str, urn: str) -> Entry | None:
        """The parts of a finding that a diagnostic with this text is about; each once."""
        return _taken(self._findings, (rule, message, urn))

    def not_evaluated(self, rule: str, message: str, urn: str) -> Entry | None:
        """What such a diagnostic says of a rule that could not run; each once."""
        return _taken(self._not_evaluated, (rule, message, urn))


def is_told(reason: str) -> bool:
    """Whether a reason is of this format, so that the rule had something to judge."""
    return _document(reason) is not None


def _key(entry: Entry) -> _Key:
    return entry.rule, entry.message, entry.urn


def _taken(waiting: _Waiting, key: _Key) -> Entry | None:
    entries = waiting.get(key)
    return entries.popleft() if entries else None


def _document(reason: str) -> dict[str, object] | None:
    """The object in a reason, `None` where it is of no version of this format."""
    if not reason.startswith("{"):
        return None
    try:
        document = json.loads(reason)
    except (ValueError, RecursionError):
        return None
    return document if isinstance(document, dict) and VERSION_KEY in document else None


def _objects(document: Mapping[str, object], kind: str) -> Iterator[dict[str, object]]:
    """The entries of a kind; none of a version that is not known here."""
    version = document.get(VERSION_KEY)
    # `true` equals 1.
    known = version == VERSION and not isinstance(version, bool)
    listed = document.get(kind) if known else None
    for each in listed if isinstance(listed, list) else ():
        if isinstance(each, dict):
            yield each


def _entry(rule: str, given: Mapping[str, object], about: Callable[[str], str]) -> Entry:
    related = given.get("related")
    return Entry(
        rule=rule,
        urn=about(_text(given.get("urn"))),
        problem=_text(given.get("problem")),
        message=_text(given.get("message")),
        part=_text(given.get("part")),
        wanted=_text(given.get("wanted")),
        fix=_text(given.get("fix")),
        url=_text(given.get("url")),
        related=tuple(filter(None, map(_text, related))) if isinstance(related, list) else (),
        property=_text(given.get("property")),
        reason=_text(given.get("reason")),
        owner=_text(given.get("owner")),
        expires=_text(given.get("expires")),
    )


def _text(value: object) -> str:
    """A text without halves of characters, which no stream takes; empty for anything else."""
    if not isinstance(value, str):
        return ""
    return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace").strip()
