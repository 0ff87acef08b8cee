"""What the tools do: each judges anew, inside the roots, and writes nothing."""

import os
import secrets as random
from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from threading import Lock
from typing import Any, TypeAlias, TypeVar

from pulumi_preflight.acceptance import Acceptance
from pulumi_preflight.agents.arguments import (
    OfChanges,
    OfCost,
    OfFile,
    OfPages,
    OfRule,
    OfVerdict,
)
from pulumi_preflight.agents.explaining import named, own_rules, rules_of_packs, rules_of_project
from pulumi_preflight.api import OnError, Wanted, hidden, judged
from pulumi_preflight.asking import AskedPack
from pulumi_preflight.bases.telling import summary
from pulumi_preflight.costs import Amount, Cost, CostLine, billed_by_use, total
from pulumi_preflight.errors import PreflightError
from pulumi_preflight.findings import Finding, Known, Level, NotEvaluated, Ran, Waived
from pulumi_preflight.packs import PackChoice
from pulumi_preflight.printing import escaped
from pulumi_preflight.reports.entries import entries_of
from pulumi_preflight.reports.json import VERSION, about_of, changes_of, entry_of, note_of
from pulumi_preflight.roots import Roots
from pulumi_preflight.stack_context import StackContext
from pulumi_preflight.verdict import Verdict, verdict_line

Answer: TypeAlias = dict[str, Any]
_Item = TypeVar("_Item")

_MOST_NOTES, _MOST_UNPRICED, _MOST_NAMED = 20, 50, 100
# Whoever reads on does so soon. A verdict of thousands of resources is large.
_RUNS_KEPT = 4
_KINDS: Mapping[str, type[Finding]] = {
    "notEvaluated": NotEvaluated,
    "waived": Waived,
    "known": Known,
}


