"""Jobs that show what the executor does: fan-out and fan-in, retries, a step that takes long."""

import random
import statistics
import time
from collections.abc import Iterator
from itertools import pairwise

from dagster import (
    AssetExecutionContext,
    Backoff,
    Config,
    DynamicOut,
    DynamicOutput,
    MaterializeResult,
    OpExecutionContext,
    RetryPolicy,
    asset,
    job,
    op,
)
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


LOST_WORKER = RetryPolicy(max_retries=1)
"""One more attempt, also for a step that is lost with its worker."""


class RangeConfig(Config):
    """Where primes are counted, and in how many parts."""

    limit: int = Field(default=80_000, ge=2, le=10_000_000)
    parts: int = Field(default=8, ge=1, le=200)


@op(out=DynamicOut())
def split_range(config: RangeConfig) -> Iterator[DynamicOutput[tuple[int, int]]]:
    """Splits the numbers below the limit into ranges of about the same length."""
    bounds = [config.limit * part // config.parts for part in range(config.parts + 1)]
    for part, (start, end) in enumerate(pairwise(bounds)):
        yield DynamicOutput((start, end), mapping_key=f"part_{part}")


@op(retry_policy=LOST_WORKER)
def count_primes(context: OpExecutionContext, bounds: tuple[int, int]) -> int:
    """Counts the primes in a range, by trial division."""
    start, end = bounds
    count = sum(_is_prime(number) for number in range(start, end))
    context.log.info("%d primes from %d to %d", count, start, end - 1)
    return count


@op
def add_up(context: OpExecutionContext, counts: list[int]) -> int:
    """Adds the parts' counts up."""
    total = sum(counts)
    context.log.info("%d primes in all", total)
    return total


@job
def primes() -> None:
    """Counts primes, a step for each range."""
    add_up(split_range().map(count_primes).collect())


class FailuresConfig(Config):
    """How often the step fails before it succeeds."""

    failures: int = Field(default=1, ge=0)


@op(retry_policy=RetryPolicy(max_retries=3, delay=1, backoff=Backoff.EXPONENTIAL))
def fail_at_first(context: OpExecutionContext, config: FailuresConfig) -> int:
    """Fails as a service does that is not ready yet; gives the number of the attempt."""
    if context.retry_number < config.failures:
        raise ConnectionError(f"attempt {context.retry_number + 1} was refused")
    return context.retry_number + 1


@job
def retrying() -> None:
    """Succeeds after some failures, each attempt on whatever worker is free."""
    fail_at_first()


class WaitConfig(Config):
    """How long the step takes."""

    seconds: float = Field(default=60, ge=0, le=43_200)


@op(retry_policy=LOST_WORKER)
def wait(context: OpExecutionContext, config: WaitConfig) -> int:
    """Takes its time; gives the number of the attempt."""
    context.log.info("waiting %g s", config.seconds)
    time.sleep(config.seconds)
    return context.retry_number + 1


@job
def waiting() -> None:
    """One long step: to cancel, to stop its worker, to watch the queue."""
    wait()


def _is_prime(number: int) -> bool:
    return number > 1 and all(number % divisor for divisor in range(2, int(number**0.5) + 1))
