"""The tests on the real engine: they need one, and in CI it must be there.

Where there is none, nothing in this folder is collected, and the end of the run says so.
"""

import fcntl
import os
from collections.abc import Callable

import pytest

from ops.engine import Engine, find
from tests.engine.conformance import Case, Observed
from tests.engine.conformance import observe as observe_in

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
def observe(
    tmp_path_factory: pytest.TempPathFactory, worker_id: str, engine: Engine
) -> Callable[[Case], Observed]:
    """Runs a case under preflight and the engine, once for all processes of the tests."""
    own = tmp_path_factory.getbasetemp()
    shared = own if worker_id == "master" else own.parent
    known: dict[str, Observed] = {}

    def observed(case: Case) -> Observed:
        if case.name not in known:
            folder = shared / "conformance" / case.name
            folder.mkdir(parents=True, exist_ok=True)
            with (folder / "lock").open("w") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)
                known[case.name] = observe_in(case, folder, engine)
        return known[case.name]

    return observed
