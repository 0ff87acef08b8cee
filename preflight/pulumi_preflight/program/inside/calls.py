"""Calls of preflight's services over an inherited socket, in place of gRPC's channel.

A call costs a small part of one over gRPC, on both sides. The SDK's generated stubs take the socket
for a channel, so the SDK notices no difference. `program/serving.py` has the other side.
"""

from __future__ import annotations

import contextlib
import itertools
import json
import queue
import socket
import struct
import threading
import typing

from .call_error import CallError

_CALL = struct.Struct("!IHII")
"""Before each call: its number, and the lengths of method, metadata and message."""
_ANSWER = struct.Struct("!IHI")
"""Before each answer: the call's number, the status, and the length of message or error."""
_TOLD = 0
"""The number of a call that nobody answers."""

_OK = 0
_UNIMPLEMENTED = 12
_UNAVAILABLE = 14


class Calls:
    """The socket, from any thread; a channel to the stubs of services."""

    def __init__(self, number: int) -> None:
        """Takes over an inherited socket, and keeps it from the program's own children."""
        self._socket = socket.socket(fileno=number)
        self._socket.set_inheritable(False)
        self._lines = self._socket.makefile("rb")
        self._writing = threading.Lock()
        self._numbers = itertools.count(_TOLD + 1)
        self._waiting: dict[int, queue.SimpleQueue[tuple[int, bytes]]] = {}
        self._is_open = True
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def close(self) -> None:
        """Ends all calls; the program's own end does the same."""
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._reader.join()
        self._lines.close()
        self._socket.close()

    def unary_unary(
        self,
        method: str,
        request_serializer: typing.Callable[[typing.Any], bytes],
        response_deserializer: typing.Callable[[bytes], typing.Any],
        **_of_grpc: object,
    ) -> typing.Callable[..., typing.Any]:
        """A method of a service, as the generated stubs ask a channel for it."""

        def call(
            request: object,
            timeout: object = None,  # noqa: ARG001 - the SDK sets none
            metadata: typing.Iterable[tuple[str, bytes]] = (),
            **_options: object,
        ) -> typing.Any:  # noqa: ANN401 - a message
            status, answer = self._asked(method, request_serializer(request), metadata or ())
            if status != _OK:
                raise CallError(status, answer.decode())
            return response_deserializer(answer)

        return call

    def unary_stream(self, method: str, *_: object, **_of_grpc: object) -> object:
        """A method that no service of preflight has; older SDKs know one."""

        def refuse(*_: object, **_options: object) -> typing.NoReturn:
            raise CallError(_UNIMPLEMENTED, f"preflight does not serve {method}")

        return refuse

    stream_unary = stream_stream = unary_stream

    def tell(self, message: dict[str, object]) -> None:
        """Tells preflight something that it takes note of before any later call."""
        self._send(_TOLD, b"", b"", json.dumps(message).encode())

    def _asked(
        self, method: str, message: bytes, metadata: typing.Iterable[tuple[str, bytes]]
    ) -> tuple[int, bytes]:
        answers: queue.SimpleQueue[tuple[int, bytes]] = queue.SimpleQueue()
        number = next(self._numbers)
        self._waiting[number] = answers
        pairs = [[key, value.decode()] for key, value in metadata]
        told = json.dumps(pairs).encode() if pairs else b""
        if not self._send(number, method.encode(), told, message) or not self._is_open:
            self._gone()
        return answers.get()

    def _send(self, number: int, method: bytes, metadata: bytes, message: bytes) -> bool:
        head = _CALL.pack(number, len(method), len(metadata), len(message))
        try:
            with self._writing:
                self._socket.sendall(b"".join((head, method, metadata, message)))
        except OSError:
            return False
        return True

    def _read(self) -> None:
        try:
            while head := self._lines.read(_ANSWER.size):
                number, status, length = _ANSWER.unpack(head)
                answer = self._lines.read(length)
                self._waiting.pop(number).put((status, answer))
        except (OSError, struct.error):
            # Preflight ended in the middle of an answer.
            pass
        self._is_open = False
        self._gone()

    def _gone(self) -> None:
        """Ends all calls, as gRPC does when the server goes away."""
        for number in tuple(self._waiting):
            answers = self._waiting.pop(number, None)
            if answers is not None:
                answers.put((_UNAVAILABLE, b"preflight has ended"))
