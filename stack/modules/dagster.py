"""Dagster: the daemon with the code server beside it, and the web server."""

from collections.abc import Mapping

import pulumi
import pulumi_aws as aws

from components.conventions import Naming
from components.ecs import (
    Container,
    DiscoveryService,
    HealthCheck,
    TargetPort,
    create_discovery_service,
)
from components.fargate_service import FargateService, ServiceSpec, create_fargate_service
from components.load_balancer import add_target
from components.network import allow_between
from config import StackSettings
from modules.dagster_image import DATA_PREFIX, HOME, WRITABLE_PATHS, DagsterImage
from modules.foundation import COMPUTE_LOG_PREFIX, Foundation
from modules.taskiq import Taskiq

WEB_PORT = 3000
CODE_PORT = 4266
WORKSPACE = f"{HOME}/workspace.yaml"
RULE_PRIORITY = 100
"""Of the listener rule that takes all paths; modules with paths of their own come before."""


class Dagster(pulumi.ComponentResource):
    """Dagster's services; its steps run in the TaskIQ workers."""

    def __init__(
        self,
        name: str,
        *,
        settings: StackSettings,
        naming: Naming,
        foundation: Foundation,
        taskiq: Taskiq,
        image: DagsterImage,
        opts: pulumi.ResourceOptions,
    ) -> None:
        super().__init__("dagster-taskiq:modules:Dagster", name, None, opts)
        self._children = pulumi.ResourceOptions(parent=self)
        self._settings = settings.services
        self._naming = naming
        self._foundation = foundation
        self._taskiq = taskiq
        self._image = image
        self._group = self._create_security_group()
        code = create_discovery_service(
            "code-server-name",
            hostname="code-server",
            namespace=foundation.namespace,
            opts=self._children,
        )
        # Daemon and web server read their workspace from the same code server.
        environment = {**image.environment, "DAGSTER_CODE_HOST": code.hostname}
        self.daemon = self._create_daemon(code, environment)
        self.webserver = self._create_webserver(environment)
        self.register_outputs({})

    def _create_security_group(self) -> aws.ec2.SecurityGroup:
        foundation, children = self._foundation, self._children
        group = foundation.security_group("dagster", "Dagster's services", children)
        foundation.allow_aws("dagster", group.id, children)
        foundation.allow_database("dagster", group.id, children)
        foundation.allow_load_balancer("dagster", group.id, WEB_PORT, children)
        allow_between(
            "code-server",
            source_id=group.id,
            target_id=group.id,
            port=CODE_PORT,
            description="Daemon and web server to the code server",
            opts=children,
        )
        return group

    def _create_daemon(
        self, code: DiscoveryService, environment: Mapping[str, pulumi.Input[str]]
    ) -> FargateService:
        """Creates the task of daemon and code server; the processes of runs live in the latter."""
        settings = self._settings.daemon
        return create_fargate_service(
            "dagster-daemon",
            platform=self._foundation.platform,
            spec=ServiceSpec(
                cpu=settings.cpu,
                memory_mib=settings.memory_mib,
                desired_count=1,
                singleton=True,
                containers=[
                    self._code_server_container(),
                    self._daemon_container(environment),
                ],
                repository=self._image.repository,
                security_group_id=self._group.id,
                secret_arns=[self._image.secret_arn],
                permissions=[
                    self._taskiq.queue.grant_send(),
                    *self._foundation.bucket.grant([DATA_PREFIX, COMPUTE_LOG_PREFIX], write=True),
                ],
                registry_arn=code.arn,
            ),
            opts=self._children,
        )

    def _code_server_container(self) -> Container:
        return Container(
            name="code-server",
            image=self._image.image,
            command=(
                *("dagster", "api", "grpc"),
                *("-h", "0.0.0.0", "-p", str(CODE_PORT)),  # noqa: S104 - others in the VPC connect
                *("-m", "dagster_app.definitions"),
            ),
            environment={**self._image.environment, **self._taskiq.environment},
            secrets=self._image.secrets,
            health_check=HealthCheck(
                command=("python", "-m", "dagster_app.code_server_check", str(CODE_PORT)),
                timeout_seconds=15,
            ),
            port=CODE_PORT,
            writable_paths=WRITABLE_PATHS,
            stop_timeout_seconds=120,
        )

    def _daemon_container(self, environment: Mapping[str, pulumi.Input[str]]) -> Container:
        return Container(
            name="daemon",
            image=self._image.image,
            command=("dagster-daemon", "run", "-w", WORKSPACE),
            environment=environment,
            secrets=self._image.secrets,
            health_check=HealthCheck(
                command=("dagster-daemon", "liveness-check"),
                interval_seconds=60,
                timeout_seconds=30,
            ),
            writable_paths=WRITABLE_PATHS,
            starts_after=("code-server",),
        )

    def _create_webserver(self, environment: Mapping[str, pulumi.Input[str]]) -> FargateService:
        settings = self._settings.webserver
        target = add_target(
            "dagster-webserver",
            load_balancer=self._foundation.load_balancer,
            physical_name=self._naming.physical("web"),
            port=WEB_PORT,
            health_path="/server_info",
            path_pattern="/*",
            priority=RULE_PRIORITY,
            opts=self._children,
        )
        return create_fargate_service(
            "dagster-webserver",
            platform=self._foundation.platform,
            spec=ServiceSpec(
                cpu=settings.cpu,
                memory_mib=settings.memory_mib,
                desired_count=settings.desired_count,
                containers=[
                    Container(
                        name="webserver",
                        image=self._image.image,
                        command=(
                            "dagster-webserver",
                            *("-h", "0.0.0.0", "-p", str(WEB_PORT)),  # noqa: S104 - see above
                            *("-w", WORKSPACE),
                        ),
                        environment=environment,
                        secrets=self._image.secrets,
                        health_check=HealthCheck.http(WEB_PORT, "/server_info"),
                        port=WEB_PORT,
                        writable_paths=WRITABLE_PATHS,
                    )
                ],
                repository=self._image.repository,
                security_group_id=self._group.id,
                secret_arns=[self._image.secret_arn],
                permissions=self._foundation.bucket.grant([COMPUTE_LOG_PREFIX], write=False),
                target=TargetPort(
                    target_group_arn=target.target_group_arn,
                    container="webserver",
                    port=WEB_PORT,
                    ready=target.rule,
                ),
            ),
            opts=self._children,
        )
