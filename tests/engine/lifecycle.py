"""A small project with queues, a pack of its own, and the sessions run on it as a user would."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

from pulumi_preflight.provider import rehearsal_provider

ROOT = Path(__file__).resolve().parents[2]
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
if pathlib.Path("hold").exists() and pathlib.Path("hold").read_text() == phase:
    pathlib.Path("holding").touch()
    time.sleep(60)
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """A project on a backend of its own, whose resources the rehearsal provider keeps.

    Attributes:
        folder: The folder of Pulumi.yaml.
        variables: What the sessions run with.
        store: The provider's file of what exists.
        calls: The provider's record of what the engine asked.
    """

    folder: Path
    variables: Mapping[str, str]
    store: Path
    calls: Path

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
            timeout=120,
        )

    def created(self) -> list[str]:
        """The URNs that the engine asked the provider to create."""
        calls = map(json.loads, self.calls.read_text(encoding="utf-8").splitlines())
        return [call["urn"] for call in calls if call["method"] == "Create" and not call["preview"]]

    @property
    def state_file(self) -> Path:
        return self.folder.parent / "backend" / ".pulumi" / "stacks" / "queues" / "local.json"

    def resources(self) -> list[str]:
        """The names of the queues in the state."""
        state: dict[str, Any] = json.loads(self.state_file.read_text(encoding="utf-8"))
        latest = state["checkpoint"]["latest"] or {}
        found = latest.get("resources") or []
        return sorted(each["urn"].split("::")[-1] for each in found if "sqs" in each["type"])

    def interrupt(self, name: str, phase: str) -> tuple[int, str]:
        """Runs a session, presses Ctrl-C while its program holds still, and waits for the end."""
        (self.folder / "hold").write_text(phase)
        with subprocess.Popen(
            self.command(name),
            cwd=ROOT,
            env=dict(self.variables),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            process_group=0,
        ) as session:
            wait_until((self.folder / "holding").exists)
            # As a terminal does: every process of the foreground group.
            os.killpg(session.pid, signal.SIGINT)
            output, _ = session.communicate(timeout=30)
        (self.folder / "hold").unlink()
        return session.returncode, output

    def processes(self) -> list[str]:
        """The processes that a session of this project has started, or one of theirs."""
        mark = f"LIFECYCLE_TEST={self.variables['LIFECYCLE_TEST']}".encode()
        return [
            command
            for folder in Path("/proc").iterdir()
            if folder.name.isdigit() and mark in _read(folder / "environ").split(b"\0")
            if (command := _read(folder / "cmdline").replace(b"\0", b" ").decode())
        ]


@contextmanager
def queues(folder: Path) -> Iterator[Project]:
    """Makes the project in a folder, and serves its provider."""
    program, pack = folder / "program", folder / "program" / "policies"
    pack.mkdir(parents=True)
    (folder / "backend").mkdir()
    (program / "Pulumi.yaml").write_text(f"name: queues\n{RUNTIME}")
    (program / "__main__.py").write_text(PROGRAM)
    (pack / "PulumiPolicy.yaml").write_text(RUNTIME)
    (pack / "__main__.py").write_text(PACK)
    (pack / "profile.json").write_text("{}")
    calls = folder / "calls"
    calls.touch()
    with rehearsal_provider(folder / "store", calls) as port:
        yield Project(
            folder=program,
            variables={
                **os.environ,
                "PULUMI_BACKEND_URL": (folder / "backend").as_uri(),
                "PULUMI_DEBUG_PROVIDERS": f"aws:{port}",
                "LIFECYCLE_TEST": uuid4().hex,
                "NO_COLOR": "1",
            },
            store=folder / "store",
            calls=calls,
        )


def wait_until(condition: Callable[[], bool], seconds: float = 60) -> None:
    """Waits for something that must happen."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError:  # it has ended meanwhile, or is somebody else's
        return b""
