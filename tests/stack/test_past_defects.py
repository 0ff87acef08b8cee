"""The defects that the stack's original had, one test each for those that the program can show.

Numbers 7 (an entry script), 13's image part, 14 (the broker) and 17 (a missing dependency) are the
images' and are tested with them; 16 (commands) is tested with the commands.
"""

import json
import re
from pathlib import Path

import pytest

from tests.stack.conftest import Deploy

STACKS = ("local", "dev", "prod")
DEMO = ("taskiqDemo.enabled", True)
SERVICE = "aws:ecs/service:Service"
TASK_DEFINITION = "aws:ecs/taskDefinition:TaskDefinition"
QUEUE = "aws:sqs/queue:Queue"
INGRESS = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
PROGRAM = Path(__file__).parents[2] / "stack"
PROVIDER_KEYS = {"vpc": "ec2", "lb": "elbv2", "cloudwatch": "logs"}
"""Modules of the provider whose endpoint has another name."""
HEALTH_PATHS = {
    "dagster-webserver/webserver": "http://127.0.0.1:3000/server_info",
    "taskiq-worker/worker": "http://127.0.0.1:8080/health",
    "auto-scaler/auto-scaler": "http://127.0.0.1:8081/healthz",
    "taskiq-demo-api/api": "http://127.0.0.1:8000/health",
    "taskiq-demo-worker/worker": "http://127.0.0.1:8080/health",
}


@pytest.fixture(scope="module", params=STACKS)
def stack(request: pytest.FixtureRequest) -> str:
    """Each environment in turn."""
    return str(request.param)


def test_1_no_two_resources_share_type_and_logical_name(deployment: Deploy, stack: str) -> None:
    names = [(resource.type, resource.name) for resource in deployment(stack, DEMO).resources]
    assert len(names) == len(set(names))


def test_2_each_redrive_policy_holds_one_arn_as_text(deployment: Deploy, stack: str) -> None:
    deployed = deployment(stack, DEMO)
    redrives = {
        queue.name: queue.json("redrivePolicy")
        for queue in deployed.of(QUEUE)
        if "redrivePolicy" in queue.inputs
    }
    assert set(redrives) == {"steps-queue", "taskiq-demo-queue"}
    for name, redrive in redrives.items():
        assert isinstance(redrive["deadLetterTargetArn"], str)
        (source,) = deployed.one(QUEUE, name).property_dependencies["redrivePolicy"]
        assert source.endswith(f"::{name.removesuffix('-queue')}-dead-letter-queue")


def test_3_every_image_has_one_tag(deployment: Deploy, stack: str) -> None:
    for container in deployment(stack, DEMO).containers().values():
        assert re.fullmatch(r"[^/:]+/[^/:]+:[^/:]+", container["image"])


@pytest.mark.parametrize("own_stack", ["dev", "prod"])
def test_3_no_image_is_called_latest_outside_local(deployment: Deploy, own_stack: str) -> None:
    for container in deployment(own_stack, DEMO).containers().values():
        assert not container["image"].endswith(":latest")


def test_4_workers_and_auto_scaler_start_what_the_images_have(deployment: Deploy) -> None:
    containers = deployment("dev", DEMO).containers()
    assert containers["taskiq-worker/worker"]["command"][:3] == [
        "taskiq",
        "worker",
        "dagster_app.worker:broker",
    ]
    assert containers["auto-scaler/auto-scaler"]["command"] == ["python", "-m", "auto_scaler"]
    assert containers["taskiq-demo-worker/worker"]["command"][2] == "taskiq_demo.tasks:broker"


def test_5_every_container_has_a_command_of_its_own(deployment: Deploy) -> None:
    commands = {
        name: container["command"] for name, container in deployment("dev").containers().items()
    }
    assert commands["dagster-webserver/webserver"] == [
        *("dagster-webserver", "-h", "0.0.0.0", "-p", "3000"),  # noqa: S104 - the command itself
        *("-w", "/opt/dagster/home/workspace.yaml"),
    ]
    assert all(commands.values())


