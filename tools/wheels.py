"""Asks the package index whether every requirement has a wheel for Pythons to come.

python -m tools.wheels                     # 3.14 and 3.15, on each platform
python -m tools.wheels --python 3.16       # another one
"""

import argparse
import subprocess
import sys
from collections.abc import Sequence

from ops.paths import ROOT
from pulumi_loopback.errors import exit_with
from pulumi_loopback.uv import uv

PYTHONS = ("3.14", "3.15")
PLATFORMS = ("x86_64-manylinux_2_28", "aarch64-manylinux_2_28", "aarch64-apple-darwin")


def main(given: Sequence[str]) -> int:
    """Prints a line for each Python and platform, with uv's reason where a wheel is missing.

    Returns:
        0 where nothing has to be compiled, 1 where something has.

    Raises:
        CommandError: There is no uv to ask with.
    """
    parser = argparse.ArgumentParser(prog="nox -s wheels --", description=__doc__)
    parser.add_argument("--python", action="append", metavar="VERSION", help="default: 3.14, 3.15")
    missing = 0
    for python in parser.parse_args(given).python or PYTHONS:
        for platform in PLATFORMS:
            trouble = without_wheels(python, platform)
            missing += bool(trouble)
            sys.stdout.write(f"{python} {platform}: {trouble or 'all have wheels'}\n")
            sys.stdout.flush()
    return 1 if missing else 0


def without_wheels(python: str, platform: str) -> str:
    """The reason why the requirements cannot be installed without a compiler; empty if they can.

    uv resolves as `pip download --only-binary=:all: --python-version` does, and loads no wheel.
    """
    target = ("--python-version", python, "--python-platform", platform)
    command = [uv(), "pip", "compile", "--quiet", "--only-binary", ":all:", *target]
    asked = subprocess.run(
        [*command, "--all-extras", "pyproject.toml"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    return " ".join(asked.stderr.split()) if asked.returncode else ""


if __name__ == "__main__":
    exit_with(lambda: main(sys.argv[1:]))
