"""The processes that the host runs for the engine: none outlives its call, or the host."""

import os
import subprocess
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from queue import SimpleQueue
from typing import IO, Literal

Stream = Literal["stdout", "stderr"]
_CHUNK = 65536
_GRACE_SECONDS = 2.0


class Children:
    """Starts processes and ends them."""

    def __init__(self) -> None:
        self._running: set[subprocess.Popen[bytes]] = set()
        self._lock = threading.Lock()
        self._ended = False

    @contextmanager
    def start(
        self,
        command: Sequence[str | Path],
        *,
        cwd: str,
        variables: Mapping[str, str],
        captured: bool,
    ) -> Iterator[subprocess.Popen[bytes]]:
        """Starts a process, which has ended when the context is left.

        Args:
            command: Program and arguments.
            cwd: The working directory.
            variables: Its environment.
            captured: Whether its output is read here; otherwise it goes where the host's goes,
                which the engine reads.

        Raises:
            RuntimeError: All have been ended already.
        """
        output = subprocess.PIPE if captured else None
        with self._lock:
            if self._ended:
                raise RuntimeError("this language host is ending, and starts nothing more")
            process = subprocess.Popen(
                command,
                cwd=cwd or None,
                env=dict(variables),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
            )
            self._running.add(process)
        # Leaving the process's context waits until the process has ended.
        with process:
            try:
                yield process
            finally:
                end(process)
                with self._lock:
                    self._running.discard(process)

    def end_all(self) -> None:
        """Ends every process that is still running; none is started after that."""
        with self._lock:
            self._ended = True
            running = list(self._running)
        for process in running:
            process.terminate()
        for process in running:
            end(process)


def end(process: subprocess.Popen[bytes]) -> None:
    """Asks the process to end, and kills it if it does not."""
    if process.poll() is not None:
        return
    process.terminate()
    try:
        process.wait(_GRACE_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def output_of(process: subprocess.Popen[bytes]) -> Iterator[tuple[Stream, bytes]]:
    """What the process prints, as it prints it, until it has closed both streams."""
    chunks: SimpleQueue[tuple[Stream, bytes]] = SimpleQueue()

    def pump(stream: IO[bytes], name: Stream) -> None:
        while chunk := os.read(stream.fileno(), _CHUNK):
            chunks.put((name, chunk))
        chunks.put((name, b""))

    streams: list[tuple[IO[bytes] | None, Stream]] = [
        (process.stdout, "stdout"),
        (process.stderr, "stderr"),
    ]
    open_ = 0
    for stream, name in streams:
        if stream is not None:
            threading.Thread(target=pump, args=(stream, name), daemon=True).start()
            open_ += 1
    while open_:
        name, chunk = chunks.get()
        if chunk:
            yield name, chunk
        else:
            open_ -= 1
