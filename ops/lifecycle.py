"""`python -m ops.lifecycle COMMAND`: the sessions on a stack, and those that look at it."""

import argparse
import sys
from collections.abc import Sequence
from io import TextIOWrapper

from ops.engine import find, install
from ops.paths import STACK
from ops.project import NAMES, project
from pulumi_loopback.errors import exit_with
from pulumi_loopback.lifecycle import commands as lifecycle
from pulumi_loopback.observe import commands as observe

# With these a new machine begins: where there is no engine yet, they get one first.
_FIRST = {"validate", "up"}


def main(given: Sequence[str]) -> int:
    """Carries a command out.

    Returns:
        0 if it did what it says, 1 if a finding or the engine stopped it, 2 for wrong arguments and
        for a state, machine or API that it cannot work on, 130 if it was interrupted.
    """
    options = _parser(" ".join(["nox -s", *given[:1]])).parse_args(given)
    if options.command in _FIRST and find() is None and (status := install.main()):
        return status
    chosen = project(options.project.resolve(), options.stack)
    if options.command in lifecycle.COMMANDS:
        return lifecycle.carry_out(options, chosen)
    return observe.carry_out(options, chosen, NAMES)


def _parser(prog: str) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog=prog, description=__doc__)
    named = parser.add_subparsers(dest="command", required=True)
    looks = observe.command_names(NAMES)
    for name in (*lifecycle.COMMANDS, *looks):
        command = named.add_parser(name, prog=f"nox -s {name} --")
        of_area = observe if name in looks else lifecycle
        of_area.add_options(command, name, folder=STACK, shown="stack/")
    return parser


if __name__ == "__main__":
    if isinstance(sys.stdout, TextIOWrapper):
        # What is done is told as it is done, in a pipe as well.
        sys.stdout.reconfigure(line_buffering=True)
    exit_with(lambda: main(sys.argv[1:]))
