"""Services on ECS, their tasks and what scales them, as a stack declares them."""

import json

from aws_policy_pack.testing import UNKNOWN, Example

SERVICE = "aws:ecs/service:Service"
TASK = "aws:ecs/taskDefinition:TaskDefinition"
TARGET = "aws:appautoscaling/target:Target"


def containers(**environment: str) -> str:
    entries = [{"name": name, "value": value} for name, value in environment.items()]
    return json.dumps([{"name": "main", "environment": entries}])


def task(name: str = "task", **properties: object) -> Example:
    given = {"cpu": "512", "memory": "1024", "containerDefinitions": containers(), **properties}
    return Example(type=TASK, name=name, properties=given)


def service(name: str = "web", **properties: object) -> Example:
    given = {
        "name": name,
        "cluster": "main",
        "launchType": "FARGATE",
        "desiredCount": 2,
        "deploymentMaximumPercent": 100,
        "taskDefinition": UNKNOWN,
        **properties,
    }
    references = {"taskDefinition": ("task",)} if given["taskDefinition"] is UNKNOWN else {}
    return Example(type=SERVICE, name=name, properties=given, references=references)


def target(**properties: object) -> Example:
    given = {
        "serviceNamespace": "ecs",
        "scalableDimension": "ecs:service:DesiredCount",
        "resourceId": "service/main/web",
        "minCapacity": 1,
        "maxCapacity": 8,
        **properties,
    }
    return Example(type=TARGET, name="target", properties=given)


def scaler(**environment: str) -> Example:
    return task("scaler", containerDefinitions=containers(**environment))
