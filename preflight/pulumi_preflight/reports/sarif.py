"""The verdict as SARIF 2.1.0, for GitHub code scanning, Azure DevOps and viewers.

https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/sarif-v2.1.0-errata01-os-complete.html
"""

import json
import os
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, TextIO, TypeAlias
from urllib.parse import quote

from pulumi_preflight import __version__
from pulumi_preflight.findings import About, Finding, Level, NotEvaluated, Ran, Waived
from pulumi_preflight.model import Note
from pulumi_preflight.printing import escaped_json
from pulumi_preflight.reports.entries import (
    entries_of,
    fingerprint_of,
    page_of,
    subject_of,
    told,
    told_of_failure,
)
from pulumi_preflight.reports.places import Place, Places, place_of_failure
from pulumi_preflight.verdict import Verdict
from pulumi_preflight.verdicts import StackResult, Verdicts

SCHEMA: Final = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
BASE: Final = "%SRCROOT%"
"""The name of the folder to which paths are relative, as GitHub's own tools call it."""
LEVELS: Final = {Level.MANDATORY: "error", Level.ADVISORY: "warning"}
SECURITY_SEVERITIES: Final = {"critical": "9.5", "high": "8.0", "medium": "5.5", "low": "2.0"}
"""GitHub takes a number: above 9.0 is critical, from 7.0 high, from 4.0 medium, from 0.1 low.
https://docs.github.com/en/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning
"""
FINGERPRINT: Final = "primaryLocationLineHash"
"""The one fingerprint that GitHub reads. Its own would be of the line's text: several resources
that a loop makes on one line would be one alert, and a rewritten line another one."""
LONGEST_TITLE: Final = 1024
"""Characters of a rule's description that GitHub takes."""

Json: TypeAlias = dict[str, Any]
_Key: TypeAlias = tuple[str, str]


def write(verdict: Verdict, stream: TextIO) -> None:
    """Writes the verdict; two runs of one program give the same bytes."""
    _write([_run(verdict, _category(verdict.project, verdict.stack))], stream)


def write_several(verdicts: Verdicts, stream: TextIO) -> None:
    """Writes each verdict as a run; a stack without one is a run that did not succeed."""
    names = Counter(map(_named, verdicts.results))
    runs = []
    for result in verdicts.results:
        # GitHub refuses two runs of one category.
        folder = [result.folder] if names[_named(result)] > 1 else []
        category = _category(*folder, *_named(result))
        verdict = result.verdict
        runs.append(_run(verdict, category) if verdict else _failed_run(result, category))
    _write(runs, stream)


def _named(result: StackResult) -> tuple[str, str]:
    return result.project or result.folder, result.stack or "-"


def _category(*names: str) -> str:
    """What keeps the stacks of a repository apart: all before the last slash."""
    return f"preflight/{'/'.join(names)}/"


def _write(runs: Sequence[Json], stream: TextIO) -> None:
    log = {"$schema": SCHEMA, "version": "2.1.0", "runs": runs}
    stream.write(f"{escaped_json(json.dumps(log, indent=2, ensure_ascii=False))}\n")


_DRIVER: Final[Json] = {
    "name": "preflight",
    "fullName": "pulumi-preflight",
    "version": __version__,
}
_BASES: Final[Json] = {BASE: {"description": {"text": "The root of the repository"}}}


def _failed_run(result: StackResult, category: str) -> Json:
    """A run without results: an empty list of them would say that there are none."""
    return {
        "tool": {"driver": _DRIVER},
        "automationDetails": {"id": category},
        "originalUriBaseIds": _BASES,
        "invocations": [
            {
                "executionSuccessful": False,
                "exitCode": 2,
                "toolExecutionNotifications": [
                    {
                        "level": "error",
                        "message": {"text": _plain(told_of_failure(result))},
                        "locations": [_location(place_of_failure(result))],
                    }
                ],
            }
        ],
    }


def _run(verdict: Verdict, category: str) -> Json:
    places = Places(verdict)
    rules = _rules(verdict)
    ids = _ids(rules)
    return {
        "tool": {
            "driver": {
                **_DRIVER,
                "rules": [_rule(rule, ids[key]) for key, rule in rules.items()],
            }
        },
        "automationDetails": {"id": category},
        "originalUriBaseIds": _BASES,
        "invocations": [
            {
                "executionSuccessful": True,
                "exitCode": 0 if verdict.passed else 1,
                "toolExecutionNotifications": [_note(note, places) for note in verdict.notes],
            }
        ],
        "columnKind": "unicodeCodePoints",
        "results": [_result(each, places, ids, list(rules)) for each in entries_of(verdict)],
        "properties": {"project": verdict.project, "stack": verdict.stack},
    }


