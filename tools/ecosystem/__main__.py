"""Prints findings before and after over a folder of programs, as Markdown.

python -m tools.ecosystem FOLDER --against REF
"""

import argparse
import subprocess
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from ops.paths import ROOT
from pulumi_loopback.errors import CommandError, exit_with
from pulumi_loopback.guard import temporary_folder
from tools.ecosystem.programs import (
    Compared,
    Outcome,
    Side,
    environment_of,
    judged,
    markdown,
    programs_in,
)

CACHE = ROOT / ".ecosystem"
_AT_ONCE = 2


def main(arguments: Sequence[str]) -> int:
    """Prints the report; 0, whatever differs.

    Raises:
        CommandError: There is no program, or no such version.
    """
    parser = argparse.ArgumentParser(prog="python -m tools.ecosystem", description=__doc__)
    parser.add_argument("folder", type=Path, help="is searched for Pulumi programs in Python")
    parser.add_argument("--against", default="main", metavar="REF", help="default: main")
    parser.add_argument("--profile", metavar="FILE", help="settings for the pack of both versions")
    options = parser.parse_args(arguments)
    programs = programs_in(options.folder)
    if not programs:
        raise CommandError(f"{options.folder}: there is no Pulumi program in Python")
    profile = str(Path(options.profile).resolve()) if options.profile else None
    with earlier(options.against) as before, ThreadPoolExecutor(_AT_ONCE) as pool:
        now = Side(root=ROOT, python=Path(sys.executable))
        # One after the other, since programs share environments.
        environments = [_environment(program, now) for program in programs]
        compare = partial(_compared, sides=(before, now), profile=profile)
        found = [
            Compared(name=str(program.relative_to(options.folder)), before=old, after=new)
            for program, (old, new) in zip(
                programs, pool.map(compare, programs, environments), strict=True
            )
        ]
    sys.stdout.writelines(f"{line}\n" for line in markdown(found, options.against, "now"))
    return 0


def _environment(program: Path, side: Side) -> Path | Outcome:
    """A program's environment, or why there is none."""
    try:
        return environment_of(program, CACHE, side.python)
    except OSError as error:
        return Outcome(trouble=f"no environment: {error}")


def _compared(
    program: Path, environment: Path | Outcome, *, sides: tuple[Side, Side], profile: str | None
) -> tuple[Outcome, Outcome]:
    """What both versions say of a program."""
    if isinstance(environment, Outcome):
        return environment, environment
    before, after = (judged(program, environment, side, profile) for side in sides)
    return before, after


@contextmanager
def earlier(ref: str) -> Iterator[Side]:
    """Another version of this repository, in a folder that is gone afterwards.

    Raises:
        CommandError: There is no such version, or its environment cannot be made.
    """
    with temporary_folder("ecosystem-") as folder:
        root = folder / "repository"
        _ran("git", "worktree", "add", "--quiet", "--detach", str(root), ref)
        try:
            _ran("uv", "sync", "--quiet", "--locked", "--directory", str(root))
            yield Side(root=root, python=root / ".venv" / "bin" / "python")
        finally:
            _ran("git", "worktree", "remove", "--force", str(root))


def _ran(*command: str) -> None:
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if ran.returncode:
        raise CommandError(f"{' '.join(command[:3])}: {ran.stderr.strip()}")


if __name__ == "__main__":
    exit_with(lambda: main(sys.argv[1:]))
