"""Rights, file system, user, health check and log of containers."""

import json
from collections.abc import Mapping

import pytest

from aws_policy_pack.rule import AnyRule
from aws_policy_pack.rules.ecs.monitoring import health_check, health_check_values, logging
from aws_policy_pack.rules.ecs.security import non_root_user, not_privileged, read_only_root
from aws_policy_pack.testing import UNKNOWN, analyze

CONTROLS = "https://docs.aws.amazon.com/securityhub/latest/userguide/ecs-controls.html"
GUIDE = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide"


def said(
    rule: AnyRule,
    container: Mapping[str, object],
    config: Mapping[str, object] | None = None,
    **task: object,
) -> list[str]:
    properties = {"containerDefinitions": json.dumps([{"name": "web", **container}]), **task}
    found = analyze(rule, properties, config=config)
    return [report.message.partition(". Fix: ")[0] for report in found]


@pytest.mark.parametrize(
    ("rule", "container", "level", "message"),
    [
        pytest.param(
            not_privileged,
            {"privileged": True},
            "advisory",
            "`privileged` of container 'web' is true; wanted false. Fix: Drop `privileged`, and "
            f"add the capabilities that are needed in `linuxParameters`. {CONTROLS}#ecs-4",
            id="privileged",
        ),
        pytest.param(
            read_only_root,
            {},
            "advisory",
            "`readonlyRootFilesystem` of container 'web' is not set; wanted true. Fix: Set "
            "`readonlyRootFilesystem` to true, and mount a volume where the process has to write. "
            f"{CONTROLS}#ecs-5",
            id="file system",
        ),
        pytest.param(
            non_root_user,
            {},
            "advisory",
            "`user` of container 'web' is not set, so the image decides; wanted the name or "
            "number of a user other than root. Fix: Set `user` to that of a user whom the image "
            f"creates. {CONTROLS}#ecs-20",
            id="user",
        ),
        pytest.param(
            health_check,
            {},
            "advisory",
            "container 'web' has no `healthCheck`; wanted a command that fails when the process "
            "does not work. Fix: Add a `healthCheck` whose `command` begins with 'CMD' or "
            f"'CMD-SHELL'. {GUIDE}/healthcheck.html",
            id="health check",
        ),
        pytest.param(
            health_check,
            {"healthCheck": {"command": ["curl", "localhost"]}},
            "advisory",
            "`healthCheck.command` of container 'web' begins with 'curl'; wanted 'CMD' and the "
            "words of a command, or 'CMD-SHELL' and a line for the shell. Fix: Put 'CMD' before "
            f"the words, or 'CMD-SHELL' before the line. {GUIDE}/healthcheck.html",
            id="command of a health check",
        ),
        pytest.param(
            health_check_values,
            {"healthCheck": {"command": ["CMD", "true"], "interval": 301}},
            "mandatory",
            "`healthCheck.interval` of container 'web' is 301 seconds; wanted 5 to 300 seconds. "
            "Fix: Set `interval` to a number that ECS takes. "
            "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_HealthCheck.html",
            id="numbers of a health check",
        ),
        pytest.param(
            logging,
            {},
            "advisory",
            "`logConfiguration.logDriver` of container 'web' is not set; wanted one of 'awslogs', "
            "'awsfirelens', 'splunk', 'fluentd', 'gelf', 'syslog' (`drivers` of ecs-logging). Fix: "
            "Set `logDriver` to 'awslogs' and name a log group in its `options`. "
            f"{GUIDE}/using_awslogs.html",
            id="log driver",
        ),
        pytest.param(
            logging,
            {"logConfiguration": {"logDriver": "awslogs"}},
            "advisory",
            "`logConfiguration.options` of container 'web' has no 'awslogs-group', "
            "'awslogs-region'; wanted the options that the driver awslogs demands: "
            "'awslogs-group', 'awslogs-region'. Fix: Add what is missing; without it the container "
            f"does not start. {GUIDE}/using_awslogs.html",
            id="log options",
        ),
    ],
)
def test_a_finding_is_told_whole(
    rule: AnyRule, container: Mapping[str, object], level: str, message: str
) -> None:
    properties = {"containerDefinitions": json.dumps([{"name": "web", **container}])}
    [report] = analyze(rule, properties)
    assert report.level == level
    assert report.message == f"subject: {message}"


