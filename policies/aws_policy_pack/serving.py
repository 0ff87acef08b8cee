"""Serves the protocol's calls over an inherited socket, where whoever starts the pack offers one.

A call costs a small part of one over gRPC, on both sides, and may be sent before the one in front
of it is answered. The engine offers no socket, and so gets gRPC. docs/pack-socket.md describes the
messages.
"""

import json
import logging
import os
import socket
import struct
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple, NoReturn

import grpc

OFFERED = "POLICY_PACK_SOCKET"
"""The variable that holds the number of the socket."""
TAKEN = "socket"
"""What a pack prints in place of its port."""

_CALL = struct.Struct("!HI")
_ANSWER = struct.Struct("!HII")
_OK = 0

Metadata = Sequence[tuple[str, bytes]]

# As gRPC's own, it tells of errors only where a program has set logging up.
_LOGGER = logging.getLogger(__name__)
_LOGGER.addHandler(logging.NullHandler())


def offered() -> socket.socket | None:
    """The socket, for this process alone; `None` where there is none."""
    number = os.environ.pop(OFFERED, "")
    if not number:
        return None
    connection = socket.socket(fileno=int(number))
    connection.set_inheritable(False)
    return connection


class _Asked(NamedTuple):
    method: str
    invocation_metadata: Metadata = ()


class _AbortedError(Exception):
    def __init__(self, code: grpc.StatusCode, details: str) -> None:
        super().__init__(details)
        self.code = code


class _Context:
    """What a pack uses of gRPC's context."""

    def __init__(self) -> None:
        self.code = grpc.StatusCode.UNKNOWN
        self.details = ""
        self.trailing_metadata: Metadata = ()

    def set_code(self, code: grpc.StatusCode) -> None:
        self.code = code

    def set_details(self, details: str) -> None:
        self.details = details

    def set_trailing_metadata(self, metadata: Metadata) -> None:
        self.trailing_metadata = metadata

    def abort(self, code: grpc.StatusCode, details: str) -> NoReturn:
        raise _AbortedError(code, details)


class SocketServer:
    """Stands where the generated code expects a server of gRPC; answers one call at a time."""

    def __init__(self, connection: socket.socket) -> None:
        """Takes the socket."""
        self._connection = connection
        self._services: list[grpc.GenericRpcHandler] = []

    def add_generic_rpc_handlers(self, handlers: Iterable[grpc.GenericRpcHandler]) -> None:
        """Takes the methods of a service."""
        self._services.extend(handlers)

    def add_registered_method_handlers(self, *_: object) -> None:
        """Takes the same methods in another form."""

    def serve(self) -> None:
        """Answers until whoever asks goes away."""
        with self._connection, self._connection.makefile("rb") as lines:
            while head := lines.read(_CALL.size):
                method, message = (lines.read(length) for length in _CALL.unpack(head))
                status, answer, metadata = self._answered(method.decode(), message)
                told = _written(metadata)
                head = _ANSWER.pack(status, len(told), len(answer))
                self._connection.sendall(b"".join((head, told, answer)))

    def _answered(self, name: str, message: bytes) -> tuple[int, bytes, Metadata]:
        asked: Any = _Asked(name)
        method: Any = next(
            filter(None, (service.service(asked) for service in self._services)), None
        )
        if method is None:
            return *_failed(grpc.StatusCode.UNIMPLEMENTED, "Method not found!"), ()
        context = _Context()
        try:
            response = method.unary_unary(method.request_deserializer(message), context)
            return _OK, method.response_serializer(response), context.trailing_metadata
        except _AbortedError as error:
            return *_failed(error.code, str(error)), ()
        except Exception as error:
            told = f"Exception calling application: {error}"
            _LOGGER.exception(told)
            return *_failed(context.code, context.details or told), ()


def _failed(code: grpc.StatusCode, details: str) -> tuple[int, bytes]:
    return code.value[0], details.encode()


def _written(metadata: Metadata) -> bytes:
    return (
        json.dumps({key: value.decode() for key, value in metadata}).encode() if metadata else b""
    )
