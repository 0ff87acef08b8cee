"""Runs the same jobs with Dagster's multiprocess executor and with ours; prints what happened when.

It runs as the process of a run does, in the code server's environment. Printed: JSON, a run on each
line; all moments are in seconds of the machine's one clock.
"""

import json
import sys
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path

import sqlalchemy as sa
from dagster import (
    DagsterInstance,
    DynamicOut,
    DynamicOutput,
    ExecutorDefinition,
    JobDefinition,
    build_reconstructable_job,
    execute_job,
    job,
    multiprocess_executor,
    op,
)

from dagster_app.claims import STEPS
from dagster_app.definitions import definitions
from dagster_app.executor import PRELOADED, taskiq_executor
from dagster_app.settings import DatabaseSettings, load

CHAIN_STEPS = 8
FAN_STEPS = 24
SLOTS = 4
"""Steps at a time; the worker's by its command in the task definition."""
FORKSERVER = {"forkserver": {"preload_modules": list(PRELOADED)}}
EXECUTORS: Mapping[str, ExecutorDefinition] = {
    "spawn": multiprocess_executor.configured({"max_concurrent": SLOTS}),
    "forkserver": multiprocess_executor.configured(
        {"max_concurrent": SLOTS, "start_method": FORKSERVER}
    ),
    "taskiq": taskiq_executor,
}
MOMENTS = {
    "STEP_WORKER_STARTING": "launched",
    "STEP_WORKER_STARTED": "first_event",
    "STEP_START": "started",
    "STEP_SUCCESS": "ended",
}
"""What Dagster's event log has of a step, and what the moment is called here."""


@op
def begin() -> int:
    """Does nothing."""
    return 0


@op
def go_on(number: int) -> int:
    """Does next to nothing."""
    return number + 1


@op(out=DynamicOut())
def spread() -> Iterator[DynamicOutput[int]]:
    """One output for each step of the fan."""
    for number in range(FAN_STEPS):
        yield DynamicOutput(number, mapping_key=str(number))


def chain() -> None:
    """Each step waits for the one before it: what it costs cannot hide behind another."""
    number = begin()
    for _ in range(CHAIN_STEPS - 1):
        number = go_on(number)


def fan() -> None:
    """All steps but the first may run at once."""
    spread().map(go_on)


def create_job(shape: str, executor: str) -> JobDefinition:
    """A job with the resources of the real ones; each process of a run asks for it by name."""
    create = job(
        name=f"{shape}_{executor}",
        executor_def=EXECUTORS[executor],
        resource_defs=dict(definitions.resources or {}),
    )
    return create({"chain": chain, "fan": fan}[shape])


def measure(instance: DagsterInstance, shape: str, executor: str) -> dict[str, object]:
    """Executes a run; gives when it ended, and the moments of its steps in order."""
    runnable = build_reconstructable_job(
        "runs",
        "create_job",
        reconstructable_kwargs={"shape": shape, "executor": executor},
        reconstructor_working_directory=str(Path(__file__).parent),
    )
    with execute_job(runnable, instance, raise_on_error=True) as result:
        run_id = result.run_id
    steps: dict[str, dict[str, float | str]] = {}
    end = 0.0
    for entry in instance.all_logs(run_id):
        kind = entry.dagster_event_type
        if kind is not None and entry.step_key and kind.value in MOMENTS:
            steps.setdefault(entry.step_key, {})[MOMENTS[kind.value]] = entry.timestamp
        elif kind is not None and kind.value == "PIPELINE_SUCCESS":
            end = entry.timestamp
    for label, key, queued_at, claimed_at in claims(run_id):
        steps[label.split(":")[1]] |= {
            "key": key,
            "announced": queued_at.timestamp(),
            "claimed": claimed_at.timestamp(),
        }
    ordered = sorted(steps.values(), key=lambda step: step["launched"])
    return {"shape": shape, "executor": executor, "end": end, "steps": ordered}


def claims(run_id: str) -> list[tuple[str, str, datetime, datetime]]:
    """Labels, keys and moments of a run's claims; none where no worker took part."""
    engine = sa.create_engine(load(DatabaseSettings).url(), poolclass=sa.NullPool)
    query = sa.select(STEPS.c.label, STEPS.c.key, STEPS.c.queued_at, STEPS.c.claimed_at).where(
        STEPS.c.label.startswith(f"{run_id}:")
    )
    with engine.connect() as connection:
        return [(row[0], row[1], row[2], row[3]) for row in connection.execute(query)]


if __name__ == "__main__":
    with DagsterInstance.get() as found:
        for shape in ("chain", "fan"):
            for executor in EXECUTORS:
                sys.stdout.write(json.dumps(measure(found, shape, executor)) + "\n")
                sys.stdout.flush()
