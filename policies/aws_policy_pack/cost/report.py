"""What a stack costs, as a table for people or as JSON for programs."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Final

from aws_policy_pack.cost.charges import ENVIRONMENT_NAMES
from aws_policy_pack.cost.estimate import Estimate, Line, dearest, dollars, estimate
from aws_policy_pack.cost.state import load_state, read_state
from aws_policy_pack.cost.table import Tables, find_table, way_to_prices
from aws_policy_pack.resource import STACK, Graph, Resource
from aws_policy_pack.wording import MOST_NAMED, counted, first_few

NO_MODULE: Final = "(no module)"
TOP_LINES: Final = 10
BAR: Final = 20
NARROW: Final = 72
"""Width below which the bars are left out."""
BOLD: Final = "\x1b[1m"
RED: Final = "\x1b[31m"
GREEN: Final = "\x1b[32m"
YELLOW: Final = "\x1b[33m"
RESET: Final = "\x1b[0m"


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """US dollars that a stack may cost in a month; `None` where any amount may be."""

    base: Decimal | None
    worst: Decimal | None

    def excess(self, estimate: Estimate) -> Mapping[str, Decimal]:
        """By how much each case is over its budget; empty where none is."""
        cases = (
            ("base", estimate.base, self.base),
            ("worst case", estimate.worst, self.worst),
        )
        return {
            name: cost - allowed
            for name, cost, allowed in cases
            if allowed is not None and cost > allowed
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """What one module of the stack costs.

    Attributes:
        name: The name of the outermost component that holds the resources.
        resources: How many of its resources cost anything.
        base: US dollars a month as declared.
        worst: US dollars a month at worst.
    """

    name: str
    resources: int
    base: Decimal
    worst: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class CostReport:
    """An estimate, shared out to the modules and held against a budget.

    Attributes:
        estimate: Lines, totals, and what could not be priced.
        modules: The modules, the dearest at worst first.
        budget: What the stack may cost, if there is a budget.
    """

    estimate: Estimate
    modules: tuple[Share, ...]
    budget: Budget | None

    @property
    def is_within_budget(self) -> bool:
        """Whether both totals are within the budget and nothing is left unpriced."""
        return self.budget is None or not (
            self.budget.excess(self.estimate) or self.estimate.unpriced
        )


def cost_report(  # noqa: PLR0913 - all but one have a default
    stack: Graph | Path | Mapping[str, object],
    *,
    region: str | None = None,
    budget: Budget | None = None,
    environment_names: tuple[str, ...] = ENVIRONMENT_NAMES,
    free: tuple[str, ...] = (),
    tables: Tables = find_table,
) -> CostReport:
    """Estimates a stack.

    Args:
        stack: Its resources, or a stack export: the file or its content.
        region: The region of resources that name none; see `estimate`.
        budget: The budget of the stack.
        environment_names: Environment variables from which your own scalers read their maximum.
        free: Types or globs that are known to be free.
        tables: The source of the prices.

    Raises:
        StateError: The file or the mapping is not a stack export.
    """
    graph = _graph(stack)
    result = estimate(
        graph, region=region, environment_names=environment_names, free=free, tables=tables
    )
    return CostReport(estimate=result, modules=_shares(graph, result.lines), budget=budget)


def stack_cost(export: Mapping[str, object]) -> Mapping[str, object]:
    """What the resources of a stack export cost, for tools that show it beside what they know.

    The entry point `aws` of the group `pulumi_preflight.costs`. No profile is looked at.

    Raises:
        StateError: The mapping is not a stack export.
        TableError: A price table cannot be read.
    """
    report = cost_report(export)
    return {**_document(report), "basis": _basis(report.estimate)}


def render_json(report: CostReport) -> str:
    """The estimate as JSON; amounts are US dollars.

    `region` is that of all prices; where they are of several, that of resources that name none.
    """
    return json.dumps(_document(report), indent=2) + "\n"


def _document(report: CostReport) -> dict[str, object]:
    result = report.estimate
    place, *others = _places(result)
    region, dated = (result.region, result.dated) if others else place
    return {
        "currency": "USD",
        "region": region,
        "pricesDated": dated,
        "regions": dict(_places(result)),
        "base": float(result.base),
        "worst": float(result.worst),
        "lines": [
            {
                "urn": line.resource.urn,
                "item": line.item,
                "quantity": float(line.quantity),
                "unit": line.unit,
                "unitPrice": float(line.unit_price),
                "base": float(line.base),
                "worst": float(line.worst),
            }
            for line in result.lines
        ],
        "unpriced": [
            {"urn": item.resource.urn, "type": item.resource.type, "reason": item.reason}
            for item in result.unpriced
        ],
    }


def render_terminal(
    report: CostReport, *, width: int = 100, colour: bool = False, encoding: str = "utf-8"
) -> str:
    """The estimate as a table: modules with their share, the dearest lines, totals, verdict.

    Args:
        report: The report.
        width: Columns of the terminal.
        colour: Whether to use ANSI colours; no fact is told by colour alone.
        encoding: The output's encoding, which may have no sign for a bar.
    """
    result = report.estimate
    heading = f"Cost a month in USD ({_basis(result)})"
    lines = [
        _painted(heading, BOLD, colour=colour),
        *_module_rows(report, width, _bar_signs(encoding)),
        "",
    ]
    top = dearest(result.lines, at_worst=True)[:TOP_LINES]
    if top:
        lines += [
            _painted("Dearest lines at worst", BOLD, colour=colour),
            *_line_rows(top, width),
            "",
        ]
    used = len({line.resource.urn for line in result.lines if not line.worst})
    if used:
        subject = "resource bills" if used == 1 else "resources bill"
        lines.append(f"{used} {subject} by use, which is not counted")
    lines += [_painted(text, YELLOW, colour=colour) for text in _unpriced_rows(result)]
    lines.append(_verdict(report, colour=colour))
    return "\n".join(lines) + "\n"


def _basis(result: Estimate) -> str:
    places = [
        f"{region}, {f'prices of {dated}' if dated else 'no price table'}"
        for region, dated in _places(result)
    ]
    several = ";" if places[1:] else ","
    return f"{'; '.join(places)}{several} on demand, 730 hours"


def _graph(stack: Graph | Path | Mapping[str, object]) -> Graph:
    match stack:
        case Graph():
            return stack
        case Path():
            return load_state(stack)
        case _:
            return read_state(stack)


def _shares(graph: Graph, lines: Iterable[Line]) -> tuple[Share, ...]:
    by_module: dict[str, list[Line]] = {}
    for line in lines:
        if line.worst:
            by_module.setdefault(_module_of(line.resource, graph), []).append(line)
    shares = [
        Share(
            name=name,
            resources=len({line.resource.urn for line in own}),
            base=sum((line.base for line in own), Decimal(0)),
            worst=sum((line.worst for line in own), Decimal(0)),
        )
        for name, own in by_module.items()
    ]
    return tuple(sorted(shares, key=lambda share: (-share.worst, share.name)))


def _module_of(resource: Resource, graph: Graph) -> str:
    """The outermost parent below the stack that is not a resource of a provider."""
    module = NO_MODULE
    seen = set()
    urn = resource.parent
    while urn and urn not in seen:
        seen.add(urn)
        parent = graph.by_urn(urn)
        type_, name = (
            (parent.type, parent.name)
            if parent
            else (urn.rpartition("::")[0].rpartition("::")[2], urn.rpartition("::")[2])
        )
        kind = type_.rpartition("$")[2]
        if kind != STACK and not kind.startswith("aws:"):
            module = name
        urn = parent.parent if parent else ""
    return module


def _places(result: Estimate) -> list[tuple[str, str | None]]:
    """The regions whose prices count, and their days; without prices the one that was meant."""
    return [*result.priced_in.items()] or [(result.region, result.dated)]


def _module_rows(report: CostReport, width: int, signs: tuple[str, str]) -> list[str]:
    total = report.estimate.worst
    names = [share.name for share in report.modules]
    wide = max([len("module"), len("total"), *map(len, names)])
    rows = [f"  {'module':{wide}}  {'base':>12}  {'worst':>12}"]
    for share in report.modules:
        part = share.worst / total
        bar = f"  {_bar(part, signs)} {part:>4.0%}" if width >= NARROW else ""
        rows.append(_row(share.name, wide, share.base, share.worst) + bar)
    rows.append(_row("total", wide, report.estimate.base, total))
    if report.budget is not None:
        rows.append(_row("budget", wide, report.budget.base, report.budget.worst))
    return rows


def _row(label: str, wide: int, base: Decimal | None, worst: Decimal | None) -> str:
    amounts = ("any" if usd is None else dollars(usd) for usd in (base, worst))
    return "  ".join([f"  {label:{wide}}", *(f"{amount:>12}" for amount in amounts)])


def _bar_signs(encoding: str) -> tuple[str, str]:
    """The signs that draw a bar: its filled part and the rest."""
    filled, rest = "█", "░"
    try:
        (filled + rest).encode(encoding)
    except UnicodeEncodeError:
        return "#", "."
    return filled, rest


def _bar(part: Decimal, signs: tuple[str, str]) -> str:
    filled = int(part * BAR + Decimal("0.5"))
    return signs[0] * filled + signs[1] * (BAR - filled)


def _line_rows(lines: Iterable[Line], width: int) -> list[str]:
    rows = [(f"{line.resource.name}: {line.item}", line) for line in lines]
    wide = min(max(len(label) for label, _ in rows), max(20, width - 30))
    return [_row(label[:wide], wide, line.base, line.worst) for label, line in rows]


def _unpriced_rows(result: Estimate) -> list[str]:
    """A row for each type and reason, however many resources of the type have it."""
    by_type: dict[str, dict[str, list[Resource]]] = {}
    for item in result.unpriced:
        if item.region is None:
            reasons = by_type.setdefault(item.resource.type, {})
            reasons.setdefault(item.reason, []).append(item.resource)
    rows = [row for type_, reasons in by_type.items() for row in _rows_of_type(type_, reasons)]
    rows += [
        f"  {first_few(names)} in {region}, which has no price table; {way_to_prices(region)}"
        for region, names in result.without_table.items()
    ]
    head = f"Not priced, so the totals are too low: {counted(_unpriced(result), 'resource')}"
    return [head, *rows] if rows else []


def _rows_of_type(type_: str, reasons: Mapping[str, Sequence[Resource]]) -> Iterator[str]:
    named, rest = list(reasons.items())[:MOST_NAMED], list(reasons.values())[MOST_NAMED:]
    for reason, resources in named:
        match resources:
            case [resource]:
                yield f"  {resource.name} ({type_}) {reason}"
            case _:
                yield f"  {type_} ({counted(len(resources), 'resource')}): {reason}"
    if rest:
        others = {resource.urn for resources in rest for resource in resources}
        more = counted(len(rest), "more reason")
        yield f"  {type_} ({counted(len(others), 'resource')}): {more}"


def _unpriced(result: Estimate) -> int:
    """How many resources have a part that no line counts."""
    return len({item.resource.urn for item in result.unpriced})


def _verdict(report: CostReport, *, colour: bool) -> str:
    if report.budget is None:
        return "No budget given"
    if report.is_within_budget:
        return _painted("Within the budget", GREEN, colour=colour)
    excess = report.budget.excess(report.estimate)
    over = [f"{name} is {dollars(usd)} over" for name, usd in excess.items()]
    if report.estimate.unpriced:
        over.append(f"{_unpriced(report.estimate)} not priced")
    return _painted(f"Not within the budget: {', '.join(over)}", RED, colour=colour)


def _painted(text: str, code: str, *, colour: bool) -> str:
    return f"{code}{text}{RESET}" if colour else text
