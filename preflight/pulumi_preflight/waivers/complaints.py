"""What is wrong with a waiver in the code, in words; each becomes an advisory finding."""

from collections.abc import Collection
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Final

from pulumi_preflight.acceptance import OF_WAIVERS
from pulumi_preflight.waivers.directive import EXAMPLE, Directive, MistakeError

BROKEN, OVER, UNREAD, UNUSED = OF_WAIVERS
_MOST_NAMED: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Complaint:
    """A finding about a waiver.

    Attributes:
        rule: The rule's name.
        part: What the waiver would waive; a part of the finding's id.
        problem: What is wrong.
        wanted: What is wanted, as the end of a sentence.
        fix: What to do.
    """

    rule: str
    part: str
    problem: str
    wanted: str
    fix: str


def unread(file: str, problem: str) -> Complaint:
    """The comments of a file cannot be told from its code."""
    return Complaint(
        rule=UNREAD,
        part=file,
        problem=f"the waivers in this file cannot be read: {problem}",
        wanted="a file that preflight can read",
        fix="Put right what is wrong with the file, or run preflight on the program's Python.",
    )


def misread(mistake: MistakeError) -> Complaint:
    """A waiver cannot be read."""
    return _broken(mistake.target, str(mistake))


def incomplete(directive: Directive) -> Complaint:
    """A waiver does not say until when, by whom or why."""
    return _broken(directive.target, f"it lacks {_listed(directive.missing)}")


def _broken(target: str, problem: str) -> Complaint:
    of_what = f" of `{target}`" if target else ""
    return Complaint(
        rule=BROKEN,
        part=target,
        problem=f"the waiver{of_what} waives nothing: {problem}",
        wanted=f"`{EXAMPLE}`",
        fix="Write it so, or remove it.",
    )


def of_engine(directive: Directive) -> Complaint:
    """A waiver names what no waiver can excuse."""
    return Complaint(
        rule=BROKEN,
        part=directive.target,
        problem=f"the waiver of `{directive.target}` waives nothing: the engine stops there",
        wanted="a rule of a pack",
        fix="Put right what the rule finds, and remove the waiver.",
    )


def unknown(directive: Directive, rules: Collection[str]) -> Complaint:
    """A waiver names a rule that no pack has."""
    close = get_close_matches(directive.rule, sorted(rules), n=1)
    meant = f", perhaps `{close[0]}`" if close else ""
    return Complaint(
        rule=BROKEN,
        part=directive.target,
        problem=f"the waiver of `{directive.target}` names a rule that no pack has",
        wanted=f"a rule of the packs that judge{meant}",
        fix="Correct the name, or remove the waiver.",
    )


def over(directive: Directive) -> Complaint:
    """The last day of a waiver has passed."""
    return Complaint(
        rule=OVER,
        part=directive.target,
        problem=f"the waiver of `{directive.target}` ended on {directive.until}",
        wanted="a last day that has not passed",
        fix=f"Put right what the rule finds, or agree on another day with {directive.owner}.",
    )


def elsewhere(directive: Directive) -> Complaint:
    """A waiver stands at no resource."""
    return _unused(
        directive,
        "this stack creates no resource there",
        "Put it on a line of the statement that creates the resource, or directly above, as far to "
        "the right.",
    )


def unused(directive: Directive, found: Collection[str]) -> Complaint:
    """A rule finds nothing, or only other parts, where its waiver stands."""
    if not found:
        return _unused(directive, "the rule finds nothing there", "Remove it.")
    others = _listed(sorted(f"`{each}`" for each in set(found)))
    return _unused(
        directive, f"the rule finds {others} there", "Name what the rule finds, or remove it."
    )


def _unused(directive: Directive, why: str, fix: str) -> Complaint:
    return Complaint(
        rule=UNUSED,
        part=directive.target,
        problem=f"the waiver of `{directive.target}` waives nothing: {why}",
        wanted="a waiver at what it waives",
        fix=fix,
    )


def _listed(names: Collection[str]) -> str:
    *most, last = names
    if len(most) >= _MOST_NAMED:
        return f"{', '.join(most[:_MOST_NAMED])} and {len(most) + 1 - _MOST_NAMED} more"
    return f"{', '.join(most)} and {last}" if most else last
