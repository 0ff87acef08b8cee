"""The whole system as `nox -s up` and `nox -s dev` make it, on one machine."""

import json
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest

from ops.paths import ROOT
from pulumi_loopback.engine import Engine
from tests.apps.dagster_runs import LAUNCH, STATUS
from tests.engine.embedded import Deployment, reference_stack
from tests.pages import status_of
from tests.waiting import LONG, wait_until

BURST = 200
CAP = 4
"""Of the local stack's profile."""
HURRY = {"intervalSeconds": 5, "scaleDownAfterSeconds": 10}
"""Settings of the auto-scaler."""


@dataclass
class Dev:
    """`nox -s dev` on a deployed stack.

    Attributes:
        deployed: The stack.
        process: The command, leader of a process group as in a terminal.
        log: All that it prints.
    """

    deployed: Deployment
    process: "subprocess.Popen[bytes]"
    log: Path

    @property
    def printed(self) -> list[str]:
        """The lines so far."""
        return self.log.read_text().splitlines()

    def said(self, name: str) -> list[str]:
        """What stands under a name."""
        lines = (line.partition("|") for line in self.printed)
        return [text.strip() for who, _, text in lines if who.strip() == name]

    def web(self) -> str:
        """URL of the web server, once it answers."""
        found: list[str] = []

        def is_said() -> bool:
            assert self.process.poll() is None, "\n".join(self.printed[-30:])
            told = " ".join(self.said("dagster-webserver-1"))
            found[:] = re.findall(r"webserver is healthy (http://127\.0\.0\.1:\d+)", told)
            return bool(found)

        wait_until(is_said, "a healthy web server")
        return found[0]

    def desired_workers(self) -> int:
        """How many workers ECS is told to run."""
        (service,) = self.deployed.client("ecs").describe_services(
            cluster="dagster-taskiq-cluster-local", services=["dagster-taskiq-taskiq-worker-local"]
        )["services"]
        return int(service["desiredCount"])

    def processes(self) -> int:
        """How many processes there are in sessions that the command has begun."""
        mark = f"AWS_ENDPOINT_URL=http://127.0.0.1:{self.deployed.port}".encode()
        return sum(mark in environment for environment in _environments())


def _environments() -> Iterator[bytes]:
    for file in Path("/proc").glob("[0-9]*/environ"):
        try:
            yield file.read_bytes()
        except OSError:  # it has ended meanwhile, or is somebody else's
            continue


def read(url: str) -> str:
    """What is served at a URL of the loopback."""
    with urlopen(url, timeout=60) as answer:  # noqa: S310 - the loopback
        text: str = answer.read().decode()
        return text


def the_page_is_the_users_own(web: str) -> None:
    page = f"{web}/server_info"
    assert status_of(page) == status_of(page, Origin=web) == 200
    assert status_of(page, Origin="http://page.example") == 403
    assert status_of(page, Host="page.example") == 403


def a_second_one_is_refused(dev: Dev) -> None:
    second = dev.deployed.run("ops.dev")
    assert second.returncode == 2
    assert "error: `nox -s dev` runs already" in second.stderr


def the_looking_sessions_show_what_runs(dev: Dev) -> None:
    def shown() -> dict[str, tuple[int, str]]:
        told = dev.deployed.run("ops.lifecycle", "aws:services", "--format", "json")
        rows = json.loads(told.stdout)["services"]
        return {row["service"]: (row["running"], row["rollout"]) for row in rows}

    services = ("auto-scaler", "dagster-daemon", "dagster-webserver", "taskiq-worker")
    wanted = dict.fromkeys(services, (1, "COMPLETED"))
    wait_until(lambda: shown() == wanted, "one healthy task of each service")


def a_revision_of_somebody_else_is_not_run(dev: Dev) -> None:
    ecs = dev.deployed.client("ecs")
    service = {"cluster": "dagster-taskiq-cluster-local"}
    service["service"] = "dagster-taskiq-auto-scaler-local"
    own = ecs.describe_services(cluster=service["cluster"], services=[service["service"]])
    definition = own["services"][0]["taskDefinition"]
    told = ecs.describe_task_definition(taskDefinition=definition)["taskDefinition"]
    (container,) = told["containerDefinitions"]
    kept = ("family", "cpu", "memory", "networkMode", "requiresCompatibilities")
    made = ecs.register_task_definition(
        **{name: told[name] for name in kept},
        containerDefinitions=[{**container, "command": ["true"]}],
    )
    ecs.update_service(**service, taskDefinition=made["taskDefinition"]["taskDefinitionArn"])
    wait_until(
        lambda: any("is refused" in line for line in dev.said("auto-scaler")), "a line that says so"
    )
    assert "has stopped" not in dev.said("auto-scaler-1")
    ecs.update_service(**service, taskDefinition=definition)


def shown_in_the_readme() -> list[str]:
    """The lines that the README shows of `nox -s dev`."""
    _, _, block = (ROOT / "README.md").read_text().partition("$ nox -s dev\n")
    lines = block.partition("```")[0].splitlines()
    return [line for line in lines if line not in {"...", "^C"}]


