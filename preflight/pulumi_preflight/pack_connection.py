"""A pack's process together with the channel to it."""

from collections.abc import Callable
from typing import TypeVar, cast

import grpc
from google.protobuf.message import Message
from pulumi.runtime.proto.analyzer_pb2_grpc import AnalyzerStub

from pulumi_preflight.pack_files import PackCommand
from pulumi_preflight.pack_process import PackProcess
from pulumi_preflight.stack_context import StackContext

# The SDKs' own limit; gRPC's 4 MB is too little for a stack of some hundred resources.
_MESSAGE_BYTES = 400 * 1024 * 1024

_Answer = TypeVar("_Answer", bound=Message)


class PackConnection:
    """Starts a pack at once, and speaks to it once it has booted."""

    def __init__(
        self, command: PackCommand, context: StackContext, *, timeout_seconds: float
    ) -> None:
        """Starts the process.

        Raises:
            PackError: It could not be started.
        """
        self.directory = command.directory
        self._context = context
        self._timeout_seconds = timeout_seconds
        self._channel: grpc.Channel | None = None
        self.process = PackProcess(command, context.environment(command.runtime))

    def connect(self) -> AnalyzerStub:
        """Waits for the pack and tells it of the stack.

        Raises:
            PackError: It did not boot.
            grpc.RpcError: It did not take the news.
        """
        port = self.process.port(self._timeout_seconds)
        options = [
            ("grpc.max_receive_message_length", _MESSAGE_BYTES),
            ("grpc.max_send_message_length", _MESSAGE_BYTES),
        ]
        self._channel = grpc.insecure_channel(f"127.0.0.1:{port}", options)
        stub = AnalyzerStub(self._channel)
        self.ask_optional(stub.ConfigureStack, self._context.request())
        return stub

    def ask(self, method: Callable[..., _Answer], request: Message) -> _Answer:
        """Makes one call; raises `grpc.RpcError`."""
        return method(request, timeout=self._timeout_seconds)

    def ask_optional(self, method: Callable[..., _Answer], request: Message) -> _Answer | None:
        """Makes a call that older packs do not implement, which the engine lets pass."""
        try:
            return self.ask(method, request)
        except grpc.RpcError as error:
            if call_of(error).code() is grpc.StatusCode.UNIMPLEMENTED:
                return None
            raise

    def stop(self) -> None:
        """Ends the process, and with it what waits for an answer."""
        self.process.stop()
        if self._channel is not None:
            self._channel.close()


def call_of(error: grpc.RpcError) -> grpc.Call:
    """The call that failed: every error of a stub is it too, which its class does not say."""
    return cast("grpc.Call", error)
