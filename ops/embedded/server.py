"""The endpoint's process: moto on the loopback, with its gaps closed.

It holds a lock on its pid file for as long as it lives: whoever finds that unlocked knows that it
has ended, however it did.
"""

import argparse
import fcntl
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

# Read when moto's models are loaded: roles may have policies of AWS's own.
os.environ.setdefault("MOTO_IAM_LOAD_MANAGED_POLICIES", "true")

from moto.server import ThreadedMotoServer

from ops.embedded.gaps import close_gaps

_ENDING = {signal.SIGINT, signal.SIGTERM}


def main(arguments: Sequence[str]) -> int:
    """Serves.

    Returns:
        0 after SIGINT or SIGTERM, 1 where another process serves under this pid file.
    """
    parser = argparse.ArgumentParser(prog="python -m ops.embedded.server", description=__doc__)
    parser.add_argument("--port", type=int, required=True, help="port on 127.0.0.1")
    parser.add_argument("--pid-file", type=Path, required=True, help="locked while it lives")
    options = parser.parse_args(arguments)
    # Before any thread starts, since those inherit it: only `sigwait` takes these signals.
    signal.pthread_sigmask(signal.SIG_BLOCK, _ENDING)
    with options.pid_file.open("a+", encoding="utf-8") as pid_file:
        try:
            fcntl.flock(pid_file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            sys.stderr.write(f"error: {options.pid_file} belongs to a process that runs\n")
            return 1
        pid_file.truncate(0)
        pid_file.write(str(os.getpid()))
        pid_file.flush()
        close_gaps()
        server = ThreadedMotoServer(ip_address="127.0.0.1", port=options.port, verbose=False)
        server.start()
        signal.sigwait(_ENDING)
        server.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
