"""What a program changes: resources, findings and cost, beside a base."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from pulumi_preflight.bases import Base, BaseFinding, known_as, unpriced_in
from pulumi_preflight.changes.comparing import Operation, ResourceChange
from pulumi_preflight.costs import Amount, CostLine, total
from pulumi_preflight.findings import Finding
from pulumi_preflight.model import RegisteredResource
from pulumi_preflight.redaction import Redactor
from pulumi_preflight.stack_context import STACK_TYPE
from pulumi_preflight.verdict import Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """A base, and what becomes of its resources.

    Attributes:
        base: The base.
        resources: What becomes of each resource, without secrets.
    """

    base: Base
    resources: tuple[ResourceChange, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ModuleCost:
    """What one module costs in a month, before and after.

    Attributes:
        module: The name of the outermost component, empty for what is in none.
        currency: The code of the currency.
        before: The amount of the base.
        after: The amount of the program.
    """

    module: str
    currency: str
    before: Amount
    after: Amount

    @property
    def difference(self) -> Amount:
        """What is added; below 0 for what is saved."""
        return Amount(
            base=self.after.base - self.before.base, worst=self.after.worst - self.before.worst
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class CostChange:
    """What a stack costs in a month, before and after.

    Attributes:
        modules: By module, and by currency where there are several.
        unpriced: The URNs of what changes and is not priced, or was not: the two sides of an amount
            cannot be compared then.
    """

    modules: tuple[ModuleCost, ...]
    unpriced: tuple[str, ...] = ()

    @property
    def totals(self) -> tuple[ModuleCost, ...]:
        """The sums of all modules, by currency."""
        currencies = sorted({each.currency for each in self.modules})
        return tuple(self._total(currency) for currency in currencies)

    def _total(self, currency: str) -> ModuleCost:
        listed = [each for each in self.modules if each.currency == currency]
        return ModuleCost(
            module="",
            currency=currency,
            before=_sum(each.before for each in listed),
            after=_sum(each.after for each in listed),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What a program changes beside its base.

    Attributes:
        base: The place where the base was read.
        is_state: Whether the base is what is deployed.
        resources: What becomes of each resource, in the program's order, deleted ones last.
        new: The findings that the base does not have.
        unchanged: Those that it has.
        fixed: Those that it alone has; one that is waived by now, is known from a baseline, or was
            not evaluated, is none.
    """

    base: str
    is_state: bool
    resources: tuple[ResourceChange, ...]
    new: tuple[Finding, ...]
    unchanged: tuple[Finding, ...]
    fixed: tuple[BaseFinding, ...]
    _cost: Callable[[], CostChange | None] = field(repr=False, compare=False)

    @property
    def cost(self) -> CostChange | None:
        """What it costs before and after, `None` where one of the two is not known.

        Estimated when it is asked for.

        Raises:
            ReportError: A package that knows prices fails.
        """
        return self._cost()

    def of(self, *operations: Operation) -> tuple[ResourceChange, ...]:
        """What becomes of the resources that a provider manages, where it is one of these."""
        return tuple(
            each for each in self.resources if each.custom and each.operation in operations
        )


def changes_of(verdict: Verdict, beside: Beside) -> Changes:
    """What a verdict says beside its base."""
    base = beside.base
    renamed = {each.before: each.urn for each in beside.resources if each.before}
    known = {(each.pack, each.id, renamed.get(each.urn, each.urn)): each for each in base.findings}
    found = {_key(each): each for each in verdict.findings}
    open_ = {_key(each) for each in (*verdict.waived, *verdict.known, *verdict.not_evaluated)}
    return Changes(
        base=base.place,
        is_state=base.is_state,
        resources=beside.resources,
        new=tuple(each for key, each in found.items() if key not in known),
        unchanged=tuple(each for key, each in found.items() if key in known),
        fixed=tuple(each for key, each in known.items() if key not in found and key not in open_),
        _cost=lambda: _cost_change(verdict, beside),
    )


def _key(finding: Finding) -> tuple[str, str, str]:
    known = known_as(finding)
    return known.pack, known.id, known.urn


def _cost_change(verdict: Verdict, beside: Beside) -> CostChange | None:
    base, cost = beside.base, verdict.cost
    unpriced = {*base.unpriced, *unpriced_in(cost)}
    if base.cost is None and base.resources:
        return None
    before = _by_module(base.cost or (), modules_of(base.resources, verdict.redact))
    after = _by_module(
        cost.lines if cost else (), modules_of(verdict.deployment.resources, verdict.redact)
    )
    keys = dict.fromkeys([*after, *before])
    if not keys:
        return None
    return CostChange(
        modules=tuple(
            ModuleCost(
                module=module,
                currency=currency,
                before=total(before.get((module, currency), ())),
                after=total(after.get((module, currency), ())),
            )
            for module, currency in keys
        ),
        unpriced=tuple(
            each.urn
            for each in beside.resources
            if each.operation is not Operation.SAME and unpriced & {each.urn, each.before}
        ),
    )


def _by_module(
    lines: Iterable[CostLine], modules: Mapping[str, str]
) -> dict[tuple[str, str], list[CostLine]]:
    found: dict[tuple[str, str], list[CostLine]] = {}
    for line in lines:
        found.setdefault((modules.get(line.urn, ""), line.currency), []).append(line)
    return found


def modules_of(resources: Iterable[RegisteredResource], redact: Redactor) -> Mapping[str, str]:
    """By URN without secrets, the name of the outermost component that holds a resource."""
    by_urn = {each.urn: each for each in resources if each.type != STACK_TYPE}
    return dict(_modules(by_urn, redact))


def _modules(
    by_urn: Mapping[str, RegisteredResource], redact: Redactor
) -> Iterator[tuple[str, str]]:
    for urn, each in by_urn.items():
        outermost = each
        while outermost.parent in by_urn and outermost.parent != outermost.urn:
            outermost = by_urn[outermost.parent]
        yield redact.urn(urn), "" if outermost.custom else redact.name(outermost.name)


def _sum(amounts: Iterable[Amount]) -> Amount:
    listed = list(amounts)
    zero = total(()).base
    return Amount(
        base=sum((each.base for each in listed), zero),
        worst=sum((each.worst for each in listed), zero),
    )