def test_6_health_checks_run_what_the_images_have(deployment: Deploy, stack: str) -> None:
    containers = deployment(stack, DEMO).containers()
    checks = {name: container["healthCheck"]["command"] for name, container in containers.items()}
    assert {check[0] for check in checks.values()} == {"CMD"}
    assert {check[1] for check in checks.values()} == {"python", "dagster-daemon"}
    assert checks["dagster-daemon/daemon"] == ["CMD", "dagster-daemon", "liveness-check"]
    for name, url in HEALTH_PATHS.items():
        assert url in checks[name][-1]


def test_6_a_worker_is_told_the_port_that_its_health_check_asks(deployment: Deploy) -> None:
    deployed = deployment("dev", DEMO)
    for container in ("taskiq-worker/worker", "taskiq-demo-worker/worker"):
        assert deployed.environment(container)["TASKIQ_WORKER_HEALTH_PORT"] == "8080"


def test_8_the_load_balancers_group_opens_its_listeners_ports(
    deployment: Deploy, stack: str
) -> None:
    deployed = deployment(stack, DEMO)
    (balancer,) = deployed.of("aws:lb/loadBalancer:LoadBalancer")
    listeners = {listener.inputs["port"] for listener in deployed.of("aws:lb/listener:Listener")}
    opened = {
        rule.inputs["fromPort"]
        for rule in deployed.of(INGRESS)
        if [rule.inputs["securityGroupId"]] == balancer.inputs["securityGroups"]
    }
    assert opened == listeners


def test_8_load_balancer_and_tasks_have_groups_of_their_own(deployment: Deploy) -> None:
    deployed = deployment("dev", DEMO)
    (balancer,) = deployed.of("aws:lb/loadBalancer:LoadBalancer")
    tasks = {
        group
        for service in deployed.of(SERVICE)
        for group in service.inputs["networkConfiguration"]["securityGroups"]
    }
    assert not tasks & set(balancer.inputs["securityGroups"])


def test_8_no_port_is_open_to_the_world(deployment: Deploy, stack: str) -> None:
    for rule in deployment(stack, DEMO).of(INGRESS):
        assert rule.inputs.get("cidrIpv4") != "0.0.0.0/0"
        assert "cidrIpv6" not in rule.inputs


def test_8_the_demos_paths_are_routed_before_the_web_servers(deployment: Deploy) -> None:
    rules = {
        rule.inputs["conditions"][0]["pathPattern"]["values"][0]: rule.inputs["priority"]
        for rule in deployment("dev", DEMO).of("aws:lb/listenerRule:ListenerRule")
    }
    assert rules["/api/*"] < rules["/*"]


def test_8_health_checks_of_target_groups_ask_paths_that_exist(deployment: Deploy) -> None:
    paths = {
        group.name: group.inputs["healthCheck"]["path"]
        for group in deployment("dev", DEMO).of("aws:lb/targetGroup:TargetGroup")
    }
    assert paths == {
        "dagster-webserver-targets": "/server_info",
        "taskiq-demo-api-targets": "/health",
    }


def test_9_only_services_behind_the_load_balancer_have_a_grace_period(
    deployment: Deploy, stack: str
) -> None:
    for service in deployment(stack, DEMO).of(SERVICE):
        assert ("healthCheckGracePeriodSeconds" in service.inputs) == (
            "loadBalancers" in service.inputs
        )


@pytest.mark.parametrize(
    ("stack_of_kind", "server"),
    [
        pytest.param("prod", "aws:rds/instance:Instance", id="instance"),
        pytest.param("dev", "aws:rds/cluster:Cluster", id="serverless"),
    ],
)
def test_10_every_container_is_told_the_databases_own_port(
    deployment: Deploy, stack_of_kind: str, server: str
) -> None:
    deployed = deployment(stack_of_kind, DEMO)
    port = deployed.one(server, "database").inputs["port"]
    told = {
        deployed.environment(container)["POSTGRES_PORT"]
        for container in deployed.containers()
        if container.startswith(("dagster", "taskiq-worker"))
    }
    assert told == {f"{port:g}"}
    assert deployed.outputs["databaseEndpoint"].endswith(f":{port:g}")


