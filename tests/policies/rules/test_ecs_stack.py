"""What task definitions and services say of other resources of the stack."""

import json
from collections.abc import Mapping, Sequence

import pytest

from aws_policy_pack.rules.ecs import (
    log_group_declared,
    port_matches_target_group,
    scaled_service_ignores_desired_count,
    task_role_declared,
)
from aws_policy_pack.rules.ecs.ports import port_range, shown_ports
from aws_policy_pack.rules.ecs.types import (
    FUNCTION,
    LOG_GROUP,
    ROLE,
    SCALABLE_TARGET,
    SERVICE,
    TASK_DEFINITION,
)
from aws_policy_pack.testing import UNKNOWN, Example, Report, analyze_stack

GUIDE = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide"
TARGET_GROUP = "aws:lb/targetGroup:TargetGroup"


def said(reports: Sequence[Report]) -> list[str]:
    """The findings without the way to mend them, and what could not be read."""
    return [
        report.message.rpartition("during preview: ")[2].partition(". Fix: ")[0]
        for report in reports
    ]


def task_of(containers: object, *, name: str = "task", **properties: object) -> Example:
    definitions = containers if containers is UNKNOWN else json.dumps(containers)
    return Example(
        type=TASK_DEFINITION,
        name=name,
        properties={"containerDefinitions": definitions, **properties},
    )


def log_group(name: object) -> Example:
    return Example(type=LOG_GROUP, name="logs", properties={"name": name})


def writes_to(group: object, *, driver: str = "awslogs", name: str = "web") -> dict[str, object]:
    options = {"awslogs-group": group}
    return {"name": name, "logConfiguration": {"logDriver": driver, "options": options}}


def test_a_log_group_that_is_missing_is_told_whole() -> None:
    [report] = analyze_stack(log_group_declared, [log_group("/a"), task_of([writes_to("/b")])])
    assert (report.level, report.name) == ("mandatory", "task")
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


def with_role(role: object, *, refers: bool = False, **properties: object) -> list[Example]:
    return [
        Example(type=ROLE, name="role", properties={"arn": "arn:aws:iam::1:role/own"}),
        Example(
            type=TASK_DEFINITION,
            name="task",
            properties={"taskRoleArn": role, **properties},
            references={"taskRoleArn": ("role",)} if refers else {},
        ),
    ]


def test_a_role_from_elsewhere_is_told_whole() -> None:
    [report] = analyze_stack(task_role_declared, with_role("arn:aws:iam::1:role/other"))
    assert (report.level, report.name) == ("advisory", "task")
    assert report.message == (
        "task: `taskRoleArn` is 'arn:aws:iam::1:role/other', which is no role of this stack; "
        "wanted a role that the stack declares. Fix: Declare a role with the rights that the task "
        f"needs. {GUIDE}/task-iam-roles.html"
    )


def test_a_task_without_role_is_told_whole() -> None:
    [report] = analyze_stack(task_role_declared, with_role(None))
    assert report.message == (
        "task: `taskRoleArn` is not set, so the processes have the rights of the instance; wanted "
        "a role of the task's own. Fix: Declare a role with the rights that the task needs, and "
        f"name it in `taskRoleArn`. {GUIDE}/task-iam-roles.html"
    )


@pytest.mark.parametrize(
    "stack",
    [
        pytest.param(with_role("arn:aws:iam::1:role/own"), id="by ARN"),
        pytest.param(with_role(UNKNOWN, refers=True), id="by reference, not known yet"),
        pytest.param(with_role(None, requiresCompatibilities=["FARGATE"]), id="none on Fargate"),
    ],
)
def test_a_declared_role_passes(stack: list[Example]) -> None:
    assert analyze_stack(task_role_declared, stack) == []


def test_a_role_that_is_not_known_and_comes_from_nothing_is_not_evaluated() -> None:
    found = analyze_stack(task_role_declared, with_role(UNKNOWN))
    assert said(found) == ["not evaluated: task: `taskRoleArn` is not known yet"]


