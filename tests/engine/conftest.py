"""The tests on the real engine: they need one, and in CI it must be there.

Where there is none, nothing in this folder is collected, and the end of the run says so.
"""

import os

import pytest

from ops.engine import Engine, find

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