class Tools:
    """The tools of one server; called by several threads."""

    def __init__(self, roots: Roots, *, timeout_seconds: float, on_error: OnError) -> None:
        """Takes what bounds them.

        Args:
            roots: Where they may read and run.
            timeout_seconds: How long a program, and each answer of a pack, may take.
            on_error: See `OnError`.
        """
        self._roots = roots
        self._timeout_seconds = timeout_seconds
        self._on_error = on_error
        self._kept: OrderedDict[str, tuple[OfPages, Verdict]] = OrderedDict()
        self._keeping = Lock()

    def verdict(self, asked: OfVerdict) -> Answer:
        """Judges a project, and gives a page of what it finds.

        Raises:
            PreflightError: There is no verdict; the text holds no secrets.
        """
        with self._page(asked) as (verdict, page):
            kinds = tuple(_KINDS[each] for each in asked.also)
            listed = (
                *verdict.findings,
                *(each for each in entries_of(verdict) if isinstance(each, kinds)),
            )
            cost = verdict.cost
            return {
                "version": VERSION,
                "project": verdict.project,
                "stack": verdict.stack,
                "seconds": round(verdict.seconds, 3),
                "verdict": "pass" if verdict.passed else "fail",
                "failOn": str(verdict.fail_on),
                "summary": verdict_line(verdict),
                "counts": {
                    "resources": sum(each.is_own for each in verdict.resources),
                    "mandatory": len(verdict.of_level(Level.MANDATORY)),
                    "advisory": len(verdict.of_level(Level.ADVISORY)),
                    "notEvaluated": len(verdict.not_evaluated),
                    "waived": len(verdict.waived),
                    "known": len(verdict.known),
                    "notes": len(verdict.notes),
                },
                **_by_kind(page.of(listed)),
                "cost": cost and {**_totals(cost), "unpriced": len(cost.unpriced)},
                "notes": [note_of(each) for each in page.first(verdict.notes, _MOST_NOTES)],
                "next": page.next(listed),
            }

    def cost(self, asked: OfCost) -> Answer:
        """Says what a stack costs in a month, and gives a page of its resources.

        Raises:
            PreflightError: There is no verdict, or no price; the text holds no secrets.
        """
        with self._page(asked) as (verdict, page):
            cost = verdict.cost
            if cost is None:
                raise PreflightError(
                    f"no installed package prices anything of {verdict.project} stack "
                    f"{verdict.stack}",
                    hint="aws-policy-pack prices what AWS bills; it has to be installed beside "
                    "preflight",
                )
            bills = _bills(cost.lines)
            return {
                "project": verdict.project,
                "stack": verdict.stack,
                **_totals(cost),
                "resources": [_billed(*each) for each in page.of(bills)],
                "billedByUse": billed_by_use(cost.lines),
                "unpriced": [
                    {"urn": each.urn, "reason": each.reason}
                    for each in page.first(cost.unpriced, _MOST_UNPRICED)
                ],
                "next": page.next(bills),
            }

    def findings_at(self, asked: OfFile) -> Answer:
        """Gives a page of what is found at a file.

        Raises:
            PreflightError: There is no verdict; the text holds no secrets.
        """
        first, last = asked.first_line or 1, asked.last_line
        if last is not None and last < first:
            raise PreflightError(
                f"`lastLine` is {last}, and `firstLine` is {first}, which is after it"
            )
        folder = self._roots.find(asked.project, "the project")
        file = self._roots.find(asked.file, "the file", folder)
        if not file.is_file():
            raise PreflightError(f"there is no file {file}")
        with self._page(asked) as (verdict, page):
            real = os.path.realpath(file)
            listed = [
                each
                for each in entries_of(verdict)
                if any(
                    os.path.realpath(folder / place.file) == real
                    and first <= place.line
                    and (last is None or place.line <= last)
                    for place in each.places
                )
            ]
            return {
                "project": verdict.project,
                "stack": verdict.stack,
                "file": Path(os.path.relpath(real, os.path.realpath(folder))).as_posix(),
                **_by_kind(page.of(listed)),
                "next": page.next(listed),
            }

    def changes(self, asked: OfChanges) -> Answer:
        """Says what the program changes beside a base, and gives a page of its resources.

        Raises:
            PreflightError: There is no verdict, or no such base; the text holds no secrets.
        """
        if (asked.base_state is None) == (asked.base_verdict is None):
            raise PreflightError("give one of `baseState` and `baseVerdict`")
        with self._page(asked) as (verdict, page):
            changes = verdict.changes
            if changes is None:
                raise PreflightError("preflight itself failed: the run has lost its base")
            told: Any = changes_of(changes)
            resources, findings = told["resources"], told["findings"]
            return {
                "project": verdict.project,
                "stack": verdict.stack,
                "base": told["base"],
                "kind": told["kind"],
                "summary": summary(changes),
                "resources": page.of(resources),
                "new": list(page.first(findings["new"], _MOST_NAMED)),
                "fixed": list(page.first(findings["fixed"], _MOST_NAMED)),
                "unchanged": len(findings["unchanged"]),
                "cost": told["cost"],
                "unpriced": list(page.first(told["unpriced"], _MOST_NAMED)),
                "next": page.next(resources),
            }

    def explain_rule(self, asked: OfRule) -> Answer:
        """Says what a rule wants, and why, in the words of its pack.

        Raises:
            PreflightError: No pack has it; the text holds no secrets.
        """
        own = own_rules()
        name = asked.rule.partition("[")[0]
        if any(each.rule == name for each in own):
            return {"rules": [_explained(each) for each in named(name, own)]}
        with hidden(self._on_error) as secrets:
            rules = self._rules(asked, secrets)
            return {"rules": [_explained(each) for each in named(name, (*rules, *own))]}

    def _rules(self, asked: OfRule, secrets: set[str]) -> tuple[Ran, ...]:
        if asked.packs is None:
            return rules_of_project(
                self._roots.find(asked.project, "the project"),
                asked.stack,
                self._roots.admit_packs,
                secrets=secrets,
                seconds=self._timeout_seconds,
            )
        return rules_of_packs(
            self._choices(asked.packs),
            StackContext(project="project", stack=asked.stack or "stack"),
            self._roots.folders[0],
            secrets=secrets,
            seconds=self._timeout_seconds,
        )

    @contextmanager
    def _page(self, asked: OfPages) -> "Iterator[tuple[Verdict, _Page]]":
        """Gives the verdict that is asked for, and the page of it."""
        with hidden(self._on_error) as secrets:
            if asked.cursor is None:
                verdict = self._judged(asked, secrets)
                run, start = self._keep(asked, verdict), 0
            else:
                run, start, verdict = self._again(asked, asked.cursor)
            yield verdict, _Page(run=run, start=start, limit=asked.limit)

    def _judged(self, asked: OfPages, secrets: set[str]) -> Verdict:
        wanted = Wanted(
            stack=asked.stack,
            packs=None if asked.packs is None else self._choices(asked.packs),
            config=asked.config,
            acceptance=Acceptance(
                baseline=None
                if asked.baseline is None
                else self._roots.find(asked.baseline, "the baseline")
            ),
            timeout_seconds=self._timeout_seconds,
            admit=self._roots.admit,
            **self._base(asked),
        )
        return judged(self._roots.find(asked.project, "the project"), wanted, secrets)

    def _base(self, asked: OfPages) -> dict[str, Any]:
        """The base that is asked for, as a run takes it."""
        if not isinstance(asked, OfChanges):
            return {}
        if asked.base_verdict is not None:
            return {"base_verdict": self._roots.find(asked.base_verdict, "the base")}
        place = asked.base_state or ""
        if "://" in place:
            raise PreflightError(
                f"`baseState` is {place!r}, a URL; wanted a file or a folder inside of the roots",
                hint="`pulumi stack export --stack NAME --file FILE` writes the state of a stack",
            )
        return {"base_state": str(self._roots.find(place, "the base"))}

    def _choices(self, packs: Sequence[AskedPack]) -> tuple[PackChoice, ...]:
        choices = tuple(
            PackChoice(
                directory=self._roots.find(each.path, "the policy pack"),
                config=None
                if each.config is None
                else self._roots.find(each.config, "the config of the policy pack"),
                named_by="`packs`",
            )
            for each in packs
        )
        self._roots.admit_packs(choices)
        return choices

    def _keep(self, asked: OfPages, verdict: Verdict) -> str:
        run = random.token_hex(8)
        with self._keeping:
            self._kept[run] = asked, verdict
            while len(self._kept) > _RUNS_KEPT:
                self._kept.popitem(last=False)
        return run

    def _again(self, asked: OfPages, cursor: str) -> tuple[str, int, Verdict]:
        """The run, the place in it and the verdict that a cursor stands for."""
        run, _, start = cursor.partition(".")
        with self._keeping:
            kept = self._kept.get(run)
        if kept is None or not (start.isascii() and start.isdecimal()):
            raise PreflightError(
                f"`cursor` is {cursor!r}, which stands for no run that is kept; the last "
                f"{_RUNS_KEPT} are",
                hint="ask without it: the program runs anew",
            )
        if type(kept[0]) is not type(asked) or _without_page(kept[0]) != _without_page(asked):
            raise PreflightError(
                f"`cursor` is {cursor!r}, which an answer to other arguments gave",
                hint="give the arguments of that call, with the cursor",
            )
        return run, int(start), kept[1]