@pytest.mark.parametrize(
    ("text", "ports"),
    [
        ("8000-8010", range(8000, 8011)),
        ("80-80", range(80, 81)),
        ("80", range(0)),
        ("", range(0)),
        ("a-b", range(0)),
    ],
)
def test_a_range_of_ports_is_read(text: str, ports: range) -> None:
    assert port_range(text) == ports


@pytest.mark.parametrize(
    ("ports", "text"),
    [
        pytest.param([range(80, 81), range(8000, 8011)], "80, 8000-8010", id="both kinds"),
        pytest.param([range(80, 82)], "80-81", id="two ports"),
        pytest.param([range(0)], "no port", id="empty range"),
        pytest.param([], "no port", id="nothing"),
    ],
)
def test_ports_are_listed(ports: list[range], text: str) -> None:
    assert shown_ports(ports) == text


MAPPED = ({"name": "web", "portMappings": [{"containerPort": 3000}]},)


def behind(  # noqa: PLR0913 - all but one have a default
    containers: object = MAPPED,
    *,
    container: object = "web",
    port: object = 3000,
    groups: Mapping[str, Mapping[str, object]] | None = None,
    arn: object = UNKNOWN,
    refers: bool = True,
) -> list[Example]:
    """A service behind target groups, with one entry that names the first of them."""
    groups = {"group": {"port": 3000, "targetType": "ip"}} if groups is None else groups
    arn = arn if groups else "arn:elsewhere"
    entry = {"targetGroupArn": arn, "containerName": container, "containerPort": port}
    references = {"taskDefinition": ("task",), "loadBalancers": tuple(groups)}
    return [
        task_of(containers),
        *(Example(type=TARGET_GROUP, name=name, properties=own) for name, own in groups.items()),
        Example(
            type=SERVICE,
            name="service",
            properties={"taskDefinition": UNKNOWN, "loadBalancers": [entry]},
            references=references if refers else {},
        ),
    ]


API = "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_LoadBalancer.html"


@pytest.mark.parametrize(
    ("stack", "message"),
    [
        pytest.param(
            behind(container="api"),
            "requests go to container 'api', which 'task' does not have; wanted one of 'web'. Fix: "
            "Correct `containerName` of `loadBalancers`",
            id="container",
        ),
        pytest.param(
            behind(port=8000, groups={}),
            "requests go to port 8000 of container 'web', which maps 3000; wanted a port in "
            "`portMappings` of the container. Fix: Correct `containerPort` of `loadBalancers`, or "
            "map the port",
            id="port",
        ),
        pytest.param(
            behind(groups={"group": {"port": 80, "targetType": "ip"}}),
            "requests go to port 3000 of container 'web', and target group 'group' has 80; wanted "
            "the same port in both. Fix: Set `port` of the target group to 3000, or correct "
            "`containerPort`",
            id="target group",
        ),
    ],
)
def test_a_port_that_leads_nowhere_is_told_whole(stack: list[Example], message: str) -> None:
    [report] = analyze_stack(port_matches_target_group, stack)
    assert (report.level, report.name) == ("mandatory", "service")
    assert report.message == f"service: {message}. {API}"


