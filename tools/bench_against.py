"""`nox -s bench -- --against REVISION`: what preflight costs, as ratios to an older revision.

Both sides judge the reference stack of the older revision and a program of many queues, each with
the preflight, the pack and the versions of its own lock. They take turns, so other work on the
machine falls on both.
"""

import json
import os
import shutil
import statistics
import subprocess
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path

from ops.paths import ROOT
from pulumi_loopback.dev.processes import uv
from pulumi_loopback.errors import CommandError
from pulumi_loopback.guard import temporary_folder
from tools.measured import row

_FEW, _SIZES = 2, (1_000, 4_000)
_LOCAL = "local"
_PACKAGES = ("pulumi", "pulumi-aws", "pulumi-policy", "grpcio", "protobuf")
_QUEUES = """
import os
import pulumi_aws as aws

for index in range(int(os.environ["COUNT"]) // 2):
    dead = aws.sqs.Queue(f"dead-{index}")
    aws.sqs.Queue(
        f"jobs-{index}",
        redrive_policy=dead.arn.apply(
            lambda arn: '{"deadLetterTargetArn": "%s", "maxReceiveCount": 5}' % arn
        ),
    )
"""
_QUEUES_PROJECT = """\
name: queues
runtime:
  name: python
  options:
    virtualenv: ../.venv
"""
# Runs in each side's own interpreter; the last line on standard error is the measurement.
_MEASURED = """
import json, resource, sys, time
from pulumi_preflight.cli import main

start = time.perf_counter()
code = main(sys.argv[1:])
own, others = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
seconds = time.perf_counter() - start
print(json.dumps({
    "code": code,
    "wall": seconds,
    "own": own.ru_utime + own.ru_stime,
    "all": own.ru_utime + own.ru_stime + others.ru_utime + others.ru_stime,
    "memory": own.ru_maxrss,
}), file=sys.stderr)
"""
_VERSIONS = """
import importlib.metadata, json, sys
versions = {name: importlib.metadata.version(name) for name in sys.argv[1:]}
print(json.dumps({"python": sys.version.split()[0], **versions}))
"""
_VERDICTS = (0, 1)


@dataclass(frozen=True, slots=True)
class Usage:
    """What one run took: by the clock, by preflight's own process, by all, and memory in bytes."""

    wall: float
    own: float
    all: float
    memory: float


@dataclass(frozen=True)
class Side:
    """A revision with its environment, and a folder for what it runs."""

    name: str
    tree: Path
    folder: Path

    @cached_property
    def python(self) -> Path:
        """The interpreter of its environment."""
        return self.tree / ".venv" / "bin" / "python"

    def prepare(self, older: Path) -> None:
        """Puts the programs beside the environments that they name.

        The older stack reads its own pack, so it runs in the older environment on both sides.
        """
        shutil.copytree(older / "stack", self.folder / "older" / "stack")
        for beside in (".venv", "policies"):
            (self.folder / "older" / beside).symlink_to(older / beside)
        (self.folder / ".venv").symlink_to(self.tree / ".venv")
        queues = self.folder / "queues"
        queues.mkdir()
        (queues / "__main__.py").write_text(_QUEUES, encoding="utf-8")
        (queues / "Pulumi.yaml").write_text(_QUEUES_PROJECT, encoding="utf-8")
        (queues / "Pulumi.dev.yaml").write_text("config: {}\n", encoding="utf-8")

    def versions(self) -> str:
        """What it runs on, for a reader."""
        told = _said([str(self.python), "-c", _VERSIONS, *_PACKAGES], self.tree)
        return ", ".join(f"{name} {version}" for name, version in json.loads(told).items())

    def reference(self) -> Usage:
        """Judges the reference stack."""
        return self._judged("older/stack", _LOCAL, 0)

    def queues(self, count: int) -> Usage:
        """Judges a program of so many queues."""
        return self._judged("queues", "dev", count)

    def _judged(self, program: str, stack: str, count: int) -> Usage:
        pack = str(self.tree / "policies")
        options = ["--stack", stack, "--policy-pack", pack, "--timeout", "600"]
        run = subprocess.run(
            [self.python, "-c", _MEASURED, self.folder / program, *options],
            env=_variables() | {"COUNT": str(count)},
            cwd=self.folder,
            capture_output=True,
            text=True,
            check=False,
        )
        lines = run.stderr.splitlines()
        try:
            measured = json.loads(lines[-1])
        except (IndexError, ValueError):
            measured = {"code": run.returncode}
        if measured.pop("code") not in _VERDICTS:
            raise CommandError(f"{self.name} gave no verdict on {program}:\n{run.stderr}")
        return Usage(**measured)