def test_10_the_database_is_private(deployment: Deploy, stack: str) -> None:
    deployed = deployment(stack, DEMO)
    members = [
        *deployed.of("aws:rds/instance:Instance"),
        *deployed.of("aws:rds/clusterInstance:ClusterInstance"),
    ]
    assert [member.inputs["publiclyAccessible"] for member in members] == [False]


def test_10_no_password_is_written_anywhere(deployment: Deploy, stack: str) -> None:
    for container in deployment(stack, DEMO).containers().values():
        names = {variable["name"] for variable in container["environment"]}
        assert not {name for name in names if re.search("PASSWORD|SECRET|TOKEN", name)}
    for resource in deployment(stack, DEMO).resources:
        assert not {"password", "masterPassword", "secretString"} & set(resource.inputs)


def test_10_the_password_comes_out_of_the_databases_secret(deployment: Deploy, stack: str) -> None:
    deployed = deployment(stack, DEMO)
    secret = deployed.outputs["databaseSecretArn"]
    users = {
        name: container["secrets"]
        for name, container in deployed.containers().items()
        if "secrets" in container
    }
    assert set(users) == {
        "dagster-daemon/code-server",
        "dagster-daemon/daemon",
        "dagster-webserver/webserver",
        "taskiq-worker/worker",
    }
    for secrets in users.values():
        assert secrets == [{"name": "POSTGRES_PASSWORD", "valueFrom": f"{secret}:password::"}]


def test_10_in_prod_the_database_survives_a_mistaken_delete(deployment: Deploy) -> None:
    database = deployment("prod", DEMO).one("aws:rds/instance:Instance", "database").inputs
    assert database["deletionProtection"] is True
    assert database["skipFinalSnapshot"] is False
    assert database["finalSnapshotIdentifier"] == "dagster-taskiq-database-final-prod"


def test_11_rights_end_at_the_stacks_own_resources(deployment: Deploy, stack: str) -> None:
    for statements in deployment(stack, DEMO).policies().values():
        for statement in statements:
            if statement["Action"] != ["ecr:GetAuthorizationToken"]:
                assert "*" not in statement["Resource"]


def test_11_no_role_has_a_service_as_a_whole(deployment: Deploy, stack: str) -> None:
    for statements in deployment(stack, DEMO).policies().values():
        for statement in statements:
            assert not [action for action in statement["Action"] if action.endswith("*")]


def test_11_no_account_is_written_into_the_program() -> None:
    sources = (path.read_text() for path in PROGRAM.rglob("*.py"))
    assert not [text for text in sources if re.search(r"\b\d{12}\b", text)]


def test_11_log_rights_belong_to_the_execution_roles(deployment: Deploy, stack: str) -> None:
    with_log_rights = {
        policy
        for policy, statements in deployment(stack, DEMO).policies().items()
        for statement in statements
        for action in statement["Action"]
        if action.startswith("logs:")
    }
    roles = {name.removesuffix("-policy").rpartition("-")[0] for name in with_log_rights}
    assert not {role for role in roles if role.endswith("-task")}


def test_11_nobody_may_change_rds(deployment: Deploy) -> None:
    for statements in deployment("dev", DEMO).policies().values():
        for statement in statements:
            assert not [action for action in statement["Action"] if action.startswith("rds:")]


def test_12_the_auto_scaler_is_told_real_names_and_its_bounds(deployment: Deploy) -> None:
    deployed = deployment("dev")
    queue = deployed.one(QUEUE, "steps-queue").inputs["name"]
    worker = deployed.one(SERVICE, "taskiq-worker-service").inputs["name"]
    environment = deployed.environment("auto-scaler/auto-scaler")
    assert environment["QUEUE_URL"] == deployed.outputs["queueUrl"]
    assert environment["QUEUE_URL"].endswith(f"/{queue}")
    assert environment["ECS_WORKER_SERVICE_NAME"] == worker
    assert environment["ECS_CLUSTER_NAME"] == deployed.outputs["clusterName"]


