"""What the processes of all images are told about AWS."""

from config import AwsSettings


def aws_environment(settings: AwsSettings) -> dict[str, str]:
    """Variables that the AWS SDK reads by itself; the endpoint is that of the local emulator."""
    environment = {"AWS_DEFAULT_REGION": settings.region}
    if settings.endpoint is not None:
        environment["AWS_ENDPOINT_URL"] = settings.endpoint
    return environment
