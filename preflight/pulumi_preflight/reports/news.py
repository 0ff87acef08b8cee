"""What differs between two verdicts on one stack."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from pulumi_preflight.costs import Amount, Cost
from pulumi_preflight.errors import ReportError
from pulumi_preflight.findings import Finding
from pulumi_preflight.verdict import Verdict

_NOTHING = Amount(base=Decimal(0), worst=Decimal(0))


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """What a save has changed.

    Attributes:
        new: Findings that were not there before.
        changed: Findings that say something else than before.
        fixed: Findings that are not there any more, as they were.
        excused: Those of them that are waived or known now.
        costs: What a month costs differently, in words, a line for each currency.
    """

    new: tuple[Finding, ...]
    changed: tuple[Finding, ...]
    fixed: tuple[Finding, ...]
    excused: tuple[Finding, ...]
    costs: tuple[str, ...]


def news_of(before: Verdict, after: Verdict) -> News:
    """What differs."""
    were = {each.key: each for each in before.findings}
    told = {each.key for each in after.findings}
    excused = {each.key for each in (*after.waived, *after.known)}
    gone = [each for each in were.values() if each.key not in told]
    return News(
        new=tuple(each for each in after.findings if each.key not in were),
        changed=tuple(
            each
            for each in after.findings
            if each.key in were and _said(were[each.key]) != _said(each)
        ),
        fixed=tuple(each for each in gone if each.key not in excused),
        excused=tuple(each for each in gone if each.key in excused),
        costs=tuple(_costs(before, after)),
    )


def _said(finding: Finding) -> tuple[object, ...]:
    """What a finding says, wherever it stands."""
    return finding.level, finding.message, finding.fix


def _costs(before: Verdict, after: Verdict) -> Iterator[str]:
    try:
        were, are = _totals(before.cost), _totals(after.cost)
    except ReportError as error:
        yield f"What a month costs is not known: {error}"
        return
    for currency in sorted({*were, *are}):
        old, new = were.get(currency, _NOTHING), are.get(currency, _NOTHING)
        if old != new:
            yield (
                f"Cost a month in {currency}: {_step(old.base, new.base)}, at worst "
                f"{_step(old.worst, new.worst)}"
            )


def _totals(cost: Cost | None) -> Mapping[str, Amount]:
    return cost.totals if cost else {}


def _step(old: Decimal, new: Decimal) -> str:
    return f"{old:,.2f} -> {new:,.2f} ({new - old:+,.2f})"