def test_12_there_is_never_more_than_one_auto_scaler_or_daemon(
    deployment: Deploy, stack: str
) -> None:
    for name in ("auto-scaler-service", "dagster-daemon-service"):
        service = deployment(stack, DEMO).one(SERVICE, name).inputs
        assert (service["desiredCount"], service["deploymentMaximumPercent"]) == (1, 100)


def test_12_deployments_leave_the_number_of_workers_to_the_auto_scaler(deployment: Deploy) -> None:
    ignored = {
        service.name: service.ignore_changes
        for service in deployment("dev").of(SERVICE)
        if service.ignore_changes
    }
    assert ignored == {"taskiq-worker-service": ("desiredCount",)}


def test_13_sender_and_workers_are_told_the_same_queue_by_name(deployment: Deploy) -> None:
    deployed = deployment("dev")
    name = deployed.one(QUEUE, "steps-queue").inputs["name"]
    for container in ("dagster-daemon/code-server", "taskiq-worker/worker"):
        assert deployed.environment(container)["TASKIQ_QUEUE_NAME"] == name


def test_13_there_is_a_bucket_and_all_of_dagster_knows_it(deployment: Deploy) -> None:
    deployed = deployment("dev")
    (bucket,) = deployed.of("aws:s3/bucket:Bucket")
    told = {
        deployed.environment(container)["S3_BUCKET"]
        for container in deployed.containers()
        if not container.startswith("auto-scaler")
    }
    assert bucket.inputs["bucketPrefix"] == "dagster-taskiq-storage-dev-"
    assert told == {deployed.outputs["bucketName"]}


def test_13_daemon_and_web_server_reach_one_code_server(deployment: Deploy) -> None:
    deployed = deployment("dev")
    hosts = {
        deployed.environment(container)["DAGSTER_CODE_HOST"]
        for container in ("dagster-daemon/daemon", "dagster-webserver/webserver")
    }
    assert hosts == {"code-server.dagster-taskiq-dev.internal"}
    assert deployed.containers()["dagster-daemon/code-server"]["portMappings"] == [
        {"containerPort": 4266, "protocol": "tcp"}
    ]
    opened = deployed.one(INGRESS, "code-server-ingress").inputs
    assert opened["referencedSecurityGroupId"] == opened["securityGroupId"]
    assert (opened["fromPort"], opened["toPort"]) == (4266, 4266)


def test_14_workers_are_told_the_visibility_timeout_that_the_queue_has(deployment: Deploy) -> None:
    deployed = deployment("dev")
    timeout = deployed.one(QUEUE, "steps-queue").inputs["visibilityTimeoutSeconds"]
    environment = deployed.environment("taskiq-worker/worker")
    assert environment["TASKIQ_VISIBILITY_TIMEOUT"] == f"{timeout:g}"


def test_14_every_queue_name_is_a_valid_fifo_name(deployment: Deploy, stack: str) -> None:
    for queue in deployment(stack, DEMO).of(QUEUE):
        assert re.fullmatch(r"[A-Za-z0-9_-]{1,75}\.fifo", queue.inputs["name"])
        assert queue.inputs["fifoQueue"] is True


def test_15_no_call_of_the_local_stack_can_miss_the_emulator(deployment: Deploy) -> None:
    deployed = deployment("local", DEMO)
    (provider,) = deployed.of("pulumi:providers:aws")
    (endpoints,) = json.loads(provider.inputs["endpoints"])
    assert set(endpoints.values()) == {"http://127.0.0.1:4566"}
    used = {resource.type.split(":")[1].split("/")[0] for resource in deployed.resources}
    services = {PROVIDER_KEYS.get(module, module) for module in used} - {"", "modules", "providers"}
    assert services - {"pulumi"} <= set(endpoints)
    assert {
        resource.provider.split("::")[-2] for resource in deployed.resources if resource.provider
    } == {"aws"}


def test_15_the_cloud_has_no_endpoints_and_no_keys(deployment: Deploy) -> None:
    (provider,) = deployment("prod", DEMO).of("pulumi:providers:aws")
    assert not {"endpoints", "accessKey", "secretKey"} & set(provider.inputs)
