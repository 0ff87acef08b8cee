"""What the reports on several stacks tell of a change: what goes, in which stack."""

import io
import json
from dataclasses import replace
from decimal import Decimal

import pytest

from pulumi_preflight.costs import Cost, CostLine
from pulumi_preflight.model import RegisteredResource
from pulumi_preflight.reports import write_several
from pulumi_preflight.reports.recap import recap
from pulumi_preflight.verdict import Verdict
from pulumi_preflight.verdicts import Gone, StackResult, Verdicts
from tests.preflight.bases.samples import AFTER, DATABASE, base, beside, resource
from tests.preflight.builders import QUEUE, urn
from tests.preflight.samples import STACK

KEPT = beside(base(*AFTER), *AFTER)
CHANGED = beside()
GONE = Gone(base="all.json", project="old", stack="prod", resources=12, holding_data=3)


def several(*found: Verdict, gone: tuple[Gone, ...] = ()) -> Verdicts:
    """Stacks in folders `apps/0`, `apps/1`, and so on."""
    results = tuple(
        StackResult(folder=f"apps/{number}", project=each.project, stack=each.stack, verdict=each)
        for number, each in enumerate(found)
    )
    return Verdicts(results=results, left_out=(), seconds=1.0, gone=gone)


def written(verdicts: Verdicts, report_format: str) -> str:
    stream = io.StringIO()
    write_several(verdicts, report_format, stream)
    return stream.getvalue()


def head_of(verdicts: Verdicts) -> str:
    """What stands above all folds of the comment."""
    return written(verdicts, "markdown").partition("<details")[0]


def queues(number: int) -> tuple[RegisteredResource, ...]:
    return tuple(resource(QUEUE, f"q{each}") for each in range(number))


def costing(before: str, after: str) -> Verdict:
    """A verdict whose cost of a month goes from one amount to another."""

    def line(amount: str) -> CostLine:
        money = Decimal(amount)
        return CostLine(
            urn=urn(DATABASE, "db"), item="hours", currency="USD", base=money, worst=money
        )

    found = beside(base(*AFTER, cost=(line(before),)), *AFTER)
    found._costs[:] = [Cost(lines=(line(after),), unpriced=(), basis=())]  # noqa: SLF001 - as if it had been asked for
    return found


def test_the_comment_begins_with_the_data_that_goes_and_the_stack_that_has_it() -> None:
    head = head_of(several(KEPT, CHANGED))
    assert head.count("> [!CAUTION]") == 1
    assert (
        "> **Replaces the database `db`** of `apps/1 dev`: "
        '`engine` "postgres" becomes "mysql", replaces<br>'
    ) in head
    assert "> **Deletes the queue `old`** of `apps/1 dev`<br>" in head
    assert "`apps/0 dev`" not in head
    assert head.endswith("\nBeside `main.json`\n\n")


def test_a_comment_on_stacks_that_keep_all_data_warns_of_nothing() -> None:
    assert "CAUTION" not in written(several(KEPT, KEPT), "markdown")


def test_a_comment_without_a_base_is_silent_on_changes() -> None:
    document = written(several(replace(CHANGED, beside=None)), "markdown")
    assert "Beside" not in document
    assert "no resource changes" not in document


def test_the_data_of_many_stacks_is_counted_where_there_is_no_room() -> None:
    lost = beside(base(STACK, *queues(20)), STACK)
    head = head_of(several(lost, lost))
    assert head.count("> **Deletes the queue") == 30
    assert "> 10 more that hold data" in head


def test_a_stack_that_is_gone_stands_among_the_warnings_and_in_the_list() -> None:
    told = "`all.json` has `old/prod`, which this run does not: its 12 resources go"
    document = written(several(KEPT, gone=(GONE,)), "markdown")
    head, _, rest = document.partition("<details")
    assert f"> [!CAUTION]\n> **Gone**: {told}" in head
    assert f"- Gone: {told}" in rest


def test_a_stack_that_is_gone_without_data_is_no_warning() -> None:
    document = written(several(KEPT, gone=(replace(GONE, holding_data=0),)), "markdown")
    assert "CAUTION" not in document
    assert "- Gone: `all.json` has `old/prod`" in document


@pytest.mark.parametrize("report_format", ["terminal", "html", "markdown"])
def test_the_list_of_stacks_says_beside_each_verdict_what_changes(report_format: str) -> None:
    document = written(several(KEPT, CHANGED), report_format)
    lines = [line for line in document.splitlines() if "apps/" in line and "0 waived" in line]
    told = "\n".join(lines)
    assert told.count("1 replaced (holds data), 1 deleted (holds data), 1 created, 1 changed") == 1
    assert told.count("no resource changes") == 1


@pytest.mark.parametrize("report_format", ["terminal", "html"])
def test_the_list_of_stacks_names_those_that_are_gone(report_format: str) -> None:
    text = written(several(KEPT, gone=(GONE,)), report_format)
    assert (
        "all.json has old/prod, which this run does not: "
        "its 12 resources go, among them 3 that hold data"
    ) in text


def test_the_json_document_counts_what_goes_with_a_stack() -> None:
    assert json.loads(written(several(KEPT, gone=(GONE,)), "json"))["gone"] == [
        {
            "base": "all.json",
            "project": "old",
            "stack": "prod",
            "resources": 12,
            "holdingData": 3,
        }
    ]


@pytest.mark.parametrize(
    ("resources", "holding", "told"),
    [
        pytest.param(0, 0, "no resource goes with it", id="none"),
        pytest.param(1, 0, "its one resource goes", id="one"),
        pytest.param(1, 1, "its one resource goes, which holds data", id="one-with-data"),
        pytest.param(1200, 0, "its 1,200 resources go", id="many"),
        pytest.param(2, 1, "its 2 resources go, among them 1 that holds data", id="one-of-many"),
    ],
)
def test_what_goes_with_a_stack_is_told_in_words(resources: int, holding: int, told: str) -> None:
    gone = replace(GONE, resources=resources, holding_data=holding)
    assert gone.told == f"all.json has old/prod, which this run does not: {told}"


def test_the_comment_sums_the_cost_of_all_stacks_and_names_those_that_change() -> None:
    head = head_of(several(costing("10", "10"), costing("20", "25.5")))
    assert [line for line in head.splitlines() if line.startswith("Cost a month")] == [
        "Cost a month, together: **30.00 → 35.50 USD (+5.50)**<br>",
        "Cost a month of `apps/1 dev`: 20.00 → 25.50 USD (+5.50)<br>",
    ]


def test_the_cost_of_a_single_stack_is_told_once() -> None:
    assert head_of(several(costing("20", "25.5"))).count("Cost a month") == 1


def test_the_recap_counts_what_holds_data_of_many() -> None:
    before = (STACK, *queues(2), resource("shop:index:Thing", "thing"))
    changes = beside(base(*before), STACK).changes
    assert changes
    assert recap(changes) == "3 deleted (holds data: 2)"
