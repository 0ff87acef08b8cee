"""Programs that run as plain processes end with whoever started them."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from ops.paths import ROOT
from pulumi_loopback.credentials import free_port, listens
from tests.waiting import wait_until

LISTEN_IN_TWO_PROCESSES = """
import os, socket, sys, time
listener = socket.create_server(("127.0.0.1", int(sys.argv[1])))
os.fork()
time.sleep(600)
"""
COMMAND = f"""
import sys, time
from pathlib import Path
from pulumi_loopback.dev.environments import Container
from pulumi_loopback.dev.processes import running
folder, port = Path(sys.argv[1]), sys.argv[2]
command = ["python", "-c", {LISTEN_IN_TWO_PROCESSES!r}, port]
container = Container(name="listener", command=command, environment={{}}, health_check=[])
with running(container, Path(sys.executable).parent, folder / "log"):
    time.sleep(600)
"""
DATABASE = """
import sys, time
from pathlib import Path
from pulumi_loopback.dev.machine import Postgres
server = Postgres(folder=Path(sys.argv[1]), user="postgres", password="-", port=int(sys.argv[2]))
server.create()
server.start()
time.sleep(600)
"""


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that PostgreSQL gets through to, which does not run as root."""
    with TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        yield Path(name)


@pytest.mark.parametrize(
    "program", [pytest.param(COMMAND, id="command"), pytest.param(DATABASE, id="database")]
)
def test_nothing_outlives_a_process_that_is_killed(folder: Path, program: str) -> None:
    port = free_port()
    parent = subprocess.Popen([sys.executable, "-c", program, folder, str(port)], cwd=ROOT)
    wait_until(lambda: listens(str(port)), "what it has started", 60)

    parent.kill()
    parent.wait()

    wait_until(lambda: not listens(str(port)), "the end of it", 10)
