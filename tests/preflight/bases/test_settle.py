"""A run beside its base: resources, findings, cost, and data that goes."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from pulumi.runtime.proto.alias_pb2 import Alias

from pulumi_preflight.bases.changes import modules_of
from pulumi_preflight.bases.settle import as_rules_see, compared
from pulumi_preflight.costs import Cost, CostLine, Unpriced
from pulumi_preflight.findings import Level, Reported
from pulumi_preflight.model import DuplicateUrn, RegisteredResource
from pulumi_preflight.redaction import SHOWN_SECRET, Redactor
from pulumi_preflight.stack_context import name_of
from pulumi_preflight.verdict import Verdict
from tests.preflight.bases.samples import (
    AFTER,
    BEFORE,
    DATABASE,
    FIXED_FINDING,
    GROUP,
    base,
    beside,
    operations,
    resource,
    secret,
    written,
)
from tests.preflight.builders import QUEUE, urn
from tests.preflight.samples import STACK, UNSEEN, WAIVED, deployment, verdict

RULE = "replaces-stateful-resource"


def test_a_run_without_a_base_has_no_changes() -> None:
    assert verdict().changes is None


def test_the_resources_of_both_are_compared() -> None:
    assert operations(beside()) == {
        "db": "replace",
        "jobs": "update",
        "new": "create",
        "old": "delete",
    }


def test_findings_are_new_unchanged_or_fixed_by_pack_id_and_urn() -> None:
    changes = beside().changes
    assert changes
    assert {each.rule for each in changes.new} == {"too-slow", RULE}
    assert [each.rule for each in changes.unchanged] == ["tags-required"]
    assert changes.fixed == (FIXED_FINDING,)


@pytest.mark.parametrize(
    "reported",
    [
        pytest.param(
            Reported(waived=(replace(WAIVED, rule="encrypted", part="a", urn=urn(QUEUE, "jobs")),)),
            id="waived",
        ),
        pytest.param(
            Reported(
                not_evaluated=(replace(UNSEEN, rule="encrypted", part="a", urn=urn(QUEUE, "jobs")),)
            ),
            id="not-evaluated",
        ),
    ],
)
def test_a_finding_that_is_still_open_in_another_way_is_not_fixed(reported: Reported) -> None:
    changes = beside(reported=reported).changes
    assert changes
    assert FIXED_FINDING not in changes.fixed


def test_values_are_told_without_secrets() -> None:
    head = [
        resource(DATABASE, "db", {"password": secret("s3cr3t!!"), "x": 1})
        if each.type == DATABASE
        else each
        for each in AFTER
    ]
    state = beside(base(is_state=True), *head)
    assert state.changes
    [change] = [each for each in state.changes.resources if each.urn == urn(DATABASE, "db")]
    told = {each.path: (each.before, each.after) for each in change.properties}
    assert told["password"] == ("[secret]", "[secret]")
    assert "s3cr3t" not in repr(change)


def test_beside_a_saved_run_no_secret_changes() -> None:
    head = [
        replace(
            each,
            inputs=resource(
                DATABASE, "db", {"engine": "postgres", "password": secret("another1")}
            ).inputs,
        )
        if each.type == DATABASE
        else each
        for each in AFTER
    ]
    assert "db" not in operations(beside(base(), *head))


def price(found: Verdict, *lines: CostLine, unpriced: Sequence[str] = ()) -> None:
    without = tuple(Unpriced(urn=each, reason="has no price") for each in unpriced)
    cost = Cost(lines=lines, unpriced=without, basis=())
    found._costs.append(cost)  # noqa: SLF001 - as if it had been asked for


def lost(found: Verdict) -> Mapping[str, Any]:
    return {each.urn: each for each in found.of_rule(RULE)}


def test_a_replaced_database_of_a_state_is_a_mandatory_finding_with_its_cause() -> None:
    database = lost(beside(base(is_state=True)))[urn(DATABASE, "db")]
    assert database.level is Level.MANDATORY
    assert database.message == (
        "db: it is replaced, since `engine` changes, and the database and what it holds go; "
        "wanted a change that keeps the database."
    )
    assert (database.file, database.line) == ("__main__.py", 3)


def test_a_deleted_queue_of_a_state_is_a_mandatory_finding() -> None:
    found = lost(beside(base(is_state=True)))[urn(QUEUE, "old")]
    assert found.level is Level.MANDATORY
    assert found.problem.startswith("it is deleted, since the program has it no more")


def test_beside_a_saved_run_the_findings_are_advice() -> None:
    assert {each.level for each in beside().of_rule(RULE)} == {Level.ADVISORY}


def test_what_is_kept_in_the_cloud_is_advice() -> None:
    kept = replace(BEFORE[3], retain_on_delete=True)
    found = lost(beside(base(*BEFORE[:3], kept, is_state=True)))[urn(QUEUE, "old")]
    assert found.level is Level.ADVISORY
    assert "stays in the cloud" in found.problem


def test_what_is_protected_stops_the_deployment() -> None:
    held = resource(QUEUE, "old", protect=True)
    found = lost(beside(base(*BEFORE[:3], held, is_state=True)))[urn(QUEUE, "old")]
    assert found.level is Level.MANDATORY
    assert "is protected, so the engine refuses and the deployment stops" in found.problem


@pytest.mark.parametrize(
    "type_",
    [
        pytest.param("aws:sqs/queuePolicy:QueuePolicy", id="policy"),
        pytest.param("aws:ecs/service:Service", id="service"),
    ],
)
def test_what_holds_no_data_may_go(type_: str) -> None:
    assert not lost(beside(base(STACK, resource(type_, "x"), is_state=True), STACK))


def test_costs_are_told_by_module_with_the_difference() -> None:
    def line(name: str, amount: str) -> CostLine:
        return CostLine(
            urn=urn(QUEUE, name),
            item="requests",
            currency="USD",
            base=Decimal(amount),
            worst=Decimal(amount),
        )

    group = resource(GROUP, "orders", custom=False)
    inside = resource(QUEUE, "jobs", parent=group.urn)
    before = base(STACK, group, inside, cost=(line("jobs", "3"),))
    found = beside(before, STACK, group, inside, resource(QUEUE, "new"))
    price(found, line("jobs", "5"), line("new", "0.5"))
    assert found.changes
    cost = found.changes.cost
    assert cost
    assert [(each.module, each.difference.base) for each in cost.modules] == [
        ("orders", Decimal(2)),
        ("", Decimal("0.5")),
    ]
    [total] = cost.totals
    assert (total.before.base, total.after.base) == (Decimal(3), Decimal("5.5"))


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        pytest.param(("db",), (), ["db"], id="priced-by-now"),
        pytest.param((), ("db",), ["db"], id="without-a-price-by-now"),
        pytest.param(("db",), ("db",), ["db"], id="never-priced"),
        pytest.param(("same",), ("same",), [], id="what-stays"),
    ],
)
def test_a_change_without_a_price_makes_amounts_not_comparable(
    before: Sequence[str], after: Sequence[str], told: Sequence[str]
) -> None:
    urns = {"db": urn(DATABASE, "db"), "same": urn(QUEUE, "same")}
    same = resource(QUEUE, "same")
    there = base(*BEFORE, same, cost=(), unpriced=tuple(urns[each] for each in before))
    found = beside(there, *AFTER, same)
    line = CostLine(urn=urns["same"], item="i", currency="USD", base=Decimal(1), worst=Decimal(1))
    price(found, line, unpriced=[urns[each] for each in after])
    assert found.changes
    assert found.changes.cost
    assert [name_of(each) for each in found.changes.cost.unpriced] == told
    printed = written(found, "terminal")
    assert ("not comparable: no price is known of db" in printed) == bool(told)
    assert ("(+1.00)" in printed) != bool(told)


def test_secrets_that_nobody_could_compare_are_counted() -> None:
    hidden = resource(QUEUE, "jobs", {"a": SHOWN_SECRET, "b": {"c": [SHOWN_SECRET]}, "d": "e"})
    notes = {each.text for each in beside(base(STACK, hidden), STACK, hidden).notes}
    assert "2 secret inputs not compared: main.json holds no secret" in notes


def test_a_base_without_prices_has_no_difference() -> None:
    found = beside(base(cost=None))
    price(found)
    assert found.changes
    assert found.changes.cost is None


def test_the_outermost_component_is_the_module() -> None:
    outer = resource(GROUP, "outer", custom=False)
    inner = resource(GROUP, "inner", custom=False, parent=outer.urn)
    queue = resource(QUEUE, "jobs", parent=inner.urn)
    modules = modules_of([STACK, outer, inner, queue, resource(QUEUE, "alone")], Redactor(()))
    assert modules[queue.urn] == "outer"
    assert modules[urn(QUEUE, "alone")] == ""


def test_a_note_of_the_base_is_a_note_of_the_verdict() -> None:
    found = beside(base(note="two secrets were not opened"))
    assert "two secrets were not opened" in [each.text for each in found.notes]


def told_to_rules(
    *resources: RegisteredResource,
    before: tuple[RegisteredResource, ...] = BEFORE,
    is_state: bool = True,
    duplicates: tuple[DuplicateUrn, ...] = (),
    secrets: tuple[str, ...] = (),
) -> dict[str, tuple[str, object]]:
    run = deployment(resources=(STACK, *resources), duplicates=duplicates)
    redact = Redactor(secrets)
    changes = compared(before, run, redact, is_state=is_state)
    told = as_rules_see(changes, before, run, redact)
    return {
        name_of(urn): (str(each.operation), each.before)
        for urn, each in told.items()
        if urn != STACK.urn
    }


def test_rules_are_told_of_each_resource_and_of_those_that_are_deleted() -> None:
    told = told_to_rules(*AFTER[1:])
    assert told == {
        "db": ("replace", {"engine": "postgres", "password": "[secret]"}),
        "jobs": ("update", {"delaySeconds": 1}),
        "new": ("create", None),
        "old": ("delete", {}),
    }


def test_rules_are_told_the_inputs_under_the_old_name() -> None:
    renamed = resource(QUEUE, "tasks", {}, aliases=(Alias(urn=urn(QUEUE, "jobs")),))
    assert told_to_rules(renamed)["tasks"] == ("update", {"delaySeconds": 1})


def test_rules_are_not_told_what_a_provider_keeps_for_itself() -> None:
    before = (STACK, resource(QUEUE, "jobs", {"__defaults": [], "name": "a"}))
    told = told_to_rules(resource(QUEUE, "jobs", {"name": "a"}), before=before)
    assert told["jobs"] == ("same", {"name": "a"})


def test_of_a_urn_that_is_there_twice_rules_are_told_no_change() -> None:
    twice = resource(QUEUE, "twice")
    double = DuplicateUrn(urn=twice.urn, positions=(None, None))
    assert told_to_rules(twice, duplicates=(double,))["twice"] == ("same", None)


def test_rules_are_told_by_the_name_that_the_program_gave() -> None:
    before = (STACK, resource(QUEUE, "of-[secret]", {"delaySeconds": 1}))
    queue = resource(QUEUE, "of-hunter2hunter2", {"delaySeconds": 2})
    told = told_to_rules(queue, before=before, is_state=False, secrets=("hunter2hunter2",))
    assert told == {"of-hunter2hunter2": ("update", {"delaySeconds": 1})}
