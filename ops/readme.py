"""The README's examples of output, made by running the commands that they show.

A block stands between `<!-- output of: COMMAND -->` and `<!-- end -->`. How long a run took is no
part of what is compared: a block keeps the time that it was written with.
"""

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Sequence

from ops.paths import ROOT

BLOCK = re.compile(
    r"(?P<head><!-- output of: (?P<command>[^\n]+) -->\n```text\n)(?P<output>.*?)"
    r"(?P<tail>```\n<!-- end -->)",
    re.DOTALL,
)
SECONDS = re.compile(r"\b\d+\.\d s\b")
WIDTH = "100"


def readme() -> str:
    """The README as it should be: every block holds what its command prints now."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    return BLOCK.sub(_fresh, text)


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
        case ["aws-policy-pack", *rest]:
            main = "import sys; from aws_policy_pack.cli import main; sys.exit(main(sys.argv[1:]))"
            arguments = ["-c", main, *rest]
        case _:
            raise ValueError(f"README.md: no way to run {shlex.join(command)!r}")
    run = subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env={**os.environ, "COLUMNS": WIDTH, "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    return run.stdout + run.stderr