def _rules(verdict: Verdict) -> Mapping[_Key, Ran]:
    """Every rule of the packs, then those of which only findings tell, such as preflight's own."""
    rules = {(each.ran.pack, each.ran.rule): each.ran for each in verdict.rules}
    for finding in entries_of(verdict):
        rules.setdefault(
            (finding.pack, finding.rule),
            Ran(
                rule=finding.rule,
                pack=finding.pack,
                level=finding.level,
                about=About(severity=finding.severity, url=finding.url or ""),
            ),
        )
    return rules


def _ids(rules: Iterable[_Key]) -> Mapping[_Key, str]:
    """The rules' names; that of a second pack, where the first has it too, with the pack's."""
    ids: dict[_Key, str] = {}
    taken: set[str] = set()
    for pack, rule in rules:
        ids[pack, rule] = rule if rule not in taken else f"{pack}/{rule}"
        taken.add(rule)
    return ids


def _rule(rule: Ran, rule_id: str) -> Json:
    about = rule.about
    name = about.display_name or rule.rule
    description = about.description or name
    help_ = " ".join(filter(None, (about.remedy, about.url))) or description
    return {
        "id": rule_id,
        "name": name,
        "shortDescription": {"text": description[:LONGEST_TITLE]},
        "fullDescription": {"text": description[:LONGEST_TITLE]},
        "help": {"text": help_},
        **_only({"helpUri": page_of(about.url)}),
        "defaultConfiguration": {
            "enabled": rule.level is not None,
            "level": LEVELS[rule.level or Level.ADVISORY],
        },
        "properties": {
            "pack": rule.pack,
            "tags": list(about.tags),
            **_only({"security-severity": SECURITY_SEVERITIES.get(about.severity or "")}),
            **_only({"framework": _framework(about)}),
        },
    }


def _framework(about: About) -> Json | None:
    framework = about.framework
    if framework is None:
        return None
    named = {
        "name": framework.name,
        "version": framework.version,
        "reference": framework.reference,
        "specification": framework.specification,
    }
    return {key: text for key, text in named.items() if text}


def _result(
    finding: Finding, places: Places, ids: Mapping[_Key, str], order: Sequence[_Key]
) -> Json:
    key = finding.pack, finding.rule
    unseen = isinstance(finding, NotEvaluated)
    name = subject_of(finding)
    return {
        "ruleId": ids[key],
        "ruleIndex": order.index(key),
        # A result of another kind than `fail` has no level.
        "kind": "open" if unseen else "fail",
        "level": "none" if unseen else LEVELS[finding.level],
        "message": {"text": _plain(told(finding))},
        "locations": [
            {
                **_location(places.of(finding)),
                "logicalLocations": [
                    {**_only({"name": name}), "fullyQualifiedName": finding.urn, "kind": "resource"}
                ],
            }
        ],
        **_only(
            {
                "relatedLocations": [
                    {
                        "id": number,
                        **_location(place),
                        "message": {"text": _plain(place.of or "registered here too")},
                    }
                    for number, place in enumerate(places.related(finding), start=1)
                ]
            }
        ),
        "partialFingerprints": {FINGERPRINT: fingerprint_of(finding)},
        **_only({"suppressions": list(_suppressions(finding))}),
        "properties": {
            "id": finding.id,
            "pack": finding.pack,
            "level": finding.level,
            **_only({"severity": finding.severity}),
            **_only({"property": getattr(finding, "property", None)}),
        },
    }


def _suppressions(finding: Finding) -> Iterator[Json]:
    if isinstance(finding, Waived):
        yield {
            "kind": "external",
            "status": "accepted",
            "justification": finding.reason,
            "properties": {
                **_only({"owner": finding.owner, "expires": finding.expires}),
                **_only({"exceptions": [each.id for each in finding.exceptions]}),
            },
        }


def _location(place: Place) -> Json:
    return {
        "physicalLocation": {
            "artifactLocation": {"uri": quote(os.fsencode(place.file)), "uriBaseId": BASE},
            "region": {"startLine": place.line},
        }
    }


def _note(note: Note, places: Places) -> Json:
    place = places.inside(note.position)
    return {
        "level": "note",
        "message": {"text": _plain(note.text)},
        **_only({"locations": [_location(place)] if place else []}),
    }


# Viewers make a link of this, as section 3.11.6 says.
_LINK = re.compile(r"\[(?=[^\[\]]*\]\()")


def _plain(text: str) -> str:
    return _LINK.sub(r"\\[", text)


def _only(members: Mapping[str, object]) -> Json:
    """The members that say something."""
    return {key: value for key, value in members.items() if value}
