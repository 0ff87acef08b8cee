"""`nox -s apps:bench`: what a step costs on a TaskIQ worker, beside Dagster's own executor.

All runs are made in one go, on one machine, with the same database, bucket and jobs, whose steps
do nothing. Ratios hold on any machine; seconds do not.
"""

import json
import re
import statistics
import sys
from collections.abc import Mapping, Sequence
from contextlib import redirect_stdout
from dataclasses import replace
from datetime import datetime
from io import StringIO
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import boto3

from ops.apps import APPS, programs_of
from ops.paths import STACK
from pulumi_loopback.credentials import DUMMY
from pulumi_loopback.dev.environments import containers
from pulumi_loopback.dev.processes import Running, running
from pulumi_loopback.errors import CommandError, exit_with, tell
from pulumi_preflight.cli import main as preflight
from tools.system import BUCKET, QUEUE, REGION, START_SECONDS, System, running_system

RUNS = APPS / "dagster_app" / "bench" / "runs.py"
BENCH_SECONDS = 1200
EXECUTORS = {
    "spawn": "multiprocess (Dagster's default)",
    "forkserver": "multiprocess, forked with all loaded",
    "taskiq": "taskiq, a worker of 4 slots",
}
PHASES = {
    ("launched", "announced"): "executor writes the claim's row",
    ("announced", "claimed"): "over the queue to the worker's claim",
    ("claimed", "process"): "worker starts a process",
    ("process", "first_event"): "process reads the run",
    ("launched", "first_event"): "executor starts a process, which reads the run",
    ("first_event", "started"): "process loads job and resources",
    ("started", "ended"): "the step itself, its output to S3",
    ("ended", "seen"): "executor sees its end",
}
"""A step's way, as pairs of moments; the one from launch to first event is the rivals' alone."""

Run = Mapping[str, Any]


def main() -> int:
    """Prints the tables.

    Returns:
        0, or 2 if something that it needs is missing.
    """
    try:
        with TemporaryDirectory() as name:
            folder = Path(name)
            folder.chmod(0o755)  # PostgreSQL does not run as root, and must get through.
            runs = measure(folder)
    except CommandError as error:
        tell(error)
        return 2
    print_speeds(runs)
    print_phases(runs)
    return 0


def measure(folder: Path) -> list[Run]:
    """Makes the runs, on a new system with one worker.

    Raises:
        CommandError: The system does not start, or a run fails.
    """
    state = folder / "state.json"
    report = StringIO()
    with redirect_stdout(report):
        status = preflight([str(STACK), "--stack", "local", "--save-state", str(state)])
    if status:
        raise CommandError(f"preflight refuses the local stack: {report.getvalue()}")
    programs = programs_of("dagster_app")
    with running_system(containers(state), programs, folder) as system:
        create_queue_and_bucket(system)
        worker = system.start("worker")
        worker.wait_until_healthy(START_SECONDS)
        code_server = system.container("code-server")
        bench = replace(code_server, command=["python", str(RUNS)])
        with running(bench, programs, folder / "runs.log") as process:
            if process.process.wait(BENCH_SECONDS):
                raise CommandError(f"a run failed: {process.printed()[-2000:]}")
            lines = process.printed().splitlines()
        runs: list[Run] = [json.loads(line) for line in lines if line.startswith('{"shape"')]
        add_moments(runs, worker)
    return runs


def create_queue_and_bucket(system: System) -> None:
    """What the stack creates in AWS."""
    session = boto3.Session(
        aws_access_key_id=DUMMY.id,
        aws_secret_access_key=DUMMY.secret,
        region_name=REGION,
    )
    session.client("s3", endpoint_url=system.endpoint).create_bucket(Bucket=BUCKET)
    session.client("sqs", endpoint_url=system.endpoint).create_queue(
        QueueName=QUEUE, Attributes={"FifoQueue": "true"}
    )


def add_moments(runs: Sequence[Run], worker: Running) -> None:
    """Adds to each step when its process was started, and when the executor went on."""
    line = re.compile(r"\[(\S+ \S+?)\].* step (\w+) runs in process", re.MULTILINE)
    started = {
        key: datetime.strptime(moment, "%Y-%m-%d %H:%M:%S,%f").astimezone().timestamp()
        for moment, key in line.findall(worker.printed())
    }
    for run in runs:
        for step in run["steps"]:
            if "key" in step:
                step["process"] = started[step["key"]]
        if run["shape"] == "chain":
            for step, following in pairwise(run["steps"]):
                step["seen"] = following["launched"]
            run["steps"][-1]["seen"] = run["end"]


def print_speeds(runs: Sequence[Run]) -> None:
    """Steps per second of the fan, and seconds per step of the chain, each against the default."""
    by_name = {(run["shape"], run["executor"]): run for run in runs}
    speeds = {name: steps_per_second(by_name["fan", name]) for name in EXECUTORS}
    costs = {name: seconds_per_step(by_name["chain", name]) for name in EXECUTORS}
    write(f"{'':38}{'fan of many':>20}{'one after another':>22}")
    write(f"{'executor':38}{'steps/s':>12}{'ratio':>8}{'s a step':>14}{'ratio':>8}")
    for name, title in EXECUTORS.items():
        write(
            f"{title:38}{speeds[name]:12.2f}{speeds[name] / speeds['spawn']:8.2f}"
            f"{costs[name]:14.2f}{costs[name] / costs['spawn']:8.2f}"
        )


def steps_per_second(run: Run) -> float:
    """Of the steps that may run at once, from the first's launch to the run's end."""
    steps = run["steps"][1:]
    return len(steps) / float(run["end"] - steps[0]["launched"])


def seconds_per_step(run: Run) -> float:
    """The median from a step's launch to the next one's: all of it overhead."""
    return statistics.median(float(step["seen"] - step["launched"]) for step in run["steps"])


def print_phases(runs: Sequence[Run]) -> None:
    """Where the time of a step in the chain goes, in milliseconds."""
    chains = {run["executor"]: run for run in runs if run["shape"] == "chain"}
    write(f"\n{'where a step is, in ms (median)':50}" + "".join(f"{name:>12}" for name in chains))
    for (start, end), title in PHASES.items():
        cells = [phase(run, start, end) for run in chains.values()]
        write(f"{title:50}" + "".join(f"{cell:>12}" for cell in cells))


def phase(run: Run, start: str, end: str) -> str:
    """The median of a phase, empty for an executor that has no such phase of its own."""
    steps = [step for step in run["steps"] if start in step and end in step]
    whole_start = (start, end) == ("launched", "first_event")
    if not steps or (whole_start and "claimed" in steps[0]):
        return ""
    return f"{1000 * statistics.median(step[end] - step[start] for step in steps):.0f}"


def write(line: str) -> None:
    """Prints a line."""
    sys.stdout.write(f"{line}\n")


if __name__ == "__main__":
    exit_with(main)
