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
        origins: Where the made-up values come from, in order.
        accounts: What the made-up account may be as well.
        otherwise: The request with other values in place of the made-up ones.
        as_first: A text about that request as it would read of the request itself.
    """

    origins: Sequence[Origin]
    accounts: Sequence[str]
    otherwise: Callable[[Other], _Request]
    as_first: Callable[[str], str]


def judged_twice(
    ask: Callable[[_Request], Reported], request: _Request, doubt: Doubt[_Request]
) -> Reported:
    """What a pack says of a request, without what hangs on a made-up value.

    Args:
        ask: Asks the pack.
        request: The request.
        doubt: What is made up in it.
    """
    comparison = _Comparison(ask, request, doubt)
    for account in doubt.accounts if ACCOUNT_ORIGIN in doubt.origins else doubt.accounts[:1]:
        comparison.judge_with(account)
    return comparison.settled()


class _Comparison(Generic[_Request]):
    """What a pack says of one request, and what of it hangs on made-up values."""

    def __init__(
        self, ask: Callable[[_Request], Reported], request: _Request, doubt: Doubt[_Request]
    ) -> None:
        self._ask = ask
        self._request = request
        self._doubt = doubt
        self._first = ask(request)
        self._counts = _keys(self._first)
        self._unsettled: dict[_Key, NotEvaluated] = {}

    def judge_with(self, account: str) -> None:
        """Judges once more, with this account in place of the made-up one."""
        second = self._asked(self._doubt.origins, account)
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
                if _keys(self._asked(fewer, account))[key] != self._counts[key]:
                    suspects = fewer
                    break
            else:
                return None
        return suspects[0] if suspects else None


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
