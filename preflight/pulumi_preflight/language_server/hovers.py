"""What a hover over a resource says: type, names, cost, and what preflight filled in."""

from collections.abc import Iterator, Sequence

from pulumi_preflight.costs import CostLine, total
from pulumi_preflight.errors import PreflightError
from pulumi_preflight.outputs.inventions import Filling
from pulumi_preflight.outputs.names import name_properties
from pulumi_preflight.outputs.subject import subject_kind
from pulumi_preflight.printing import escaped_line, shortened
from pulumi_preflight.redaction import shown
from pulumi_preflight.reports.markdown_text import cell, code, prose
from pulumi_preflight.resource import Resource
from pulumi_preflight.verdict import Verdict
from pulumi_preflight.wire import PropertyValue, json_text

_MOST_RESOURCES, _MOST_OUTPUTS, _LONGEST = 5, 40, 120
_ORIGINS = {
    Filling.TOLD: "told by preflight.yaml",
    Filling.FOLLOWS: "follows from what is given",
    Filling.MADE_UP: "made up",
    Filling.EMPTY: "left empty, AWS may fill it",
}
_GIVEN = "given"


def hover_of(resources: Sequence[Resource], verdict: Verdict, *, markdown: bool) -> str:
    """A text on some resources.

    Args:
        resources: The resources of one place.
        verdict: The verdict that has them.
        markdown: Whether the text is to be Markdown.
    """
    style = _Markdown() if markdown else _Plain()
    parts = ["\n".join(style.of(_Told(each, verdict))) for each in resources[:_MOST_RESOURCES]]
    if len(resources) > _MOST_RESOURCES:
        parts.append(f"and {len(resources) - _MOST_RESOURCES} more resources")
    return style.between.join(parts)


class _Told:
    """What is said of one resource, without secrets."""

    def __init__(self, resource: Resource, verdict: Verdict) -> None:
        self.type = resource.type
        self.name = resource.name
        self._resource = resource
        self._verdict = verdict
        registered = resource.registered
        self._inputs = shown(registered.inputs)
        self._outputs = verdict.redact.within(shown(registered.outputs))
        self._fillings = verdict.deployment.inventions.fillings(registered.urn)

    def physical_name(self) -> tuple[str, str] | None:
        """The physical name and its origin, `None` where the type has none."""
        for name in name_properties(subject_kind(self.type)) if self._resource.custom else ():
            value = self._outputs.get(name)
            if isinstance(value, str) and value:
                return value, self._origin(name)
        return None

    def _origin(self, name: str) -> str:
        filling = self._fillings.get(name)
        if filling is not None:
            return _ORIGINS[filling]
        return _GIVEN if name in self._inputs else _ORIGINS[Filling.FOLLOWS]

    def outputs(self) -> Iterator[tuple[str, str, str]]:
        """What preflight filled in: name, value and origin."""
        if self._resource.id and "id" not in self._outputs:
            is_made_up = "id" in self._resource.made_up
            origin = _ORIGINS[Filling.MADE_UP if is_made_up else Filling.FOLLOWS]
            yield "id", self._verdict.redact(self._resource.id), origin
        # An output that was left empty is there as a name alone.
        for name in sorted({*self._outputs, *self._fillings}):
            if name not in self._inputs:
                value = self._outputs.get(name)
                yield self._verdict.redact(name), _text(value), self._origin(name)

    def cost(self) -> Iterator[str]:
        """What a month costs, in each currency, and what has no price."""
        try:
            cost = self._verdict.cost
        except PreflightError as error:
            yield f"the cost is not known: {error}"
            return
        if cost is None:
            return
        lines = [each for each in cost.lines if each.urn == self._resource.urn]
        for currency in sorted({each.currency for each in lines}):
            yield _bill([each for each in lines if each.currency == currency], currency)
        for each in cost.unpriced:
            if each.urn == self._resource.urn:
                yield f"not priced: {each.reason}"


def _bill(lines: Sequence[CostLine], currency: str) -> str:
    amount = total(lines)
    by_use = " and what it bills by use" if any(not each.worst for each in lines) else ""
    if not amount.worst:
        return "bills by use"
    worst = f", at worst {amount.worst:,.2f}" if amount.worst != amount.base else ""
    return f"{currency} {amount.base:,.2f} a month{worst}{by_use}"


def _text(value: PropertyValue) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json_text(value)


class _Plain:
    """Plain text."""

    between = "\n\n"

    def of(self, told: _Told) -> Iterator[str]:
        yield f"{escaped_line(told.type)}  {escaped_line(told.name)}"
        if physical := told.physical_name():
            yield f"physical name: {escaped_line(physical[0])} ({physical[1]})"
        yield from map(escaped_line, told.cost())
        rows = list(told.outputs())
        for name, value, origin in rows[:_MOST_OUTPUTS]:
            yield f"  {escaped_line(name)}: {shortened(escaped_line(value), _LONGEST)} ({origin})"
        if len(rows) > _MOST_OUTPUTS:
            yield f"  and {len(rows) - _MOST_OUTPUTS} more outputs"


class _Markdown:
    """Markdown, in which no text of the program is markup."""

    between = "\n\n---\n\n"

    def of(self, told: _Told) -> Iterator[str]:
        yield f"{code(told.type)} **{prose(told.name)}**"
        if physical := told.physical_name():
            yield f"\nphysical name {code(physical[0])} ({physical[1]})"
        for line in told.cost():
            yield f"\n{prose(line)}"
        rows = list(told.outputs())
        if rows:
            yield "\n| output | value | origin |\n|---|---|---|"
        for name, value, origin in rows[:_MOST_OUTPUTS]:
            yield f"| {cell(name)} | {cell(shortened(value, _LONGEST))} | {origin} |"
        if len(rows) > _MOST_OUTPUTS:
            yield f"\nand {len(rows) - _MOST_OUTPUTS} more outputs"