@pytest.mark.parametrize(
    ("rule", "container", "count"),
    [
        pytest.param(not_privileged, {"privileged": "true"}, 1, id="privileged as text"),
        pytest.param(not_privileged, {"privileged": False}, 0, id="not privileged"),
        pytest.param(not_privileged, {"privileged": None}, 0, id="privileged null"),
        pytest.param(not_privileged, {}, 0, id="privileged absent"),
        pytest.param(read_only_root, {"readonlyRootFilesystem": False}, 1, id="can be written"),
        pytest.param(read_only_root, {"readonlyRootFilesystem": None}, 1, id="file system null"),
        pytest.param(read_only_root, {"readonlyRootFilesystem": True}, 0, id="read-only"),
        pytest.param(non_root_user, {"user": ""}, 1, id="empty user"),
        pytest.param(non_root_user, {"user": "root"}, 1, id="root"),
        pytest.param(non_root_user, {"user": "0"}, 1, id="user 0"),
        pytest.param(non_root_user, {"user": "0:10001"}, 1, id="user 0 of a group"),
        pytest.param(non_root_user, {"user": "root:app"}, 1, id="root of a group"),
        pytest.param(non_root_user, {"user": ":10001"}, 1, id="group alone"),
        pytest.param(non_root_user, {"user": "10001"}, 0, id="number"),
        pytest.param(non_root_user, {"user": "app:root"}, 0, id="group root"),
        pytest.param(non_root_user, {"user": "app"}, 0, id="name"),
    ],
)
def test_each_container_is_judged(
    rule: AnyRule, container: Mapping[str, object], count: int
) -> None:
    assert len(said(rule, container)) == count


@pytest.mark.parametrize("user", ["root", "0:0"])
def test_a_user_that_is_root_is_quoted(user: str) -> None:
    assert said(non_root_user, {"user": user}) == [
        (
            f"subject: `user` of container 'web' is {user!r}; wanted the name or number of a user "
            "other than root"
        )
    ]


@pytest.mark.parametrize("rule", [read_only_root, non_root_user])
@pytest.mark.parametrize(
    ("family", "count"),
    [
        pytest.param("WINDOWS_SERVER_2022_CORE", 0, id="Windows"),
        pytest.param("LINUX", 1, id="Linux"),
        pytest.param(None, 1, id="no platform"),
    ],
)
def test_windows_has_no_such_setting(rule: AnyRule, family: str | None, count: int) -> None:
    platform = {"operatingSystemFamily": family}
    assert len(said(rule, {}, runtimePlatform=platform)) == count


@pytest.mark.parametrize("rule", [read_only_root, non_root_user])
def test_the_platform_is_not_asked_for_where_the_container_passes(rule: AnyRule) -> None:
    container = {"readonlyRootFilesystem": True, "user": "app"}
    assert said(rule, container, runtimePlatform=UNKNOWN) == []


COMMAND = "`healthCheck.command` of container 'web'"
FORMS = "; wanted 'CMD' and the words of a command, or 'CMD-SHELL' and a line for the shell"


@pytest.mark.parametrize(
    ("check", "expected"),
    [
        pytest.param({"command": ["CMD", "true"]}, [], id="words"),
        pytest.param({"command": ["CMD-SHELL", "true || exit 1"]}, [], id="a line"),
        pytest.param({"command": ["CMD"]}, [f"{COMMAND} has no command{FORMS}"], id="CMD alone"),
        pytest.param({"command": []}, [f"{COMMAND} has no command{FORMS}"], id="no words"),
        pytest.param({}, [f"{COMMAND} has no command{FORMS}"], id="no command"),
        pytest.param(
            {"command": ["NONE"]}, [f"{COMMAND} begins with 'NONE'{FORMS}"], id="switched off"
        ),
        pytest.param(
            {"command": ["", "true"]}, [f"{COMMAND} has no command{FORMS}"], id="empty word first"
        ),
        pytest.param(
            {"command": "true"}, [f"{COMMAND} begins with 'true'{FORMS}"], id="text for a list"
        ),
    ],
)
def test_the_command_of_a_health_check(check: object, expected: list[str]) -> None:
    assert said(health_check, {"healthCheck": check}) == [f"subject: {each}" for each in expected]


@pytest.mark.parametrize(
    ("name", "number", "wanted"),
    [
        ("interval", 4, "5 to 300 seconds"),
        ("interval", 5, None),
        ("interval", 300, None),
        ("interval", 301, "5 to 300 seconds"),
        ("timeout", 1, "2 to 60 seconds"),
        ("timeout", 2, None),
        ("timeout", 60, None),
        ("timeout", 61, "2 to 60 seconds"),
        ("retries", 0, "1 to 10"),
        ("retries", 1, None),
        ("retries", 10, None),
        ("retries", 11, "1 to 10"),
        ("startPeriod", -1, "0 to 300 seconds"),
        ("startPeriod", 0, None),
        ("startPeriod", 300, None),
        ("startPeriod", 301, "0 to 300 seconds"),
        ("startPeriod", None, None),
    ],
)
def test_the_numbers_of_a_health_check(name: str, number: object, wanted: str | None) -> None:
    found = said(health_check_values, {"healthCheck": {"command": ["CMD", "true"], name: number}})
    assert [each.partition("; wanted ")[2] for each in found] == ([wanted] if wanted else [])


@pytest.mark.parametrize(
    ("container", "count"),
    [
        pytest.param({"essential": False}, 0, id="not essential"),
        pytest.param({"essential": True}, 1, id="essential"),
        pytest.param({"healthCheck": None}, 1, id="null"),
        pytest.param(
            {"essential": False, "healthCheck": {"command": ["a"], "retries": 0}},
            1,
            id="wrong check of one that is not essential",
        ),
        pytest.param(
            {"healthCheck": {"command": ["a"], "retries": 0, "timeout": 99}}, 1, id="all wrong"
        ),
    ],
)
def test_who_needs_a_health_check(container: Mapping[str, object], count: int) -> None:
    assert len(said(health_check, container)) == count


