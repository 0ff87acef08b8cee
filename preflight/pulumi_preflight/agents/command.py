"""The command `preflight mcp`."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from pulumi_preflight.agents.tools import Tools
from pulumi_preflight.api import OnError
from pulumi_preflight.command_line import DEFAULT_TIMEOUT, Parser, seconds
from pulumi_preflight.errors import PreflightError
from pulumi_preflight.recursive import cores
from pulumi_preflight.roots import Roots
from pulumi_preflight.startup import check_platform, extra
from pulumi_preflight.stdio import serve

_PACKAGES = ("anyio", "mcp", "mcp_types")


def given_roots(folders: Sequence[Path]) -> Roots:
    """The roots of the command line.

    Raises:
        PreflightError: One is not a folder.
    """
    for given in folders:
        if not given.is_dir():
            raise PreflightError(f"--root {given} is not a folder", hint="name one that exists")
    return Roots(folders)


def command(argv: Sequence[str], on_error: OnError) -> None:
    """Serves agents until stdin ends.

    Args:
        argv: The arguments after `preflight mcp`.
        on_error: See `OnError`.

    Raises:
        PreflightError: The command line is wrong, or the SDK of the protocol is not installed.
    """
    parser = Parser(
        prog="preflight mcp",
        description="Answers agents over the Model Context Protocol on stdin and stdout: verdict, "
        "findings at a file, explanation of a rule, cost, changes. Writes nothing, and runs "
        "programs and packs inside the roots alone.",
        allow_abbrev=False,
    )
    parser.add_argument(
        "--root",
        metavar="DIR",
        type=Path,
        action="append",
        required=True,
        help="a folder whose projects may be run; may be repeated",
    )
    parser.add_argument(
        "--timeout",
        metavar="SECONDS",
        type=seconds,
        default=DEFAULT_TIMEOUT,
        help="longest time for a program, and for each answer of a pack "
        f"(default: {DEFAULT_TIMEOUT:g})",
    )
    given = parser.parse_args(argv)
    check_platform()
    roots = given_roots(given.root)
    with extra("mcp", _PACKAGES, "`preflight mcp` needs the package mcp in version 2.3 or newer"):
        from pulumi_preflight.agents.server import Runs, build, speak  # noqa: PLC0415 - an extra
    tools = Tools(roots, timeout_seconds=given.timeout, on_error=on_error)
    runs = Runs()
    serve(partial(speak, build(tools, roots, runs, cores())), "mcp", runs)
