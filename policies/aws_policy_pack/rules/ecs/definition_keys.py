"""The keys that ECS knows in a container definition.

Source, read 2026-11-23:
https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html
"""

from collections.abc import Mapping
from typing import Final

CONTAINER_KEYS: Final = (
    "command",
    "cpu",
    "credentialSpecs",
    "dependsOn",
    "disableNetworking",
    "dnsSearchDomains",
    "dnsServers",
    "dockerLabels",
    "dockerSecurityOptions",
    "entryPoint",
    "environment",
    "environmentFiles",
    "essential",
    "extraHosts",
    "firelensConfiguration",
    "healthCheck",
    "hostname",
    "image",
    "interactive",
    "links",
    "linuxParameters",
    "logConfiguration",
    "memory",
    "memoryReservation",
    "mountPoints",
    "name",
    "portMappings",
    "privileged",
    "pseudoTerminal",
    "readonlyRootFilesystem",
    "repositoryCredentials",
    "resourceRequirements",
    "restartPolicy",
    "secrets",
    "startTimeout",
    "stopTimeout",
    "systemControls",
    "ulimits",
    "user",
    "versionConsistency",
    "volumesFrom",
    "workingDirectory",
)

INNER_KEYS: Final[Mapping[str, tuple[str, ...]]] = {
    "dependsOn": ("condition", "containerName"),
    "environment": ("name", "value"),
    "environmentFiles": ("type", "value"),
    "extraHosts": ("hostname", "ipAddress"),
    "firelensConfiguration": ("options", "type"),
    "healthCheck": ("command", "interval", "retries", "startPeriod", "timeout"),
    "linuxParameters": (
        "capabilities",
        "devices",
        "initProcessEnabled",
        "maxSwap",
        "sharedMemorySize",
        "swappiness",
        "tmpfs",
    ),
    "logConfiguration": ("logDriver", "options", "secretOptions"),
    "mountPoints": ("containerPath", "readOnly", "sourceVolume"),
    "portMappings": (
        "appProtocol",
        "containerPort",
        "containerPortRange",
        "hostPort",
        "name",
        "protocol",
    ),
    "repositoryCredentials": ("credentialsParameter",),
    "resourceRequirements": ("sharingStrategy", "type", "value"),
    "restartPolicy": ("enabled", "ignoredExitCodes", "restartAttemptPeriod"),
    "secrets": ("name", "valueFrom"),
    "systemControls": ("namespace", "value"),
    "ulimits": ("hardLimit", "name", "softLimit"),
    "volumesFrom": ("readOnly", "sourceContainer"),
}
"""The keys of the objects inside, or of the entries of a list of objects."""
