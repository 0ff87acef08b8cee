"""Physical names: every one carries the project and the environment."""

from dataclasses import dataclass


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
