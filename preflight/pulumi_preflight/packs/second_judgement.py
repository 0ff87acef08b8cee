"""Judges what holds made-up values once more, with others in their place.

A result that is the same both times does not hang on them and stands. Any other becomes "not
evaluated", with the property that it hangs on.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Generic, TypeVar

from google.protobuf.message import Message
from google.protobuf.struct_pb2 import Struct
from pulumi.runtime.proto.analyzer_pb2 import AnalyzeRequest, AnalyzeStackRequest

from pulumi_preflight.findings import Finding, NotEvaluated, Reported, Waived
from pulumi_preflight.outputs.inventions import ACCOUNT_ORIGIN, UNDECRYPTED, Origin, Other
from pulumi_preflight.outputs.memory import Inventions, Taint
from pulumi_preflight.wire import Properties, from_struct, to_struct

_Message = TypeVar("_Message", bound=Message)
_Request = TypeVar("_Request")
# To find the property that a result hangs on takes some more judgements.
_CAUSES_LOOKED_FOR = 10


@dataclass(frozen=True, slots=True)
class Question(Generic[_Message]):
    """What a pack is asked.

    Attributes:
        request: The request.
        other: The values in it in place of the made-up ones, `None` for these themselves.
    """

    request: _Message
    other: Other | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubt(Generic[_Request]):
    """What is made up in a request.

    Attributes:
        urn: What is judged: a resource, or the stack.
        origins: Where the made-up values come from, in order.
        origins_of: The values that a resource holds.
        accounts: What the made-up account may be as well.
        otherwise: The request with other values in place of the made-up ones.
        as_first: A text about that request as it would read of the request itself.
    """

    urn: str
    origins: Sequence[Origin]
    origins_of: Callable[[str], Collection[Origin]]
    accounts: Sequence[str]
    otherwise: Callable[[Other], _Request]
    as_first: Callable[[str], str]


class RaisedError(Exception):
    """A rule raised, with other values than the first ones.

    Attributes:
        raised: What happened.
    """

    def __init__(self, raised: Finding) -> None:
        super().__init__(raised.message)
        self.raised = raised


def judged_twice(
    ask: Callable[[_Request], Reported],
    ask_again: Callable[[_Request], Reported],
    request: _Request,
    doubt: Doubt[_Request],
) -> Reported:
    """What a pack says of a request, without what hangs on a made-up value.

    Args:
        ask: Asks the pack.
        ask_again: Asks the pack after that; raises `RaisedError` where a rule does.
        request: The request.
        doubt: What is made up in it.
    """
    try:
        first = ask_again(request)
    except RaisedError as error:
        return _without_what_raises(error.raised, ask, ask_again, request, doubt)
    comparison = _Comparison(first, ask_again, request, doubt)
    for account in doubt.accounts if ACCOUNT_ORIGIN in doubt.origins else doubt.accounts[:1]:
        comparison.judge_with(account)
    return comparison.settled()


def _without_what_raises(
    raised: Finding,
    ask: Callable[[_Request], Reported],
    ask_again: Callable[[_Request], Reported],
    request: _Request,
    doubt: Doubt[_Request],
) -> Reported:
    """What a pack says of a request on which a rule raises.

    The rule may raise only since a made-up value is what it is, such as a property that was left
    empty: then the rule is not evaluated, and the others judge other values in its place. A rule
    that raises in any case raises as it would under the engine.

    Raises:
        PackError: The rule raises with other values as well.
    """
    account = next(iter(doubt.accounts), "")
    culprits = _culprits(ask_again, doubt, account)
    if culprits is None:
        return ask(request)
    changed = frozenset(culprits)

    def otherwise(other: Other) -> _Request:
        return doubt.otherwise(replace(other, origins=frozenset(other.origins) | changed))

    rest = replace(
        doubt,
        origins=[origin for origin in doubt.origins if origin not in changed],
        otherwise=otherwise,
    )
    asked = doubt.otherwise(Other(origins=changed, account=account))
    judged = judged_twice(ask, ask_again, asked, rest)
    cause = culprits[0] if len(culprits) == 1 else None
    hangs = _not_evaluated(replace(raised, urn=doubt.urn), cause)
    others = [found for found in judged.not_evaluated if found.rule != raised.rule]
    return replace(
        judged,
        findings=tuple(found for found in judged.findings if found.rule != raised.rule),
        waived=tuple(found for found in judged.waived if found.rule != raised.rule),
        not_evaluated=(*others, hangs),
    )


def _culprits(
    ask_again: Callable[[_Request], Reported], doubt: Doubt[_Request], account: str
) -> Sequence[Origin] | None:
    """Few origins whose other values let no rule raise; `None` where those of all do not."""

    def raises(origins: Iterable[Origin]) -> bool:
        try:
            ask_again(doubt.otherwise(Other(origins=frozenset(origins), account=account)))
        except RaisedError:
            return True
        return False

    if raises(doubt.origins):
        return None
    return _narrowed(doubt.origins, lambda fewer: not raises(fewer))


def _narrowed(
    origins: Sequence[Origin], suffice: Callable[[Sequence[Origin]], bool]
) -> Sequence[Origin]:
    """The fewest origins that halving finds of which something is still true."""
    while len(origins) > 1:
        halves = origins[: len(origins) // 2], origins[len(origins) // 2 :]
        fewer = next(filter(suffice, halves), None)
        if fewer is None:
            break
        origins = fewer
    return origins


class _Comparison(Generic[_Request]):
    """What a pack says of one request, and what of it hangs on made-up values."""

    def __init__(
        self,
        first: Reported,
        ask: Callable[[_Request], Reported],
        request: _Request,
        doubt: Doubt[_Request],
    ) -> None:
        self._ask = ask
        self._request = request
        self._doubt = doubt
        self._first = first
        self._unsettled: dict[Finding, NotEvaluated] = {}

    def judge_with(self, account: str) -> None:
        """Judges once more, with this account in place of the made-up one."""
        try:
            differing = self._standing_apart(account)
        except RaisedError as error:
            self._take_back(error.raised)
            return
        if not differing:
            return
        # A rule may remember what it was asked before: then it is not the values that differ.
        remember = {each.rule for each in _differing(self._first, self._ask(self._request))}
        for found in sorted(differing, key=_order):
            if found not in self._unsettled and found.rule not in remember:
                self._unsettled[found] = _not_evaluated(found, self._cause(found, account))

    def settled(self) -> Reported:
        """What stands, and what could not be evaluated."""
        first, unsettled = self._first, self._unsettled
        fallen = [each for found, each in unsettled.items() if not isinstance(found, NotEvaluated)]
        # A rule that could not run the second time has passed nothing, unless it says so already.
        told = set(map(_subject, (*first.not_evaluated, *fallen)))
        passed = [
            each
            for found, each in unsettled.items()
            if isinstance(found, NotEvaluated) and _subject(found) not in told
        ]
        return Reported(
            findings=tuple(found for found in first.findings if found not in unsettled),
            waived=tuple(found for found in first.waived if found not in unsettled),
            # What could not be evaluated with some values is not evaluated.
            not_evaluated=(*first.not_evaluated, *fallen, *passed),
            remediations=first.remediations,
        )

    def _take_back(self, raised: Finding) -> None:
        """Takes back what a rule said that raises with other values."""
        said = [found for found in _all(self._first) if found.rule == raised.rule]
        for found in said or [replace(raised, urn=self._doubt.urn)]:
            self._unsettled.setdefault(found, _not_evaluated(found, None))

    def _standing_apart(self, account: str) -> list[Finding]:
        """What is found only with, or only without, other values in place of all made-up ones."""
        differing = self._differing(self._doubt.origins, account)
        stopped = {
            found.rule
            for found in differing
            if isinstance(found, NotEvaluated) and found not in self._first.not_evaluated
        }
        # A rule that stops at what is unknown says nothing of the resources after that.
        missed = [
            found
            for found in differing
            if found.rule in stopped and not isinstance(found, NotEvaluated)
        ]
        if not missed:
            return differing
        varied = self._differing(self._doubt.origins, account, unknown=False)
        stands = {
            found
            for found in missed
            if found not in varied and not self._hangs_on_its_own(found, account)
        }
        return [found for found in differing if found not in stands]

    def _hangs_on_its_own(self, found: Finding, account: str) -> bool:
        """Whether a result about a resource hangs on the values of that resource."""
        if found.urn == self._doubt.urn:
            return True
        return self._hangs_on(self._doubt.origins_of(found.urn), found, account)

    def _differing(
        self, origins: Iterable[Origin], account: str, *, unknown: bool = True
    ) -> list[Finding]:
        """What is found only with, or only without, other values in place of some."""
        other = Other(origins=frozenset(origins), account=account, unknown=unknown)
        second = self._ask(self._doubt.otherwise(other))
        return _differing(self._first, second, self._doubt.as_first)

    def _cause(self, found: Finding, account: str) -> Origin | None:
        """The origin that a result hangs on, `None` where several do, or none was looked for."""
        if len(self._unsettled) >= _CAUSES_LOOKED_FOR:
            return None
        origins, unknown = self._suspects(found, account)
        found_in = _narrowed(
            origins, lambda fewer: self._hangs_on(fewer, found, account, unknown=unknown)
        )
        return found_in[0] if len(found_in) == 1 else None

    def _suspects(self, found: Finding, account: str) -> tuple[Sequence[Origin], bool]:
        """The origins to look for the cause in, and whether their values are to be unknown.

        A rule that stops at what is unknown says nothing of the resources after that. So the values
        of the resource itself come first, then others of their kind, at which no rule stops.
        """
        everything = self._doubt.origins
        if found.urn != self._doubt.urn:
            held = self._doubt.origins_of(found.urn)
            own = [origin for origin in everything if origin in held]
            if own and self._hangs_on(own, found, account):
                return own, True
        hangs_on_others = not isinstance(found, NotEvaluated) and self._hangs_on(
            everything, found, account, unknown=False
        )
        return everything, not hangs_on_others

    def _hangs_on(
        self, origins: Iterable[Origin], found: Finding, account: str, *, unknown: bool = True
    ) -> bool:
        try:
            return found in self._differing(origins, account, unknown=unknown)
        except RaisedError as error:
            return error.raised.rule == found.rule


def _differing(
    first: Reported, second: Reported, as_first: Callable[[str], str] = str
) -> list[Finding]:
    """The findings that only one of two judgements has.

    A message may quote a value, so findings of one rule about one resource are the same where
    both judgements have as many of them.
    """
    if first is second:
        return []
    before = Counter(_all(first))
    after = Counter(_read_as_first(found, as_first) for found in _all(second))
    alone = (before - after, after - before)
    counts = [Counter(map(_subject, found.elements())) for found in alone]
    return [
        found
        for found in dict.fromkeys((*alone[0], *alone[1]))
        if counts[0][_subject(found)] != counts[1][_subject(found)]
    ]


def _read_as_first(found: Finding, as_first: Callable[[str], str]) -> Finding:
    """A finding of the second judgement as its texts would read in the first one."""
    return replace(
        found,
        part=as_first(found.part),
        problem=as_first(found.problem),
        wanted=None if found.wanted is None else as_first(found.wanted),
        fix=None if found.fix is None else as_first(found.fix),
    )


def _subject(found: Finding) -> tuple[type[Finding], str, str]:
    return type(found), found.rule, found.urn


def _all(reported: Reported) -> Iterable[Finding]:
    return (*reported.findings, *reported.waived, *reported.not_evaluated)


def _order(found: Finding) -> tuple[str, str, str]:
    return found.rule, found.urn, found.message


def _not_evaluated(found: Finding, cause: Origin | None) -> NotEvaluated:
    hangs_on = f"{told(cause)} is" if cause else "some values are"
    when = "decrypted" if cause == UNDECRYPTED else "known before the deployment"
    says = "excuses" if isinstance(found, Waived) else "says"
    only = (
        ""
        if isinstance(found, NotEvaluated)
        else (f"; only with one of two made-up values the rule {says}")
    )
    return NotEvaluated(
        rule=found.rule,
        pack=found.pack,
        level=found.level,
        severity=found.severity,
        urn=found.urn,
        part=found.part,
        problem=f"{hangs_on} not {when}{only}: {found.message.removesuffix('.')}",
        is_prose=True,
        url=found.url,
        related=found.related,
        origin=cause,
        property=cause.property if cause else "",
    )


def told(origin: Origin) -> str:
    """An origin for a reader."""
    if origin == UNDECRYPTED:
        return f"a {origin}"
    return f"`{origin.property}` of {origin.owner()}" if origin.urn else f"the {origin}"


def otherwise_throughout(taint: Taint) -> Other:
    """Another value in place of each made-up one."""
    return Other(origins=frozenset(taint.origins), account=next(iter(taint.accounts), ""))


def inputs_otherwise(inputs: Struct, taint: Taint, other: Other) -> Struct:
    """A resource's inputs with other values in place of made-up ones."""
    return to_struct(taint.otherwise(from_struct(inputs), other))


