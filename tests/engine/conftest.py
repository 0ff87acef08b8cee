"""The tests on the real engine: they need one, and in CI it must be there.

Where there is none, nothing in this folder is collected, and the end of the run says so.
"""

import fcntl
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from ops.engine import find
from pulumi_loopback.engine import Engine
from tests.engine.conformance import Bench, Case, Observed, Tools
from tests.engine.conformance import observe as observe_in
from tests.engine.lifecycle import Project
from tests.preflight import hosts, node

ENGINE = find()

if ENGINE is None and "CI" in os.environ:
    raise pytest.UsageError("no Pulumi engine: in CI these tests must run, after `nox -s engine`")
if ENGINE is None:
    collect_ignore_glob = ["*"]


@pytest.fixture(scope="session")
def engine() -> Engine:
    """The engine that these tests run on."""
    assert ENGINE is not None, "without an engine nothing of this folder is collected"
    return ENGINE


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """A folder for what all processes of the tests make once."""
    own = tmp_path_factory.getbasetemp()
    return own if worker_id == "master" else own.parent


@pytest.fixture(scope="session")
def tools(pytestconfig: pytest.Config) -> Tools:
    """What programs in other languages than Python need."""
    return Tools(node_modules=node.installed(pytestconfig), yaml_host=hosts.built("yaml"))


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Makes the folder; only one process of the tests is in it at a time."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@pytest.fixture(scope="session")
def observe(shared: Path, engine: Engine, tools: Tools) -> Callable[[Case], Observed]:
    """Runs a case under preflight and the engine, once for all processes of the tests."""
    known: dict[str, Observed] = {}

    def observed(case: Case) -> Observed:
        if case.name not in known:
            folder = shared / "conformance" / case.name
            with alone(folder):
                known[case.name] = observe_in(case, folder, engine, tools)
        return known[case.name]

    return observed


@pytest.fixture
def bench_of(tmp_path: Path, engine: Engine, tools: Tools) -> Callable[[Case], Bench]:
    """Makes a copy of a program with all that is needed to run it."""
    return lambda case: Bench(case, tmp_path, engine, tools)


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    """A project with two queues, of which nothing is deployed."""
    made = Project(tmp_path / "project")
    made.write()
    with made.served():
        yield made


@pytest.fixture(scope="session")
def deployed_once(shared: Path) -> Path:
    """The folder of such a project that is deployed, to copy from."""
    folder = shared / "deployed"
    with alone(folder):
        made = Project(folder / "project")
        if not (folder / "done").exists():
            made.write()
            with made.served():
                made.passes("up")
            (folder / "done").touch()
    return made.root


@pytest.fixture
def deployed(deployed_once: Path, tmp_path: Path) -> Iterator[Project]:
    """A project with two queues that are deployed."""
    made = Project(tmp_path / "project")
    shutil.copytree(deployed_once, made.root)
    with made.served():
        yield made
