"""Outputs: what commands and people look up."""

import pytest

from tests.stack.conftest import Deploy

ALWAYS = {
    "autoScalerServiceName",
    "bucketName",
    "clusterArn",
    "clusterName",
    "daemonServiceName",
    "databaseEndpoint",
    "databaseSecretArn",
    "deadLetterQueueUrl",
    "logGroupNames",
    "queueArn",
    "queueUrl",
    "repositoryUrls",
    "vpcId",
    "webserverServiceName",
    "webserverUrl",
    "workerServiceName",
}
WITH_DEMO = {
    "taskiqDemoApiServiceName",
    "taskiqDemoQueueUrl",
    "taskiqDemoSecurityGroupId",
    "taskiqDemoWorkerServiceName",
}
DEMO = ("taskiqDemo.enabled", True)


def test_without_the_demo_there_are_no_outputs_of_the_demo(deployment: Deploy) -> None:
    assert set(deployment("dev").outputs) == ALWAYS


@pytest.mark.parametrize("stack", ["local", "dev", "prod"])
def test_every_stack_has_the_same_outputs(deployment: Deploy, stack: str) -> None:
    deployed = deployment(stack, DEMO)
    assert set(deployed.outputs) == ALWAYS | WITH_DEMO
    assert set(deployed.outputs["repositoryUrls"]) == {"dagster", "auto-scaler", "taskiq-demo"}


def test_service_names_are_those_of_the_services(deployment: Deploy) -> None:
    deployed = deployment("dev", DEMO)
    services = {s.inputs["name"] for s in deployed.of("aws:ecs/service:Service")}
    told = {value for key, value in deployed.outputs.items() if key.endswith("ServiceName")}
    assert told == services


def test_log_group_names_are_those_of_the_services_groups(deployment: Deploy) -> None:
    deployed = deployment("dev", DEMO)
    groups = {group.inputs["name"] for group in deployed.of("aws:cloudwatch/logGroup:LogGroup")}
    assert set(deployed.outputs["logGroupNames"].values()) <= groups
    assert set(deployed.outputs["logGroupNames"]) == {
        "auto-scaler",
        "dagster-daemon",
        "dagster-webserver",
        "taskiq-demo-api",
        "taskiq-demo-worker",
        "taskiq-worker",
    }


def test_the_queues_are_told_apart(deployment: Deploy) -> None:
    outputs = deployment("dev").outputs
    assert outputs["queueUrl"].endswith("/dagster-taskiq-steps-dev.fifo")
    assert outputs["deadLetterQueueUrl"].endswith("/dagster-taskiq-steps-dead-letter-dev.fifo")


def test_the_web_servers_address_is_plain_http_without_a_certificate(deployment: Deploy) -> None:
    assert deployment("dev").outputs["webserverUrl"].startswith("http://")


def test_the_web_servers_address_is_the_certificates_domain(deployment: Deploy) -> None:
    assert deployment("prod", DEMO).outputs["webserverUrl"] == "https://dagster.example.com"
