"""`nox -s demo:taskiq`: switches the TaskIQ demo on, pushes its image, deploys it."""

import argparse
import shutil
import subprocess
import sys
from collections.abc import Sequence

from ops.paths import ROOT, STACK
from ops.project import project
from pulumi_loopback.errors import CommandError, Consent, exit_with, tell
from pulumi_loopback.lifecycle.commands import surrounded
from pulumi_loopback.lifecycle.deploy import ready, up
from pulumi_loopback.target import Target, target

SCRIPT = ROOT / "scripts" / "build-and-push.sh"
COUNTS = ("taskiqDemo.apiDesiredCount", "taskiqDemo.workerDesiredCount")


def main(given: Sequence[str]) -> int:
    """Carries it out.

    Returns:
        0 if the demo is deployed, 1 if a finding or the engine stopped it, 2 if something that it
        needs is missing.
    """
    parser = argparse.ArgumentParser(prog="nox -s demo:taskiq --", description=__doc__)
    parser.add_argument("--stack", default="local", help="the stack (default: local)")
    parser.add_argument("--yes", action="store_true", help="go on without asking")
    options = parser.parse_args(given)
    found = project(STACK, options.stack)
    consent = Consent(stack=found.stack, local=found.local, yes=options.yes, confirmed="")
    try:
        # A machine without Docker or AWS CLI is told so before anything is changed.
        _check_aws_cli()
        if status := _script("--no-push", "taskiq-demo"):
            return status
        with surrounded(target(found)) as stack:
            return deploy_demo(ready(stack), consent)
    except CommandError as error:
        tell(error)
        return 2


def deploy_demo(stack: Target, consent: Consent) -> int:
    """Makes the demo's repository, pushes the image, then starts the tasks.

    The first deployment runs no task: ECS would give a service up whose image is not there yet.
    The settings stay in the stack's file.
    """
    tag = revision()
    set_value(stack, "taskiqDemo.enabled", "true")
    set_value(stack, "taskiqDemo.imageTag", tag)
    for path in COUNTS:
        set_value(stack, path, "0")
    try:
        status = up(stack, consent)
    finally:
        for path in COUNTS:
            stack.ask("config", "rm", "--path", f"dagster-taskiq:{path}")
    if status or (status := _script("--stack", stack.stack, "--tag", tag, "taskiq-demo")):
        return status
    return up(stack, consent)


def set_value(stack: Target, path: str, value: str) -> None:
    """Changes one setting in the stack's file."""
    stack.ask("config", "set", "--path", f"dagster-taskiq:{path}", value)


def revision() -> str:
    """The short git revision, which is also the image's tag."""
    command = ["git", "rev-parse", "--short=12", "HEAD"]
    return subprocess.check_output(command, cwd=ROOT, text=True).strip()


def _check_aws_cli() -> None:
    if shutil.which("aws") is None:
        raise CommandError("aws is not on PATH; wanted the AWS CLI, which logs in to ECR")


def _script(*arguments: str) -> int:
    return subprocess.run([SCRIPT, *arguments], check=False).returncode


if __name__ == "__main__":
    exit_with(lambda: main(sys.argv[1:]))
