"""Judges what holds made-up values once more, with others in their place.

A result that is the same both times does not hang on them and stands. Any other becomes "not
evaluated", with the property that it hangs on.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

from google.protobuf.message import Message

from pulumi_preflight.findings import Finding, NotEvaluated, Reported, Waived
from pulumi_preflight.outputs.inventions import ACCOUNT_ORIGIN, Origin, Other
from pulumi_preflight.urns import is_urn, name_of

_Request = TypeVar("_Request", bound=Message)
_Key = tuple[type[Finding], str, str]
# To find the property that a result hangs on takes some more judgements.
_CAUSES_LOOKED_FOR = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubt(Generic[_Request]):
    """What is made up in a request.

    Attributes:
        urn: What is judged: a resource, or the stack.
        origins: Where the made-up values come from, in order.
        accounts: What the made-up account may be as well.
        otherwise: The request with other values in place of the made-up ones.
        as_first: A text about that request as it would read of the request itself.
    """

    urn: str
    origins: Sequence[Origin]
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
    comparison = _Comparison(ask(request), ask_again, request, doubt)
    for account in doubt.accounts if ACCOUNT_ORIGIN in doubt.origins else doubt.accounts[:1]:
        comparison.judge_with(account)
    return comparison.settled()


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
        self._counts = _keys(self._first)
        self._unsettled: dict[_Key, NotEvaluated] = {}

    def judge_with(self, account: str) -> None:
        """Judges once more, with this account in place of the made-up one."""
        try:
            second = self._asked(self._doubt.origins, account)
        except RaisedError as error:
            self._take_back(error.raised)
            return
        counts = _keys(second)
        differing = [key for key in self._counts | counts if self._counts[key] != counts[key]]
        # A rule may remember what it was asked before: then it is not the values that differ.
        if not differing or _keys(self._ask(self._request)) != self._counts:
            return
        first, other = _by_key(self._first), _by_key(second)
        for key in sorted(differing, key=_order):
            if key in self._unsettled:
                continue
            said = first.get(key) or _as_first(other[key], self._doubt.as_first)
            self._unsettled[key] = _not_evaluated(said, self._cause(key, account))

    def _take_back(self, raised: Finding) -> None:
        """Takes back what a rule said that raises with other values."""
        said = [found for found in _all(self._first) if found.rule == raised.rule]
        for found in said or [replace(raised, urn=self._doubt.urn)]:
            self._unsettled.setdefault(_key(found), _not_evaluated(found, None))

    def settled(self) -> Reported:
        """What stands, and what could not be evaluated."""
        first, unsettled = self._first, self._unsettled
        hanging = [each for (kind, *_), each in unsettled.items() if kind is not NotEvaluated]
        return Reported(
            findings=tuple(each for each in first.findings if _key(each) not in unsettled),
            waived=tuple(each for each in first.waived if _key(each) not in unsettled),
            # What could not be evaluated with some values is not evaluated.
            not_evaluated=(*first.not_evaluated, *hanging),
            remediations=first.remediations,
        )

    def _asked(self, origins: Iterable[Origin], account: str) -> Reported:
        other = Other(origins=frozenset(origins), account=account)
        return self._ask(self._doubt.otherwise(other))

    def _cause(self, key: _Key, account: str) -> Origin | None:
        """The origin that a result hangs on, `None` where several do, or none was looked for."""
        suspects = list(self._doubt.origins)
        if len(self._unsettled) >= _CAUSES_LOOKED_FOR:
            return None
        while len(suspects) > 1:
            half, rest = suspects[: len(suspects) // 2], suspects[len(suspects) // 2 :]
            for fewer in (half, rest):
                if self._differs(key, fewer, account):
                    suspects = fewer
                    break
            else:
                return None
        return suspects[0] if suspects else None

    def _differs(self, key: _Key, origins: Iterable[Origin], account: str) -> bool:
        """Whether a result is another with other values in place of those of some origins."""
        try:
            return _keys(self._asked(origins, account))[key] != self._counts[key]
        except RaisedError as error:
            return error.raised.rule == key[1]


def _key(finding: Finding) -> _Key:
    return type(finding), finding.rule, finding.urn


def _keys(reported: Reported) -> Counter[_Key]:
    return Counter(map(_key, _all(reported)))


def _by_key(reported: Reported) -> dict[_Key, Finding]:
    return {_key(finding): finding for finding in _all(reported)}


def _all(reported: Reported) -> Iterable[Finding]:
    return (*reported.findings, *reported.waived, *reported.not_evaluated)


def _order(key: _Key) -> tuple[str, str, str]:
    kind, rule, urn = key
    return rule, urn, kind.__name__


def _as_first(finding: Finding, as_first: Callable[[str], str]) -> Finding:
    return replace(finding, message=as_first(finding.message))


def _not_evaluated(finding: Finding, cause: Origin | None) -> NotEvaluated:
    if isinstance(finding, NotEvaluated):
        return finding
    hangs_on = f"{told(cause)} is" if cause else "some values are"
    says = "excuses" if isinstance(finding, Waived) else "says"
    return NotEvaluated(
        rule=finding.rule,
        pack=finding.pack,
        level=finding.level,
        severity=finding.severity,
        urn=finding.urn,
        message=f"{hangs_on} not known before the deployment; only with one of two made-up values "
        f"the rule {says}: {finding.message}",
        url=finding.url,
        property=cause.property if cause else "",
    )


def told(origin: Origin) -> str:
    """An origin for a reader."""
    if not origin.urn:
        return f"the {origin.property}"
    owner = name_of(origin.urn) if is_urn(origin.urn) else origin.urn
    return f"`{origin.property}` of {owner}"
