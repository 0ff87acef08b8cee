"""Calls back into the program: transforms and hooks that it registered, on its own server."""

import threading
from collections.abc import Sequence
from typing import TypeVar

import grpc
from google.protobuf.message import Message
from pulumi.runtime.proto.callback_pb2 import Callback, CallbackInvokeRequest
from pulumi.runtime.proto.callback_pb2_grpc import CallbacksStub
from pulumi.runtime.proto.resource_pb2 import (
    RegisterResourceHookRequest,
    ResourceHookRequest,
    ResourceHookResponse,
    TransformInvokeRequest,
    TransformInvokeResponse,
    TransformRequest,
    TransformResponse,
)

_MESSAGE_BYTES = 400 * 1024 * 1024
_OPTIONS = (
    ("grpc.max_receive_message_length", _MESSAGE_BYTES),
    ("grpc.enable_http_proxy", 0),
)
_Answer = TypeVar("_Answer", bound=Message)


class HookError(Exception):
    """A resource hook failed; the text says which and why."""


class Callbacks:
    """The program's callback servers, one connection for each."""

    def __init__(self) -> None:
        """Starts without connections."""
        self._channels: dict[str, grpc.Channel] = {}
        self._lock = threading.Lock()
        self._hooks: dict[str, RegisterResourceHookRequest] = {}

    def close(self) -> None:
        """Closes the connections."""
        for channel in self._channels.values():
            channel.close()

    def add_hook(self, request: RegisterResourceHookRequest) -> None:
        """Keeps a hook under its name."""
        self._hooks[request.name] = request

    def transform(self, callback: Callback, request: TransformRequest) -> TransformResponse:
        """Runs one transform of a resource."""
        return self._invoke(callback, request, TransformResponse())

    def transform_invoke(
        self, callback: Callback, request: TransformInvokeRequest
    ) -> TransformInvokeResponse:
        """Runs one transform of a call."""
        return self._invoke(callback, request, TransformInvokeResponse())

    def run_hooks(self, names: Sequence[str], request: ResourceHookRequest) -> None:
        """Runs those of the named hooks that want to run in a preview.

        Raises:
            HookError: A hook failed, or was never registered.
        """
        for name in names:
            hook = self._hooks.get(name)
            if hook is None:
                raise HookError(f"the hook {name!r} was never registered")
            if not hook.on_dry_run:
                continue
            answer = self._invoke(hook.callback, request, ResourceHookResponse())
            if answer.error and not hook.ignore_errors:
                raise HookError(f"the hook {name!r} failed: {answer.error}")

    def _invoke(self, callback: Callback, request: Message, answer: _Answer) -> _Answer:
        stub = CallbacksStub(self._channel(callback.target))
        response = stub.Invoke(
            CallbackInvokeRequest(token=callback.token, request=request.SerializeToString())
        )
        answer.ParseFromString(response.response)
        return answer

    def _channel(self, target: str) -> grpc.Channel:
        with self._lock:
            if target not in self._channels:
                self._channels[target] = grpc.insecure_channel(target, options=_OPTIONS)
            return self._channels[target]