@pytest.mark.parametrize(
    "stack",
    [
        pytest.param(behind(), id="all the same"),
        pytest.param(behind(groups={}), id="no target group in the stack"),
        pytest.param(
            behind(groups={"group": {"port": 80, "targetType": "instance"}}), id="instances"
        ),
        pytest.param(behind(groups={"group": {"port": 80}}), id="instances by default"),
        pytest.param(
            behind(groups={"group": {"port": 80, "targetType": "lambda"}}), id="a function"
        ),
        pytest.param(
            behind(
                [{"name": "web", "portMappings": [{"containerPortRange": "2000-3000"}]}],
            ),
            id="range of ports",
        ),
        pytest.param(
            behind(
                [{"name": "side"}, *MAPPED],
            ),
            id="second container",
        ),
        pytest.param(
            behind(
                groups={
                    "group": {"port": 80, "targetType": "ip", "arn": "arn:a"},
                    "other": {"port": 3000, "targetType": "ip", "arn": "arn:b"},
                },
                arn="arn:b",
            ),
            id="the group that is named",
        ),
        pytest.param(
            behind(
                groups={
                    "group": {"port": 80, "targetType": "ip"},
                    "other": {"port": 3000, "targetType": "ip"},
                }
            ),
            id="one of two groups",
        ),
        pytest.param([Example(type=SERVICE, name="service")], id="no load balancer"),
        pytest.param(
            [Example(type=SERVICE, name="service", properties={"loadBalancers": []})], id="empty"
        ),
    ],
)
def test_a_port_that_leads_somewhere_passes(stack: list[Example]) -> None:
    assert analyze_stack(port_matches_target_group, stack) == []


@pytest.mark.parametrize(
    ("mappings", "mapped"),
    [
        pytest.param([], "no port", id="no mapping"),
        pytest.param([{"containerPort": 80}, {"containerPort": 443}], "80, 443", id="others"),
        pytest.param([{"containerPortRange": "3001-3009"}], "3001-3009", id="above"),
        pytest.param([{"containerPortRange": "2000-2999"}], "2000-2999", id="below"),
        pytest.param([{}], "no port", id="empty mapping"),
    ],
)
def test_the_mapped_ports_are_named(mappings: object, mapped: str) -> None:
    stack = behind([{"name": "web", "portMappings": mappings}], groups={})
    [found] = said(analyze_stack(port_matches_target_group, stack))
    assert found == (
        f"service: requests go to port 3000 of container 'web', which maps {mapped}; wanted a port "
        "in `portMappings` of the container"
    )


def test_all_target_groups_are_named_where_none_has_the_port() -> None:
    groups: dict[str, dict[str, object]] = {
        "group": {"port": 80, "targetType": "ip"},
        "other": {"port": 8080, "targetType": "ip"},
        "third": {"port": 3000, "targetType": "instance"},
    }
    [found] = said(analyze_stack(port_matches_target_group, behind(groups=groups)))
    assert found == (
        "service: requests go to port 3000 of container 'web', and target group 'group' has 80 and "
        "'other' has 8080; wanted the same port in both"
    )


def test_the_other_name_of_target_groups_counts() -> None:
    stack = behind(groups={})
    group = Example(
        type="aws:alb/targetGroup:TargetGroup",
        name="group",
        properties={"port": 80, "targetType": "ip", "arn": "arn:a"},
    )
    service = Example(
        type=SERVICE,
        name="service",
        properties={
            "loadBalancers": [
                {"targetGroupArn": "arn:a", "containerName": "web", "containerPort": 3000}
            ]
        },
    )
    [found] = said(analyze_stack(port_matches_target_group, [stack[0], group, service]))
    assert "target group 'group' has 80" in found


@pytest.mark.parametrize(
    ("stack", "missed"),
    [
        pytest.param(
            behind(port=UNKNOWN),
            ["service: `loadBalancers[0].containerPort` is not known yet"],
            id="port of the entry",
        ),
        pytest.param(
            behind(refers=False),
            [
                (
                    "service: `taskDefinition` is not known yet; "
                    "not evaluated: service: `loadBalancers[0].targetGroupArn` is not known yet"
                )
            ],
            id="what nothing is known of",
        ),
        pytest.param(
            behind(UNKNOWN), ["task: `containerDefinitions` is not known yet"], id="containers"
        ),
        pytest.param(
            behind(groups={"group": {"port": UNKNOWN, "targetType": "ip"}}),
            ["group: `port` is not known yet"],
            id="port of the group",
        ),
    ],
)
def test_ports_that_are_not_known_are_not_evaluated(
    stack: list[Example], missed: list[str]
) -> None:
    found = said(analyze_stack(port_matches_target_group, stack))
    assert sorted(found) == [f"not evaluated: {each}" for each in missed]


