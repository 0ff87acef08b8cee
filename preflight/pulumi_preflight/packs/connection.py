"""A pack's process together with the channel to it."""

import json
from collections.abc import Callable, Mapping
from typing import Any, TypeVar, cast

import grpc
from google.protobuf.empty_pb2 import Empty
from google.protobuf.message import Message
from pulumi.runtime.proto.analyzer_pb2 import AnalyzerInfo, AnalyzerStackConfigureRequest
from pulumi.runtime.proto.analyzer_pb2_grpc import AnalyzerStub

from pulumi_preflight.errors import PackError
from pulumi_preflight.packs.process import PackProcess
from pulumi_preflight.stack_context import StackContext

# The SDKs' own limit; gRPC's 4 MB is too little for a stack of some hundred resources.
_MESSAGE_BYTES = 400 * 1024 * 1024

_PROFILES_KEY = "policy-profiles-bin"

Profiles = Mapping[str, Mapping[str, Any]]
"""What a pack's profiles say, as a `--policy-pack-config` file would, by name."""

_Answer = TypeVar("_Answer", bound=Message)


class PackConnection:
    """Speaks to one process of a pack, once it has booted."""

    def __init__(
        self, process: PackProcess, context: StackContext, *, answer_seconds: float
    ) -> None:
        """Takes a process that has just been started."""
        self.process = process
        self._context = context
        self._answer_seconds = answer_seconds
        self._channel: grpc.Channel | None = None

    def connect(self) -> AnalyzerStub:
        """Waits for the pack and tells it of the stack.

        Raises:
            PackError: It did not boot.
            grpc.RpcError: It did not take the news.
        """
        port = self.process.port(self._answer_seconds)
        options = [
            ("grpc.max_receive_message_length", _MESSAGE_BYTES),
            ("grpc.max_send_message_length", _MESSAGE_BYTES),
        ]
        self._channel = grpc.insecure_channel(f"127.0.0.1:{port}", options)
        stub = AnalyzerStub(self._channel)
        self.ask_optional(stub.ConfigureStack, _configure_stack(self._context))
        return stub

    def ask(self, method: Callable[..., _Answer], request: Message) -> _Answer:
        """Makes one call; raises `grpc.RpcError`."""
        return method(request, timeout=self._answer_seconds)

    def describe(self, stub: AnalyzerStub) -> tuple[AnalyzerInfo, Profiles]:
        """Asks the pack for its rules, and takes the profiles that it ships.

        A pack may send profiles, by name, as a JSON object in the metadata of its answer. The
        engine passes over them.

        Raises:
            PackError: Its profiles are not a JSON object.
            grpc.RpcError: It does not answer.
        """
        info, call = stub.GetAnalyzerInfo.with_call(Empty(), timeout=self._answer_seconds)
        sent = dict(call.trailing_metadata()).get(_PROFILES_KEY, b"{}")
        try:
            profiles = json.loads(sent)
        except ValueError as error:
            raise PackError(f"policy pack {info.name!r}: {_PROFILES_KEY}: {error}") from error
        if not (
            isinstance(profiles, dict) and all(isinstance(each, dict) for each in profiles.values())
        ):
            raise PackError(
                f"policy pack {info.name!r}: {_PROFILES_KEY} must be a JSON object of profiles"
            )
        return info, profiles

    def ask_optional(self, method: Callable[..., _Answer], request: Message) -> _Answer | None:
        """Makes a call that older packs do not implement, which the engine lets pass."""
        try:
            return self.ask(method, request)
        except grpc.RpcError as error:
            if call_of(error).code() is grpc.StatusCode.UNIMPLEMENTED:
                return None
            raise

    def close(self) -> None:
        """Closes the channel; the process goes on."""
        if self._channel is not None:
            self._channel.close()


def call_of(error: grpc.RpcError) -> grpc.Call:
    """The call that failed: every error of a stub is it too, which its class does not say."""
    return cast("grpc.Call", error)


def _configure_stack(context: StackContext) -> AnalyzerStackConfigureRequest:
    return AnalyzerStackConfigureRequest(
        stack=context.stack,
        project=context.project,
        organization=context.organization,
        tags=context.tags,
        dry_run=True,
        config=context.config,
        config_secret_keys=context.secret_keys,
    )
