"""Stands between the engine and a policy pack that must know the stack before its start.

The engine names the stack to a pack after the pack's start, but the SDK of packs in Python reads
variables before. So the engine first gets the proxy's port. The pack starts when the engine has
named the stack, and every other call goes on to the pack unchanged.
Source: pulumi/pulumi, sdk/policy_proxy.go.
"""

import json
from collections.abc import Callable, Iterator
from concurrent import futures
from concurrent.futures import Future, InvalidStateError
from contextlib import suppress
from typing import cast

import grpc
from pulumi.runtime.proto import analyzer_pb2, analyzer_pb2_grpc

from language_host import CHANNEL_OPTIONS
from language_host.children import Stream

# The proxy takes as many calls at once as the engine makes; the pack has a limit of its own.
_WORKERS = 32
_EMPTY = b""
Configuration = analyzer_pb2.AnalyzerStackConfigureRequest


class PackNotStartedError(Exception):
    """The pack cannot be reached; the text says why."""


class PolicyProxy(grpc.GenericRpcHandler):
    """Serves the analyzer protocol on a port of its own until it is closed."""

    def __init__(self) -> None:
        self._configuration: Future[Configuration | None] = Future()
        self._pack: Future[grpc.Channel] = Future()
        self._server = grpc.server(futures.ThreadPoolExecutor(_WORKERS), options=CHANNEL_OPTIONS)
        self._server.add_generic_rpc_handlers((self,))
        self.port = self._server.add_insecure_port("127.0.0.1:0")
        self._server.start()

    def close(self) -> None:
        """Ends all calls; those that wait get the reason."""
        with suppress(InvalidStateError):
            self._configuration.set_result(None)
        self._reject("it was ended")
        self._server.stop(grace=1)
        if not self._pack.exception():
            self._pack.result().close()

    def configuration(self) -> Configuration | None:
        """Waits for the engine's words on the stack; `None` where it starts the pack without."""
        return self._configuration.result()

    def attach(self, output: Iterator[tuple[Stream, bytes]]) -> Iterator[tuple[Stream, bytes]]:
        """Passes on the pack's output except its port; from then on all calls go to that port.

        Raises:
            PackNotStartedError: The pack printed something else first, or refused the stack.
        """
        first = b""
        for stream, chunk in output:
            if stream == "stderr" or self._pack.done():
                yield stream, chunk
                continue
            first += chunk
            line, end, rest = first.partition(b"\n")
            if not end:
                continue
            if not line.strip().isdigit():
                text = line.decode(errors="replace").strip()
                self._reject(f"it printed {text!r}; its first line on stdout must be its port")
            else:
                self._connect(int(line))
            if error := self._pack.exception():
                raise error
            if rest:
                yield stream, rest
        self._reject("it ended before it printed its port")
        if error := self._pack.exception():
            raise error

    def _connect(self, port: int) -> None:
        channel = grpc.insecure_channel(f"127.0.0.1:{port}", options=CHANNEL_OPTIONS)
        if configuration := self.configuration():
            try:
                analyzer_pb2_grpc.AnalyzerStub(channel).ConfigureStack(configuration)
            except grpc.RpcError as error:
                code, details = _told(error)
                # Packs of an older SDK do not have this call; their variables have told them.
                if code is not grpc.StatusCode.UNIMPLEMENTED:
                    self._reject(f"its configuration failed: {details}")
        try:
            self._pack.set_result(channel)
        except InvalidStateError:
            channel.close()

    def _reject(self, reason: str) -> None:
        """Answers every call with an error, unless the pack is there."""
        with suppress(InvalidStateError):
            self._pack.set_exception(PackNotStartedError(f"policy pack not started: {reason}"))

    def service(
        self, handler_call_details: grpc.HandlerCallDetails
    ) -> "grpc.RpcMethodHandler[bytes, bytes]":
        """The answer to a call, known by its name only: the messages pass unread."""
        method = handler_call_details.method
        match method.rpartition("/")[2]:
            case "Handshake":
                return grpc.unary_unary_rpc_method_handler(lambda _request, _context: _EMPTY)
            case "ConfigureStack":
                return grpc.unary_unary_rpc_method_handler(self._configure)
            case _:
                return grpc.unary_unary_rpc_method_handler(
                    lambda request, context: self._forward(method, request, context)
                )

    def _configure(self, request: bytes, context: grpc.ServicerContext) -> bytes:
        del context
        with suppress(InvalidStateError):
            self._configuration.set_result(Configuration.FromString(request))
        return _EMPTY

    def _forward(self, method: str, request: bytes, context: grpc.ServicerContext) -> bytes:
        # `policy publish` names no stack to a pack.
        with suppress(InvalidStateError):
            self._configuration.set_result(None)
        try:
            # Without serializers a call takes and gives bytes; its type does not say so.
            call = cast("Callable[[bytes], bytes]", self._pack.result().unary_unary(method))
            return call(request)
        except PackNotStartedError as error:
            context.abort(grpc.StatusCode.UNKNOWN, str(error))
            raise
        except grpc.RpcError as error:
            context.abort(*_told(error))
            raise


def _told(error: grpc.RpcError) -> tuple[grpc.StatusCode, str]:
    """The error of a failed call: a stub's every error is the call, which its class hides."""
    call = cast("grpc.Call", error)
    return call.code(), call.details() or ""


def variables_of(configuration: Configuration | None) -> dict[str, str]:
    """The variables from which the SDK of packs in Python learns of the stack.

    Source: pulumi/pulumi, sdk/python/cmd/pulumi-language-python/main.go, RunPlugin. The variables
    do not hold the keys of secrets: a pack gets these from `ConfigureStack`.
    """
    if configuration is None:
        return {}
    told = {
        "PULUMI_ORGANIZATION": configuration.organization,
        "PULUMI_PROJECT": configuration.project,
        "PULUMI_STACK": configuration.stack,
        "PULUMI_DRY_RUN": "true" if configuration.dry_run else "false",
        "PULUMI_CONFIG": json.dumps(dict(configuration.config)) if configuration.config else "",
    }
    return {name: value for name, value in told.items() if value}
