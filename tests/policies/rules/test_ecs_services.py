"""Services and clusters: addresses, deployments, insights and roles."""

from collections.abc import Mapping

import pytest
from google.protobuf.json_format import MessageToDict
from pydantic import ValidationError

from aws_policy_pack.ecs import SERVICE
from aws_policy_pack.rule import AnyRule
from aws_policy_pack.rules.ecs.containers import SCHEDULE, TASK_SET
from aws_policy_pack.rules.ecs.monitoring import container_insights
from aws_policy_pack.rules.ecs.security import separate_execution_role
from aws_policy_pack.rules.ecs.services import circuit_breaker, no_public_ip
from aws_policy_pack.testing import UNKNOWN, analyze, remediate
from aws_policy_pack.type_tokens import EVENT_TARGET

CONTROLS = "https://docs.aws.amazon.com/securityhub/latest/userguide/ecs-controls.html"
GUIDE = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide"


@pytest.mark.parametrize(
    ("rule", "properties", "level", "message"),
    [
        pytest.param(
            no_public_ip,
            {"networkConfiguration": {"assignPublicIp": True}},
            "advisory",
            "`networkConfiguration.assignPublicIp` is true; wanted false. Fix: Set it to false, "
            "and run the tasks in private subnets with a NAT gateway or VPC endpoints. "
            f"{CONTROLS}#ecs-2",
            id="public address",
        ),
        pytest.param(
            circuit_breaker,
            {},
            "advisory",
            "`deploymentCircuitBreaker.enable` is not set; wanted `enable` and `rollback` true. "
            "Fix: Set `deploymentCircuitBreaker` to {enable: true, rollback: true}. "
            f"{GUIDE}/deployment-circuit-breaker.html",
            id="circuit breaker",
        ),
        pytest.param(
            container_insights,
            {},
            "advisory",
            "the setting 'containerInsights' is not set; wanted one of 'enabled', 'enhanced' "
            "(`accepted` of ecs-container-insights). Fix: Add {name: containerInsights, value: "
            f"enabled}} to `settings`. {CONTROLS}#ecs-12",
            id="insights",
        ),
        pytest.param(
            separate_execution_role,
            {"executionRoleArn": "arn:aws:iam::1:role/a", "taskRoleArn": "arn:aws:iam::1:role/a"},
            "advisory",
            "`executionRoleArn` and `taskRoleArn` are both 'arn:aws:iam::1:role/a'; wanted two "
            "roles. Fix: Make a role for `taskRoleArn` with only the rights that the processes "
            f"need. {GUIDE}/security-iam-roles.html",
            id="roles",
        ),
    ],
)
def test_a_finding_is_told_whole(
    rule: AnyRule, properties: Mapping[str, object], level: str, message: str
) -> None:
    [report] = analyze(rule, properties)
    assert report.level == level
    assert report.message == f"subject: {message}"


@pytest.mark.parametrize(
    ("type_", "properties"),
    [
        pytest.param(SERVICE, {"networkConfiguration": {"assignPublicIp": True}}, id="service"),
        pytest.param(TASK_SET, {"networkConfiguration": {"assignPublicIp": "true"}}, id="task set"),
        pytest.param(
            EVENT_TARGET,
            {"ecsTarget": {"networkConfiguration": {"assignPublicIp": True}}},
            id="target of an event",
        ),
        pytest.param(
            SCHEDULE,
            {"target": {"ecsParameters": {"networkConfiguration": {"assignPublicIp": True}}}},
            id="schedule",
        ),
    ],
)
def test_a_public_address_is_found_wherever_tasks_are_started(
    type_: str, properties: Mapping[str, object]
) -> None:
    [report] = analyze(no_public_ip, properties, type=type_)
    assert "assignPublicIp` is true; wanted false" in report.message
    assert analyze(no_public_ip, {}, type=type_) == []


