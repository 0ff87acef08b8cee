"""`python -m tests.versions`: judges one program in every environment of `tools.versions`."""

import json
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from ops.paths import PACK, PREFLIGHT, ROOT
from pulumi_loopback.dev.processes import uv
from tools.versions import ENVIRONMENTS, Environment

PROGRAM = Path(__file__).parent / "program"
PRODUCTS = {"policies": PACK, "preflight": PREFLIGHT}
TEST_TOOLS = ("hypothesis", "jsonschema", "pytest", "pytest-randomly", "pytest-xdist")
# Rule and resource of each finding; no environment may lack one.
FOUND = {
    ("secrets-no-literal-value", "token"),
    ("sqs-dead-letter-queue-same-type", "jobs"),
    ("sqs-fifo-deduplication", "jobs"),
}
UNKNOWN = "[unknown]"
_FAILED = 1


class BrokenError(Exception):
    """An environment does not give the expected findings; the text says what it gave."""


def main(names: Sequence[str]) -> int:
    """Tries the environments of these names, or all.

    Returns:
        0 where all hold, 1 where one does not.
    """
    broken = 0
    for environment in ENVIRONMENTS:
        if names and environment.name not in names:
            continue
        try:
            _try(environment)
        except BrokenError as error:
            broken += 1
            sys.stdout.write(f"FAIL  {environment.name}: {error}\n")
        else:
            sys.stdout.write(f"ok    {environment.name}\n")
        sys.stdout.flush()
    return 1 if broken else 0


def _try(environment: Environment) -> None:
    with TemporaryDirectory(prefix="versions-") as folder:
        root = Path(folder)
        venv = root / ".venv"
        _make(environment, venv)
        shutil.copytree(PROGRAM, root / "program")
        pack = PACK
        if "policies" in environment.products:
            # The pack's own file names the environment beside it.
            pack = root / "policies"
            shutil.copytree(PACK, pack, ignore=shutil.ignore_patterns("__pycache__"))
        here = venv if "preflight" in environment.products else Path(sys.prefix)
        told = _run(
            [
                *(here / "bin" / "preflight", root / "program", "--stack", "dev"),
                *("--policy-pack", pack, "--format", "json"),
            ],
            wanted=_FAILED,
        )
        verdict = json.loads(told)
        if UNKNOWN in verdict["outputs"].values():
            raise BrokenError(f"computed outputs are not filled in: {verdict['outputs']}")
        found = {(each["rule"], each["urn"].rpartition("::")[2]) for each in verdict["findings"]}
        if missing := FOUND - found:
            raise BrokenError(f"findings are {sorted(found)}; wanted {sorted(missing)} as well")
        if "preflight" in environment.products:
            tests = sorted((ROOT / "tests" / "policies" / "rules").glob("test_sqs*.py"))
            python = venv / "bin" / "python"
            # The tests' conftest knows packages that this environment does not have.
            _run([python, "-m", "pytest", "-q", "-n", "0", "--noconftest", *tests])


def _make(environment: Environment, venv: Path) -> None:
    _run([uv(), "venv", "--quiet", "--python", sys.executable, venv])
    install: list[str | Path] = [
        uv(),
        "pip",
        "install",
        "--quiet",
        "--python",
        venv / "bin" / "python",
    ]
    resolution = ["--resolution", "lowest-direct"] if environment.lowest else []
    products = [PRODUCTS[name] for name in environment.products]
    _run([*install, *resolution, *products, *environment.requirements])
    if "preflight" in environment.products:
        _run([*install, *TEST_TOOLS, *environment.requirements])


def _run(command: Sequence[str | Path], *, wanted: int = 0) -> str:
    """Gives what a command prints."""
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if ended.returncode != wanted:
        raise BrokenError(f"{command[0]} ended with {ended.returncode}: {ended.stderr[-2000:]}")
    return ended.stdout


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
