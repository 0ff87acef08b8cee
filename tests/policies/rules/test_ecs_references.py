"""What the containers of a task say of each other, and of the task's volumes."""

import json
from collections.abc import Mapping, Sequence

import pytest

from aws_policy_pack.resource import Resource
from aws_policy_pack.rule import Finding
from aws_policy_pack.rules.ecs.references import container_references, execution_role
from aws_policy_pack.testing import UNKNOWN, analyze
from tests.policies.rules.reading import problems

URL = "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_MountPoint.html"
ABSENT = ", which the task definition does not have"
SIDECAR = {"name": "sidecar", "essential": False}


def found(*containers: Mapping[str, object], volumes: object = ()) -> list[str]:
    task = {"containerDefinitions": json.dumps(containers), "volumes": volumes}
    return [
        each.removeprefix("subject: ") for each in problems(analyze(container_references, task))
    ]


def web(**properties: object) -> dict[str, object]:
    return {"name": "web", **properties}


def test_a_volume_that_is_not_there_is_told_whole() -> None:
    task = {
        "volumes": [{"name": "uploads"}, {"name": "cache"}],
        "containerDefinitions": json.dumps([web(mountPoints=[{"sourceVolume": "upload"}])]),
    }
    [report] = analyze(container_references, task)
    assert report.level == "mandatory"
    assert report.part == "mountPoints 'upload' of container 'web'"
    assert report.message == (
        "subject: `mountPoints` of container 'web' names the volume 'upload', which the task "
        "definition does not have; wanted one of 'uploads', 'cache'. Fix: Correct the name, or "
        f"declare the volume. {URL}"
    )


@pytest.mark.parametrize(
    ("properties", "problem"),
    [
        pytest.param(
            {"mountPoints": [{"containerPath": "/a"}]},
            "`mountPoints` of container 'web' names no volume",
            id="no name of a volume",
        ),
        pytest.param(
            {"mountPoints": [{"sourceVolume": "Uploads"}]},
            f"`mountPoints` of container 'web' names the volume 'Uploads'{ABSENT}",
            id="another case",
        ),
        pytest.param(
            {"dependsOn": [{"containerName": "nope", "condition": "START"}]},
            f"`dependsOn` of container 'web' names the container 'nope'{ABSENT}",
            id="order",
        ),
        pytest.param(
            {"volumesFrom": [{"sourceContainer": "nope"}]},
            f"`volumesFrom` of container 'web' names the container 'nope'{ABSENT}",
            id="volumes of a container",
        ),
    ],
)
def test_a_name_that_is_not_there_is_found(properties: Mapping[str, object], problem: str) -> None:
    assert found(web(**properties), SIDECAR, volumes=[{"name": "uploads"}]) == [problem]


def test_where_there_are_no_volumes_none_is_proposed() -> None:
    task = {"containerDefinitions": json.dumps([web(mountPoints=[{"sourceVolume": "uploads"}])])}
    [report] = analyze(container_references, task)
    assert report.wanted == "a volume of this task definition"


@pytest.mark.parametrize(
    "properties",
    [
        pytest.param({}, id="nothing"),
        pytest.param({"mountPoints": [{"sourceVolume": "uploads"}]}, id="a volume"),
        pytest.param({"MountPoints": [{"SourceVolume": "uploads"}]}, id="in another case"),
        pytest.param({"volumesFrom": [{"sourceContainer": "sidecar"}]}, id="volumes"),
        *(
            pytest.param(
                {"dependsOn": [{"containerName": "sidecar", "condition": condition}]}, id=condition
            )
            for condition in ("START", "COMPLETE", "SUCCESS", "HEALTHY")
        ),
    ],
)
def test_a_name_that_is_there_passes(properties: Mapping[str, object]) -> None:
    assert found(web(**properties), SIDECAR, volumes=[{"name": "uploads"}]) == []


