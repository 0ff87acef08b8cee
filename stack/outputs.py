"""The stack's outputs: what commands, people and other stacks look up."""

from typing import TypedDict

import pulumi

from modules.dagster import Dagster
from modules.dagster_image import DagsterImage
from modules.foundation import Foundation
from modules.taskiq import AutoScaler, Taskiq, TaskiqDemo


class DemoOutputs(TypedDict, total=False):
    """What is there only where the demo is enabled."""

    taskiqDemoQueueUrl: pulumi.Output[str]
    taskiqDemoApiServiceName: str
    taskiqDemoWorkerServiceName: str
    taskiqDemoSecurityGroupId: pulumi.Output[str]


class StackOutputs(DemoOutputs):
    """Every output; the keys of `repositoryUrls` and `logGroupNames` are images and services."""

    queueUrl: pulumi.Output[str]
    queueArn: pulumi.Output[str]
    deadLetterQueueUrl: pulumi.Output[str]
    databaseEndpoint: pulumi.Output[str]
    databaseSecretArn: pulumi.Output[str]
    clusterName: pulumi.Output[str]
    clusterArn: pulumi.Output[str]
    webserverUrl: pulumi.Output[str]
    repositoryUrls: dict[str, pulumi.Output[str]]
    logGroupNames: dict[str, str]
    bucketName: pulumi.Output[str]
    vpcId: pulumi.Output[str]
    daemonServiceName: str
    webserverServiceName: str
    workerServiceName: str
    autoScalerServiceName: str


def stack_outputs(
    foundation: Foundation,
    image: DagsterImage,
    taskiq: Taskiq,
    dagster: Dagster,
    auto_scaler: AutoScaler,
) -> StackOutputs:
    """The outputs of every environment."""
    database = foundation.database
    return {
        "queueUrl": taskiq.queue.url,
        "queueArn": taskiq.queue.arn,
        "deadLetterQueueUrl": taskiq.queue.dead_letter_url,
        "databaseEndpoint": pulumi.Output.concat(database.host, f":{database.port}"),
        "databaseSecretArn": database.secret_arn,
        "clusterName": foundation.platform.cluster.name,
        "clusterArn": foundation.platform.cluster.arn,
        "webserverUrl": foundation.load_balancer.url,
        "repositoryUrls": {
            "dagster": image.repository.url,
            "auto-scaler": auto_scaler.repository.url,
        },
        "logGroupNames": {
            "dagster-daemon": dagster.daemon.log_group_name,
            "dagster-webserver": dagster.webserver.log_group_name,
            "taskiq-worker": taskiq.worker.log_group_name,
            "auto-scaler": auto_scaler.scaler.log_group_name,
        },
        "bucketName": foundation.bucket.name,
        "vpcId": foundation.network.vpc_id,
        "daemonServiceName": dagster.daemon.service.name,
        "webserverServiceName": dagster.webserver.service.name,
        "workerServiceName": taskiq.worker.service.name,
        "autoScalerServiceName": auto_scaler.scaler.service.name,
    }


def demo_outputs(outputs: StackOutputs, demo: TaskiqDemo) -> StackOutputs:
    """The same, and those of the demo."""
    return {
        **outputs,
        "repositoryUrls": {**outputs["repositoryUrls"], "taskiq-demo": demo.repository.url},
        "logGroupNames": {
            **outputs["logGroupNames"],
            "taskiq-demo-api": demo.api.log_group_name,
            "taskiq-demo-worker": demo.worker.log_group_name,
        },
        "taskiqDemoQueueUrl": demo.queue.url,
        "taskiqDemoApiServiceName": demo.api.service.name,
        "taskiqDemoWorkerServiceName": demo.worker.service.name,
        "taskiqDemoSecurityGroupId": demo.security_group.id,
    }
