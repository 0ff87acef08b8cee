"""Serves the rehearsal provider: prints its port, then serves until it is told to end."""

import argparse
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from pulumi_preflight.provider.server import rehearsal, serving
from pulumi_preflight.provider.store import StoreError

_ENDING = {signal.SIGINT, signal.SIGTERM}


def main(arguments: Sequence[str]) -> int:
    """Serves.

    Returns:
        0 after SIGINT or SIGTERM, 2 where the store cannot be read.
    """
    parser = argparse.ArgumentParser(
        prog="python -m pulumi_preflight.provider",
        description="A provider that creates nothing, for the real engine: give it the port with "
        "PULUMI_DEBUG_PROVIDERS=aws:PORT, and one more NAME:PORT for each other package.",
    )
    parser.add_argument(
        "--store", type=Path, required=True, metavar="FILE", help="what exists; made if missing"
    )
    parser.add_argument(
        "--calls", type=Path, metavar="FILE", help="append a JSON line for each call of the engine"
    )
    options = parser.parse_args(arguments)
    # Before any thread starts, since those inherit it: only `sigwait` takes these signals.
    signal.pthread_sigmask(signal.SIG_BLOCK, _ENDING)
    try:
        provider = rehearsal(options.store, options.calls)
    except StoreError as error:
        sys.stderr.write(f"error: {error}\n")
        return 2
    with serving(provider) as port:
        sys.stdout.write(f"{port}\n")
        sys.stdout.flush()
        signal.sigwait(_ENDING)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
