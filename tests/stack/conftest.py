"""Runs of the stack's program, one per environment and set of changed settings."""

import fcntl
import hashlib
import pickle
import sys
from functools import cache
from pathlib import Path
from typing import Protocol

import pytest

from pulumi_preflight.pytest_plugin import Preflight
from tests.stack.deployment import Deployment

STACK = Path(__file__).parents[2] / "stack"
sys.path.insert(0, str(STACK))  # Pulumi runs the program with its own folder first on the path.


class Deploy(Protocol):
    """Runs the program for a stack."""

    def __call__(self, stack: str, *changes: tuple[str, object]) -> Deployment:
        """Gives what it registers, with settings by dotted path changed in the stack's file."""
        ...


@pytest.fixture(scope="session")
def deployment(
    preflight: Preflight, tmp_path_factory: pytest.TempPathFactory, worker_id: str
) -> Deploy:
    """The program's runs, each kept for all tests of all processes that ask for the same."""
    from tests.stack.program import changed_project  # noqa: PLC0415 - needs the path

    own = tmp_path_factory.getbasetemp()
    kept = own if worker_id == "master" else own.parent

    @cache
    def deploy(stack: str, *changes: tuple[str, object]) -> Deployment:
        run_name = hashlib.sha256(repr((stack, changes)).encode()).hexdigest()
        file = kept / f"{run_name}.pickle"
        with file.with_suffix(".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not file.exists():
                project = STACK
                if changes:
                    project = changed_project(tmp_path_factory.mktemp("p"), stack, changes)
                seen = Deployment.seen_in(preflight(project, stack=stack))
                file.write_bytes(pickle.dumps(seen))
        found = pickle.loads(file.read_bytes())  # noqa: S301 - written above
        assert isinstance(found, Deployment)
        return found

    return deploy
