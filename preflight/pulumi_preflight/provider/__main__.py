"""Serves the rehearsal provider: prints its port, then serves until it is told to end.

It also ends when the process that has started it is gone: nobody else could end it.
"""

import argparse
import os
import signal
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path

from pulumi_preflight.provider.backend import StoreError
from pulumi_preflight.provider.server import rehearsal, serving

_ENDING = {signal.SIGINT, signal.SIGTERM}
_SECONDS_BETWEEN_LOOKS = 1


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
    threading.Thread(target=_end_after, args=(os.getppid(),), daemon=True).start()
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


def _end_after(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(_SECONDS_BETWEEN_LOOKS)
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
