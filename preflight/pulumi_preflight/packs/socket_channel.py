"""Calls a pack over the socket that it was offered, in place of gRPC's channel.

The generated stub takes the socket for a channel, and errors are gRPC's. One thread may ask.
docs/pack-socket.md describes the messages.
"""

import json
import socket
import struct
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Generic, TypeVar

import grpc

_CALL = struct.Struct("!HI")
_ANSWER = struct.Struct("!HII")
_OK = 0
_STATUSES: dict[int, grpc.StatusCode] = {each.value[0]: each for each in grpc.StatusCode}
# What is on its way to a pack must fit into the socket: both sides would wait for each other to
# read, else.
_BYTES_AHEAD = 32 * 1024
_CHUNK = 256 * 1024

_Response = TypeVar("_Response")
Metadata = tuple[tuple[str, bytes], ...]


class SocketError(grpc.RpcError):
    """A call failed; as gRPC's own errors, it tells a code and details."""

    def __init__(self, code: grpc.StatusCode, details: str) -> None:
        super().__init__(f"{code}: {details}")
        self._code = code
        self._details = details

    def code(self) -> grpc.StatusCode:
        """What kind of failure it is."""
        return self._code

    def details(self) -> str:
        """What the pack says of it."""
        return self._details


class Method(Generic[_Response]):
    """A method of the service."""

    def __init__(
        self,
        channel: "SocketChannel",
        name: str,
        write: Callable[[Any], bytes],
        read: Callable[[bytes], _Response],
    ) -> None:
        self._channel = channel
        self._name = name.encode()
        self._write = write
        self._read = read

    def __call__(self, request: object, timeout: float | None = None, **_: object) -> _Response:
        """Makes a call with a message, or the bytes of one; raises `SocketError`."""
        return self.with_call(request, timeout)[0]

    def with_call(self, request: object, timeout: float | None = None) -> "tuple[_Response, _Told]":
        """The same, with what is told beside the answer."""
        message = request if isinstance(request, bytes) else self._write(request)
        self._channel.send(self._name, [message], timeout)
        answer, metadata = self._channel.receive(timeout)
        return self._read(answer), _Told(metadata)

    def each(
        self, requests: Sequence[object], timeout: float | None
    ) -> Iterator[_Response | SocketError]:
        """Makes a call for each request, the next ones before the first is answered.

        Args:
            requests: The requests.
            timeout: How long each answer may take.
        """
        messages = [self._write(request) for request in requests]
        sent = 0
        for answered in range(len(messages)):
            if sent <= answered:
                ahead = _fitting(messages[sent:])
                try:
                    self._channel.send(self._name, ahead, timeout)
                except SocketError as error:
                    yield from [error] * (len(messages) - answered)
                    return
                sent += len(ahead)
            try:
                yield self._read(self._channel.receive(timeout)[0])
            except SocketError as error:
                yield error
                if self._channel.is_broken:
                    yield from [error] * (len(messages) - answered - 1)
                    return


class _Told:
    """What gRPC calls a call, once it is over."""

    def __init__(self, metadata: Metadata) -> None:
        self._metadata = metadata

    def trailing_metadata(self) -> Metadata:
        """What the pack has told beside its answer."""
        return self._metadata


class SocketChannel:
    """The socket, as a channel to the generated stub."""

    def __init__(self, connection: socket.socket) -> None:
        """Takes the socket."""
        self._connection = connection
        self._buffer = bytearray()
        self.is_broken = False

    def unary_unary(
        self,
        method: str,
        request_serializer: Callable[[Any], bytes],
        response_deserializer: Callable[[bytes], _Response],
        **_of_grpc: object,
    ) -> Method[_Response]:
        """A method of the service, as the generated stub asks a channel for it."""
        return Method(self, method, request_serializer, response_deserializer)

    def close(self) -> None:
        """Closes the socket."""
        self._connection.close()

    def send(self, method: bytes, messages: Sequence[bytes], timeout: float | None) -> None:
        """Sends calls.

        Raises:
            SocketError: The pack is gone, reads nothing, or has not answered before.
        """
        calls = [
            part
            for message in messages
            for part in (_CALL.pack(len(method), len(message)), method, message)
        ]
        if self.is_broken:
            raise SocketError(grpc.StatusCode.UNAVAILABLE, "an earlier call was not answered")
        try:
            self._connection.settimeout(timeout)
            # Not one text, as long as all of them: that of a stack needs much room.
            for part in [b"".join(calls)] if len(messages) > 1 else calls:
                self._connection.sendall(part)
        except TimeoutError:
            raise self._late() from None
        except OSError as error:
            raise self._gone() from error

    def receive(self, timeout: float | None) -> tuple[bytes, Metadata]:
        """The next answer, and what is told beside it.

        Raises:
            SocketError: The call failed, or took too long.
        """
        deadline = None if timeout is None else time.monotonic() + timeout
        status, told, length = _ANSWER.unpack(self._taken(_ANSWER.size, deadline))
        metadata, answer = self._taken(told, deadline), self._taken(length, deadline)
        if status != _OK:
            raise SocketError(_STATUSES[status], answer.decode())
        pairs = json.loads(metadata) if metadata else {}
        return answer, tuple((key, text.encode()) for key, text in pairs.items())

    def _taken(self, length: int, deadline: float | None) -> bytes:
        while len(self._buffer) < length:
            try:
                left = None if deadline is None else max(deadline - time.monotonic(), 0.001)
                self._connection.settimeout(left)
                chunk = self._connection.recv(_CHUNK)
            except TimeoutError:
                raise self._late() from None
            except OSError as error:
                raise self._gone() from error
            if not chunk:
                raise self._gone()
            self._buffer += chunk
        taken = bytes(self._buffer[:length])
        del self._buffer[:length]
        return taken

    def _late(self) -> SocketError:
        self.is_broken = True
        return SocketError(grpc.StatusCode.DEADLINE_EXCEEDED, "Deadline Exceeded")

    def _gone(self) -> SocketError:
        self.is_broken = True
        return SocketError(grpc.StatusCode.UNAVAILABLE, "Socket closed")


def _fitting(messages: Sequence[bytes]) -> Sequence[bytes]:
    """The first messages, as many as may be on their way at a time: one at least."""
    size = 0
    for number, message in enumerate(messages):
        size += len(message)
        if number and size > _BYTES_AHEAD:
            return messages[:number]
    return messages
