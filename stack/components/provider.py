"""The AWS provider: the cloud, or an emulator behind one endpoint on the loopback."""

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
