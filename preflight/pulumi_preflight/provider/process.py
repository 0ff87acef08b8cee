"""The rehearsal provider as a child process, for as long as it is needed."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_SECONDS_TO_END = 10


@contextmanager
def rehearsal_provider(store: Path, calls: Path | None = None) -> Iterator[int]:
    """Serves the provider in a process of its own; gives its port.

    Args:
        store: The file that holds what exists; made if missing.
        calls: The file to note the engine's calls in, a JSON object a line.

    Raises:
        RuntimeError: It did not start; it has said why on stderr.
    """
    command: list[str | Path] = [sys.executable, "-m", __package__, "--store", store]
    if calls is not None:
        command += ["--calls", calls]
    # A group of its own: Ctrl-C is for the engine, which needs the provider to end well.
    with subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True, process_group=0
    ) as process:
        try:
            line = process.stdout.readline() if process.stdout else ""
            if not line:
                raise RuntimeError("the rehearsal provider did not start")
            yield int(line)
        finally:
            process.terminate()
            try:
                process.wait(_SECONDS_TO_END)
            except subprocess.TimeoutExpired:
                process.kill()
