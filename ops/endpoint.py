"""The AWS endpoint of the local stack: what is behind 127.0.0.1:4566."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from ops.paths import STACK
from ops.project import project
from pulumi_loopback.endpoint import COMMANDS, show
from pulumi_loopback.errors import carried_out, exit_with
from pulumi_loopback.project import LOCAL


def main(given: Sequence[str]) -> int:
    """Starts, stops or shows the endpoint.

    Returns:
        0 if it did, 2 if it could not.
    """
    prog = ":".join(["nox -s endpoint", *given[:1]])
    parser = argparse.ArgumentParser(prog=prog, description=__doc__)
    parser.add_argument("command", choices=COMMANDS)
    parser.add_argument(
        "--project", type=Path, default=STACK, help="the Pulumi project (default: stack/)"
    )
    options = parser.parse_args(given)
    return carried_out(lambda: show(options.command, project(options.project.resolve(), LOCAL)))


if __name__ == "__main__":
    exit_with(lambda: main(sys.argv[1:]))