@pytest.mark.parametrize("condition", ["COMPLETE", "SUCCESS", "START", "HEALTHY"])
@pytest.mark.parametrize("essential", [{}, {"essential": True}, {"essential": None}])
def test_no_container_waits_for_the_end_of_an_essential_one(
    condition: str, essential: Mapping[str, object]
) -> None:
    reports = found(
        web(dependsOn=[{"containerName": "migrate", "condition": condition}]),
        {"name": "migrate", **essential},
    )
    problem = f"container 'web' starts after the {condition} of the essential container 'migrate'"
    assert reports == ([problem] if condition in {"COMPLETE", "SUCCESS"} else [])


@pytest.mark.parametrize(
    ("containers", "volumes", "expected"),
    [
        pytest.param(
            [web(mountPoints=[{"sourceVolume": "a"}])],
            UNKNOWN,
            ["not evaluated: subject: `volumes` is not known yet"],
            id="volumes",
        ),
        pytest.param(
            [
                web(mountPoints=[{"sourceVolume": "a"}]),
                {"name": "b", "volumesFrom": [{"sourceContainer": "c"}]},
            ],
            [{"name": UNKNOWN}],
            [
                "not evaluated: subject: `volumes[0].name` is not known yet",
                f"`volumesFrom` of container 'b' names the container 'c'{ABSENT}",
            ],
            id="a name hides no other container",
        ),
        pytest.param([web()], UNKNOWN, [], id="nobody asks"),
    ],
)
def test_what_is_not_known_is_not_evaluated(
    containers: Sequence[Mapping[str, object]], volumes: object, expected: list[str]
) -> None:
    assert sorted(found(*containers, volumes=volumes), key=len) == sorted(expected, key=len)


def test_a_secret_definition_shows_no_name() -> None:
    text = json.dumps(
        [
            web(
                mountPoints=[{"sourceVolume": "hunter2"}],
                volumesFrom=[{"sourceContainer": "hunter4"}],
                dependsOn=[{"containerName": "hunter3", "condition": "SUCCESS"}],
            ),
            {"name": "hunter3"},
        ]
    )
    task = Resource(
        lambda: {"containerDefinitions": text},
        urn="urn:task",
        type=container_references.types[0],
        name="task",
        secrets=frozenset({text}),
    )
    reports = [each for each in container_references.check(task, None) if isinstance(each, Finding)]
    assert [report.part for report in reports] == [
        "mountPoints of container 1",
        "volumesFrom of container 1",
        "dependsOn of container 1",
    ]
    assert not any("hunter" in report.problem + report.wanted for report in reports)


ROLE_ARN = "arn:aws:iam::111122223333:role/orders-execution"
LOGS = {"logConfiguration": {"logDriver": "awslogs"}}
ECR = {"image": "111122223333.dkr.ecr.eu-west-1.amazonaws.com/orders:1"}
SECRETS = {"secrets": [{"name": "TOKEN", "valueFrom": "token"}]}
REGISTRY = {"repositoryCredentials": {"credentialsParameter": "registry"}}


def without_role(
    *containers: Mapping[str, object], platform: object = "FARGATE", **properties: object
) -> list[str]:
    task = {
        "requiresCompatibilities": [platform],
        "containerDefinitions": json.dumps(containers),
        **properties,
    }
    return [each.removeprefix("subject: ") for each in problems(analyze(execution_role, task))]


def test_a_role_that_fargate_needs_for_logs_is_told_whole() -> None:
    task = {
        "requiresCompatibilities": ["FARGATE"],
        "containerDefinitions": json.dumps([web(**LOGS)]),
    }
    [report] = analyze(execution_role, task)
    assert report.level == "mandatory"
    assert report.part == "executionRoleArn"
    assert report.message == (
        "subject: `executionRoleArn` is not set beside the log driver 'awslogs' of container "
        "'web'; wanted a role that ECS may assume. Fix: Declare a role for "
        "`ecs-tasks.amazonaws.com` with the rights of AmazonECSTaskExecutionRolePolicy, and name "
        f"it in `executionRoleArn`. {execution_role.url}"
    )


