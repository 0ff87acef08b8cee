"""What a program's calls over the inherited socket give, as over gRPC."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, cast

import grpc
import pytest
from google.protobuf.empty_pb2 import Empty
from pulumi.runtime.proto import engine_pb2, resource_pb2
from pulumi.runtime.proto.engine_pb2_grpc import EngineServicer
from pulumi.runtime.proto.resource_pb2_grpc import ResourceMonitorServicer, ResourceMonitorStub

from pulumi_preflight.program.inside.calls import Calls
from pulumi_preflight.program.inside.services import services_over
from pulumi_preflight.program.serving import serving_socket


class Monitor(ResourceMonitorServicer):
    """Answers as each test wants."""

    def __init__(self, answer: Callable[[str, grpc.ServicerContext], bool]) -> None:
        self._answer = answer

    def SupportsFeature(  # noqa: N802 - the service's name
        self, request: resource_pb2.SupportsFeatureRequest, context: grpc.ServicerContext
    ) -> resource_pb2.SupportsFeatureResponse:
        """Hands the question on."""
        return resource_pb2.SupportsFeatureResponse(hasSupport=self._answer(request.id, context))


class Engine(EngineServicer):
    """Keeps the lines."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def Log(self, request: engine_pb2.LogRequest, _context: object) -> Empty:  # noqa: N802 - the service's name
        """Takes a line."""
        self.lines.append(request.message)
        return Empty()


@contextmanager
def served(
    answer: Callable[[str, grpc.ServicerContext], bool],
    *,
    engine: EngineServicer | None = None,
    told: Callable[[dict[str, Any]], object] = id,
) -> Iterator[Calls]:
    ours, theirs = socket.socketpair()
    calls = Calls(theirs.detach())
    with ours, serving_socket(ours, Monitor(answer), engine or Engine(), told):
        yield calls
    calls.close()


def ask(calls: Calls, text: str, **options: object) -> bool:
    stub: Any = ResourceMonitorStub(cast("Any", calls))
    return bool(
        stub.SupportsFeature(resource_pb2.SupportsFeatureRequest(id=text), **options).hasSupport
    )


def failing(_text: str, context: grpc.ServicerContext) -> bool:
    context.abort(grpc.StatusCode.INVALID_ARGUMENT, "no: ü")


def raising(_text: str, _context: object) -> bool:
    raise ValueError("a mistake")


def test_a_call_is_answered() -> None:
    with served(lambda text, _: text == "yes") as calls:
        assert [ask(calls, text) for text in ("yes", "no")] == [True, False]


@pytest.mark.parametrize(
    ("answer", "code", "details"),
    [
        pytest.param(failing, grpc.StatusCode.INVALID_ARGUMENT, "no: ü", id="refused"),
        pytest.param(
            raising,
            grpc.StatusCode.UNKNOWN,
            "Exception calling application: a mistake",
            id="raised",
        ),
    ],
)
def test_a_failed_call_tells_code_and_details(
    answer: Callable[[str, grpc.ServicerContext], bool], code: grpc.StatusCode, details: str
) -> None:
    with served(answer) as calls, pytest.raises(grpc.RpcError) as raised:
        ask(calls, "x")
    error = cast("grpc.Call", raised.value)
    assert (error.code(), error.details()) == (code, details)


@pytest.mark.parametrize(
    ("kind", "method"),
    [
        pytest.param("unary_unary", "New", id="a method that nobody knows"),
        pytest.param("unary_stream", "StreamInvoke", id="a method of an older protocol"),
        pytest.param("unary_unary", "Invoke", id="a method that is not implemented"),
    ],
)
def test_what_no_service_has_is_refused_as_by_grpc(kind: str, method: str) -> None:
    with served(failing) as calls, pytest.raises(grpc.RpcError) as raised:
        getattr(calls, kind)(f"/pulumirpc.ResourceMonitor/{method}", bytes, bytes)(b"")
    assert cast("grpc.Call", raised.value).code() is grpc.StatusCode.UNIMPLEMENTED


def test_a_call_that_waits_keeps_no_other_waiting() -> None:
    waits = threading.Event()

    def answer(text: str, _context: object) -> bool:
        return waits.wait() if text == "first" else True

    with served(answer) as calls:
        first = threading.Thread(target=ask, args=(calls, "first"))
        first.start()
        assert [ask(calls, str(number)) for number in range(5)] == [True] * 5
        waits.set()
        first.join()


def test_metadata_come_with_a_call() -> None:
    def answer(_text: str, context: grpc.ServicerContext) -> bool:
        return list(context.invocation_metadata()) == [("places-bin", "[]")]

    with served(answer) as calls:
        assert ask(calls, "x", metadata=(("places-bin", b"[]"),))


def test_what_is_told_is_known_before_a_later_call() -> None:
    known = set[str]()
    with served(lambda text, _: text in known, told=lambda told: known.add(told["name"])) as calls:
        for name in map(str, range(200)):
            calls.tell({"name": name})
            assert ask(calls, name)


def test_a_message_of_any_length_arrives() -> None:
    text = "ü" * 10_000_000
    with served(lambda got, _: got == text) as calls:
        assert ask(calls, text)


def test_calls_end_with_preflight() -> None:
    waits = threading.Event()
    codes: list[grpc.StatusCode] = []

    def call() -> None:
        with pytest.raises(grpc.RpcError) as raised:
            ask(calls, "x")
        codes.append(cast("grpc.Call", raised.value).code())

    with served(lambda *_: waits.wait()) as calls:
        under_way = threading.Thread(target=call)
        under_way.start()
    under_way.join()
    call()
    waits.set()
    assert codes == [grpc.StatusCode.UNAVAILABLE] * 2


def test_lines_for_debugging_stay_in_the_program() -> None:
    engine = Engine()
    with served(failing, engine=engine) as calls:
        log = cast("Any", services_over(calls)["engine"]).Log
        log(engine_pb2.LogRequest(severity=engine_pb2.DEBUG, message="beginning rpc"))
        log(engine_pb2.LogRequest(severity=engine_pb2.INFO, message="for the user"))
    assert engine.lines == ["for the user"]
