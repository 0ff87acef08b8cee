"""Holds a verdict against a baseline: what the baseline knows fails nothing, and is shown as known.

An entry is gone only where its rule has judged and did not find: a pack that did not run, a rule
that is disabled and a rule that could not see what it judges take no entry away.
"""

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import replace

from pulumi_preflight.acceptance import (
    NEVER_KNOWN,
    REPLACES_STATEFUL,
    Acceptance,
    BaselineEntry,
    BaselineUse,
)
from pulumi_preflight.baseline.file import BaselineFile, in_order, without, write
from pulumi_preflight.clock import is_over
from pulumi_preflight.findings import Finding, Known, fields_of
from pulumi_preflight.redaction import Redactor
from pulumi_preflight.stack_context import is_of_stack
from pulumi_preflight.verdict import OWN_PACK, Verdict


def accepted(
    verdict: Verdict, file: BaselineFile | None, acceptance: Acceptance, *, today: dt.date
) -> Verdict:
    """The verdict with all that is to be accepted; see `settled`.

    Raises:
        PreflightError: The file of the baseline cannot be written.
    """
    verdict = replace(verdict, fail_on=acceptance.fail_on)
    return verdict if file is None else settled(verdict, file, acceptance, today=today)


def settled(
    verdict: Verdict, file: BaselineFile, acceptance: Acceptance, *, today: dt.date
) -> Verdict:
    """The verdict with what the baseline knows set apart; writes and prunes the file if asked to.

    Args:
        verdict: The verdict without a baseline.
        file: The baseline.
        acceptance: What is asked.
        today: The day on which last days are judged.

    Raises:
        PreflightError: The file cannot be written.
    """
    judged = _Judged(verdict)
    gone, unjudged = judged.gone(file.entries), judged.unjudged(file.entries)
    if acceptance.write:
        kept = {entry.key: entry for entry in file.entries if entry not in gone}
        entries = {finding.key: _entry(finding) for finding in verdict.findings}
        never = {finding.key for finding in verdict.findings if _is_never_known(finding)}
        written = {key: each for key, each in {**entries, **kept}.items() if key not in never}
        file = replace(file, entries=in_order(written.values()))
        write(file.path, file.entries, project=file.project, stack=file.stack)
        gone = ()
    elif acceptance.prune and gone:
        without(file, gone)
    return _apart(
        verdict,
        file.entries,
        BaselineUse(
            file=str(file.path),
            gone=_shown(gone, verdict.redact),
            unjudged=_shown(unjudged, verdict.redact),
            written=acceptance.write,
            pruned=acceptance.prune and bool(gone),
        ),
        today,
    )


def _apart(
    verdict: Verdict, entries: Iterable[BaselineEntry], use: BaselineUse, today: dt.date
) -> Verdict:
    entry_of = {entry.key: entry for entry in entries}
    counted: list[Finding] = []
    known: list[Known] = []
    over: list[BaselineEntry] = []
    for finding in verdict.findings:
        entry = entry_of.get(finding.key)
        if entry is None:
            counted.append(finding)
        elif is_over(entry.expires, today):
            counted.append(finding)
            over.append(entry)
        else:
            known.append(_known(finding, entry, verdict.redact))
    return replace(
        verdict,
        findings=tuple(counted),
        known=tuple(known),
        baseline=replace(use, over=_shown(over, verdict.redact)),
    )


def _known(finding: Finding, entry: BaselineEntry, redact: Redactor) -> Known:
    reason = entry.reason and redact(entry.reason)
    return Known(**fields_of(finding), expires=entry.expires, reason=reason)


def _shown(entries: Iterable[BaselineEntry], redact: Redactor) -> tuple[BaselineEntry, ...]:
    """Entries for a report, which shows no secret that somebody has written into the file."""
    return tuple(
        replace(
            entry,
            id=redact(entry.id),
            urn=redact(entry.urn),
            reason=entry.reason and redact(entry.reason),
        )
        for entry in in_order(entries)
    )


def _entry(finding: Finding) -> BaselineEntry:
    return BaselineEntry(pack=finding.pack, id=finding.id, urn=finding.urn)


def _is_never_known(finding: Finding) -> bool:
    return finding.pack == OWN_PACK and finding.rule in NEVER_KNOWN


class _Judged:
    """What a verdict says of the entries of a baseline."""

    def __init__(self, verdict: Verdict) -> None:
        self._found = {finding.key for finding in verdict.findings}
        self._packs = {result.ran.pack for result in verdict.rules} | {OWN_PACK}
        self._silent = {
            (result.ran.pack, result.ran.rule)
            for result in verdict.rules
            if result.ran.level is None
        }
        if verdict.beside is None:
            # Nobody has looked for what only a base shows.
            self._silent.add((OWN_PACK, REPLACES_STATEFUL))
        unseen = verdict.not_evaluated
        # What is not known of the stack as a whole is not known of any resource in it.
        self._silent |= {(each.pack, each.rule) for each in unseen if is_of_stack(each.urn)}
        self._unseen = {(each.pack, each.rule, each.urn) for each in unseen}

    def gone(self, entries: Iterable[BaselineEntry]) -> tuple[BaselineEntry, ...]:
        """The entries whose rule has judged and found nothing any more."""
        return tuple(entry for entry in self._missing(entries) if self._has_judged(entry))

    def unjudged(self, entries: Iterable[BaselineEntry]) -> tuple[BaselineEntry, ...]:
        """The entries of which the verdict says nothing."""
        return tuple(entry for entry in self._missing(entries) if not self._has_judged(entry))

    def _missing(self, entries: Iterable[BaselineEntry]) -> Iterator[BaselineEntry]:
        return (entry for entry in entries if entry.key not in self._found)

    def _has_judged(self, entry: BaselineEntry) -> bool:
        return (
            entry.pack in self._packs
            and (entry.pack, entry.rule) not in self._silent
            and (entry.pack, entry.rule, entry.urn) not in self._unseen
        )
