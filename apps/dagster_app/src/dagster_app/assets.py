"""Assets: the second reads what the first wrote, from the bucket, on whatever worker."""

import random
import statistics

from dagster import AssetExecutionContext, Config, MaterializeResult, RetryPolicy, asset
from pydantic import Field


class MeasurementsConfig(Config):
    """How many measurements there are."""

    count: int = Field(default=1000, ge=2, le=1_000_000)
    seed: int = 1


@asset(retry_policy=RetryPolicy(max_retries=1))
def measurements(config: MeasurementsConfig) -> list[float]:
    """Numbers as an instrument gives them: around 20, and the same for the same seed."""
    source = random.Random(config.seed)  # noqa: S311 - no secret
    return [source.gauss(20, 2) for _ in range(config.count)]


@asset(retry_policy=RetryPolicy(max_retries=1))
def summary(
    context: AssetExecutionContext, measurements: list[float]
) -> MaterializeResult[dict[str, float]]:
    """Mean and deviation of the measurements."""
    value = {
        "mean": statistics.fmean(measurements),
        "deviation": statistics.stdev(measurements),
    }
    context.log.info("%d measurements", len(measurements))
    return MaterializeResult(value=value, metadata={"count": len(measurements), **value})
