"""Calls a pack over the socket that it was offered, in place of gRPC's channel.

The generated stub takes the socket for a channel, and errors are gRPC's. One thread may ask.
docs/pack-socket.md describes the messages.
"""

from __future__ import annotations

import json
import socket
import struct
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from pulumi_preflight.stack_question import StackQuestion

if TYPE_CHECKING:
    from pulumi_preflight.program.inside.call_error import CallError

_CALL = struct.Struct("!HI")
_ANSWER = struct.Struct("!HII")
_OK, _DEADLINE_EXCEEDED, _UNAVAILABLE = 0, 4, 14
# What is on its way to a pack must fit into the socket: both sides would wait for each other to
# read, else.
_BYTES_AHEAD = 32 * 1024
_CHUNK = 256 * 1024

_Response = TypeVar("_Response")
_Read = TypeVar("_Read", bytes, int)
Metadata = tuple[tuple[str, bytes], ...]


class _FailedCallError(Exception):
    def __init__(self, status: int, details: str) -> None:
        super().__init__(details)
        self.status = status

    def told(self) -> CallError:
        """The same as an error of gRPC's, which a run without errors has no need to load."""
        from pulumi_preflight.program.inside.call_error import CallError  # noqa: PLC0415 - see above

        return CallError(self.status, str(self))


class Method(Generic[_Response]):
    """A method of the service."""

    def __init__(
        self,
        channel: SocketChannel,
        name: str,
        write: Callable[[Any], bytes],
        read: Callable[[bytearray], _Response],
    ) -> None:
        self._channel = channel
        self._name = name.encode()
        self._write = write
        self._read = read

    def __call__(self, request: object, timeout: float | None = None, **_: object) -> _Response:
        """Makes a call with a message, or a question on a stack; raises `CallError`."""
        return self.with_call(request, timeout)[0]

    def with_call(self, request: object, timeout: float | None = None) -> tuple[_Response, _Told]:
        """The same, with what is told beside the answer."""
        try:
            self._channel.send(self._name, [self._parts(request)], timeout)
            answer, metadata = self._channel.receive(timeout)
        except _FailedCallError as error:
            raise error.told() from None
        return self._read(answer), _Told(metadata)

    def _parts(self, request: object) -> Sequence[bytes]:
        """The bytes of a request; those of a stack stay in parts, since they need much room."""
        if isinstance(request, StackQuestion):
            return [part for _, part in request.parts]
        return [self._write(request)]

    def each(
        self, requests: Sequence[object], timeout: float | None
    ) -> Iterator[_Response | CallError]:
        """Makes a call for each request, the next ones before the first is answered.

        Args:
            requests: The requests.
            timeout: How long each answer may take.
        """
        messages = [self._parts(request) for request in requests]
        sent = 0
        for answered in range(len(messages)):
            if sent <= answered:
                ahead = _fitting(messages[sent:])
                try:
                    self._channel.send(self._name, ahead, timeout)
                except _FailedCallError as error:
                    yield from [error.told()] * (len(messages) - answered)
                    return
                sent += len(ahead)
            try:
                yield self._read(self._channel.receive(timeout)[0])
            except _FailedCallError as error:
                yield error.told()
                if self._channel.is_broken:
                    yield from [error.told()] * (len(messages) - answered - 1)
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
        response_deserializer: Callable[[bytearray], _Response],
        **_of_grpc: object,
    ) -> Method[_Response]:
        """A method of the service, as the generated stub asks a channel for it."""
        return Method(self, method, request_serializer, response_deserializer)

    def close(self) -> None:
        """Closes the socket."""
        self._connection.close()

    def send(
        self, method: bytes, messages: Sequence[Sequence[bytes]], timeout: float | None
    ) -> None:
        """Sends calls, each with the parts of its message.

        Raises:
            _FailedCallError: The pack is gone, reads nothing, or has not answered before.
        """
        if self.is_broken:
            raise _FailedCallError(_UNAVAILABLE, "an earlier call was not answered")
        try:
            self._connection.settimeout(timeout)
            for chunk in _chunks(_written(method, messages)):
                self._connection.sendall(chunk)
        except TimeoutError:
            raise self._late() from None
        except OSError as error:
            raise self._gone() from error

    def receive(self, timeout: float | None) -> tuple[bytearray, Metadata]:
        """The next answer, and what is told beside it.

        Raises:
            _FailedCallError: The call failed, or took too long.
        """
        deadline = None if timeout is None else time.monotonic() + timeout
        status, told, length = _ANSWER.unpack(self._taken(_ANSWER.size, deadline))
        metadata, answer = self._taken(told, deadline), self._taken(length, deadline)
        if status != _OK:
            raise _FailedCallError(status, answer.decode())
        pairs = json.loads(metadata) if metadata else {}
        return answer, tuple((key, text.encode()) for key, text in pairs.items())

    def _taken(self, length: int, deadline: float | None) -> bytearray:
        """The next bytes, so many."""
        connection = self._connection
        while len(self._buffer) < min(length, _CHUNK):
            self._buffer += self._read(lambda: connection.recv(_CHUNK), deadline)
        taken = self._buffer[:length]
        del self._buffer[:length]
        if len(taken) < length:
            # A long answer, as on a stack, is read into its place.
            begun = len(taken)
            taken.extend(bytes(length - begun))
            rest = memoryview(taken)[begun:]
            while rest:
                rest = rest[self._read(partial(connection.recv_into, rest), deadline) :]
        return taken

    def _read(self, read: Callable[[], _Read], deadline: float | None) -> _Read:
        try:
            left = None if deadline is None else max(deadline - time.monotonic(), 0.001)
            self._connection.settimeout(left)
            found = read()
        except TimeoutError:
            raise self._late() from None
        except OSError as error:
            raise self._gone() from error
        if not found:
            raise self._gone()
        return found

    def _late(self) -> _FailedCallError:
        self.is_broken = True
        return _FailedCallError(_DEADLINE_EXCEEDED, "Deadline Exceeded")

    def _gone(self) -> _FailedCallError:
        self.is_broken = True
        return _FailedCallError(_UNAVAILABLE, "Socket closed")


def _written(method: bytes, messages: Iterable[Sequence[bytes]]) -> Iterator[bytes]:
    for parts in messages:
        yield _CALL.pack(len(method), sum(map(len, parts)))
        yield method
        yield from parts


def _chunks(parts: Iterable[bytes]) -> Iterator[bytearray]:
    """The same bytes, many parts at a time."""
    chunk = bytearray()
    for part in parts:
        chunk += part
        if len(chunk) >= _CHUNK:
            yield chunk
            chunk = bytearray()
    yield chunk


def _fitting(messages: Sequence[Sequence[bytes]]) -> Sequence[Sequence[bytes]]:
    """The first messages, as many as may be on their way at a time: one at least."""
    size = 0
    for number, parts in enumerate(messages):
        size += sum(map(len, parts))
        if number and size > _BYTES_AHEAD:
            return messages[:number]
    return messages
