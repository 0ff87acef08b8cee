"""The process that runs the program: started early, asked questions, always ended."""

import json
import os
import queue
import signal
import socket
import subprocess
import threading
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryFile
from types import TracebackType
from typing import IO, Any, Self

from pulumi_preflight.project import Project

_RUNNER = Path(__file__).with_name("runner.py")


class Child:
    """The program's process, in a process group of its own.

    Entering starts it: it imports the SDK while preflight still loads, then waits for `start`.
    """

    def __init__(self, project: Project, environment: dict[str, str]) -> None:
        """Takes what to run, and the variables to run it with."""
        self._project = project
        self._environment = environment
        self._writing = threading.Lock()
        self._asking = threading.Lock()
        self._answers: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self.ended: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()

    def __enter__(self) -> Self:
        """Starts the process; it prints to files, so that no pipe can fill up and block it."""
        ours, theirs = socket.socketpair()
        self._stdout, self._stderr = TemporaryFile(), TemporaryFile()
        with theirs:
            self._process = subprocess.Popen(
                [self._project.interpreter, "-u", _RUNNER, str(theirs.fileno())],
                cwd=self._project.working_directory,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=self._stdout,
                stderr=self._stderr,
                pass_fds=[theirs.fileno()],
                start_new_session=True,
            )
        self._socket = ours
        self._reader = threading.Thread(target=self._read, args=(ours.makefile("rb"),), daemon=True)
        self._reader.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Ends the process and all that it started."""
        self.stop()
        # The process held the other end, so the reader has come to the end of its lines.
        self._reader.join()
        self._socket.close()
        self._stdout.close()
        self._stderr.close()

    def start(self, settings: dict[str, object]) -> None:
        """Lets the program begin."""
        self._send(settings)

    def ask(self, question: str, of: str = "") -> Any:  # noqa: ANN401 - JSON
        """Asks something of the process; `None` where it has ended."""
        with self._asking:
            self._send({"ask": question, "of": of})
            return self._answers.get()

    def printed(self) -> str:
        """What the program has printed so far: stdout, then stderr."""
        texts = []
        for stream in (self._stdout, self._stderr):
            size = os.fstat(stream.fileno()).st_size
            texts.append(os.pread(stream.fileno(), size, 0).decode(errors="replace"))
        return "".join(texts)

    def _send(self, message: dict[str, object]) -> None:
        with self._writing:
            try:
                self._socket.sendall(json.dumps(message).encode() + b"\n")
            except OSError:
                # The process is gone; the reader tells those who wait.
                return

    def _read(self, lines: IO[bytes]) -> None:
        end: dict[str, Any] = {"ended": "died"}
        with lines, suppress(ConnectionResetError):
            for line in lines:
                message = json.loads(line)
                if "answer" in message:
                    self._answers.put(message["answer"])
                else:
                    end = message
                    self.ended.put(end)
        if end["ended"] == "died":
            self.ended.put(end)
        # Nobody may wait for an answer that cannot come.
        self._answers.put(None)

    def stop(self) -> int:
        """Ends the process, if it has not ended, and all that it started; gives its exit code."""
        # A process that has ended keeps its group's number until it is waited for.
        if self._process.returncode is None:
            os.killpg(self._process.pid, signal.SIGKILL)
        return self._process.wait()