def without_chance(line: str) -> str:
    """A line without the ports that were free, and without how fast workers were added."""
    line = re.sub(r"127\.0\.0\.1:\d+", "127.0.0.1:PORT", line)
    return re.sub(r"\d+ -> \d+ tasks", "N -> M tasks", line)


def workers_after(change: str) -> int:
    """How many workers there are after `1 -> 2 tasks`."""
    return int(change.split()[2])


def ask(web: str, query: str, **variables: object) -> Any:  # noqa: ANN401 - the one field of an answer
    body = json.dumps({"query": query, "variables": variables}).encode()
    request = Request(  # noqa: S310 - the loopback
        f"{web}/graphql", data=body, headers={"Content-Type": "application/json"}
    )
    with urlopen(request, timeout=60) as answer:  # noqa: S310 - the same
        (field,) = json.load(answer)["data"].values()
    return field


def launch(web: str, parts: int) -> str:
    """Launches a run that fans out; gives its id."""
    selector = {
        "repositoryLocationName": "dagster_app",
        "repositoryName": "__repository__",
        "pipelineName": "primes",
    }
    ops = {"split_range": {"config": {"limit": 20_000, "parts": parts}}}
    parameters = {
        "selector": selector,
        "mode": "default",
        "runConfigData": json.dumps({"ops": ops}),
    }
    answer = ask(web, LAUNCH, parameters=parameters)
    assert answer["__typename"] == "LaunchRunSuccess", answer
    return str(answer["run"]["runId"])


@pytest.fixture
def dev(tmp_path: Path, engine: Engine) -> Iterator[Dev]:
    with reference_stack(tmp_path, engine) as deployed:
        deployed.set("dagster-taskiq:autoScaler", {"imageTag": "local", **HURRY})
        deployed.session("up")
        log = tmp_path / "dev.log"
        with log.open("wb") as sink:
            process = subprocess.Popen(
                [sys.executable, "-m", "ops.dev", "--project", str(deployed.folder)],
                cwd=ROOT,
                env=dict(deployed.variables),
                stdin=subprocess.DEVNULL,
                stdout=sink,
                stderr=subprocess.STDOUT,
                process_group=0,
            )
        made = Dev(deployed=deployed, process=process, log=log)
        try:
            yield made
        finally:
            process.kill()
            process.wait()


def test_a_burst_of_steps_moves_the_workers_to_the_cap_and_back_and_ctrl_c_ends_all(
    dev: Dev,
) -> None:
    web = dev.web()
    (script, *_) = re.findall(r'src="(/[^"]+\.js)"', read(web))
    assert read(f"{web}{script}")
    assert dev.desired_workers() == 1
    the_page_is_the_users_own(web)
    a_second_one_is_refused(dev)
    the_looking_sessions_show_what_runs(dev)
    a_revision_of_somebody_else_is_not_run(dev)

    run_id = launch(web, BURST)
    wait_until(
        lambda: ask(web, STATUS, id=run_id)["status"] in {"SUCCESS", "FAILURE"},
        "the end of the run",
    )
    assert ask(web, STATUS, id=run_id)["status"] == "SUCCESS"
    assert max(dev.said("taskiq-worker"), key=workers_after).endswith(f"-> {CAP} tasks")
    workers = {f"taskiq-worker-{number}" for number in range(1, CAP + 1)}
    assert all("worker is healthy" in dev.said(name) for name in workers)
    bucket = dev.deployed.client("s3").list_buckets()["Buckets"][0]["Name"]
    stored = dev.deployed.client("s3").list_objects_v2(
        Bucket=bucket, Prefix=f"dagster/storage/{run_id}/count_primes"
    )
    assert stored["KeyCount"] == BURST

    wait_until(lambda: dev.desired_workers() == 1, "one worker again")
    wait_until(
        lambda: sum("has stopped" in dev.said(name) for name in workers) == CAP - 1,
        "the end of the other workers",
    )
    # On a busy machine the first worker started longer ago than the session looks by itself.
    since = ("--since", "2h", "--filter", "Listening started")
    logs = dev.deployed.run("ops.lifecycle", "logs:taskiq-worker", *since)
    assert logs.returncode == 0, logs.stderr
    assert len(logs.stdout.splitlines()) == CAP

    dev.process.send_signal(signal.SIGINT)
    assert dev.process.wait(LONG) == 0
    assert dev.said("dev")[-1] == "all has ended"
    printed = {without_chance(line) for line in dev.printed}
    assert {without_chance(line) for line in shown_in_the_readme()} <= printed
    wait_until(lambda: dev.processes() == 0, "no process left")


def test_it_is_said_what_to_do_first_where_nothing_is_deployed(
    tmp_path: Path, engine: Engine
) -> None:
    with reference_stack(tmp_path, engine) as nothing:
        told = nothing.run("ops.dev")
    assert told.returncode == 2
    assert told.stderr.startswith("error: ")
    assert "hint: `nox -s up`" in told.stderr or "nox -s state:init" in told.stderr, told.stderr
    assert "Traceback" not in told.stderr
