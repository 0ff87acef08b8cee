"""A pack that finds nothing and writes down all that it is asked, a line of JSON a question."""

import json
import sys
from concurrent import futures
from pathlib import Path

import grpc
from google.protobuf import empty_pb2
from google.protobuf.json_format import MessageToDict
from google.protobuf.message import Message
from pulumi.runtime.proto import analyzer_pb2 as protocol
from pulumi.runtime.proto import analyzer_pb2_grpc, plugin_pb2

ASKED = Path(__file__).with_name("asked.jsonl")
# So that no two lines are written into each other.
ONE_AT_A_TIME = 1


class Recorder(analyzer_pb2_grpc.AnalyzerServicer):
    """Answers as a pack without rules."""

    def Handshake(  # noqa: N802 - the protocol's name, as below
        self, request: protocol.AnalyzerHandshakeRequest, context: grpc.ServicerContext
    ) -> protocol.AnalyzerHandshakeResponse:
        del request, context
        return protocol.AnalyzerHandshakeResponse()

    def GetPluginInfo(  # noqa: N802
        self, request: empty_pb2.Empty, context: grpc.ServicerContext
    ) -> plugin_pb2.PluginInfo:
        del request, context
        return plugin_pb2.PluginInfo(version="1.0.0")

    def GetAnalyzerInfo(  # noqa: N802
        self, request: empty_pb2.Empty, context: grpc.ServicerContext
    ) -> protocol.AnalyzerInfo:
        del request, context
        return protocol.AnalyzerInfo(name="recorder", version="1.0.0", supportsConfig=True)

    def Configure(  # noqa: N802
        self, request: protocol.ConfigureAnalyzerRequest, context: grpc.ServicerContext
    ) -> empty_pb2.Empty:
        del request, context
        return empty_pb2.Empty()

    def ConfigureStack(  # noqa: N802
        self, request: protocol.AnalyzerStackConfigureRequest, context: grpc.ServicerContext
    ) -> protocol.AnalyzerStackConfigureResponse:
        del context
        write_down("ConfigureStack", request)
        return protocol.AnalyzerStackConfigureResponse()

    def Analyze(  # noqa: N802
        self, request: protocol.AnalyzeRequest, context: grpc.ServicerContext
    ) -> protocol.AnalyzeResponse:
        del context
        write_down("Analyze", request)
        return protocol.AnalyzeResponse()

    def AnalyzeStack(  # noqa: N802
        self, request: protocol.AnalyzeStackRequest, context: grpc.ServicerContext
    ) -> protocol.AnalyzeResponse:
        del context
        write_down("AnalyzeStack", request)
        return protocol.AnalyzeResponse()

    def Remediate(  # noqa: N802
        self, request: protocol.AnalyzeRequest, context: grpc.ServicerContext
    ) -> protocol.RemediateResponse:
        del request, context
        return protocol.RemediateResponse()

    def Cancel(  # noqa: N802
        self, request: empty_pb2.Empty, context: grpc.ServicerContext
    ) -> empty_pb2.Empty:
        del request, context
        return empty_pb2.Empty()


def write_down(call: str, request: Message) -> None:
    with ASKED.open("a", encoding="utf-8") as file:
        file.write(json.dumps({"call": call, "request": MessageToDict(request)}) + "\n")


server = grpc.server(futures.ThreadPoolExecutor(ONE_AT_A_TIME))
analyzer_pb2_grpc.add_AnalyzerServicer_to_server(Recorder(), server)
port = server.add_insecure_port("127.0.0.1:0")
server.start()
sys.stdout.write(f"{port}\n")
sys.stdout.flush()
server.wait_for_termination()
