"""The command `preflight lsp`."""

from collections.abc import Sequence

from pulumi_preflight.api import OnError
from pulumi_preflight.command_line import Parser
from pulumi_preflight.startup import check_platform, extra
from pulumi_preflight.stdio import UnderWay, serve

_PACKAGES = ("attrs", "cattrs", "lsprotocol", "pygls")


def command(argv: Sequence[str], on_error: OnError) -> int:
    """Serves an editor until it ends the session, or stdin ends.

    Args:
        argv: The arguments after `preflight lsp`.
        on_error: See `OnError`.

    Returns:
        The exit code: 1 where the editor ends the server without having shut it down.

    Raises:
        PreflightError: The command line is wrong, or the packages of the protocol are missing.
    """
    Parser(
        prog="preflight lsp",
        description="Speaks the Language Server Protocol on stdin and stdout: diagnostics, hovers "
        "and code actions for Pulumi programs. The editor sets what is judged, and says which "
        "folders may run; none may that it has not declared trusted.",
        allow_abbrev=False,
    ).parse_args(argv)
    check_platform()
    with extra("lsp", _PACKAGES, "`preflight lsp` needs the package pygls in version 2.1 or newer"):
        from pulumi_preflight.language_server.server import Server  # noqa: PLC0415 - an extra
    under_way = UnderWay()
    server = Server(under_way, on_error)
    serve(server.speak, "lsp", under_way)
    return server.exit_code