def doubt_of(
    request: AnalyzeRequest, taint: Taint, fixed: Struct | None
) -> Doubt[Question[AnalyzeRequest]]:
    """What is made up in the request for a resource's judgement.

    Args:
        request: The resource, after all fixes.
        taint: What is made up in its inputs.
        fixed: The inputs with other values throughout, after all fixes; `None` where no pack fixes
            anything.
    """
    throughout = otherwise_throughout(taint)

    def otherwise(other: Other) -> Question[AnalyzeRequest]:
        asked = AnalyzeRequest()
        asked.CopyFrom(request)
        # A fix may hang on a made-up value too.
        known = fixed if other == throughout else None
        asked.properties.CopyFrom(
            inputs_otherwise(request.properties, taint, other) if known is None else known
        )
        return Question(asked, other)

    return Doubt(
        urn=request.urn,
        origins=taint.origins,
        origins_of=lambda _: taint.origins,
        accounts=taint.accounts,
        otherwise=otherwise,
        as_first=taint.as_first,
    )


def stack_doubt_of(
    request: AnalyzeStackRequest, inventions: Inventions, *, urn: str
) -> Doubt[Question[AnalyzeStackRequest]]:
    """What is made up in the request for a stack's judgement; `urn` is the stack's own."""

    @cache
    def outputs() -> Mapping[str, Properties]:
        return {each.urn: from_struct(each.properties) for each in request.resources}

    def otherwise(other: Other) -> Question[AnalyzeStackRequest]:
        asked = AnalyzeStackRequest()
        asked.CopyFrom(request)
        for resource in asked.resources:
            given = outputs()[resource.urn]
            changed = inventions.outputs_otherwise(resource.urn, given, other)
            if changed != given:
                resource.properties.CopyFrom(to_struct(changed))
        return Question(asked, other)

    def origins_of(resource: str) -> Collection[Origin]:
        # A component has none of its own; what it puts out may come from others.
        held = inventions.origins_in(outputs().get(resource, {}))
        return {*inventions.origins_of(resource), *held}

    return Doubt(
        urn=urn,
        origins=inventions.origins,
        origins_of=origins_of,
        accounts=inventions.accounts,
        otherwise=otherwise,
        as_first=inventions.as_first,
    )
