"""Type tokens that several rooms of the pack look at; one of a single module stands there."""

from typing import Final

SCHEDULED_ACTION: Final = "aws:appautoscaling/scheduledAction:ScheduledAction"
SCALABLE_TARGET: Final = "aws:appautoscaling/target:Target"
EVENT_TARGET: Final = "aws:cloudwatch/eventTarget:EventTarget"
LOG_GROUP: Final = "aws:cloudwatch/logGroup:LogGroup"
REPOSITORY: Final = "aws:ecr/repository:Repository"
TASK_DEFINITION: Final = "aws:ecs/taskDefinition:TaskDefinition"
ROLE: Final = "aws:iam/role:Role"
FUNCTION: Final = "aws:lambda/function:Function"
RDS_CLUSTER: Final = "aws:rds/cluster:Cluster"
RDS_CLUSTER_INSTANCE: Final = "aws:rds/clusterInstance:ClusterInstance"
RDS_INSTANCE: Final = "aws:rds/instance:Instance"
TOPIC: Final = "aws:sns/topic:Topic"
QUEUE: Final = "aws:sqs/queue:Queue"
