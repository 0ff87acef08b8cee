"""A small project with queues, a pack of its own, and the sessions run on it as a user would."""

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

from ops.project import project
from pulumi_loopback.engine import Engine, environment
from pulumi_loopback.errors import Consent
from pulumi_loopback.target import Target
from pulumi_preflight.provider.backend import Store, StoredResource
from tests.engine.holding import Hold
from tests.waiting import LONG, wait_until

ROOT = Path(__file__).resolve().parents[2]
YES = Consent(stack="local", local=True, yes=True, confirmed="")
RUNTIME = f"runtime: {{name: python, options: {{virtualenv: {sys.prefix}}}}}\n"
# The program can be made to hold still in each phase of an `up`.
PROGRAM = """\
import os, pathlib, time
import pulumi, pulumi_aws as aws

phase = "preflight"
if "PULUMI_ENABLE_STREAMING_JSON_PREVIEW" in os.environ:
    phase = "preview" if pulumi.runtime.is_dry_run() else "up"
dead = aws.sqs.Queue("dead")
orders = aws.sqs.Queue(
    "orders", redrive_policy=dead.arn.apply(lambda arn: '{"deadLetterTargetArn": "%s"}' % arn)
)
hold = pathlib.Path("..", "hold")
while hold.exists() and hold.read_text() == phase:
    pathlib.Path("..", "holding").touch()
    time.sleep(0.05)
pulumi.export("orders", orders.url)
"""
PACK = """\
import os
import pulumi_policy as policy

# The engine runs under a variable that preflight does not.
HERE = "engine" if "PULUMI_ENABLE_STREAMING_JSON_PREVIEW" in os.environ else "preflight"
TRIPPED = os.environ.get("TRIPPED", "")

def queue(args, report):
    if args.name == "orders" and TRIPPED == f"resource-{HERE}":
        report("orders is not wanted. Fix: Remove it. https://example.com/rule")

def stack(args, report):
    if TRIPPED == f"stack-{HERE}":
        report("this stack is not wanted")

policy.PolicyPack(
    "planted",
    enforcement_level=policy.EnforcementLevel.MANDATORY,
    policies=[
        policy.ResourceValidationPolicy("no-orders", "Orders are not wanted.", queue),
        policy.StackValidationPolicy("no-stack", "Stacks are not wanted.", stack),
    ],
)
"""


