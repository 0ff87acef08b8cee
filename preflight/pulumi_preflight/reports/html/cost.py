"""What the stack costs, as tables with bars."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from pulumi_preflight.costs import Amount, Cost, CostLine, billed_by_use, total
from pulumi_preflight.reports.html.markup import Markup, element, joined, line, prose, with_rest
from pulumi_preflight.reports.html.stack import Stack, linked
from pulumi_preflight.reports.terminal import NO_MODULE
from pulumi_preflight.verdict import counted

_CENT = Decimal("0.01")
_ROWS_SHOWN = 12
_ITEMS_SHOWN = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class _Row:
    """One row of a table.

    Attributes:
        name: Its name.
        detail: What is smaller beside it.
        amount: The sum of a month.
    """

    name: Markup
    detail: str
    amount: Amount


def cost_section(cost: Cost, stack: Stack) -> Markup:
    """The totals, then the modules and the resources, the dearest at worst first."""
    return joined(
        (
            element("p", line("; ".join(cost.basis)), class_="basis") if cost.basis else None,
            [
                _of_currency(
                    currency,
                    amount,
                    [each for each in cost.lines if each.currency == currency],
                    stack,
                )
                for currency, amount in cost.totals.items()
            ],
            _unpriced(cost, stack),
        )
    )


def _of_currency(currency: str, amount: Amount, lines: Sequence[CostLine], stack: Stack) -> Markup:
    dearest = amount.worst or Decimal(1)
    modules = _modules(lines, stack)
    resources = [each for each in _resources(lines, stack) if each.amount.worst]
    by_use = billed_by_use(lines)
    bill = "resource bills" if by_use == 1 else "resources bill"
    return joined(
        (
            element(
                "p",
                element("b", _money(amount.base), class_="figure"),
                f" {currency} a month as declared, ",
                element("b", _money(amount.worst), class_="figure"),
                " at worst",
                class_="total",
            ),
            # One module alone says what the total says.
            _table("By module", modules, dearest, len(modules)) if len(modules) > 1 else None,
            _table("By resource", resources, dearest, _ROWS_SHOWN),
            element("p", f"{by_use} {bill} by use, which is not counted.") if by_use else None,
        )
    )


def _modules(lines: Sequence[CostLine], stack: Stack) -> Sequence[_Row]:
    together: dict[str, list[CostLine]] = {}
    for each in lines:
        number = stack.numbers.get(each.urn)
        module = NO_MODULE if number is None else stack.module_of(number)
        together.setdefault(module, []).append(each)
    return _dearest(
        _Row(
            name=joined(line(module)),
            detail=counted(len({each.urn for each in members}), "resource"),
            amount=total(members),
        )
        for module, members in together.items()
    )


def _resources(lines: Sequence[CostLine], stack: Stack) -> Sequence[_Row]:
    together: dict[str, list[CostLine]] = {}
    for each in lines:
        together.setdefault(each.urn, []).append(each)
    return _dearest(
        _Row(
            name=linked(urn, stack),
            detail=_items(sorted(members, key=lambda each: (-each.worst, each.item))),
            amount=total(members),
        )
        for urn, members in together.items()
    )


def _items(lines: Sequence[CostLine]) -> str:
    items = list(dict.fromkeys(line(each.item) for each in lines if each.worst))
    rest = len(items) - _ITEMS_SHOWN
    return ", ".join(items[:_ITEMS_SHOWN]) + (f" and {rest} more" if rest > 0 else "")


def _dearest(rows: Iterable[_Row]) -> Sequence[_Row]:
    return sorted(rows, key=lambda row: (-row.amount.worst, -row.amount.base, row.name))


def _table(title: str, rows: Sequence[_Row], dearest: Decimal, most: int) -> Markup:
    return with_rest(rows, most, lambda some, more: _rows(f"{title}{more}", some, dearest))


def _rows(title: str, rows: Sequence[_Row], dearest: Decimal) -> Markup:
    return element(
        "table",
        element("caption", title),
        element(
            "thead",
            element(
                "tr",
                element("th", "Name", scope="col"),
                element("th", "Declared", scope="col", class_="money"),
                element("th", "At worst", scope="col", class_="money"),
                element("th", "Share", scope="col", class_="share"),
            ),
        ),
        element("tbody", (_row(row, dearest) for row in rows)),
        class_="cost",
    )


def _row(row: _Row, dearest: Decimal) -> Markup:
    share = row.amount.worst / dearest
    return element(
        "tr",
        element("th", row.name, " ", element("small", row.detail), scope="row"),
        element("td", _money(row.amount.base), class_="money"),
        element("td", _money(row.amount.worst), class_="money"),
        element(
            "td",
            _bar(row.amount.base / dearest, share),
            element("span", f"{share:.0%}"),
            class_="share",
        ),
    )


def _bar(base: Decimal, worst: Decimal) -> Markup:
    """The part of the total at worst, and within it what is declared; the numbers say it too."""
    return element(
        "svg",
        element("rect", class_="worst", width=f"{worst * 100:.1f}", height=10),
        element("rect", class_="base", width=f"{base * 100:.1f}", height=10),
        class_="bar",
        viewBox="0 0 100 10",
        preserveAspectRatio="none",
        aria_hidden="true",
    )


def _money(amount: Decimal) -> str:
    return f"{amount.quantize(_CENT, rounding=ROUND_HALF_UP):,}"


def _unpriced(cost: Cost, stack: Stack) -> Markup | None:
    if not cost.unpriced:
        return None
    resources = counted(len({each.urn for each in cost.unpriced}), "resource")
    return joined(
        (
            element("p", f"Not priced, so the totals are too low: {resources}", class_="warning"),
            element(
                "ul",
                (
                    element("li", linked(each.urn, stack), " ", prose(each.reason))
                    for each in cost.unpriced
                ),
            ),
        )
    )