def main(revision: str, rounds: int) -> None:
    """Prints each ratio of this tree to the revision.

    Raises:
        CommandError: One of them gives no verdict, or the revision cannot be had.
    """
    tree = _checked_out(revision)
    with temporary_folder("preflight-bench-") as folder:
        sides = [
            Side(name, each, folder / name)
            for name, each in (("this tree", ROOT), (revision, tree))
        ]
        for side in sides:
            side.prepare(tree)
            sys.stdout.write(f"{side.name}: {side.versions()}\n")
        this, that = sides
        runs = in_turns(this.reference, that.reference, rounds)
        _ratio(runs, "reference stack, by the clock", lambda usage: usage.wall, 0.7)
        _ratio(runs, "reference stack, processor time", lambda usage: usage.all, 0.7)
        few = in_turns(partial(this.queues, _FEW), partial(that.queues, _FEW), rounds)
        for size in _SIZES:
            _queues(size, this, that, few, rounds)


_Pair = tuple[Usage, Usage]


def _queues(size: int, this: Side, that: Side, few: Sequence[_Pair], rounds: int) -> None:
    """The rows on a program of so many queues."""
    runs = in_turns(partial(this.queues, size), partial(that.queues, size), min(rounds, 5))
    base = [statistics.median(pair[side].own for pair in few) for side in (0, 1)]
    each = [
        tuple((pair[side].own - base[side]) / (size - _FEW) * 1_000 for side in (0, 1))
        for pair in runs
    ]
    row(f"own time a resource, of {size:,}", _median(ours / theirs for ours, theirs in each), 0.4)
    told = " and ".join(f"{_median(pair[side] for pair in each):.2f} ms" for side in (0, 1))
    sys.stdout.write(f"  ({told})\n")
    _ratio(runs, f"own memory at {size:,}", lambda usage: usage.memory, 0.6)
    _ratio(runs, f"by the clock at {size:,}", lambda usage: usage.wall, 1.0)
    _ratio(runs, f"program and pack at {size:,}", lambda usage: usage.all - usage.own, 1.0)


def in_turns(this: Callable[[], Usage], that: Callable[[], Usage], rounds: int) -> Sequence[_Pair]:
    """What both took in each round, after one that does not count."""
    return [(this(), that()) for _ in range(rounds + 1)][1:]


def _ratio(
    runs: Sequence[_Pair], name: str, part: Callable[[Usage], float], goal: float | None
) -> None:
    row(name, _median(part(this) / part(that) for this, that in runs), goal)


def _median(values: Iterable[float]) -> float:
    return statistics.median(values)


def _variables() -> dict[str, str]:
    """The environment of a run: compiled files are kept, and nothing names another environment."""
    left_out = ("PYTHONDONTWRITEBYTECODE", "VIRTUAL_ENV", "PYTHONPATH")
    return {name: text for name, text in os.environ.items() if name not in left_out}


def _checked_out(revision: str) -> Path:
    """The revision's files with the environment of its lock, made once and kept in the cache."""
    git = ["git", "-C", str(ROOT)]
    try:
        named = _said([*git, "rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}"], ROOT)
    except CommandError as error:
        raise CommandError(
            f"--against {revision}: this repository has no such commit",
            hint="name one that is there: git log --oneline",
        ) from error
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    tree = cache / "pulumi-preflight" / "bench" / named
    _said([*git, "worktree", "prune"], ROOT)
    if not tree.exists():
        _said([*git, "worktree", "add", "--quiet", "--detach", str(tree), named], ROOT)
    _said([uv(), "sync", "--locked", "--quiet", "--all-packages"], tree)
    return tree


def _said(command: Sequence[str], folder: Path) -> str:
    """What a command prints.

    Raises:
        CommandError: It failed.
    """
    run = subprocess.run(
        command, cwd=folder, env=_variables(), capture_output=True, text=True, check=False
    )
    if run.returncode:
        raise CommandError(f"{' '.join(command)} failed: {run.stderr.strip()}")
    return run.stdout.strip()
