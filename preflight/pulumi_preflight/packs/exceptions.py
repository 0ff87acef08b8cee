"""The exceptions of a config file of version 2: the engine's own waivers, which have no end.

The texts of mistakes are the engine's, but for values of the wrong kind, of which it speaks in
words of Go.

Source: pulumi/pulumi, pkg/resource/analyzer/exceptions.go of 3.276.0.
"""

import json
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Final

from pulumi_preflight.stack_context import is_urn

_ID: Final = re.compile(r"[A-Za-z0-9_.-]+")
_RUN: Final = re.compile(r"[0-9]+|[^0-9]+")
# Go takes no control characters for spaces that Python does.
_SPACES: Final = (
    "\t\n\v\f\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000"
)
_ALL: Final = "all"


class MistakeError(Exception):
    """Exceptions have a mistake; the text says which."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """The violations of some rules on some resources.

    Attributes:
        rules: Names of rules.
        targets: URNs; they are compared exactly.
    """

    rules: tuple[str, ...]
    targets: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FileException:
    """One exception of a config file.

    Attributes:
        id: Its key in the file.
        reason: Why the violations are excused.
        matches: What it excuses.
        expires: A last day that the file gives, which the engine does not read; empty for none.
    """

    id: str
    reason: str
    matches: tuple[Match, ...]
    expires: str = ""

    def excuses(self, rule: str, urn: str) -> bool:
        """Whether it excuses a rule's violations on a resource."""
        return any(rule in match.rules and urn in match.targets for match in self.matches)


def read_exceptions(raw: object) -> tuple[FileException, ...]:
    """Reads the value of the key `exceptions`, in the order of the ids.

    Raises:
        MistakeError: It has mistakes; the text names the first of each exception.
    """
    if raw is None:
        return ()
    if not isinstance(raw, dict):
        raise MistakeError('"exceptions" must be an object that maps exception IDs to exceptions')
    found: list[FileException] = []
    problems: list[str] = []
    for name in sorted(raw, key=_in_natural_order):
        try:
            found.append(_exception(name, raw[name]))
        except MistakeError as error:
            problems.append(f"policy exception {_quoted(name)}: {error}")
    if problems:
        raise MistakeError("; ".join(problems))
    return tuple(found)


def in_order(exceptions: Iterable[FileException]) -> tuple[FileException, ...]:
    """The exceptions by id: EXC-2 before EXC-10."""
    return tuple(sorted(exceptions, key=lambda each: _in_natural_order(each.id)))


def field_of(content: Mapping[str, object], name: str) -> object:
    """The value of a key, which the engine takes in capitals as well; `None` where there is none.

    Raises:
        MistakeError: It stands there in two spellings.
    """
    spellings = [key for key in content if key.casefold() == name]
    if len(spellings) > 1:
        raise MistakeError(f"{' and '.join(map(_quoted, spellings))} are one key; keep one of them")
    return content[spellings[0]] if spellings else None


def unknown_rules(
    exceptions: Iterable[FileException], pack: str, rules: Collection[str]
) -> Iterator[str]:
    """Warns of each rule that an exception names and the pack does not have."""
    for each in exceptions:
        for rule in dict.fromkeys(rule for match in each.matches for rule in match.rules):
            if rule not in rules:
                close = get_close_matches(rule, rules, n=1)
                hint = f"; did you mean {close[0]!r}?" if close else ""
                yield (
                    f"policy exception {_quoted(each.id)} for policy pack {_quoted(pack)} names "
                    f"policy {_quoted(rule)}, which isn't in the pack{hint}"
                )


def unmet_targets(
    exceptions: Iterable[FileException], root: str, urns: Collection[str]
) -> Iterator[str]:
    """Tells of each target in this stack that the program does not make; the engine is silent.

    A file may serve several stacks, so targets in others are passed over.

    Args:
        exceptions: The exceptions.
        root: The URN of the stack itself.
        urns: What packs judge.
    """
    this_stack = "::".join([*root.split("::")[:2], ""])
    # What all URNs of a stack begin with makes them alike.
    tails = [urn.removeprefix(this_stack) for urn in urns]
    for each in exceptions:
        for target in dict.fromkeys(urn for match in each.matches for urn in match.targets):
            if target.startswith(this_stack) and target != root and target not in urns:
                close = get_close_matches(target.removeprefix(this_stack), tails, n=1)
                hint = f"; did you mean {this_stack}{close[0]}?" if close else ""
                yield (
                    f"policy exception {_quoted(each.id)} excuses nothing on {target}: this stack "
                    f"makes no such resource{hint}"
                )


def _exception(name: str, raw: object) -> FileException:
    if not _ID.fullmatch(name):
        raise MistakeError(
            "the ID must be non-empty and contain only letters, digits, '-', '.' and '_'"
        )
    content = _object(raw)
    entries = field_of(content, "match")
    if entries is not None and not isinstance(entries, list):
        raise MistakeError('"match" must be a list of {"policies", "targets"} entries')
    reason = field_of(content, "reason") or ""
    if not isinstance(reason, str):
        raise MistakeError('"reason" must be text')
    if not reason.strip(_SPACES):
        raise MistakeError('"reason" is required')
    if not entries:
        raise MistakeError('"match" must list at least one {"policies", "targets"} entry')
    expires = content.get("expires")
    return FileException(
        id=name,
        reason=reason,
        matches=tuple(_match(index, entry) for index, entry in enumerate(entries)),
        expires=expires if isinstance(expires, str) else "",
    )


def _match(index: int, raw: object) -> Match:
    try:
        content = _object(raw)
        return Match(rules=_rules(content), targets=_targets(content))
    except MistakeError as error:
        raise MistakeError(f"match[{index}]: {error}") from error


def _rules(content: Mapping[str, object]) -> tuple[str, ...]:
    rules = _texts(content, "policies", "policy")
    if "" in rules:
        raise MistakeError('"policies" can\'t contain an empty name')
    if _ALL in rules:
        raise MistakeError('"policies" must name policies; "all" isn\'t allowed')
    return rules


def _targets(content: Mapping[str, object]) -> tuple[str, ...]:
    targets = _texts(content, "targets", "URN")
    for target in targets:
        if not is_urn(target):
            why = f"invalid URN {_quoted(target)}" if target else "missing required URN"
            raise MistakeError(f"target {_quoted(target)} is not a valid URN: {why}")
    return targets


def _object(raw: object) -> dict[str, object]:
    if not isinstance(raw, dict):
        raise MistakeError("must be an object")
    return raw


def _texts(content: Mapping[str, object], name: str, one: str) -> tuple[str, ...]:
    given = field_of(content, name)
    if given is None or given == []:
        raise MistakeError(f'"{name}" must list at least one {one}')
    if not isinstance(given, list) or not all(isinstance(each, str | None) for each in given):
        raise MistakeError(f'"{name}" must be a list of texts')
    # The engine reads null as the empty text.
    return tuple(each or "" for each in given)


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _in_natural_order(name: str) -> tuple[tuple[tuple[int, int, str], ...], str]:
    """Runs of digits compare as numbers; what differs in leading zeros alone, byte by byte."""
    return tuple(_rank(run) for run in _RUN.findall(name)), name


def _rank(run: str) -> tuple[int, int, str]:
    if run.isdecimal():
        number = run.lstrip("0")
        return 1, len(number), number
    return (0 if run < "0" else 2), 0, run
