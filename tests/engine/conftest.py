"""The tests on the real engine: they need one, and in CI it must be there.

Where there is none, nothing in this folder is collected, and the end of the run says in one line
how to get it.
"""

import os

import pytest

from ops.engine import Engine, find

ENGINE = find()
LEFT_OUT = "tests/engine was left out, since there is no Pulumi engine; `nox -s engine` gets one"

if ENGINE is None and "CI" in os.environ:
    raise pytest.UsageError(f"{LEFT_OUT}. In CI these tests must run.")
if ENGINE is None:
    collect_ignore_glob = ["*"]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if ENGINE is None:
        terminalreporter.write_line(LEFT_OUT, yellow=True)


@pytest.fixture(scope="session")
def engine() -> Engine:
    """The engine that these tests run on."""
    assert ENGINE is not None, "without an engine nothing of this folder is collected"
    return ENGINE
