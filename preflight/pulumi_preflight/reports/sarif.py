"""The verdict as SARIF 2.1.0, for GitHub code scanning, Azure DevOps and viewers.

https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/sarif-v2.1.0-errata01-os-complete.html
"""

import json
import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, TextIO, TypeAlias
from urllib.parse import quote

from pulumi_preflight import __version__
from pulumi_preflight.findings import (
    About,
    Finding,
    Known,
    Level,
    NotEvaluated,
    Ran,
    Waived,
    knowledge_of,
)
from pulumi_preflight.model import Note
from pulumi_preflight.printing import escaped_json
from pulumi_preflight.reports.entries import (
    entries_of,
    fingerprint_of,
    page_of,
    standing_in,
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
MOST_TAGS: Final = 20
"""Tags of a rule that GitHub takes."""

Json: TypeAlias = dict[str, Any]
_Key: TypeAlias = tuple[str, str]


def write(verdict: Verdict, stream: TextIO) -> None:
    """Writes the verdict; two runs of one program give the same bytes."""
    # What stands before the last slash keeps the stacks of a repository apart.
    category = f"preflight/{verdict.project}/{verdict.stack}/"
    _write(category, [verdict], [_invocation(verdict)], stream)


def write_several(verdicts: Verdicts, stream: TextIO) -> None:
    """Writes several verdicts as one run, since GitHub takes no more than 20 of them in a file.

    A stack without a verdict is an invocation that did not succeed.
    """
    invocations = [
        _invocation(each.verdict) if each.verdict else _failed_invocation(each)
        for each in verdicts.results
    ]
    _write("preflight/", [verdict for _, verdict in verdicts], invocations, stream)


def _write(
    category: str, verdicts: Sequence[Verdict], invocations: Sequence[Json], stream: TextIO
) -> None:
    rules = _rules(verdicts)
    ids = _ids(rules)
    order = {key: number for number, key in enumerate(rules)}
    run = {
        "tool": {
            "driver": {
                "name": "preflight",
                "fullName": "pulumi-preflight",
                "version": __version__,
                "rules": [_rule(rule, ids[key]) for key, rule in rules.items()],
            }
        },
        "automationDetails": {"id": category},
        "originalUriBaseIds": {BASE: {"description": {"text": "The root of the repository"}}},
        "invocations": invocations,
        "columnKind": "unicodeCodePoints",
        "results": [each for verdict in verdicts for each in _results(verdict, ids, order)],
    }
    log = {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}
    stream.write(f"{escaped_json(json.dumps(log, indent=2, ensure_ascii=False))}\n")


def _invocation(verdict: Verdict) -> Json:
    places = Places(verdict)
    return {
        "executionSuccessful": True,
        "exitCode": 0 if verdict.passed else 1,
        "toolExecutionNotifications": [_note(note, places) for note in verdict.notes],
    }


def _failed_invocation(result: StackResult) -> Json:
    error = {
        "level": "error",
        "message": {"text": _plain(told_of_failure(result))},
        "locations": [_location(place_of_failure(result))],
    }
    return {"executionSuccessful": False, "exitCode": 2, "toolExecutionNotifications": [error]}


def _rules(verdicts: Sequence[Verdict]) -> Mapping[_Key, Ran]:
    """Every rule of the packs, then those of which only findings tell, such as preflight's own."""
    rules: dict[_Key, Ran] = {}
    for ran in (each.ran for verdict in verdicts for each in verdict.rules):
        known = rules.setdefault((ran.pack, ran.rule), ran)
        if known.level is None:
            # One stack may disable a rule that another has.
            rules[ran.pack, ran.rule] = ran
    for finding in (each for verdict in verdicts for each in entries_of(verdict)):
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
            "tags": list(about.tags[:MOST_TAGS]),
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


def _results(
    verdict: Verdict, ids: Mapping[_Key, str], order: Mapping[_Key, int]
) -> Iterator[Json]:
    places, standing = Places(verdict), standing_in(verdict)
    for finding in entries_of(verdict):
        result = _result(finding, places, ids, order)
        result |= _only({"baselineState": standing(finding)})
        told_of = {"project": verdict.project, "stack": verdict.stack}
        yield {**result, "properties": {**told_of, **result["properties"]}}


def _result(
    finding: Finding, places: Places, ids: Mapping[_Key, str], order: Mapping[_Key, int]
) -> Json:
    key = finding.pack, finding.rule
    unseen = isinstance(finding, NotEvaluated)
    name = subject_of(finding)
    return {
        "ruleId": ids[key],
        "ruleIndex": order[key],
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
    if isinstance(finding, Known):
        yield {
            "kind": "external",
            "status": "accepted",
            "justification": knowledge_of(finding),
            **_only({"properties": _only({"expires": finding.expires})}),
        }
    if isinstance(finding, Waived):
        yield {
            "kind": "inSource" if finding.in_code else "external",
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
