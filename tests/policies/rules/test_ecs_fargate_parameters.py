"""What a task on Fargate asks of a host that it does not have."""

from typing import Any

import pytest

from aws_policy_pack.rules.ecs.fargate import LOG_DRIVERS, fargate_parameters
from aws_policy_pack.testing import UNKNOWN, analyze
from tests.policies.rules.ecs_tasks import task_of
from tests.policies.rules.reading import problems, said

URL = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html"
FARGATE: dict[str, Any] = {"requiresCompatibilities": ["FARGATE"], "networkMode": "awsvpc"}
WINDOWS = {"runtimePlatform": {"operatingSystemFamily": "WINDOWS_SERVER_2022_CORE"}}


def found(container: object, **properties: object) -> list[str]:
    task = task_of([container], **(FARGATE | properties))
    reports = problems(analyze(fargate_parameters, task.properties))
    return [report.removeprefix("subject: ") for report in reports]


def container(**properties: object) -> dict[str, object]:
    return {"name": "web", "image": "orders:1", **properties}


def test_a_finding_says_what_fargate_does_not_take() -> None:
    task = task_of([container(privileged=True)], **FARGATE)
    [report] = analyze(fargate_parameters, task.properties)
    assert report.level == "mandatory"
    assert report.message == (
        "subject: `privileged` of container 'web' is true; wanted no `privileged` on Fargate. "
        f"Fix: Drop it, or run the task on EC2 instances. {URL}"
    )


