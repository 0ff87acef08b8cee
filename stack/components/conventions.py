"""What all resources share: the AWS provider, names and tags with project and environment."""

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

EMULATED_SERVICES = (
    "appautoscaling",
    "cloudwatch",
    "ec2",
    "ecr",
    "ecs",
    "elbv2",
    "iam",
    "kms",
    "logs",
    "rds",
    "route53",
    "s3",
    "secretsmanager",
    "servicediscovery",
    "sqs",
    "ssm",
    "sts",
)
"""Provider endpoint keys that are redirected; a service missing here would reach real AWS."""
EMULATOR_PROFILE = "loopback"
"""The profile in AWS's configuration that holds an emulator's key; `nox -s up` gives it."""


def create_provider(name: str, *, region: str, endpoint: str | None) -> aws.Provider:
    """Creates the provider.

    Args:
        name: Logical name.
        region: AWS region.
        endpoint: URL of an emulator. With one, the key is that of the profile `loopback`, which no
            account knows. So a call that misses the endpoint cannot succeed. The state holds only
            the profile's name. `None` means the cloud and the caller's own credentials.
    """
    if endpoint is None:
        return aws.Provider(name, region=region)
    return aws.Provider(
        name,
        region=region,
        profile=EMULATOR_PROFILE,
        endpoints=[
            aws.ProviderEndpointArgs(**dict.fromkeys(EMULATED_SERVICES, endpoint)),
        ],
        skip_credentials_validation=True,
        skip_metadata_api_check=True,
        skip_region_validation=True,
        # The emulator knows its account; ARNs that the provider builds need it.
        skip_requesting_account_id=False,
        s3_use_path_style=True,
        max_retries=2,
    )


def provider_options(provider: aws.Provider) -> pulumi.ResourceOptions:
    """Options that hand `provider` to a resource and, for a component, to its children."""
    return pulumi.ResourceOptions(provider=provider)


@dataclass(frozen=True, slots=True, kw_only=True)
class Naming:
    """Builds names that cannot collide with another project's or environment's in one account."""

    project: str
    environment: str

    def physical(self, part: str) -> str:
        """Name of a resource, such as `dagster-taskiq-webserver-dev`."""
        return f"{self.project}-{part}-{self.environment}"

    def log_group(self, part: str) -> str:
        """Name of a CloudWatch log group, such as `/dagster-taskiq/dev/webserver`."""
        return f"/{self.project}/{self.environment}/{part}"

    def domain(self) -> str:
        """Private DNS domain of the environment, such as `dagster-taskiq-dev.internal`."""
        return f"{self.project}-{self.environment}.internal"


def tag_every_resource(tags: Mapping[str, str]) -> None:
    """Adds `tags` to all resources created after this call; a resource's own tags win.

    The tags go into each resource's inputs rather than the provider's default tags, so that
    policies, previews and the state show them.
    """

    def add_tags(
        args: pulumi.ResourceTransformationArgs,
    ) -> pulumi.ResourceTransformationResult | None:
        if "tags" not in args.props:
            return None
        own = args.props["tags"] or {}
        if not isinstance(own, Mapping):
            raise TypeError(f"the tags of {args.name} are {own!r}; wanted a plain dictionary")
        props = {**args.props, "tags": {**tags, **own}}
        return pulumi.ResourceTransformationResult(props, args.opts)

    pulumi.runtime.register_stack_transformation(add_tags)


def subnet_cidr_blocks(vpc_cidr_block: str) -> list[str]:
    """Splits a VPC's block into four equal ones: the public ones of two zones, then the private."""
    vpc = ipaddress.ip_network(vpc_cidr_block)
    return [str(block) for block in vpc.subnets(prefixlen_diff=2)]
