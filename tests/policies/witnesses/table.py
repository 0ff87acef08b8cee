"""Who else than the rule itself says that AWS refuses what the rule finds."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """The real provider refuses the rule's bad example, and takes the good one.

    Attributes:
        type: What Terraform calls the type.
        refuses: A part of what it says.
    """

    type: str
    refuses: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Botocore:
    """The SDK of AWS refuses the bad example as parameters of an operation, and takes the good one.

    Attributes:
        api: The service, as botocore names it.
        operation: The operation.
        refuses: A part of what it says.
    """

    api: str
    operation: str
    refuses: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A page of AWS says it.

    Attributes:
        url: The page.
        says: What it says.
        api: The service whose description in botocore says the same; empty where none does.
    """

    url: str
    says: str
    api: str = ""


GUIDE: Final = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide"
SQS: Final = "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference"

WITNESSES: Final[dict[str, Provider | Botocore | Page]] = {
    "ecs-container-definitions-valid": Botocore(
        api="ecs",
        operation="RegisterTaskDefinition",
        refuses="Invalid type for parameter containerDefinitions[0].cpu",
    ),
    "ecs-container-references": Page(
        url="https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_MountPoint.html",
        says="Must be a volume name referenced in the name parameter of task definition volume .",
        api="ecs",
    ),
    "ecs-execution-role": Page(
        url=f"{GUIDE}/security-iam-roles.html",
        says="Your task is hosted on AWS Fargate or on external instances and: sends container "
        "logs to CloudWatch Logs using the awslogs log driver.",
    ),
    "ecs-health-check-values": Page(
        url="https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_HealthCheck.html",
        says="You may specify between 5 and 300 seconds.",
        api="ecs",
    ),
    "ecs-fargate-size": Page(
        url=f"{GUIDE}/task-cpu-memory-error.html",
        says="this field is required and you must use one of the following values",
        api="ecs",
    ),
    "ecs-fargate-parameters": Page(
        url="https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_LinuxParameters.html",
        says="If you are using tasks that use the Fargate launch type, the sharedMemorySize "
        "parameter is not supported.",
        api="ecs",
    ),
    "ecs-port-matches-target-group": Page(
        url="https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_LoadBalancer.html",
        says="This port must correspond to a containerPort in the task definition the tasks in "
        "the service are using.",
        api="ecs",
    ),
    "iam-policy-document-valid": Page(
        url="https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_effect.html",
        says="Valid values for Effect are Allow and Deny. The Effect value is case sensitive.",
    ),
    "iam-policy-size": Page(
        url="https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html",
        says="IAM doesn't count white space when calculating the size of a policy against these "
        "quotas.",
    ),
    "names-unique-physical": Page(
        url=f"{SQS}/API_CreateQueue.html",
        says="If you attempt to create a queue with a name that already exists but with different "
        "attribute names or values, the CreateQueue action will return an error.",
        api="sqs",
    ),
    "names-within-limits": Provider(type="aws_sqs_queue", refuses="invalid queue name"),
    "sqs-dead-letter-queue-same-type": Page(
        url=f"{SQS}/API_SetQueueAttributes.html",
        says="The dead-letter queue of a FIFO queue must also be a FIFO queue. Similarly, the "
        "dead-letter queue of a standard queue must also be a standard queue.",
        api="sqs",
    ),
    "sqs-fifo-name-suffix": Provider(type="aws_sqs_queue", refuses="invalid queue name"),
    "sqs-fifo-only-attributes": Provider(
        type="aws_sqs_queue", refuses="content-based deduplication can only be set for FIFO queue"
    ),
    "sqs-fifo-throughput-scope": Page(
        url=f"{SQS}/API_SetQueueAttributes.html",
        says="The perMessageGroupId value is allowed only when the value for DeduplicationScope "
        "is messageGroup .",
        api="sqs",
    ),
    "sqs-message-limits": Provider(
        type="aws_sqs_queue", refuses="to be in the range (60 - 1209600), got 30"
    ),
    "sqs-visibility-function-timeout": Page(
        url="https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html",
        says="Your function's timeout must be less than or equal to the queue's visibility "
        "timeout. Lambda validates this requirement when you create or update an event source "
        "mapping and will return an error if the function timeout exceeds the queue's visibility "
        "timeout.",
    ),
    "sqs-redrive-policy-shape": Page(
        url=f"{SQS}/API_SetQueueAttributes.html",
        says="deadLetterTargetArn – The Amazon Resource Name (ARN) of the dead-letter queue to "  # noqa: RUF001 - AWS's dash
        "which Amazon SQS moves messages after the value of maxReceiveCount is exceeded.",
        api="sqs",
    ),
}
"""By the id of each rule of the kind REFUSED."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Further:
    """What a rule finds besides its bad example, and who else refuses it.

    Attributes:
        rule: The rule's id.
        what: What is wrong.
        given: The inputs.
        witness: Who says so.
        type: The resource type; the rule's first if empty.
    """

    rule: str
    what: str
    given: dict[str, object]
    witness: Provider | Page
    type: str = ""


TASK: Final = "aws_ecs_task_definition"
WEB: Final = '"name": "web", "image": "orders:1"'
OTHER_KINDS: Final = {
    '"command": "run"': "cannot unmarshal string into Go struct field ContainerDefinition.Command",
    '"cpu": "256"': "cannot unmarshal string into Go struct field ContainerDefinition.Cpu",
    '"cpu": 256.0': "cannot unmarshal number 256.0 into Go struct field ContainerDefinition.Cpu",
    '"memory": 4294967296': "cannot unmarshal number 4294967296 into Go struct field",
    '"essential": "true"': "cannot unmarshal string into Go struct field",
    '"environment": [{"name": "A", "value": 5}]': "cannot unmarshal number into Go struct field",
    '"environment": {"A": "b"}': "cannot unmarshal object into Go struct field",
    '"healthCheck": ["CMD"]': "cannot unmarshal array into Go struct field",
    '"dockerLabels": {"a": true}': "cannot unmarshal bool into Go struct field",
    '"portMappings": [{"containerPort": "80"}]': "cannot unmarshal string into Go struct field",
}
QUEUE_REFUSALS: Final[tuple[tuple[dict[str, object], str], ...]] = (
    ({"visibilityTimeoutSeconds": 43_201}, "to be in the range (0 - 43200), got 43201"),
    ({"visibilityTimeoutSeconds": -1}, "to be in the range (0 - 43200), got -1"),
    ({"kmsDataKeyReusePeriodSeconds": 59}, "to be in the range (60 - 86400), got 59"),
    ({"kmsDataKeyReusePeriodSeconds": 86_401}, "to be in the range (60 - 86400), got 86401"),
    (
        {"fifoQueue": True, "name": "a.fifo", "deduplicationScope": "group"},
        'to be one of ["messageGroup" "queue"], got group',
    ),
    (
        {"fifoQueue": True, "name": "a.fifo", "fifoThroughputLimit": "perGroup"},
        'to be one of ["perMessageGroupId" "perQueue"], got perGroup',
    ),
    (
        {"sqsManagedSseEnabled": True, "kmsMasterKeyId": "alias/aws/sqs"},
        "Conflicting configuration arguments",
    ),
    (
        {"sqsManagedSseEnabled": False, "kmsMasterKeyId": "alias/aws/sqs"},
        "Conflicting configuration arguments",
    ),
)
NAME: Final = "sqs-fifo-name-suffix"
ATTRIBUTES: Final = "sqs-fifo-only-attributes"
TOPIC_REFUSALS: Final[tuple[tuple[str, dict[str, object], str], ...]] = (
    (NAME, {"name": "orders.fifo"}, "invalid topic name: orders.fifo"),
    (NAME, {"name": "orders", "fifoTopic": True}, "invalid topic name: orders"),
    (NAME, {"namePrefix": "orders.fifo", "fifoTopic": True}, "invalid topic name: orders.fifo"),
    (
        ATTRIBUTES,
        {"contentBasedDeduplication": True},
        "content-based deduplication can only be set for FIFO topics",
    ),
    (
        ATTRIBUTES,
        {"fifoThroughputScope": "Topic"},
        "FIFO throughput scope can only be set for FIFO topics",
    ),
    (
        ATTRIBUTES,
        {"archivePolicy": '{"MessageRetentionPeriod": "30"}'},
        "message archive policy can only be set for FIFO topics",
    ),
)
FURTHER: Final = (
    *(
        Further(
            rule="sqs-message-limits",
            what=str(given),
            given=given,
            witness=Provider(type="aws_sqs_queue", refuses=refuses),
        )
        for given, refuses in QUEUE_REFUSALS
    ),
    *(
        Further(
            rule=rule,
            what=f"topic {given}",
            given=given,
            witness=Provider(type="aws_sns_topic", refuses=refuses),
            type="aws:sns/topic:Topic",
        )
        for rule, given, refuses in TOPIC_REFUSALS
    ),
    *(
        Further(
            rule="ecs-container-definitions-valid",
            what=container,
            given={"family": "a", "containerDefinitions": f"[{{{WEB}, {container}}}]"},
            witness=Provider(type=TASK, refuses=refuses),
        )
        for container, refuses in OTHER_KINDS.items()
    ),
    *(
        Further(
            rule="ecs-fargate-size",
            what=f"{size} GiB",
            given={
                "family": "a",
                "requiresCompatibilities": ["FARGATE"],
                "cpu": "256",
                "memory": "512",
                "ephemeralStorage": [{"sizeInGib": size}],
                "containerDefinitions": f"[{{{WEB}}}]",
            },
            witness=Provider(
                type=TASK, refuses=f"size_in_gib to be in the range (21 - 200), got {size}"
            ),
        )
        for size in (20, 201)
    ),
    Further(
        rule="ecs-fargate-parameters",
        what="a log driver",
        given={
            "requiresCompatibilities": ["FARGATE"],
            "networkMode": "awsvpc",
            "containerDefinitions": f'[{{{WEB}, "logConfiguration": {{"logDriver": "syslog"}}}}]',
        },
        witness=Page(
            url="https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_LogConfiguration.html",
            says="For tasks on Fargate, the supported log drivers are awslogs , splunk , and "
            "awsfirelens .",
            api="ecs",
        ),
    ),
    Further(
        rule="ecs-fargate-parameters",
        what="FSx for Windows",
        given={
            "requiresCompatibilities": ["FARGATE"],
            "networkMode": "awsvpc",
            "volumes": [
                {"name": "a", "fsxWindowsFileServerVolumeConfiguration": {"fileSystemId": "fs-1"}}
            ],
            "containerDefinitions": f"[{{{WEB}}}]",
        },
        witness=Page(
            url=f"{GUIDE}/using_data_volumes.html",
            says="Amazon FSx for Windows File Server | Amazon EC2 | Windows",
        ),
    ),
    *(
        Further(
            rule="ecs-execution-role",
            what=what,
            given={
                "requiresCompatibilities": ["FARGATE"],
                "networkMode": "awsvpc",
                "containerDefinitions": f"[{container}]",
            },
            witness=Page(url=f"{GUIDE}/security-iam-roles.html", says=says),
        )
        for what, container, says in (
            (
                "an image of ECR",
                '{"name": "web", "image": "111122223333.dkr.ecr.eu-west-1.amazonaws.com/web:1"}',
                "pulls a container image from an Amazon ECR private repository",
            ),
            (
                "secrets",
                f'{{{WEB}, "secrets": [{{"name": "TOKEN", "valueFrom": "token"}}]}}',
                "the task definition references sensitive data",
            ),
            (
                "a private registry",
                f'{{{WEB}, "repositoryCredentials": {{"credentialsParameter": "registry"}}}}',
                "uses private registry authentication.",
            ),
        )
    ),
    Further(
        rule="ecs-container-references",
        what="the end of an essential container",
        given={
            "containerDefinitions": f'[{{{WEB}, "dependsOn": [{{"containerName": "migrate", '
            '"condition": "SUCCESS"}]}, {"name": "migrate", "image": "orders:1"}]'
        },
        witness=Page(
            url="https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDependency.html",
            says="This condition can't be set on an essential container.",
            api="ecs",
        ),
    ),
    Further(
        rule="ecs-health-check-values",
        what="retries",
        given={
            "containerDefinitions": f'[{{{WEB}, "healthCheck": {{"command": ["CMD", "a"], '
            '"retries": 11}}]'
        },
        witness=Page(
            url="https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_HealthCheck.html",
            says="You may specify between 1 and 10 retries.",
            api="ecs",
        ),
    ),
)
