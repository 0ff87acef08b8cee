"""Names in ECS, EKS, ECR, CloudWatch Logs and Cloud Map."""

import re
from typing import Final

from aws_policy_pack.rules.names.facts.model import (
    VPC,
    Limits,
    NameFact,
    Scope,
    ScopeName,
    words,
)

CLUSTER: Final = Scope(
    name=ScopeName.CLUSTER,
    words="the ECS cluster",
    paths=("cluster",),
    types=("aws:ecs/cluster:Cluster",),
)
NAMESPACE: Final = Scope(
    name=ScopeName.NAMESPACE,
    words="the Cloud Map namespace",
    paths=("dnsConfig.namespaceId", "namespaceId"),
    types=(
        "aws:servicediscovery/privateDnsNamespace:PrivateDnsNamespace",
        "aws:servicediscovery/publicDnsNamespace:PublicDnsNamespace",
        "aws:servicediscovery/httpNamespace:HttpNamespace",
    ),
)
DNS_LABEL: Final = r"[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?"
DNS_NAME: Final = re.compile(rf"{DNS_LABEL}(\.{DNS_LABEL})*")
DNS_FORM: Final = (
    "labels of up to 63 letters, digits, underscores and inner hyphens, with dots between"
)
ECR_PART: Final = r"[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*"

FACTS: Final = (
    NameFact(
        what="ECS cluster",
        types=("aws:ecs/cluster:Cluster",),
        limits=words(255),
        source="https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateCluster.html",
    ),
    NameFact(
        what="ECS service",
        types=("aws:ecs/service:Service",),
        scope=CLUSTER,
        limits=words(255),
        source="https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateService.html",
    ),
    NameFact(
        what="task definition family",
        types=("aws:ecs/taskDefinition:TaskDefinition",),
        path="family",
        limits=words(255),
        source="https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RegisterTaskDefinition.html",
    ),
    NameFact(
        what="capacity provider",
        types=("aws:ecs/capacityProvider:CapacityProvider",),
        limits=Limits(
            longest=255,
            pattern=re.compile(r"(?!aws|ecs|fargate)[A-Za-z0-9_-]+"),
            form="letters, digits, hyphens and underscores, without aws, ecs or fargate in front",
        ),
        source="https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateCapacityProvider.html",
    ),
    NameFact(
        what="EKS cluster",
        types=("aws:eks/cluster:Cluster",),
        limits=Limits(
            longest=100,
            pattern=re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*"),
            form="letters, digits, hyphens and underscores, with a letter or digit in front",
        ),
        source="https://docs.aws.amazon.com/eks/latest/APIReference/API_CreateCluster.html",
    ),
    NameFact(
        what="ECR repository",
        types=("aws:ecr/repository:Repository",),
        limits=Limits(
            longest=256,
            shortest=2,
            pattern=re.compile(rf"{ECR_PART}(/{ECR_PART})*"),
            form="lower-case letters and digits, with single dots, underscores, slashes or hyphens "
            "between them",
        ),
        source="https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_CreateRepository.html",
    ),
    NameFact(
        what="log group",
        types=("aws:cloudwatch/logGroup:LogGroup",),
        prefix_path="namePrefix",
        limits=Limits(
            longest=512,
            pattern=re.compile(r"(?!aws/)[A-Za-z0-9_/.#-]+"),
            form="letters, digits, hyphens, underscores, slashes, dots and number signs, "
            "without `aws/` in front",
        ),
        source="https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CreateLogGroup.html",
    ),
    NameFact(
        what="private DNS namespace",
        types=("aws:servicediscovery/privateDnsNamespace:PrivateDnsNamespace",),
        scope=VPC,
        folds_case=True,
        limits=Limits(longest=253, pattern=DNS_NAME, form=DNS_FORM),
        source="https://docs.aws.amazon.com/cloud-map/latest/api/API_CreatePrivateDnsNamespace.html",
    ),
    NameFact(
        what="public DNS namespace",
        types=("aws:servicediscovery/publicDnsNamespace:PublicDnsNamespace",),
        folds_case=True,
        limits=Limits(longest=253, pattern=DNS_NAME, form=DNS_FORM),
        source="https://docs.aws.amazon.com/cloud-map/latest/api/API_CreatePublicDnsNamespace.html",
    ),
    NameFact(
        what="HTTP namespace",
        types=("aws:servicediscovery/httpNamespace:HttpNamespace",),
        limits=Limits(
            longest=1024,
            pattern=re.compile(r"(?!arn:)[!-~]+"),
            form="printable ASCII without spaces, and without `arn:` in front",
        ),
        source="https://docs.aws.amazon.com/cloud-map/latest/api/API_CreateHttpNamespace.html",
    ),
    NameFact(
        what="Cloud Map service",
        types=("aws:servicediscovery/service:Service",),
        scope=NAMESPACE,
        folds_case=True,
        limits=Limits(longest=127, pattern=DNS_NAME, form=DNS_FORM),
        source="https://docs.aws.amazon.com/cloud-map/latest/api/API_CreateService.html",
    ),
)
