"""The settings of a stack, as they are written in Pulumi configuration.

`Pulumi.yaml` holds the values that all environments share, `Pulumi.<stack>.yaml` those in which
one differs. Keys are camelCase; units stand in the names.
"""

from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from pydantic.alias_generators import to_camel


def _text_of_digits(value: object) -> object:
    """Gives digits back as text: `pulumi config set --path` stores `17` as a number."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


Text = Annotated[str, BeforeValidator(_text_of_digits)]
ResourceName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,30}[a-z0-9]$")]
"""Part of a physical name; short enough for the longest name that is built from it."""
ImageTag = Annotated[Text, Field(pattern=r"^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$")]
Region = Annotated[str, Field(pattern=r"^[a-z]{2}(-[a-z]+)+-\d$")]
CidrBlock = Annotated[str, Field(pattern=r"^\d{1,3}(\.\d{1,3}){3}/\d{1,2}$")]
TaskCount = Annotated[int, Field(ge=0, le=5000)]
"""ECS runs at most 5,000 tasks in one service."""
RetentionDays = Literal[1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827]
"""What CloudWatch Logs offers, up to five years."""


class Settings(BaseModel):
    """What all groups of settings share: camelCase keys, no other keys, no changes."""

    model_config = ConfigDict(
        alias_generator=to_camel, validate_by_name=True, extra="forbid", frozen=True
    )


class AwsSettings(Settings):
    """Where the resources live."""

    region: Region
    endpoint: str | None = Field(default=None, pattern=r"^https?://[^/]+$")
    """URL of an emulator on the loopback; `local` needs one, no other stack may have one."""


class ExistingVpcSettings(Settings):
    """A VPC that somebody else runs, with two subnets of each kind in two zones."""

    id: Annotated[str, Field(pattern=r"^vpc-[0-9a-f]+$")]
    cidr_block: CidrBlock
    public_subnet_ids: tuple[str, str]
    private_subnet_ids: tuple[str, str]


class NetworkSettings(Settings):
    """The network; all but `existingVpc` describes the VPC that the stack creates itself."""

    cidr_block: CidrBlock
    """`/16` to `/24`: the four subnets are a quarter each."""
    nat_gateways: int = Field(ge=0, le=2)
    """0 (interface endpoints instead), 1 for all zones, or 2, one per zone."""
    availability_zones: tuple[str, str] | None = None
    """Two zones of the region; its zones `a` and `b` where not given."""
    existing_vpc: ExistingVpcSettings | None = None


class DatabaseSettings(Settings):
    """PostgreSQL: one instance, or Aurora Serverless v2."""

    kind: Literal["instance", "serverless"]
    engine_version: Annotated[Text, Field(pattern=r"^1[3-9]$")]
    """Major version."""
    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,62}$")]
    username: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,15}$")]
    instance_class: Annotated[str, Field(pattern=r"^db\.[a-z0-9]+\.[a-z0-9]+$")]
    """Kind `instance` alone, as are the storage sizes."""
    allocated_storage_gib: int = Field(ge=20, le=65536)
    max_allocated_storage_gib: int = Field(ge=20, le=65536)
    """Storage grows up to here by itself."""
    min_capacity_acu: float = Field(ge=0, le=256, multiple_of=0.5)
    """Kind `serverless` alone, as is the maximum; 0 lets an idle cluster pause."""
    max_capacity_acu: float = Field(ge=1, le=256, multiple_of=0.5)
    backup_retention_days: int = Field(ge=1, le=35)
    multi_az: bool
    deletion_protection: bool
    final_snapshot: bool


class QueueSettings(Settings):
    """The FIFO queue of step executions and its dead-letter queue."""

    visibility_timeout_seconds: int = Field(ge=0, le=43_200)
    message_retention_seconds: int = Field(ge=60, le=1_209_600)
    dead_letter_retention_seconds: int = Field(ge=60, le=1_209_600)
    max_receive_count: int = Field(ge=1, le=1000)


class TaskSettings(Settings):
    """Size of a Fargate task; CPU and memory are a pair that AWS offers."""

    cpu: int = Field(ge=256, le=16_384)
    """1024 units are one vCPU."""
    memory_mib: int = Field(ge=512, le=122_880)


class WebserverSettings(TaskSettings):
    """Dagster's web server."""

    desired_count: TaskCount


class WorkerSettings(TaskSettings):
    """The TaskIQ workers, which execute Dagster's steps."""

    desired_count: TaskCount
    """Workers at the first deployment; from then on the auto-scaler owns the count."""
    concurrency: int = Field(ge=1, le=64)
    """Steps that one worker executes at a time."""


class ServicesSettings(Settings):
    """Dagster's own services and the workers, all from one image."""

    image_tag: ImageTag
    daemon: TaskSettings
    """Daemon and code server, in one task; Dagster allows one daemon."""
    webserver: WebserverSettings
    worker: WorkerSettings


class AutoScalerSettings(TaskSettings):
    """The auto-scaler; its maximum of workers is the policy profile's cap."""

    image_tag: ImageTag
    min_workers: int = Field(ge=0, le=5000)
    messages_per_worker: int = Field(ge=1, le=10_000)
    interval_seconds: int = Field(ge=5, le=600)
    scale_down_after_seconds: int = Field(ge=0, le=86_400)


class LoadBalancerSettings(Settings):
    """The load balancer before the web server, which has no login of its own."""

    internal: bool
    allowed_cidr_blocks: tuple[CidrBlock, ...] = Field(min_length=1)
    certificate_arn: str | None = Field(default=None, pattern=r"^arn:aws:acm:")
    """With a certificate, clients are redirected to HTTPS."""
    domain_name: str | None = Field(default=None, pattern=r"^[a-z0-9.-]+\.[a-z]+$")
    """Name that the certificate is for and that points at the load balancer."""
    deletion_protection: bool


class LogsSettings(Settings):
    """How long logs are kept: log groups, access logs, compute logs."""

    retention_days: RetentionDays


class TaskiqDemoSettings(TaskSettings):
    """The demo of TaskIQ alone: an API that enqueues, workers that execute."""

    enabled: bool
    queue_name: ResourceName
    image_tag: ImageTag
    api_desired_count: TaskCount
    worker_desired_count: TaskCount


class StackSettings(Settings):
    """All settings of a stack."""

    queue_name: ResourceName
    aws: AwsSettings
    network: NetworkSettings
    database: DatabaseSettings
    queue: QueueSettings
    services: ServicesSettings
    auto_scaler: AutoScalerSettings
    load_balancer: LoadBalancerSettings
    logs: LogsSettings
    taskiq_demo: TaskiqDemoSettings

    def tasks(self) -> dict[str, TaskSettings]:
        """Each task's settings by their path."""
        return {
            "services.daemon": self.services.daemon,
            "services.webserver": self.services.webserver,
            "services.worker": self.services.worker,
            "autoScaler": self.auto_scaler,
            "taskiqDemo": self.taskiq_demo,
        }

    def desired_counts(self) -> dict[str, int]:
        """How many tasks each service that is configured to run has, by the setting's path."""
        demo = self.taskiq_demo
        return {
            "services.webserver.desiredCount": self.services.webserver.desired_count,
            "services.worker.desiredCount": self.services.worker.desired_count,
        } | (
            {
                "taskiqDemo.apiDesiredCount": demo.api_desired_count,
                "taskiqDemo.workerDesiredCount": demo.worker_desired_count,
            }
            if demo.enabled
            else {}
        )
