"""The READMEs' examples of output, made by running the commands that they show.

A block stands between `<!-- output of: COMMAND -->` and `<!-- end -->`. How long a run took is no
part of what is compared: a block keeps the time that it was written with.
"""

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from ops.paths import ROOT

BLOCK = re.compile(
    r"(?P<head><!-- output of: (?P<command>[^\n]+) -->\n```text\n)(?P<output>.*?)"
    r"(?P<tail>```\n<!-- end -->)",
    re.DOTALL,
)
SECONDS = re.compile(r"\b\d+\.\d s\b")
WIDTH = "100"
MODULES = {"aws-policy-pack": "aws_policy_pack.cli", "preflight": "pulumi_preflight.cli"}
RUN = "import sys; from {module} import main; sys.exit(main(sys.argv[1:]))"


def with_fresh_output(page: Path) -> str:
    """A page as it should be: every block holds what its command prints now."""
    return BLOCK.sub(_fresh, page.read_text(encoding="utf-8"))


def _fresh(block: re.Match[str]) -> str:
    output = _run(shlex.split(block["command"]))
    if SECONDS.sub("", output) == SECONDS.sub("", block["output"]):
        output = block["output"]
    return f"{block['head']}{output}{block['tail']}"


def _run(command: Sequence[str]) -> str:
    """Runs one of the project's commands; a nox session is run as what stands behind it."""
    match command:
        case ["nox", "-s", "preview", *rest]:
            arguments = ["-m", "ops.preview", "--offline", *(word for word in rest if word != "--")]
        case [("aws-policy-pack" | "preflight") as program, *rest]:
            arguments = ["-c", RUN.format(module=MODULES[program]), *rest]
        case _:
            raise ValueError(f"there is no way to run {shlex.join(command)!r}")
    run = subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env={**os.environ, "COLUMNS": WIDTH, "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    return run.stdout + run.stderr
