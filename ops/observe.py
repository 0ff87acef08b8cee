"""`python -m ops.observe COMMAND`: what the sessions that look at a deployed stack run."""

import argparse
import sys
from collections.abc import Sequence

from ops.paths import STACK
from ops.project import NAMES, project
from pulumi_loopback.errors import exit_with
from pulumi_loopback.observe.commands import add_options, carry_out, command_names


def main(given: Sequence[str]) -> int:
    """Shows what is asked for.

    Returns:
        0 if it did, 2 for wrong arguments and for a stack or an API that cannot be read, 130 if it
        was interrupted.
    """
    options = _parser(" ".join(["nox -s", *given[:1]])).parse_args(given)
    return carry_out(options, project(options.project.resolve(), options.stack), NAMES)


def _parser(prog: str) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog=prog, description=__doc__)
    named = parser.add_subparsers(dest="command", required=True)
    for name in command_names(NAMES):
        command = named.add_parser(name, prog=f"nox -s {name} --")
        add_options(command, name, folder=STACK, shown="stack/")
    return parser


if __name__ == "__main__":
    exit_with(lambda: main(sys.argv[1:]))
