"""The README's first steps on a new machine: a fresh clone, `nox[uv]`, and nothing else."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from ops.dev.ports import free_port
from ops.engine import Engine
from ops.paths import ROOT

SYSTEM = "/usr/bin:/bin"
"""Git, and no Docker: there it would stand in `/usr/local/bin`, or be asked for in vain."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Clone:
    """A clone, with `nox` and `uv` in an environment of their own.

    Attributes:
        folder: The clone.
        tools: Where `nox` stands.
        variables: What a shell on that machine has.
    """

    folder: Path
    tools: Path
    variables: Mapping[str, str]

    def nox(self, session: str, *options: str, answer: str = "") -> str:
        """Runs a session as a user types it; gives what it prints."""
        ran = subprocess.run(
            [self.tools / "nox", "-s", session, *(["--", *options] if options else [])],
            cwd=self.folder,
            env=dict(self.variables),
            input=answer,
            capture_output=True,
            text=True,
            check=False,
        )
        assert ran.returncode == 0, ran.stdout + ran.stderr
        return ran.stdout


def git(*arguments: str) -> str:
    command = ["git", *arguments]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout


@pytest.fixture
def clone(tmp_path: Path, engine: Engine) -> Iterator[Clone]:
    folder, tools = tmp_path / "clone", tmp_path / "tools" / "bin"
    git("clone", "--quiet", str(ROOT), str(folder))
    subprocess.run([sys.executable, "-m", "venv", tools.parent], check=True)
    subprocess.run([tools / "pip", "install", "--quiet", "nox[uv]"], check=True)
    # Of its own, so that nothing else on this machine is in the way.
    settings = folder / "stack" / "Pulumi.local.yaml"
    settings.write_text(settings.read_text().replace("127.0.0.1:4566", f"127.0.0.1:{free_port()}"))
    outer = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("AWS_", "DOCKER_", "LOCALSTACK_", "PULUMI_", "VIRTUAL_ENV"))
    }
    own = {
        # The engine is there already: to build it takes minutes, and a test of its own.
        "PATH": os.pathsep.join([str(tools), str(engine.pulumi.parent), SYSTEM]),
        "PULUMI_HOME": str(tmp_path / "pulumi"),  # no plugin in there
        "NO_COLOR": "1",
        "COLUMNS": "200",
    }
    made = Clone(folder=folder, tools=tools, variables=outer | own)
    yield made
    made.nox("endpoint:stop")


def test_the_whole_system_comes_up_is_looked_at_and_goes(clone: Clone) -> None:
    up = clone.nox("up")
    assert "the embedded provider is used" in up
    assert re.search(r"^105 create, \d+ s$", up, re.MULTILINE), up
    services = {
        line.split()[0]: line.split()[1:3]
        for line in clone.nox("aws:services").splitlines()
        if " ACTIVE " in line
    }
    assert services == {
        name: ["ACTIVE", "1"]
        for name in ("auto-scaler", "dagster-daemon", "dagster-webserver", "taskiq-worker")
    }
    assert re.search(
        r"^dagster-taskiq-steps-local\.fifo +0 +0 +0 +0 +-$", clone.nox("queue:depth"), re.MULTILINE
    )
    assert "dagster-taskiq-steps-local.fifo" in clone.nox("outputs")
    assert re.search(r"^105 delete, \d+ s$", clone.nox("destroy", answer="y\n"), re.MULTILINE)
    assert "0 resources" in clone.nox("state:list")
    changed = git("-C", str(clone.folder), "status", "--short")
    assert changed.split() == ["M", "stack/Pulumi.local.yaml"]