def service(
    name: object = "orders-workers",
    *,
    ignore_changes: tuple[str, ...] = (),
    logical: str = "workers",
    **properties: object,
) -> Example:
    return Example(
        type=SERVICE,
        name=logical,
        properties={"name": name, **properties},
        ignore_changes=ignore_changes,
    )


def target(resource_id: object, *, refers: bool = False, namespace: object = "ecs") -> Example:
    return Example(
        type=SCALABLE_TARGET,
        name="scaling",
        properties={"serviceNamespace": namespace, "resourceId": resource_id},
        references={"resourceId": ("workers",)} if refers else {},
    )


def scaler(**variables: object) -> Example:
    entries = [{"name": name, "value": value} for name, value in variables.items()]
    return task_of([{"name": "scaler", "environment": entries}])


FOUND = (
    "workers: {scaler} sets the number of tasks, and `desiredCount` is not in ignoreChanges; "
    "wanted `desiredCount` in the resource option ignoreChanges"
)


def test_a_scaled_service_is_told_whole() -> None:
    stack = [service(), target("service/orders/orders-workers", refers=True)]
    [report] = analyze_stack(scaled_service_ignores_desired_count, stack)
    assert (report.level, report.name) == ("mandatory", "workers")
    assert report.message == (
        FOUND.format(scaler="the scalable target 'scaling'")
        + '. Fix: Add it: in Python `ignore_changes=["desired_count"]`. '
        + f"{GUIDE}/service-auto-scaling.html"
    )


@pytest.mark.parametrize(
    ("by", "label"),
    [
        pytest.param(
            target(UNKNOWN, refers=True), "the scalable target 'scaling'", id="target by reference"
        ),
        pytest.param(
            target("service/orders/orders-workers"),
            "the scalable target 'scaling'",
            id="target by name",
        ),
        pytest.param(
            scaler(AUTOSCALER_MAX_WORKERS="4", ECS_WORKER_SERVICE_NAME="orders-workers"),
            "container 'scaler' of 'task'",
            id="container",
        ),
        pytest.param(
            scaler(AUTOSCALER_MAX_WORKERS="4", ECS_WORKER_SERVICE_NAME="arn:workers"),
            "container 'scaler' of 'task'",
            id="container that names the ARN",
        ),
        pytest.param(
            Example(
                type=FUNCTION,
                name="scaler",
                properties={
                    "environment": {
                        "variables": {
                            "AUTOSCALER_MAX_WORKERS": "4",
                            "ECS_WORKER_SERVICE_NAME": "orders-workers",
                        }
                    }
                },
            ),
            "the function 'scaler'",
            id="function",
        ),
    ],
)
def test_whatever_scales_a_service_is_found(by: Example, label: str) -> None:
    stack = [service(id="arn:workers"), by]
    found = said(analyze_stack(scaled_service_ignores_desired_count, stack))
    assert found == [FOUND.format(scaler=label)]


SCALER = scaler(AUTOSCALER_MAX_WORKERS="4", ECS_WORKER_SERVICE_NAME="orders-workers")


def test_a_service_is_told_once() -> None:
    both = [
        target("a/b/orders-workers"),
        scaler(AUTOSCALER_MAX_WORKERS=4, ECS_WORKER_SERVICE_NAME="orders-workers"),
    ]
    found = said(analyze_stack(scaled_service_ignores_desired_count, [service(), *both]))
    assert found == [FOUND.format(scaler="the scalable target 'scaling'")]


