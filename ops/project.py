"""This repository's stack, as the package that deploys it takes it."""

from pathlib import Path

from ops.engine.locate import needed
from ops.offline import enforced_on
from ops.paths import ROOT
from pulumi_loopback.observe.deployment import Names
from pulumi_loopback.project import LOCAL, Project, Spelling

NOX = Spelling(before=("nox", "-s"), between=("--",))
"""How the user types a session."""

NAMES = Names(
    services={
        "dagster-daemon": "daemonServiceName",
        "dagster-webserver": "webserverServiceName",
        "taskiq-worker": "workerServiceName",
        "auto-scaler": "autoScalerServiceName",
        "taskiq-demo-api": "taskiqDemoApiServiceName",
        "taskiq-demo-worker": "taskiqDemoWorkerServiceName",
    },
    queues=("queueUrl", "taskiqDemoQueueUrl"),
)
"""The stack's outputs by what people call things; the demo's are not always there."""


def project(folder: Path, stack: str) -> Project:
    """One stack of a project on this repository's engine, under its pack.

    Args:
        folder: The folder of Pulumi.yaml: the reference stack's, or another one's.
        stack: The stack's name; `local` alone is made on this machine.
    """
    return Project(
        folder=folder,
        stack=stack,
        home=ROOT,
        local=stack == LOCAL,
        gate=enforced_on(folder, stack),
        engine=needed,
        compose=ROOT,
        spelling=NOX,
    )
