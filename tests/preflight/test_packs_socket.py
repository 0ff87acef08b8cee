"""A pack that takes the offered socket answers as it does over gRPC."""

import socket
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

import grpc
import pytest
from google.protobuf.empty_pb2 import Empty
from pulumi.runtime.proto import analyzer_pb2 as protocol
from pulumi.runtime.proto.analyzer_pb2_grpc import (
    AnalyzerServicer,
    AnalyzerStub,
    add_AnalyzerServicer_to_server,
)

from aws_policy_pack.serving import SocketServer
from pulumi_preflight.errors import PackError
from pulumi_preflight.packs import PackChoice, Packs
from pulumi_preflight.packs.socket_channel import SocketChannel
from pulumi_preflight.program.inside.call_error import CallError
from tests.preflight.builders import CONTEXT, QUEUE, resource_request, stack_request, write_pack

LONG = "x" * 100_000
PACK = """
import os, time
from aws_policy_pack.analyzer import serve
from aws_policy_pack.rule import Finding, Severity, resource_rule

@resource_rule(
    "about-names", "aws:sqs/queue:Queue", severity=Severity.LOW, summary="Says the name.", why="",
    url="https://example.com", good={}, bad={},
)
def about_names(queue):
    if queue.name == "raises":
        raise ValueError("a mistake")
    if queue.name == "ends":
        os._exit(3)
    if queue.name == "hangs":
        time.sleep(60)
    yield Finding(problem=f"is {queue.name}", wanted="none", fix="Remove it")

serve("names", [about_names])
"""
NAMES = [f"queue-{number}" for number in range(40)]


class Analyzer(AnalyzerServicer):
    """Answers by the name of the resource."""

    def Analyze(  # noqa: N802 - the protocol's name
        self, request: protocol.AnalyzeRequest, context: grpc.ServicerContext
    ) -> protocol.AnalyzeResponse:
        """Says the name, unless the name says otherwise."""
        match request.name:
            case "refused":
                context.abort(grpc.StatusCode.INVALID_ARGUMENT, "no: ü")
            case "raises":
                raise ValueError("a mistake")
            case "ends":
                raise SystemExit
            case "hangs":
                threading.Event().wait(2)
            case _:
                pass
        return protocol.AnalyzeResponse(
            diagnostics=[protocol.AnalyzeDiagnostic(message=request.name)]
        )

    def GetAnalyzerInfo(  # noqa: N802
        self, _request: Empty, context: grpc.ServicerContext
    ) -> protocol.AnalyzerInfo:
        """Tells something beside the answer."""
        context.set_trailing_metadata((("profiles-bin", b"{}"),))
        return protocol.AnalyzerInfo(name="pack")


@contextmanager
def served() -> Iterator[AnalyzerStub]:
    ours, theirs = socket.socketpair()
    server = SocketServer(theirs)
    add_AnalyzerServicer_to_server(Analyzer(), cast("Any", server))
    pack = threading.Thread(target=server.serve)
    pack.start()
    channel = SocketChannel(ours)
    yield AnalyzerStub(cast("Any", channel))
    channel.close()
    pack.join()


def asked(stub: AnalyzerStub, *names: str, timeout: float | None = None) -> list[object]:
    """What comes back for each name: the text of the answer, or the code of the error."""
    method: Any = stub.Analyze
    requests = [protocol.AnalyzeRequest(name=name) for name in names]
    return [
        answer.code() if isinstance(answer, CallError) else answer.diagnostics[0].message
        for answer in method.each(requests, timeout)
    ]


def test_calls_are_answered_in_their_order() -> None:
    names = [str(number) for number in range(500)]
    with served() as stub:
        assert asked(stub, *names) == names


@pytest.mark.parametrize("names", [[LONG] * 20, ["a", LONG * 50, "b"]], ids=["many", "one"])
def test_messages_longer_than_the_socket_holds_arrive(names: list[str]) -> None:
    with served() as stub:
        assert asked(stub, *names) == names


