"""Where the log group of a container is declared."""

from collections.abc import Mapping

import pytest

from aws_policy_pack.rules.ecs.monitoring import log_group_declared
from aws_policy_pack.testing import UNKNOWN, Example, analyze_stack
from aws_policy_pack.type_tokens import LOG_GROUP
from tests.policies.rules.ecs_tasks import task_of
from tests.policies.rules.reading import said

GUIDE = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide"


def log_group(name: object) -> Example:
    return Example(type=LOG_GROUP, name="logs", properties={"name": name})


def writes_to(group: object, *, driver: str = "awslogs", name: str = "web") -> dict[str, object]:
    options = {"awslogs-group": group}
    return {"name": name, "logConfiguration": {"logDriver": driver, "options": options}}


def test_a_log_group_that_is_missing_is_told_whole() -> None:
    [report] = analyze_stack(log_group_declared, [log_group("/a"), task_of([writes_to("/b")])])
    assert (report.level, report.name) == ("advisory", "task")
    assert report.message == (
        "task: container 'web' writes to the log group '/b', which is not declared; wanted a log "
        "group of this stack, or one of `outsideGroups` of ecs-log-group-declared. Fix: Declare "
        f"the group, or correct `awslogs-group`. {GUIDE}/specify-log-config.html"
    )


@pytest.mark.parametrize(
    ("container", "config"),
    [
        pytest.param(writes_to("/a"), {}, id="declared"),
        pytest.param(writes_to("/b", driver="splunk"), {}, id="another driver"),
        pytest.param(writes_to("/b", driver="awsfirelens"), {}, id="a third driver"),
        pytest.param({"name": "web"}, {}, id="no log"),
        pytest.param(writes_to(None), {}, id="no group, which another rule tells"),
        pytest.param(writes_to(""), {}, id="empty group, which another rule tells"),
        pytest.param(writes_to("/shared/b"), {"outsideGroups": ["/c", "/shared/*"]}, id="outside"),
    ],
)
def test_other_logs_pass(container: object, config: Mapping[str, object]) -> None:
    stack = [log_group("/a"), task_of([container])]
    assert analyze_stack(log_group_declared, stack, config=config) == []


def test_each_container_is_judged() -> None:
    stack = [task_of([writes_to("/a", name="one"), writes_to("/b", name="two")])]
    found = analyze_stack(log_group_declared, stack)
    assert [report.message.partition(", which")[0] for report in found] == [
        "task: container 'one' writes to the log group '/a'",
        "task: container 'two' writes to the log group '/b'",
    ]


def test_a_group_without_a_known_name_may_be_the_one() -> None:
    stack = [log_group(UNKNOWN), task_of([writes_to("/a")])]
    [report] = analyze_stack(log_group_declared, stack)
    assert not report.was_evaluated
    assert said([report]) == [
        (
            "not evaluated: task: `containerDefinitions` names the log group '/a', and the names "
            "of 'logs' are not known yet"
        )
    ]


def test_a_group_without_a_known_name_does_not_matter_where_all_are_found() -> None:
    named = Example(type=LOG_GROUP, name="named", properties={"name": "/a"})
    assert analyze_stack(log_group_declared, [log_group(UNKNOWN), named]) == []
    stack = [log_group(UNKNOWN), named, task_of([writes_to("/a")])]
    assert analyze_stack(log_group_declared, stack) == []


def test_definitions_that_are_not_known_are_told_of_their_task() -> None:
    [report] = analyze_stack(log_group_declared, [task_of(UNKNOWN)])
    assert said([report]) == ["not evaluated: task: `containerDefinitions` is not known yet"]


def test_a_container_that_cannot_be_read_is_told_of_its_task() -> None:
    stack = [task_of([{"logConfiguration": 7}, writes_to("/b")])]
    found = said(analyze_stack(log_group_declared, stack))
    assert sorted(found) == [
        "not evaluated: task: `containerDefinitions[0].logConfiguration` is 7, not an object",
        (
            "task: container 'web' writes to the log group '/b', which is not declared; wanted a "
            "log group of this stack, or one of `outsideGroups` of ecs-log-group-declared"
        ),
    ]
