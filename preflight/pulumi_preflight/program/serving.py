"""Serves what a program calls: over a socket that it inherits, or by gRPC.

The socket is for programs whose process preflight's own code runs in (`inside/calls.py`), since a
call over gRPC costs more than its answer. Both serve the same services.
"""

from __future__ import annotations

import json
import socket
import struct
import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from typing import Any, NamedTuple, NoReturn, cast

import grpc
from google.protobuf.descriptor import ServiceDescriptor
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass
from pulumi.runtime.proto import engine_pb2, resource_pb2
from pulumi.runtime.proto.engine_pb2_grpc import EngineServicer, add_EngineServicer_to_server
from pulumi.runtime.proto.resource_pb2_grpc import (
    ResourceMonitorServicer,
    add_ResourceMonitorServicer_to_server,
)

from pulumi_preflight.monitor.loading import Loader
from pulumi_preflight.wire import LOOPBACK_OPTIONS

_THREADS = 32
_CALL = struct.Struct("!IHII")
_ANSWER = struct.Struct("!IHI")
_TOLD = 0
_OK, _UNKNOWN, _UNIMPLEMENTED = 0, 2, 12

Metadata = tuple[tuple[str, str], ...]


@contextmanager
def serving_grpc(
    monitor: ResourceMonitorServicer, engine: EngineServicer, loader: Loader | None
) -> Iterator[str]:
    """Serves a program on the loopback; gives the address."""
    threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="monitor")
    server = grpc.server(threads, options=LOOPBACK_OPTIONS)
    add_ResourceMonitorServicer_to_server(monitor, server)
    add_EngineServicer_to_server(engine, server)
    if loader is not None:
        server.add_generic_rpc_handlers((loader.handler(),))
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    try:
        yield f"127.0.0.1:{port}"
    finally:
        server.stop(None).wait()
        # A thread may wait for a pack, which ends after the program.
        threads.shutdown(wait=False, cancel_futures=True)


@contextmanager
def serving_socket(
    connection: socket.socket,
    monitor: ResourceMonitorServicer,
    engine: EngineServicer,
    told: Callable[[dict[str, Any]], object],
) -> Iterator[None]:
    """Serves a program over a socket.

    Args:
        connection: The socket.
        monitor: Its resources.
        engine: Its log.
        told: Takes what the program tells between its calls, before any later one; never raises.
    """
    monitors, engines = resource_pb2.DESCRIPTOR, engine_pb2.DESCRIPTOR
    server = _SocketServer(
        connection,
        told,
        _methods(monitor, monitors.services_by_name["ResourceMonitor"])
        | _methods(engine, engines.services_by_name["Engine"]),
    )
    server.start()
    try:
        yield
    finally:
        server.stop()


class _Call(NamedTuple):
    number: int
    method: str
    metadata: Metadata
    message: bytes


class _AbortedError(Exception):
    def __init__(self, code: grpc.StatusCode, details: str) -> None:
        super().__init__(details)
        self.code = code


class _Context:
    """What services use of gRPC's context."""

    def __init__(self, metadata: Metadata) -> None:
        self._metadata = metadata
        self.code: grpc.StatusCode | None = None
        self.details = ""

    def set_code(self, code: grpc.StatusCode) -> None:
        self.code = code

    def set_details(self, details: str) -> None:
        self.details = details

    def invocation_metadata(self) -> Metadata:
        return self._metadata

    def abort(self, code: grpc.StatusCode, details: str) -> NoReturn:
        raise _AbortedError(code, details)


class _SocketServer:
    """Answers the calls of one program.

    The thread that reads a call answers it, and meanwhile another one reads on. So a call that has
    to wait keeps none from being read, and any other changes no thread on its way.
    """

    def __init__(
        self,
        connection: socket.socket,
        told: Callable[[dict[str, Any]], object],
        methods: Mapping[str, _Method],
    ) -> None:
        self._connection = connection
        self._lines = connection.makefile("rb")
        self._told = told
        self._methods = methods
        self._reading = threading.Lock()
        self._writing = threading.Lock()
        self._counting = threading.Lock()
        self._started = self._busy = 0

    def start(self) -> None:
        """Begins to serve."""
        self._add_thread()

    def stop(self) -> None:
        """Reads no further call; does not wait for those that are being answered."""
        with suppress(OSError):
            self._connection.shutdown(socket.SHUT_RDWR)
        with self._reading:
            self._lines.close()

    def _add_thread(self) -> None:
        self._started += 1
        # A thread may wait for a pack, which ends after the program.
        threading.Thread(target=self._serve, name="monitor", daemon=True).start()

    def _serve(self) -> None:
        while True:
            with self._reading:
                call = self._next()
            if call is None:
                return
            with self._counting:
                self._busy += 1
                if self._busy == self._started < _THREADS:
                    self._add_thread()
            self._answer(call)
            with self._counting:
                self._busy -= 1

    def _next(self) -> _Call | None:
        """The next call; takes note of what is told before that."""
        try:
            while head := self._lines.read(_CALL.size):
                number, *lengths = _CALL.unpack(head)
                method, metadata, message = (self._lines.read(length) for length in lengths)
                if number != _TOLD:
                    return _Call(
                        number=number,
                        method=method.decode(),
                        metadata=_pairs(metadata),
                        message=message,
                    )
                self._told(json.loads(message))
        except (OSError, ValueError, struct.error):
            # The program's process ended in the middle of a call.
            pass
        return None

    def _answer(self, call: _Call) -> None:
        status, answer = self._handled(call)
        with suppress(OSError), self._writing:
            self._connection.sendall(_ANSWER.pack(call.number, status, len(answer)) + answer)

    def _handled(self, call: _Call) -> tuple[int, bytes]:
        method = self._methods.get(call.method)
        if method is None:
            return _UNIMPLEMENTED, b"Method not found!"
        context = _Context(call.metadata)
        try:
            request = method.request.FromString(call.message)
            response = method.answer(request, cast("grpc.ServicerContext", context))
            return _OK, response.SerializeToString()
        except _AbortedError as error:
            return _failed(error.code, str(error))
        except Exception as error:  # noqa: BLE001 - as gRPC's own server
            told = f"Exception calling application: {error}"
            return _failed(context.code, context.details or told)


class _Method(NamedTuple):
    answer: Callable[[Message, grpc.ServicerContext], Message]
    request: type[Message]


def _methods(servicer: object, service: ServiceDescriptor) -> dict[str, _Method]:
    """The methods of a service, by the name that a call gives."""
    return {
        f"/{service.full_name}/{method.name}": _Method(
            getattr(servicer, method.name), GetMessageClass(method.input_type)
        )
        for method in service.methods
    }


def _pairs(metadata: bytes) -> Metadata:
    return tuple((key, value) for key, value in json.loads(metadata)) if metadata else ()


def _failed(code: grpc.StatusCode | None, details: str) -> tuple[int, bytes]:
    return code.value[0] if code else _UNKNOWN, details.encode()
