"""What rules see of a change: as preflight tells it, and nothing where nobody does."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from pulumi_policy import EnforcementLevel
from pulumi_policy.policy import _PolicyAnalyzerServicer

from aws_policy_pack.adapter import policies
from aws_policy_pack.analyzer import Analyzer
from aws_policy_pack.changes import VARIABLE
from aws_policy_pack.config import RuleConfig
from aws_policy_pack.evaluation import NO_BASE
from aws_policy_pack.pack import Pack
from aws_policy_pack.resource import Graph, Resource
from aws_policy_pack.rule import (
    AnyRule,
    Example,
    Finding,
    Findings,
    Severity,
    resource_rule,
    stack_rule,
)
from aws_policy_pack.rules.cost.instances import instance_class_step
from aws_policy_pack.testing import (
    Secret,
    analyze,
    analyze_stack,
    resource_request,
    stack_request,
    urn_of,
)
from aws_policy_pack.type_tokens import QUEUE, RDS_INSTANCE

Told = Mapping[str, object]


def finding(problem: str, resource: Resource | None = None) -> Finding:
    return Finding(problem=problem, wanted="nothing", fix="Leave it", resource=resource)


@resource_rule(
    "own-delay",
    QUEUE,
    severity=Severity.LOW,
    summary="s",
    why="w",
    url="https://example.com",
    before={"delaySeconds": 1},
    good={},
    bad={},
)
def delay(queue: Resource) -> Findings:
    """Says what it sees."""
    before = queue.before
    yield finding(f"{queue.operation} {before and before.number('delaySeconds')}")


@stack_rule(
    "own-deleted",
    severity=Severity.LOW,
    summary="s",
    why="w",
    url="https://example.com",
    good=(),
    bad=(Example(type=QUEUE, name="jobs", operation="delete", before={"delaySeconds": 1}),),
)
def deleted(graph: Graph, _config: RuleConfig) -> Findings:
    """Says what is deleted."""
    for each in graph.deleted:
        yield finding(f"{each.type} {each.before and each.before.number('delaySeconds')}", each)


def own(rule: AnyRule) -> Any:  # noqa: ANN401 - takes any context
    return Analyzer(Pack("pack", "1.0.0", [rule]))


def stock(rule: AnyRule) -> Any:  # noqa: ANN401 - takes any context
    return _PolicyAnalyzerServicer("pack", "1.0.0", policies([rule]), EnforcementLevel.MANDATORY)


both = pytest.mark.parametrize(
    "served", [pytest.param(own, id="own-service"), pytest.param(stock, id="stock-pack")]
)
UPDATE: Told = {"operation": "update", "before": {"delaySeconds": 3}}


@pytest.fixture
def tell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[Told], None]:
    """Gives what tells changes as preflight does."""
    file = tmp_path / "changes.json"
    monkeypatch.setenv(VARIABLE, str(file))

    def write(told: Told) -> None:
        file.write_text(json.dumps(told))

    return write


@both
@pytest.mark.parametrize(
    ("told", "seen"),
    [
        pytest.param(UPDATE, "update 3", id="update"),
        pytest.param({"operation": "create", "before": None}, "create None", id="create"),
        pytest.param({"operation": "may replace", "before": {}}, "may replace None", id="absent"),
    ],
)
def test_a_resource_rule_sees_operation_and_inputs_before(
    served: Callable[[AnyRule], Any], told: Told, seen: str, tell: Callable[[Told], None]
) -> None:
    tell({urn_of(QUEUE, "jobs"): told})
    answer = served(delay).Analyze(resource_request(QUEUE, {}, name="jobs"), None)
    assert [f": {seen};" in each.message for each in answer.diagnostics] == [True]


@both
def test_nothing_is_seen_under_the_engine(
    served: Callable[[AnyRule], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    answer = served(delay).Analyze(resource_request(QUEUE, {}, name="jobs"), None)
    assert [": None None;" in each.message for each in answer.diagnostics] == [True]


@both
def test_a_stack_rule_sees_what_is_deleted(
    served: Callable[[AnyRule], Any], tell: Callable[[Told], None]
) -> None:
    gone = urn_of(f"shop:index:Group${QUEUE}", "jobs::old")
    tell({gone: {"operation": "delete", "before": {"delaySeconds": 3}}})
    answer = served(deleted).AnalyzeStack(stack_request([]), None)
    [found] = answer.diagnostics
    assert found.urn == gone
    assert f"jobs::old: {QUEUE} 3; wanted" in found.message


def test_a_stack_rule_sees_operation_and_inputs_before(tell: Callable[[Told], None]) -> None:
    tell({urn_of(RDS_INSTANCE, "db"): UPDATE})

    @stack_rule(
        "own-stack",
        RDS_INSTANCE,
        severity=Severity.LOW,
        summary="s",
        why="w",
        url="https://example.com",
        good=(),
        bad=(),
    )
    def seen(database: Resource, _graph: Graph) -> Findings:
        yield finding(f"{database.operation} {database.before and database.before.keys()}")

    request = stack_request([Example(type=RDS_INSTANCE, name="db")])
    [found] = own(seen).AnalyzeStack(request, None).diagnostics
    assert "update ('delaySeconds',)" in found.message


def test_each_question_is_answered_by_what_the_file_holds_then(
    tell: Callable[[Told], None],
) -> None:
    service, request = own(delay), resource_request(QUEUE, {}, name="jobs")
    seen = []
    for days in (1, 2):
        tell({request.urn: {"operation": "update", "before": {"delaySeconds": days}}})
        [found] = service.Analyze(request, None).diagnostics
        seen.append(f"update {days};" in found.message)
    assert seen == [True, True]


def test_a_value_of_the_base_that_is_not_known_is_not_evaluated(
    tell: Callable[[Told], None],
) -> None:
    unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
    request = resource_request(QUEUE, {}, name="jobs")
    tell({request.urn: {"operation": "update", "before": {"delaySeconds": unknown}}})
    [found] = own(delay).Analyze(request, None).diagnostics
    assert "not evaluated: jobs: `before.delaySeconds` is not known yet" in found.message


@pytest.mark.parametrize(
    ("told", "idle"),
    [
        pytest.param({}, [NO_BASE], id="no-base"),
        pytest.param({urn_of(RDS_INSTANCE, "db"): UPDATE}, [], id="base"),
    ],
)
def test_a_rule_that_needs_a_base_is_idle_without_one(
    told: Told, idle: list[str], tell: Callable[[Told], None]
) -> None:
    tell(told)
    request = stack_request([Example(type=RDS_INSTANCE, name="db")])
    answer = own(instance_class_step).AnalyzeStack(request, None)
    assert [each.reason for each in answer.not_applicable] == idle


@pytest.mark.parametrize(
    ("rule", "needs"),
    [
        pytest.param(delay, True, id="inputs-of-the-base"),
        pytest.param(deleted, True, id="example-of-a-stack"),
    ],
)
def test_a_rule_says_by_its_examples_that_it_needs_a_base(rule: AnyRule, *, needs: bool) -> None:
    assert rule.needs_base is needs


def test_the_kit_tells_what_the_base_has() -> None:
    [report] = analyze(delay, {}, before={"delaySeconds": 5})
    assert report.problem == "update 5"
    [report] = analyze(delay, {}, operation="create")
    assert report.problem == "create None"
    [report] = analyze(delay, {})
    assert report.problem == "None None"


def test_the_kit_tells_what_is_deleted() -> None:
    gone = Example(type=QUEUE, name="jobs", operation="delete", before={"delaySeconds": 1})
    [report] = analyze_stack(deleted, [gone])
    assert (report.name, report.problem) == ("jobs", f"{QUEUE} 1")


def test_the_kit_hides_a_secret_of_the_base_as_preflight_does() -> None:
    @resource_rule(
        "own-secret",
        QUEUE,
        severity=Severity.LOW,
        summary="s",
        why="w",
        url="https://example.com",
        good={},
        bad={},
    )
    def seen(queue: Resource) -> Findings:
        yield finding(str(queue.before and queue.before.text("token")))

    [report] = analyze(seen, {}, before={"token": Secret("hunter2")})
    assert report.problem == "[secret]"