@pytest.mark.parametrize(
    "configuration",
    [
        pytest.param(None, id="null"),
        pytest.param({}, id="nothing said"),
        pytest.param({"assignPublicIp": None}, id="null inside"),
        pytest.param({"assignPublicIp": False}, id="private"),
    ],
)
def test_a_task_without_public_address_passes(configuration: object) -> None:
    assert analyze(no_public_ip, {"networkConfiguration": configuration}) == []


BREAKER = "deploymentCircuitBreaker"


@pytest.mark.parametrize(
    ("properties", "problem"),
    [
        pytest.param({BREAKER: None}, f"`{BREAKER}.enable` is not set", id="null"),
        pytest.param({BREAKER: {}}, f"`{BREAKER}.enable` is not set", id="empty"),
        pytest.param(
            {BREAKER: {"enable": False, "rollback": True}},
            f"`{BREAKER}.enable` is false",
            id="switched off",
        ),
        pytest.param(
            {BREAKER: {"enable": True}}, f"`{BREAKER}.rollback` is not set", id="no rollback"
        ),
        pytest.param(
            {BREAKER: {"enable": True, "rollback": False}},
            f"`{BREAKER}.rollback` is false",
            id="rollback off",
        ),
        pytest.param(
            {"deploymentController": {"type": "ECS"}},
            f"`{BREAKER}.enable` is not set",
            id="controller of ECS",
        ),
        pytest.param(
            {"deploymentController": {}}, f"`{BREAKER}.enable` is not set", id="empty controller"
        ),
    ],
)
def test_a_deployment_without_breaker_is_found(
    properties: Mapping[str, object], problem: str
) -> None:
    [report] = analyze(circuit_breaker, properties)
    assert report.message.startswith(f"subject: {problem}; wanted ")
    mended = remediate(circuit_breaker, properties)
    assert mended is not None
    assert analyze(circuit_breaker, dict(mended)) == []


@pytest.mark.parametrize(
    "properties",
    [
        pytest.param({BREAKER: {"enable": True, "rollback": True}}, id="both on"),
        pytest.param({"deploymentController": {"type": "CODE_DEPLOY"}}, id="CodeDeploy"),
        pytest.param({"deploymentController": {"type": "EXTERNAL"}}, id="external"),
    ],
)
def test_a_deployment_with_breaker_or_without_need_passes(
    properties: Mapping[str, object],
) -> None:
    assert analyze(circuit_breaker, properties) == []
    assert remediate(circuit_breaker, properties) is None


def test_the_fix_keeps_the_other_settings_of_the_breaker() -> None:
    given = {BREAKER: {"enable": True, "rollback": False, "resetOnHealthyTask": False}}
    mended = remediate(circuit_breaker, given)
    assert mended is not None
    assert MessageToDict(mended)[BREAKER] == {
        "enable": True,
        "rollback": True,
        "resetOnHealthyTask": False,
    }


@pytest.mark.parametrize(
    ("rule", "properties"),
    [
        pytest.param(circuit_breaker, {BREAKER: UNKNOWN}, id="breaker"),
        pytest.param(
            circuit_breaker, {BREAKER: {"enable": False, "else": UNKNOWN}}, id="inside a breaker"
        ),
        pytest.param(
            container_insights, {"settings": [{"name": "other", "value": UNKNOWN}]}, id="setting"
        ),
    ],
)
def test_a_fix_leaves_alone_what_is_not_known(
    rule: AnyRule, properties: Mapping[str, object]
) -> None:
    mended = remediate(rule, properties)
    assert mended is None or MessageToDict(mended) == {}


INSIGHTS = "containerInsights"


@pytest.mark.parametrize(
    ("settings", "value"),
    [
        pytest.param(None, "not set", id="null"),
        pytest.param([], "not set", id="no settings"),
        pytest.param(
            [{"name": "another", "value": "enabled"}, {"name": "other", "value": "enabled"}],
            "not set",
            id="other settings",
        ),
        pytest.param([{"name": INSIGHTS}], "not set", id="no value"),
        pytest.param([{"name": INSIGHTS, "value": "disabled"}], "'disabled'", id="disabled"),
        pytest.param(
            [{"name": INSIGHTS, "value": "enabled"}, {"name": INSIGHTS, "value": "disabled"}],
            "'disabled'",
            id="the last one holds",
        ),
    ],
)
def test_a_cluster_that_does_not_measure_is_found(settings: object, value: str) -> None:
    [report] = analyze(container_insights, {"settings": settings})
    assert report.message.startswith(f"subject: the setting '{INSIGHTS}' is {value}; wanted ")
    mended = remediate(container_insights, {"settings": settings})
    assert mended is not None
    assert analyze(container_insights, dict(mended)) == []
    assert remediate(container_insights, dict(mended)) is None


