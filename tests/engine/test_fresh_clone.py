"""The README's first steps on a new machine: a fresh clone, `nox[uv]`, and nothing else."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from ops.paths import ROOT
from pulumi_loopback.credentials import free_port
from pulumi_loopback.engine import Engine

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
        "COLUMNS": "80",
    }
    made = Clone(folder=folder, tools=tools, variables=outer | own)
    yield made
    made.nox("endpoint:stop")


def shown() -> list[tuple[list[str], list[str]]]:
    """The README's sessions on a laptop: what is typed after `nox -s`, and the lines printed."""
    _, _, section = (ROOT / "README.md").read_text().partition("## The whole system on your laptop")
    block = section.partition("```text\n")[2].partition("```")[0]
    parts = [part.splitlines() for part in block.split("$ nox -s ")[1:]]
    return [
        (
            [word for word in typed.split() if word != "--"],
            [line for line in lines if line not in ("", "...")],
        )
        for typed, *lines in parts
    ]


def without_chance(line: str) -> str:
    """A line without times, ports and numbers of processes."""
    line = re.sub(r"\b\d+ s$", "N s", line.rstrip())
    return re.sub(r"(127\.0\.0\.1:|process )\d+", r"\1N", line)


def test_the_readme_s_system_comes_up_is_looked_at_and_goes(clone: Clone) -> None:
    for (session, *options), lines in shown():
        # The answer stands in the terminal, and not in what is printed.
        printed = clone.nox(session, *options, answer="y\n").replace("[y/N] ", "[y/N] y\n")
        left = iter([without_chance(line) for line in printed.splitlines()])
        missing = [line for line in map(without_chance, lines) if line not in left]
        assert missing == [], printed
    assert "0 resources" in clone.nox("state:list")
    changed = git("-C", str(clone.folder), "status", "--short")
    assert changed.split() == ["M", "stack/Pulumi.local.yaml"]


def test_the_readme_shows_the_first_steps() -> None:
    assert [session for (session, *_), _ in shown()] == [
        *("up", "aws:services", "queue:depth", "outputs", "destroy")
    ]
