"""The socket of a process that runs a program in another language, in preflight's own Python."""

import json
import os
import socket
from threading import Lock, Thread
from typing import Any


class Channel:
    """One JSON object a line, both ways; docs/runtimes.md has the messages."""

    def __init__(self, number: int) -> None:
        """Takes over an inherited socket."""
        self._lines = socket.socket(fileno=number).makefile("rwb")
        self._writing = Lock()

    def settings(self, untold: str) -> dict[str, Any]:
        """Waits for the settings; all that preflight asks later is answered with the text."""
        settings = self._receive()
        Thread(target=self._answer, args=(untold,), daemon=True).start()
        return settings

    def send(self, message: dict[str, object]) -> None:
        """Writes one message."""
        with self._writing:
            self._lines.write(json.dumps(message).encode() + b"\n")
            self._lines.flush()

    def _receive(self) -> dict[str, Any]:
        line = self._lines.readline()
        if not line:
            os._exit(1)
        message: dict[str, Any] = json.loads(line)
        return message

    def _answer(self, untold: str) -> None:
        while True:
            self._receive()
            self.send({"answer": {"failed": untold}})
