"""What reports for other tools say of a finding."""

import hashlib
from collections.abc import Callable, Sequence
from typing import Final
from urllib.parse import quote, urlsplit

from pulumi_preflight.bases import BaseFinding, known_as
from pulumi_preflight.findings import Finding, Known, NotEvaluated, Waived
from pulumi_preflight.stack_context import is_of_stack, is_urn, name_of
from pulumi_preflight.verdict import Verdict
from pulumi_preflight.verdicts import StackResult

NEW: Final = "new"
UNCHANGED: Final = "unchanged"


def entries_of(verdict: Verdict) -> Sequence[Finding]:
    """All that a verdict lists: findings, what could not be evaluated, what is waived or known."""
    return (*verdict.findings, *verdict.not_evaluated, *verdict.waived, *verdict.known)


def standing_in(verdict: Verdict) -> Callable[[Finding], str]:
    """Says of a finding what it is beside the run's base: `NEW`, `UNCHANGED`, or empty.

    What is accepted or could not be evaluated is neither, and so is all of a run without a base.
    """
    changes = verdict.changes
    standings: dict[BaseFinding, str] = {}
    if changes is not None:
        standings |= dict.fromkeys(map(known_as, changes.unchanged), UNCHANGED)
        standings |= dict.fromkeys(map(known_as, changes.new), NEW)

    def standing(finding: Finding) -> str:
        if isinstance(finding, Waived | Known | NotEvaluated):
            return ""
        return standings.get(known_as(finding), "")

    return standing


def subject_of(finding: Finding) -> str:
    """The name of the resource that a finding is about, empty where that is the stack."""
    about = is_urn(finding.urn) and not is_of_stack(finding.urn)
    return name_of(finding.urn) if about else ""


def said_of(finding: Finding) -> str:
    """What a finding says of a resource, without its name, which stands beside it."""
    return finding.message.removeprefix(f"{subject_of(finding)}: ")


def fingerprint_of(finding: Finding) -> str:
    """The name of a finding as a hash: the same wherever the code moves, of no other finding."""
    told = f"{finding.pack}\0{finding.urn}\0{finding.id}"
    return hashlib.sha256(told.encode(errors="surrogatepass")).hexdigest()


def told(finding: Finding) -> str:
    """What is wrong and what to do, as one text."""
    return f"{finding.message} Fix: {finding.fix}" if finding.fix else finding.message


def told_of_failure(result: StackResult) -> str:
    """Why a stack has no verdict and what may help, as one text."""
    hint = f" Hint: {result.hint}" if result.hint else ""
    return f"No verdict: {result.error}{hint}"


def fingerprint_of_failure(result: StackResult) -> str:
    """The name of a stack that has no verdict as a hash; no finding has it."""
    told = f"no verdict\0{result.folder}\0{result.stack or ''}"
    return hashlib.sha256(told.encode(errors="surrogatepass")).hexdigest()


def page_of(url: str | None) -> str | None:
    """The address of a page, where a text is one that may stand in a link."""
    try:
        scheme = urlsplit(url or "").scheme
    except ValueError:
        return None
    return url if url and scheme in ("http", "https") and quote(url, safe=_IN_URI) == url else None


_IN_URI: Final = ":/?#[]@!$&'()*+,;=%-._~"