@pytest.mark.parametrize("value", ["enabled", "enhanced"])
def test_a_cluster_that_measures_passes(value: str) -> None:
    given = {"settings": [{"name": INSIGHTS, "value": value}]}
    assert analyze(container_insights, given) == []
    assert remediate(container_insights, given) is None


def test_of_several_settings_that_are_enough_a_fix_sets_the_first() -> None:
    mended = remediate(container_insights, {}, config={"accepted": ["enhanced", "enabled"]})
    assert mended is not None
    assert MessageToDict(mended)["settings"] == [{"name": INSIGHTS, "value": "enhanced"}]


def test_something_has_to_be_enough() -> None:
    with pytest.raises(ValidationError):
        container_insights.config.model_validate({"accepted": []})


def test_the_config_says_what_is_enough_and_what_a_fix_sets() -> None:
    given = {
        "settings": [
            {"name": "another", "value": "on"},
            {"name": INSIGHTS, "value": "enabled"},
            {"name": "other", "value": "on"},
        ]
    }
    config = {"accepted": ["enhanced"]}
    [report] = analyze(container_insights, given, config=config)
    assert "is 'enabled'; wanted one of 'enhanced'" in report.message
    mended = remediate(container_insights, given, config=config)
    assert mended is not None
    assert MessageToDict(mended)["settings"] == [
        {"name": "another", "value": "on"},
        {"name": "other", "value": "on"},
        {"name": INSIGHTS, "value": "enhanced"},
    ]


@pytest.mark.parametrize(
    "roles",
    [
        pytest.param({"executionRoleArn": "a", "taskRoleArn": "b"}, id="two roles"),
        pytest.param({"executionRoleArn": "b", "taskRoleArn": "a"}, id="the other way round"),
        pytest.param({"executionRoleArn": "a"}, id="no role of its own"),
        pytest.param({"taskRoleArn": "a"}, id="no execution role"),
        pytest.param({"executionRoleArn": None, "taskRoleArn": None}, id="null"),
        pytest.param({"executionRoleArn": "", "taskRoleArn": ""}, id="empty"),
        pytest.param({}, id="none"),
    ],
)
def test_other_roles_pass(roles: Mapping[str, object]) -> None:
    assert analyze(separate_execution_role, roles) == []


@pytest.mark.parametrize(
    ("rule", "properties", "message"),
    [
        pytest.param(
            no_public_ip,
            {"networkConfiguration": UNKNOWN},
            "`networkConfiguration` is not known yet",
            id="network",
        ),
        pytest.param(
            no_public_ip,
            {"networkConfiguration": {"assignPublicIp": 1}},
            "`networkConfiguration.assignPublicIp` is 1, not true or false",
            id="wrong kind",
        ),
        pytest.param(
            circuit_breaker, {BREAKER: UNKNOWN}, f"`{BREAKER}` is not known yet", id="breaker"
        ),
        pytest.param(
            container_insights,
            {"settings": [{"name": INSIGHTS, "value": UNKNOWN}]},
            "`settings[0].value` is not known yet",
            id="setting",
        ),
        pytest.param(
            separate_execution_role,
            {"executionRoleArn": "a", "taskRoleArn": UNKNOWN},
            "`taskRoleArn` is not known yet",
            id="role",
        ),
    ],
)
def test_what_cannot_be_read_is_not_evaluated(
    rule: AnyRule, properties: Mapping[str, object], message: str
) -> None:
    [report] = analyze(rule, properties)
    assert not report.was_evaluated
    assert message in report.message
