"""The command `pulumi-loopback`."""

import sys
from importlib.util import find_spec
from io import TextIOWrapper
from typing import NoReturn


def main() -> NoReturn:
    """Runs the command; ends with its exit code, see `commands.run`."""
    # Before all other modules load: some of them import what Windows does not have.
    if sys.platform == "win32":
        sys.stderr.write(
            "error: pulumi-loopback runs on Linux and macOS, and this is Windows\n"
            "hint: run it in WSL (https://learn.microsoft.com/windows/wsl/install)\n"
        )
        sys.exit(2)
    if find_spec("moto") is None:
        # The project's own distribution carries this package, and what it needs as an extra.
        sys.stderr.write(
            "error: what pulumi-loopback needs is not installed\n"
            "hint: pip install pulumi-loopback, or the extra `loopback` of what you installed\n"
        )
        sys.exit(2)
    from pulumi_loopback import commands  # noqa: PLC0415 - see above
    from pulumi_loopback.errors import exit_with  # noqa: PLC0415 - see above

    if isinstance(sys.stdout, TextIOWrapper):
        # What is done is told as it is done, in a pipe as well.
        sys.stdout.reconfigure(line_buffering=True)
    exit_with(lambda: commands.run(sys.argv[1:]))


if __name__ == "__main__":
    main()
