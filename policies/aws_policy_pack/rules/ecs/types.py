"""Type tokens of what the rules about ECS look at, besides those of `scaled_resources`."""

from typing import Final

TASK_SET: Final = "aws:ecs/taskSet:TaskSet"
TASK_DEFINITION: Final = "aws:ecs/taskDefinition:TaskDefinition"
SCALABLE_TARGET: Final = "aws:appautoscaling/target:Target"
EVENT_TARGET: Final = "aws:cloudwatch/eventTarget:EventTarget"
SCHEDULE: Final = "aws:scheduler/schedule:Schedule"
FUNCTION: Final = "aws:lambda/function:Function"
LOG_GROUP: Final = "aws:cloudwatch/logGroup:LogGroup"
ROLE: Final = "aws:iam/role:Role"