@pytest.mark.parametrize(
    "stack",
    [
        pytest.param([service(ignore_changes=("desiredCount",)), SCALER], id="ignored"),
        pytest.param([service(ignore_changes=("tags", "desiredCount")), SCALER], id="among others"),
        pytest.param([service(ignore_changes=("*",)), SCALER], id="everything ignored"),
        pytest.param([service(schedulingStrategy="DAEMON"), SCALER], id="one task per instance"),
        pytest.param([service("orders-web"), SCALER], id="another service"),
        pytest.param([service()], id="nothing scales"),
        pytest.param([SCALER], id="no service"),
        pytest.param(
            [service(), target("table/orders-workers", namespace="dynamodb")], id="a table"
        ),
        pytest.param(
            [service(), target("endpoint/orders-workers", namespace="sagemaker")], id="a model"
        ),
        pytest.param(
            [service(), scaler(ECS_WORKER_SERVICE_NAME="orders-workers")], id="no scaler's variable"
        ),
        pytest.param([service(), scaler(AUTOSCALER_MAX_WORKERS="4")], id="names no service"),
        pytest.param([service(), target("service/a/b")], id="target of another service"),
        pytest.param(
            [service(), Example(type=FUNCTION, name="f", properties={"environment": None})],
            id="a function without variables",
        ),
        pytest.param(
            [service(ignore_changes=("desiredCount",)), task_of(UNKNOWN)],
            id="ignored beside what is not known",
        ),
    ],
)
def test_a_service_that_is_not_scaled_or_gives_way_passes(stack: list[Example]) -> None:
    assert analyze_stack(scaled_service_ignores_desired_count, stack) == []


def test_a_service_of_replicas_is_judged() -> None:
    stack = [service(schedulingStrategy="REPLICA"), SCALER]
    assert len(analyze_stack(scaled_service_ignores_desired_count, stack)) == 1


@pytest.mark.parametrize(
    ("variables", "config", "count"),
    [
        pytest.param(
            {"MAX_TASKS": "9", "ECS_WORKER_SERVICE_NAME": "orders-workers"},
            {"scalerVariables": ["MIN_TASKS", "MAX_TASKS"]},
            1,
            id="another sign of a scaler",
        ),
        pytest.param(
            {"AUTOSCALER_MAX_WORKERS": "9", "SERVICE": "orders-workers"},
            {"serviceVariables": ["CLUSTER", "SERVICE"]},
            1,
            id="another name of the service",
        ),
        pytest.param(
            {"AUTOSCALER_MAX_WORKERS": "9", "ECS_WORKER_SERVICE_NAME": "orders-workers"},
            {"serviceVariables": []},
            0,
            id="no names",
        ),
    ],
)
def test_the_config_says_how_scalers_are_known(
    variables: Mapping[str, object], config: Mapping[str, object], count: int
) -> None:
    stack = [service(), scaler(**variables)]
    found = analyze_stack(scaled_service_ignores_desired_count, stack, config=config)
    assert len(found) == count


@pytest.mark.parametrize(
    ("stack", "missed"),
    [
        pytest.param(
            [service(), task_of(UNKNOWN)],
            ["not evaluated: task: `containerDefinitions` is not known yet"],
            id="containers",
        ),
        pytest.param(
            [service(), target(UNKNOWN)],
            ["not evaluated: scaling: `resourceId` is not known yet"],
            id="target",
        ),
        pytest.param(
            [service(schedulingStrategy=UNKNOWN)],
            ["not evaluated: workers: `schedulingStrategy` is not known yet"],
            id="strategy",
        ),
        pytest.param(
            [service(), SCALER, target(UNKNOWN)],
            [FOUND.format(scaler="container 'scaler' of 'task'")],
            id="what does not matter any more",
        ),
        pytest.param(
            [service(), service("orders-web", logical="web"), SCALER, target(UNKNOWN)],
            [
                "not evaluated: scaling: `resourceId` is not known yet",
                FOUND.format(scaler="container 'scaler' of 'task'"),
            ],
            id="what matters for another service",
        ),
    ],
)
def test_scalers_that_are_not_known_are_not_evaluated(
    stack: list[Example], missed: list[str]
) -> None:
    assert sorted(said(analyze_stack(scaled_service_ignores_desired_count, stack))) == missed