@pytest.mark.parametrize(
    ("properties", "problem"),
    [
        ({"disableNetworking": True}, "`disableNetworking` of container 'web' is true"),
        ({"dnsServers": ["10.0.0.2"]}, "`dnsServers` of container 'web' is set"),
        ({"dnsSearchDomains": ["local"]}, "`dnsSearchDomains` of container 'web' is set"),
        (
            {"dockerSecurityOptions": ["no-new-privileges"]},
            "`dockerSecurityOptions` of container 'web' is set",
        ),
        (
            {"extraHosts": [{"hostname": "db", "ipAddress": "10.0.0.9"}]},
            "`extraHosts` of container 'web' is set",
        ),
        ({"links": ["db:db"]}, "`links` of container 'web' is set"),
        (
            {"resourceRequirements": [{"type": "GPU", "value": "1"}]},
            "`resourceRequirements` of container 'web' is set",
        ),
        (
            {"linuxParameters": {"sharedMemorySize": 256}},
            "`sharedMemorySize` in `linuxParameters` of container 'web' is 256",
        ),
        (
            {"linuxParameters": {"devices": [{"hostPath": "/dev/fuse"}]}},
            "`devices` in `linuxParameters` of container 'web' is set",
        ),
        (
            {"linuxParameters": {"maxSwap": 512}},
            "`maxSwap` in `linuxParameters` of container 'web' is 512",
        ),
        (
            {"linuxParameters": {"swappiness": 60}},
            "`swappiness` in `linuxParameters` of container 'web' is 60",
        ),
        (
            {"linuxParameters": {"capabilities": {"add": ["SYS_PTRACE", "NET_ADMIN"]}}},
            "`capabilities` of container 'web' adds 'NET_ADMIN'",
        ),
        ({"stopTimeout": 121}, "`stopTimeout` of container 'web' is 121"),
        ({"startTimeout": 1}, "`startTimeout` of container 'web' is 1"),
        (
            {"portMappings": [{"containerPort": 8080, "hostPort": 80}]},
            "`hostPort` of container 'web' is 80 beside the `containerPort` 8080",
        ),
        (
            {"portMappings": [{"containerPort": 80, "hostPort": 8080}]},
            "`hostPort` of container 'web' is 8080 beside the `containerPort` 80",
        ),
        ({"Privileged": True}, "`privileged` of container 'web' is true"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_parameter_of_a_container_is_found(properties: dict[str, object], problem: str) -> None:
    assert found(container(**properties)) == [problem]


@pytest.mark.parametrize(
    ("properties", "problem"),
    [
        ({"networkMode": None}, "`networkMode` is not set"),
        ({"networkMode": "bridge"}, "`networkMode` is 'bridge'"),
        ({"ipcMode": "task"}, "`ipcMode` is 'task'"),
        ({"pidMode": "host"}, "`pidMode` is 'host'"),
        ({"pidMode": "taskless"}, "`pidMode` is 'taskless'"),
        ({"pidMode": "task", **WINDOWS}, "`pidMode` is 'task'"),
        (
            {"placementConstraints": [{"type": "memberOf", "expression": "a == b"}]},
            "`placementConstraints` is set",
        ),
        (
            {"volumes": [{"name": "data", "hostPath": "/ecs/data"}]},
            "`hostPath` of volume 'data' is '/ecs/data'",
        ),
        (
            {"volumes": [{"name": "data", "dockerVolumeConfiguration": {"scope": "task"}}]},
            "`dockerVolumeConfiguration` of volume 'data' is set",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_parameter_of_the_task_is_found(properties: dict[str, object], problem: str) -> None:
    assert found(container(), **properties) == [problem]


@pytest.mark.parametrize(
    ("system", "wanted"),
    [pytest.param({}, "'task'", id="linux"), pytest.param(WINDOWS, "no `pidMode`", id="windows")],
)
def test_the_process_namespace_that_is_wanted_is_that_of_the_system(
    system: dict[str, object], wanted: str
) -> None:
    task = task_of([container()], **(FARGATE | system | {"pidMode": "host"}))
    [report] = analyze(fargate_parameters, task.properties)
    assert report.wanted == wanted


@pytest.mark.parametrize(
    "properties",
    [
        pytest.param({}, id="nothing"),
        pytest.param({"privileged": False, "links": [], "dnsServers": []}, id="nothing asked for"),
        pytest.param({"privileged": "false"}, id="false as text"),
        pytest.param({"linuxParameters": {"initProcessEnabled": True}}, id="an init process"),
        pytest.param(
            {"linuxParameters": {"capabilities": {"add": ["SYS_PTRACE"], "drop": ["ALL"]}}},
            id="ptrace alone is added",
        ),
        pytest.param(
            {"linuxParameters": {"tmpfs": [{"containerPath": "/tmp", "size": 64}]}},  # noqa: S108 - in a container
            id="tmpfs, which Fargate takes since 2026",
        ),
        pytest.param({"startTimeout": 2, "stopTimeout": 120}, id="the bounds of timeouts"),
        pytest.param({"portMappings": [{"containerPort": 80, "hostPort": 80}]}, id="one port"),
        pytest.param({"portMappings": [{"containerPort": 80}]}, id="no host port"),
        pytest.param({"portMappings": [{"containerPort": 80, "hostPort": 0}]}, id="any host port"),
        pytest.param({"portMappings": [{"hostPort": 80}]}, id="a host port alone"),
        pytest.param({"linuxParameters": {"swappiness": 0}}, id="nothing to swap"),
        pytest.param(
            {"ulimits": [{"name": "nofile", "softLimit": 1, "hardLimit": 2}]}, id="ulimits"
        ),
    ],
)
def test_what_fargate_takes_passes(properties: dict[str, object]) -> None:
    assert found(container(**properties)) == []


@pytest.mark.parametrize(
    "properties",
    [
        {"pidMode": "task"},
        {"ipcMode": ""},
        {"placementConstraints": []},
        {"volumes": [{"name": "scratch"}, {"name": "shared", "efsVolumeConfiguration": {"a": 1}}]},
    ],
    ids=lambda value: next(iter(value)),
)
def test_what_a_fargate_task_may_have_passes(properties: dict[str, object]) -> None:
    assert found(container(), **properties) == []


def test_a_task_for_instances_may_ask_for_all_of_it() -> None:
    asked = container(privileged=True, links=["db"])
    assert found(asked, requiresCompatibilities=["EC2"], networkMode="bridge") == []
    assert found(asked, requiresCompatibilities=["EC2", "FARGATE"]) != []


def test_a_finding_gives_the_way_out_of_a_wrong_port() -> None:
    ports = [{"containerPort": 8080, "hostPort": 80}]
    task = task_of([container(portMappings=ports)], **FARGATE)
    [report] = said(analyze(fargate_parameters, task.properties))
    assert report == (
        "subject: `hostPort` of container 'web' is 80 beside the `containerPort` 8080; wanted one "
        "number for both on Fargate"
    )


def test_containers_that_are_not_known_do_not_hide_the_task() -> None:
    task = task_of(UNKNOWN, **{**FARGATE, "ipcMode": "host"})
    assert problems(analyze(fargate_parameters, task.properties)) == [
        "subject: `ipcMode` is 'host'",
        "not evaluated: subject: `containerDefinitions` is not known yet",
    ]


@pytest.mark.parametrize("driver", ["syslog", "json-file", "gelf", "loki", ""])
def test_a_log_driver_that_fargate_does_not_have_is_found(driver: str) -> None:
    problem = f"`logConfiguration.logDriver` of container 'web' is {driver!r}"
    log = container(logConfiguration={"logDriver": driver})
    assert found(log) == ([problem] if driver else [])
    assert found(log, requiresCompatibilities=["EC2"]) == []


@pytest.mark.parametrize("log", [None, {}, *({"logDriver": each} for each in LOG_DRIVERS)])
def test_a_log_driver_of_fargate_passes(log: object) -> None:
    assert found(container(logConfiguration=log)) == []


def test_a_volume_of_fsx_for_windows_is_found() -> None:
    volume = {"name": "share", "fsxWindowsFileServerVolumeConfiguration": {"fileSystemId": "fs-1"}}
    assert found(container(), volumes=[volume]) == [
        "`fsxWindowsFileServerVolumeConfiguration` of volume 'share' is set"
    ]
    assert found(container(), volumes=[volume], requiresCompatibilities=["EC2"]) == []