@pytest.mark.parametrize(
    ("name", "code", "details"),
    [
        pytest.param("refused", grpc.StatusCode.INVALID_ARGUMENT, "no: ü", id="refused"),
        pytest.param(
            "raises",
            grpc.StatusCode.UNKNOWN,
            "Exception calling application: a mistake",
            id="raises",
        ),
    ],
)
def test_a_failed_call_tells_code_and_details(
    name: str, code: grpc.StatusCode, details: str
) -> None:
    with served() as stub, pytest.raises(grpc.RpcError) as raised:
        stub.Analyze(protocol.AnalyzeRequest(name=name))
    error = cast("grpc.Call", raised.value)
    assert (error.code(), error.details()) == (code, details)


def test_a_failed_call_leaves_the_next_ones_their_answers() -> None:
    with served() as stub:
        assert asked(stub, "a", "raises", "b") == ["a", grpc.StatusCode.UNKNOWN, "b"]


def test_what_a_pack_does_not_implement_is_refused() -> None:
    with served() as stub, pytest.raises(grpc.RpcError) as raised:
        stub.Handshake(protocol.AnalyzerHandshakeRequest())
    assert cast("grpc.Call", raised.value).code() is grpc.StatusCode.UNIMPLEMENTED


def test_what_is_told_beside_an_answer_arrives() -> None:
    with served() as stub:
        info, call = stub.GetAnalyzerInfo.with_call(Empty(), timeout=5)
    assert (info.name, call.trailing_metadata()) == ("pack", (("profiles-bin", b"{}"),))


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
@pytest.mark.parametrize(
    ("name", "code"),
    [
        pytest.param("ends", grpc.StatusCode.UNAVAILABLE, id="the process ends"),
        pytest.param("hangs", grpc.StatusCode.DEADLINE_EXCEEDED, id="a rule hangs"),
    ],
)
def test_the_call_that_is_not_answered_fails_and_those_behind_it(
    name: str, code: grpc.StatusCode
) -> None:
    with served() as stub:
        assert asked(stub, "a", name, "b", timeout=0.5) == ["a", code, code]


def test_a_pack_that_is_gone_is_not_asked() -> None:
    ours, theirs = socket.socketpair()
    theirs.close()
    stub = AnalyzerStub(cast("Any", SocketChannel(ours)))
    with ours:
        assert asked(stub, "a", "b") == [grpc.StatusCode.UNAVAILABLE] * 2


def test_a_pack_that_reads_nothing_is_late() -> None:
    ours, theirs = socket.socketpair()
    stub = AnalyzerStub(cast("Any", SocketChannel(ours)))
    with ours, theirs:
        assert asked(stub, LONG * 50, timeout=0.2) == [grpc.StatusCode.DEADLINE_EXCEEDED]


def judged(pack: Path, names: Sequence[str], seconds: float = 30) -> list[str]:
    """The resources that the pack found something about."""
    requests = [resource_request(QUEUE, name, {}) for name in names]
    with Packs([PackChoice(directory=pack)], CONTEXT, answer_seconds=seconds) as packs:
        for request in requests:
            packs.check(request)
        packs.analyze_stack(stack_request(*requests))
        return [found.urn.rpartition("::")[2] for found in packs.reported.findings]


def test_each_resource_gets_its_own_judgement(tmp_path: Path) -> None:
    assert judged(write_pack(tmp_path, PACK), NAMES) == NAMES


@pytest.mark.parametrize(
    ("name", "said"),
    [
        pytest.param(
            "raises", "rule 'about-names' of policy pack 'names' raised for 'raises'", id="raises"
        ),
        pytest.param(
            "ends", r"ended the pack's process \(exit code 3\) for 'ends'", id="ends the process"
        ),
        pytest.param("hangs", "did not answer within 2 s for 'hangs'", id="hangs"),
    ],
)
def test_the_resource_that_a_rule_fails_for_is_named_among_those_judged_together(
    tmp_path: Path, name: str, said: str
) -> None:
    pack = write_pack(tmp_path, PACK)
    with pytest.raises(PackError, match=said):
        judged(pack, [*NAMES[:20], name, *NAMES[20:]], seconds=2)