class _Page:
    """A part of the lists of one run."""

    def __init__(self, *, run: str, start: int, limit: int) -> None:
        self._run = run
        self._start = start
        self._end = start + limit

    def of(self, items: Sequence[_Item]) -> Sequence[_Item]:
        """The items of this page."""
        return items[self._start : self._end]

    def first(self, items: Sequence[_Item], most: int) -> Sequence[_Item]:
        """The first items on the first page, none on others."""
        return () if self._start else items[:most]

    def next(self, items: Sequence[object]) -> str | None:
        """The cursor of the next page, `None` where there is none."""
        return f"{self._run}.{self._end}" if self._end < len(items) else None


def _without_page(asked: OfPages) -> Mapping[str, object]:
    return asked.model_dump(exclude={"cursor", "limit"})


def _by_kind(entries: Sequence[Finding]) -> Answer:
    def of(*kinds: type[Finding]) -> list[Answer]:
        return [entry_of(each) for each in entries if isinstance(each, kinds)]

    others = {name: of(kind) for name, kind in _KINDS.items()}
    plain = [entry_of(each) for each in entries if not isinstance(each, (*_KINDS.values(),))]
    return {"findings": plain, **others}


def _totals(cost: Cost) -> Answer:
    return {
        "totals": {currency: _amounts(amount) for currency, amount in cost.totals.items()},
        "basis": list(cost.basis),
    }


def _amounts(amount: Amount | CostLine) -> Answer:
    return {"base": _rounded(amount.base), "worst": _rounded(amount.worst)}


def _rounded(amount: Decimal) -> float:
    return round(float(amount), 2)


def _bills(lines: Sequence[CostLine]) -> list[tuple[str, str, Amount, list[CostLine]]]:
    """What each resource costs, the dearest at worst first: URN, currency, amount and lines."""
    listed: dict[tuple[str, str], list[CostLine]] = {}
    for line in lines:
        listed.setdefault((line.urn, line.currency), []).append(line)
    bills = [(urn, currency, total(own), own) for (urn, currency), own in listed.items()]
    return sorted(bills, key=lambda bill: (-bill[2].worst, bill[0], bill[1]))


def _billed(urn: str, currency: str, amount: Amount, lines: Sequence[CostLine]) -> Answer:
    return {
        "urn": urn,
        "currency": currency,
        **_amounts(amount),
        "lines": [{"item": each.item, **_amounts(each)} for each in lines],
    }


def _explained(ran: Ran) -> Answer:
    return {"rule": ran.rule, "pack": ran.pack, "level": ran.level, **about_of(ran.about)}


def printable(value: Any) -> Any:  # noqa: ANN401 - JSON
    """An answer whose texts hold no control characters, and no halves of characters."""
    match value:
        case str():
            return escaped(value)
        case list():
            return [printable(each) for each in value]
        case dict():
            return {printable(name): printable(each) for name, each in value.items()}
        case _:
            return value
