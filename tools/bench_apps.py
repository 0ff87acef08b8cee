"""`nox -s apps:bench`: what a step costs on a TaskIQ worker, beside Dagster's own executor.

All runs are made in one go, on one machine, with the same database, bucket and jobs, whose steps
do nothing. Ratios hold on any machine; seconds do not.
"""

import json
import re
import shutil
import statistics
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, redirect_stdout
from dataclasses import dataclass, field, replace
from datetime import datetime
from io import StringIO
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import boto3

from ops.dev import APPS, programs_of
from ops.paths import STACK
from pulumi_loopback.credentials import DUMMY, free_port
from pulumi_loopback.dev.environments import Container, containers
from pulumi_loopback.dev.machine import Machine, Postgres, running_postgres
from pulumi_loopback.dev.processes import Running, running
from pulumi_loopback.errors import CommandError, exit_with, tell
from pulumi_preflight.cli import main as preflight

WEB_PORT, HEALTH_PORT = "3000", "8080"
START_SECONDS = 120
QUEUE = "steps.fifo"
DEAD_LETTER_QUEUE = "steps-dead.fifo"
BUCKET = "dagster-data"
REGION = "us-east-1"


@dataclass(slots=True, kw_only=True)
class System:
    """What runs, and where; `start` adds to it.

    Attributes:
        containers: Those of the stack, by name.
        programs: Folder of the image's programs.
        folder: For data and logs.
        postgres: The database.
        endpoint: URL of the AWS endpoint.
    """

    containers: Mapping[str, Container]
    programs: Path
    folder: Path
    postgres: Postgres
    endpoint: str
    code_port: str = field(default_factory=lambda: str(free_port()))
    web_port: str = field(default_factory=lambda: str(free_port()))
    _exits: ExitStack = field(default_factory=ExitStack)
    _made: int = 0

    @property
    def graphql(self) -> str:
        """URL of the web server's GraphQL."""
        return f"http://127.0.0.1:{self.web_port}/graphql"

    def start(self, name: str, values: Mapping[str, str] | None = None) -> Running:
        """Starts a container's command; it stops with the system at the latest.

        Args:
            name: The container's.
            values: Other values for its variables.
        """
        container = self.container(name, values)
        log = self.folder / f"{name}-{self._made}.log"
        return self._exits.enter_context(running(container, self.programs, log))

    def container(self, name: str, values: Mapping[str, str] | None = None) -> Container:
        """A container of the stack with what it needs to run here; arguments as for `start`."""
        self._made += 1
        machine = Machine(
            postgres=self.postgres,
            endpoint=self.endpoint,
            key=DUMMY,
            code=self.code_port,
            dagster=APPS / "dagster_app",
        )
        return machine.fit(
            self.containers[name],
            self.folder / f"{name}-{self._made}",
            {WEB_PORT: self.web_port, HEALTH_PORT: str(free_port())},
            {"S3_BUCKET": BUCKET, "TASKIQ_QUEUE_NAME": QUEUE, **(values or {})},
        )

    def start_all(self, values: Mapping[str, str] | None = None) -> dict[str, Running]:
        """Starts one of each and waits until all are healthy; arguments as for `start`."""
        started = {"code-server": self.start("code-server", values)}
        started["code-server"].wait_until_healthy(START_SECONDS)
        started |= {name: self.start(name, values) for name in ("webserver", "daemon", "worker")}
        for process in started.values():
            process.wait_until_healthy(START_SECONDS)
        return started

    def close(self) -> None:
        """Stops all that was started, the last first."""
        self._exits.close()


@contextmanager
def running_system(
    containers: Mapping[str, Container], programs: Path, folder: Path
) -> Iterator[System]:
    """A database and an AWS endpoint while the block runs, and what is started inside.

    Queues and bucket are the caller's to create.

    Args:
        containers: Those of the stack.
        programs: Folder of the image's programs.
        folder: For data and logs; empty, and readable for others (PostgreSQL is not root).
    """
    with (
        running_postgres(folder / "database", user="dagster", password="pass/word") as postgres,  # noqa: S106 - of a database that lives as long as this block
        moto(folder / "endpoint.log") as endpoint,
    ):
        system = System(
            containers=containers,
            programs=programs,
            folder=folder,
            postgres=postgres,
            endpoint=endpoint,
        )
        try:
            yield system
        finally:
            system.close()
            shutil.rmtree(folder / "database")


@contextmanager
def moto(log: Path) -> Iterator[str]:
    """An AWS endpoint in a process of its own; gives its URL."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    server = Container(
        name="moto",
        command=["moto_server", "-H", "127.0.0.1", "-p", str(port)],
        environment={},
        health_check=["python", "-c", f"import urllib.request as u; u.urlopen('{url}/moto-api/')"],
    )
    with running(server, Path(sys.executable).parent, log) as process:
        process.wait_until_healthy(START_SECONDS)
        yield url


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
