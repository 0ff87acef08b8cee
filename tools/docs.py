"""`nox -s docs`: writes the generated pages, or checks that none is stale."""

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path

from aws_policy_pack.docs import example_remedies, rules_page
from aws_policy_pack.metadata import REMEDIES
from aws_policy_pack.registry import RULES
from ops.paths import PACK, PREFLIGHT, ROOT
from pulumi_loopback.errors import exit_with
from pulumi_preflight.completion import FILES
from tools import completion
from tools.samples import with_fresh_samples
from tools.versions import versions_page

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
        case ["python", *arguments]:
            pass
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


RULES_PAGE = ROOT / "docs" / "rules.md"
PAGES: Mapping[Path, Callable[[], str]] = {
    RULES_PAGE: lambda: rules_page(RULES),
    REMEDIES: lambda: example_remedies(RULES),
    ROOT / "docs" / "versions.md": versions_page,
    ROOT / "docs" / "reports.md": lambda: with_fresh_samples(ROOT / "docs" / "reports.md"),
    **{
        completion.FOLDER / name: partial(completion.script, shell) for shell, name in FILES.items()
    },
    **{
        page: partial(with_fresh_output, page)
        for page in (
            ROOT / "README.md",
            ROOT / "docs" / "architecture.md",
            ROOT / "docs" / "unknowns.md",
            PREFLIGHT / "README.md",
            PREFLIGHT / "docs" / "baseline.md",
            PACK / "README.md",
        )
    },
}


def main(arguments: Sequence[str]) -> int:
    """Writes every page; with `--check` only compares.

    Returns:
        0, or 1 where `--check` finds a stale page.
    """
    pages = {path: make() for path, make in PAGES.items()}
    stale = {path: page for path, page in pages.items() if not _is_fresh(path, page)}
    if "--check" in arguments:
        for path in stale:
            sys.stderr.write(f"{path.relative_to(ROOT)} is stale; run `nox -s docs`\n")
        return 1 if stale else 0
    for path, page in stale.items():
        path.parent.mkdir(exist_ok=True)
        path.write_text(page, encoding="utf-8")
        sys.stdout.write(f"wrote {path.relative_to(ROOT)}\n")
    return 0


def _is_fresh(path: Path, page: str) -> bool:
    return path.exists() and path.read_text(encoding="utf-8") == page


if __name__ == "__main__":
    exit_with(lambda: main(sys.argv[1:]))
