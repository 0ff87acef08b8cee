"""What a stack costs, by packages that know prices.

A package joins with an entry point of the group `pulumi_preflight.costs`; its object is an
`Estimate`. docs/api.md describes what it gives.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Any, TypeAlias

from pydantic import AfterValidator, BaseModel, Field, ValidationError

from pulumi_preflight.errors import ReportError
from pulumi_preflight.redaction import Redactor
from pulumi_preflight.startup import joined, names_in

GROUP = "pulumi_preflight.costs"

Estimate: TypeAlias = Callable[[Mapping[str, Any]], Mapping[str, Any]]
"""Says what the resources of a stack export cost in a month, in keys that docs/api.md lists."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CostLine:
    """One item of one resource's bill.

    Attributes:
        urn: The resource.
        item: What is counted.
        currency: The code of the currency, such as `USD`.
        base: The amount of a month as declared; 0 of what only use decides.
        worst: The amount of a month at worst, such as with every scaler at its maximum.
    """

    urn: str
    item: str
    currency: str
    base: Decimal
    worst: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Unpriced:
    """A part of a resource that is billed, or may be, and that no line counts.

    Attributes:
        urn: The resource.
        reason: The reason, as the end of a sentence that begins with the resource.
    """

    urn: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Amount:
    """A sum of a month.

    Attributes:
        base: As declared.
        worst: At worst.
    """

    base: Decimal
    worst: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What a stack costs in a month.

    Attributes:
        lines: What is counted, in the order of the packages, then of theirs.
        unpriced: What is not, likewise. Where there is any, the totals are too low.
        basis: What each package's amounts rest on: regions, the day of the prices.
    """

    lines: tuple[CostLine, ...]
    unpriced: tuple[Unpriced, ...]
    basis: tuple[str, ...]

    @property
    def totals(self) -> Mapping[str, Amount]:
        """The sum of all lines, by the code of the currency, in the order of the codes."""
        return {
            currency: total(line for line in self.lines if line.currency == currency)
            for currency in sorted({line.currency for line in self.lines})
        }


def total(lines: Iterable[CostLine]) -> Amount:
    """The sum of lines, which have one currency."""
    listed = list(lines)
    return Amount(
        base=sum((line.base for line in listed), Decimal(0)),
        worst=sum((line.worst for line in listed), Decimal(0)),
    )


def billed_by_use(lines: Iterable[CostLine]) -> int:
    """How many resources bill something by use, which no amount counts."""
    return len({line.urn for line in lines if not line.worst})


def cost_of(export: Mapping[str, Any], redact: Redactor) -> Cost | None:
    """Asks every package that knows prices; `None` where none says anything of the stack.

    Args:
        export: The stack export, with secrets in plain text: a price may hang on what a secret
            text holds.
        redact: Takes these out of what the packages say.

    Raises:
        ReportError: A package fails, or gives something else than an estimate.
    """
    told = [_asked(name, export, redact) for name in names_in(GROUP, ())]
    lines = tuple(line for each in told for line in _lines(each, redact))
    unpriced = tuple(
        Unpriced(urn=redact.urn(part.urn), reason=redact.about(part.urn, part.reason))
        for each in told
        for part in each.unpriced
    )
    if not lines and not unpriced:
        return None
    basis = tuple(redact(each.basis) for each in told if each.basis)
    return Cost(lines=lines, unpriced=unpriced, basis=basis)


def _positive(amount: Decimal) -> Decimal:
    if amount.is_signed() and amount:
        raise ValueError("wanted at least 0")
    return abs(amount)


_Money: TypeAlias = Annotated[Decimal, AfterValidator(_positive)]


class _Line(BaseModel):
    urn: str
    item: str
    base: _Money
    worst: _Money | None = None


class _Unpriced(BaseModel):
    urn: str
    reason: str


class _Estimate(BaseModel):
    currency: str = Field(pattern=r"^[A-Z]{3}$")
    basis: str = ""
    lines: tuple[_Line, ...]
    unpriced: tuple[_Unpriced, ...] = ()


def _lines(estimate: _Estimate, redact: Redactor) -> Iterator[CostLine]:
    for line in estimate.lines:
        yield CostLine(
            urn=redact.urn(line.urn),
            item=redact.about(line.urn, line.item),
            currency=estimate.currency,
            base=line.base,
            worst=line.base if line.worst is None else line.worst,
        )


def _asked(name: str, export: Mapping[str, Any], redact: Redactor) -> _Estimate:
    what = "the cost estimate"
    estimate: Estimate = joined(GROUP, name, what, ReportError)
    try:
        told = estimate(export)
    except Exception as error:
        cause = redact(f"{type(error).__name__}: {error}")
        raise ReportError(f"{what} {name!r} failed: {cause}") from error
    try:
        return _Estimate.model_validate(told)
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(map(str, first["loc"])) or "the whole"
        raise ReportError(
            redact(f"{what} {name!r} gives no estimate: {key}: {first['msg']}"),
            hint="its package has a fault; docs/api.md has the keys of an estimate",
        ) from error
