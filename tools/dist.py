"""Builds the packages and checks them as an index would.

python -m tools.dist                       # sdist and wheel of each package, into dist/
python -m tools.dist --tag v0.1.0          # for a release: the tag, too, is the packages' version
"""

import argparse
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import aws_policy_pack
import pulumi_loopback
import pulumi_preflight
from ops.paths import ROOT
from pulumi_loopback.dev.processes import uv
from pulumi_loopback.errors import CommandError, exit_with

PACKAGES = ("aws-policy-pack", "pulumi-loopback", "pulumi-preflight")
_CHANGELOG = ROOT / "CHANGELOG.md"


def main(given: Sequence[str]) -> int:
    """Builds and checks.

    Returns:
        0 where an index would take them, 1 where it would not.

    Raises:
        CommandError: A package does not build, or versions, tag and changelog do not fit.
    """
    parser = argparse.ArgumentParser(prog="nox -s dist --", description=__doc__)
    parser.add_argument("--to", type=Path, default=ROOT / "dist", metavar="FOLDER")
    parser.add_argument("--tag", help="the tag of the release, such as v0.1.0")
    options = parser.parse_args(given)
    check_version(options.tag, _CHANGELOG.read_text(encoding="utf-8"))
    shutil.rmtree(options.to, ignore_errors=True)
    for package in PACKAGES:
        build(package, options.to)
    files = sorted(options.to.glob("*-*"))
    return subprocess.run(
        [sys.executable, "-m", "twine", "check", "--strict", *files], check=False
    ).returncode


def check_version(tag: str | None, changelog: str) -> None:
    """Holds the packages, a release's tag and the changelog to one version.

    Raises:
        CommandError: They differ; the text names both and the file to change.
    """
    version = pulumi_preflight.__version__
    for other in (aws_policy_pack, pulumi_loopback):
        if other.__version__ != version:
            raise CommandError(
                f"pulumi_preflight is {version} and {other.__name__} is {other.__version__}; "
                "wanted one version",
                hint="give each `__version__` the same text",
            )
    if tag is None:
        return
    if tag != f"v{version}":
        raise CommandError(
            f"the tag is {tag!r}; wanted 'v{version}', the packages' `__version__`",
            hint="change the tag, or `__version__` in all packages",
        )
    if not re.search(rf"^## {re.escape(version)}\b", changelog, re.MULTILINE):
        raise CommandError(
            f"CHANGELOG.md has no section `## {version}`",
            hint="name the section `## Unreleased` so",
        )


def build(package: str, to: Path) -> None:
    """Builds an sdist, and the wheel from it.

    Raises:
        CommandError: There is no uv, or the package does not build.
    """
    command = [uv(), "build", "--quiet", "--package", package, "--out-dir", str(to)]
    built = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if built.returncode:
        raise CommandError(f"{package} does not build: {built.stderr.strip()}")


if __name__ == "__main__":
    exit_with(lambda: main(sys.argv[1:]))