@pytest.mark.parametrize(
    ("properties", "needs"),
    [
        pytest.param(LOGS, "the log driver 'awslogs' of container 'web'", id="logs"),
        pytest.param(ECR, "the image of container 'web' in ECR", id="an image of ECR"),
        pytest.param(
            {"image": "111122223333.dkr.ecr.cn-north-1.amazonaws.com.cn/a/b@sha256:1"},
            "the image of container 'web' in ECR",
            id="an image in China",
        ),
        pytest.param(SECRETS, "`secrets` of container 'web'", id="secrets"),
        pytest.param(REGISTRY, "`repositoryCredentials` of container 'web'", id="a registry"),
    ],
)
@pytest.mark.parametrize("role", [None, ""], ids=["no role", "an empty role"])
def test_each_need_of_a_role_is_found(
    properties: Mapping[str, object], needs: str, role: object
) -> None:
    told = without_role(web(**properties), executionRoleArn=role)
    assert told == [f"`executionRoleArn` is not set beside {needs}"]


def test_one_missing_role_is_one_finding() -> None:
    [told] = without_role(web(**LOGS, **ECR), {**SIDECAR, **LOGS})
    assert told == (
        "`executionRoleArn` is not set beside the log driver 'awslogs' of container 'web', the "
        "image of container 'web' in ECR, the log driver 'awslogs' of container 'sidecar'"
    )


@pytest.mark.parametrize("properties", [SECRETS, REGISTRY], ids=["secrets", "a registry"])
def test_what_ecs_itself_reads_needs_a_role_on_instances_too(
    properties: Mapping[str, object],
) -> None:
    assert len(without_role(web(**properties), platform="EC2")) == 1


@pytest.mark.parametrize("properties", [LOGS, ECR], ids=["logs", "an image of ECR"])
def test_an_instance_has_rights_of_its_own_for_logs_and_images(
    properties: Mapping[str, object],
) -> None:
    assert without_role(web(**properties), platform="EC2") == []


@pytest.mark.parametrize(
    "properties",
    [
        pytest.param({}, id="nothing"),
        pytest.param({"logConfiguration": {"logDriver": "awsfirelens"}}, id="another driver"),
        pytest.param({"image": "public.ecr.aws/nginx/nginx:1.27"}, id="an image for everybody"),
        pytest.param({"image": "orders:1"}, id="an image of Docker Hub"),
        pytest.param({"secrets": []}, id="no secrets"),
    ],
)
def test_other_containers_need_no_role(properties: Mapping[str, object]) -> None:
    assert without_role(web(**properties)) == []


@pytest.mark.parametrize("role", [ROLE_ARN, UNKNOWN], ids=["known", "not known yet"])
def test_a_role_that_is_given_is_enough(role: object) -> None:
    needs = web(**LOGS, **ECR, **SECRETS, **REGISTRY)
    assert without_role(needs, executionRoleArn=role) == []
    assert without_role(executionRoleArn=role, containerDefinitions=UNKNOWN) == []


@pytest.mark.parametrize(
    ("properties", "path"),
    [
        pytest.param({"containerDefinitions": UNKNOWN}, "containerDefinitions", id="containers"),
        pytest.param({"requiresCompatibilities": UNKNOWN}, "requiresCompatibilities", id="kinds"),
    ],
)
def test_what_needs_a_role_and_is_not_known_is_not_judged(
    properties: Mapping[str, object], path: str
) -> None:
    told = without_role(web(**LOGS), **properties)
    assert told == [f"not evaluated: subject: `{path}` is not known yet"]


def test_a_container_that_cannot_be_read_does_not_hide_another() -> None:
    strange = {**SIDECAR, "image": {}}
    assert len(without_role(strange, web(**LOGS))) == 1
    [told] = without_role(strange, web())
    assert told.startswith("not evaluated: ")