class Project:
    """A project on a backend of its own, whose resources the rehearsal provider keeps.

    Attributes:
        root: Holds all that is of this project, and may be copied as it is.
        folder: The folder of Pulumi.yaml.
        hold: Makes the program or the provider hold still.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self.folder = root / "program"
        self.hold = Hold(root)
        self._calls = root / "calls"
        self._mark = uuid4().hex
        self._provider: subprocess.Popen[str] | None = None
        self._port = 0

    def write(self) -> None:
        """Writes the program and its pack."""
        pack = self.folder / "policies"
        pack.mkdir(parents=True)
        (self.root / "backend").mkdir()
        (self.folder / "Pulumi.yaml").write_text(f"name: queues\n{RUNTIME}")
        (self.folder / "__main__.py").write_text(PROGRAM)
        (pack / "PulumiPolicy.yaml").write_text(RUNTIME)
        (pack / "__main__.py").write_text(PACK)
        (pack / "profile.json").write_text("{}")

    @contextmanager
    def served(self) -> Iterator["Project"]:
        """Serves the project's provider."""
        self.start_provider()
        try:
            yield self
        finally:
            self.kill_provider()

    def start_provider(self) -> None:
        """Starts the provider on what exists."""
        self._provider = subprocess.Popen(
            [sys.executable, "-m", "tests.engine.holding", self.root / "store", self._calls],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            process_group=0,
        )
        assert self._provider.stdout is not None
        self._port = int(self._provider.stdout.readline())

    def kill_provider(self) -> None:
        """Kills the provider in the middle of whatever it does; what it has made stays."""
        assert self._provider is not None
        with self._provider as process:
            process.kill()

    def forget(self, name: str) -> None:
        """Lets a queue vanish, as if somebody had deleted it by hand."""
        self.kill_provider()
        store = Store(self.root / "store")
        store.forget(next(each.urn for each in store.entries if each.urn.endswith(f"::{name}")))
        self.start_provider()

    @property
    def variables(self) -> Mapping[str, str]:
        """What the sessions run with."""
        return {
            **os.environ,
            "PULUMI_BACKEND_URL": (self.root / "backend").as_uri(),
            "PULUMI_DEBUG_PROVIDERS": f"aws:{self._port}",
            "LIFECYCLE_TEST": self._mark,
            "NO_COLOR": "1",
        }

    def command(self, name: str, *options: str) -> list[str]:
        project = ["--project", str(self.folder)]
        return [sys.executable, "-m", "ops.lifecycle", name, *project, *options]

    def run(
        self, name: str, *options: str, answer: str = "", **variables: str
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            self.command(name, *options),
            cwd=ROOT,
            env={**self.variables, **variables},
            input=answer,
            capture_output=True,
            text=True,
            check=False,
            timeout=LONG,
        )

    def passes(self, name: str, *options: str) -> str:
        """Runs a session that must end well; gives what it printed."""
        ran = self.run(name, *options)
        assert ran.returncode == 0, ran.stdout + ran.stderr
        return ran.stdout

    def created(self) -> list[str]:
        """The URNs that the engine asked the provider to create."""
        calls = map(
            json.loads, self._calls.read_text().splitlines() if self._calls.exists() else ()
        )
        return [call["urn"] for call in calls if call["method"] == "Create" and not call["preview"]]

    @property
    def existing(self) -> list[StoredResource]:
        """What the provider has made and not deleted."""
        return sorted(Store(self.root / "store").entries, key=lambda entry: entry.urn)

    @property
    def state_file(self) -> Path:
        return self.root / "backend" / ".pulumi" / "stacks" / "queues" / "local.json"

    def in_state(self) -> list[dict[str, Any]]:
        """The queues that the state knows."""
        state: dict[str, Any] = json.loads(self.state_file.read_text())
        latest = state["checkpoint"]["latest"] or {}
        found = (each for each in latest.get("resources") or [] if "sqs" in each["type"])
        return sorted(found, key=lambda each: str(each["urn"]))

    def resources(self) -> list[str]:
        """The names of the queues in the state."""
        return [each["urn"].split("::")[-1] for each in self.in_state()]

    def pending(self) -> list[tuple[str, str]]:
        """The operations that the state knows as begun: kind and name."""
        latest = json.loads(self.state_file.read_text())["checkpoint"]["latest"]
        return [
            (each["type"], each["resource"]["urn"].split("::")[-1])
            for each in latest.get("pending_operations") or []
        ]

    def assert_whole(self) -> None:
        """What exists is what the state knows, and that is what the program wants."""
        assert self.resources() == ["dead", "orders"]
        known = [(each["urn"], each["id"]) for each in self.in_state()]
        assert known == [(each.urn, each.id) for each in self.existing]
        assert self.pending() == []

    @contextmanager
    def held(self, moment: str, name: str, *options: str) -> Iterator[subprocess.Popen[str]]:
        """Runs a session up to a moment, in which it holds still."""
        self.hold.want(moment)
        with subprocess.Popen(
            self.command(name, *options),
            cwd=ROOT,
            env=dict(self.variables),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            process_group=0,
        ) as session:
            try:
                wait_until(lambda: self.hold.is_reached() or session.poll() is not None)
                assert self.hold.is_reached(), session.communicate()[0]
                yield session
            finally:
                for pid in self.processes():
                    os.kill(pid, signal.SIGKILL)

    def target(self, engine: Engine) -> Target:
        """What the functions behind the sessions take."""
        variables = environment(engine, backend=self.root, outer=self.variables)
        found = project(self.folder, "local")
        return Target(project=found, name="queues", engine=engine, variables=variables)

    def lock(self, pid: int, host: str = socket.gethostname()) -> None:
        """Locks the stack as a command of the engine does."""
        folder = self.root / "backend/.pulumi/locks/organization/queues/local"
        folder.mkdir(parents=True, exist_ok=True)
        lock = {"pid": pid, "username": "somebody", "hostname": host}
        text = json.dumps({**lock, "timestamp": "2026-01-01T00:00:00Z"})
        (folder / "a-lock.json").write_text(text)

    def processes(self) -> dict[int, str]:
        """The processes that a session of this project has started, or one of theirs."""
        mark = f"LIFECYCLE_TEST={self._mark}".encode()
        return {
            int(folder.name): command
            for folder in Path("/proc").iterdir()
            if folder.name.isdigit() and mark in _read(folder / "environ").split(b"\0")
            if (command := _read(folder / "cmdline").replace(b"\0", b" ").decode())
        }

    def engine_pid(self) -> int:
        """The process of the engine that runs an operation."""
        (pid,) = (
            pid
            for pid, command in self.processes().items()
            if Path(command.split()[0]).name == "pulumi" and "--json" in command.split()
        )
        return pid


class Emulator:
    """An endpoint whose data is what the provider has made; notes what it was asked."""

    def __init__(self, project: Project) -> None:
        self.done: list[str] = []
        self._project = project

    def start(self) -> None:
        self.done.append("start")
        self._project.start_provider()

    def stop(self) -> None:
        self.done.append("stop")
        self._project.kill_provider()

    def clean(self) -> None:
        self.done.append("clean")
        self._project.kill_provider()
        (self._project.root / "store").unlink()

    def status(self) -> str:
        return "running" if self.done[-1:] == ["start"] else "stopped"

    def logs(self) -> str:
        return "\n".join(self.done)


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError:  # it has ended meanwhile, or is somebody else's
        return b""