OPTIONS = {"awslogs-group": "a", "awslogs-region": "b"}
DRIVERS = "'awslogs', 'awsfirelens', 'splunk', 'fluentd', 'gelf', 'syslog'"


@pytest.mark.parametrize(
    ("log", "task", "config", "expected"),
    [
        pytest.param({"logDriver": "awslogs", "options": OPTIONS}, {}, None, [], id="awslogs"),
        pytest.param({"logDriver": "splunk"}, {}, None, [], id="another driver"),
        pytest.param({"logDriver": "awsfirelens"}, {}, None, [], id="a third driver"),
        pytest.param({"logDriver": "syslog"}, {}, None, [], id="syslog on an instance"),
        pytest.param(
            {"logDriver": "json-file"},
            {},
            None,
            [
                (
                    "`logConfiguration.logDriver` of container 'web' is 'json-file'; wanted one of "
                    f"{DRIVERS} (`drivers` of ecs-logging)"
                )
            ],
            id="a driver that stays on the instance",
        ),
        pytest.param(
            {"logDriver": "json-file"}, {}, {"drivers": ["json-file"]}, [], id="allowed by config"
        ),
        pytest.param(
            {"logDriver": "syslog"},
            {"requiresCompatibilities": ["EC2", "FARGATE"]},
            {"drivers": ["syslog", "awslogs", "awsfirelens", "splunk"]},
            [
                (
                    "`logConfiguration.logDriver` of container 'web' is 'syslog'; wanted one of "
                    "'awslogs', 'awsfirelens', 'splunk' (`drivers` of ecs-logging, of which "
                    "Fargate has these)"
                )
            ],
            id="a driver that Fargate has not",
        ),
        pytest.param(
            {"logDriver": "awslogs", "options": OPTIONS},
            {"requiresCompatibilities": ["FARGATE"]},
            None,
            [
                (
                    "`logConfiguration.options` of container 'web' has no 'awslogs-stream-prefix'; "
                    "wanted the options that the driver awslogs demands: 'awslogs-group', "
                    "'awslogs-region', 'awslogs-stream-prefix'"
                )
            ],
            id="no prefix on Fargate",
        ),
        pytest.param(
            {"logDriver": "awslogs", "options": {**OPTIONS, "awslogs-stream-prefix": "c"}},
            {"requiresCompatibilities": ["FARGATE"]},
            None,
            [],
            id="all options on Fargate",
        ),
        pytest.param(
            {"logDriver": "awslogs", "options": {**OPTIONS, "awslogs-group": ""}},
            {},
            None,
            [
                (
                    "`logConfiguration.options` of container 'web' has no 'awslogs-group'; wanted "
                    "the options that the driver awslogs demands: 'awslogs-group', 'awslogs-region'"
                )
            ],
            id="an empty option",
        ),
    ],
)
def test_log_drivers_and_their_options(
    log: Mapping[str, object],
    task: Mapping[str, object],
    config: Mapping[str, object] | None,
    expected: list[str],
) -> None:
    found = said(logging, {"logConfiguration": log}, config, **task)
    assert found == [f"subject: {each}" for each in expected]


@pytest.mark.parametrize(
    "rule", [not_privileged, read_only_root, non_root_user, health_check, logging]
)
def test_a_task_without_containers_passes(rule: AnyRule) -> None:
    assert analyze(rule, {}) == []
    assert analyze(rule, {"containerDefinitions": None}) == []


@pytest.mark.parametrize(
    ("rule", "container", "path"),
    [
        pytest.param(not_privileged, {"privileged": UNKNOWN}, "privileged", id="privileged"),
        pytest.param(
            read_only_root,
            {"readonlyRootFilesystem": UNKNOWN},
            "readonlyRootFilesystem",
            id="file system",
        ),
        pytest.param(non_root_user, {"user": UNKNOWN}, "user", id="user"),
        pytest.param(
            health_check,
            {"healthCheck": {"command": UNKNOWN}},
            "healthCheck.command",
            id="health check",
        ),
        pytest.param(
            logging,
            {"logConfiguration": {"logDriver": UNKNOWN}},
            "logConfiguration.logDriver",
            id="log driver",
        ),
    ],
)
def test_an_unknown_value_does_not_hide_the_other_containers(
    rule: AnyRule, container: Mapping[str, object], path: str
) -> None:
    worst = {"name": "worst", "privileged": True}
    found = analyze(rule, {"containerDefinitions": [container, worst]})
    messages = " ".join(report.message for report in found)
    assert sorted(report.was_evaluated for report in found) == [False, True]
    assert f"`containerDefinitions[0].{path}` is not known yet" in messages
    assert "container 'worst'" in messages
    [report] = analyze(rule, {"containerDefinitions": UNKNOWN})
    assert "`containerDefinitions` is not known yet" in report.message
